//! An offer to join a group, made to whoever holds it.

use std::fmt;

use crate::ids::{GroupId, LinkId, UserId};
use crate::member::RoleSet;
use crate::time::{Timestamp, is_over};

/// An invite link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name in lists. Not what is in the address.
    pub id: LinkId,
    /// Where to.
    pub group: GroupId,
    /// What the secret in the address is looked up by.
    pub hash: LinkHash,
    /// Who made it.
    pub creator: UserId,
    /// The roles that come with it.
    pub roles: RoleSet,
    /// How many people it lets in at the most; any number if absent.
    pub uses_max: Option<i64>,
    /// How many people it let in, or put before those who approve.
    pub uses: i64,
    /// Whether whoever comes by it only asks to join.
    pub needs_approval: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The instant at which it is dead; never if absent.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Who took it back.
    pub revoked_by: Option<UserId>,
}

impl Link {
    /// What becomes of somebody who comes by it at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> LinkState {
        if self.revoked_at.is_some() {
            LinkState::Revoked
        } else if is_over(self.expires_at, now) {
            LinkState::Expired
        } else if self.uses_max.is_some_and(|max| self.uses >= max) {
            LinkState::UsedUp
        } else {
            LinkState::Open
        }
    }

    /// Whether it lets in anybody for ever, at once and as a plain member, until it is taken back.
    #[must_use]
    pub fn is_standing(&self) -> bool {
        let is_endless = self.uses_max.is_none() && self.expires_at.is_none() && self.revoked_at.is_none();
        is_endless && self.roles == RoleSet::NONE && !self.needs_approval
    }
}

/// Whether a link still lets people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// It does.
    Open,
    /// Taken back by the group.
    Revoked,
    /// Its time is over.
    Expired,
    /// As many people came by it as may.
    UsedUp,
}

impl LinkState {
    /// The state's name in English lower case, as shown and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::UsedUp => "used-up",
        }
    }
}

/// SHA-256 of the secret in a link's address: the only form of it that is stored or looked up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkHash(pub [u8; 32]);

impl fmt::Debug for LinkHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkHash(..)")
    }
}

/// Names one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkRef {
    /// By its name in lists.
    Id(LinkId),
    /// By the hash of its secret.
    Hash(LinkHash),
}
