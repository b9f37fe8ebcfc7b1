//! Builders of small worlds for tests: `group("circle").owner("amina").invited("bilal", lasting(DAY))`.
//!
//! People are named by username, groups by slug. Numbers are given in the order of first mention, from 1; invitations
//! have the UUIDs 1, 2, 3, …; the clock starts at [`START`]. So nothing in a world is random, and texts about it can
//! be compared as they are.

use std::fmt::Debug;

use uuid::Uuid;

use crate::change::Change;
use crate::chat::{ChatSettings, Profile};
use crate::command::{
    Accept, AcceptOwnership, AddUser, Admission, AllowInvitations, ApproveRequest, ArchiveGroup, AssignRole,
    ChangeInvitation, Command, CreateGroup, CreateLink, Decline, DeleteGroup, DisableUser, Enrol, ExpireInvitations,
    Expiry, GiveInvitationToken, GroupPatch, Invite, Join, Leave, MailResult, OfferOwnership, OfferSignIn, PurgeGroup,
    RefuseInvitations, RejectRequest, RemindInvitees, RemoveMember, Report, ReportMail, ResendInvitation, RestoreGroup,
    RevokeInvitation, RevokeLink, SeeInvitation, SeeSubject, SetAdmin, SettleMail, TakeMail, TakeRole, Target,
    UnarchiveGroup, UndoBatch, UpdateGroup, UseLink, WithdrawOwnership, WithdrawRequest,
};
use crate::credential::PasswordHash;
use crate::decide::decide;
use crate::facts::Facts;
use crate::global_role::{GlobalRole, GlobalRoles};
use crate::group::{Group, GroupKind, GroupRef, Tally};
use crate::history::{self, Cause};
use crate::ids::{BatchId, GroupId, InvitationId, LinkId, Uid, UserId};
use crate::invitation::{Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee};
use crate::link::LinkHash;
use crate::mail::{Mail, MailId, Recipient, Reply};
use crate::member::{Membership, Role, RoleSet};
use crate::names::{Description, DisplayName, Email, Slug, Subject, Username};
use crate::opt_out::{InvitationsFrom, PersonKey};
use crate::origin::Origin;
use crate::settings::Settings;
use crate::time::{Lifetime, Timestamp};
use crate::user::{User, UserEmail, UserRef};

/// When every world begins: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);
/// The key under which people are hashed in every world.
pub const PERSON_KEY: PersonKey = PersonKey([7; 32]);
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
    /// In the order of their queueing.
    mails: Vec<MailId>,
}

impl Default for World {
    fn default() -> Self {
        let mut facts = Facts::of(Settings::default(), PERSON_KEY);
        facts.learn_next_user_id(valid(UserId::new(1).ok_or(1)));
        let here = valid(GroupId::new(1).ok_or(1));
        facts.learn_next_group_id(here);
        Self { facts, changes: vec![], now: START, here, last_invitation: 0, mails: vec![] }
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
            description: Description::default(),
            language: None,
            chat: ChatSettings::default(),
            country: None,
            kind: GroupKind::Group,
            is_public: false,
            is_verified: false,
            takes_requests: false,
            is_token_enough: false,
            members_max: None,
            archived_at: None,
            deleted_at: None,
            offer: None,
            creator: valid(UserId::new(1).ok_or(1)),
            created_at: self.now,
            tally: Tally::new(self.now),
        }));
        Self { here: id, ..self }
    }

    /// What follows is about this group, which exists.
    pub fn there(mut self, slug: &str) -> Self {
        self.here = valid(self.facts.group(&GroupRef::Slug(valid(Slug::parse(slug)))).ok_or(slug)).id;
        self
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

    /// The group takes requests to join.
    pub fn requestable(self) -> Self {
        self.change_group(|group| group.takes_requests = true)
    }

    /// In the group, the secret that was mailed is enough to accept.
    pub fn trusting(self) -> Self {
        self.change_group(|group| group.is_token_enough = true)
    }

    /// The group has so many seats.
    pub fn seats(self, seats: i64) -> Self {
        self.change_group(|group| group.members_max = Some(seats))
    }

    /// The operator's settings, for what follows.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.facts.set_settings(settings);
        self
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
                language: None,
                is_admin: false,
                roles: GlobalRoles::default(),
                profile: Profile::default(),
                signed_out_at: None,
                deleted_at: None,
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

    /// The user is a guest in the whole installation.
    pub fn guest(self, name: &str) -> Self {
        self.change_user(name, |user| user.roles = GlobalRoles::of(&[GlobalRole::Guest]))
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
            if group.tally.owners == 1 {
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
            language: None,
            note: None,
            state: InvitationState::Pending,
            created_at: world.now,
            sent_at: world.now,
            expires_at: Some(world.now + lifetime),
            remind_at: Invitation::reminder(world.now, Some(world.now + lifetime)),
            seen_at: None,
            closed_at: None,
            closed_by: None,
        };
        let tally = Tally { invitations: group.tally.invitations + 1, ..group.tally };
        world.write(Change::Invitation(invitation));
        world.write(Change::Tally(group.id, tally));
        world
    }

    /// The newest invitation made to `whom` can be held by [`secret`]`(n)`.
    pub fn mailed(mut self, whom: &str, n: u8) -> Self {
        let token =
            InvitationToken { hash: secret(n), invitation: self.invitation(whom), holder: None, created_at: self.now };
        self.write(Change::InvitationToken(token));
        self
    }

    /// What the world becomes by a command at `now`.
    ///
    /// # Panics
    ///
    /// If the command is refused: then the world is not the one that the test is about.
    pub fn after(mut self, now: Timestamp, ask: impl Fn(&Self) -> Command) -> Self {
        let command = ask(&self);
        let decision = valid(decide(&command, &self.facts, now));
        self.follow(&command, decision.changes, now);
        self
    }

    /// Follows the changes that `command` led to, and tells them.
    pub fn follow(&mut self, command: &Command, changes: Vec<Change>, now: Timestamp) {
        self.now = now;
        let origin = Origin::default();
        for change in history::record(changes, &mut self.facts, &Cause::of(command, &origin), now) {
            self.note(&change);
            self.changes.push(change);
        }
    }

    /// Follows a change.
    pub fn write(&mut self, change: Change) {
        self.note(&change);
        self.facts.apply(&change);
        self.changes.push(change);
    }

    fn note(&mut self, change: &Change) {
        match change {
            Change::Invitation(invitation) => {
                self.last_invitation = self.last_invitation.max(invitation.id.as_uuid().as_u128());
            }
            Change::Mail(mail) if !self.mails.contains(&mail.id) => self.mails.push(mail.id),
            _ => {}
        }
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
        let newest =
            ids.find(|id| self.facts.invitation(&InvitationRef::Id(*id)).is_some_and(|found| found.invitee == invitee));
        newest.unwrap_or(numbered(0))
    }

    /// The newest mail to a user, an address, or `owners`; one that there is not if there is none.
    #[must_use]
    pub fn mail(&self, to: &str) -> MailId {
        let is_to = |mail: &&Mail| match &mail.to {
            Recipient::User(id) => !to.contains('@') && to != "owners" && self.id(to) == *id,
            Recipient::Address(email) => email.as_str() == to,
            Recipient::Owners => to == "owners",
        };
        let newest = self.mails.iter().rev().filter_map(|id| self.facts.mail(*id)).find(is_to);
        newest.map_or(MailId::from_uuid(Uuid::nil()), |mail| mail.id)
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
        let (id, tally) = (group.id, group.tally);
        self.write(Change::Group(group));
        self.write(Change::Tally(id, tally));
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
        world.write(Change::Membership(Membership::new(group, user, roles, world.now)));
        world.change_group(|group| {
            group.tally.members += 1;
            group.tally.owners += i64::from(roles.has(Role::Owner));
        })
    }
}

/// An invite on acceptance. Like all that follow: in the group mentioned last, people read as by [`World::who`].
pub fn offer(by: &str, whom: &[&str], lifetime: Lifetime) -> impl Fn(&World) -> Command {
    invite(by, whom, RoleSet::NONE, Admission::OnAcceptance(Expiry::After(lifetime)))
}

/// A direct invite.
pub fn admit(by: &str, whom: &[&str]) -> impl Fn(&World) -> Command {
    invite(by, whom, RoleSet::NONE, Admission::Direct)
}

/// An invite, which can be undone as [`BATCH`].
pub fn invite(by: &str, whom: &[&str], roles: RoleSet, admission: Admission) -> impl Fn(&World) -> Command {
    move |world| {
        let target = |(n, name): (usize, &&str)| Target { who: world.who(name), invitation: world.fresh_invitation(n) };
        let targets = whom.iter().enumerate().map(target).collect();
        Invite {
            by: world.id(by),
            group: world.here(),
            targets,
            roles,
            admission,
            batch: Some(BATCH),
            language: None,
            note: None,
        }
        .into()
    }
}

/// The batch that every invite in a world belongs to.
pub const BATCH: BatchId = BatchId::from_uuid(Uuid::from_u128(1));

/// Taking all invites back.
pub fn undo(by: &str) -> impl Fn(&World) -> Command {
    |world| UndoBatch { by: world.id(by), group: world.here(), batch: BATCH }.into()
}

/// A yes of `by` to the newest invitation made to `whom`.
pub fn accept(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| {
        Accept {
            by: Some(world.id(by)),
            invitation: InvitationRef::Id(world.invitation(whom)),
            is_secret_enough: false,
        }
        .into()
    }
}

/// A yes of `by` with a secret that was mailed.
pub fn accept_mailed(by: &str, n: u8) -> impl Fn(&World) -> Command {
    move |world| {
        Accept { by: Some(world.id(by)), invitation: InvitationRef::Token(secret(n)), is_secret_enough: false }.into()
    }
}

/// A no of `by` to the newest invitation made to `whom`.
pub fn decline(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| Decline { by: Some(world.id(by)), invitation: InvitationRef::Id(world.invitation(whom)) }.into()
}

/// A no of somebody without an account, with a secret that was mailed.
pub fn decline_mailed(n: u8) -> impl Fn(&World) -> Command {
    move |_| Decline { by: None, invitation: InvitationRef::Token(secret(n)) }.into()
}

/// A secret that stands for an invitation, as hashed.
#[must_use]
pub const fn secret(n: u8) -> InvitationTokenHash {
    InvitationTokenHash([n; 32])
}

/// Sending the newest invitation made to `whom` again.
pub fn resend(by: &str, whom: &str, expiry: Expiry) -> impl Fn(&World) -> Command {
    move |world| ResendInvitation { by: world.id(by), invitation: world.invitation(whom), expiry }.into()
}

/// Taking the newest invitation made to `whom` back.
pub fn revoke(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| RevokeInvitation { by: world.id(by), invitation: world.invitation(whom) }.into()
}

/// Refusing invitations for good, with an account.
pub fn refuse(by: &str, from: InvitationsFrom) -> impl Fn(&World) -> Command {
    move |world| RefuseInvitations { by: Some(world.id(by)), invitation: None, from }.into()
}

/// Refusing invitations for good, without an account, with a secret that was mailed.
pub fn refuse_mailed(n: u8, from: InvitationsFrom) -> impl Fn(&World) -> Command {
    move |_| RefuseInvitations { by: None, invitation: Some(InvitationRef::Token(secret(n))), from }.into()
}

/// Allowing them again, with an account.
pub fn allow(by: &str, from: InvitationsFrom) -> impl Fn(&World) -> Command {
    move |world| AllowInvitations { by: Some(world.id(by)), invitation: None, from }.into()
}

/// A link with number `n`, which [`use_link`] comes by, of the usual length of life.
pub fn link(by: &str, n: u8, uses_max: Option<i64>, needs_approval: bool) -> impl Fn(&World) -> Command {
    move |world| {
        CreateLink {
            by: world.id(by),
            group: world.here(),
            id: LinkId::from_uuid(Uuid::from_u128(n.into())),
            hash: LinkHash([n; 32]),
            roles: RoleSet::NONE,
            uses_max,
            expiry: Expiry::Usual,
            needs_approval,
        }
        .into()
    }
}

/// Coming by a link.
pub fn use_link(by: &str, n: u8) -> impl Fn(&World) -> Command {
    move |world| UseLink { by: world.id(by), link: LinkHash([n; 32]) }.into()
}

/// Coming in, or asking to.
pub fn join(by: &str) -> impl Fn(&World) -> Command {
    |world| Join { by: world.id(by), group: world.here() }.into()
}

/// Letting somebody in who has asked.
pub fn approve(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| ApproveRequest { by: world.id(by), group: world.here(), user: world.who(whom) }.into()
}

/// Turning somebody down who has asked.
pub fn reject(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| RejectRequest { by: world.id(by), group: world.here(), user: world.who(whom) }.into()
}

/// Thinking better of having asked.
pub fn withdraw(by: &str) -> impl Fn(&World) -> Command {
    |world| WithdrawRequest { by: world.id(by), group: world.here() }.into()
}

/// A removal, or the withdrawal of an invitation.
pub fn remove(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| RemoveMember { by: world.id(by), group: world.here(), user: world.who(whom), spares_owners: false }.into()
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

/// Making somebody run the group, or no longer.
pub fn set_admin(by: &str, whom: &str, is_admin: bool) -> impl Fn(&World) -> Command {
    move |world| SetAdmin { by: world.id(by), group: world.here(), user: world.who(whom), is_admin }.into()
}

/// A removal of whoever is no owner.
pub fn remove_but_owners(by: &str, whom: &str) -> impl Fn(&World) -> Command {
    |world| RemoveMember { by: world.id(by), group: world.here(), user: world.who(whom), spares_owners: true }.into()
}

/// Changing what comes with the newest invitation made to `whom`, or when it ends.
pub fn change(by: &str, whom: &str, roles: Option<RoleSet>, expiry: Option<Expiry>) -> impl Fn(&World) -> Command {
    move |world| ChangeInvitation { by: world.id(by), invitation: world.invitation(whom), roles, expiry }.into()
}

/// Mailing the newest invitation made to `whom`, with [`secret`]`(n)`.
pub fn mail(whom: &str, n: u8) -> impl Fn(&World) -> Command {
    move |world| GiveInvitationToken { invitation: world.invitation(whom), hash: secret(n) }.into()
}

/// Taking all mail that is due at `due_by`, with [`secret`]`(first)` and those that follow it.
pub fn take_mail(due_by: Timestamp, first: u8) -> impl Fn(&World) -> Command {
    move |_| TakeMail { due_by, secrets: (first..first + 20).map(secret).collect() }.into()
}

/// What became of the newest mail to somebody.
pub fn settle_mail(to: &str, result: MailResult) -> impl Fn(&World) -> Command {
    move |world| SettleMail { mail: world.mail(to), result: result.clone() }.into()
}

/// What is reported of the newest mail to somebody.
pub fn report_mail(to: &str, report: Report) -> impl Fn(&World) -> Command {
    move |world| {
        ReportMail { by: None, mail: world.mail(to), report, reply: Some(Reply::of("550 5.1.1 nobody")) }.into()
    }
}

/// Opening the link with [`secret`]`(n)`.
pub fn see(n: u8) -> impl Fn(&World) -> Command {
    move |_| SeeInvitation { invitation: secret(n) }.into()
}

/// A yes of whoever holds [`secret`]`(n)`.
pub fn accept_held(n: u8) -> impl Fn(&World) -> Command {
    move |_| Accept { by: None, invitation: InvitationRef::Token(secret(n)), is_secret_enough: false }.into()
}

/// A yes with a new account, of whoever holds [`secret`]`(n)`.
pub fn enrol(name: &str, n: u8) -> impl Fn(&World) -> Command {
    move |_| {
        Enrol {
            invitation: secret(n),
            uid: valid(Uid::parse(&format!("uid-{name}")).ok_or(name)),
            subject: valid(Subject::parse(&format!("sub-{name}"))),
            name: valid(DisplayName::parse(name)),
            password: PasswordHash("hash".to_owned()),
            language: None,
        }
        .into()
    }
}

/// Asking for a way to accept the invitation of [`secret`]`(n)` with the account that has `address`.
pub fn offer_sign_in(n: u8, address: &str) -> impl Fn(&World) -> Command {
    move |_| OfferSignIn { invitation: secret(n), address: valid(Email::parse(address)) }.into()
}

/// Reminding everybody whose time has come.
pub fn remind() -> impl Fn(&World) -> Command {
    |world| RemindInvitees { invitations: world.invitations().collect() }.into()
}

/// Recording which of all invitations have expired.
pub fn expire() -> impl Fn(&World) -> Command {
    |world| ExpireInvitations { invitations: world.invitations().collect() }.into()
}

/// Taking link `n` back.
pub fn revoke_link(by: &str, n: u8) -> impl Fn(&World) -> Command {
    move |world| RevokeLink { by: world.id(by), link: LinkId::from_uuid(Uuid::from_u128(n.into())) }.into()
}

/// New settings of a group.
pub fn update(by: &str, patch: GroupPatch) -> impl Fn(&World) -> Command {
    move |world| UpdateGroup { by: world.id(by), group: world.here(), patch: patch.clone() }.into()
}

/// A group's way into the archive.
pub fn archive(by: &str) -> impl Fn(&World) -> Command {
    |world| ArchiveGroup { by: world.id(by), group: world.here() }.into()
}

/// A group's way out of the archive.
pub fn unarchive(by: &str) -> impl Fn(&World) -> Command {
    |world| UnarchiveGroup { by: world.id(by), group: world.here() }.into()
}

/// A group's deletion, which can be taken back.
pub fn delete(by: &str) -> impl Fn(&World) -> Command {
    |world| DeleteGroup { by: world.id(by), group: world.here(), frees_slug: false }.into()
}

/// A deleted group's return.
pub fn restore(by: &str) -> impl Fn(&World) -> Command {
    |world| RestoreGroup { by: world.id(by), group: world.here() }.into()
}

/// A deleted group's end.
pub fn purge() -> impl Fn(&World) -> Command {
    |world| PurgeGroup { group: world.here }.into()
}

/// An offer of ownership.
pub fn hand_over(by: &str, to: &str) -> impl Fn(&World) -> Command {
    |world| OfferOwnership { by: world.id(by), group: world.here(), to: world.who(to) }.into()
}

/// A yes to such an offer.
pub fn take_over(by: &str) -> impl Fn(&World) -> Command {
    |world| AcceptOwnership { by: world.id(by), group: world.here() }.into()
}

/// A no to such an offer, or its withdrawal.
pub fn keep(by: &str) -> impl Fn(&World) -> Command {
    |world| WithdrawOwnership { by: world.id(by), group: world.here() }.into()
}

/// A new account.
pub fn sign_up(name: &str, address: Option<&str>) -> impl Fn(&World) -> Command {
    move |_| {
        AddUser {
            by: None,
            id: None,
            uid: valid(Uid::parse(&format!("uid-{name}")).ok_or(name)),
            subject: valid(Subject::parse(&format!("sub-{name}"))),
            username: Some(valid(Username::parse(name))),
            name: None,
            language: None,
            email: address.map(|address| valid(Email::parse(address))),
            is_admin: false,
            roles: GlobalRoles::default(),
            password: None,
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        }
        .into()
    }
}

/// A sign-in by way of the identity provider, which vouches for the address.
pub fn sign_in(name: &str, address: Option<&str>) -> impl Fn(&World) -> Command {
    move |_| {
        SeeSubject {
            subject: valid(Subject::parse(&format!("sub-{name}"))),
            uid: valid(Uid::parse(&format!("uid-{name}")).ok_or(name)),
            name: None,
            email: address.map(|address| valid(Email::parse(address))),
        }
        .into()
    }
}

/// The end of an account.
pub fn disable(name: &str) -> impl Fn(&World) -> Command {
    |world| DisableUser { by: None, user: world.who(name) }.into()
}

/// A new group; [`World::there`] makes what follows about it.
pub fn found(by: &str, slug: &str) -> impl Fn(&World) -> Command {
    move |world| {
        CreateGroup {
            by: None,
            owner: world.who(by),
            id: None,
            uid: valid(Uid::parse(&format!("uid-{slug}")).ok_or(slug)),
            slug: valid(Slug::parse(slug)),
            name: valid(DisplayName::parse(slug)),
            description: Description::default(),
            language: None,
            is_public: false,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        }
        .into()
    }
}

const fn numbered(n: u128) -> InvitationId {
    InvitationId::from_uuid(Uuid::from_u128(n))
}

/// What a test itself wrote is right, or the test stops here.
#[track_caller]
pub(crate) fn valid<T, E: Debug>(written: Result<T, E>) -> T {
    written.expect("a proper world")
}
