//! Changing what comes with an invitation, or when it ends. Whoever changes a role must be allowed to give and take it.

use super::{Decision, expiry, managed, require_roles};
use crate::change::Change;
use crate::command::ChangeInvitation;
use crate::facts::Facts;
use crate::invitation::Invitation;
use crate::outcome::InvitationChanged;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(
    ask: &ChangeInvitation,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<InvitationChanged>, Refusal> {
    let (by, group, invitation) = managed(facts, ask.by, ask.invitation, Permission::Invite)?;
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    let roles = ask.roles.unwrap_or(invitation.roles);
    require_roles(roles.differing(invitation.roles), by, group.id, facts)?;
    let expires_at = match ask.expiry {
        Some(expiry) => expiry::end(expiry, facts.settings(), now)?,
        None => invitation.expires_at,
    };
    let remind_at = match ask.expiry {
        Some(_) => invitation.remind_at.and_then(|_| Invitation::reminder(now, expires_at)),
        None => invitation.remind_at,
    };
    let changed = Invitation { roles, expires_at, remind_at, ..invitation.clone() };
    if changed == *invitation {
        return Ok(Decision::unchanged(InvitationChanged(changed)));
    }
    Ok(Decision { changes: vec![Change::Invitation(changed.clone())], outcome: InvitationChanged(changed) })
}
