//! An answer that is ready to be sent, and to be kept for whoever asks the same again.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist_core::version::Version;
use serde::{Deserialize, Serialize};

/// The content type of lines of JSON.
pub(super) const LINES: &str = "application/x-ndjson";

/// Status, headers and body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// Whether it would be another by itself later.
    #[serde(skip)]
    is_passing: bool,
}

impl Reply {
    /// An answer with a JSON body of `content_type`.
    pub(super) fn json(status: StatusCode, content_type: &str, body: &impl Serialize) -> Self {
        // Wire types are structs of numbers and texts: there is nothing in them that JSON could not hold.
        let body = serde_json::to_string(body).unwrap_or_default();
        let headers = vec![(header::CONTENT_TYPE.to_string(), content_type.to_owned())];
        Self { status: status.as_u16(), headers, body, is_passing: false }
    }

    /// 200 with `body`.
    pub(super) fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, "application/json", body)
    }

    /// 201 with `body`, which is to be found at `location` from now on.
    pub(super) fn created(location: &str, body: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, "application/json", body).with(&header::LOCATION, location)
    }

    /// 200 with one line of JSON for each of `items`.
    pub(super) fn lines(items: &[impl Serialize]) -> Self {
        let line = |item| serde_json::to_string(item).unwrap_or_default() + "\n";
        let headers = vec![(header::CONTENT_TYPE.to_string(), LINES.to_owned())];
        Self { status: StatusCode::OK.as_u16(), headers, body: items.iter().map(line).collect(), is_passing: false }
    }

    /// 204: done, and there is nothing to say about it.
    pub(super) fn done() -> Self {
        Self { status: StatusCode::NO_CONTENT.as_u16(), headers: vec![], body: String::new(), is_passing: false }
    }

    /// With the version of what it shows (RFC 9110, 8.8.3).
    pub(super) fn versioned(self, version: Version) -> Self {
        self.with(&header::ETAG, &format!("\"{version}\""))
    }

    /// With one more header.
    pub(super) fn with(mut self, name: &HeaderName, value: &str) -> Self {
        self.headers.push((name.to_string(), value.to_owned()));
        self
    }

    /// Says whether it would be another by itself later, so that whoever asks again should be answered anew.
    pub(super) fn passing(self, is_passing: bool) -> Self {
        Self { is_passing, ..self }
    }

    /// Whether it would be another by itself later.
    pub(super) const fn is_passing(&self) -> bool {
        self.is_passing
    }

    /// Whether it has this header.
    pub(super) fn has(&self, name: &HeaderName) -> bool {
        self.headers.iter().any(|(have, _)| have == name.as_str())
    }

    /// Whether it is that of a success.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// The form in which it is kept.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads that form.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_kept_byte_for_byte() {
        let reply = Reply::created("/here", &serde_json::json!({ "name": "حلقة \u{0} \"x\"" }));
        assert_eq!(Reply::from_bytes(&reply.to_bytes()), Some(reply));
    }
}
