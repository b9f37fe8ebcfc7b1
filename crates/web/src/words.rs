//! The words of the pages.

use guestlist_core::language::Language;
use guestlist_l10n::{Catalogue, CatalogueError};

pub(crate) fn catalogue() -> Result<Catalogue, CatalogueError> {
    Catalogue::new(source)
}

const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../locales/en.ftl"),
        Language::Arabic => include_str!("../locales/ar.ftl"),
        Language::Urdu => include_str!("../locales/ur.ftl"),
        Language::Indonesian => include_str!("../locales/id.ftl"),
        Language::Turkish => include_str!("../locales/tr.ftl"),
        Language::French => include_str!("../locales/fr.ftl"),
        Language::German => include_str!("../locales/de.ftl"),
        Language::Spanish => include_str!("../locales/es.ftl"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        assert_eq!(Catalogue::differences(source), [""; 0]);
    }
}
