//! The members who are online. There is no presence here: nobody is.

use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::wire::UserTag;
use super::GROUPS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.online",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[Field::optional("_id", Kind::Text, "The group's `_id`.")],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Lists the members who are online",
    description: "There is no presence here: the list is empty.",
    answer: success::<Online>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let id = call.params.filled("_id").ok_or_else(|| Answer::failed("Invalid query"))?;
    let view = match Uid::parse(&id) {
        Some(uid) => call.app.store.read().group(GroupRef::Uid(uid), Some(call.caller.id)).await?,
        None => None,
    };
    let view = view.filter(|view| !view.group.is_public).ok_or_else(|| Answer::failed("Group does not exists"))?;
    if view.membership.is_none() {
        return Err(Answer::refused("error-not-allowed", "Not Allowed", None));
    }
    Ok(Answer::ok(Online { online: vec![] }))
}

/// Who is online.
#[derive(Debug, Serialize, ToSchema)]
struct Online {
    online: Vec<UserTag>,
}
