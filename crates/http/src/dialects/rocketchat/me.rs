//! `GET /api/v1/me`: the caller.

use axum::extract::State;

use super::answer::Answer;
use super::caller::Caller;
use super::wire::Me;
use crate::App;

/// The caller.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "me",
    tag = "Login",
    responses((status = 200, description = "Done."))
)]
pub(super) async fn handle(caller: Caller, app: State<App>) -> Result<Answer, Answer> {
    Ok(Answer::ok(Me::load(&app, &caller).await?))
}
