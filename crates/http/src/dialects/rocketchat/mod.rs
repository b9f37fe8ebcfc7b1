//! Rocket.Chat's REST API, below `/api`, as far as it manages private groups; as described by its API reference and
//! published schemas for server version 8.8.
//!
//! Callers present `X-Auth-Token` and `X-User-Id`. Successes carry `"success": true` beside their content. Refusals
//! are mostly status 400 with `error`, `errorType` and `details`, even where a group is missing or a right is.

mod answer;
mod body;
mod caller;
mod groups_info;
mod groups_invite;
mod groups_members;
mod info;
mod login;
mod me;
mod params;
mod room;
mod schema;
mod wire;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::answer::Answer;
use crate::{App, limits};

pub(crate) const PREFIX: &str = "/api";

pub(super) fn routes() -> Router<App> {
    let routes = Router::from(operations())
        .fallback(async || Answer::unknown_endpoint())
        .method_not_allowed_fallback(async || Answer::unknown_endpoint())
        .layer(from_fn(guard));
    Router::new().nest(PREFIX, routes)
}

pub(crate) fn document() -> OpenApi {
    OpenApiRouter::with_openapi(schema::Api::openapi()).nest(PREFIX, operations()).into_openapi()
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(info::handle))
        .routes(routes!(info::handle_below_v1))
        .routes(routes!(login::handle))
        .routes(routes!(me::handle))
        .routes(routes!(groups_info::handle))
        .routes(routes!(groups_invite::handle))
        .routes(routes!(groups_members::handle))
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Answer::from(fault).into_response())
}
