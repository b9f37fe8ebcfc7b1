//! Switching an account off: its tokens stop working, its memberships stay.

use super::Decision;
use crate::change::Change;
use crate::command::DisableUser;
use crate::facts::Facts;
use crate::outcome::UserDisabled;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;

pub(super) fn decide(ask: &DisableUser, facts: &Facts, now: Timestamp) -> Result<Decision<UserDisabled>, Refusal> {
    let user = facts.user(&ask.user).ok_or(Refusal::UserNotFound)?;
    if !user.is_active() {
        return Ok(Decision::unchanged(UserDisabled(user.clone())));
    }
    let user = User { disabled_at: Some(now), updated_at: now, ..user.clone() };
    Ok(Decision { changes: vec![Change::User(user.clone())], outcome: UserDisabled(user) })
}
