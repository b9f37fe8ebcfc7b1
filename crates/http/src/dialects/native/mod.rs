//! guestlist's own API, below `/guestlist/v1`.
//!
//! Callers present `Authorization: Bearer TOKEN` (RFC 6750). Errors are `application/problem+json` (RFC 9457) with a
//! stable `code`. Lists are pages found by key: `?limit=` and, to go on, `?cursor=` with the `next_cursor` of the page
//! before.

mod answer;
mod batches;
mod body;
mod caller;
mod client;
mod clients;
mod delivery;
mod event;
mod events;
mod explained;
mod group;
mod groups;
mod invitation;
mod invitations;
mod invitees;
mod link;
mod links;
mod mail_reports;
mod member;
mod members;
mod ownership;
mod page;
mod params;
mod problem;
mod refusals;
mod refused;
mod reply;
mod request;
mod requests;
mod roles;
mod schema;
mod scope;
mod stream;
mod token;
mod tokens;
mod user;
mod users;
mod words;
mod write;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use self::problem::Problem;
use self::write::BodyMax;
use crate::{App, limits, request_limit};

/// A thousand people to invite.
const INVITEES_BODY: BodyMax = BodyMax(256 * 1024);

/// Ten thousand people to invite.
const BATCH_BODY: BodyMax = BodyMax(1024 * 1024);

pub(crate) const PREFIX: &str = "/guestlist/v1";

pub(super) fn routes() -> Router<App> {
    let routes = Router::from(operations())
        .fallback(async || Problem::NoSuchEndpoint)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(from_fn(request_limit::tell))
        .layer(from_fn(guard));
    Router::new().nest(PREFIX, routes)
}

pub(crate) fn document() -> OpenApi {
    schema::finish(OpenApiRouter::with_openapi(schema::Api::openapi()).nest(PREFIX, operations()).into_openapi())
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(users::me))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::show))
        .routes(routes!(users::disable))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::show, groups::change, groups::delete))
        .routes(routes!(groups::archive))
        .routes(routes!(groups::unarchive))
        .routes(routes!(groups::restore))
        .routes(routes!(ownership::offer, ownership::withdraw))
        .routes(routes!(ownership::accept))
        .routes(routes!(members::list))
        .routes(routes!(members::show, members::remove))
        .routes(routes!(roles::assign, roles::take))
        .routes(routes!(invitations::mine))
        .routes(routes!(invitations::show, invitations::change))
        .routes(routes!(invitations::accept))
        .routes(routes!(invitations::decline))
        .routes(routes!(invitations::resend))
        .routes(routes!(delivery::show))
        .routes(routes!(invitations::revoke))
        .routes(routes!(invitations::of_group, invitations::invite).layer(Extension(INVITEES_BODY)))
        .routes(routes!(batches::create).layer(Extension(BATCH_BODY)))
        .routes(routes!(batches::show, batches::undo))
        .routes(routes!(links::list, links::create))
        .routes(routes!(links::show, links::revoke))
        .routes(routes!(links::come_by))
        .routes(routes!(requests::list, requests::join))
        .routes(routes!(requests::approve))
        .routes(routes!(requests::reject))
        .routes(routes!(requests::withdraw))
        .routes(routes!(requests::waiting))
        .routes(routes!(refusals::list))
        .routes(routes!(refusals::refuse_everyone, refusals::allow_everyone))
        .routes(routes!(refusals::refuse_group, refusals::allow_group))
        .routes(routes!(refusals::refuse_inviter, refusals::allow_inviter))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::show, tokens::revoke))
        .routes(routes!(clients::list, clients::create))
        .routes(routes!(clients::show, clients::remove))
        .routes(routes!(mail_reports::create))
        .routes(routes!(events::of_group))
        .routes(routes!(stream::of_group))
        .routes(routes!(stream::of_all))
}

async fn guard(request: Request, next: Next) -> Response {
    limits::guarded(request, next).await.unwrap_or_else(|fault| Problem::from(fault).into_response())
}
