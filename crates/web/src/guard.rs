//! What holds for every page: headers that keep it to itself, and limits.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;

/// Largest body of a form, in bytes.
const BODY_MAX: usize = 16 * 1024;

/// How long a page may take.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Nothing from anywhere, no script, no frame around it, and no form to another place.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    // The address of the page is a secret.
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// Runs the rest under the limits, and puts the headers on whatever comes of it.
pub(crate) async fn page(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(TIME_MAX, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response());
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The body of a form; nothing if it is larger than any of ours, or does not come.
pub(crate) async fn body(body: Body) -> Bytes {
    let read = tokio::time::timeout(TIME_MAX / 2, to_bytes(body, BODY_MAX)).await;
    read.ok().and_then(Result::ok).unwrap_or_default()
}

/// Whether a form was sent by a page of somebody else's, as browsers tell it (Fetch Metadata). A browser that does not tell
/// is believed: there is nothing in it that another page could use, such as a cookie.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}

/// Whether somebody has opened the page in a browser, as browsers tell it. Programs that look through mail do not, nor does
/// a browser that fetches a page because it may be wanted.
pub(crate) fn is_opened_by_somebody(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    let is_ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| headers.contains_key(*name));
    method == Method::GET && is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document") && !is_ahead
}
