//! Quran Foundation's rooms, the successor of its groups: `/quran-reflect/v1/rooms` and `/users`, and the same below `/auth`,
//! where some of its clients look for them.
//!
//! Successes have no envelope; errors are those of the gateway, and say which fields are wrong.

mod door;
mod fields;
mod groups;
mod invitation;
mod invite;
mod lists;
mod members;
mod page;
mod people;
mod private_token;
mod profile;
mod query;
mod room;
mod schema;
mod scope;
mod wire;

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

pub(crate) const PREFIX: &str = "/quran-reflect";

/// How the document groups its operations.
const ROOMS: &str = "Rooms";
const PEOPLE: &str = "People";

pub(crate) fn document() -> OpenApi {
    OpenApiRouter::with_openapi(schema::Api::openapi()).nest(PREFIX, operations()).into_openapi()
}

pub(super) fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(groups::create, groups::update))
        .routes(routes!(invite::handle))
        .routes(routes!(invitation::accept))
        .routes(routes!(invitation::reject))
        .routes(routes!(private_token::accept_in_group))
        .routes(routes!(private_token::accept_in_page))
        .routes(routes!(members::list))
        .routes(routes!(members::remove))
        .routes(routes!(members::admins_access))
        .routes(routes!(door::join))
        .routes(routes!(door::leave))
        .routes(routes!(lists::joined))
        .routes(routes!(lists::managed))
        .routes(routes!(lists::search))
        .routes(routes!(lists::mine))
        .routes(routes!(people::search))
        .routes(routes!(profile::by_id))
        .routes(routes!(profile::by_url))
        .routes(routes!(profile::by_subdomain))
}
