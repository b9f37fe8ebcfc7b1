//! Making an invite link.

use super::{Decision, caller, expiry, living, require, require_roles};
use crate::change::Change;
use crate::command::CreateLink;
use crate::facts::Facts;
use crate::link::Link;
use crate::outcome::LinkCreated;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &CreateLink, facts: &Facts, now: Timestamp) -> Result<Decision<LinkCreated>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    require(Permission::CreateLink, by, group.id, facts)?;
    require_roles(ask.roles, by, group.id, facts)?;
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    if ask.uses_max.is_some_and(|max| max < 1) {
        return Err(Refusal::UsesOutOfRange);
    }
    let link = Link {
        id: ask.id,
        group: group.id,
        hash: ask.hash,
        creator: by.id,
        roles: ask.roles,
        uses_max: ask.uses_max,
        uses: 0,
        needs_approval: ask.needs_approval,
        created_at: now,
        expires_at: expiry::end(ask.expiry, facts.settings(), now)?,
        revoked_at: None,
        revoked_by: None,
    };
    Ok(Decision { changes: vec![Change::Link(link.clone())], outcome: LinkCreated(link) })
}
