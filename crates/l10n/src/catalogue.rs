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
    /// What there is in English: see [`messages`].
    known: BTreeSet<(String, String)>,
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
        Ok(Self { bundles: bundles.collect::<Result<_, _>>()?, known: messages(source(Language::English)) })
    }

    /// Puts the messages of `source` in the place of those of the same names in one language. All that it can have wrong is
    /// found now: what is no message, a name that none has, and what a message is not given. Then nothing is replaced.
    pub fn replace(&mut self, language: Language, source: &str) -> Result<(), CatalogueError> {
        let failed = |what: String| CatalogueError { language, what };
        let resource = resource(language, source)?;
        let own = messages(source);
        if let Some((id, arg)) = own.difference(&self.known).next() {
            // Of a message that is not known, its bare name comes first.
            return Err(failed(match arg.as_str() {
                "" => format!("there is no message called {id}"),
                arg => format!("the message {id} is not given ${arg}"),
            }));
        }
        let at = Language::ALL.into_iter().position(|known| known == language);
        let Some(bundle) = at.and_then(|at| self.bundles.get_mut(at)) else {
            return Ok(());
        };
        bundle.add_resource_overriding(resource);
        Ok(())
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
    let resource = resource(language, source)?;
    let id: LanguageIdentifier = language.as_str().parse().map_err(|error| failed(format!("{error}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.add_resource(resource).map_err(|errors| failed(format!("{errors:?}")))?;
    Ok(bundle)
}

fn resource(language: Language, source: &str) -> Result<FluentResource, CatalogueError> {
    FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
        let lines = errors.iter().map(|error| format!("line {}: {}", line(source, error.pos.start), error.kind));
        CatalogueError { language, what: lines.collect::<Vec<_>>().join("; ") }
    })
}

/// The number of the line that the byte at `at` is in.
fn line(source: &str, at: usize) -> usize {
    source.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
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
            of_expression(expression, args);
        }
    }
}

fn of_expression(expression: &Expression<&str>, args: &mut BTreeSet<String>) {
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

fn of_inline(inline: &InlineExpression<&str>, args: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            args.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                of_inline(argument, args);
            }
        }
        InlineExpression::Placeable { expression } => of_expression(expression, args),
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
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
    fn a_message_can_be_replaced_in_one_language() {
        let mut catalogue = Catalogue::new(source).expect("proper messages");
        catalogue.replace(Language::German, "# Ours\npeople = { $n } Leute").expect("a proper message");
        let text = |language| catalogue.text(language, "people", &[("n", Value::from(3))]).expect("it is there");
        assert_eq!(text(Language::German), "\u{2068}3\u{2069} Leute");
        assert_eq!(text(Language::French), "\u{2068}3\u{2069} people");
    }

    #[test]
    fn a_replacement_that_would_fail_later_is_refused_now_and_changes_nothing() {
        let mut catalogue = Catalogue::new(source).expect("proper messages");
        let mut refused = |own: &str| catalogue.replace(Language::German, own).expect_err(own).what;
        assert_eq!(refused("people = Leute\nnobody = Niemand"), "there is no message called nobody");
        assert_eq!(refused("people = { $n } mit { $dog }"), "the message people is not given $dog");
        assert_eq!(refused("people = { NUMBER($cat) }"), "the message people is not given $cat");
        assert_eq!(refused("people = Leute\n\nBlub"), "line 3: Expected a token starting with \"=\"");
        let text = catalogue.text(Language::German, "people", &[("n", Value::from(1))]);
        assert_eq!(text.as_deref(), Some("one person"));
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
