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

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, put};

use self::answer::Answer;
use crate::{App, limits};

pub(super) fn routes() -> Router<App> {
    let routes = Router::new()
        .route("/", get(groups::list))
        .route("/{groupId}", get(groups::show))
        .route("/{groupId}/inviteUser", put(invite_user::handle))
        .fallback(async || Answer::not_found())
        .method_not_allowed_fallback(async || Answer::not_found())
        .layer(from_fn(guard));
    Router::new().nest("/v1/groups", routes)
}

async fn guard(request: Request, next: Next) -> Response {
    // This API has one status for everything that the caller cannot cure.
    limits::guarded(request, next).await.unwrap_or_else(|_| Answer::server_error().into_response())
}
