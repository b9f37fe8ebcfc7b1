//! Users and groups as people name them on the command line.

use anyhow::anyhow;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, Uid, UserId};
use guestlist_core::language::Language;
use guestlist_core::names::{Email, NameError, Username};
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

/// Says of the group that `text` names which one it is, whether it is there or not.
pub(crate) fn group_ref(text: &str) -> GroupRef {
    GroupId::parse(text).map_or_else(|| GroupRef::UidOrSlug(text.to_owned()), GroupRef::Id)
}

/// Finds the group that `text` names: a number, a uid or a slug.
pub(crate) async fn group(store: &Store, text: &str) -> anyhow::Result<GroupView> {
    let view = store.read().group(group_ref(text), None).await?;
    view.ok_or_else(|| anyhow!("there is no group {text:?}; `guestlist group list` shows which there are"))
}

/// Reads an e-mail address, or says what to write instead.
pub(crate) fn email(text: &str) -> anyhow::Result<Email> {
    Email::parse(text).map_err(|error| anyhow!("the e-mail address {text:?} {error}; {}", Email::FORM))
}

/// Reads a name of some kind, or says what to write instead.
pub(crate) fn parse<T>(
    what: &str,
    text: Option<String>,
    parse: impl FnOnce(&str) -> Result<T, NameError>,
    form: &str,
) -> anyhow::Result<Option<T>> {
    text.map(|text| parse(&text).map_err(|error| anyhow!("the {what} {text:?} {error}; {form}"))).transpose()
}

/// Reads a language.
pub(crate) fn parse_language(text: &str) -> Result<Language, &'static str> {
    Language::parse(text).ok_or(Language::FORM)
}

/// What to call a user in a sentence.
pub(crate) fn label(user: &User) -> String {
    let username = user.username.as_ref().map(|name| name.to_string());
    let name = || user.name.as_ref().map(|name| name.to_string());
    username.or_else(name).unwrap_or_else(|| format!("user {}", user.id))
}
