//! Builders of small worlds for tests: `group("circle").owner("amina").invited("bilal", lasting(DAY))`.
//!
//! People are named by username, groups by slug. Numbers are given in the order of first mention, from 1; invitations
//! have the UUIDs 1, 2, 3, …; the clock starts at [`START`]. So nothing in a world is random, and texts about it can
//! be compared as they are.

use std::fmt::Debug;

use uuid::Uuid;

use crate::change::Change;
use crate::command::{Accept, Admission, AssignRole, Command, Decline, Invite, Leave, RemoveMember, TakeRole, Target};
use crate::decide::decide;
use crate::facts::Facts;
use crate::group::{Group, GroupKind, GroupRef};
use crate::ids::{GroupId, InvitationId, Uid, UserId};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::member::{Membership, Role, RoleSet};
use crate::names::{DisplayName, Email, Slug, Subject, Username};
use crate::time::{Lifetime, Timestamp};
use crate::user::{User, UserEmail, UserRef};

/// When every world begins: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);
/// An hour, in milliseconds.
pub const HOUR: i64 = 3_600_000;
/// A day, in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// The point `millis` milliseconds after [`START`].
#[must_use]
pub const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START.as_millis() + millis)
}

/// A span of `millis` milliseconds, a multiple of 1000.
#[must_use]
pub fn lasting(millis: i64) -> Lifetime {
    Lifetime::from_secs(valid(u32::try_from(millis / 1000)))
}

/// A world with one group.
pub fn group(slug: &str) -> World {
    World::default().group(slug)
}

/// A world with one user and no group.
pub fn user(name: &str) -> World {
    World::default().user(name)
}

/// Facts, a clock, and the way they came about.
#[derive(Debug)]
#[must_use]
pub struct World {
    facts: Facts,
    changes: Vec<Change>,
    now: Timestamp,
    here: GroupId,
    last_invitation: u128,
}

impl Default for World {
    fn default() -> Self {
        let mut facts = Facts::default();
        facts.learn_next_user_id(valid(UserId::new(1).ok_or(1)));
        let here = valid(GroupId::new(1).ok_or(1));
        facts.learn_next_group_id(here);
        Self { facts, changes: vec![], now: START, here, last_invitation: 0 }
    }
}

impl World {
    /// Adds a group; what follows is about it.
    pub fn group(mut self, slug: &str) -> Self {
        let id = valid(self.facts.next_group_id().ok_or(slug));
        self.write(Change::Group(Group {
            id,
            uid: valid(Uid::parse(&format!("uid-{slug}")).ok_or(slug)),
            slug: valid(Slug::parse(slug)),
            name: valid(DisplayName::parse(slug)),
            description: String::new(),
            kind: GroupKind::Group,
            is_public: false,
            is_verified: false,
            archived_at: None,
            creator: valid(UserId::new(1).ok_or(1)),
            members_count: 0,
            owners_count: 0,
            notices_count: 0,
            created_at: self.now,
            updated_at: self.now,
        }));
        Self { here: id, ..self }
    }

    /// The group is public.
    pub fn public(self) -> Self {
        self.change_group(|group| group.is_public = true)
    }

    /// The group is archived.
    pub fn archived(self) -> Self {
        let now = self.now;
        self.change_group(|group| group.archived_at = Some(now))
    }

    /// There is such a user, without any address.
    pub fn user(mut self, name: &str) -> Self {
        let who = UserRef::Username(valid(Username::parse(name)));
        if self.facts.user(&who).is_none() {
            self.write(Change::User(User {
                id: valid(self.facts.next_user_id().ok_or(name)),
                uid: valid(Uid::parse(&format!("uid-{name}")).ok_or(name)),
                subject: valid(Subject::parse(&format!("sub-{name}"))),
                username: Some(valid(Username::parse(name))),
                name: None,
                is_admin: false,
                disabled_at: None,
                created_at: self.now,
                updated_at: self.now,
            }));
        }
        self
    }

    /// The user is an administrator of the whole installation.
    pub fn admin(self, name: &str) -> Self {
        self.change_user(name, |user| user.is_admin = true)
    }

    /// The user's account is switched off.
    pub fn disabled(self, name: &str) -> Self {
        let now = self.now;
        self.change_user(name, |user| user.disabled_at = Some(now))
    }

    /// The user has shown that they read mail sent to `address`.
    pub fn verified(self, name: &str, address: &str) -> Self {
        self.address(name, address, true)
    }

    /// The user claims `address`.
    pub fn unverified(self, name: &str, address: &str) -> Self {
        self.address(name, address, false)
    }

    /// The user is an owner of the group; the first one is its creator.
    pub fn owner(self, name: &str) -> Self {
        let world = self.joined(name, RoleSet::of(&[Role::Owner]));
        let id = world.id(name);
        world.change_group(|group| {
            if group.owners_count == 1 {
                group.creator = id;
            }
        })
    }

    /// The user is a moderator of the group.
    pub fn moderator(self, name: &str) -> Self {
        self.joined(name, RoleSet::of(&[Role::Moderator]))
    }

    /// The user is a leader of the group.
    pub fn leader(self, name: &str) -> Self {
        self.joined(name, RoleSet::of(&[Role::Leader]))
    }

    /// The user is a plain member of the group.
    pub fn member(self, name: &str) -> Self {
        self.joined(name, RoleSet::NONE)
    }

    /// The group's creator invited a user or, if `whom` has an `@`, an address, `lifetime` before it expires.
    pub fn invited(self, whom: &str, lifetime: Lifetime) -> Self {
        let mut world = if whom.contains('@') { self } else { self.user(whom) };
        let group = world.here_and_now();
        let invitation = Invitation {
            id: world.fresh_invitation(0),
            group: group.id,
            invitee: world.invitee(whom),
            inviter: group.creator,
            roles: RoleSet::NONE,
            state: InvitationState::Pending,
            created_at: world.now,
            expires_at: world.now + lifetime,
            closed_at: None,
        };
        world.write(Change::Invitation(invitation));
        world
    }

    /// What the world becomes by a command at `now`.
    ///
    /// # Panics
    ///
    /// If the command is refused: then the world is not the one that the test is about.
    pub fn after(mut self, now: Timestamp, ask: impl Fn(&Self) -> Command) -> Self {
        self.now = now;
        for change in valid(decide(&ask(&self), &self.facts, now)).changes {
            self.write(change);
        }
        self
    }

    /// Follows a change.
    pub fn write(&mut self, change: Change) {
        if let Change::Invitation(invitation) = &change {
            self.last_invitation = self.last_invitation.max(invitation.id.as_uuid().as_u128());
        }
        self.facts.apply(&change);
        self.changes.push(change);
    }

    /// What decisions depend on.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// All that was written since the beginning, in order, so that a storage can be brought into the same state.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// When the last thing happened.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The group mentioned last, or the one to be number 1 where there is none.
    #[must_use]
    pub const fn here(&self) -> GroupRef {
        GroupRef::Id(self.here)
    }

    /// The number of a user.
    #[must_use]
    pub fn id(&self, name: &str) -> UserId {
        valid(self.facts.user(&self.who(name)).ok_or(name)).id
    }

    /// Reads `name` as a number, as an address if it has an `@`, and else as a username; they need not exist.
    #[must_use]
    pub fn who(&self, name: &str) -> UserRef {
        match UserId::parse(name) {
            Some(id) => UserRef::Id(id),
            None if name.contains('@') => UserRef::Email(valid(Email::parse(name))),
            None => UserRef::Username(valid(Username::parse(name))),
        }
    }

    /// The newest invitation made to a user or an address; an id that nothing has if there is none.
    #[must_use]
    pub fn invitation(&self, whom: &str) -> InvitationId {
        let invitee = self.invitee(whom);
        let mut ids = self.invitations().rev();
        let newest = ids.find(|id| self.facts.invitation(*id).is_some_and(|found| found.invitee == invitee));
        newest.unwrap_or(numbered(0))
    }

    /// The ids that invitations may have by now, oldest first.
    pub fn invitations(&self) -> impl DoubleEndedIterator<Item = InvitationId> {
        (1..=self.last_invitation).map(numbered)
    }

    /// An id for an invitation yet to be made, one for each `offset`.
    #[must_use]
    pub fn fresh_invitation(&self, offset: usize) -> InvitationId {
        numbered(self.last_invitation + 1 + offset as u128)
    }

    fn invitee(&self, whom: &str) -> Invitee {
        match self.who(whom) {
            UserRef::Email(email) => Invitee::Email(email),
            _ => Invitee::User(self.id(whom)),
        }
    }

    fn here_and_now(&self) -> Group {
        valid(self.facts.group(&self.here()).ok_or("no group yet")).clone()
    }

    fn change_group(mut self, change: impl FnOnce(&mut Group)) -> Self {
        let mut group = self.here_and_now();
        change(&mut group);
        self.write(Change::Group(group));
        self
    }

    fn change_user(self, name: &str, change: impl FnOnce(&mut User)) -> Self {
        let mut world = self.user(name);
        let mut user = valid(world.facts.user(&world.who(name)).ok_or(name)).clone();
        change(&mut user);
        world.write(Change::User(user));
        world
    }

    fn address(self, name: &str, address: &str, is_verified: bool) -> Self {
        let mut world = self.user(name);
        let (user, email) = (world.id(name), valid(Email::parse(address)));
        world.write(Change::UserEmail(UserEmail { user, email, is_verified }));
        world
    }

    fn joined(self, name: &str, roles: RoleSet) -> Self {
        let mut world = self.user(name);
        let (group, user) = (world.here, world.id(name));
        world.write(Change::Membership(Membership { group, user, roles, joined_at: world.now }));
        world.change_group(|group| {
            group.members_count += 1;
            group.owners_count += i64::from(roles.has(Role::Owner));
        })
    }
}

/// An invite on acceptance. Like all that follow: in the group mentioned last, people read as by [`World::who`].
pub fn offer(by: &str, whom: &[&str], lifetime: Lifetime) -> impl Fn(&World) -> Command {
    invite(by, whom, Admission::OnAcceptance { lifetime })
}

/// A direct invite.
pub fn admit(by: &str, whom: &[&str]) -> impl Fn(&World) -> Command {
    invite(by, whom, Admission::Direct)
}

fn invite(by: &str, whom: &[&str], admission: Admission) -> impl Fn(&World) -> Command {
    move |world| {
        let target = |(n, name): (usize, &&str)| Target { who: world.who(name), invitation: world.fresh_invitation(n) };
        let targets = whom.iter().enumerate().map(target).collect();
        Invite { by: world.id(by), group: world.here(), targets, admission }.into()
    }
}

/// A yes of `by` to the newest invitation made to `whom`.
pub fn accept(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| Accept { by: world.id(by), invitation: world.invitation(whom) }.into()
}

/// A no of `by` to the newest invitation made to `whom`.
pub fn decline(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| Decline { by: world.id(by), invitation: world.invitation(whom) }.into()
}

/// A removal, or the withdrawal of an invitation.
pub fn remove(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| RemoveMember { by: world.id(by), group: world.here(), user: world.who(whom) }.into()
}

/// A departure.
pub fn leave(by: &str) -> impl Fn(&World) -> Command {
    |world| Leave { by: world.id(by), group: world.here() }.into()
}

/// A promotion.
pub fn assign(by: &str, whom: &str, role: Role) -> impl Fn(&World) -> Command {
    move |world| AssignRole { by: world.id(by), group: world.here(), user: world.who(whom), role }.into()
}

/// A demotion.
pub fn take(by: &str, whom: &str, role: Role) -> impl Fn(&World) -> Command {
    move |world| TakeRole { by: world.id(by), group: world.here(), user: world.who(whom), role }.into()
}

const fn numbered(n: u128) -> InvitationId {
    InvitationId::from_uuid(Uuid::from_u128(n))
}

/// What a test itself wrote is right, or the test stops here.
#[track_caller]
fn valid<T, E: Debug>(written: Result<T, E>) -> T {
    written.expect("a proper world")
}
