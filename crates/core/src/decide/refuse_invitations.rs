//! Refusing invitations for good, and allowing them again. This is nobody's business but the person's own: it is never
//! limited by rights, and no inviter learns of it.

use super::{Decision, caller, decline, holder};
use crate::change::Change;
use crate::command::{AllowInvitations, RefuseInvitations};
use crate::facts::Facts;
use crate::ids::UserId;
use crate::invitation::{Invitation, InvitationRef};
use crate::opt_out::{InvitationsFrom, OptOut, Person, PersonHash};
use crate::outcome::{InvitationsAllowed, InvitationsRefused};
use crate::refusal::Refusal;
use crate::settings::OPT_OUTS_MAX;
use crate::time::Timestamp;
use crate::user::User;

pub(super) fn refuse(
    ask: &RefuseInvitations,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<InvitationsRefused>, Refusal> {
    let (user, invitation) = refuser(ask.by, ask.invitation.as_ref(), facts)?;
    let mut hashes = hashes(user, invitation, facts);
    // The account comes first; its addresses may pass to somebody else.
    let person = hashes.next().ok_or(Refusal::InvitationNotFound)?;
    let is_refused = std::iter::once(person).chain(hashes).any(|hash| refuses(facts, &hash, ask.from));
    let mut changes = Vec::new();
    if !is_refused {
        if ask.from != InvitationsFrom::Everyone && facts.opt_outs(&person).count() >= OPT_OUTS_MAX {
            return Err(Refusal::TooManyOptOuts);
        }
        changes.push(Change::OptOut(OptOut { person, from: ask.from, created_at: now }));
    }
    if let Some(open) = invitation.filter(|invitation| invitation.is_open(now)) {
        changes.extend(decline::closing(open, user, facts, now));
    }
    Ok(Decision { outcome: InvitationsRefused, changes })
}

pub(super) fn allow(ask: &AllowInvitations, facts: &Facts) -> Result<Decision<InvitationsAllowed>, Refusal> {
    let (user, invitation) = refuser(ask.by, ask.invitation.as_ref(), facts)?;
    let refused = hashes(user, invitation, facts).filter(|hash| refuses(facts, hash, ask.from));
    let changes = refused.map(|hash| Change::OptOutEnded(hash, ask.from)).collect();
    Ok(Decision { outcome: InvitationsAllowed, changes })
}

/// Refuses everybody's invitations in the name of `person`, if they do not yet.
pub(super) fn of_everyone(person: &Person, facts: &Facts, now: Timestamp) -> Option<Change> {
    let person = facts.hash(person)?;
    let from = InvitationsFrom::Everyone;
    (!refuses(facts, &person, from)).then_some(Change::OptOut(OptOut { person, from, created_at: now }))
}

fn refuses(facts: &Facts, person: &PersonHash, from: InvitationsFrom) -> bool {
    facts.opt_outs(person).any(|opt_out| opt_out.from == from)
}

/// Who refuses, and the invitation that they have at hand: theirs by account or by its secret.
fn refuser<'f>(
    by: Option<UserId>,
    invitation: Option<&InvitationRef>,
    facts: &'f Facts,
) -> Result<(Option<&'f User>, Option<&'f Invitation>), Refusal> {
    let user = by.map(|by| caller(facts, by)).transpose()?;
    let invitation = invitation.map(|which| holder::turned_down_by(which, user, facts)).transpose()?;
    if user.is_none() && invitation.is_none() {
        return Err(Refusal::InvitationNotFound);
    }
    Ok((user, invitation))
}

/// All hashes of a user, that of the account first; for somebody without one, that of the address they were invited by.
fn hashes<'f>(
    user: Option<&User>,
    invitation: Option<&Invitation>,
    facts: &'f Facts,
) -> impl Iterator<Item = PersonHash> + use<'f> {
    let persons: Vec<Person> = match (user, invitation) {
        (Some(user), _) => facts.persons(user.id),
        (None, Some(invitation)) => vec![invitation.invitee.person()],
        (None, None) => vec![],
    };
    persons.into_iter().filter_map(|person| facts.hash(&person))
}
