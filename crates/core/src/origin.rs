//! Where a command came from. No rule looks at it; the events tell it.

use std::fmt;

use crate::credential::ClientId;

/// Through what, for which client, and in which request somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Through what.
    pub via: Via,
    /// The client application, if one is known.
    pub client: Option<ClientId>,
    /// The request, as answers and logs name it.
    pub request: Option<RequestId>,
}

impl Origin {
    /// Through `via`, and nothing else is known.
    #[must_use]
    pub const fn of(via: Via) -> Self {
        Self { via, client: None, request: None }
    }
}

/// A way into guestlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Via {
    /// guestlist by itself: what happens because time passes.
    #[default]
    Guestlist,
    /// The command line.
    CommandLine,
    /// A page that people see.
    Page,
    /// guestlist's own API.
    Native,
    /// Quran Foundation's legacy API.
    QuranLegacy,
    /// Quran Foundation's API behind its gateway.
    Quran,
    /// Rocket.Chat's API.
    RocketChat,
}

impl Via {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Guestlist,
        Self::CommandLine,
        Self::Page,
        Self::Native,
        Self::QuranLegacy,
        Self::Quran,
        Self::RocketChat,
    ];

    /// Its name, as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guestlist => "guestlist",
            Self::CommandLine => "command-line",
            Self::Page => "page",
            Self::Native => "native",
            Self::QuranLegacy => "quran-legacy",
            Self::Quran => "quran",
            Self::RocketChat => "rocketchat",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|via| via.as_str() == text)
    }
}

/// The name of a request: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Longest accepted name, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// `None` unless `text` has the form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
