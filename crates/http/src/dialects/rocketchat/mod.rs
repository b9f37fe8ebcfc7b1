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
mod wire;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use self::answer::Answer;
use crate::{App, limits};

pub(super) fn routes() -> Router<App> {
    let routes = Router::new()
        .route("/info", get(info::handle))
        .route("/v1/info", get(info::handle))
        .route("/v1/login", post(login::handle))
        .route("/v1/me", get(me::handle))
        .route("/v1/groups.info", get(groups_info::handle))
        .route("/v1/groups.invite", post(groups_invite::handle))
        .route("/v1/groups.members", get(groups_members::handle))
        .fallback(async || Answer::unknown_endpoint())
        .method_not_allowed_fallback(async || Answer::unknown_endpoint())
        .layer(from_fn(guard));
    Router::new().nest("/api", routes)
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Answer::from(fault).into_response())
}
