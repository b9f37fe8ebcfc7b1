//! Coming in where everybody may, and asking to where that is possible. Who was invited comes in anyway.

use super::door::Door;
use super::{Decision, caller, living};
use crate::change::Change;
use crate::command::Join;
use crate::facts::Facts;
use crate::ids::{GroupId, UserId};
use crate::invitation::Invitee;
use crate::member::RoleSet;
use crate::outcome::{Joined, Standing};
use crate::refusal::Refusal;
use crate::request::{JoinRequest, RequestState};
use crate::time::Timestamp;

pub(super) fn decide(ask: &Join, facts: &Facts, now: Timestamp) -> Result<Decision<Joined>, Refusal> {
    let user = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    let joined = |standing| Joined { group: group.id, standing };
    if facts.membership(group.id, user.id).is_some() {
        return Ok(Decision::unchanged(joined(Standing::AlreadyMember)));
    }
    let person = Invitee::User(user.id);
    let is_invited = facts.pending_invitations(group.id, &person).any(|invitation| invitation.is_open(now));
    let is_free = group.is_public || is_invited;
    let request = facts.request(group.id, user.id).filter(|request| request.is_open());
    if let Some(standing) = request.and_then(|request| standing(request, !is_free)) {
        return Ok(Decision::unchanged(joined(standing)));
    }
    if !is_free && !group.takes_requests {
        return Err(Refusal::ByInvitationOnly);
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    if !is_free {
        let request = asking(group.id, user.id, RoleSet::NONE, now);
        return Ok(Decision { outcome: joined(Standing::Requested), changes: vec![Change::JoinRequest(request)] });
    }
    let mut door = Door::new(facts, group, now);
    let standing = door.admit(user.id, RoleSet::NONE, user.id)?;
    Ok(Decision { outcome: joined(standing), changes: door.changes })
}

/// How somebody stands who has an open request already, if that is all that asking again leads to.
pub(super) const fn standing(request: &JoinRequest, needs_approval: bool) -> Option<Standing> {
    match request.state {
        RequestState::Waiting => Some(Standing::Waiting),
        RequestState::Pending if needs_approval => Some(Standing::Requested),
        _ => None,
    }
}

/// A new request, to be approved.
pub(super) const fn asking(group: GroupId, user: UserId, roles: RoleSet, now: Timestamp) -> JoinRequest {
    JoinRequest {
        group,
        user,
        roles,
        state: RequestState::Pending,
        place: None,
        created_at: now,
        closed_at: None,
        closed_by: None,
    }
}
