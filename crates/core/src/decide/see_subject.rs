//! Meeting a user of the identity provider, perhaps for the first time.

use super::Decision;
use crate::change::Change;
use crate::command::SeeSubject;
use crate::facts::Facts;
use crate::ids::MAX_EXACT_IN_JSON;
use crate::outcome::UserSeen;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserRef};

pub(super) fn decide(ask: &SeeSubject, facts: &Facts, now: Timestamp) -> Result<Decision<UserSeen>, Refusal> {
    if let Some(user) = facts.user(&UserRef::Subject(ask.subject.clone())) {
        return Ok(Decision::unchanged(UserSeen(user.clone())));
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
        name: None,
        is_admin: false,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    Ok(Decision { changes: vec![Change::User(user.clone())], outcome: UserSeen(user) })
}
