//! From bytes to parameters.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Uri};

use super::answer::Answer;
use super::params::Params;
use crate::limits::{self, BodyFault};
use crate::{App, json};

/// The parameters of a body. One that cannot be parsed has none, and the endpoint then misses them: this API has no
/// error of its own for malformed JSON.
pub(super) struct Body(pub(super) Params);

impl FromRequest<App> for Body {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &App) -> Result<Self, Answer> {
        let media_type = media_type(request.headers());
        let body = match limits::read(request.into_body()).await {
            Ok(body) => body,
            Err(BodyFault::TooLarge) => return Err(Answer::too_large()),
            Err(BodyFault::Broken) => return Ok(Self(Params::default())),
        };
        Ok(Self(match media_type.as_deref() {
            // Some clients send JSON without saying so.
            None | Some("application/json") => Params::of(json::value(&body)),
            Some("application/x-www-form-urlencoded") => Params::decode(&body),
            // Anything else is a text, which has no parameters.
            Some(_) => Params::default(),
        }))
    }
}

/// The media type of a body in lower case, without its parameters.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim().to_ascii_lowercase())
}

/// The parameters of a query string.
pub(super) fn query(uri: &Uri) -> Params {
    Params::decode(uri.query().unwrap_or_default().as_bytes())
}
