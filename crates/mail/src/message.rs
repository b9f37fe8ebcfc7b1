//! From what a mail says to the bytes that are sent. Headers are built by type, never by formatting.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use guestlist_core::Timestamp;
use guestlist_core::mail::MailId;
use guestlist_core::names::{DisplayName, Email};
use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::render::Rendered;
use crate::verp::{Seal, Verp};

/// Who sends.
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    verp: Verp,
}

/// Why nobody can send as this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// Not of the form of a mailbox.
    #[error("is no mailbox; write invitations@example.org, or \"Name <invitations@example.org>\"")]
    Malformed,
    /// There is no room for what identifies each mail.
    #[error("has more than 23 letters, or others than those of ASCII, before the @; choose a shorter address")]
    TooLong,
}

impl Sender {
    /// Sends as `from`, with answers to `reply_to` if they shall go elsewhere. `key` is the installation's, see
    /// `Queries::mail_key`.
    pub fn new(from: &str, reply_to: Option<&str>, key: [u8; 32]) -> Result<Self, SenderError> {
        let read = |text: &str| Mailbox::from_str(text).map_err(|_| SenderError::Malformed);
        let (from, reply_to) = (read(from)?, reply_to.map(read).transpose()?);
        let verp = Verp::new(from.email.user(), from.email.domain(), Seal::new(key)).ok_or(SenderError::TooLong)?;
        Ok(Self { from, reply_to, verp })
    }
}

/// A whole mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub mail: MailId,
    /// From where to where.
    pub envelope: Envelope,
    /// Headers and body.
    pub bytes: Vec<u8>,
}

/// The mail cannot be put into the form of one: its address is such that no mail can be sent to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no mail can be sent to an address of this form")]
pub struct Unsendable;

/// What a mail is made of besides who sends it.
pub struct Parts<'a> {
    /// Which mail: its Message-ID is the same however often it is sent.
    pub mail: MailId,
    /// Where to.
    pub to: &'a Email,
    /// The reader's name.
    pub name: Option<&'a DisplayName>,
    /// What it says.
    pub rendered: &'a Rendered,
    /// The address that takes a POST of whoever wants no more (RFC 8058).
    pub unsubscribe: Option<&'a str>,
    /// When it is sent.
    pub at: Timestamp,
}

impl Message {
    /// Puts a mail together.
    pub fn new(sender: &Sender, parts: &Parts<'_>) -> Result<Self, Unsendable> {
        let to = address(parts.to).ok_or(Unsendable)?;
        let name = parts.name.map(|name| inert(name.as_str()));
        let at = u64::try_from(parts.at.as_millis()).unwrap_or_default();
        let rendered = parts.rendered;
        let mut builder = lettre::Message::builder()
            .from(sender.from.clone())
            .to(Mailbox::new(name, to.clone()))
            .subject(inert(&single_spaced(&rendered.subject)))
            .message_id(Some(format!("<{}@{}>", parts.mail, sender.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(at));
        if let Some(reply_to) = &sender.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let body = MultiPart::alternative_plain_html(rendered.text.clone(), rendered.html.clone());
        let mut message = builder.multipart(body).map_err(|_| Unsendable)?;
        let headers = message.headers_mut();
        let mut set = |name, value: String| {
            headers.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        };
        // Holiday notices are not to be sent to a machine (RFC 3834).
        set("Auto-Submitted", "auto-generated".to_owned());
        if let Some(url) = parts.unsubscribe {
            set("List-Unsubscribe", format!("<{url}>"));
            set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned());
        }
        let from = sender.verp.sender(parts.mail).parse().map_err(|_| Unsendable)?;
        let envelope = Envelope::new(Some(from), vec![to]).map_err(|_| Unsendable)?;
        Ok(Self { mail: parts.mail, envelope, bytes: message.formatted() })
    }

    /// The domain that it goes to.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.envelope.to().first().map_or("", Address::domain)
    }
}

/// The same text for a header, to look at: with nothing in it that readers would take for an encoded word (RFC 2047) and show
/// as something else. What is not ASCII is encoded as a whole, so an invisible sign (a word joiner) is enough.
fn inert(text: &str) -> String {
    text.replace("=?", "=\u{2060}?")
}

/// The same text with one space wherever there were several: lettre ends an encoded word at a run of them, and readers leave
/// out the space between two encoded words (RFC 2047, section 6.2).
fn single_spaced(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An address as mail servers take it: the domain as it stands in DNS.
fn address(email: &Email) -> Option<Address> {
    let local = email.as_str().split_once('@')?.0;
    let domain = email.key().as_str().split_once('@')?.1;
    Address::new(local, domain).ok()
}
