//! Reminding people of invitations that are about to end: once at the most, and only if they gave no sign of life.

use super::Decision;
use crate::change::Change;
use crate::command::RemindInvitees;
use crate::facts::Facts;
use crate::invitation::{Invitation, InvitationRef};
use crate::outcome::InviteesReminded;
use crate::time::Timestamp;

pub(super) fn decide(ask: &RemindInvitees, facts: &Facts, now: Timestamp) -> Decision<InviteesReminded> {
    let mut ids = ask.invitations.clone();
    ids.sort_unstable();
    ids.dedup();
    let found = ids.into_iter().filter_map(|id| facts.invitation(&InvitationRef::Id(id)));
    let due = found.filter(|found| found.is_open(now) && found.remind_at.is_some_and(|at| at <= now));
    // The mail follows from it, see `post.rs`.
    let changes: Vec<_> = due.map(|due| Change::Invitation(Invitation { remind_at: None, ..due.clone() })).collect();
    Decision { outcome: InviteesReminded { reminded: changes.len() }, changes }
}
