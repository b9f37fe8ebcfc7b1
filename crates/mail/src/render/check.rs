//! Whether templates write every mail: tried out before anybody is written to.

use guestlist_core::language::Languages;

use super::sample::{Sample, TAG};
use super::{Greeting, Rendered, TemplateError, Templates};

/// A mail that cannot be written, or does not say what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which mail.
    pub kind: &'static str,
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
        let letters = Sample::all().into_iter().filter_map(|Sample { letter, links }| {
            let rendered = self.render(&letter, &links, Sample::INSTALLATION);
            let urls = [&links.open, &links.stop].into_iter().flatten();
            let what = wrong(&rendered, urls)?;
            Some(Problem { kind: letter.kind.as_str(), languages: letter.languages, what })
        });
        let greetings = Greeting::samples().into_iter().filter_map(|greeting| {
            let what = wrong(&self.render_greeting(&greeting, Sample::INSTALLATION), [&greeting.url].into_iter())?;
            Some(Problem { kind: Greeting::KIND, languages: greeting.languages, what })
        });
        letters.chain(greetings).collect()
    }
}

fn wrong<'u>(rendered: &Result<Rendered, TemplateError>, mut urls: impl Iterator<Item = &'u String>) -> Option<String> {
    let Rendered { text, html, .. } = match rendered {
        Ok(rendered) => rendered,
        Err(error) => return Some(error.to_string()),
    };
    let shown = unescaped(html);
    let lacks = urls.find_map(|url| {
        if !text.contains(url.as_str()) {
            Some(format!("the text does not have the address {url}"))
        } else if !shown.contains(url.as_str()) {
            Some(format!("the HTML does not have the address {url}"))
        } else {
            None
        }
    });
    lacks.or_else(|| leaks(html))
}

fn leaks(html: &str) -> Option<String> {
    let what = "the HTML has a name or a note in it that is not escaped; leave out \"|safe\"";
    html.contains(TAG).then(|| what.to_owned())
}

/// Addresses are escaped where they stand in HTML.
fn unescaped(html: &str) -> String {
    html.replace("&#x2f;", "/").replace("&#x2F;", "/").replace("&amp;", "&")
}
