//! The templates that mails are laid out by: ours, or those that the operator put in their place.

use std::path::{Path, PathBuf};

use guestlist_core::ids::GroupId;
use guestlist_core::invitation::InvitationTokenHash;
use guestlist_core::language::{Language, Languages};
use guestlist_core::mail::{Letter, Mail, MailId, MailKind, Recipient};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{DisplayName, Email, Note};
use guestlist_core::time::Timestamp;
use guestlist_l10n::{Catalogue, CatalogueError};
use minijinja::{Environment, UndefinedBehavior, context};

use super::part::Part;
use super::{Links, Rendered};

/// Steps that one template may take: a page of our own takes some hundreds.
const FUEL: u64 = 100_000;

/// The most that a template of the operator's may be, in bytes.
const TEMPLATE_MAX: u64 = 256 * 1024;

const NAMES: [&str; 2] = ["mail.txt", "mail.html"];

/// How mails are laid out, and the words in them.
pub struct Templates {
    environment: Environment<'static>,
    words: Catalogue,
}

/// A mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The words that come with guestlist cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A word is missing in them.
    #[error("a word is missing in the mail of kind {}", .0.as_str())]
    Words(MailKind),
    /// A file of the operator's cannot be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the operator's is no template.
    #[error("{} is larger than {} KiB; make it smaller", path.display(), TEMPLATE_MAX / 1024)]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// A template cannot be read or carried out.
    #[error("the template {name}{}: {what}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Template {
        /// Which.
        name: String,
        /// Where in it, if that is known.
        line: Option<usize>,
        /// What is wrong.
        what: String,
    },
}

/// A mail that cannot be written, or does not say what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which mail.
    pub kind: MailKind,
    /// In which languages.
    pub languages: Languages,
    /// What is wrong with it.
    pub what: String,
}

impl Templates {
    /// Those that come with guestlist.
    pub fn built_in() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment
            .add_template("mail.txt", include_str!("../../templates/mail.txt"))
            .map_err(|error| wrong(&error))?;
        environment
            .add_template("mail.html", include_str!("../../templates/mail.html"))
            .map_err(|error| wrong(&error))?;
        Ok(Self { environment, words: Catalogue::new(words)? })
    }

    /// Those in `folder` in the place of ours: `mail.txt` and `mail.html` for all mails, and for one kind of mail
    /// `invitation.html` and so on. What is not there is ours. Nothing else in the folder is looked at.
    pub fn with_overrides(folder: &Path) -> Result<Self, TemplateError> {
        let mut templates = Self::built_in()?;
        let of_kinds = MailKind::ALL.iter().flat_map(|kind| NAMES.map(|name| of_kind(*kind, name)));
        for name in NAMES.map(str::to_owned).into_iter().chain(of_kinds) {
            let path = folder.join(&name);
            let size = match std::fs::metadata(&path) {
                Ok(found) => found.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(source) => return Err(TemplateError::File { path, source }),
            };
            if size > TEMPLATE_MAX {
                return Err(TemplateError::TooLarge { path });
            }
            let source = std::fs::read_to_string(&path).map_err(|source| TemplateError::File { path, source })?;
            templates.environment.add_template_owned(name, source).map_err(|error| wrong(&error))?;
        }
        Ok(templates)
    }

    pub(super) const fn words(&self) -> &Catalogue {
        &self.words
    }

    /// Lays a mail out by the template of its kind or, without one, by the one for all.
    pub(super) fn lay_out(
        &self,
        name: &str,
        kind: MailKind,
        subject: &str,
        parts: &[Part],
    ) -> Result<String, TemplateError> {
        let own = self.environment.get_template(&of_kind(kind, name));
        let template = own.or_else(|_| self.environment.get_template(name)).map_err(|error| wrong(&error))?;
        let kind = kind.as_str();
        let parts = minijinja::Value::from(minijinja::value::Serde(parts));
        template.render(context! { kind, subject, parts }).map_err(|error| wrong(&error))
    }

    /// Writes every mail in every language, and tells what is wrong with any: what cannot be written, and what lacks the
    /// address that its reader needs.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let alone = Language::ALL.map(|first| Languages { first, second: None });
        let both = Languages { first: Language::Arabic, second: Some(Language::English) };
        let mut problems = Vec::new();
        for languages in alone.into_iter().chain([both]) {
            for letter in MailKind::ALL.into_iter().filter_map(|kind| sample(kind, languages)) {
                let links = Links {
                    open: letter.secret.map(|_| "https://example.org/invitations/open".to_owned()),
                    stop: letter.kind.invites().then(|| "https://example.org/invitations/stop".to_owned()),
                };
                let found = match self.render(&letter, &links, "guestlist") {
                    Ok(rendered) => lacks(&rendered, &links),
                    Err(error) => Some(error.to_string()),
                };
                problems.extend(found.map(|what| Problem { kind: letter.kind, languages, what }));
            }
        }
        problems
    }
}

/// The name of a template for one kind of mail.
fn of_kind(kind: MailKind, name: &str) -> String {
    name.replacen("mail", kind.as_str(), 1)
}

fn lacks(rendered: &Rendered, links: &Links) -> Option<String> {
    let needed = [&links.open, &links.stop].into_iter().flatten();
    let (text, html) = (&rendered.text, unescaped(&rendered.html));
    needed.into_iter().find_map(|url| {
        if !text.contains(url.as_str()) {
            Some(format!("the text does not have the address {url}"))
        } else if !html.contains(url.as_str()) {
            Some(format!("the HTML does not have the address {url}"))
        } else {
            None
        }
    })
}

/// Addresses are escaped where they stand in HTML.
fn unescaped(html: &str) -> String {
    html.replace("&#x2f;", "/").replace("&#x2F;", "/").replace("&amp;", "&")
}

/// A letter with everything in it that there can be.
fn sample(kind: MailKind, languages: Languages) -> Option<Letter> {
    let group = GroupId::new(1)?;
    let at = Timestamp::from_days(20_000);
    let mail: MailId = Mail::new(kind, group, Recipient::Owners, None, None, at, at).id;
    let has_secret = kind.invites() || kind == MailKind::SignIn;
    Some(Letter {
        mail,
        kind,
        group,
        attempt: 1,
        is_withheld: false,
        to: Email::parse("reader@example.org").ok()?,
        reader: DisplayName::parse("أمينة <b>").ok(),
        languages,
        group_name: DisplayName::parse("Night & \"Day\" ليل").ok()?,
        person: Some("Maryam".to_owned()),
        roles: if kind.invites() { RoleSet::of(&Role::ALL) } else { RoleSet::NONE },
        note: if kind.invites() { Note::parse("Come!\nhttp://example.org/ <i>").ok() } else { None },
        expires_at: Some(at),
        secret: has_secret.then_some(InvitationTokenHash([0; 32])),
    })
}

fn wrong(error: &minijinja::Error) -> TemplateError {
    let name = error.name().unwrap_or("?").to_owned();
    let what = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError::Template { name, line: error.line(), what }
}

const fn words(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../locales/en.ftl"),
        Language::Arabic => include_str!("../../locales/ar.ftl"),
        Language::Urdu => include_str!("../../locales/ur.ftl"),
        Language::Indonesian => include_str!("../../locales/id.ftl"),
        Language::Turkish => include_str!("../../locales/tr.ftl"),
        Language::French => include_str!("../../locales/fr.ftl"),
        Language::German => include_str!("../../locales/de.ftl"),
        Language::Spanish => include_str!("../../locales/es.ftl"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        assert_eq!(Catalogue::differences(words), [""; 0]);
    }
}
