//! Finding the one user that a call is about.

use guestlist_core::ids::Uid;
use guestlist_core::names::Username;
use guestlist_core::user::{User, UserRef};

use super::answer::Answer;
use super::endpoint::Call;
use super::params::{Field, Kind};

pub(super) const USER_ID: Field = Field::optional("userId", Kind::Text, "The `_id` of a user.");
pub(super) const USERNAME: Field =
    Field::optional("username", Kind::Text, "The name of a user, unless there is a `userId`.");
pub(super) const USER: Field = Field::optional("user", Kind::Text, "The same as `username`.");

/// The user named by `userId`, else by `username`, else by `user`.
pub(super) async fn find(call: &Call) -> Result<User, Answer> {
    let params = &call.params;
    let name = || params.filled("username").or_else(|| params.filled("user"));
    // What cannot be a name is the name of nobody.
    let who = match params.filled("userId") {
        Some(id) => Uid::parse(&id).map(UserRef::Uid),
        None => {
            let name = name().ok_or_else(Answer::user_param_not_provided)?;
            Username::parse(&name).ok().map(UserRef::Username)
        }
    };
    let who = who.ok_or_else(Answer::invalid_user)?;
    call.app.store.read().user(who).await?.ok_or_else(Answer::invalid_user)
}
