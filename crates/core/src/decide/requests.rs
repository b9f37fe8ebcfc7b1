//! Settling requests to join: approving, turning down, and thinking better of it.

use super::door::Door;
use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::command::{ApproveRequest, RejectRequest, WithdrawRequest};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::UserId;
use crate::outcome::{RequestApproved, RequestRejected, RequestWithdrawn, Standing};
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::request::{JoinRequest, RequestState};
use crate::time::Timestamp;
use crate::user::{User, UserRef};

pub(super) fn approve(
    ask: &ApproveRequest,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<RequestApproved>, Refusal> {
    let (by, group, user) = find(facts, ask.by, &ask.group, &ask.user)?;
    if facts.membership(group.id, user).is_some() {
        return Ok(Decision::unchanged(RequestApproved { standing: Standing::AlreadyMember }));
    }
    let request = open(facts, group, user)?;
    if request.state == RequestState::Waiting {
        return Ok(Decision::unchanged(RequestApproved { standing: Standing::Waiting }));
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    let mut door = Door::new(facts, group, now);
    let standing = door.admit(user, request.roles, by.id)?;
    Ok(Decision { outcome: RequestApproved { standing }, changes: door.changes })
}

pub(super) fn reject(ask: &RejectRequest, facts: &Facts, now: Timestamp) -> Result<Decision<RequestRejected>, Refusal> {
    let (by, group, user) = find(facts, ask.by, &ask.group, &ask.user)?;
    let rejected = open(facts, group, user)?.closed(RequestState::Rejected, Some(by.id), now);
    Ok(Decision { changes: vec![Change::JoinRequest(rejected.clone())], outcome: RequestRejected(rejected) })
}

pub(super) fn withdraw(
    ask: &WithdrawRequest,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<RequestWithdrawn>, Refusal> {
    let user = caller(facts, ask.by)?;
    // A group that is archived or deleted lets people go.
    let group = facts.group(&ask.group).ok_or(Refusal::RequestNotFound)?;
    let withdrawn = open(facts, group, user.id)?.closed(RequestState::Withdrawn, Some(user.id), now);
    Ok(Decision { changes: vec![Change::JoinRequest(withdrawn.clone())], outcome: RequestWithdrawn(withdrawn) })
}

/// The group and the person in question, if `by` may let people in there. Rights come before existence, so that the
/// answer does not tell outsiders who has asked.
fn find<'f>(
    facts: &'f Facts,
    by: UserId,
    group: &GroupRef,
    user: &UserRef,
) -> Result<(&'f User, &'f Group, UserId), Refusal> {
    let by = caller(facts, by)?;
    let group = living(facts, group)?;
    require(Permission::Invite, by, group.id, facts)?;
    let user = facts.user(user).ok_or(Refusal::RequestNotFound)?;
    Ok((by, group, user.id))
}

fn open<'f>(facts: &'f Facts, group: &Group, user: UserId) -> Result<&'f JoinRequest, Refusal> {
    facts.request(group.id, user).filter(|request| request.is_open()).ok_or(Refusal::RequestNotFound)
}
