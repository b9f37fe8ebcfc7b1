//! Deleting a group.

use guestlist_core::command::DeleteGroup;
use guestlist_core::group::GroupRef;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::Naming;
use super::super::room;
use super::GROUPS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.delete",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Room,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Deletes a group",
    description: "Archived or not. Its name is free again at once.",
    answer: success::<Nothing>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let view = room::find(&call).await?;
    let delete = DeleteGroup { by: call.caller.id, group: GroupRef::Id(view.group.id), frees_slug: true };
    call.caller.submit(&call.app, delete).await.map_err(|rejection| Answer::rejected(rejection, "eraseRoom"))?;
    Ok(Answer::ok(Nothing {}))
}
