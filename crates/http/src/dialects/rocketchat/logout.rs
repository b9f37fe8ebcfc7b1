//! Ending the login that a call was made with.

use guestlist_core::Refusal;
use guestlist_core::command::RevokeToken;
use guestlist_core::credential::TokenRef;
use guestlist_store::Rejection;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::params::Naming;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/logout",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: "Login",
    summary: "Logs out",
    description: "The token that was presented is good for nothing any more; others are.",
    answer: success::<LoggedOut>,
};

/// An older client asks like this.
const BY_GET: Endpoint = Endpoint { verb: Verb::Get, ..ENDPOINT };

pub(super) fn served() -> [Served; 2] {
    [ENDPOINT.serve(handle), BY_GET.serve(handle)]
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let revoke = RevokeToken { by: None, token: TokenRef::Hash(call.caller.token()) };
    match call.caller.submit(&call.app, revoke).await {
        // Somebody has ended it meanwhile.
        Ok(_) | Err(Rejection::Refused(Refusal::TokenNotFound, _)) => {}
        Err(rejection) => return Err(Answer::rejected(rejection, "logout")),
    }
    Ok(Answer::ok(LoggedOut { status: "success", data: Farewell { message: "You've been logged out!" } }))
}

/// The login is over.
#[derive(Debug, Serialize, ToSchema)]
struct LoggedOut {
    status: &'static str,
    data: Farewell,
}

/// What is said of it.
#[derive(Debug, Serialize, ToSchema)]
struct Farewell {
    message: &'static str,
}
