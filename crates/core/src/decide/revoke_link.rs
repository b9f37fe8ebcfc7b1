//! Taking an invite link back. Doing it twice changes nothing.

use super::{Decision, caller, living};
use crate::change::Change;
use crate::command::RevokeLink;
use crate::facts::Facts;
use crate::group::GroupRef;
use crate::link::{Link, LinkRef};
use crate::outcome::LinkRevoked;
use crate::policy;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &RevokeLink, facts: &Facts, now: Timestamp) -> Result<Decision<LinkRevoked>, Refusal> {
    let by = caller(facts, ask.by)?;
    let link = facts.link(&LinkRef::Id(ask.link)).ok_or(Refusal::LinkNotFound)?;
    let group = living(facts, &GroupRef::Id(link.group)).map_err(|_| Refusal::LinkNotFound)?;
    if !policy::may_revoke_link(&facts.settings().permissions, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::LinkNotFound);
    }
    if link.revoked_at.is_some() {
        return Ok(Decision::unchanged(LinkRevoked(link.clone())));
    }
    let link = Link { revoked_at: Some(now), revoked_by: Some(by.id), ..link.clone() };
    Ok(Decision { changes: vec![Change::Link(link.clone())], outcome: LinkRevoked(link) })
}
