//! Taking an invite link back. Doing it twice changes nothing.

use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::command::RevokeLink;
use crate::facts::Facts;
use crate::group::GroupRef;
use crate::link::{Link, LinkRef};
use crate::outcome::LinkRevoked;
use crate::policy::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &RevokeLink, facts: &Facts, now: Timestamp) -> Result<Decision<LinkRevoked>, Refusal> {
    let by = caller(facts, ask.by)?;
    let link = facts.link(&LinkRef::Id(ask.link)).ok_or(Refusal::LinkNotFound)?;
    let group = living(facts, &GroupRef::Id(link.group)).map_err(|_| Refusal::LinkNotFound)?;
    // For people outside the group the link does not exist.
    facts.membership(group.id, by.id).ok_or(Refusal::LinkNotFound)?;
    require(Permission::Invite, by, group.id, facts)?;
    if link.revoked_at.is_some() {
        return Ok(Decision::unchanged(LinkRevoked(link.clone())));
    }
    let link = Link { revoked_at: Some(now), revoked_by: Some(by.id), ..link.clone() };
    Ok(Decision { changes: vec![Change::Link(link.clone())], outcome: LinkRevoked(link) })
}
