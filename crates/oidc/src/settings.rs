//! What the operator says of the provider.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use guestlist_identity::jwt::Demands;

/// Which provider, and how it is asked.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Its issuer, below which `/.well-known/openid-configuration` is.
    pub issuer: Url,
    /// What its tokens must be.
    pub demands: Demands,
    /// Who asks it about each token; if absent, a token that is signed and not over is good.
    pub introspector: Option<Introspector>,
    /// How long it has to answer, from the first connection to the last byte.
    pub deadline: Duration,
    /// How long to wait at least between two looks at its keys.
    pub pause: Duration,
}

impl ProviderSettings {
    /// How long a provider has to answer, unless said otherwise.
    pub const DEADLINE: Duration = Duration::from_secs(5);

    /// How long to wait between two looks at its keys, unless said otherwise.
    pub const PAUSE: Duration = Duration::from_secs(5);
}

/// The client as which guestlist asks about tokens.
#[derive(Clone)]
pub struct Introspector {
    /// Its id at the provider.
    pub client: String,
    /// Its secret.
    pub secret: String,
}

impl fmt::Debug for Introspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspector").field("client", &self.client).finish_non_exhaustive()
    }
}

/// The address of a provider, without user, query and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(reqwest::Url);

impl Url {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write for instance https://id.example.org";

    /// The same without a slash at its end, and `path` behind it.
    pub(crate) fn below(&self, path: &str) -> String {
        format!("{}{path}", self.0.as_str().trim_end_matches('/'))
    }

    /// Whether `issuer` is the same but for a slash at its end.
    pub(crate) fn is(&self, issuer: &str) -> bool {
        self.0.as_str().trim_end_matches('/') == issuer.strip_suffix('/').unwrap_or(issuer)
    }

    /// Reads an address that the provider told. A provider that is asked over TLS is asked so everywhere.
    pub(crate) fn told(&self, text: &str) -> Option<reqwest::Url> {
        let url: reqwest::Url = text.parse().ok()?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && self.0.scheme() == "http");
        Some(url).filter(|_| is_safe)
    }
}

impl FromStr for Url {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let url: reqwest::Url = text.parse().map_err(|_| Self::FORM)?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_plain = is_plain && url.query().is_none() && url.fragment().is_none() && url.has_host();
        if is_plain && matches!(url.scheme(), "https" | "http") { Ok(Self(url)) } else { Err(Self::FORM) }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}
