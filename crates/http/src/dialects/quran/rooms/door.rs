//! Coming into a room and leaving it.

use axum::extract::State;
use guestlist_core::Refusal;
use guestlist_core::command::{Join as Come, Leave as Go};
use guestlist_core::group::{GroupKind, GroupRef};
use guestlist_core::outcome::Standing;
use guestlist_store::Rejection;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::schema::Failures;
use super::scope::{Join, Leave};
use super::{ROOMS, room};
use crate::App;
use crate::path::Segment;

/// Whether the caller is in the room now.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomJoined)]
struct Joined {
    /// False for somebody who waits: for a seat or, where the room takes requests, for those who approve them.
    joined: bool,
}

/// Whether the caller was in the room before.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomLeft)]
struct Left {
    left: bool,
}

/// Comes into a group
///
/// A public one, or one to which the caller was invited. Whoever is in it already stays in it.
#[utoipa::path(
    post,
    path = "/v1/rooms/{groupId}/join",
    operation_id = "joinRoom",
    tag = ROOMS,
    params(("groupId" = String, Path, description = "The group's number.", example = "1234")),
    responses((status = 200, description = "A member, now or before.", body = Joined), Failures)
)]
pub(super) async fn join(caller: Caller<Join>, app: State<App>, Segment(id): Segment) -> Result<Answer, Answer> {
    let group = room::by_id(&id)?;
    // This operation knows no pages.
    let view = app.store.read().group(group, None).await?.ok_or(Answer::NotFound)?;
    if view.group.kind == GroupKind::Page {
        return Err(Answer::NotFound);
    }
    let ask = Come { by: caller.id, group: GroupRef::Id(view.group.id) };
    let came = caller.submit(&app, ask).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::GroupFull | Refusal::WaitingListFull, _) => Answer::Forbidden,
        rejection => rejection.into(),
    })?;
    let joined = matches!(came.standing, Standing::Joined | Standing::AlreadyMember);
    Ok(Answer::ok(Joined { joined }))
}

/// Leaves a room
///
/// With all rights in it. The only owner cannot leave.
#[utoipa::path(
    post,
    path = "/v1/rooms/{groupId}/leave",
    operation_id = "leaveRoom",
    tag = ROOMS,
    params(("groupId" = String, Path, description = "The room's number.", example = "1234")),
    responses((status = 200, description = "Whether the caller was in it.", body = Left), Failures)
)]
pub(super) async fn leave(caller: Caller<Leave>, app: State<App>, Segment(id): Segment) -> Result<Answer, Answer> {
    let go = Go { by: caller.id, group: room::by_id(&id)? };
    match caller.submit(&app, go).await {
        Ok(_) => Ok(Answer::ok(Left { left: true })),
        Err(Rejection::Refused(Refusal::MemberNotFound, _)) => Ok(Answer::ok(Left { left: false })),
        Err(rejection) => Err(rejection.into()),
    }
}
