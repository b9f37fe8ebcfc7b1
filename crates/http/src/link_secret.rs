//! The secret of a link as some APIs need it: shown again whenever somebody looks at the link. It is made of the link's id
//! and a key of the installation, so that it need not be stored.

use guestlist_core::ids::LinkId;
use guestlist_core::link::Link;
use guestlist_identity::token::PlainToken;
use guestlist_store::StoreError;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::App;

/// The signs of Rocket.Chat's ids: none that is taken for another.
const ALPHABET: &[u8; 55] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

/// More than 128 bits of chance.
const LENGTH: usize = 24;

/// What secrets are made of.
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) async fn load(app: &App) -> Result<Self, StoreError> {
        app.store.read().link_key().await.map(Self)
    }

    /// The secret of the link of this id.
    pub(crate) fn secret(&self, id: LinkId) -> Result<PlainToken, StoreError> {
        let unusable = || StoreError::bug("the secret of a link could not be made");
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| unusable())?;
        mac.update(id.as_uuid().as_bytes());
        // 32 bytes hold 44 digits to the base of 55: the first ones are as good as chance.
        let mut number = mac.finalize().into_bytes();
        let mut text = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            let rest = number.iter_mut().fold(0, |rest: u16, byte| {
                let value = rest << 8 | u16::from(*byte);
                *byte = u8::try_from(value / 55).unwrap_or(u8::MAX);
                value % 55
            });
            text.push(char::from(ALPHABET.get(usize::from(rest)).copied().unwrap_or(b'z')));
        }
        PlainToken::presented(&text).map_err(|_| unusable())
    }

    /// The secret of a link, if it was made so: those of others are known to nobody any more.
    pub(crate) fn secret_of(&self, link: &Link) -> Result<Option<PlainToken>, StoreError> {
        let secret = self.secret(link.id)?;
        Ok(Some(secret).filter(|secret| secret.link_hash() == link.hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_depends_on_the_key_and_on_the_link() {
        let secret = |key: u8, link: u8| {
            let id = LinkId::parse(&format!("00000000-0000-0000-0000-00000000000{link}"));
            let secret = id.map(|id| Key([key; 32]).secret(id));
            secret.and_then(Result::ok).map(|secret| secret.reveal().to_owned()).unwrap_or_default()
        };
        let one = secret(1, 1);
        assert_eq!(one.len(), LENGTH);
        assert!(one.bytes().all(|sign| ALPHABET.contains(&sign)), "{one}");
        assert_eq!(one, secret(1, 1));
        assert_ne!(one, secret(1, 2));
        assert_ne!(one, secret(2, 1));
    }
}
