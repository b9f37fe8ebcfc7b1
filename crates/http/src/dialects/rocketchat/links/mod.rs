//! Links that let in whoever has them: "invites", to Rocket.Chat.

mod find_or_create;
mod list;
mod remove;
mod use_token;
mod validate;
mod wire;

use guestlist_core::permission::Permission;
use guestlist_core::policy;

use super::answer::Answer;
use super::endpoint::{Call, Served};

/// The tag under which the document has them.
const LINKS: &str = "Links";

pub(super) fn endpoints() -> [Served; 5] {
    [find_or_create::served(), list::served(), remove::served(), validate::served(), use_token::served()]
}

/// Insists that the caller looks after the links of all groups.
fn require_all(call: &Call) -> Result<(), Answer> {
    if policy::has(call.app.permissions(), Permission::CreateLink, &call.caller, None) {
        Ok(())
    } else {
        Err(not_authorized())
    }
}

/// Of this error there is only the code.
fn not_authorized() -> Answer {
    let mut answer = Answer::refused("not_authorized", "", None);
    answer.body["error"] = "[not_authorized]".into();
    answer
}
