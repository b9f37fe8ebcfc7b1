//! In which language a page is shown.

use axum::http::{HeaderMap, header};
use guestlist_core::language::Language;

/// The one chosen on the page; or else the one that is known of the reader; or else the first of ours that their browser
/// would like; or else `fallback`.
pub(crate) fn choose(
    chosen: Option<&str>,
    known: Option<Language>,
    headers: &HeaderMap,
    fallback: Option<Language>,
) -> Language {
    let chosen = chosen.and_then(Language::parse).or(known);
    chosen.or_else(|| liked(headers)).or(fallback).unwrap_or(Language::English)
}

/// The best of `Accept-Language` (RFC 9110, 12.5.4).
fn liked(headers: &HeaderMap) -> Option<Language> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut liked: Vec<(f32, Language)> = Vec::new();
    for range in header.split(',').take(32) {
        let mut parts = range.split(';').map(str::trim);
        let language = parts.next().and_then(Language::parse);
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        if let (Some(language), Ok(weight)) = (language, weight)
            && weight > 0.0
        {
            liked.push((weight, language));
        }
    }
    // The first of those that are liked most.
    liked.iter().rev().max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, language)| *language)
}

/// A language's name in itself.
pub(crate) const fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::Arabic => "العربية",
        Language::Urdu => "اردو",
        Language::Indonesian => "Bahasa Indonesia",
        Language::Turkish => "Türkçe",
        Language::French => "Français",
        Language::German => "Deutsch",
        Language::Spanish => "Español",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_says_what_it_likes_most() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, text.parse().expect("a header"));
            choose(None, None, &headers, Some(Language::Turkish))
        };
        assert_eq!(of("de-AT,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(of("en;q=0.5, ur;q=0.9"), Language::Urdu);
        assert_eq!(of("zh, fr;q=0.1"), Language::French);
        for nothing in ["zh", "*", "", "en;q=0", "en;q=x"] {
            assert_eq!(of(nothing), Language::Turkish, "{nothing}");
        }
    }

    #[test]
    fn what_was_chosen_comes_before_what_is_known_and_liked() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "de".parse().expect("a header"));
        assert_eq!(choose(Some("ar"), Some(Language::Urdu), &headers, None), Language::Arabic);
        assert_eq!(choose(Some("xx"), Some(Language::Urdu), &headers, None), Language::Urdu);
        assert_eq!(choose(None, None, &headers, None), Language::German);
    }
}
