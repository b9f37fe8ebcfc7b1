//! Coming by an invite link. The use is counted in the decision that lets the person in, or puts them before those who
//! approve: there is never one use too many.

use super::door::Door;
use super::{Decision, caller, join, living};
use crate::change::Change;
use crate::command::UseLink;
use crate::facts::Facts;
use crate::group::GroupRef;
use crate::link::{Link, LinkRef, LinkState};
use crate::member::{Role, RoleSet};
use crate::outcome::{LinkUsed, Standing};
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &UseLink, facts: &Facts, now: Timestamp) -> Result<Decision<LinkUsed>, Refusal> {
    let user = caller(facts, ask.by)?;
    let link = facts.link(&LinkRef::Hash(ask.link)).ok_or(Refusal::LinkNotFound)?;
    let group = living(facts, &GroupRef::Id(link.group)).map_err(|_| Refusal::LinkNotFound)?;
    let leads_to = |standing| LinkUsed { group: group.id, standing };
    // Who is in, or in line, uses nothing up.
    if facts.membership(group.id, user.id).is_some() {
        return Ok(Decision::unchanged(leads_to(Standing::AlreadyMember)));
    }
    let request = facts.request(group.id, user.id).filter(|request| request.is_open());
    if let Some(standing) = request.and_then(|request| join::standing(request, link.needs_approval)) {
        return Ok(Decision::unchanged(leads_to(standing)));
    }
    match link.state(now) {
        LinkState::Open => {}
        closed => return Err(Refusal::LinkClosed(closed)),
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    // Who has lost the right to give roles shall not get one by a link of their own.
    let maker = facts.membership(group.id, link.creator);
    let roles = if maker.is_some_and(|maker| maker.roles.has(Role::Owner)) { link.roles } else { RoleSet::NONE };
    let (standing, mut changes) = if link.needs_approval {
        (Standing::Requested, vec![Change::JoinRequest(join::asking(group.id, user.id, roles, now))])
    } else {
        let mut door = Door::new(facts, group, now);
        (door.admit(user.id, roles, user.id)?, door.changes)
    };
    changes.push(Change::Link(Link { uses: link.uses + 1, ..link.clone() }));
    Ok(Decision { outcome: leads_to(standing), changes })
}
