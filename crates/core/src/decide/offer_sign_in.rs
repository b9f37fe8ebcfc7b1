//! Mailing a link by which somebody can accept an invitation with the account that they have, under another address than the
//! one that was invited. Whoever asks learns nothing of accounts.

use super::{Decision, holder, living};
use crate::change::Change;
use crate::command::OfferSignIn;
use crate::facts::Facts;
use crate::group::GroupRef;
use crate::invitation::{InvitationRef, Invitee};
use crate::mail::{Mail, MailKind, Recipient};
use crate::outcome::SignInOffered;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::UserRef;

pub(super) fn decide(ask: &OfferSignIn, facts: &Facts, now: Timestamp) -> Result<Decision<SignInOffered>, Refusal> {
    let invitation = facts.invitation(&InvitationRef::Token(ask.invitation)).ok_or(Refusal::InvitationNotFound)?;
    let group = living(facts, &GroupRef::Id(invitation.group)).map_err(|_| Refusal::InvitationNotFound)?;
    if !invitation.is_open(now) {
        return Err(Refusal::InvitationClosed(invitation.state_at(now)));
    }
    // One that is made to an account is for that account; and some groups insist on the address.
    let may_be_another = matches!(invitation.invitee, Invitee::Email(_)) && group.is_token_enough;
    let user = facts.user(&UserRef::Email(ask.address.clone())).filter(|user| user.is_active());
    let user = user.filter(|user| may_be_another || holder::is_for(invitation, user, facts));
    // Held back, it would be of no use.
    let mail = user.filter(|_| facts.settings().hold_mail.is_some()).map(|user| {
        let to = Recipient::User(user.id);
        Change::Mail(Mail::new(MailKind::SignIn, group.id, to, Some(invitation.id), None, now, now))
    });
    Ok(Decision { outcome: SignInOffered, changes: mail.into_iter().collect() })
}
