//! People and groups of a test, by username and slug.

use guestlist_core::group::Group as CoreGroup;
use guestlist_core::user::User;

/// Somebody with an account, an opaque token that is good for everything, and an address that is verified.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub user: User,
    /// A token that lives until revoked.
    pub token: String,
}

impl Person {
    /// The number.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.user.id.get()
    }

    /// The Rocket.Chat id.
    #[must_use]
    pub fn uid(&self) -> &str {
        self.user.uid.as_str()
    }
}

/// A group that a test made.
#[derive(Debug, Clone)]
pub struct Group {
    /// The group as it was made.
    pub group: CoreGroup,
}

impl Group {
    /// The number.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.group.id.get()
    }

    /// The Rocket.Chat id.
    #[must_use]
    pub fn uid(&self) -> &str {
        self.group.uid.as_str()
    }
}
