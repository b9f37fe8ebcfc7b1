//! Passwords: hashed with Argon2id, on threads of their own, few at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use guestlist_core::credential::PasswordHash;
use guestlist_core::ports::Entropy;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

/// Hashes at the same time: each holds 19 MiB of memory and a core.
const HASHES_AT_ONCE: usize = 2;

/// How long a hash may wait for its turn.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// A password as it is hashed. Rocket.Chat's clients may send SHA-256 of the password instead of itself, so the
/// digest is what we know of every password.
#[derive(Clone)]
pub struct Password {
    /// Lower-case hexadecimal digits of SHA-256.
    digest: String,
}

impl Password {
    /// Longest accepted password, in bytes.
    pub const MAX_BYTES: usize = 1024;

    /// From the password itself; `None` if it is empty or too long.
    #[must_use]
    pub fn from_plain(password: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&password.len());
        fits.then(|| Self { digest: hex::encode(Sha256::digest(password.as_bytes())) })
    }

    /// From the SHA-256 that a client computed, in hexadecimal digits.
    #[must_use]
    pub fn from_sha256(hex: &str) -> Option<Self> {
        let is_digest = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        is_digest.then(|| Self { digest: hex.to_ascii_lowercase() })
    }
}

/// Hashing could not be done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HashingError {
    /// Too many others wait for the same.
    #[error("too many passwords are being checked")]
    Overloaded,
    /// The stored hash cannot be read, or the hash function failed.
    #[error("a password hash could not be computed")]
    Broken,
}

/// The place where passwords are hashed.
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }
}

impl Passwords {
    /// The stored form of a password.
    pub async fn hash(&self, password: Password, entropy: &dyn Entropy) -> Result<PasswordHash, HashingError> {
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt);
        self.take_turn(move || {
            let hash = argon2().hash_password_with_salt(password.digest.as_bytes(), &salt);
            hash.map(|hash| PasswordHash(hash.to_string())).map_err(|_| HashingError::Broken)
        })
        .await
    }

    /// Whether `password` is the one that `stored` was made of. Without a stored hash the answer is no, after the
    /// same work: the time taken does not tell whether there is an account.
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<bool, HashingError> {
        self.take_turn(move || {
            let Some(stored) = stored else {
                let spent = argon2().hash_password_with_salt(password.digest.as_bytes(), &[0; 16]);
                return spent.map(|_| false).map_err(|_| HashingError::Broken);
            };
            match argon2().verify_password(password.digest.as_bytes(), stored.0.as_str()) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(_) => Err(HashingError::Broken),
            }
        })
        .await
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let turn = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| HashingError::Overloaded)?.map_err(|_| HashingError::Overloaded)?;
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            // The turn ends with the work, even if the request that asked for it is gone.
            drop(turn);
            result
        });
        task.await.unwrap_or(Err(HashingError::Broken))
    }
}

/// The parameters that OWASP recommends: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
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

    #[tokio::test]
    async fn a_password_is_known_by_itself_and_by_its_digest_and_by_nothing_else() {
        let passwords = Passwords::default();
        let stored = passwords.hash(Password::from_plain("open sesame").unwrap(), &Sevens).await.unwrap();
        assert!(stored.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.0);

        let digest = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";
        let knows =
            async |password: Option<Password>| passwords.verify(password.unwrap(), Some(stored.clone())).await.unwrap();
        assert!(knows(Password::from_plain("open sesame")).await);
        assert!(knows(Password::from_sha256(digest)).await);
        assert!(knows(Password::from_sha256(&digest.to_uppercase())).await);
        assert!(!knows(Password::from_plain("Open sesame")).await);
        assert!(!knows(Password::from_plain(digest)).await);
        assert!(!passwords.verify(Password::from_plain("open sesame").unwrap(), None).await.unwrap());
    }
}
