//! The caller.

use axum::extract::State;

use super::answer::{Answer, Success};
use super::caller::Caller;
use super::schema::Failures;
use super::wire::Me;
use crate::App;

/// Shows the caller
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "me",
    tag = "Login",
    responses((status = 200, description = "The caller.", body = Success<Me>), Failures)
)]
pub(super) async fn handle(caller: Caller, app: State<App>) -> Result<Answer, Answer> {
    Ok(Answer::ok(Me::load(&app, &caller).await?))
}
