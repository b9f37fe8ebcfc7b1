//! Users: how a path names one, and how they are shown.

use guestlist_core::ids::{Uid, UserId};
use guestlist_core::user::{User, UserEmail, UserRef};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::LanguageWord;
use crate::time::iso;

/// The user that a path names: a number, a uid, or `me`.
pub(super) fn named(caller: &User, text: &str) -> Option<UserRef> {
    if text == "me" {
        return Some(UserRef::Id(caller.id));
    }
    UserId::parse(text).map(UserRef::Id).or_else(|| Uid::parse(text).map(UserRef::Uid))
}

/// Whether `who` is this user.
pub(super) fn is(user: &User, who: &UserRef) -> bool {
    matches!(who, UserRef::Id(id) if *id == user.id) || matches!(who, UserRef::Uid(uid) if *uid == user.uid)
}

/// A user, as others see them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserTag {
    id: i64,
    uid: String,
    subject: String,
    #[schema(required)]
    username: Option<String>,
    #[schema(required)]
    name: Option<String>,
}

impl UserTag {
    pub(super) fn of(user: &User) -> Self {
        Self {
            id: user.id.get(),
            uid: user.uid.to_string(),
            subject: user.subject.to_string(),
            username: user.username.as_ref().map(ToString::to_string),
            name: user.name.as_ref().map(ToString::to_string),
        }
    }
}

/// An account, as its holder and administrators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    id: i64,
    uid: String,
    /// The `sub` of their tokens.
    subject: String,
    #[schema(required)]
    username: Option<String>,
    #[schema(required)]
    name: Option<String>,
    /// The one that they read, in which they are written to.
    #[schema(required)]
    language: Option<LanguageWord>,
    /// Administrators of the whole installation.
    is_admin: bool,
    /// Their addresses; only where one account is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    emails: Option<Vec<EmailBody>>,
    /// Since when the account is switched off; null if it is not.
    #[schema(format = DateTime, required)]
    disabled_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl UserBody {
    pub(super) fn of(user: &User) -> Self {
        Self {
            id: user.id.get(),
            uid: user.uid.to_string(),
            subject: user.subject.to_string(),
            username: user.username.as_ref().map(ToString::to_string),
            name: user.name.as_ref().map(ToString::to_string),
            language: user.language.map(LanguageWord::from),
            is_admin: user.is_admin,
            emails: None,
            disabled_at: user.disabled_at.map(iso),
            created_at: iso(user.created_at),
            updated_at: iso(user.updated_at),
        }
    }

    pub(super) fn with_emails(user: &User, emails: &[UserEmail]) -> Self {
        Self { emails: Some(emails.iter().map(EmailBody::of).collect()), ..Self::of(user) }
    }
}

/// An address of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Email)]
pub(super) struct EmailBody {
    email: String,
    /// Only verified addresses stand for their user where invitations are concerned.
    is_verified: bool,
}

impl EmailBody {
    fn of(email: &UserEmail) -> Self {
        Self { email: email.email.to_string(), is_verified: email.is_verified }
    }
}
