//! Commands about accounts.

use super::Needs;
use crate::credential::PasswordHash;
use crate::ids::{Uid, UserId};
use crate::language::Language;
use crate::names::{DisplayName, Email, Subject, Username};
use crate::user::UserRef;

/// See [`Command::AddUser`](super::Command::AddUser).
#[derive(Debug, Clone)]
pub struct AddUser {
    /// The administrator who asks; the operator if absent.
    pub by: Option<UserId>,
    /// A number of the operator's choice; the next free one if absent.
    pub id: Option<UserId>,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// Subject at the identity provider.
    pub subject: Subject,
    /// Name for signing in.
    pub username: Option<Username>,
    /// Name for people.
    pub name: Option<DisplayName>,
    /// The language that they read.
    pub language: Option<Language>,
    /// An address, taken as verified: the operator vouches for it.
    pub email: Option<Email>,
    /// Whether to make an administrator of the whole installation.
    pub is_admin: bool,
    /// For signing in with a password.
    pub password: Option<PasswordHash>,
}

impl AddUser {
    pub(super) fn needs(&self) -> Needs {
        let mut users = vec![UserRef::Uid(self.uid.clone()), UserRef::Subject(self.subject.clone())];
        users.extend(self.id.map(UserRef::Id));
        users.extend(self.username.clone().map(UserRef::Username));
        users.extend(self.email.clone().map(UserRef::Email));
        users.extend(self.by.map(UserRef::Id));
        Needs { users, next_user_id: true, installation: true, ..Needs::default() }
    }
}

/// See [`Command::SeeSubject`](super::Command::SeeSubject).
#[derive(Debug, Clone)]
pub struct SeeSubject {
    /// Subject at the identity provider.
    pub subject: Subject,
    /// Id for Rocket.Chat clients, should the account be new.
    pub uid: Uid,
    /// An address that the identity provider vouches for.
    pub email: Option<Email>,
}

impl SeeSubject {
    pub(super) fn needs(&self) -> Needs {
        let mut users = vec![UserRef::Subject(self.subject.clone()), UserRef::Uid(self.uid.clone())];
        users.extend(self.email.clone().map(UserRef::Email));
        Needs { users, next_user_id: true, installation: true, ..Needs::default() }
    }
}

/// See [`Command::DisableUser`](super::Command::DisableUser).
#[derive(Debug, Clone)]
pub struct DisableUser {
    /// The administrator who asks; the operator if absent.
    pub by: Option<UserId>,
    /// Whom.
    pub user: UserRef,
}

impl DisableUser {
    pub(super) fn needs(&self) -> Needs {
        // Who is switched off owns nothing any more.
        let mut users = vec![self.user.clone()];
        let owned_by = users.clone();
        users.extend(self.by.map(UserRef::Id));
        Needs { owned_by, users, installation: true, ..Needs::default() }
    }
}
