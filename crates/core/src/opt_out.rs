//! Refusing invitations for good: from one group, from one inviter, or from everyone. Only the person concerned can
//! see it; to inviters everything looks as always.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::ids::{GroupId, UserId};
use crate::names::EmailKey;
use crate::time::Timestamp;

/// A standing refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptOut {
    /// Who refuses.
    pub person: PersonHash,
    /// Whose invitations.
    pub from: InvitationsFrom,
    /// Since when.
    pub created_at: Timestamp,
}

/// Whose invitations are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvitationsFrom {
    /// Everybody's.
    Everyone,
    /// Those to one group.
    Group(GroupId),
    /// Those of one inviter.
    Inviter(UserId),
}

/// Who somebody is towards invitations: an account, or whoever reads mail at an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Person {
    /// Someone with an account.
    User(UserId),
    /// Whoever has this address.
    Address(EmailKey),
}

/// The secret of an installation under which people are hashed. It never changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonKey(pub [u8; 32]);

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(..)")
    }
}

/// HMAC-SHA-256 of a person: those who refused can be recognised but not listed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonHash(pub [u8; 32]);

impl fmt::Debug for PersonHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonHash({:02x}{:02x}..)", self.0[0], self.0[1])
    }
}

impl PersonHash {
    /// The hash of `person` under `key`.
    #[must_use]
    pub fn of(key: &PersonKey, person: &Person) -> Self {
        // A key of the block's length or less is taken as it is (RFC 2104), so this length cannot be refused.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&key.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        match person {
            Person::User(id) => mac.update(format!("user {id}").as_bytes()),
            Person::Address(address) => mac.update(format!("address {}", address.as_str()).as_bytes()),
        }
        Self(mac.finalize().into_bytes().into())
    }
}
