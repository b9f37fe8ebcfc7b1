//! Taking an invitation back. Doing it twice changes nothing.

use super::{Decision, managed};
use crate::change::Change;
use crate::command::RevokeInvitation;
use crate::facts::Facts;
use crate::invitation::InvitationState;
use crate::outcome::InvitationRevoked;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(
    ask: &RevokeInvitation,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<InvitationRevoked>, Refusal> {
    let (by, _, invitation) = managed(facts, ask.by, ask.invitation, Permission::RemoveMember)?;
    if invitation.state == InvitationState::Revoked {
        return Ok(Decision::unchanged(InvitationRevoked(invitation.clone())));
    }
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    let revoked = invitation.closed(InvitationState::Revoked, Some(by.id), now);
    Ok(Decision { changes: vec![Change::Invitation(revoked.clone())], outcome: InvitationRevoked(revoked) })
}
