//! guestlist's own API, below `/guestlist/v1`.
//!
//! Callers present `Authorization: Bearer TOKEN` (RFC 6750). Errors are `application/problem+json` (RFC 9457) with a
//! stable `code`. Lists are pages found by key: `?limit=` and, to go on, `?cursor=` with the `next_cursor` of the page
//! before.

mod answer;
mod caller;
mod group;
mod invitations;
mod members;
mod page;
mod wire;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use self::answer::Problem;
use crate::{App, limits};

pub(super) fn routes() -> Router<App> {
    let routes = Router::new()
        .route("/invitations", get(invitations::mine))
        .route("/invitations/{invitation}/accept", post(invitations::accept))
        .route("/invitations/{invitation}/decline", post(invitations::decline))
        .route("/groups/{group}/invitations", get(invitations::of_group))
        .route("/groups/{group}/members", get(members::list))
        .fallback(async || Problem::NoSuchEndpoint)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(from_fn(guard));
    Router::new().nest("/guestlist/v1", routes)
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Problem::from(fault).into_response())
}
