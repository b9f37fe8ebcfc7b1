//! Changing what an account is: one's own or, for administrators, anybody's.

use super::{Decision, caller};
use crate::change::Change;
use crate::chat::Profile;
use crate::command::{UpdateUser, UserPatch};
use crate::facts::Facts;
use crate::outcome::UserUpdated;
use crate::permission::Permission;
use crate::policy;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserEmail, UserRef};

pub(super) fn decide(ask: &UpdateUser, facts: &Facts, now: Timestamp) -> Result<Decision<UserUpdated>, Refusal> {
    let by = caller(facts, ask.by)?;
    let permissions = &facts.settings().permissions;
    let may = |what| policy::has(permissions, what, by, None).then_some(()).ok_or(Refusal::NotAllowed(what));
    let known = facts.user(&ask.user).filter(|user| user.deleted_at.is_none());
    let is_self = known.is_some_and(|known| known.id == by.id);
    if !is_self {
        may(Permission::ChangeUser)?;
    }
    let known = known.ok_or(Refusal::UserNotFound)?;
    let patch = &ask.patch;
    let is_admin = patch.is_admin.unwrap_or(known.is_admin);
    if is_admin != known.is_admin {
        may(Permission::AssignAdmin)?;
    }
    if patch.roles.is_some_and(|roles| roles != known.roles) {
        may(Permission::ChangeUser)?;
    }
    let holder = |name| facts.user(&UserRef::Username(name));
    if patch.username.clone().and_then(holder).is_some_and(|holder| holder.id != known.id) {
        return Err(Refusal::UsernameTaken);
    }
    let new = User {
        username: patch.username.clone().or_else(|| known.username.clone()),
        name: patch.name.clone().or_else(|| known.name.clone()),
        is_admin,
        roles: patch.roles.unwrap_or(known.roles),
        profile: profile(patch, &known.profile),
        ..known.clone()
    };
    let mut changes = emails(patch, known, facts, is_self && may(Permission::ChangeUser).is_err())?;
    changes.extend(patch.password.clone().map(|hash| Change::Password(known.id, hash)));
    // A username that differs in case alone is the same to us, and another to people.
    let spelling = |user: &User| user.username.as_ref().map(ToString::to_string);
    if changes.is_empty() && new == *known && spelling(&new) == spelling(known) {
        return Ok(Decision::unchanged(UserUpdated(new)));
    }
    let new = User { updated_at: now, ..new };
    changes.insert(0, Change::User(new.clone()));
    Ok(Decision { changes, outcome: UserUpdated(new) })
}

fn profile(patch: &UserPatch, known: &Profile) -> Profile {
    let known = known.clone();
    Profile {
        nickname: patch.nickname.clone().or(known.nickname),
        bio: patch.bio.clone().or(known.bio),
        status_text: patch.status_text.clone().or(known.status_text),
        custom_fields: patch.custom_fields.clone().or(known.custom_fields),
    }
}

/// The new address in place of the old ones. Nobody vouches for their own.
fn emails(patch: &UserPatch, user: &User, facts: &Facts, is_own_word: bool) -> Result<Vec<Change>, Refusal> {
    let vouched = patch.is_email_verified.filter(|_| !is_own_word);
    let own = facts.emails_of(user.id);
    let Some(email) = &patch.email else {
        let changed = own.filter(|own| vouched.is_some_and(|vouched| vouched != own.is_verified));
        let changed = changed.map(|own| UserEmail { is_verified: vouched.unwrap_or(own.is_verified), ..own.clone() });
        return Ok(changed.map(Change::UserEmail).collect());
    };
    let known = facts.owner_of(email.key());
    if known.is_some_and(|known| known.user != user.id) {
        return Err(Refusal::EmailTaken);
    }
    let was_verified = known.is_some_and(|known| known.is_verified);
    let new = UserEmail { user: user.id, email: email.clone(), is_verified: vouched.unwrap_or(was_verified) };
    let others = own.filter(|own| own.email.key() != email.key());
    let mut changes: Vec<_> = others.map(|own| Change::UserEmailEnded(own.email.key().clone())).collect();
    if known != Some(&new) {
        changes.push(Change::UserEmail(new));
    }
    Ok(changes)
}
