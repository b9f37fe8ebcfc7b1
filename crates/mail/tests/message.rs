//! The bytes of a mail, whatever people are called and write.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

use std::collections::BTreeSet;

use guestlist_core::ids::GroupId;
use guestlist_core::language::{Language, Languages};
use guestlist_core::mail::{Letter, Mail, MailKind, Recipient};
use guestlist_core::member::RoleSet;
use guestlist_core::names::{DisplayName, Email, Note};
use guestlist_core::time::Timestamp;
use guestlist_mail::message::{Message, Parts, Sender};
use guestlist_mail::render::{Links, Templates};
use mail_parser::MessageParser;
use proptest::prelude::*;

const AT: Timestamp = Timestamp::from_days(20_790);

/// Every header that an invitation may have.
const HEADERS: [&str; 10] = [
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
];

/// Text that would like to be more than that.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\nBcc: victim@example.org".to_owned()),
        Just("\nContent-Type: text/html\n\n<b>".to_owned()),
        Just("\r\n\r\n--boundary\r\n".to_owned()),
        Just("=?utf-8?q?=0D=0ABcc:=20victim@example.org?=".to_owned()),
        Just("\u{2028}Bcc: x\u{85}\u{0}\u{202e}".to_owned()),
        Just("=?utf-8?q?Boss?=".to_owned()),
        Just("\"<victim@example.org>, ".to_owned()),
        Just("دائرة الليل ".to_owned()),
        Just(" અ  દ".to_owned()),
        "[ -~]{1,12}",
        "\\PC{1,6}",
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

/// The words of a text as they are seen: where the spaces between them are, and how many, may change on the way.
fn words(text: &str) -> Vec<String> {
    text.replace('\u{2060}', "").split_whitespace().map(str::to_owned).collect()
}

fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).or_else(|_| DisplayName::parse("Amina")).unwrap()
}

proptest! {
    #[test]
    fn no_name_and_no_note_makes_a_header_or_a_recipient(
        reader in hostile(),
        group in hostile(),
        person in hostile(),
        note in hostile(),
        address in "[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@example\\.org",
    ) {
        // What is no name is refused where it comes in. What an account is called may be anything.
        let to = Email::parse(&address).or_else(|_| Email::parse("new@example.org")).unwrap();
        let id = GroupId::new(1).unwrap();
        let letter = Letter {
            mail: Mail::new(MailKind::Invitation, id, Recipient::Owners, None, None, AT, AT).id,
            kind: MailKind::Invitation,
            group: id,
            attempt: 1,
            is_withheld: false,
            to: to.clone(),
            reader: Some(name(&reader)),
            languages: Languages { first: Language::Arabic, second: Some(Language::English) },
            group_name: name(&group),
            person: Some(person),
            roles: RoleSet::NONE,
            note: Note::parse(&note).ok(),
            expires_at: Some(AT),
            secret: None,
        };
        let url = "https://example.org/invitations/gli_secret";
        let links = Links { open: Some(url.to_owned()), stop: None };
        let rendered = Templates::built_in().unwrap().render(&letter, &links, "Circles").unwrap();
        let sender = Sender::new("Circles <circles@example.org>", None, [7; 32]).unwrap();
        let reader = letter.reader.as_ref();
        let parts = Parts { mail: letter.mail, to: &to, name: reader, rendered: &rendered, unsubscribe: Some(url), at: AT };
        let Ok(message) = Message::new(&sender, &parts) else { return Ok(()) };

        prop_assert_eq!(message.envelope.to().len(), 1);
        let text = String::from_utf8(message.bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        let names: Vec<&str> = lines.map(|line| line.split_once(':').map_or(line, |(name, _)| name)).collect();
        prop_assert_eq!(names.len(), HEADERS.len(), "{}", head);
        prop_assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(HEADERS));
        prop_assert!(!head.replace("\r\n", "").contains(['\r', '\n', '\0']), "{:?}", head);
        // To whoever reads them, the headers say what was meant.
        let read = MessageParser::new().parse(&text).unwrap();
        let shown = read.to().and_then(|to| to.first()).and_then(|to| to.name());
        prop_assert_eq!(shown.map(words), letter.reader.as_ref().map(|name| words(name.as_str())), "{}", head);
        prop_assert_eq!(read.subject().map(words), Some(words(&rendered.subject)), "{}", head);
        // Two parts, each with the two headers that say how it is written.
        let boundary = head.split_once("boundary=\"").unwrap().1.split_once('"').unwrap().0;
        prop_assert_eq!(body.matches(&format!("--{boundary}")).count(), 3);
    }
}
