//! Tokens that were found to be good lately, so that a signature is checked once and not at every request.

use guestlist_core::Timestamp;
use guestlist_core::time::Lifetime;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::AccessClaims;
use crate::error::Unauthenticated;

/// The most tokens that are remembered.
const TOKENS_MAX: usize = 10_000;

/// How long a token is taken for good without another look.
const REMEMBERED_FOR: Lifetime = Lifetime::from_secs(60);

/// Tokens by their SHA-256, with what they say. Whoever reads the memory finds no token.
pub struct VerifiedTokens(Cache<[u8; 32], Verified>);

#[derive(Clone)]
struct Verified {
    claims: AccessClaims,
    at: Timestamp,
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self(Cache::new(TOKENS_MAX))
    }
}

impl VerifiedTokens {
    /// What a token says that was found to be good less than a minute ago; `None` if it has to be looked at. Its end is not
    /// put off by that.
    #[must_use]
    pub fn get(&self, token: &str, now: Timestamp) -> Option<Result<AccessClaims, Unauthenticated>> {
        // A clock that was set back finds nothing either: the token may not be good yet.
        let is_recent = |known: &Verified| known.at <= now && now < known.at + REMEMBERED_FOR;
        let known = self.0.get(&hash(token)).filter(is_recent)?;
        Some(if now < known.claims.expires_at { Ok(known.claims) } else { Err(Unauthenticated::Expired) })
    }

    /// Remembers a token that is good at `now`.
    pub fn insert(&self, token: &str, claims: AccessClaims, now: Timestamp) {
        self.0.insert(hash(token), Verified { claims, at: now });
    }

    /// Forgets them all, since the keys are others.
    pub fn clear(&self) {
        self.0.clear();
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
