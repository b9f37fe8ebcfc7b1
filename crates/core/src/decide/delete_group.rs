//! Deleting a group and bringing it back. Meanwhile it exists for nobody, but everything in it stays.

use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::command::{DeleteGroup, RestoreGroup};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::member::{Membership, Role};
use crate::names::Slug;
use crate::outcome::{GroupDeleted, GroupRestored};
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::settings::GRACE;
use crate::time::Timestamp;

pub(super) fn delete(ask: &DeleteGroup, facts: &Facts, now: Timestamp) -> Result<Decision<GroupDeleted>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    require(Permission::DeleteGroup, by, group.id, facts)?;
    // A uid is a slug, too. Somebody may have thought of it before, but nobody could know it.
    let slug = Slug::parse(group.uid.as_str()).ok().filter(|_| ask.frees_slug);
    let slug = slug.filter(|slug| facts.group(&GroupRef::Slug(slug.clone())).is_none());
    let slug = slug.unwrap_or_else(|| group.slug.clone());
    let group = Group { slug, deleted_at: Some(now), ..group.clone() };
    Ok(Decision { changes: vec![Change::Group(group.clone())], outcome: GroupDeleted(group) })
}

/// Bringing a group back twice changes nothing. Unless it was freed, its slug is still its own: nobody could
/// take it meanwhile.
pub(super) fn restore(ask: &RestoreGroup, facts: &Facts, now: Timestamp) -> Result<Decision<GroupRestored>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = facts.group(&ask.group).ok_or(Refusal::GroupNotFound)?;
    // For people outside, what is deleted does not exist.
    facts.membership(group.id, by.id).ok_or(Refusal::GroupNotFound)?;
    require(Permission::DeleteGroup, by, group.id, facts)?;
    match group.deleted_at {
        None => Ok(Decision::unchanged(GroupRestored(group.clone()))),
        Some(deleted_at) if now >= deleted_at + GRACE => Err(Refusal::NotRestorable),
        Some(_) => {
            let group = Group { deleted_at: None, ..group.clone() };
            let mut changes = vec![Change::Group(group.clone())];
            // Its last owner was switched off meanwhile. An administrator is who may restore it, and owns it now.
            if let Some(member) = facts.membership(group.id, by.id).filter(|_| group.tally.owners == 0) {
                let roles = member.roles.with(Role::Owner);
                changes.push(Change::Membership(Membership { roles, ..member.clone() }));
            }
            Ok(Decision { changes, outcome: GroupRestored(group) })
        }
    }
}
