//! Giving roles to members and taking them away: two sides of one rule.

use super::{Decision, caller};
use crate::change::Change;
use crate::command::{AssignRole, TakeRole};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::UserId;
use crate::member::{Membership, Role, RoleSet};
use crate::outcome::{RoleAssigned, RoleTaken};
use crate::policy::{self, Permission};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::UserRef;

pub(super) fn assign(ask: &AssignRole, facts: &Facts, now: Timestamp) -> Result<Decision<RoleAssigned>, Refusal> {
    let (group, member) = find(facts, ask.by, &ask.group, &ask.user, ask.role)?;
    let has_changed = !member.roles.has(ask.role);
    let changes = if has_changed { settle(group, member, member.roles.with(ask.role), now) } else { vec![] };
    Ok(Decision { outcome: RoleAssigned { has_changed }, changes })
}

pub(super) fn take(ask: &TakeRole, facts: &Facts, now: Timestamp) -> Result<Decision<RoleTaken>, Refusal> {
    let (group, member) = find(facts, ask.by, &ask.group, &ask.user, ask.role)?;
    let has_changed = member.roles.has(ask.role);
    if has_changed && ask.role == Role::Owner && group.owners_count <= 1 {
        return Err(Refusal::LastOwner);
    }
    let changes = if has_changed { settle(group, member, member.roles.without(ask.role), now) } else { vec![] };
    Ok(Decision { outcome: RoleTaken { has_changed }, changes })
}

/// The group and the member in question, if `by` may set `role` there. Rights come before existence, so that the
/// answer does not tell outsiders who is a member.
fn find<'f>(
    facts: &'f Facts,
    by: UserId,
    group: &GroupRef,
    user: &UserRef,
    role: Role,
) -> Result<(&'f Group, &'f Membership), Refusal> {
    let by = caller(facts, by)?;
    let group = facts.group(group).ok_or(Refusal::GroupNotFound)?;
    let permission = Permission::to_set(role);
    if !policy::may(permission, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::NotAllowed(permission));
    }
    let user = facts.user(user).ok_or(Refusal::UserNotFound)?;
    let member = facts.membership(group.id, user.id).ok_or(Refusal::MemberNotFound)?;
    Ok((group, member))
}

fn settle(group: &Group, member: &Membership, roles: RoleSet, now: Timestamp) -> Vec<Change> {
    let owners = |roles: RoleSet| i64::from(roles.has(Role::Owner));
    let group = Group {
        owners_count: group.owners_count + owners(roles) - owners(member.roles),
        notices_count: group.notices_count + 1,
        updated_at: now,
        ..group.clone()
    };
    vec![Change::Membership(Membership { roles, ..member.clone() }), Change::Group(group)]
}
