//! One of the caller's groups.

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::Naming;
use super::super::room;
use super::super::wire::{OneGroup, Room};
use super::GROUPS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.info",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Room,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Shows a group",
    description: "One of which the caller is a member, archived or not.",
    answer: success::<OneGroup>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let view = room::find(&call).await?;
    Ok(Answer::ok(OneGroup { group: Room::load(&call.app, view).await? }))
}
