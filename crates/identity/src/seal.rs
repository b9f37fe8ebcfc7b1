//! Answers kept for whoever asks again, sealed under a key that only they know: some hold a token or the secret of a link,
//! and nothing that is stored must be enough to read those.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use guestlist_core::ids::UserId;
use guestlist_core::ports::Entropy;
use sha2::{Digest as _, Sha256};

/// A request key of somebody's choice: what answers are looked up by, and what opens them. The text itself is never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestKey {
    user: UserId,
    text: String,
    /// Of a request that is carried out part by part; otherwise 0.
    part: usize,
}

impl RequestKey {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 16 to 255 letters, digits and signs, such as a UUID";

    /// Shortest and longest accepted text, in bytes. The key opens its answer, so it must not be guessed.
    pub const BYTES: std::ops::RangeInclusive<usize> = 16..=255;

    /// `None` unless `text` is of visible ASCII characters and of such a length.
    #[must_use]
    pub fn parse(user: UserId, text: &str) -> Option<Self> {
        let fits = Self::BYTES.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self { user, text: text.to_owned(), part: 0 })
    }

    /// The key of one part of a request that is carried out part by part. That of part 0 is the key itself, so that no
    /// other request has it.
    #[must_use]
    pub fn part(&self, number: usize) -> Self {
        Self { part: number, ..self.clone() }
    }

    /// Whose key it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// What answers are looked up by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.derive("look up")
    }

    /// Seals an answer: a nonce, the text under AES-256-GCM, and its tag.
    #[must_use]
    pub fn seal(&self, answer: &[u8], entropy: &dyn Entropy) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut sealed = answer.to_vec();
        self.cipher()?.seal_in_place_append_tag(Nonce::from(&nonce), Aad::empty(), &mut sealed).ok()?;
        Some([&nonce, sealed.as_slice()].concat())
    }

    /// Opens what was sealed under the same key; `None` if it was not.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut text = text.to_vec();
        let opened = self.cipher()?.open_in_place(Nonce::from(nonce), Aad::empty(), &mut text).ok()?.len();
        text.truncate(opened);
        Some(text)
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &self.derive("seal")).ok().map(LessSafeKey::new)
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        let part = if self.part == 0 { String::new() } else { format!(", part {}", self.part) };
        Sha256::digest(format!("guestlist request key, to {purpose}{part}: {} {}", self.user, self.text)).into()
    }
}

impl fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestKey(..)")
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

    fn key(user: i64, text: &str) -> RequestKey {
        RequestKey::parse(UserId::new(user).unwrap(), text).unwrap()
    }

    #[test]
    fn only_the_same_person_with_the_same_key_opens_an_answer() {
        let mine = key(1, "0123456789abcdef");
        let sealed = mine.seal(b"the secret", &Sevens).unwrap();
        assert_eq!(mine.open(&sealed).as_deref(), Some(b"the secret".as_slice()));
        assert!(!sealed.windows(10).any(|window| window == b"the secret"));
        assert_eq!((mine.part(0), mine.part(0).hash()), (mine.clone(), mine.hash()));
        for other in
            [key(2, "0123456789abcdef"), key(1, "0123456789abcdeg"), key(1, "0123456789abcdef/1"), mine.part(1)]
        {
            assert_eq!(other.open(&sealed), None);
            assert_ne!(other.hash(), mine.hash());
        }
        assert_eq!(mine.open(&sealed[..sealed.len() - 1]), None);
        assert_eq!(mine.open(b""), None);
    }

    #[test]
    fn a_key_is_long_enough_not_to_be_guessed() {
        let parse = |text: &str| RequestKey::parse(UserId::new(1).unwrap(), text).is_some();
        assert!(parse("0123456789abcdef") && parse(&"k".repeat(255)));
        for odd in ["", "0123456789abcde", "0123456789 abcdef", "0123456789abcdéf", &"k".repeat(256)] {
            assert!(!parse(odd), "{odd}");
        }
    }
}
