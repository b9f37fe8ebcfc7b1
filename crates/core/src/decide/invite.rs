//! Inviting people: at once (`Direct`) or on their acceptance.
//!
//! One bad name does not spoil the rest: each target gets a row of its own in the outcome. Inviting again is safe: a
//! member stays as they are, an invitation is renewed.

use std::collections::{HashMap, HashSet};

use super::door::Door;
use super::{Decision, caller, expiry, living, require, require_roles};
use crate::change::{Change, DayCount};
use crate::command::{Admission, Invite, Target};
use crate::facts::Facts;
use crate::group::Group;
use crate::ids::{InvitationId, UserId};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::names::EmailKey;
use crate::outcome::{InviteRow, Invited, Standing};
use crate::permission::Permission;
use crate::policy;
use crate::refusal::Refusal;
use crate::request::RequestState;
use crate::settings::{Quotas, RESEND_PAUSE};
use crate::time::{Timestamp, later};
use crate::user::UserRef;

pub(super) fn decide(ask: &Invite, facts: &Facts, now: Timestamp) -> Result<Decision<Invited>, Refusal> {
    if ask.targets.len() > Invite::TARGETS_MAX {
        return Err(Refusal::TooManyTargets);
    }
    let group = living(facts, &ask.group)?;
    match ask.admission {
        Admission::Direct => admit(ask, group, facts, now),
        Admission::OnAcceptance(expiry) => {
            require_inviter(ask, group, facts)?;
            if !group.is_active() {
                return Err(Refusal::GroupArchived);
            }
            let expires_at = expiry::end(expiry, facts.settings(), now)?;
            Ok(Offers::new(ask, group, facts, expires_at, now).all())
        }
    }
}

fn require_inviter(ask: &Invite, group: &Group, facts: &Facts) -> Result<(), Refusal> {
    let by = caller(facts, ask.by)?;
    require(Permission::Invite, by, group.id, facts)?;
    require_roles(ask.roles, by, group.id, facts)
}

/// Makes every known target a member at once, as far as there are seats. To who refuses such invitations for good nothing
/// happens, and the answer is as always.
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
    let by = caller(facts, ask.by)?;
    if !policy::may_admit(&facts.settings().permissions, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::NotAllowed(Permission::Invite));
    }
    require_roles(ask.roles, by, group.id, facts)?;

    let mut door = Door::new(facts, group, now);
    let mut added: HashSet<UserId> = HashSet::new();
    let mut rows = Vec::with_capacity(users.len());
    for user in users {
        let Some(user) = user else {
            rows.push(InviteRow::Refused(Refusal::UserNotFound));
            continue;
        };
        let is_waiting = || facts.request(group.id, user).is_some_and(|found| found.state == RequestState::Waiting);
        rows.push(if facts.membership(group.id, user).is_some() || added.contains(&user) {
            InviteRow::AlreadyMember
        } else if is_waiting() {
            InviteRow::Waiting
        } else if !door.has_seat() {
            InviteRow::Refused(Refusal::GroupFull)
        } else {
            added.insert(user);
            // Who asks to join does not refuse.
            let asks = facts.request(group.id, user).is_some_and(|found| found.is_open());
            if !asks && facts.refuses(user, group.id, ask.by) {
                InviteRow::Added
            } else {
                row(door.admit(user, ask.roles, ask.by)?)
            }
        });
    }
    Ok(Decision { outcome: Invited { group: group.id, rows, why: vec![] }, changes: door.changes })
}

const fn row(standing: Standing) -> InviteRow {
    match standing {
        Standing::Joined => InviteRow::Added,
        Standing::AlreadyMember => InviteRow::AlreadyMember,
        Standing::Waiting | Standing::Requested => InviteRow::Waiting,
    }
}

/// Makes or renews an invitation for every target that is not yet a member.
struct Offers<'a> {
    ask: &'a Invite,
    group: &'a Group,
    facts: &'a Facts,
    now: Timestamp,
    expires_at: Option<Timestamp>,
    door: Door<'a>,
    /// What was said of each person: one person named twice is one invitation.
    said: HashMap<Person, InviteRow>,
    made: i64,
    closed: i64,
    changes: Vec<Change>,
}

#[derive(PartialEq, Eq, Hash)]
enum Person {
    User(UserId),
    Email(EmailKey),
}

impl<'a> Offers<'a> {
    fn new(ask: &'a Invite, group: &'a Group, facts: &'a Facts, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        let door = Door::new(facts, group, now);
        Self { ask, group, facts, now, expires_at, door, said: HashMap::new(), made: 0, closed: 0, changes: vec![] }
    }

    fn all(mut self) -> Decision<Invited> {
        let rows = self.ask.targets.iter().map(|target| self.one(target)).collect();
        let day = self.now.as_days();
        if self.made > 0 && self.facts.settings().quotas.is_some() {
            let made = self.facts.made_on(self.ask.by, day) + self.made;
            self.changes.push(Change::DayCount(DayCount { inviter: self.ask.by, day, made }));
        }
        self.changes.append(&mut self.door.changes);
        Decision { outcome: Invited { group: self.group.id, rows, why: vec![] }, changes: self.changes }
    }

    fn one(&mut self, target: &Target) -> InviteRow {
        // An address stays an address, whoever has it: the invitation does not tell whether there is an account. Only of
        // those with whom the group had to do before, an address is known to be theirs.
        let user = self.facts.user(&target.who).map(|user| user.id);
        let (invitee, person) = match (&target.who, user) {
            (_, Some(user)) if self.facts.membership(self.group.id, user).is_some() => return InviteRow::AlreadyMember,
            (UserRef::Email(email), Some(user)) if self.knows(user) => {
                (Invitee::Email(email.clone()), Person::User(user))
            }
            (UserRef::Email(email), _) => (Invitee::Email(email.clone()), Person::Email(email.key().clone())),
            (_, Some(user)) => (Invitee::User(user), Person::User(user)),
            (_, None) => return InviteRow::Refused(Refusal::UserNotFound),
        };
        if let Some(said) = self.said.get(&person) {
            return match said {
                InviteRow::Invited(id) => InviteRow::Renewed(*id),
                InviteRow::Added => InviteRow::AlreadyMember,
                said => *said,
            };
        }
        let user = match person {
            Person::User(user) => Some(user),
            Person::Email(_) => None,
        };
        let row = match user.and_then(|user| self.expected(user)) {
            Some(row) => row,
            None => self.offer(target.invitation, invitee, user),
        };
        self.said.insert(person, row);
        row
    }

    /// Whether the group had to do with this person before the command. What the command itself does cannot count: whoever
    /// names accounts and an address together, if only in a rehearsal, would learn whose the address is.
    fn knows(&self, user: UserId) -> bool {
        let asks = self.facts.request(self.group.id, user).is_some_and(|request| request.is_open());
        asks || self.facts.pending_invitations(self.group.id, &Invitee::User(user)).next().is_some()
    }

    /// Who has asked to join needs no invitation to think about: both sides have said yes.
    fn expected(&mut self, user: UserId) -> Option<InviteRow> {
        let request = self.facts.request(self.group.id, user).filter(|request| request.is_open())?;
        let roles = if request.state == RequestState::Pending { self.ask.roles } else { request.roles };
        let before = self.door.changes.len();
        let row = self.door.admit(user, roles, self.ask.by).map_or_else(InviteRow::Refused, row);
        let settled = self.door.changes.iter().skip(before).filter(|change| matches!(change, Change::Invitation(_)));
        self.closed += i64::try_from(settled.count()).unwrap_or(0);
        Some(row)
    }

    fn offer(&mut self, id: InvitationId, invitee: Invitee, user: Option<UserId>) -> InviteRow {
        let known_as = user.map_or_else(|| invitee.clone(), Invitee::User);
        let pending = || self.facts.pending_invitations(self.group.id, &known_as);
        let dead: Vec<_> = pending().filter(|pending| !pending.is_open(self.now)).collect();
        self.closed += i64::try_from(dead.len()).unwrap_or(0);
        let expired = InvitationState::Expired;
        self.changes.extend(dead.into_iter().map(|dead| Change::Invitation(dead.closed(expired, None, self.now))));
        match pending().find(|pending| pending.is_open(self.now)) {
            Some(open) => self.renew(open),
            None => self.make(id, invitee),
        }
    }

    fn renew(&mut self, open: &Invitation) -> InviteRow {
        // An end that was given is never brought nearer, and nobody is written to all the time.
        let sent_at = if self.now >= open.sent_at + RESEND_PAUSE { self.now } else { open.sent_at };
        let expires_at = later(open.expires_at, self.expires_at);
        // Whoever invites last stands behind it: one whom the person refuses shall not stand in the way of others.
        let own_words = if open.inviter == self.ask.by { open.note.clone() } else { None };
        let renewed = Invitation {
            inviter: self.ask.by,
            language: self.ask.language.or(open.language),
            note: self.ask.note.clone().or(own_words),
            sent_at,
            expires_at,
            remind_at: open.remind_at.and_then(|_| Invitation::reminder(self.now, expires_at)),
            ..open.clone()
        };
        if renewed != *open {
            self.changes.push(Change::Invitation(renewed));
        }
        InviteRow::Renewed(open.id)
    }

    fn make(&mut self, id: InvitationId, invitee: Invitee) -> InviteRow {
        if let Some(refusal) = self.limit() {
            return InviteRow::Refused(refusal);
        }
        self.made += 1;
        self.changes.push(Change::Invitation(Invitation {
            id,
            group: self.group.id,
            invitee,
            inviter: self.ask.by,
            roles: self.ask.roles,
            language: self.ask.language,
            note: self.ask.note.clone(),
            state: InvitationState::Pending,
            created_at: self.now,
            sent_at: self.now,
            expires_at: self.expires_at,
            remind_at: Invitation::reminder(self.now, self.expires_at),
            seen_at: None,
            closed_at: None,
            closed_by: None,
        }));
        InviteRow::Invited(id)
    }

    /// What stands against one more invitation.
    fn limit(&self) -> Option<Refusal> {
        if !self.door.has_seat() {
            return Some(Refusal::GroupFull);
        }
        let Quotas { pending_per_group, made_per_day } = self.facts.settings().quotas?;
        let day = self.now.as_days();
        if self.group.tally.invitations + self.made - self.closed >= pending_per_group {
            Some(Refusal::TooManyInvitations)
        } else if self.facts.made_on(self.ask.by, day) + self.made >= made_per_day {
            Some(Refusal::DailyQuotaSpent(Timestamp::from_days(day + 1)))
        } else {
            None
        }
    }
}
