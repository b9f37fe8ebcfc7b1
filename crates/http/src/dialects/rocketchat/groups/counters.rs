//! What there is to count about a group and one of its members.

use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::room;
use super::GROUPS;
use crate::time::iso;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.counters",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Room,
    fields: &[Field::optional("userId", Kind::Text, "The `_id` of somebody else; for administrators.")],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Counts what there is in a group",
    description: "Nothing is unread here. Who is not in the group learns no number, unless they are an administrator.",
    answer: success::<Counters>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let sees_all = policy::has(app.permissions(), Permission::SeeAllGroups, caller, None);
    let other = params.filled("userId").filter(|id| *id != caller.uid.as_str());
    if other.is_some() && !sees_all {
        return Err(Answer::unauthorized());
    }
    if ["roomId", "roomName"].into_iter().any(|name| params.text(name).is_some_and(|text| text.is_empty())) {
        return Err(Answer::room_param_not_provided());
    }
    let view = room::active(room::find_private(&call).await?)?;
    let membership = match other {
        None => view.membership,
        Some(id) => {
            let read = app.store.read();
            let user = match Uid::parse(&id) {
                Some(uid) => read.user(UserRef::Uid(uid)).await?,
                None => None,
            };
            let user = user.ok_or_else(Answer::invalid_user)?;
            read.group(GroupRef::Id(view.group.id), Some(user.id)).await?.and_then(|view| view.membership)
        }
    };
    let member = membership.filter(|membership| !membership.is_hidden);
    let is_told = member.is_some() || sees_all;
    let members = if is_told { Some(app.store.read().active_members(view.group.id).await?) } else { None };
    Ok(Answer::ok(Counters {
        joined: member.is_some(),
        members,
        unreads: member.as_ref().map(|_| 0),
        unreads_from: member.as_ref().map(|member| iso(member.joined_at)),
        msgs: is_told.then_some(view.group.tally.notices),
        latest: is_told.then(|| iso(view.group.tally.updated_at)),
        user_mentions: member.as_ref().map(|_| 0),
    }))
}

/// What there is to count.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Counters {
    /// Whether the person is in the group and has it open.
    joined: bool,
    /// Members who can sign in.
    #[schema(required)]
    members: Option<u64>,
    #[schema(required)]
    unreads: Option<i64>,
    /// Since when they would be.
    #[schema(required)]
    unreads_from: Option<String>,
    #[schema(required)]
    msgs: Option<i64>,
    /// When something last happened.
    #[schema(required)]
    latest: Option<String>,
    #[schema(required)]
    user_mentions: Option<i64>,
}
