//! Lists of groups: the caller's own, and all there are.

use guestlist_core::ids::UserId;
use guestlist_core::permission::Permission;
use guestlist_store::rooms::{RoomOrder, RoomSearch};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::paging::{self, Paging};
use super::super::params::Naming;
use super::super::wire::Room;
use super::GROUPS;

const OWN: Endpoint = Endpoint {
    path: "v1/groups.list",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[paging::OFFSET, paging::COUNT, paging::SORT],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Lists the caller's groups",
    description: "Hidden and archived ones, too; by name unless told otherwise.",
    answer: success::<Page>,
};

const ALL: Endpoint = Endpoint {
    path: "v1/groups.listAll",
    login: Login::With(Permission::SeeAllGroups),
    summary: "Lists all groups",
    description: "By name unless told otherwise. For administrators.",
    ..OWN
};

pub(super) fn served() -> [Served; 2] {
    [
        OWN.serve(async |call: Call| {
            let member = Some(call.caller.id);
            list(call, member).await
        }),
        ALL.serve(async |call: Call| list(call, None).await),
    ]
}

async fn list(call: Call, member: Option<UserId>) -> Result<Answer, Answer> {
    let paging = Paging::of(&call.params)?;
    let mut orders = paging.sort.iter().filter_map(|(key, is_descending)| Some((order(key)?, *is_descending)));
    let (order, is_descending) = orders.next().unwrap_or((RoomOrder::Slug, false));
    let search = RoomSearch { member, order, is_descending, offset: paging.offset, limit: paging.limit };
    let found = call.app.store.read().rooms(search).await?;
    let groups = Room::load_all(&call.app, found.rooms).await?;
    Ok(Answer::ok(Page { count: groups.len(), groups, offset: paging.offset, total: found.total }))
}

/// What a field of a group is sorted by; other fields have no effect.
fn order(key: &str) -> Option<RoomOrder> {
    Some(match key {
        "name" => RoomOrder::Slug,
        "fname" => RoomOrder::Name,
        "ts" => RoomOrder::CreatedAt,
        "_updatedAt" => RoomOrder::UpdatedAt,
        "usersCount" => RoomOrder::Members,
        "msgs" => RoomOrder::Notices,
        _ => return None,
    })
}

/// A page of groups.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Groups)]
struct Page {
    /// How many there are on this page.
    count: usize,
    groups: Vec<Room>,
    /// How many there are before this page.
    offset: u32,
    /// How many there are on all pages.
    total: u64,
}
