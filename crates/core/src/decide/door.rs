//! The door of a group: whoever may come in gets a seat or, if there is none, a place in the line.

use super::settle_invitations;
use crate::change::Change;
use crate::facts::Facts;
use crate::group::Group;
use crate::ids::UserId;
use crate::invitation::{InvitationState, Invitee};
use crate::member::{Membership, Role, RoleSet};
use crate::outcome::Standing;
use crate::refusal::Refusal;
use crate::request::{JoinRequest, RequestState};
use crate::settings::WAITING_MAX;
use crate::time::Timestamp;
use crate::user::UserRef;

/// Lets people in, one after the other, and notes what changes by it.
pub(super) struct Door<'f> {
    facts: &'f Facts,
    group: &'f Group,
    now: Timestamp,
    /// Seats that are there for the next who come.
    free: i64,
    waiting: i64,
    last_place: i64,
    pub(super) changes: Vec<Change>,
}

impl<'f> Door<'f> {
    pub(super) fn new(facts: &'f Facts, group: &'f Group, now: Timestamp) -> Self {
        // Nobody overtakes those who wait.
        let free = group.seats(facts.settings()) - group.tally.members;
        let free = if group.tally.waiting > 0 { 0 } else { free };
        Self {
            facts,
            group,
            now,
            free,
            waiting: group.tally.waiting,
            last_place: group.tally.last_place,
            changes: vec![],
        }
    }

    /// Whether the next one gets a seat.
    pub(super) const fn has_seat(&self) -> bool {
        self.free > 0
    }

    /// Lets `user` in, who is no member yet and whom `by` has let in, or has them wait. Whatever else would have brought
    /// them in is settled by it, and its roles are theirs too.
    pub(super) fn admit(&mut self, user: UserId, roles: RoleSet, by: UserId) -> Result<Standing, Refusal> {
        let group = self.group.id;
        let person = Invitee::User(user);
        let invitations = self.facts.pending_invitations(group, &person).filter(|open| open.is_open(self.now));
        let roles = invitations.fold(roles, |roles, invitation| roles.and(invitation.roles));
        let request = self.facts.request(group, user).filter(|request| request.is_open());
        if request.is_some_and(|request| request.state == RequestState::Waiting) {
            self.settle(user, by);
            return Ok(Standing::Waiting);
        }
        if self.has_seat() {
            self.free -= 1;
            self.settle(user, by);
            let admitted = request.map(|request| request.closed(RequestState::Admitted, Some(by), self.now));
            self.changes.extend(admitted.map(Change::JoinRequest));
            let is_active = self.facts.user(&UserRef::Id(user)).is_some_and(|user| user.is_active());
            let roles = if is_active { roles } else { roles.without(Role::Owner) };
            self.changes.push(Change::Membership(Membership::new(group, user, roles, self.now)));
            return Ok(Standing::Joined);
        }
        let before = self.changes.len();
        let standing = self.wait(user, roles, request)?;
        let waits = self.changes.split_off(before);
        self.settle(user, by);
        self.changes.extend(waits);
        Ok(standing)
    }

    fn wait(&mut self, user: UserId, roles: RoleSet, request: Option<&JoinRequest>) -> Result<Standing, Refusal> {
        if self.waiting >= i64::from(WAITING_MAX) {
            return Err(Refusal::WaitingListFull);
        }
        self.waiting += 1;
        self.last_place += 1;
        let group = self.group.id;
        self.changes.push(Change::JoinRequest(JoinRequest {
            group,
            user,
            // By the time that a seat comes free they may be switched off, and who is owns nothing.
            roles: roles.without(Role::Owner),
            state: RequestState::Waiting,
            place: Some(self.last_place),
            created_at: request.map_or(self.now, |request| request.created_at),
            closed_at: None,
            closed_by: None,
        }));
        Ok(Standing::Waiting)
    }

    /// The same for somebody whose account was opened just now, of whom there is nothing to settle.
    pub(super) fn admit_newcomer(&mut self, user: UserId, roles: RoleSet) -> Result<Standing, Refusal> {
        if self.has_seat() {
            let group = self.group.id;
            self.free -= 1;
            self.changes.push(Change::Membership(Membership::new(group, user, roles, self.now)));
            return Ok(Standing::Joined);
        }
        self.wait(user, roles, None)
    }

    fn settle(&mut self, user: UserId, by: UserId) {
        let state = InvitationState::Accepted;
        self.changes.extend(settle_invitations(self.facts, self.group.id, user, state, Some(by), self.now));
    }
}
