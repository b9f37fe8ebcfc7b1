//! What is stored about the means of signing in: access tokens and clients. Secrets are here as hashes only.

use std::fmt;

use crate::ids::{TokenId, UserId};
use crate::names::{DisplayName, NameError};
use crate::time::Timestamp;

/// SHA-256 of an opaque access token: the only form of it that is stored or looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// A password in the form in which it is stored: an Argon2id hash in PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// The private key of the built-in token issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuerKey {
    /// Names the key in the header of tokens (RFC 7515, 4.1.4).
    pub kid: String,
    /// The RSA key pair, PKCS #8 in DER.
    pub pkcs8: Vec<u8>,
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuerKey({}, ..)", self.kid)
    }
}

/// A stored access token of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Its name in lists.
    pub id: TokenId,
    /// What it is looked up by.
    pub hash: TokenHash,
    /// Whom it stands for.
    pub user: UserId,
    /// The client that it was issued to, if any.
    pub client: Option<ClientId>,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was issued.
    pub created_at: Timestamp,
    /// The instant from which it is refused; `None` lasts until revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// What its user calls it, if they gave it out to themselves under a name.
    pub personal: Option<PersonalToken>,
}

/// What is special about a token that a user gave out to themselves: Rocket.Chat's personal access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalToken {
    /// What the user calls it. No two of a user's tokens that are not revoked have one name.
    pub name: TokenName,
    /// The last characters of the secret, by which people recognise it.
    pub last_part: String,
    /// Whether no second factor is asked for where it is used. Kept for clients: none ever is here.
    pub skips_second_factor: bool,
}

/// What a user calls a token of theirs: 1 to 120 characters of any script, blanks at the ends removed.
pub type TokenName = DisplayName;

/// Names one stored token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRef {
    /// By its name in lists.
    Id(TokenId),
    /// By its hash: who holds a token may revoke it.
    Hash(TokenHash),
    /// By what this user calls it; only while it is not revoked.
    Named(UserId, TokenName),
}

/// The id of an OAuth 2 client: 1 to 255 visible ASCII characters, compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 255 letters, digits and signs, without blanks";

    /// Longest accepted id, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Takes the text as it is.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            Err(NameError::Empty)
        } else if text.len() > Self::MAX_BYTES {
            Err(NameError::TooLong { max: Self::MAX_BYTES })
        } else if text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Malformed)
        }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a token is good for, and until when: the most that another one may be good for that is given out by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What it may be used for.
    pub scopes: Scopes,
    /// The instant from which it is refused; `None` lasts until revoked.
    pub expires_at: Option<Timestamp>,
}

/// An application that calls on behalf of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its OAuth 2 client id.
    pub id: ClientId,
    /// Its name for people; empty when nobody gave one.
    pub name: String,
    /// The most that its tokens may be used for.
    pub scopes: Scopes,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A set of OAuth 2 scopes (RFC 6749, 3.3). `*` stands for all; a parent such as `room` covers `room.read`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write up to 64 words of at most 128 letters, digits and signs, separated by blanks";

    /// The most scopes of a set: each of them is looked at for every request.
    pub const MAX: usize = 64;

    /// Longest accepted scope, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Every scope there is or will be.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// The same without the one that stands for every scope: it is guestlist's own, and nobody else's to give.
    #[must_use]
    pub fn named(self) -> Self {
        Self(self.0.into_iter().filter(|scope| scope != "*").collect())
    }

    /// Reads scopes separated by blanks, dropping repetitions.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>().try_into()
    }

    /// Whether a caller who holds these may do what needs `scope`.
    #[must_use]
    pub fn cover(&self, scope: &str) -> bool {
        self.0.iter().any(|held| {
            held == "*"
                || scope.strip_prefix(held.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether each of `wanted` is covered.
    #[must_use]
    pub fn cover_all(&self, wanted: &Self) -> bool {
        wanted.iter().all(|scope| self.cover(scope))
    }

    /// What both these scopes and `most` cover.
    #[must_use]
    pub fn within(&self, most: &Self) -> Self {
        let ours = self.0.iter().filter(|scope| most.cover(scope));
        let theirs = most.0.iter().filter(|scope| self.cover(scope) && !self.0.contains(scope));
        Self(ours.chain(theirs).cloned().collect())
    }

    /// The scopes, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl TryFrom<Vec<String>> for Scopes {
    type Error = NameError;

    fn try_from(list: Vec<String>) -> Result<Self, NameError> {
        // RFC 6749, 3.3: visible ASCII without the quotation mark and the backslash.
        let proper = |s: &String| !s.is_empty() && s.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        if !list.iter().all(proper) {
            return Err(NameError::Malformed);
        }
        if list.len() > Self::MAX || list.iter().any(|scope| scope.len() > Self::MAX_BYTES) {
            return Err(NameError::TooLong { max: Self::MAX_BYTES });
        }
        let mut scopes = Vec::with_capacity(list.len());
        for scope in list {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Ok(Self(scopes))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_scope_covers_its_children_and_nothing_beside_them() {
        let scopes = Scopes::parse("room group.read").unwrap_or_default();
        assert!(scopes.cover("room") && scopes.cover("room.invite") && scopes.cover("room.members.read"));
        assert!(scopes.cover("group.read"));
        assert!(!scopes.cover("group") && !scopes.cover("group.update") && !scopes.cover("roommate"));
        assert!(Scopes::all().cover("anything.at.all"));
    }

    #[test]
    fn a_set_of_scopes_is_small() {
        let many = |n: usize| (0..n).map(|n| format!("s{n}")).collect::<Vec<_>>();
        assert!(Scopes::try_from(many(64)).is_ok());
        assert_eq!(Scopes::try_from(many(65)), Err(NameError::TooLong { max: 128 }));
        assert!(Scopes::parse(&"s".repeat(128)).is_ok());
        assert_eq!(Scopes::parse(&"s".repeat(129)), Err(NameError::TooLong { max: 128 }));
    }

    #[test]
    fn what_two_sets_of_scopes_share_is_the_narrower_of_each_pair() {
        let within = |one, other| {
            let parse = |text| Scopes::parse(text).unwrap_or_default();
            parse(one).within(&parse(other)).to_string()
        };
        assert_eq!(within("*", "room group.read"), "room group.read");
        assert_eq!(within("room group.read", "*"), "room group.read");
        assert_eq!(within("room group.read", "group"), "group.read");
        assert_eq!(within("group", "room group.read group.update"), "group.read group.update");
        assert_eq!(within("group", "group"), "group");
        assert_eq!(within("group", "room"), "");
    }
}
