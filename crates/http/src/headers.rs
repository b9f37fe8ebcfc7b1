//! Reading credentials out of request headers.

use axum::http::HeaderMap;

/// What a credential header says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credential<'h> {
    /// Not there, or empty.
    Missing,
    /// This, without blanks at the ends.
    One(&'h str),
    /// Sent more than once, with different values: no telling which is meant.
    Ambiguous,
}

/// Reads the header `name`. A value that is not visible ASCII cannot be a credential and counts as such text, so that
/// it is refused as one.
pub(crate) fn credential<'h>(headers: &'h HeaderMap, name: &str) -> Credential<'h> {
    let mut values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("\u{fffd}").trim());
    match values.next() {
        Some(first) if values.any(|other| other != first) => Credential::Ambiguous,
        None | Some("") => Credential::Missing,
        Some(value) => Credential::One(value),
    }
}
