//! Quran Foundation's group API of 2023 to 2025, at `/v1/groups`, as described by its API reference ("legacy").
//!
//! The header `o_t_h` carries the access token. Successes are `{"success":true,"data":…}`, errors
//! `{"success":false,"error":{"code","message"}}`, and there are only the statuses 200, 403, 404, 422 and 500: every
//! failure to authenticate is a 403.

mod answer;
mod body;
mod caller;
mod groups;
mod invite_user;
mod members;
mod schema;

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

pub(crate) const PREFIX: &str = "/v1/groups";

pub(super) fn routes() -> Router<App> {
    let routes = Router::from(operations())
        .fallback(async || Answer::not_found())
        .method_not_allowed_fallback(async || Answer::not_found())
        .layer(from_fn(guard));
    Router::new().nest(PREFIX, routes)
}

pub(crate) fn document() -> OpenApi {
    OpenApiRouter::with_openapi(schema::Api::openapi()).nest(PREFIX, operations()).into_openapi()
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(groups::list))
        .routes(routes!(groups::show))
        .routes(routes!(invite_user::handle))
        .routes(routes!(members::assign_as_admin))
        .routes(routes!(members::remove_user))
}

async fn guard(request: Request, next: Next) -> Response {
    // This API has one status for everything that the caller cannot cure.
    limits::guarded(request, next).await.unwrap_or_else(|_| Answer::server_error().into_response())
}
