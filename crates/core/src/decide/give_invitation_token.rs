//! Giving an open invitation one more secret. Those given before keep working: any of the mails may be the one that is
//! read.

use super::{Decision, living};
use crate::change::Change;
use crate::command::GiveInvitationToken;
use crate::facts::Facts;
use crate::group::GroupRef;
use crate::invitation::{InvitationRef, InvitationToken};
use crate::outcome::InvitationTokenGiven;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(
    ask: &GiveInvitationToken,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<InvitationTokenGiven>, Refusal> {
    let invitation = facts.invitation(&InvitationRef::Id(ask.invitation)).ok_or(Refusal::InvitationNotFound)?;
    living(facts, &GroupRef::Id(invitation.group)).map_err(|_| Refusal::InvitationNotFound)?;
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    let token = InvitationToken { hash: ask.hash, invitation: ask.invitation, holder: None, created_at: now };
    let outcome = InvitationTokenGiven(invitation.clone());
    Ok(Decision { changes: vec![Change::InvitationToken(token)], outcome })
}
