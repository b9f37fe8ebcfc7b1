//! Putting a group out of one's own sight. Nobody else notices.

use super::{Decision, caller, living};
use crate::change::Change;
use crate::command::HideGroup;
use crate::facts::Facts;
use crate::member::Membership;
use crate::outcome::GroupHidden;
use crate::refusal::Refusal;

pub(super) fn decide(ask: &HideGroup, facts: &Facts) -> Result<Decision<GroupHidden>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    let member = facts.membership(group.id, by.id).ok_or(Refusal::MemberNotFound)?;
    let has_changed = member.is_hidden != ask.is_hidden;
    let hidden = || Change::Membership(Membership { is_hidden: ask.is_hidden, ..member.clone() });
    let changes = if has_changed { vec![hidden()] } else { vec![] };
    Ok(Decision { outcome: GroupHidden { has_changed }, changes })
}
