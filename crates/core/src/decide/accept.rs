//! Saying yes to an invitation. Saying it twice is one membership and the same answer; but it does not bring back
//! somebody who has left or was removed since.

use super::door::Door;
use super::{Decision, caller, holder};
use crate::change::Change;
use crate::command::Accept;
use crate::facts::Facts;
use crate::invitation::{InvitationRef, InvitationState};
use crate::outcome::{Accepted, Standing};
use crate::refusal::Refusal;
use crate::request::RequestState;
use crate::time::Timestamp;

pub(super) fn decide(ask: &Accept, facts: &Facts, now: Timestamp) -> Result<Decision<Accepted>, Refusal> {
    let by = match (ask.by, ask.invitation) {
        (Some(by), _) => by,
        (None, InvitationRef::Token(secret)) => {
            facts.invitation(&ask.invitation).ok_or(Refusal::InvitationNotFound)?;
            holder::stands_for(secret, facts, now).ok_or(Refusal::CallerDisabled)?.id
        }
        (None, InvitationRef::Id(_)) => return Err(Refusal::InvitationNotFound),
    };
    let user = caller(facts, by)?;
    let (invitation, group) = holder::taken_by(&ask.invitation, ask.is_secret_enough, user, facts)?;

    let is_member = facts.membership(group.id, user.id).is_some();
    let accepted = |standing| Accepted { group: group.id, standing };
    if invitation.state == InvitationState::Accepted {
        let request = facts.request(group.id, user.id);
        if is_member {
            return Ok(Decision::unchanged(accepted(Standing::AlreadyMember)));
        }
        if request.is_some_and(|request| request.state == RequestState::Waiting) {
            return Ok(Decision::unchanged(accepted(Standing::Waiting)));
        }
    }
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }

    let mut door = Door::new(facts, group, now);
    let standing = if is_member {
        let state = InvitationState::Accepted;
        door.changes = super::settle_invitations(facts, group.id, user.id, state, Some(user.id), now);
        Standing::AlreadyMember
    } else {
        door.admit(user.id, invitation.roles, user.id)?
    };
    // One that was held by its secret is not among those made to the account or its addresses.
    if !holder::is_for(invitation, user, facts) {
        door.changes.push(Change::Invitation(invitation.closed(InvitationState::Accepted, Some(user.id), now)));
    }
    Ok(Decision { outcome: accepted(standing), changes: door.changes })
}
