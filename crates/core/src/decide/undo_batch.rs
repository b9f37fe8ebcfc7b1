//! Taking the invitations of one command back, while nobody in it has answered. What was made is revoked, what was
//! renewed is as before, and who was brought in is out again. The history keeps both.

use std::collections::BTreeMap;

use super::remove_member::void_offer;
use super::{Decision, caller, living, require, settle_invitations};
use crate::change::Change;
use crate::command::UndoBatch;
use crate::facts::Facts;
use crate::group::Group;
use crate::history::{Event, InvitationRecord, Record, RequestRecord, Stream, Thing};
use crate::ids::{InvitationId, UserId};
use crate::invitation::{Invitation, InvitationRef, InvitationState, Invitee};
use crate::member::Role;
use crate::outcome::BatchUndone;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::request::RequestState;
use crate::time::Timestamp;
use crate::user::UserRef;

pub(super) fn decide(ask: &UndoBatch, facts: &Facts, now: Timestamp) -> Result<Decision<BatchUndone>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    require(Permission::RemoveMember, by, group.id, facts)?;
    // Of several events of one thing, the first tells how it was before and the last how it was left.
    let mut things: BTreeMap<&Thing, (Option<&str>, &Event)> = BTreeMap::new();
    for event in facts.batch(ask.batch).iter().filter(|event| event.stream == Stream::Group(group.id)) {
        let first = things.get(&event.thing).map_or(event.before.as_deref(), |(before, _)| *before);
        things.insert(&event.thing, (first, event));
    }
    if things.is_empty() {
        return Err(Refusal::BatchNotFound);
    }
    let mut undo = Undo { facts, group, by: by.id, now, owners: group.tally.owners, changes: vec![], undone: 0 };
    for (thing, (before, last)) in things {
        match thing {
            Thing::Invitation(id) => undo.invitation(*id, before, last)?,
            Thing::Member(user) => undo.member(*user, last)?,
            Thing::Request(user) => undo.request(*user, before, last)?,
            _ => {}
        }
    }
    Ok(Decision { outcome: BatchUndone { undone: undo.undone }, changes: undo.changes })
}

struct Undo<'f> {
    facts: &'f Facts,
    group: &'f Group,
    by: UserId,
    now: Timestamp,
    /// How many are left.
    owners: i64,
    changes: Vec<Change>,
    undone: usize,
}

impl Undo<'_> {
    fn invitation(&mut self, id: InvitationId, before: Option<&str>, last: &Event) -> Result<(), Refusal> {
        let Some(found) = self.facts.invitation(&InvitationRef::Id(id)) else { return Ok(()) };
        let is_as_left = is_as_told(&Change::Invitation(found.clone()), last);
        let before = before.and_then(|text| InvitationRecord::read(id, self.group.id, text));
        let undone = match (before, found.state_at(self.now)) {
            (None, InvitationState::Pending) => found.closed(InvitationState::Revoked, Some(self.by), self.now),
            // It was closed because the person was brought in, and they have gone since.
            (Some(_), InvitationState::Accepted) if is_as_left && !self.is_invitee_here(&found.invitee) => {
                return Ok(());
            }
            // It was renewed, or it was closed because the person was brought in.
            (Some(before), InvitationState::Pending | InvitationState::Accepted) if is_as_left => self.alive(before),
            (_, InvitationState::Accepted | InvitationState::Declined) => return Err(Refusal::BatchAnswered),
            _ => return Ok(()),
        };
        self.note(Change::Invitation(undone));
        Ok(())
    }

    fn is_invitee_here(&self, invitee: &Invitee) -> bool {
        match invitee {
            Invitee::User(id) => self.is_here(*id),
            Invitee::Email(email) => {
                self.facts.user(&UserRef::Email(email.clone())).is_some_and(|user| self.is_here(user.id))
            }
        }
    }

    fn is_here(&self, user: UserId) -> bool {
        let request = self.facts.request(self.group.id, user);
        self.facts.membership(self.group.id, user).is_some()
            || request.is_some_and(|request| request.state == RequestState::Waiting)
    }

    /// The invitation as it was, unless its time has run out meanwhile.
    fn alive(&self, before: Invitation) -> Invitation {
        if before.is_open(self.now) { before } else { before.closed(InvitationState::Expired, None, self.now) }
    }

    fn member(&mut self, user: UserId, last: &Event) -> Result<(), Refusal> {
        let Some(found) = self.facts.membership(self.group.id, user) else { return Ok(()) };
        if !is_as_told(&Change::Membership(found.clone()), last) {
            return Err(Refusal::BatchAnswered);
        }
        self.owners -= i64::from(found.roles.has(Role::Owner));
        if self.owners == 0 {
            return Err(Refusal::LastOwner);
        }
        self.note(Change::MembershipEnded(self.group.id, user));
        self.changes.extend(void_offer(self.group, user));
        // Invited otherwise since, as a member: that would let them in again.
        let state = InvitationState::Revoked;
        self.changes.extend(settle_invitations(self.facts, self.group.id, user, state, Some(self.by), self.now));
        Ok(())
    }

    /// Who had asked to join asks again, unless they have gone since.
    fn request(&mut self, user: UserId, before: Option<&str>, last: &Event) -> Result<(), Refusal> {
        let Some(found) = self.facts.request(self.group.id, user) else { return Ok(()) };
        let is_as_left = is_as_told(&Change::JoinRequest(found.clone()), last);
        if !is_as_left && self.facts.membership(self.group.id, user).is_some() {
            // Who had to wait has got a seat.
            return Err(Refusal::BatchAnswered);
        }
        let before = before.and_then(|text| RequestRecord::read(self.group.id, user, text));
        if let Some(asking) = before.filter(|_| is_as_left && self.is_here(user)) {
            self.note(Change::JoinRequest(asking));
        }
        Ok(())
    }

    fn note(&mut self, change: Change) {
        self.changes.push(change);
        self.undone += 1;
    }
}

/// Whether a thing is as the event left it.
fn is_as_told(found: &Change, event: &Event) -> bool {
    Record::of(found).is_some_and(|record| record.text == event.after)
}
