//! Meeting a user of the identity provider, perhaps for the first time. An address that the provider vouches for is theirs
//! from then on, unless somebody else has verified it, and with it the invitations that wait for it.

use super::Decision;
use crate::change::Change;
use crate::chat::Profile;
use crate::command::SeeSubject;
use crate::facts::Facts;
use crate::global_role::GlobalRoles;
use crate::ids::{MAX_EXACT_IN_JSON, UserId};
use crate::outcome::UserSeen;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserEmail, UserRef};

pub(super) fn decide(ask: &SeeSubject, facts: &Facts, now: Timestamp) -> Result<Decision<UserSeen>, Refusal> {
    if let Some(user) = facts.user(&UserRef::Subject(ask.subject.clone())) {
        let changes = vouched(ask, user.id, facts).into_iter().collect();
        return Ok(Decision { outcome: UserSeen(user.clone()), changes });
    }
    if facts.user(&UserRef::Uid(ask.uid.clone())).is_some() {
        return Err(Refusal::UidTaken);
    }
    let id = facts.next_user_id().filter(|id| id.get() <= MAX_EXACT_IN_JSON).ok_or(Refusal::IdOutOfRange)?;
    let user = User {
        id,
        uid: ask.uid.clone(),
        subject: ask.subject.clone(),
        username: None,
        name: ask.name.clone(),
        language: None,
        is_admin: false,
        roles: GlobalRoles::default(),
        profile: Profile::default(),
        signed_out_at: None,
        deleted_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    let changes = std::iter::once(Change::User(user.clone())).chain(vouched(ask, id, facts)).collect();
    Ok(Decision { outcome: UserSeen(user), changes })
}

fn vouched(ask: &SeeSubject, user: UserId, facts: &Facts) -> Option<Change> {
    let email = ask.email.clone()?;
    let is_new = facts.owner_of(email.key()).is_none_or(|known| !known.is_verified);
    is_new.then_some(Change::UserEmail(UserEmail { user, email, is_verified: true }))
}
