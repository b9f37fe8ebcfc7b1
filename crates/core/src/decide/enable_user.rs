//! Switching an account on again. What it owned before is not given back.

use super::{Decision, require_anywhere};
use crate::change::Change;
use crate::command::EnableUser;
use crate::facts::Facts;
use crate::outcome::UserEnabled;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;

pub(super) fn decide(ask: &EnableUser, facts: &Facts, now: Timestamp) -> Result<Decision<UserEnabled>, Refusal> {
    require_anywhere(Permission::SwitchUserOff, ask.by, facts)?;
    let user = facts.user(&ask.user).filter(|user| user.deleted_at.is_none()).ok_or(Refusal::UserNotFound)?;
    if user.is_active() {
        return Ok(Decision::unchanged(UserEnabled(user.clone())));
    }
    let user = User { disabled_at: None, updated_at: now, ..user.clone() };
    Ok(Decision { changes: vec![Change::User(user.clone())], outcome: UserEnabled(user) })
}
