//! guestlist's own API, below `/guestlist/v1`.
//!
//! Callers present `Authorization: Bearer TOKEN` (RFC 6750). Errors are `application/problem+json` (RFC 9457) with a
//! stable `code`. Lists are pages found by key: `?limit=` and, to go on, `?cursor=` with the `next_cursor` of the page
//! before.

mod answer;
mod caller;
mod event;
mod group;
mod invitations;
mod members;
mod page;
mod reply;
mod schema;
mod stream;
mod wire;
mod words;
mod write;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::answer::Problem;
use crate::{App, limits};

pub(crate) const PREFIX: &str = "/guestlist/v1";

pub(super) fn routes() -> Router<App> {
    let routes = Router::from(operations())
        .fallback(async || Problem::NoSuchEndpoint)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(from_fn(guard));
    Router::new().nest(PREFIX, routes)
}

pub(crate) fn document() -> OpenApi {
    schema::finish(OpenApiRouter::with_openapi(schema::Api::openapi()).nest(PREFIX, operations()).into_openapi())
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(invitations::mine))
        .routes(routes!(invitations::accept))
        .routes(routes!(invitations::decline))
        .routes(routes!(invitations::of_group))
        .routes(routes!(members::list))
        .routes(routes!(stream::of_group))
        .routes(routes!(stream::of_all))
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Problem::from(fault).into_response())
}
