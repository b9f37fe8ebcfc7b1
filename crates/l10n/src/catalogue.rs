//! Messages by name, in all languages.

use std::collections::BTreeSet;

pub use fluent_bundle::FluentValue as Value;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use guestlist_core::language::Language;
use unic_langid::LanguageIdentifier;

/// The messages of one part of guestlist in all its languages. What is put into a message is isolated in its direction of
/// writing, so that an Arabic name does not scramble an English sentence: that puts invisible marks around it, so nothing
/// that a machine reads may pass through a message.
pub struct Catalogue {
    /// In the order of [`Language::ALL`].
    bundles: Vec<FluentBundle<FluentResource>>,
}

/// The messages of a language cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the messages in the language {} cannot be read: {what}", language.as_str())]
pub struct CatalogueError {
    /// Which.
    pub language: Language,
    /// What is wrong with them.
    pub what: String,
}

impl Catalogue {
    /// Reads the messages of each language, in the syntax of Fluent.
    pub fn new(source: impl Fn(Language) -> &'static str) -> Result<Self, CatalogueError> {
        let bundles = Language::ALL.into_iter().map(|language| bundle(language, source(language)));
        Ok(Self { bundles: bundles.collect::<Result<_, _>>()? })
    }

    /// The message called `id`, with `args` put into it; `None` if there is no such message, or if it needs others. Tests see
    /// to it that there is one of each name that is used.
    #[must_use]
    pub fn text(&self, language: Language, id: &str, args: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = self.bundle(language)?;
        let pattern = bundle.get_message(id)?.value()?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }

    fn bundle(&self, language: Language) -> Option<&FluentBundle<FluentResource>> {
        let at = Language::ALL.into_iter().position(|known| known == language)?;
        self.bundles.get(at)
    }
}

fn bundle(language: Language, source: &str) -> Result<FluentBundle<FluentResource>, CatalogueError> {
    let failed = |what: String| CatalogueError { language, what };
    let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| failed(format!("{errors:?}")))?;
    let id: LanguageIdentifier = language.as_str().parse().map_err(|error| failed(format!("{error}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.add_resource(resource).map_err(|errors| failed(format!("{errors:?}")))?;
    Ok(bundle)
}

impl Catalogue {
    /// What the languages of some messages differ in: names that one has and another lacks, and what is put into them. For
    /// tests: nothing, where the translations are complete.
    pub fn differences(source: impl Fn(Language) -> &'static str) -> Vec<String> {
        let english = messages(source(Language::English));
        let mut differences = Vec::new();
        for language in Language::ALL {
            let own = messages(source(language));
            let tag = language.as_str();
            differences.extend(english.difference(&own).map(|(id, arg)| format!("{tag} lacks {id} {arg}")));
            differences
                .extend(own.difference(&english).map(|(id, arg)| format!("{tag} has {id} {arg}, English does not")));
        }
        differences
    }
}

/// The name of each message, alone and with each thing that is put into it.
fn messages(source: &str) -> BTreeSet<(String, String)> {
    let resource = match fluent_syntax::parser::parse(source) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut found = BTreeSet::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let id = message.id.name.to_owned();
            found.insert((id.clone(), String::new()));
            let mut args = BTreeSet::new();
            message.value.iter().for_each(|pattern| of_pattern(pattern, &mut args));
            found.extend(args.into_iter().map(|arg| (id.clone(), arg)));
        }
    }
    found
}

fn of_pattern(pattern: &Pattern<&str>, args: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => of_inline(inline, args),
                Expression::Select { selector, variants } => {
                    of_inline(selector, args);
                    for variant in variants {
                        of_pattern(&variant.value, args);
                    }
                }
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, args: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        args.insert(id.name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(language: Language) -> &'static str {
        match language {
            Language::Arabic => {
                "people = { $n ->
                    [zero] لا أحد
                    [one] شخص
                    [two] شخصان
                    [few] { $n } أشخاص
                    [many] { $n } شخصًا
                   *[other] { $n } شخص
                 }"
            }
            _ => "people = { $n ->\n    [one] one person\n   *[other] { $n } people\n }",
        }
    }

    #[test]
    fn a_number_chooses_the_form_that_its_language_has() {
        let catalogue = Catalogue::new(source).expect("proper messages");
        let text =
            |language, n: i64| catalogue.text(language, "people", &[("n", Value::from(n))]).expect("it is there");
        assert_eq!(text(Language::English, 1), "one person");
        assert_eq!(text(Language::English, 3), "\u{2068}3\u{2069} people");
        let forms: BTreeSet<_> = [0, 1, 2, 3, 11, 100].into_iter().map(|n| text(Language::Arabic, n)).collect();
        assert_eq!(forms.len(), 6, "{forms:?}");
    }

    #[test]
    fn what_is_not_there_is_no_text() {
        let catalogue = Catalogue::new(source).expect("proper messages");
        assert_eq!(catalogue.text(Language::English, "nobody", &[]), None);
        assert_eq!(catalogue.text(Language::English, "people", &[]), None, "it needs a number");
    }

    #[test]
    fn a_translation_that_lacks_something_is_found() {
        let source = |language| match language {
            Language::German => "a = A\nb = B\nc = C",
            _ => "a = A { $x }\nb = B",
        };
        assert_eq!(Catalogue::differences(source), ["de lacks a x", "de has c , English does not"]);
    }
}
