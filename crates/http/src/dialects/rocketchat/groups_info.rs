//! `GET /api/v1/groups.info`: one of the caller's groups, archived or not.

use axum::extract::State;
use serde_json::json;

use super::answer::Answer;
use super::body::Query;
use super::caller::Caller;
use super::params::Naming;
use super::room;
use super::wire::Room;
use crate::App;

/// One of the caller's groups, archived or not.
#[utoipa::path(
    get,
    path = "/v1/groups.info",
    operation_id = "groups.info",
    tag = "Groups",
    responses((status = 200, description = "Done."))
)]
pub(super) async fn handle(caller: Caller, app: State<App>, Query(params): Query) -> Result<Answer, Answer> {
    params.check(Naming::One, &[]).map_err(|messages| Answer::invalid_query(&messages))?;
    let view = room::find(&app, &caller, &params).await?;
    Ok(Answer::ok(json!({ "group": Room::load(&app, view).await? })))
}
