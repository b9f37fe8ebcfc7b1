//! Sending an invitation again: at most once an hour, and never to a nearer end.

use super::{Decision, expiry, managed};
use crate::change::Change;
use crate::command::ResendInvitation;
use crate::facts::Facts;
use crate::invitation::Invitation;
use crate::outcome::InvitationResent;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::settings::RESEND_PAUSE;
use crate::time::{Timestamp, later};

pub(super) fn decide(
    ask: &ResendInvitation,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<InvitationResent>, Refusal> {
    let (_, group, invitation) = managed(facts, ask.by, ask.invitation, Permission::Invite)?;
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    let again_at = invitation.sent_at + RESEND_PAUSE;
    if now < again_at {
        return Err(Refusal::SentRecently(again_at));
    }
    let end = expiry::end(ask.expiry, facts.settings(), now)?;
    let expires_at = later(invitation.expires_at, end);
    let remind_at = invitation.remind_at.and_then(|_| Invitation::reminder(now, expires_at));
    let invitation = Invitation { sent_at: now, expires_at, remind_at, ..invitation.clone() };
    Ok(Decision { changes: vec![Change::Invitation(invitation.clone())], outcome: InvitationResent(invitation) })
}
