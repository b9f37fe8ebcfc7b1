//! Removing a member, or withdrawing the pending invitation of somebody who is not one, or turning their request to join
//! down.

use super::{Decision, caller, living, settle_invitations};
use crate::change::Change;
use crate::command::RemoveMember;
use crate::facts::Facts;
use crate::group::Group;
use crate::ids::UserId;
use crate::invitation::{InvitationState, Invitee};
use crate::member::{Membership, Role};
use crate::outcome::MemberRemoved;
use crate::permission::Permission;
use crate::policy;
use crate::refusal::Refusal;
use crate::request::RequestState;
use crate::time::Timestamp;
use crate::user::UserRef;

pub(super) fn decide(ask: &RemoveMember, facts: &Facts, now: Timestamp) -> Result<Decision<MemberRemoved>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    let target = facts.user(&ask.user);
    // Rights first: who may not remove people shall not find out who is there. Everybody may remove themselves.
    let is_self = target.is_some_and(|target| target.id == by.id);
    let permissions = &facts.settings().permissions;
    let may_clear_up = target.is_some_and(|target| policy::may_clear_up(permissions, by, target));
    if !is_self && !may_clear_up && !policy::may_remove(permissions, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::NotAllowed(Permission::RemoveMember));
    }

    if let Some(membership) = target.and_then(|target| facts.membership(group.id, target.id)) {
        if ask.spares_owners && membership.roles.has(Role::Owner) {
            return Err(Refusal::NotAllowed(Permission::RemoveMember));
        }
        return Ok(Decision { outcome: MemberRemoved::Member, changes: end(facts, group, membership, by.id, now)? });
    }
    let invitee = match (&ask.user, target) {
        (_, Some(target)) => Invitee::User(target.id),
        (UserRef::Email(email), None) => Invitee::Email(email.clone()),
        (_, None) => return Err(Refusal::UserNotFound),
    };
    let request = target.and_then(|target| facts.request(group.id, target.id)).filter(|request| request.is_open());
    let pending = || facts.pending_invitations(group.id, &invitee);
    let is_invited = pending().any(|pending| pending.is_open(now));
    if !is_invited && request.is_none() {
        return Err(Refusal::MemberNotFound);
    }
    let (state, settled) = if is_self {
        (InvitationState::Declined, RequestState::Withdrawn)
    } else {
        (InvitationState::Revoked, RequestState::Rejected)
    };
    let closed = pending().map(|pending| Change::Invitation(pending.closed(state, Some(by.id), now)));
    let request = request.map(|request| Change::JoinRequest(request.closed(settled, Some(by.id), now)));
    let outcome = if is_invited { MemberRemoved::Invitation } else { MemberRemoved::Request };
    Ok(Decision { outcome, changes: closed.chain(request).collect() })
}

/// Ends a membership and its roles, unless that would leave the group without an owner.
pub(super) fn end(
    facts: &Facts,
    group: &Group,
    membership: &Membership,
    by: UserId,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    if membership.roles.has(Role::Owner) && group.tally.owners <= 1 {
        return Err(Refusal::LastOwner);
    }
    let state = if by == membership.user { InvitationState::Declined } else { InvitationState::Revoked };
    let mut changes = settle_invitations(facts, group.id, membership.user, state, Some(by), now);
    changes.push(Change::MembershipEnded(membership.group, membership.user));
    changes.extend(void_offer(group, membership.user));
    Ok(changes)
}

/// The end of an offer to hand the group over, if it is made by or to somebody who goes.
pub(super) fn void_offer(group: &Group, user: UserId) -> Option<Change> {
    let offer = group.offer.filter(|offer| offer.from == user || offer.to == user);
    offer.map(|_| Change::Group(Group { offer: None, ..group.clone() }))
}
