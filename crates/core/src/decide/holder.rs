//! Whether an invitation is somebody's to answer.

use super::living;
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::invitation::{Invitation, InvitationRef, InvitationTokenHash, Invitee};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserRef};

/// Whether the invitation is for this user: by account, or by an address that they have verified.
pub(super) fn is_for(invitation: &Invitation, user: &User, facts: &Facts) -> bool {
    match &invitation.invitee {
        Invitee::User(id) => *id == user.id,
        Invitee::Email(email) => facts.user(&UserRef::Email(email.clone())).is_some_and(|owner| owner.id == user.id),
    }
}

/// Who was invited, if they have an account.
pub(super) fn invitee<'f>(invitation: &Invitation, facts: &'f Facts) -> Option<&'f User> {
    match &invitation.invitee {
        Invitee::User(id) => facts.user(&UserRef::Id(*id)),
        Invitee::Email(email) => facts.user(&UserRef::Email(email.clone())),
    }
}

/// The account that a secret stands for at `now`: that of whom it was mailed to as their own, or else that of the person
/// invited.
pub(super) fn stands_for(secret: InvitationTokenHash, facts: &Facts, now: Timestamp) -> Option<&User> {
    let token = facts.invitation_token(&secret)?;
    match token.holder {
        // An old one stands for nobody any more, not for somebody else.
        Some(_) => facts.user(&UserRef::Id(token.holder_at(now)?)),
        None => invitee(facts.invitation(&InvitationRef::Id(token.invitation))?, facts),
    }
}

/// The invitation, if `user` may take it: it is for them, or they hold a secret that was mailed to an address and the
/// group, or the way in which they ask (`is_secret_enough`), asks for no more. For anybody else it does not exist, unless they
/// hold the secret.
pub(super) fn taken_by<'f>(
    which: &InvitationRef,
    is_secret_enough: bool,
    user: &User,
    facts: &'f Facts,
) -> Result<(&'f Invitation, &'f Group), Refusal> {
    let invitation = facts.invitation(which).ok_or(Refusal::InvitationNotFound)?;
    let group = living(facts, &GroupRef::Id(invitation.group)).map_err(|_| Refusal::InvitationNotFound)?;
    let holds_secret = matches!((which, &invitation.invitee), (InvitationRef::Token(_), Invitee::Email(_)));
    if is_for(invitation, user, facts) || (holds_secret && (is_secret_enough || group.is_token_enough)) {
        Ok((invitation, group))
    } else if holds_secret {
        Err(Refusal::AddressMismatch)
    } else {
        Err(Refusal::InvitationNotFound)
    }
}

/// The invitation, if `user`, or whoever holds its secret, may turn it down.
pub(super) fn turned_down_by<'f>(
    which: &InvitationRef,
    user: Option<&User>,
    facts: &'f Facts,
) -> Result<&'f Invitation, Refusal> {
    let invitation = facts.invitation(which).ok_or(Refusal::InvitationNotFound)?;
    let holds_secret = matches!(which, InvitationRef::Token(_));
    let is_theirs = holds_secret || user.is_some_and(|user| is_for(invitation, user, facts));
    is_theirs.then_some(invitation).ok_or(Refusal::InvitationNotFound)
}
