//! Going.

use guestlist_core::Refusal;
use guestlist_core::command::Leave;
use guestlist_core::group::GroupRef;
use guestlist_store::Rejection;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::Naming;
use super::super::room;
use super::{GROUPS, kick};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.leave",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::LooseRoom,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Leaves a group",
    description: "All roles go with it. The last owner stays.",
    answer: success::<Nothing>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "leaveRoom";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let view = room::find_active(&call).await?;
    let leave = Leave { by: call.caller.id, group: GroupRef::Id(view.group.id) };
    call.caller.submit(&call.app, leave).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::LastOwner, _) => kick::last_owner(METHOD),
        Rejection::Refused(Refusal::MemberNotFound, _) => {
            Answer::refused_by(METHOD, "error-user-not-in-room", "You are not in this room")
        }
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    Ok(Answer::ok(Nothing {}))
}
