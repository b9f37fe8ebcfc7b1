//! Deleting an account for good. What it did stays told; its names, its addresses and its tokens are gone.

use super::{Decision, ownership, require_anywhere};
use crate::change::Change;
use crate::chat::Profile;
use crate::command::DeleteUser;
use crate::facts::Facts;
use crate::outcome::UserDeleted;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;

pub(super) fn decide(ask: &DeleteUser, facts: &Facts, now: Timestamp) -> Result<Decision<UserDeleted>, Refusal> {
    require_anywhere(Permission::DeleteUser, Some(ask.by), facts)?;
    let user = facts.user(&ask.user).filter(|user| user.deleted_at.is_none()).ok_or(Refusal::UserNotFound)?;
    let mut changes = ownership::give_up(user.id, facts)?;
    let emails = facts.emails_of(user.id).map(|own| Change::UserEmailEnded(own.email.key().clone()));
    let gone = User {
        username: None,
        name: None,
        is_admin: false,
        profile: Profile::default(),
        signed_out_at: Some(now),
        deleted_at: Some(now),
        disabled_at: user.disabled_at.or(Some(now)),
        updated_at: now,
        ..user.clone()
    };
    changes.push(Change::User(gone));
    changes.extend(emails);
    Ok(Decision { changes, outcome: UserDeleted })
}
