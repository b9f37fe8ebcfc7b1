//! The templates that mails are laid out by: ours, or those that the operator put in their place.

use std::path::{Path, PathBuf};

use guestlist_core::language::Language;
use guestlist_core::mail::MailKind;
use guestlist_l10n::{Catalogue, CatalogueError};
use minijinja::{Environment, UndefinedBehavior, context};

use super::part::{GREETING, Part};

/// Steps that one template may take: a page of our own takes some hundreds.
const FUEL: u64 = 100_000;

/// The most that a file of the operator's may be, in bytes.
const FILE_MAX: u64 = 256 * 1024;

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
    #[error("a word is missing in the mail of kind {0}")]
    Words(&'static str),
    /// A file of the operator's cannot be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the operator's has something wrong with its words.
    #[error("{}: {what}; correct it, or leave it out to have guestlist's own words", path.display())]
    OwnWords {
        /// Which.
        path: PathBuf,
        /// What.
        what: String,
    },
    /// A file of the operator's is too large for what it is.
    #[error("{} is larger than {} KiB; make it smaller", path.display(), FILE_MAX / 1024)]
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

    /// Those in `folder` in the place of ours: `mail.txt` and `mail.html` for all mails, for one kind of mail
    /// `invitation.html` and so on, and the messages in `locales/en.ftl` and so on. What is not there is ours. Nothing else in
    /// the folder is looked at.
    pub fn with_overrides(folder: &Path) -> Result<Self, TemplateError> {
        let mut templates = Self::built_in()?;
        let kinds = MailKind::ALL.iter().map(|kind| kind.as_str()).chain([GREETING]);
        let of_kinds = kinds.flat_map(|kind| NAMES.map(|name| of_kind(kind, name)));
        for name in NAMES.map(str::to_owned).into_iter().chain(of_kinds) {
            if let Some(source) = read(&folder.join(&name))? {
                templates.environment.add_template_owned(name, source).map_err(|error| wrong(&error))?;
            }
        }
        for language in Language::ALL {
            let path = folder.join("locales").join(language.as_str()).with_extension("ftl");
            if let Some(own) = read(&path)? {
                let replaced = templates.words.replace(language, &own);
                replaced.map_err(|error| TemplateError::OwnWords { path, what: error.what })?;
            }
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
        kind: &str,
        subject: &str,
        parts: &[Part],
    ) -> Result<String, TemplateError> {
        let own = self.environment.get_template(&of_kind(kind, name));
        let template = own.or_else(|_| self.environment.get_template(name)).map_err(|error| wrong(&error))?;
        let parts = minijinja::Value::from(minijinja::value::Serde(parts));
        template.render(context! { kind, subject, parts }).map_err(|error| wrong(&error))
    }
}

/// A file of the operator's, if it is there.
fn read(path: &Path) -> Result<Option<String>, TemplateError> {
    let failed = |source| TemplateError::File { path: path.to_owned(), source };
    let size = match std::fs::metadata(path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if size > FILE_MAX {
        return Err(TemplateError::TooLarge { path: path.to_owned() });
    }
    std::fs::read_to_string(path).map(Some).map_err(failed)
}

/// The name of a template for one kind of mail.
fn of_kind(kind: &str, name: &str) -> String {
    name.replacen("mail", kind, 1)
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
