//! Answers to those who look at something.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use guestlist_core::version::Version;
use serde::Serialize;

/// What was looked for, and its version if it has one (RFC 9110, 8.8.3).
#[derive(Debug)]
pub(super) struct Answer<T> {
    body: T,
    version: Option<Version>,
}

impl<T> Answer<T> {
    pub(super) const fn of(body: T) -> Self {
        Self { body, version: None }
    }

    pub(super) fn versioned(self, version: Version) -> Self {
        Self { version: Some(version), ..self }
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let tag = self.version.and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok());
        let tag: Option<[(HeaderName, HeaderValue); 1]> = tag.map(|tag| [(header::ETAG, tag)]);
        ([(header::CACHE_CONTROL, "no-store")], tag, Json(self.body)).into_response()
    }
}
