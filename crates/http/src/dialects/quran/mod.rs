//! Quran Foundation's API behind its gateway, as described by its API reference since 2025: groups below `/auth` and, under
//! [`rooms`], their successor.
//!
//! The headers `x-auth-token` (a signed access token) and `x-client-id` are both required. Errors are
//! `{"message","type","success":false}` with one fixed message per type.

mod answer;
mod body;
mod caller;
mod groups;
mod invite_user;
mod members;
pub(crate) mod rooms;
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

pub(crate) const PREFIX: &str = "/auth";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .nest(PREFIX, guarded(operations().merge(rooms::operations())))
        .nest(rooms::PREFIX, guarded(rooms::operations()))
}

fn guarded(operations: OpenApiRouter<App>) -> Router<App> {
    Router::from(operations)
        .fallback(async || Answer::NotFound)
        .method_not_allowed_fallback(async || Answer::NotFound)
        .layer(from_fn(guard))
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
    limits::guarded(request, next).await.unwrap_or_else(|fault| Answer::from(fault).into_response())
}
