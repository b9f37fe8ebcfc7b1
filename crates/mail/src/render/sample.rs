//! Letters to try templates out with.

use guestlist_core::ids::GroupId;
use guestlist_core::invitation::InvitationTokenHash;
use guestlist_core::language::{Language, Languages};
use guestlist_core::mail::{Letter, Mail, MailKind, Recipient};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{DisplayName, Email, Note};
use guestlist_core::time::Timestamp;

use super::Links;

/// Stands in names and notes, where it must not become a tag.
pub(super) const TAG: &str = "<guest>";

/// A letter from nobody to nobody, and the addresses in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// What there is to write.
    pub letter: Letter,
    /// The addresses.
    pub links: Links,
}

impl Sample {
    /// Who sends samples.
    pub const INSTALLATION: &str = "guestlist";

    /// Every kind of mail in every language, and in two of them below each other: each with all that there can be in it,
    /// and right behind it the same without what can be absent.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let alone = Language::ALL.map(|first| Languages { first, second: None });
        let both = Languages { first: Language::Arabic, second: Some(Language::English) };
        let languages = alone.into_iter().chain([both]);
        let kinds = languages.flat_map(|languages| MailKind::ALL.map(|kind| (kind, languages)));
        kinds
            .filter_map(|(kind, languages)| Self::full(kind, languages))
            .flat_map(|full| [full.clone(), full.bare()])
            .collect()
    }

    /// `None` if the names in it were none, which they are: a test counts the samples.
    fn full(kind: MailKind, languages: Languages) -> Option<Self> {
        let group = GroupId::new(1)?;
        let at = Timestamp::from_days(20_790);
        let invites = kind.invites();
        let has_secret = invites || kind == MailKind::SignIn;
        let letter = Letter {
            mail: Mail::new(kind, group, Recipient::Owners, None, None, at, at).id,
            kind,
            group,
            attempt: 1,
            is_withheld: false,
            to: Email::parse("reader@example.org").ok()?,
            reader: DisplayName::parse(&format!("أمينة {TAG}")).ok(),
            languages,
            group_name: DisplayName::parse(&format!("Night & \"Day\" ليل {TAG}")).ok()?,
            person: Some(format!("Maryam {TAG}")),
            roles: if invites { RoleSet::of(&[Role::Moderator, Role::Leader]) } else { RoleSet::NONE },
            note: if invites { Note::parse(&format!("Come!\nhttp://example.org/ {TAG}")).ok() } else { None },
            expires_at: Some(at),
            secret: has_secret.then_some(InvitationTokenHash([0; 32])),
        };
        let page = |name: &str| Some(format!("https://example.org/invitations/{name}"));
        let links = Links {
            open: if has_secret { page("open") } else { None },
            stop: if invites { page("stop") } else { None },
        };
        Some(Self { letter, links })
    }

    fn bare(self) -> Self {
        // Only what ends is reminded of.
        let expires_at = self.letter.expires_at.filter(|_| self.letter.kind == MailKind::Reminder);
        let letter = Letter { reader: None, person: None, roles: RoleSet::NONE, note: None, expires_at, ..self.letter };
        Self { letter, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_of_each_mail_in_each_language_and_in_two() {
        let samples = Sample::all();
        assert_eq!(samples.len(), 2 * MailKind::ALL.len() * (Language::ALL.len() + 1));
        assert!(samples.iter().any(|sample| sample.letter.note.is_some()));
    }
}
