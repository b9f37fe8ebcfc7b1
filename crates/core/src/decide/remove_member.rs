//! Removing a member, or withdrawing the pending invitation of somebody who is not one.

use super::{Decision, caller, settle_invitations};
use crate::change::Change;
use crate::command::RemoveMember;
use crate::facts::Facts;
use crate::group::Group;
use crate::invitation::{InvitationState, Invitee};
use crate::member::{Membership, Role};
use crate::outcome::MemberRemoved;
use crate::policy::{self, Permission};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::UserRef;

pub(super) fn decide(ask: &RemoveMember, facts: &Facts, now: Timestamp) -> Result<Decision<MemberRemoved>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = facts.group(&ask.group).ok_or(Refusal::GroupNotFound)?;
    let target = facts.user(&ask.user);
    // Rights first: who may not remove people shall not find out who is there. Everybody may remove themselves.
    let is_self = target.is_some_and(|target| target.id == by.id);
    if !is_self && !policy::may(Permission::RemoveMember, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::NotAllowed(Permission::RemoveMember));
    }

    if let Some(membership) = target.and_then(|target| facts.membership(group.id, target.id)) {
        return Ok(Decision { outcome: MemberRemoved::Member, changes: end(facts, group, membership, now)? });
    }
    let invitee = match (&ask.user, target) {
        (_, Some(target)) => Invitee::User(target.id),
        (UserRef::Email(email), None) => Invitee::Email(email.clone()),
        (_, None) => return Err(Refusal::UserNotFound),
    };
    let pending = || facts.pending_invitations(group.id, &invitee);
    if !pending().any(|pending| pending.is_open(now)) {
        return Err(Refusal::MemberNotFound);
    }
    let state = if is_self { InvitationState::Declined } else { InvitationState::Revoked };
    let changes = pending().map(|pending| Change::Invitation(pending.closed(state, now))).collect();
    Ok(Decision { outcome: MemberRemoved::Invitation, changes })
}

/// Ends a membership and its roles, unless that would leave the group without an owner.
pub(super) fn end(
    facts: &Facts,
    group: &Group,
    membership: &Membership,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let was_owner = membership.roles.has(Role::Owner);
    if was_owner && group.owners_count <= 1 {
        return Err(Refusal::LastOwner);
    }
    let group = Group {
        members_count: group.members_count - 1,
        owners_count: group.owners_count - i64::from(was_owner),
        notices_count: group.notices_count + 1,
        updated_at: now,
        ..group.clone()
    };
    let mut changes = settle_invitations(facts, group.id, membership.user, InvitationState::Revoked, now);
    changes.push(Change::MembershipEnded(membership.group, membership.user));
    changes.push(Change::Group(group));
    Ok(changes)
}
