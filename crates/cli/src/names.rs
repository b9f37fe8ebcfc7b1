//! Users and groups as people name them on the command line.

use anyhow::anyhow;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, Uid, UserId};
use guestlist_core::names::{Email, Username};
use guestlist_core::user::{User, UserRef};
use guestlist_store::{GroupView, Store};

/// Finds the user that `text` names: an e-mail address if it has an @, else a number, a username or a uid.
pub(crate) async fn user(store: &Store, text: &str) -> anyhow::Result<User> {
    let readings = if text.contains('@') {
        vec![Email::parse(text).ok().map(UserRef::Email)]
    } else {
        vec![
            UserId::parse(text).map(UserRef::Id),
            Username::parse(text).ok().map(UserRef::Username),
            Uid::parse(text).map(UserRef::Uid),
        ]
    };
    for who in readings.into_iter().flatten() {
        if let Some(user) = store.read().user(who).await? {
            return Ok(user);
        }
    }
    Err(anyhow!("there is no user {text:?}; `guestlist user list` shows who there is"))
}

/// Finds the group that `text` names: a number, a uid or a slug.
pub(crate) async fn group(store: &Store, text: &str) -> anyhow::Result<GroupView> {
    let which = GroupId::parse(text).map_or_else(|| GroupRef::UidOrSlug(text.to_owned()), GroupRef::Id);
    let view = store.read().group(which, None).await?;
    view.ok_or_else(|| anyhow!("there is no group {text:?}; `guestlist group list` shows which there are"))
}
