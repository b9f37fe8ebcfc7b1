//! Quran Foundation's API behind its gateway, below `/auth`, as described by its API reference since 2025.
//!
//! The headers `x-auth-token` (a signed access token) and `x-client-id` are both required. Errors are
//! `{"message","type","success":false}` with one fixed message per type.

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
        .route("/v1/groups", get(groups::list))
        .route("/v1/groups/{groupId}", get(groups::show))
        .route("/v1/groups/{groupId}/inviteUser", put(invite_user::handle))
        .fallback(async || Answer::NotFound)
        .method_not_allowed_fallback(async || Answer::NotFound)
        .layer(from_fn(guard));
    Router::new().nest("/auth", routes)
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Answer::from(fault).into_response())
}
