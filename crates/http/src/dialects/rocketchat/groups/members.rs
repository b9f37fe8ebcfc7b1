//! The active members of one of the caller's groups, page by page.

use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::User;
use guestlist_store::RosterSearch;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::paging::{self, Paging};
use super::super::params::{Field, Kind, Naming};
use super::super::room;
use super::super::wire::{OFFLINE, offline, username};
use super::GROUPS;
use crate::time::iso;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.members",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::AnyRoom,
    fields: &[
        paging::OFFSET,
        paging::COUNT,
        paging::SORT,
        Field::optional("filter", Kind::Text, "Only whose name or username has this in it."),
        Field::optional("status", Kind::Texts, "Only who has one of these statuses. Everybody's is `offline`."),
    ],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Lists a group's members",
    description: "Those who can sign in, of one of the caller's groups that is not archived, page by page.",
    answer: success::<Page>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let is_blank = |name| params.text(name).is_some_and(|text| text.is_empty());
    if is_blank("roomId") && is_blank("roomName") {
        return Err(Answer::room_param_not_provided());
    }
    let view = room::find_active(&call).await?;
    let (what, member) = (Permission::SeeBroadcastMembers, view.membership.as_ref());
    if view.group.chat.is_broadcast && !policy::may(app.permissions(), what, caller, member) {
        return Err(Answer::unauthorized());
    }
    let paging = Paging::of(params)?;
    let nobody_has_that_status = params.texts("status").is_some_and(|wanted| !wanted.iter().any(|s| s == OFFLINE));
    let (members, total) = if nobody_has_that_status {
        (Vec::new(), 0)
    } else {
        let search = RosterSearch {
            filter: params.text("filter"),
            is_descending: paging.descends_by("username"),
            offset: paging.offset,
            limit: paging.limit,
        };
        let roster = app.store.read().roster(view.group.id, search).await?;
        (roster.members, roster.total)
    };
    let members: Vec<_> = members.iter().map(Member::of).collect();
    Ok(Answer::ok(Page { count: members.len(), members, offset: paging.offset, total }))
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Members)]
struct Page {
    /// How many there are on this page.
    count: usize,
    members: Vec<Member>,
    /// How many there are before this page.
    offset: u32,
    /// How many there are on all pages.
    total: u64,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    #[serde(rename = "_id")]
    #[schema(example = "rbAXPnMktTFbNpwtJ")]
    id: String,
    name: String,
    username: String,
    #[schema(schema_with = offline)]
    status: &'static str,
    #[serde(rename = "_updatedAt")]
    #[schema(format = DateTime)]
    updated_at: String,
}

impl Member {
    fn of(user: &User) -> Self {
        let username = username(user);
        Self {
            id: user.uid.to_string(),
            name: user.name.as_ref().map_or_else(|| username.clone(), ToString::to_string),
            username,
            status: OFFLINE,
            updated_at: iso(user.updated_at),
        }
    }
}
