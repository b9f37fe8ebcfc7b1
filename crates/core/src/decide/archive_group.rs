//! Putting a group into the archive and taking it out. Doing either twice changes nothing.

use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::command::{ArchiveGroup, UnarchiveGroup};
use crate::facts::Facts;
use crate::group::Group;
use crate::outcome::{GroupArchived, GroupUnarchived};
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn archive(ask: &ArchiveGroup, facts: &Facts, now: Timestamp) -> Result<Decision<GroupArchived>, Refusal> {
    let (by, group) = (caller(facts, ask.by)?, living(facts, &ask.group)?);
    require(Permission::ArchiveGroup, by, group.id, facts)?;
    let archived_at = group.archived_at.or(Some(now));
    Ok(settled(group, archived_at).map(GroupArchived))
}

/// Who may archive a group may take it out; likewise who has Rocket.Chat's right for just that.
pub(super) fn unarchive(ask: &UnarchiveGroup, facts: &Facts) -> Result<Decision<GroupUnarchived>, Refusal> {
    let (by, group) = (caller(facts, ask.by)?, living(facts, &ask.group)?);
    require(Permission::ArchiveGroup, by, group.id, facts)
        .or_else(|refusal| require(Permission::UnarchiveRoom, by, group.id, facts).map_err(|_| refusal))?;
    Ok(settled(group, None).map(GroupUnarchived))
}

fn settled(group: &Group, archived_at: Option<Timestamp>) -> Decision<Group> {
    let settled = Group { archived_at, ..group.clone() };
    let changes = if settled == *group { vec![] } else { vec![Change::Group(settled.clone())] };
    Decision { outcome: settled, changes }
}
