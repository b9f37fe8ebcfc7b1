//! Recording that the time of invitations ran out. They have been dead since that instant, recorded or not.

use super::Decision;
use crate::change::Change;
use crate::command::ExpireInvitations;
use crate::facts::Facts;
use crate::invitation::{InvitationRef, InvitationState};
use crate::outcome::InvitationsExpired;
use crate::time::Timestamp;

pub(super) fn decide(ask: &ExpireInvitations, facts: &Facts, now: Timestamp) -> Decision<InvitationsExpired> {
    let mut ids = ask.invitations.clone();
    ids.sort_unstable();
    ids.dedup();
    let found = ids.into_iter().filter_map(|id| facts.invitation(&InvitationRef::Id(id)));
    let dead = found.filter(|found| found.state == InvitationState::Pending && !found.is_open(now));
    let changes: Vec<_> =
        dead.map(|dead| Change::Invitation(dead.closed(InvitationState::Expired, None, now))).collect();
    Decision { outcome: InvitationsExpired { expired: changes.len() }, changes }
}
