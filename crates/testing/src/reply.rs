//! An answer, read whole.

use axum::http::HeaderMap;
use serde_json::Value;

/// Status, headers and body of an answer.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it was sent.
    pub text: String,
}

impl Reply {
    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text))
    }

    /// A header's value; empty if it was not sent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are text"))
    }

    /// Fails unless status and body are exactly these, key order aside.
    #[track_caller]
    pub fn assert(&self, status: u16, body: Value) {
        let (found, wanted) = ((self.status, self.json()), (status, body));
        assert!(found == wanted, "\n  found {} {}\n wanted {} {}", found.0, found.1, wanted.0, wanted.1);
    }
}
