//! Putting a group into the archive and taking it out. Doing either twice changes nothing.

use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::command::{ArchiveGroup, UnarchiveGroup};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::UserId;
use crate::outcome::{GroupArchived, GroupUnarchived};
use crate::policy::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn archive(ask: &ArchiveGroup, facts: &Facts, now: Timestamp) -> Result<Decision<GroupArchived>, Refusal> {
    let group = find(facts, ask.by, &ask.group)?;
    let archived_at = group.archived_at.or(Some(now));
    Ok(settled(group, archived_at).map(GroupArchived))
}

pub(super) fn unarchive(ask: &UnarchiveGroup, facts: &Facts) -> Result<Decision<GroupUnarchived>, Refusal> {
    let group = find(facts, ask.by, &ask.group)?;
    Ok(settled(group, None).map(GroupUnarchived))
}

fn find<'f>(facts: &'f Facts, by: UserId, group: &GroupRef) -> Result<&'f Group, Refusal> {
    let by = caller(facts, by)?;
    let group = living(facts, group)?;
    require(Permission::ArchiveGroup, by, group.id, facts)?;
    Ok(group)
}

fn settled(group: &Group, archived_at: Option<Timestamp>) -> Decision<Group> {
    let settled = Group { archived_at, ..group.clone() };
    let changes = if settled == *group { vec![] } else { vec![Change::Group(settled.clone())] };
    Decision { outcome: settled, changes }
}
