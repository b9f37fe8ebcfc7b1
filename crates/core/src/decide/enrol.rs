//! Opening an account with the secret that was mailed to an address, and saying yes to the invitation with it. Whoever has
//! the secret reads the mail, so the address is theirs.

use super::door::Door;
use super::{Decision, holder};
use crate::change::Change;
use crate::chat::Profile;
use crate::command::Enrol;
use crate::facts::Facts;
use crate::global_role::GlobalRoles;
use crate::group::GroupRef;
use crate::ids::MAX_EXACT_IN_JSON;
use crate::invitation::{InvitationRef, InvitationState, Invitee};
use crate::outcome::Enrolled;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserEmail, UserRef};

pub(super) fn decide(ask: &Enrol, facts: &Facts, now: Timestamp) -> Result<Decision<Enrolled>, Refusal> {
    let invitation = facts.invitation(&InvitationRef::Token(ask.invitation)).ok_or(Refusal::InvitationNotFound)?;
    let group = super::living(facts, &GroupRef::Id(invitation.group)).map_err(|_| Refusal::InvitationNotFound)?;
    // Whoever has an account accepts with that.
    let Invitee::Email(address) = &invitation.invitee else { return Err(Refusal::EmailTaken) };
    if holder::stands_for(ask.invitation, facts, now).is_some() {
        return Err(Refusal::EmailTaken);
    }
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    if !group.is_active() {
        return Err(Refusal::GroupArchived);
    }
    if facts.user(&UserRef::Uid(ask.uid.clone())).is_some() {
        return Err(Refusal::UidTaken);
    }
    if facts.user(&UserRef::Subject(ask.subject.clone())).is_some() {
        return Err(Refusal::SubjectTaken);
    }
    let id = facts.next_user_id().filter(|id| id.get() <= MAX_EXACT_IN_JSON).ok_or(Refusal::IdOutOfRange)?;
    let user = User {
        id,
        uid: ask.uid.clone(),
        subject: ask.subject.clone(),
        username: None,
        name: Some(ask.name.clone()),
        language: ask.language,
        is_admin: false,
        roles: GlobalRoles::default(),
        profile: Profile::default(),
        signed_out_at: None,
        deleted_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    let mut door = Door::new(facts, group, now);
    door.changes = vec![
        Change::User(user.clone()),
        Change::UserEmail(UserEmail { user: id, email: address.clone(), is_verified: true }),
        Change::Password(id, ask.password.clone()),
    ];
    let standing = door.admit_newcomer(id, invitation.roles)?;
    door.changes.push(Change::Invitation(invitation.closed(InvitationState::Accepted, Some(id), now)));
    Ok(Decision { outcome: Enrolled { user, group: group.id, standing }, changes: door.changes })
}
