//! Leaving a group, roles and all.

use super::{Decision, caller, living, remove_member, require_own};
use crate::command::Leave;
use crate::facts::Facts;
use crate::outcome::Left;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &Leave, facts: &Facts, now: Timestamp) -> Result<Decision<Left>, Refusal> {
    let user = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    let membership = facts.membership(group.id, user.id).ok_or(Refusal::MemberNotFound)?;
    require_own(Permission::LeaveGroup, user, facts)?;
    Ok(Decision { outcome: Left, changes: remove_member::end(facts, group, membership, user.id, now)? })
}
