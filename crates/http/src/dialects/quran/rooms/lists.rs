//! Lists of rooms: the caller's own, and those that everybody may find.

use axum::extract::State;
use guestlist_core::group::GroupKind;
use guestlist_core::policy;
use guestlist_store::directory::{Among, DirectoryOrder, DirectorySearch};

use super::super::answer::Answer;
use super::super::caller::{Caller, Viewer};
use super::super::schema::Failures;
use super::page::{Page, Paging, Size};
use super::query::Query;
use super::schema::FieldFailures;
use super::scope::{Read, ReadOwn, Search};
use super::wire::{RoomListItem, UserRoom};
use super::{PEOPLE, ROOMS, room};
use crate::App;

/// The most rooms on a page of one's own.
const OWN_MAX: u32 = 5;

/// Lists the caller's rooms
///
/// Those of which the caller is a member, in any role.
#[utoipa::path(
    get,
    path = "/v1/rooms/joined-rooms",
    operation_id = "listJoinedRooms",
    tag = ROOMS,
    params(
        ("query" = Option<String>, Query, description = "Only whose name contains this."),
        ("sortBy" = Option<String>, Query, description = "`NAME_ASC`, `NAME_DESC` or `LATEST_ACTIVITY`."),
        Paging,
    ),
    responses((status = 200, description = "A page of rooms.", body = Page<RoomListItem>), Failures, FieldFailures)
)]
pub(super) async fn joined(caller: Caller<Read>, app: State<App>, query: Query) -> Result<Answer, Answer> {
    own(&app, Among::Joined { user: caller.id, roles: None }, query).await
}

/// Lists the rooms that the caller runs
///
/// As an owner or an admin.
#[utoipa::path(
    get,
    path = "/v1/rooms/managed-rooms",
    operation_id = "listManagedRooms",
    tag = ROOMS,
    params(
        ("query" = Option<String>, Query, description = "Only whose name contains this."),
        ("sortBy" = Option<String>, Query, description = "`NAME_ASC`, `NAME_DESC` or `LATEST_ACTIVITY`."),
        Paging,
    ),
    responses((status = 200, description = "A page of rooms.", body = Page<RoomListItem>), Failures, FieldFailures)
)]
pub(super) async fn managed(caller: Caller<Read>, app: State<App>, query: Query) -> Result<Answer, Answer> {
    own(&app, Among::Joined { user: caller.id, roles: Some(policy::ADMINS) }, query).await
}

async fn own(app: &App, among: Among, mut query: Query) -> Result<Answer, Answer> {
    let paging = Paging::read(&mut query, &Size::AtMost(OWN_MAX));
    let order = query.read("sortBy", order).unwrap_or(DirectoryOrder::Name);
    let text = query.text("query");
    query.end().map_err(Answer::UnprocessableFields)?;
    rooms(app, DirectorySearch { among, text, order, stretch: paging.stretch() }, paging, true).await
}

fn order(text: &str) -> Option<DirectoryOrder> {
    match text {
        "NAME_ASC" => Some(DirectoryOrder::Name),
        "NAME_DESC" => Some(DirectoryOrder::NameDescending),
        "LATEST_ACTIVITY" => Some(DirectoryOrder::Activity),
        _ => None,
    }
}

/// Finds rooms
///
/// Public ones that are in use, by name or description.
#[utoipa::path(
    get,
    path = "/v1/rooms/search",
    operation_id = "searchRooms",
    tag = ROOMS,
    params(
        ("query" = Option<String>, Query, description = "Only whose name or description contains this."),
        ("roomType" = Option<String>, Query, description = "`GROUP` or `PAGE`, in any case."),
        Paging,
    ),
    responses((status = 200, description = "A page of rooms.", body = Page<RoomListItem>), Failures, FieldFailures)
)]
pub(super) async fn search(viewer: Viewer<Search>, app: State<App>, mut query: Query) -> Result<Answer, Answer> {
    let paging = Paging::read(&mut query, &Size::Usually(10));
    let kind = query.read("roomType", |text| match text.to_ascii_lowercase().as_str() {
        "group" => Some(GroupKind::Group),
        "page" => Some(GroupKind::Page),
        _ => None,
    });
    let text = query.text("query");
    query.end().map_err(Answer::UnprocessableFields)?;
    let viewer = viewer.user().map(|user| user.id);
    let among = Among::Public { viewer, kind };
    let search = DirectorySearch { among, text, order: DirectoryOrder::Name, stretch: paging.stretch() };
    rooms(&app, search, paging, viewer.is_some()).await
}

async fn rooms(app: &App, search: DirectorySearch, paging: Paging, is_user: bool) -> Result<Answer, Answer> {
    let found = app.store.read().directory(search).await?;
    let items = room::items(app, &found.groups, is_user).await?;
    Ok(Answer::ok(Page::of(paging, found.total, items)))
}

/// Lists the caller's rooms, in few words
#[utoipa::path(
    get,
    path = "/v1/users/my-rooms",
    operation_id = "listMyRooms",
    tag = PEOPLE,
    params(("name" = Option<String>, Query, description = "Only whose name contains this."), Paging),
    responses((status = 200, description = "A page of rooms.", body = Page<UserRoom>), Failures, FieldFailures)
)]
pub(super) async fn mine(caller: Caller<ReadOwn>, app: State<App>, mut query: Query) -> Result<Answer, Answer> {
    let paging = Paging::read(&mut query, &Size::Usually(10));
    let text = query.text("name");
    query.end().map_err(Answer::UnprocessableFields)?;
    let among = Among::Joined { user: caller.id, roles: None };
    let search = DirectorySearch { among, text, order: DirectoryOrder::Name, stretch: paging.stretch() };
    let found = app.store.read().directory(search).await?;
    Ok(Answer::ok(Page::of(paging, found.total, found.groups.iter().map(UserRoom::of).collect())))
}
