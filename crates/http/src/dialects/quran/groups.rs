//! `GET /auth/v1/groups/` and `GET /auth/v1/groups/{groupId}`: the caller's groups, and one group's settings.

use axum::extract::State;

use super::answer::Answer;
use super::caller::Caller;
use crate::App;
use crate::path::Segment;
use crate::quran_groups::{self, Read};

/// The caller's groups and pages.
#[utoipa::path(
    get,
    path = "/v1/groups",
    operation_id = "listGroups",
    tag = "Groups",
    responses((status = 200, description = "The groups."))
)]
pub(super) async fn list(caller: Caller<Read>, app: State<App>) -> Result<Answer, Answer> {
    Ok(Answer::data(quran_groups::list(&app, &caller).await?))
}

/// A group's settings.
#[utoipa::path(
    get,
    path = "/v1/groups/{groupId}",
    operation_id = "showGroup",
    tag = "Groups",
    params(("groupId" = String, Path, description = "The group's number.")),
    responses((status = 200, description = "The group."))
)]
pub(super) async fn show(caller: Caller<Read>, app: State<App>, Segment(group): Segment) -> Result<Answer, Answer> {
    let room = quran_groups::show::<Answer>(&app, &caller, &group).await?;
    Ok(Answer::data(room.ok_or(Answer::Forbidden)?))
}
