//! The languages in which guestlist writes to people.

/// A language that mails and pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    English,
    /// Arabic.
    Arabic,
    /// Urdu.
    Urdu,
    /// Indonesian.
    Indonesian,
    /// Turkish.
    Turkish,
    /// French.
    French,
    /// German.
    German,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::Arabic,
        Self::Urdu,
        Self::Indonesian,
        Self::Turkish,
        Self::French,
        Self::German,
        Self::Spanish,
    ];

    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write one of en, ar, ur, id, tr, fr, de and es";

    /// The language's tag (BCP 47).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
            Self::Urdu => "ur",
            Self::Indonesian => "id",
            Self::Turkish => "tr",
            Self::French => "fr",
            Self::German => "de",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag such as `ar` or `de-AT`; `None` if it is none of ours. Case does not matter, and what follows
    /// the language in the tag is not looked at.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(language))
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic | Self::Urdu)
    }
}

/// In which languages one mail is written: one, or two below each other for somebody of whom no language is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Languages {
    /// The first.
    pub first: Language,
    /// The one below it, another one.
    pub second: Option<Language>,
}

impl Languages {
    /// The one that is known of the reader: what the sender chose for them, or else their own. Where nothing is known,
    /// that of the group and English.
    #[must_use]
    pub fn of(chosen: Option<Language>, own: Option<Language>, group: Option<Language>) -> Self {
        match chosen.or(own) {
            Some(first) => Self { first, second: None },
            None => {
                let first = group.unwrap_or(Language::English);
                Self { first, second: (first != Language::English).then_some(Language::English) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_its_language_whatever_follows() {
        for language in Language::ALL {
            let tag = language.as_str();
            for tag in [tag.to_owned(), tag.to_uppercase(), format!("{tag}-XX"), format!("{tag}_XX.UTF-8")] {
                assert_eq!(Language::parse(&tag), Some(language), "{tag}");
            }
        }
        for other in ["", "-", "x", "english", "zh", "ara"] {
            assert_eq!(Language::parse(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_known_of_the_reader_comes_before_what_is_known_of_the_group() {
        let (one, two, three) = (Some(Language::Urdu), Some(Language::Turkish), Some(Language::German));
        let alone = |first| Languages { first, second: None };
        assert_eq!(Languages::of(one, two, three), alone(Language::Urdu));
        assert_eq!(Languages::of(None, two, three), alone(Language::Turkish));
        let both = Languages { first: Language::German, second: Some(Language::English) };
        assert_eq!(Languages::of(None, None, three), both);
        assert_eq!(Languages::of(None, None, Some(Language::English)), alone(Language::English));
        assert_eq!(Languages::of(None, None, None), alone(Language::English));
    }
}
