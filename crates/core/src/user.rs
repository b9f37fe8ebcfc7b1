//! Someone with an account.

use crate::chat::Profile;
use crate::global_role::{GlobalRole, GlobalRoles};
use crate::ids::{Uid, UserId};
use crate::language::Language;
use crate::names::{DisplayName, Email, Subject, Username};
use crate::time::Timestamp;

/// A user as the rules see them. Addresses are facts of their own, see [`crate::facts::Facts::owner_of`]; a
/// password is never a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Number, used by the integer APIs.
    pub id: UserId,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// The `sub` of their tokens.
    pub subject: Subject,
    /// Absent for users first seen in a token of the identity provider.
    pub username: Option<Username>,
    /// Absent for users first seen in a token of the identity provider.
    pub name: Option<DisplayName>,
    /// The language that they read, if it is known.
    pub language: Option<Language>,
    /// Administrators of the whole installation.
    pub is_admin: bool,
    /// What the account is besides.
    pub roles: GlobalRoles,
    /// What chat clients keep about them.
    pub profile: Profile,
    /// Opaque tokens given out until then are good no more, whatever else is said of them.
    pub signed_out_at: Option<Timestamp>,
    /// Since when the account is gone for good: it is switched off, has no name, and nobody finds it by its uid.
    pub deleted_at: Option<Timestamp>,
    /// Since when the account is switched off; memberships are kept meanwhile.
    pub disabled_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// Whether the account can be used.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// All that the account is in the whole installation.
    #[must_use]
    pub const fn all_roles(&self) -> GlobalRoles {
        if self.is_admin { self.roles.with(GlobalRole::Admin) } else { self.roles }
    }
}

/// One address of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEmail {
    /// Whose it is.
    pub user: UserId,
    /// The address; it belongs to one user at most.
    pub email: Email,
    /// Whether the user has shown that they read mail sent there. Only a verified address stands for its user: with
    /// an unverified one anybody could collect the invitations of others.
    pub is_verified: bool,
}

/// Names one user, in any of the ways that an API may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    /// By number.
    Id(UserId),
    /// By Rocket.Chat id.
    Uid(Uid),
    /// By subject at the identity provider.
    Subject(Subject),
    /// By username, compared without case.
    Username(Username),
    /// By address, compared without case.
    Email(Email),
}
