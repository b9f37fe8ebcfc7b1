//! An invitation to the installation itself: about no group, to somebody of whom nothing is known.

use guestlist_core::language::{Language, Languages};

use super::part::{GREETING, Part};
use super::sample::TAG;
use super::{Rendered, TemplateError, Templates};

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Who invites, if they have a name.
    pub person: Option<String>,
    /// Where to.
    pub url: String,
    /// In which languages.
    pub languages: Languages,
}

impl Greeting {
    /// What its templates are called.
    pub const KIND: &str = GREETING;

    /// In every language, and in two of them below each other: each with the name of whoever invites, and without.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let alone = Language::ALL.map(|first| Languages { first, second: None });
        let both = Languages { first: Language::Arabic, second: Some(Language::English) };
        let persons = [Some(format!("Maryam {TAG}")), None];
        let all = alone.into_iter().chain([both]);
        all.flat_map(|languages| {
            persons.clone().map(|person| Self { person, url: "https://example.org/".to_owned(), languages })
        })
        .collect()
    }
}

impl Templates {
    /// Writes an invitation to the installation.
    pub fn render_greeting(&self, greeting: &Greeting, installation: &str) -> Result<Rendered, TemplateError> {
        let Greeting { person, url, languages } = greeting;
        let parts: Option<Vec<Part>> = std::iter::once(languages.first)
            .chain(languages.second)
            .map(|language| Part::greeting(self.words(), person.as_deref(), url, installation, language))
            .collect();
        self.write(GREETING, &parts.ok_or(TemplateError::Words(GREETING))?)
    }
}
