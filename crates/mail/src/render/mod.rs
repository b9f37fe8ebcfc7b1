//! What a mail says: words in the reader's language, put in order by a template. Pure.
//!
//! The words are messages (`locales/`), the order is `templates/mail.txt` and `mail.html`. Both say the same. Nothing of
//! what people write gets into either but as text: names are isolated in their direction of writing, a note is a quotation,
//! no mail program sees a link in either, and nothing in a subject can end its line.

mod check;
mod greeting;
mod part;
mod plain;
mod sample;
mod templates;

use guestlist_core::mail::Letter;

pub use self::check::Problem;
pub use self::greeting::Greeting;
use self::part::Part;
pub use self::sample::Sample;
pub use self::templates::{TemplateError, Templates};

/// A mail that says what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// The same for those who read HTML.
    pub html: String,
}

/// The addresses in a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The page that its button opens.
    pub open: Option<String>,
    /// Where to say that one wants no more of such mail.
    pub stop: Option<String>,
}

impl Templates {
    /// Writes `letter`. `installation` is the name of who sends it.
    pub fn render(&self, letter: &Letter, links: &Links, installation: &str) -> Result<Rendered, TemplateError> {
        let languages = letter.languages;
        let parts: Option<Vec<Part>> = std::iter::once(languages.first)
            .chain(languages.second)
            .map(|language| Part::of(self.words(), letter, links, installation, language))
            .collect();
        let parts = parts.ok_or(TemplateError::Words(letter.kind.as_str()))?;
        self.write(letter.kind.as_str(), &parts)
    }

    fn write(&self, kind: &str, parts: &[Part]) -> Result<Rendered, TemplateError> {
        let subjects: Vec<&str> = parts.iter().map(|part| part.subject.as_str()).collect();
        let subject = plain::one_line(&subjects.join(" · "));
        let text = self.lay_out("mail.txt", kind, &subject, parts)?;
        let html = self.lay_out("mail.html", kind, &subject, parts)?;
        Ok(Rendered { subject, text, html })
    }
}
