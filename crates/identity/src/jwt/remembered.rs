//! What was found out about tokens lately, so that it is found out once a minute and not at every request.

use guestlist_core::Timestamp;
use guestlist_core::time::Lifetime;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

/// The most tokens that are remembered.
const TOKENS_MAX: usize = 10_000;

/// How long a token is not looked at again.
const REMEMBERED_FOR: Lifetime = Lifetime::from_secs(60);

/// Tokens by their SHA-256, with what was found out, and when. Whoever reads the memory finds no token.
pub struct Remembered<T>(Cache<[u8; 32], (T, Timestamp)>);

impl<T: Clone> Default for Remembered<T> {
    fn default() -> Self {
        Self(Cache::new(TOKENS_MAX))
    }
}

impl<T: Clone> Remembered<T> {
    /// What was found out less than a minute ago; `None` if the token has to be looked at. A clock that was set back finds
    /// nothing either: what is true now may not have been true then.
    #[must_use]
    pub fn get(&self, token: &str, now: Timestamp) -> Option<T> {
        let (found, at) = self.0.get(&hash(token))?;
        (at <= now && now < at + REMEMBERED_FOR).then_some(found)
    }

    /// Remembers what was found out at `now`.
    pub fn insert(&self, token: &str, found: T, now: Timestamp) {
        self.0.insert(hash(token), (found, now));
    }

    /// Forgets all of it.
    pub fn clear(&self) {
        self.0.clear();
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
