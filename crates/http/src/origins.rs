//! Pages of other origins that may ask from a browser (CORS, as the Fetch standard has it). Browsers send no cookie along with
//! what they ask here: whoever asks must have a token.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// What such pages may send: the credentials of Quran Foundation's APIs, and what belongs to a body.
const HEADERS: HeaderValue = HeaderValue::from_static("content-type, o_t_h, x-auth-token, x-client-id, x-request-id");

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");

/// What they may read besides what every page may.
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");

/// How long a browser need not ask again, in seconds.
const MAX_AGE_SECS: HeaderValue = HeaderValue::from_static("3600");

/// An origin as browsers send it: scheme, host in lower case and, unless it is the scheme's own, port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

impl Origin {
    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write for instance https://app.example.org, in lower case and without a path";
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| Self::FORM)?;
        let (scheme, authority) = (uri.scheme_str().unwrap_or_default(), uri.authority().ok_or(Self::FORM)?);
        let usual_port = if scheme == "https" { 443 } else { 80 };
        // Whatever is written otherwise would never be what a browser sends.
        let is_exact = text == format!("{scheme}://{authority}") && text == text.to_ascii_lowercase();
        let is_exact = is_exact && authority.port_u16() != Some(usual_port) && !authority.as_str().contains('@');
        if !is_exact || !matches!(scheme, "https" | "http") {
            return Err(Self::FORM);
        }
        HeaderValue::try_from(text).map(Self).map_err(|_| Self::FORM)
    }
}

/// Lets pages of these origins ask. To all others nothing is said, so that their browsers keep the answer from them.
pub(crate) async fn allow(State(origins): State<Arc<[Origin]>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let origin = origin.filter(|origin| origins.iter().any(|Origin(allowed)| allowed == origin));
    let asks_before =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match origin {
        Some(_) if asks_before => {
            let allowed = [
                (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
                (ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
                (ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECS),
            ];
            (StatusCode::NO_CONTENT, allowed).into_response()
        }
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    if !origins.is_empty() {
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_send_it_only() {
        for fine in
            ["https://app.example.org", "http://localhost:3000", "https://xn--bcher-kva.example:8443", "http://[::1]"]
        {
            assert!(fine.parse::<Origin>().is_ok(), "{fine}");
        }
        for odd in [
            "*",
            "null",
            "",
            "app.example.org",
            "https://app.example.org/",
            "https://App.example.org",
            "ftp://x",
            "https://app.example.org/a",
            "https://a@b",
            "https://app.example.org:443",
            "http://x:80",
            "https://a,https://b",
            "https://x?y",
            "https://é.example",
        ] {
            assert!(odd.parse::<Origin>().is_err(), "{odd}");
        }
    }
}
