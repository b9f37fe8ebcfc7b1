//! The caller's groups, and one group's settings.

use axum::extract::State;

use super::answer::Answer;
use super::caller::Caller;
use super::schema::Failures;
use crate::App;
use crate::path::Segment;
use crate::quran_groups::{self, Read, Room, Rooms, Success};

/// Lists the caller's groups
///
/// All groups and pages of which the caller is a member. An invitation that was not answered yet is no membership.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "listGroups",
    tag = "Groups",
    responses((status = 200, description = "The groups and pages of which the caller is a member.", body = Success<Rooms>), Failures)
)]
pub(super) async fn list(caller: Caller<Read>, app: State<App>) -> Result<Answer, Answer> {
    Ok(Answer::ok(quran_groups::list(&app, &caller).await?))
}

/// Shows a group's settings
///
/// To its members and, if the group is public, to everybody.
#[utoipa::path(
    get,
    path = "/{groupId}",
    operation_id = "showGroup",
    tag = "Groups",
    params(("groupId" = String, Path, description = "The group's number.", example = "1234")),
    responses((status = 200, description = "The group or page.", body = Success<Room>), Failures)
)]
pub(super) async fn show(caller: Caller<Read>, app: State<App>, Segment(group): Segment) -> Result<Answer, Answer> {
    let room = quran_groups::show::<Answer>(&app, &caller, &group).await?;
    Ok(Answer::ok(room.ok_or_else(Answer::not_allowed)?))
}
