//! Which server this is.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Success};
use super::caller::Caller;
use super::schema::ServerFailures;

/// The version whose behaviour is reproduced.
const VERSION: &str = "8.8.1";
const VERSION_FOR_ANYBODY: &str = "8.8";

/// Tells which server this is
///
/// To anybody; to administrators more.
#[utoipa::path(
    get,
    path = "/info",
    operation_id = "info",
    tag = "Server",
    security((), ("X-Auth-Token" = [], "X-User-Id" = [])),
    responses((status = 200, description = "The server.", body = Success<Server>), ServerFailures)
)]
pub(super) async fn handle(caller: Option<Caller>) -> Answer {
    let minimum_client_versions = Clients { desktop: "3.9.6", mobile: "4.39.0" };
    let is_admin = caller.is_some_and(|caller| caller.is_admin);
    Answer::ok(Server {
        version: if is_admin { VERSION } else { VERSION_FOR_ANYBODY },
        info: is_admin.then(Details::default),
        minimum_client_versions,
    })
}

/// Tells which server this is
///
/// The same, where older clients look for it.
#[utoipa::path(
    get,
    path = "/v1/info",
    operation_id = "v1.info",
    tag = "Server",
    security((), ("X-Auth-Token" = [], "X-User-Id" = [])),
    responses((status = 200, description = "The server.", body = Success<Server>), ServerFailures)
)]
pub(super) async fn handle_below_v1(caller: Option<Caller>) -> Answer {
    handle(caller).await
}

/// What is told of the server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Server {
    /// The version of the API, to administrators the whole of it.
    #[schema(example = "8.8")]
    version: &'static str,
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    info: Option<Details>,
    minimum_client_versions: Clients,
}

/// More of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Details {
    version: &'static str,
    build: Nothing,
    commit: Nothing,
    marketplace_api_version: &'static str,
}

impl Default for Details {
    fn default() -> Self {
        Self { version: VERSION, build: Nothing {}, commit: Nothing {}, marketplace_api_version: "1.0.0" }
    }
}

/// An object without fields.
#[derive(Debug, Serialize, ToSchema)]
struct Nothing {}

/// The oldest clients that are welcome.
#[derive(Debug, Serialize, ToSchema)]
struct Clients {
    desktop: &'static str,
    mobile: &'static str,
}
