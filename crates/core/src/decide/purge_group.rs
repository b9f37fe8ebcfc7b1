//! Forgetting a deleted group for good, once it cannot be restored any more.

use super::Decision;
use crate::change::Change;
use crate::command::PurgeGroup;
use crate::facts::Facts;
use crate::group::GroupRef;
use crate::outcome::GroupPurged;
use crate::refusal::Refusal;
use crate::settings::GRACE;
use crate::time::Timestamp;

pub(super) fn decide(ask: &PurgeGroup, facts: &Facts, now: Timestamp) -> Result<Decision<GroupPurged>, Refusal> {
    let group = facts.group(&GroupRef::Id(ask.group)).ok_or(Refusal::GroupNotFound)?;
    if group.deleted_at.is_none_or(|deleted_at| now < deleted_at + GRACE) {
        return Err(Refusal::NotPurgeable);
    }
    Ok(Decision { outcome: GroupPurged, changes: vec![Change::GroupPurged(group.id)] })
}
