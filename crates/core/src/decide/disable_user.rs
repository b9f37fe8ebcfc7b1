//! Switching an account off: its tokens stop working, its memberships stay. It owns nothing any more, which is why the
//! last owner of a group cannot be switched off.

use super::{Decision, ownership, require_anywhere};
use crate::change::Change;
use crate::command::DisableUser;
use crate::facts::Facts;
use crate::outcome::UserDisabled;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;

pub(super) fn decide(ask: &DisableUser, facts: &Facts, now: Timestamp) -> Result<Decision<UserDisabled>, Refusal> {
    // Whoever may delete an account may do less to it, too.
    require_anywhere(Permission::SwitchUserOff, ask.by, facts)
        .or_else(|refusal| require_anywhere(Permission::DeleteUser, ask.by, facts).map_err(|_| refusal))?;
    let user = facts.user(&ask.user).ok_or(Refusal::UserNotFound)?;
    if !user.is_active() {
        return Ok(Decision::unchanged(UserDisabled(user.clone())));
    }
    let mut changes = ownership::give_up(user.id, facts)?;
    let user = User { disabled_at: Some(now), signed_out_at: Some(now), updated_at: now, ..user.clone() };
    changes.push(Change::User(user.clone()));
    Ok(Decision { changes, outcome: UserDisabled(user) })
}
