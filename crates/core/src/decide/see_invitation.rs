//! Noting that somebody opened the link of an invitation: the first time, while it can be answered. It is a sign of life, so
//! that nobody needs reminding, and changes nothing else.

use super::Decision;
use crate::change::Change;
use crate::command::SeeInvitation;
use crate::facts::Facts;
use crate::invitation::{Invitation, InvitationRef};
use crate::outcome::InvitationSeen;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &SeeInvitation, facts: &Facts, now: Timestamp) -> Result<Decision<InvitationSeen>, Refusal> {
    let found = facts.invitation(&InvitationRef::Token(ask.invitation)).ok_or(Refusal::InvitationNotFound)?;
    if !found.is_open(now) || found.seen_at.is_some() {
        return Ok(Decision::unchanged(InvitationSeen));
    }
    let seen = Invitation { seen_at: Some(now), remind_at: None, ..found.clone() };
    Ok(Decision { outcome: InvitationSeen, changes: vec![Change::Invitation(seen)] })
}
