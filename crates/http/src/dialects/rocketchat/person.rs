//! Finding the one user that a call is about.

use guestlist_core::ids::Uid;
use guestlist_core::names::Username;
use guestlist_core::user::{User, UserRef};

use super::answer::Answer;
use super::endpoint::Call;
use super::params::{Field, Kind, Params};

pub(super) const USER_ID: Field = Field::optional("userId", Kind::Text, "The `_id` of a user.");
pub(super) const USERNAME: Field =
    Field::optional("username", Kind::Text, "The name of a user, unless there is a `userId`.");
pub(super) const USER: Field = Field::optional("user", Kind::Text, "The same as `username`.");

/// The user named by `userId`, else by `username`, else by `user`.
pub(super) async fn find(call: &Call) -> Result<User, Answer> {
    let who = named(&call.params).ok_or_else(Answer::user_param_not_provided)?;
    let user = match who {
        Some(who) => call.app.store.read().user(who).await?,
        None => None,
    };
    user.ok_or_else(Answer::invalid_user)
}

/// Who is named: `None` if nobody is, and `Some(None)` if by something that cannot be a name.
fn named(params: &Params) -> Option<Option<UserRef>> {
    if let Some(id) = params.filled("userId") {
        return Some(Uid::parse(&id).map(UserRef::Uid));
    }
    let name = params.filled("username").or_else(|| params.filled("user"))?;
    Some(Username::parse(&name).ok().map(UserRef::Username))
}
