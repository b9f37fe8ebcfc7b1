//! Saying yes to an invitation. Saying it twice is one membership and the same answer; but it does not bring back
//! somebody who has left or was removed since.

use super::{Decision, caller, settle_invitations};
use crate::change::Change;
use crate::command::Accept;
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::member::{Membership, Role};
use crate::outcome::Accepted;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserRef};

pub(super) fn decide(ask: &Accept, facts: &Facts, now: Timestamp) -> Result<Decision<Accepted>, Refusal> {
    let user = caller(facts, ask.by)?;
    let invitation = facts.invitation(ask.invitation).filter(|invitation| is_for(invitation, user, facts));
    let invitation = invitation.ok_or(Refusal::InvitationNotFound)?;
    let group = facts.group(&GroupRef::Id(invitation.group)).ok_or(Refusal::InvitationNotFound)?;

    let is_member = facts.membership(group.id, user.id).is_some();
    if invitation.state == InvitationState::Accepted && is_member {
        return Ok(Decision::unchanged(Accepted { group: group.id, is_new_member: false }));
    }
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(final_state(invitation)));
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }

    let mut changes = settle_invitations(facts, group.id, user.id, InvitationState::Accepted, now);
    if !is_member {
        let roles = invitation.roles;
        changes.push(Change::Membership(Membership { group: group.id, user: user.id, roles, joined_at: now }));
        changes.push(Change::Group(Group {
            members_count: group.members_count + 1,
            owners_count: group.owners_count + i64::from(roles.has(Role::Owner)),
            notices_count: group.notices_count + 1,
            updated_at: now,
            ..group.clone()
        }));
    }
    Ok(Decision { outcome: Accepted { group: group.id, is_new_member: !is_member }, changes })
}

/// Whether the invitation is for this user: by account, or by an address that they have verified. For anybody else it
/// does not exist.
pub(super) fn is_for(invitation: &Invitation, user: &User, facts: &Facts) -> bool {
    match &invitation.invitee {
        Invitee::User(id) => *id == user.id,
        Invitee::Email(email) => facts.user(&UserRef::Email(email.clone())).is_some_and(|owner| owner.id == user.id),
    }
}

/// The state to name of an invitation that is not open: one whose time ran out is expired before it is stored so.
pub(super) const fn final_state(invitation: &Invitation) -> InvitationState {
    match invitation.state {
        InvitationState::Pending => InvitationState::Expired,
        state => state,
    }
}
