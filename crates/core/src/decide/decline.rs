//! Saying no to an invitation. Saying it twice is the same answer.

use super::{Decision, accept, caller, settle_invitations};
use crate::command::Decline;
use crate::facts::Facts;
use crate::invitation::InvitationState;
use crate::outcome::Declined;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &Decline, facts: &Facts, now: Timestamp) -> Result<Decision<Declined>, Refusal> {
    let user = caller(facts, ask.by)?;
    let invitation = facts.invitation(ask.invitation).filter(|invitation| accept::is_for(invitation, user, facts));
    let invitation = invitation.ok_or(Refusal::InvitationNotFound)?;

    let outcome = Declined { group: invitation.group };
    if invitation.state == InvitationState::Declined {
        return Ok(Decision::unchanged(outcome));
    }
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(accept::final_state(invitation)));
    }
    // An archived group can be declined: saying no is never refused for the group's sake.
    let changes = settle_invitations(facts, invitation.group, user.id, InvitationState::Declined, now);
    Ok(Decision { outcome, changes })
}
