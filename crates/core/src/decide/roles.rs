//! Giving roles to members and taking them away: two sides of one rule.

use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::command::{AssignRole, TakeRole};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::UserId;
use crate::member::{Membership, Role, RoleSet};
use crate::outcome::{RoleAssigned, RoleTaken};
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::user::UserRef;

pub(super) fn assign(ask: &AssignRole, facts: &Facts) -> Result<Decision<RoleAssigned>, Refusal> {
    let (_, member) = find(facts, ask.by, &ask.group, &ask.user, ask.role)?;
    // Who is switched off owns nothing.
    let is_active = facts.user(&UserRef::Id(member.user)).is_some_and(|user| user.is_active());
    if ask.role == Role::Owner && !is_active {
        return Err(Refusal::MemberNotFound);
    }
    let has_changed = !member.roles.has(ask.role);
    let changes = if has_changed { vec![holding(member, member.roles.with(ask.role))] } else { vec![] };
    Ok(Decision { outcome: RoleAssigned { has_changed }, changes })
}

pub(super) fn take(ask: &TakeRole, facts: &Facts) -> Result<Decision<RoleTaken>, Refusal> {
    let (group, member) = find(facts, ask.by, &ask.group, &ask.user, ask.role)?;
    let has_changed = member.roles.has(ask.role);
    if has_changed && ask.role == Role::Owner && group.tally.owners <= 1 {
        return Err(Refusal::LastOwner);
    }
    let changes = if has_changed { vec![holding(member, member.roles.without(ask.role))] } else { vec![] };
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
    let group = living(facts, group)?;
    require(Permission::to_set(role), by, group.id, facts)?;
    let user = facts.user(user).ok_or(Refusal::UserNotFound)?;
    let member = facts.membership(group.id, user.id).ok_or(Refusal::MemberNotFound)?;
    Ok((group, member))
}

fn holding(member: &Membership, roles: RoleSet) -> Change {
    Change::Membership(Membership { roles, ..member.clone() })
}
