//! Inviting people: at once (`Direct`) or on their acceptance.
//!
//! One bad name does not spoil the rest: each target gets a row of its own in the outcome. Inviting again is safe: a
//! member stays as they are, an invitation is renewed.

use std::collections::{HashMap, HashSet};

use super::{Decision, caller, settle_invitations};
use crate::change::Change;
use crate::command::{Admission, Invite, Target};
use crate::facts::Facts;
use crate::group::Group;
use crate::ids::{InvitationId, UserId};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::member::{Membership, RoleSet};
use crate::names::EmailKey;
use crate::outcome::{InviteRow, Invited};
use crate::policy::{self, Permission};
use crate::refusal::Refusal;
use crate::time::{Lifetime, Timestamp};
use crate::user::UserRef;

pub(super) fn decide(ask: &Invite, facts: &Facts, now: Timestamp) -> Result<Decision<Invited>, Refusal> {
    if ask.targets.len() > Invite::TARGETS_MAX {
        return Err(Refusal::TooManyTargets);
    }
    let group = facts.group(&ask.group).ok_or(Refusal::GroupNotFound)?;
    match ask.admission {
        Admission::Direct => admit(ask, group, facts, now),
        Admission::OnAcceptance { lifetime } => offer(ask, group, lifetime, facts, now),
    }
}

fn require_inviter(ask: &Invite, group: &Group, facts: &Facts) -> Result<(), Refusal> {
    let by = caller(facts, ask.by)?;
    let membership = facts.membership(group.id, by.id);
    policy::may(Permission::Invite, by, membership).then_some(()).ok_or(Refusal::NotAllowed(Permission::Invite))
}

/// Makes every known target a member at once.
///
/// That somebody exists is checked before the caller's rights: this is the order of the only API that admits directly,
/// which also has no public groups.
fn admit(ask: &Invite, group: &Group, facts: &Facts, now: Timestamp) -> Result<Decision<Invited>, Refusal> {
    if group.is_public {
        return Err(Refusal::GroupNotFound);
    }
    let users: Vec<Option<UserId>> =
        ask.targets.iter().map(|target| facts.user(&target.who).map(|user| user.id)).collect();
    if users.iter().all(Option::is_none) {
        return Err(Refusal::NobodyToInvite);
    }
    require_inviter(ask, group, facts)?;

    let mut changes = Vec::new();
    let mut added: HashSet<UserId> = HashSet::new();
    let rows = users.into_iter().map(|user| {
        let Some(user) = user else { return InviteRow::UserUnknown };
        if facts.membership(group.id, user).is_some() || !added.insert(user) {
            return InviteRow::AlreadyMember;
        }
        let membership = Membership { group: group.id, user, roles: RoleSet::NONE, joined_at: now };
        changes.push(Change::Membership(membership));
        changes.extend(settle_invitations(facts, group.id, user, InvitationState::Accepted, now));
        InviteRow::Added
    });
    let rows = rows.collect();
    if let Ok(count @ 1..) = i64::try_from(added.len()) {
        changes.push(Change::Group(Group {
            members_count: group.members_count + count,
            notices_count: group.notices_count + count,
            updated_at: now,
            ..group.clone()
        }));
    }
    Ok(Decision { outcome: Invited { group: group.id, rows }, changes })
}

/// Makes or renews an invitation for every target that is not yet a member.
fn offer(
    ask: &Invite,
    group: &Group,
    lifetime: Lifetime,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<Invited>, Refusal> {
    require_inviter(ask, group, facts)?;
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    let mut offers =
        Offers { ask, group, facts, now, expires_at: now + lifetime, made: HashMap::new(), changes: vec![] };
    let rows = ask.targets.iter().map(|target| offers.one(target)).collect();
    Ok(Decision { outcome: Invited { group: group.id, rows }, changes: offers.changes })
}

struct Offers<'a> {
    ask: &'a Invite,
    group: &'a Group,
    facts: &'a Facts,
    now: Timestamp,
    expires_at: Timestamp,
    /// Invitations made or renewed by this command: one person named twice is one invitation.
    made: HashMap<Person, InvitationId>,
    changes: Vec<Change>,
}

#[derive(PartialEq, Eq, Hash)]
enum Person {
    User(UserId),
    Email(EmailKey),
}

impl Offers<'_> {
    fn one(&mut self, target: &Target) -> InviteRow {
        // An address stays an address, whoever has it: nothing about the invitation may tell who has an account.
        let user = self.facts.user(&target.who).map(|user| user.id);
        let (invitee, person) = match (&target.who, user) {
            (_, Some(user)) if self.facts.membership(self.group.id, user).is_some() => return InviteRow::AlreadyMember,
            (UserRef::Email(email), Some(user)) => (Invitee::Email(email.clone()), Person::User(user)),
            (UserRef::Email(email), None) => (Invitee::Email(email.clone()), Person::Email(email.key().clone())),
            (_, Some(user)) => (Invitee::User(user), Person::User(user)),
            (_, None) => return InviteRow::UserUnknown,
        };
        if let Some(id) = self.made.get(&person) {
            return InviteRow::Renewed(*id);
        }
        let known_as = user.map_or_else(|| invitee.clone(), Invitee::User);
        let pending = || self.facts.pending_invitations(self.group.id, &known_as);
        let dead = pending().filter(|pending| !pending.is_open(self.now));
        self.changes.extend(dead.map(|dead| Change::Invitation(dead.closed(InvitationState::Expired, self.now))));
        let open = pending().find(|pending| pending.is_open(self.now)).cloned();
        let row = match open {
            Some(open) => self.renew(open),
            None => self.make(target.invitation, invitee),
        };
        if let InviteRow::Invited(id) | InviteRow::Renewed(id) = row {
            self.made.insert(person, id);
        }
        row
    }

    fn renew(&mut self, open: Invitation) -> InviteRow {
        let id = open.id;
        // A deadline that was given is never shortened.
        if open.expires_at < self.expires_at {
            self.changes.push(Change::Invitation(Invitation { expires_at: self.expires_at, ..open }));
        }
        InviteRow::Renewed(id)
    }

    fn make(&mut self, id: InvitationId, invitee: Invitee) -> InviteRow {
        self.changes.push(Change::Invitation(Invitation {
            id,
            group: self.group.id,
            invitee,
            inviter: self.ask.by,
            roles: RoleSet::NONE,
            state: InvitationState::Pending,
            created_at: self.now,
            expires_at: self.expires_at,
            closed_at: None,
        }));
        InviteRow::Invited(id)
    }
}
