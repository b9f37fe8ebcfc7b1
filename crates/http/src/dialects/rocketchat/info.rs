//! Which server this is.

use guestlist_core::permission::Permission;
use guestlist_core::policy;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::endpoint::{CALLS_MAX, Endpoint, Login, Nothing, OpenCall, Served, Verb, success};
use super::params::Naming;

/// The version whose behaviour is reproduced.
const VERSION: &str = "8.8.1";
const VERSION_FOR_ANYBODY: &str = "8.8";

const ENDPOINT: Endpoint = Endpoint {
    path: "info",
    verb: Verb::Get,
    login: Login::NotNeeded,
    naming: Naming::Loose,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: "Server",
    summary: "Tells which server this is",
    description: "To anybody; to administrators more.",
    answer: success::<Server>,
};

/// The same, where older clients look for it.
const BELOW_V1: Endpoint = Endpoint { path: "v1/info", ..ENDPOINT };

pub(super) fn served() -> [Served; 2] {
    [ENDPOINT.serve_anybody(handle), BELOW_V1.serve_anybody(handle)]
}

async fn handle(call: OpenCall) -> Result<Answer, Answer> {
    let minimum_client_versions = Clients { desktop: "3.9.6", mobile: "4.39.0" };
    let what = Permission::SeeStatistics;
    let sees_all = call.caller.is_some_and(|caller| policy::has(call.app.permissions(), what, &caller, None));
    Ok(Answer::ok(Server {
        version: if sees_all { VERSION } else { VERSION_FOR_ANYBODY },
        info: sees_all.then(Details::default),
        minimum_client_versions,
    }))
}

/// What is told of the server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Server {
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

/// The oldest clients that are welcome.
#[derive(Debug, Serialize, ToSchema)]
struct Clients {
    desktop: &'static str,
    mobile: &'static str,
}
