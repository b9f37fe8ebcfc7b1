//! Whether templates write every mail: tried out before anybody is written to.

use guestlist_core::language::Languages;
use guestlist_core::mail::MailKind;

use super::sample::{Sample, TAG};
use super::{Rendered, Templates};

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
    /// Writes every mail in every language, once with all that there can be in it and once with nothing that can be absent,
    /// and tells what is wrong with any: what cannot be written, what lacks the address that its reader needs, and where
    /// people's own words get into the HTML as more than words.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        Sample::all().iter().filter_map(|sample| self.try_out(sample)).collect()
    }

    fn try_out(&self, sample: &Sample) -> Option<Problem> {
        let Sample { letter, links } = sample;
        let what = match self.render(letter, links, Sample::INSTALLATION) {
            Ok(rendered) => lacks(&rendered, sample).or_else(|| leaks(&rendered))?,
            Err(error) => error.to_string(),
        };
        Some(Problem { kind: letter.kind, languages: letter.languages, what })
    }
}

fn lacks(rendered: &Rendered, sample: &Sample) -> Option<String> {
    let needed = [&sample.links.open, &sample.links.stop].into_iter().flatten();
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

fn leaks(rendered: &Rendered) -> Option<String> {
    let what = "the HTML has a name or a note in it that is not escaped; leave out \"|safe\"";
    rendered.html.contains(TAG).then(|| what.to_owned())
}

/// Addresses are escaped where they stand in HTML.
fn unescaped(html: &str) -> String {
    html.replace("&#x2f;", "/").replace("&#x2F;", "/").replace("&amp;", "&")
}
