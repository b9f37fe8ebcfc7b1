//! Opening an account.

use super::{Decision, require_anywhere};
use crate::change::Change;
use crate::command::AddUser;
use crate::facts::Facts;
use crate::ids::{MAX_CHOSEN, MAX_EXACT_IN_JSON};
use crate::outcome::UserAdded;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserEmail, UserRef};

pub(super) fn decide(ask: &AddUser, facts: &Facts, now: Timestamp) -> Result<Decision<UserAdded>, Refusal> {
    require_anywhere(Permission::CreateUser, ask.by, facts)?;
    let id = ask.id.or(facts.next_user_id()).ok_or(Refusal::IdOutOfRange)?;
    let max = if ask.id.is_some() { MAX_CHOSEN } else { MAX_EXACT_IN_JSON };
    if id.get() > max {
        return Err(Refusal::IdOutOfRange);
    }
    let taken = |who: UserRef| facts.user(&who).is_some();
    if taken(UserRef::Id(id)) {
        return Err(Refusal::IdTaken);
    }
    if taken(UserRef::Uid(ask.uid.clone())) {
        return Err(Refusal::UidTaken);
    }
    if taken(UserRef::Subject(ask.subject.clone())) {
        return Err(Refusal::SubjectTaken);
    }
    if ask.username.clone().is_some_and(|name| taken(UserRef::Username(name))) {
        return Err(Refusal::UsernameTaken);
    }
    if ask.email.as_ref().is_some_and(|email| facts.owner_of(email.key()).is_some()) {
        return Err(Refusal::EmailTaken);
    }

    let user = User {
        id,
        uid: ask.uid.clone(),
        subject: ask.subject.clone(),
        username: ask.username.clone(),
        name: ask.name.clone(),
        language: ask.language,
        is_admin: ask.is_admin || ask.is_founder && id.get() == 1,
        roles: ask.roles,
        profile: ask.profile.clone(),
        signed_out_at: None,
        deleted_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    let email = ask
        .email
        .clone()
        .map(|email| Change::UserEmail(UserEmail { user: id, email, is_verified: ask.is_email_verified }));
    let password = ask.password.clone().map(|hash| Change::Password(id, hash));
    let changes = std::iter::once(Change::User(user.clone())).chain(email).chain(password).collect();
    Ok(Decision { outcome: UserAdded(user), changes })
}
