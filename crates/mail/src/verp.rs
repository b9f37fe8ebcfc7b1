//! Envelope senders that identify their mail (variable envelope return paths): what comes back to one tells which mail it
//! was, and nobody can make one up.

use guestlist_core::mail::MailId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Bytes of the mark that shows that an address is ours.
const TAG: usize = 8;

/// Makes envelope senders.
#[derive(Clone)]
pub struct Verp {
    local: String,
    domain: String,
    seal: Seal,
}

impl Verp {
    /// The longest local part that an address may have, in bytes (RFC 5321, 4.5.3.1.1).
    const LOCAL_MAX: usize = 64;

    /// Bytes that are put behind the local part: a plus, the 26 letters of the mail, a point, the 13 of the mark.
    const ADDED: usize = 41;

    /// Senders made of the address `local@domain`; `None` if there is no room in the local part, which has 23 bytes at most.
    #[must_use]
    pub fn new(local: &str, domain: &str, seal: Seal) -> Option<Self> {
        let has_room = local.len() + Self::ADDED <= Self::LOCAL_MAX && local.is_ascii();
        has_room.then(|| Self { local: local.to_owned(), domain: domain.to_owned(), seal })
    }

    /// The sender of a mail.
    #[must_use]
    pub fn sender(&self, mail: MailId) -> String {
        let encode = |bytes: &[u8]| data_encoding::BASE32_NOPAD.encode(bytes).to_ascii_lowercase();
        let id = encode(mail.as_uuid().as_bytes());
        format!("{}+{id}.{}@{}", self.local, encode(&self.seal.tag(mail)), self.domain)
    }
}

/// Puts marks on envelope senders that show that they are ours, and recognises them.
#[derive(Clone)]
pub struct Seal([u8; 32]);

impl Seal {
    /// With the key of the installation, see `Queries::mail_key`.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The mail that an address was the sender of, whichever mailbox the installation sends from; `None` if it is none of
    /// ours.
    #[must_use]
    pub fn read(&self, address: &str) -> Option<MailId> {
        let (local, _) = address.rsplit_once('@')?;
        let (_, rest) = local.rsplit_once('+')?;
        let (id, tag) = rest.split_once('.')?;
        let decode = |text: &str| data_encoding::BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok();
        let mail = MailId::from_uuid(uuid::Uuid::from_slice(&decode(id)?).ok()?);
        self.mac(mail).verify_truncated_left(&decode(tag).filter(|tag| tag.len() == TAG)?).ok()?;
        Some(mail)
    }

    fn tag(&self, mail: MailId) -> [u8; TAG] {
        let mac = self.mac(mail).finalize().into_bytes();
        let mut tag = [0; TAG];
        tag.copy_from_slice(&mac[..TAG]);
        tag
    }

    fn mac(&self, mail: MailId) -> Hmac<Sha256> {
        // A key of the block's length or less is taken as it is (RFC 2104), so this length cannot be refused.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(b"returned mail ");
        mac.update(mail.as_uuid().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn verp(key: u8) -> Verp {
        Verp::new("invitations", "example.org", Seal::new([key; 32])).expect("there is room")
    }

    #[test]
    fn a_sender_tells_its_mail_whatever_its_case() {
        let mail = MailId::from_uuid(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        let (sender, seal) = (verp(1).sender(mail), Seal::new([1; 32]));
        let local = sender.split_once('@').expect("an address").0;
        assert!(local.len() <= 64, "{sender}");
        assert_eq!(seal.read(&sender), Some(mail));
        assert_eq!(seal.read(&sender.to_uppercase()), Some(mail));
    }

    #[test]
    fn nobody_makes_one_up() {
        let mail = MailId::from_uuid(Uuid::from_u128(7));
        let (sender, seal) = (verp(1).sender(mail), Seal::new([1; 32]));
        assert_eq!(Seal::new([2; 32]).read(&sender), None, "under another key");
        for at in 12..sender.find('@').expect("an address") {
            let mut bytes = sender.clone().into_bytes();
            bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
            let forged = String::from_utf8(bytes).expect("letters");
            assert_ne!(seal.read(&forged), Some(mail), "{forged}");
        }
        for odd in ["", "@", "invitations@example.org", "invitations+@example.org", "invitations+a.b@example.org"] {
            assert_eq!(seal.read(odd), None, "{odd}");
        }
    }

    #[test]
    fn an_address_without_room_makes_no_senders() {
        assert!(Verp::new(&"x".repeat(23), "example.org", Seal::new([0; 32])).is_some());
        assert!(Verp::new(&"x".repeat(24), "example.org", Seal::new([0; 32])).is_none());
    }
}
