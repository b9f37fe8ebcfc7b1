//! Commands about accounts.

use super::Needs;
use crate::chat::{CustomFields, Profile, ShortText};
use crate::credential::PasswordHash;
use crate::global_role::GlobalRoles;
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
    /// An address.
    pub email: Option<Email>,
    /// Whether the address is taken as verified: the operator vouches for it.
    pub is_email_verified: bool,
    /// Whether to make an administrator of the whole installation.
    pub is_admin: bool,
    /// What the account is besides.
    pub roles: GlobalRoles,
    /// Whether to make an administrator if nobody ever had an account.
    pub is_founder: bool,
    /// What chat clients keep about them.
    pub profile: Profile,
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
        Needs { users, names_people: true, next_user_id: true, installation: true, ..Needs::default() }
    }
}

/// See [`Command::SeeSubject`](super::Command::SeeSubject).
#[derive(Debug, Clone)]
pub struct SeeSubject {
    /// Subject at the identity provider.
    pub subject: Subject,
    /// Id for Rocket.Chat clients, should the account be new.
    pub uid: Uid,
    /// Name for people, should the account be new.
    pub name: Option<DisplayName>,
    /// An address that the identity provider vouches for.
    pub email: Option<Email>,
}

impl SeeSubject {
    pub(super) fn needs(&self) -> Needs {
        let mut users = vec![UserRef::Subject(self.subject.clone()), UserRef::Uid(self.uid.clone())];
        users.extend(self.email.clone().map(UserRef::Email));
        Needs { users, names_people: true, next_user_id: true, installation: true, ..Needs::default() }
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

/// See [`Command::EnableUser`](super::Command::EnableUser).
#[derive(Debug, Clone)]
pub struct EnableUser {
    /// The administrator who asks; the operator if absent.
    pub by: Option<UserId>,
    /// Whom.
    pub user: UserRef,
}

impl EnableUser {
    pub(super) fn needs(&self) -> Needs {
        let users = std::iter::once(self.user.clone()).chain(self.by.map(UserRef::Id)).collect();
        Needs { users, installation: true, ..Needs::default() }
    }
}

/// See [`Command::UpdateUser`](super::Command::UpdateUser). What is absent stays as it is.
#[derive(Debug, Clone)]
pub struct UpdateUser {
    /// Who asks: the user themselves, or an administrator.
    pub by: UserId,
    /// Whom.
    pub user: UserRef,
    /// What changes.
    pub patch: UserPatch,
}

/// New values for some of what an account is.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    /// Name for signing in.
    pub username: Option<Username>,
    /// Name for people.
    pub name: Option<DisplayName>,
    /// An address in place of all others.
    pub email: Option<Email>,
    /// Whether the address is taken as verified; a new one is not unless this says so.
    pub is_email_verified: Option<bool>,
    /// For signing in with a password.
    pub password: Option<PasswordHash>,
    /// Administrators of the whole installation.
    pub is_admin: Option<bool>,
    /// What the account is besides.
    pub roles: Option<GlobalRoles>,
    /// What friends call them.
    pub nickname: Option<ShortText<120>>,
    /// What they say of themselves.
    pub bio: Option<ShortText<260>>,
    /// What they are doing.
    pub status_text: Option<ShortText<120>>,
    /// Whatever a client wants to keep.
    pub custom_fields: Option<CustomFields>,
}

impl UpdateUser {
    pub(super) fn needs(&self) -> Needs {
        let mut users = vec![UserRef::Id(self.by), self.user.clone()];
        users.extend(self.patch.username.clone().map(UserRef::Username));
        users.extend(self.patch.email.clone().map(UserRef::Email));
        Needs { users, names_people: true, installation: true, ..Needs::default() }
    }
}

/// See [`Command::DeleteUser`](super::Command::DeleteUser).
#[derive(Debug, Clone)]
pub struct DeleteUser {
    /// The administrator who asks.
    pub by: UserId,
    /// Whom. They own nothing any more: what they owned was handed over or deleted before.
    pub user: UserRef,
}

impl DeleteUser {
    pub(super) fn needs(&self) -> Needs {
        let users = vec![UserRef::Id(self.by), self.user.clone()];
        Needs { owned_by: vec![self.user.clone()], users, installation: true, ..Needs::default() }
    }
}
