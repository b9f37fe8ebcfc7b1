//! The caller.

use super::answer::Answer;
use super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::params::Naming;
use super::wire::Me;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/me",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: "Login",
    summary: "Shows the caller",
    description: "With their addresses.",
    answer: success::<Me>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    Ok(Answer::ok(Me::load(&call.app, &call.caller).await?))
}
