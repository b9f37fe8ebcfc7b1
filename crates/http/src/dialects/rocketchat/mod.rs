//! Rocket.Chat's REST API, below `/api`, as far as it manages private groups; as described by its API reference and
//! published schemas for server version 8.8.
//!
//! Callers present `X-Auth-Token` and `X-User-Id`. Successes carry `"success": true` beside their content. Refusals
//! are mostly status 400 with `error`, `errorType` and `details`, even where a group is missing or a right is.

mod access_tokens;
mod answer;
mod body;
mod caller;
mod endpoint;
mod groups;
mod info;
mod links;
mod login;
mod logout;
mod me;
mod paging;
mod params;
mod person;
mod room;
mod schema;
mod users;
mod wire;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::OpenApi;

use self::answer::Answer;
use self::endpoint::Served;
use crate::{App, limits};

pub(crate) const PREFIX: &str = "/api";

pub(super) fn routes() -> Router<App> {
    let routes = endpoints()
        .fold(Router::new(), |router, served| router.route(&format!("/{}", served.endpoint.path), served.method));
    let routes = routes
        .fallback(async || Answer::unknown_endpoint())
        .method_not_allowed_fallback(async || Answer::unknown_endpoint())
        .layer(from_fn(guard));
    Router::new().nest(PREFIX, routes)
}

pub(crate) fn document() -> OpenApi {
    schema::document(PREFIX, endpoints().map(|served| served.endpoint))
}

fn endpoints() -> impl Iterator<Item = Served> {
    let others = info::served().into_iter().chain([login::served(), me::served()]).chain(logout::served());
    let others = others.chain(access_tokens::served()).chain(users::endpoints());
    others.chain(groups::endpoints()).chain(links::endpoints())
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Answer::from(fault).into_response())
}
