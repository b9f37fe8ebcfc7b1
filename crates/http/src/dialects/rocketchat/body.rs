//! From bytes to parameters.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::Value;

use super::answer::Answer;
use super::params::Params;
use crate::App;
use crate::limits::{self, BodyFault};

/// The parameters of a body. One that cannot be parsed has none, and the endpoint then misses them: this API has no
/// error of its own for malformed JSON.
pub(super) struct Body(pub(super) Params);

impl FromRequest<App> for Body {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &App) -> Result<Self, Answer> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_form = content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let body = match limits::read(request.into_body()).await {
            Ok(body) => body,
            Err(BodyFault::TooLarge) => return Err(Answer::too_large()),
            Err(BodyFault::Broken) => return Ok(Self(Params::default())),
        };
        if is_form {
            return Ok(Self(Params::decode(&body)));
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) => Ok(Self(Params::of(fields))),
            Ok(Value::Array(_)) => Err(Answer::invalid_body("must be object")),
            Ok(_) | Err(_) => Ok(Self(Params::default())),
        }
    }
}

/// The parameters of a query string.
pub(super) struct Query(pub(super) Params);

impl FromRequestParts<App> for Query {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Answer> {
        Ok(Self(Params::decode(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}
