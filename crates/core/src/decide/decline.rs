//! Saying no to an invitation. Saying it twice is the same answer.

use super::{Decision, caller, holder, settle_invitations};
use crate::change::Change;
use crate::command::Decline;
use crate::facts::Facts;
use crate::ids::UserId;
use crate::invitation::{Invitation, InvitationState};
use crate::outcome::Declined;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;

pub(super) fn decide(ask: &Decline, facts: &Facts, now: Timestamp) -> Result<Decision<Declined>, Refusal> {
    let user = ask.by.map(|by| caller(facts, by)).transpose()?;
    let invitation = holder::turned_down_by(&ask.invitation, user, facts)?;

    let outcome = Declined { group: invitation.group };
    if invitation.state == InvitationState::Declined {
        return Ok(Decision::unchanged(outcome));
    }
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    // A group that is archived or deleted can be declined: saying no is never refused for the group's sake.
    Ok(Decision { outcome, changes: closing(invitation, user, facts, now) })
}

/// Closes an open invitation, and whatever else invites the same person to the same group.
pub(super) fn closing(invitation: &Invitation, user: Option<&User>, facts: &Facts, now: Timestamp) -> Vec<Change> {
    let state = InvitationState::Declined;
    let by: Option<UserId> = user.map(|user| user.id);
    match user.filter(|user| holder::is_for(invitation, user, facts)) {
        Some(user) => settle_invitations(facts, invitation.group, user.id, state, by, now),
        None => vec![Change::Invitation(invitation.closed(state, by, now))],
    }
}
