//! A mail in one language, in pieces that a template puts in order.

use guestlist_core::invitation::InvitationToken;
use guestlist_core::language::Language;
use guestlist_core::mail::{Letter, MailKind};
use guestlist_core::member::Role;
use guestlist_l10n::{Catalogue, Value, date};
use serde::Serialize;

use super::{Links, plain};

/// What templates are given, once for each language.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    #[serde(skip)]
    pub(super) subject: String,
    language: &'static str,
    /// `ltr` or `rtl`.
    dir: &'static str,
    /// Where lines begin: `left` or `right`. Few mail programs know of "start".
    start: &'static str,
    fonts: &'static str,
    size: &'static str,
    leading: &'static str,
    greeting: String,
    /// What it is about, in one sentence or two.
    text: String,
    /// More about it, one sentence each.
    details: Vec<String>,
    note: Option<Quotation>,
    button: Option<Link>,
    /// Until when the button can be used.
    until: Option<String>,
    /// What happens if one does nothing.
    ignore: Option<String>,
    /// How to get no more of such mail.
    stop: Option<Link>,
    footer: String,
}

/// Somebody's own words.
#[derive(Debug, Serialize)]
struct Quotation {
    by: String,
    lines: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Link {
    label: String,
    url: String,
}

impl Part {
    /// `None` if a word is missing.
    pub(super) fn of(
        words: &Catalogue,
        letter: &Letter,
        links: &Links,
        installation: &str,
        language: Language,
    ) -> Option<Self> {
        let say = Say::of(words, letter, installation, language)?;
        let invites = letter.kind.invites();
        let prefix = prefix(letter.kind);
        let ends = letter.expires_at.is_some();
        let said: &[(&str, bool)] = match letter.kind {
            MailKind::Invitation | MailKind::Reminder => {
                &[("invitation-roles", say.has_roles), ("invitation-until", ends)]
            }
            MailKind::Request => &[("request-next", true)],
            MailKind::OwnershipOffered => &[("ownership-until", ends)],
            MailKind::Accepted | MailKind::Approved | MailKind::SignIn => &[],
        };
        let details = said.iter().filter(|(_, is_said)| *is_said).map(|(id, _)| say.text(id)).collect::<Option<_>>()?;
        let note = match &letter.note {
            Some(words) => {
                let by = say.text("note-by")?;
                Some(Quotation { by, lines: words.as_str().lines().map(plain::unlinked).collect() })
            }
            None => None,
        };
        let is_sign_in = letter.kind == MailKind::SignIn;
        let label = if is_sign_in { "sign-in-button" } else { "invitation-button" };
        let ignore = if invites {
            Some(say.text("invitation-ignore")?)
        } else if is_sign_in {
            Some(say.text("sign-in-ignore")?)
        } else {
            None
        };
        let link = |url: &Option<String>, label| match url {
            Some(url) => Some(Some(Link { label: say.text(label)?, url: url.clone() })),
            None => Some(None),
        };
        Some(Self {
            details,
            note,
            button: link(&links.open, label)?,
            until: if is_sign_in { Some(say.text("sign-in-until")?) } else { None },
            ignore,
            stop: link(&links.stop, "invitation-stop")?,
            ..Self::plain(&say, prefix)?
        })
    }

    /// An invitation to the installation itself.
    pub(super) fn greeting(
        words: &Catalogue,
        person: Option<&str>,
        url: &str,
        installation: &str,
        language: Language,
    ) -> Option<Self> {
        let say = Say::to_nobody(words, person, installation, language)?;
        let button = Some(Link { label: say.text("sign-in-button")?, url: url.to_owned() });
        Some(Self { button, ignore: Some(say.text("server-invitation-ignore")?), ..Self::plain(&say, GREETING)? })
    }

    /// The least that there is to say.
    fn plain(say: &Say<'_>, prefix: &str) -> Option<Self> {
        let language = say.language;
        let is_right_to_left = language.is_right_to_left();
        Some(Self {
            subject: say.text(&format!("{prefix}-subject"))?,
            language: language.as_str(),
            dir: if is_right_to_left { "rtl" } else { "ltr" },
            start: if is_right_to_left { "right" } else { "left" },
            fonts: fonts(language),
            size: if is_right_to_left { "18px" } else { "16px" },
            leading: if language == Language::Urdu { "2" } else { "1.55" },
            greeting: if say.has_reader { say.text("greeting")? } else { say.text("greeting-nameless")? },
            text: say.text(&format!("{prefix}-text"))?,
            details: vec![],
            note: None,
            button: None,
            until: None,
            ignore: None,
            stop: None,
            footer: say.text("footer")?,
        })
    }
}

/// How the messages of an invitation to the installation begin, which is also what it is called.
pub(super) const GREETING: &str = "server-invitation";

/// How the messages of a kind begin.
const fn prefix(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Invitation => "invitation",
        MailKind::Reminder => "reminder",
        MailKind::Accepted => "accepted",
        MailKind::Request => "request",
        MailKind::Approved => "approved",
        MailKind::OwnershipOffered => "ownership",
        MailKind::SignIn => "sign-in",
    }
}

/// Fonts that the systems of most readers have, those for the script first.
const fn fonts(language: Language) -> &'static str {
    match language {
        Language::Urdu => "'Noto Nastaliq Urdu','Urdu Typesetting','Jameel Noori Nastaleeq',Tahoma,sans-serif",
        Language::Arabic => "'Segoe UI','Geeza Pro','Noto Naskh Arabic',Tahoma,sans-serif",
        _ => "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
    }
}

/// The words of a letter in one language.
struct Say<'a> {
    words: &'a Catalogue,
    language: Language,
    has_reader: bool,
    has_roles: bool,
    args: Vec<(&'static str, Value<'static>)>,
}

impl<'a> Say<'a> {
    fn of(words: &'a Catalogue, letter: &Letter, installation: &str, language: Language) -> Option<Self> {
        let person = match letter.person.as_deref().and_then(plain::name) {
            Some(person) => person,
            None => words.text(language, "somebody", &[])?,
        };
        let roles: Option<Vec<String>> =
            letter.roles.iter().map(|role| words.text(language, word(role), &[])).collect();
        let roles = roles?;
        let comma = words.text(language, "roles-comma", &[])?;
        let reader = letter.reader.as_ref().and_then(|reader| plain::name(reader.as_str()));
        let end = letter.expires_at.map(|end| date(end, language));
        let minutes = InvitationToken::HELD_FOR.as_secs() / 60;
        let (has_reader, has_roles) = (reader.is_some(), !roles.is_empty());
        let args = vec![
            ("person", Value::from(person)),
            ("group", Value::from(plain::name(letter.group_name.as_str()).unwrap_or_default())),
            ("name", Value::from(reader.unwrap_or_default())),
            ("roles", Value::from(roles.join(&comma))),
            ("date", Value::from(end.unwrap_or_default())),
            ("minutes", Value::from(minutes)),
            ("installation", Value::from(plain::name(installation).unwrap_or_default())),
        ];
        Some(Self { words, language, has_reader, has_roles, args })
    }

    /// To somebody of whom nothing is known.
    fn to_nobody(words: &'a Catalogue, person: Option<&str>, installation: &str, language: Language) -> Option<Self> {
        let person = match person.and_then(plain::name) {
            Some(person) => person,
            None => words.text(language, "somebody", &[])?,
        };
        let args = vec![
            ("person", Value::from(person)),
            ("installation", Value::from(plain::name(installation).unwrap_or_default())),
        ];
        Some(Self { words, language, has_reader: false, has_roles: false, args })
    }

    fn text(&self, id: &str) -> Option<String> {
        self.words.text(self.language, id, &self.args).map(plain::unmarked)
    }
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Moderator => "role-moderator",
        Role::Leader => "role-leader",
    }
}
