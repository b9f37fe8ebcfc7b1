//! Making a member one of those who run a group, or no longer, as Quran Foundation's API has it: its "admins" are moderators,
//! each of whom may make others, and owners are admins in any case.

use super::{Decision, caller, living};
use crate::change::Change;
use crate::command::SetAdmin;
use crate::facts::Facts;
use crate::member::{Membership, Role};
use crate::outcome::AdminSet;
use crate::permission::Permission;
use crate::policy;
use crate::refusal::Refusal;

pub(super) fn decide(ask: &SetAdmin, facts: &Facts) -> Result<Decision<AdminSet>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    // Rights come before existence, so that the answer does not tell outsiders who is a member.
    if !policy::runs_group(&facts.settings().permissions, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::NotAllowed(Permission::SetModerator));
    }
    let user = facts.user(&ask.user).ok_or(Refusal::UserNotFound)?;
    let member = facts.membership(group.id, user.id).ok_or(Refusal::MemberNotFound)?;
    let is_owner = member.roles.has(Role::Owner);
    if is_owner && !ask.is_admin {
        return Err(Refusal::NotAllowed(Permission::SetOwner));
    }
    if policy::is_admin(Some(member)) == ask.is_admin {
        return Ok(Decision { changes: vec![], outcome: AdminSet { has_changed: false } });
    }
    let roles = if ask.is_admin { member.roles.with(Role::Moderator) } else { member.roles.without(Role::Moderator) };
    let changes = vec![Change::Membership(Membership { roles, ..member.clone() })];
    Ok(Decision { changes, outcome: AdminSet { has_changed: true } })
}
