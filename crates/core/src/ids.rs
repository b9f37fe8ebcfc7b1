//! Identifiers, one type per kind, so that a user can never be passed as a group.

use std::fmt;

use uuid::Uuid;

use crate::ports::Entropy;
use crate::time::Timestamp;

/// The largest integer that every JSON client reads exactly (2^53 - 1). Ids that we give out stay within it.
pub const MAX_EXACT_IN_JSON: i64 = (1 << 53) - 1;

/// The largest number that an operator may choose. Automatic numbers go on after the highest in use, so half of the
/// range stays for them whatever is chosen.
pub const MAX_CHOSEN: i64 = 1 << 52;

macro_rules! integer_id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// `None` unless `id` is at least 1.
            #[must_use]
            pub const fn new(id: i64) -> Option<Self> {
                if id >= 1 { Some(Self(id)) } else { None }
            }

            /// The integer, at least 1.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }

            /// Reads the one canonical spelling: decimal digits without sign, blanks or leading zeros.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
                canonical.then(|| text.parse().ok()).flatten().and_then(Self::new)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

integer_id! {
    /// A user's number, given in sequence and never used again.
    UserId
}

integer_id! {
    /// A group's number, given in sequence and never used again.
    GroupId
}

/// Letters and digits that people do not confuse; Rocket.Chat makes its ids of them.
const UNMISTAKABLE: &[u8; 55] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

/// The id that Rocket.Chat clients see as `_id` of a user or a group. Opaque to them; 17 characters when we make it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(String);

impl Uid {
    /// Longest accepted id, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// `None` unless `text` has 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        fits.then(|| Self(text.to_owned()))
    }

    /// A new id of 17 unmistakable characters: 98 bits of chance.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        // 220 is the largest multiple of 55 in a byte: bytes above it are dropped, or some letters would be likelier.
        let mut id = String::with_capacity(17);
        let mut pool = [0_u8; 24];
        while id.len() < 17 {
            entropy.fill(&mut pool);
            let letters = pool.iter().filter(|byte| **byte < 220);
            id.extend(letters.map(|byte| char::from(UNMISTAKABLE[usize::from(byte % 55)])).take(17 - id.len()));
        }
        Self(id)
    }

    /// The id as clients see it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! uuid_id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts after those made in earlier milliseconds. An id, never a secret.
            #[must_use]
            pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// The id that `uuid` stands for, as read from storage.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id as a UUID.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// Reads the usual spellings of a UUID.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id! {
    /// An invitation, as a UUID of version 7.
    InvitationId
}

uuid_id! {
    /// An invite link, as a UUID of version 7. Shown in lists, useless for joining.
    LinkId
}

uuid_id! {
    /// The invitations of one command, as a UUID of version 7.
    BatchId
}

impl BatchId {
    /// The id that always follows from `hash`, as a UUID of version 8.
    #[must_use]
    pub fn of_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

uuid_id! {
    /// The public name of a stored access token, as a UUID of version 7. Shown in lists, useless for signing in.
    TokenId
}

/// A UUID of version 7 (RFC 9562, 5.7): 48 bits of milliseconds, the rest chance.
#[must_use]
pub fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut chance = [0_u8; 10];
    entropy.fill(&mut chance);
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
}

/// A UUID of version 4 (RFC 9562, 5.4): nothing but chance.
#[must_use]
pub fn uuid_v4(entropy: &dyn Entropy) -> Uuid {
    let mut chance = [0_u8; 16];
    entropy.fill(&mut chance);
    uuid::Builder::from_random_bytes(chance).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(7, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_generated_uid_has_seventeen_unmistakable_characters() {
        let uid = Uid::generate(&Counting(0.into()));
        assert_eq!(uid.as_str().len(), 17);
        assert!(uid.as_str().bytes().all(|b| UNMISTAKABLE.contains(&b)));
    }

    #[test]
    fn only_the_canonical_spelling_of_an_integer_is_an_id() {
        let id = |text| GroupId::parse(text).map(GroupId::get);
        assert_eq!(id("1234"), Some(1234));
        assert_eq!(id("9223372036854775807"), Some(i64::MAX));
        for odd in ["", "0", "-1", "+1", "007", "1.0", " 1", "abc", "9223372036854775808", "١"] {
            assert_eq!(id(odd), None, "{odd:?}");
        }
    }
}
