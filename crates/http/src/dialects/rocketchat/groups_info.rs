//! One of the caller's groups.

use axum::extract::State;

use super::answer::{Answer, Success};
use super::body::Query;
use super::caller::Caller;
use super::params::Naming;
use super::room;
use super::schema::{Failures, RefusedFailures};
use super::wire::{OneGroup, Room};
use crate::App;

/// Shows a group
///
/// One of which the caller is a member, archived or not.
#[utoipa::path(
    get,
    path = "/v1/groups.info",
    operation_id = "groups.info",
    tag = "Groups",
    params(
        ("roomId" = Option<String>, Query, description = "The group's `_id`: this or `roomName`, not both."),
        ("roomName" = Option<String>, Query, description = "The group's `name`."),
    ),
    responses((status = 200, description = "The group.", body = Success<OneGroup>), Failures, RefusedFailures)
)]
pub(super) async fn handle(caller: Caller, app: State<App>, Query(params): Query) -> Result<Answer, Answer> {
    params.check(Naming::One, &[]).map_err(|messages| Answer::invalid_query(&messages))?;
    let view = room::find(&app, &caller, &params).await?;
    Ok(Answer::ok(OneGroup { group: Room::load(&app, view).await? }))
}
