//! Mail that comes back: delivery status notifications (RFC 3464) and complaints (RFC 5965), which of our mails they are
//! about, and what they say of it.

use guestlist_core::command::Report;
use guestlist_core::mail::{MailId, Reply};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use crate::verp::Seal;

/// The largest mail that is looked at, in bytes: a report with a whole mail of ours in it has less than a tenth of it.
pub const BYTES_MAX: usize = 1 << 20;

/// A report about a mail of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Which mail.
    pub mail: MailId,
    /// What is reported of it.
    pub report: Report,
    /// What the mail server said.
    pub reply: Option<Reply>,
}

/// Why a mail tells nothing of one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is no mail.
    #[error("this is no mail")]
    Malformed,
    /// It is larger than [`BYTES_MAX`].
    #[error("this is larger than 1 MiB")]
    TooLarge,
    /// It is no report: an automatic answer, say, or something that a person wrote.
    #[error("this is no report of a mail that came back, nor a complaint")]
    NoReport,
    /// It is a report that says neither.
    #[error("this report says neither that a mail came back nor that somebody complained")]
    NoEnd,
    /// It is about nothing that this installation sent.
    #[error("this is not about a mail that this installation sent")]
    NotOurs,
}

/// Reads a mail that came back. It is only believed if it knows the envelope sender of one of our mails, which nobody can
/// make up.
pub fn read(bytes: &[u8], seal: &Seal) -> Result<Returned, Unread> {
    if bytes.len() > BYTES_MAX {
        return Err(Unread::TooLarge);
    }
    let message = MessageParser::new().parse(bytes).ok_or(Unread::Malformed)?;
    let status = part(&message, "message/delivery-status").map(|fields| (delivery_status(&fields), fields));
    let feedback = || part(&message, "message/feedback-report").map(|fields| (complaint(&fields), fields));
    let (said, fields) = status.or_else(feedback).ok_or(Unread::NoReport)?;
    let (report, reply) = said?;
    let mail = addresses(&message, &fields).iter().find_map(|address| seal.read(address)).ok_or(Unread::NotOurs)?;
    Ok(Returned { mail, report, reply })
}

/// The text of the first part of a type, which holds fields in the form of headers.
fn part(message: &Message<'_>, kind: &str) -> Option<String> {
    let is_it = |part: &&MessagePart<'_>| {
        let found = part.content_type().map(|found| (found.ctype(), found.subtype().unwrap_or_default()));
        found.is_some_and(|(main, sub)| format!("{main}/{sub}").eq_ignore_ascii_case(kind))
    };
    let part = message.parts.iter().find(is_it)?;
    Some(String::from_utf8_lossy(part.contents()).replace("\r\n", "\n"))
}

/// One group of fields, of several that empty lines part.
struct Fields<'x>(Message<'x>);

impl<'x> Fields<'x> {
    fn groups(text: &'x str) -> impl Iterator<Item = Self> {
        let groups = text.split("\n\n").map(str::trim).filter(|group| !group.is_empty());
        groups.filter_map(|group| MessageParser::new().parse_headers(group.as_bytes()).map(Self))
    }

    /// The value of a field, on one line.
    fn value(&self, name: &str) -> Option<String> {
        let raw = self.0.headers_raw().find(|(found, _)| found.eq_ignore_ascii_case(name))?.1;
        Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// What became of the one person whom each of our mails is for.
fn delivery_status(text: &str) -> Result<(Report, Option<Reply>), Unread> {
    let has_failed =
        |fields: &Fields<'_>| fields.value("Action").is_some_and(|action| action.eq_ignore_ascii_case("failed"));
    let failed = Fields::groups(text).find(has_failed).ok_or(Unread::NoEnd)?;
    let said = failed.value("Diagnostic-Code").map(|said| match said.split_once(';') {
        Some((_, said)) => said.trim().to_owned(),
        None => said,
    });
    let said = said.as_deref().map(Reply::of);
    // The status is the reporter's own, and says it even where a server's words have no enhanced code.
    let status = failed.value("Status").map(|status| Reply::of(&status));
    let is_dead = [&said, &status].into_iter().flatten().any(Reply::is_of_dead_address);
    let report = if is_dead { Report::HardBounce } else { Report::SoftBounce };
    Ok((report, said.or(status)))
}

/// Providers also report that something is no spam after all (RFC 5965, 7.3).
fn complaint(text: &str) -> Result<(Report, Option<Reply>), Unread> {
    let kind = Fields::groups(text).find_map(|fields| fields.value("Feedback-Type"));
    match kind {
        Some(kind) if !kind.eq_ignore_ascii_case("not-spam") => Ok((Report::Complaint, None)),
        _ => Err(Unread::NoEnd),
    }
}

/// Whatever may be an address in the headers of the mail, in the report, and in the headers of the mail that it returns.
fn addresses(message: &Message<'_>, fields: &str) -> Vec<String> {
    let returned = message.parts.iter().filter_map(|part| match &part.body {
        PartType::Message(returned) => Some(returned),
        _ => None,
    });
    // Only the headers are returned by some.
    let mut found = part(message, "text/rfc822-headers").unwrap_or_default();
    found.push('\n');
    found.push_str(fields);
    for message in std::iter::once(message).chain(returned) {
        for (_, value) in message.headers_raw() {
            found.push('\n');
            found.push_str(value);
        }
    }
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '=');
    found.split(is_edge).filter(|word| word.contains('@')).map(str::to_owned).collect()
}
