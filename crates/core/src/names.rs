//! Names that people type, parsed at the door: a value that exists is valid, bounded and comparable, so nothing
//! deeper checks again.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use crate::ids::Uid;

/// Why a text is no name of its kind. `Display` completes the sentence "the e-mail address …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// Nothing, or nothing but blanks.
    Empty,
    /// More than `max` characters or, for addresses, bytes.
    TooLong {
        /// The longest that is accepted.
        max: usize,
    },
    /// A character, or an arrangement of characters, that this kind of name cannot have.
    Malformed,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong { max } => write!(f, "is longer than {max} characters"),
            Self::Malformed => f.write_str("has a form or a character that is not allowed"),
        }
    }
}

impl std::error::Error for NameError {}

/// An e-mail address as it was typed, and the form in which addresses are compared.
#[derive(Debug, Clone)]
pub struct Email {
    address: String,
    key: EmailKey,
}

/// An address in its comparable form: lower case, composed (Unicode NFC), the domain as it stands in DNS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailKey(String);

impl Email {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write local@domain, without blanks, quotation marks or brackets";

    /// Longest accepted address, in bytes (RFC 5321, 4.5.3.1.3, less the angle brackets).
    pub const MAX_BYTES: usize = 254;

    /// Takes `local@domain` without trimming anything. White space, control characters, quoted local parts and
    /// characters that would need quoting are refused: an answer of "invited" would be untrue for an address that no
    /// mail can be sent to as it is written.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong { max: Self::MAX_BYTES });
        }
        let (local, domain) = text.split_once('@').ok_or(NameError::Malformed)?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !r#"()<>[]:;,\"@"#.contains(c);
        let has_labels = domain.split('.').all(|label| !label.is_empty());
        if local.is_empty() || !has_labels || !local.chars().chain(domain.chars()).all(plain) {
            return Err(NameError::Malformed);
        }
        Ok(Self { address: text.to_owned(), key: EmailKey::of(local, domain) })
    }

    /// The address as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The form to compare and to look up.
    #[must_use]
    pub const fn key(&self) -> &EmailKey {
        &self.key
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Email {}

impl EmailKey {
    /// One and the same for all spellings that reach one mailbox, as far as that can be told without asking its server.
    fn of(local: &str, domain: &str) -> Self {
        // As a whole: a sigma at the end of a word has a lower case of its own.
        let local: String = local.nfc().collect::<String>().to_lowercase().nfc().collect();
        let domain =
            idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.nfc().flat_map(char::to_lowercase).collect());
        Self(format!("{local}@{domain}"))
    }

    /// Reads an address that is in that form.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Email::parse(text).ok().map(|email| email.key).filter(|key| key.0 == text)
    }

    /// The address in that form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user's name for signing in and mentioning: 1 to 64 characters out of `A-Z a-z 0-9 . _ -`, compared without case.
#[derive(Debug, Clone)]
pub struct Username {
    typed: String,
    key: UsernameKey,
}

/// A username in its comparable form: lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsernameKey(String);

impl Username {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 64 letters, digits and . _ -";

    /// Longest accepted username, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Takes the text as it is; nothing is trimmed.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let typed = plain_word(text, Self::MAX_CHARS)?;
        let key = UsernameKey(typed.to_ascii_lowercase());
        Ok(Self { typed, key })
    }

    /// The username as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form to compare and to look up.
    #[must_use]
    pub const fn key(&self) -> &UsernameKey {
        &self.key
    }
}

impl PartialEq for Username {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Username {}

impl UsernameKey {
    /// The lower-case username.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A group's name in addresses: 1 to 100 characters out of `A-Z a-z 0-9 . _ -`, compared exactly. It is the `name`
/// of Rocket.Chat and the `group` or `url` of Quran Foundation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 100 letters, digits and . _ -";

    /// Longest accepted slug, in characters.
    pub const MAX_CHARS: usize = 100;

    /// Takes the text as it is; nothing is trimmed.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        plain_word(text, Self::MAX_CHARS).map(Self)
    }

    /// A slug made of a name: lower case, everything but letters and digits becomes one dash. `None` when nothing is
    /// left, as of a name in Arabic.
    #[must_use]
    pub fn from_name(name: &DisplayName) -> Option<Self> {
        let words = name.as_str().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let slug = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
        Self::parse(&slug).ok()
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name for people to read, of a person or a group: 1 to 120 characters of any script, blanks at the ends removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayName(String);

impl DisplayName {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 120 characters on one line";

    /// Longest accepted name, in Unicode code points.
    pub const MAX_CHARS: usize = 120;

    /// Trims blanks at both ends; control characters are refused.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(NameError::TooLong { max: Self::MAX_CHARS });
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::Malformed);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the people of a group are, in the words of those who run it: 1 to 60 characters of any script on one line, blanks at
/// the ends removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 60 characters on one line";

    /// Longest accepted text, in Unicode code points.
    pub const MAX_CHARS: usize = 60;

    /// Trims blanks at both ends; control characters are refused.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let DisplayName(text) = DisplayName::parse(text)?;
        if text.chars().count() > Self::MAX_CHARS {
            return Err(NameError::TooLong { max: Self::MAX_CHARS });
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a group is about, in the words of its owners: up to 10,000 characters of any script on any number of lines; may
/// be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Description(String);

impl Description {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write at most 10000 characters, without control characters";

    /// Longest accepted text, in Unicode code points.
    pub const MAX_CHARS: usize = 10_000;

    /// Takes the text as it is. Of the control characters, line breaks and tabs are allowed.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(NameError::TooLong { max: Self::MAX_CHARS });
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(NameError::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Description {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

/// An inviter's own words to the person invited: plain text of 1 to 500 characters of any script on at most 10 lines.
/// Shown as a quotation, never as a part of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 500 characters on at most 10 lines, without control characters";

    /// Longest accepted text, in Unicode code points.
    pub const MAX_CHARS: usize = 500;

    /// Most lines.
    pub const MAX_LINES: usize = 10;

    /// Takes the text without white space around it, with `\n` for each line break. Of the control characters, line
    /// breaks and tabs are allowed.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(NameError::TooLong { max: Self::MAX_CHARS });
        }
        let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        if text.chars().any(is_odd) || text.lines().count() > Self::MAX_LINES {
            return Err(NameError::Malformed);
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user's identity at the identity provider, the `sub` of their tokens: 1 to 255 bytes. One that has the form of a
/// UUID is kept in lower case, so that UUIDs compare without case; any other compares exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(String);

impl Subject {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write 1 to 255 bytes on one line";

    /// Longest accepted subject, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Takes any text of 1 to 255 bytes without control characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong { max: Self::MAX_BYTES });
        }
        if text.chars().any(char::is_control) {
            return Err(NameError::Malformed);
        }
        let is_uuid = text.len() == 36 && Uuid::try_parse(text).is_ok();
        Ok(Self(if is_uuid { text.to_ascii_lowercase() } else { text.to_owned() }))
    }

    /// The subject.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Uid> for Slug {
    /// A uid has a form that a slug may have, too.
    fn from(uid: &Uid) -> Self {
        Self(uid.as_str().to_owned())
    }
}

impl From<Uuid> for Subject {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }
}

macro_rules! display_as_str {
    ($($name:ident)*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        })*
    };
}

display_as_str! { Email EmailKey Username UsernameKey Slug DisplayName Country Description Note Subject }

fn plain_word(text: &str, max: usize) -> Result<String, NameError> {
    if text.is_empty() {
        Err(NameError::Empty)
    } else if text.len() > max {
        Err(NameError::TooLong { max })
    } else if text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
        Ok(text.to_owned())
    } else {
        Err(NameError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_compare_without_case_and_keep_their_spelling() {
        let (typed, shouted) = (Email::parse("Amer@Quran.com"), Email::parse("AMER@QURAN.COM"));
        assert_eq!(typed, shouted);
        assert_eq!(typed.map(|email| email.to_string()), Ok("Amer@Quran.com".to_owned()));
    }

    #[test]
    fn one_mailbox_has_one_key_however_it_is_spelled() {
        let key = |text| Email::parse(text).map(|email| email.key().clone());
        assert_eq!(key("Umm.Salama@BÜCHER.example"), key("umm.salama@xn--bcher-kva.EXAMPLE"));
        assert_eq!(key("jose\u{301}@example.org"), key("Jos\u{e9}@example.org"));
        assert_ne!(key("jose@example.org"), key("jos\u{e9}@example.org"));
    }

    #[test]
    fn a_text_that_cannot_stand_in_a_mail_header_is_no_address() {
        for odd in [
            "",
            "amer",
            "@quran.com",
            "amer@",
            "a mer@quran.com",
            "amer@quran.com\r\nBcc: x@y.z",
            "a@b@c",
            "a@b..c",
            "a@.b",
            "\"a\"@b.c",
            "a,b@c.d",
            "<a@b.c>",
            "a@b.c ",
            "a\u{0}@b.c",
            "a\u{2028}b@c.d",
        ] {
            assert!(Email::parse(odd).is_err(), "{odd:?}");
        }
        for fine in ["a@b", "j..doe@b.jp", "amer+x@quran.com", "o'neil@example.org", "علي@مثال.إختبار"] {
            assert!(Email::parse(fine).is_ok(), "{fine:?}");
        }
    }

    #[test]
    fn an_address_has_at_most_254_bytes() {
        let of_length = |bytes: usize| format!("a@{}", "b".repeat(bytes - 2));
        assert!(Email::parse(&of_length(254)).is_ok());
        assert_eq!(Email::parse(&of_length(255)), Err(NameError::TooLong { max: 254 }));
    }

    #[test]
    fn a_slug_is_made_of_the_words_of_a_name() {
        let slug =
            |name| DisplayName::parse(name).ok().and_then(|name| Slug::from_name(&name)).map(|slug| slug.to_string());
        assert_eq!(slug("  My Halaqa! "), Some("my-halaqa".to_owned()));
        assert_eq!(slug("حلقتي"), None);
    }

    #[test]
    fn subjects_of_uuid_form_compare_without_case_and_others_exactly() {
        let subject = |text| Subject::parse(text).map(|s| s.to_string());
        assert_eq!(subject("8D77A633-B49D-4978-BC1A-70BC2FDA7B4B"), Ok("8d77a633-b49d-4978-bc1a-70bc2fda7b4b".into()));
        assert_eq!(subject("User-1"), Ok("User-1".into()));
    }
}
