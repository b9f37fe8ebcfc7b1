//! Showing a group in the caller's own list of rooms, or hiding it there.

use guestlist_core::command::HideGroup;
use guestlist_core::group::GroupRef;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::Naming;
use super::super::room;
use super::GROUPS;

const OPEN: Endpoint = Endpoint {
    path: "v1/groups.open",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::LooseRoom,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Shows a group to the caller",
    description: "After it was hidden. Nothing changes for others.",
    answer: success::<Nothing>,
};

const CLOSE: Endpoint = Endpoint {
    path: "v1/groups.close",
    summary: "Hides a group from the caller",
    description: "They stay a member. Nothing changes for others.",
    ..OPEN
};

pub(super) fn served() -> [Served; 2] {
    [
        OPEN.serve(async |call: Call| hide(call, false, "already open for the sender").await),
        CLOSE.serve(async |call: Call| hide(call, true, "already closed to the sender").await),
    ]
}

async fn hide(call: Call, is_hidden: bool, unchanged: &str) -> Result<Answer, Answer> {
    let view = room::find(&call).await?;
    let hide = HideGroup { by: call.caller.id, group: GroupRef::Id(view.group.id), is_hidden };
    let hidden = call.caller.submit(&call.app, hide).await;
    if hidden.map_err(|rejection| Answer::rejected(rejection, "hideRoom"))?.has_changed {
        Ok(Answer::ok(Nothing {}))
    } else {
        Err(Answer::failed(&format!("The private group, {}, is {unchanged}", view.group.slug)))
    }
}
