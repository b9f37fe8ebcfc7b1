//! Opaque access tokens, and the secrets of invitations and invite links: 256 bits of chance, seen in plain text once and stored as a
//! hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guestlist_core::credential::TokenHash;
use guestlist_core::invitation::InvitationTokenHash;
use guestlist_core::link::LinkHash;
use guestlist_core::ports::Entropy;
use sha2::{Digest as _, Sha256};

use crate::error::Unauthenticated;

/// Longest text that is looked at as a token, in bytes.
const MAX_BYTES: usize = 512;

/// A token, or the secret of an invitation or a link, in plain text on its way to or from its holder. It never reaches storage or a log.
#[derive(Clone)]
pub struct PlainToken(String);

impl PlainToken {
    /// What tokens begin with where no API prescribes their form, so that scanners of source code can find leaks.
    pub const PREFIX: &str = "glt_";

    /// What the secrets of invite links begin with: one kind is never taken for the other.
    pub const LINK_PREFIX: &str = "gll_";

    /// What the secrets begin with that are mailed with invitations.
    pub const INVITATION_PREFIX: &str = "gli_";

    /// A new token of `prefix` and 43 characters out of `A-Z a-z 0-9 _ -`.
    #[must_use]
    pub fn generate(prefix: &str, entropy: &dyn Entropy) -> Self {
        let mut secret = [0_u8; 32];
        entropy.fill(&mut secret);
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(secret)))
    }

    /// Takes what a request presents as a token.
    pub fn presented(text: &str) -> Result<Self, Unauthenticated> {
        let is_token = (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        is_token.then(|| Self(text.to_owned())).ok_or(Unauthenticated::Malformed)
    }

    /// The form in which it is stored and looked up. With 256 bits of chance inside, one round of SHA-256 is enough;
    /// and looking up a hash leaks nothing by the time it takes.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The same for the secret of a link.
    #[must_use]
    pub fn link_hash(&self) -> LinkHash {
        LinkHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The same for the secret of an invitation.
    #[must_use]
    pub fn invitation_hash(&self) -> InvitationTokenHash {
        InvitationTokenHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The text to hand to its holder.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_token_never_shows_itself_in_debug_output() {
        let token = PlainToken::generate(PlainToken::PREFIX, &Sevens);
        let shown = format!("{token:?} {:?} {:?}", token.hash(), token.link_hash());
        assert!(!shown.contains(&token.reveal()[4..]), "{shown}");
        assert!(!shown.contains("BwcH"), "{shown}");
    }

    #[test]
    fn a_token_without_prefix_has_the_43_characters_that_rocketchat_clients_know() {
        let token = PlainToken::generate("", &Sevens);
        assert_eq!(token.reveal().len(), 43);
        assert!(token.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
    }

    #[test]
    fn what_cannot_be_a_token_is_not_even_looked_up() {
        for odd in ["", "a b", "a\nb", "ключ", &"x".repeat(513)] {
            assert_eq!(PlainToken::presented(odd).err(), Some(Unauthenticated::Malformed), "{odd:?}");
        }
    }
}
