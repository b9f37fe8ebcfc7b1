//! Who runs a group, and who belongs to it no more.

use axum::extract::State;

use super::answer::Answer;
use super::body::Named;
use super::caller::Caller;
use super::schema::{BodyFailures, Failures};
use crate::App;
use crate::path::Segment;
use crate::quran_groups::{self, AdminAssigned, NameUser, Removed, Success, Update};

/// Makes a member an admin of the group
///
/// Only those who run the group may, and it is no mistake if the member is one already.
#[utoipa::path(
    put,
    path = "/{groupId}/assignAsAdmin",
    operation_id = "assignAsAdmin",
    tag = "Groups",
    params(("groupId" = String, Path, description = "The group's number.", example = "1234")),
    request_body = NameUser,
    responses(
        (status = 200, description = "An admin, now or before.", body = Success<AdminAssigned>),
        Failures,
        BodyFailures,
    )
)]
pub(super) async fn assign_as_admin(
    caller: Caller<Update>,
    app: State<App>,
    Segment(group): Segment,
    Named(user): Named,
) -> Result<Answer, Answer> {
    quran_groups::assign_as_admin::<Answer>(&app, &caller, &group, user).await?;
    Ok(Answer::ok(AdminAssigned::default()))
}

/// Removes somebody from the group
///
/// Those who run the group may remove everybody but its owners, and everybody else themselves. Who was only invited is invited no
/// more.
#[utoipa::path(
    put,
    path = "/{groupId}/removeUser",
    operation_id = "removeUser",
    tag = "Groups",
    params(("groupId" = String, Path, description = "The group's number.", example = "1234")),
    request_body = NameUser,
    responses(
        (status = 200, description = "Removed, or no longer invited.", body = Success<Removed>),
        Failures,
        BodyFailures,
    )
)]
pub(super) async fn remove_user(
    caller: Caller<Update>,
    app: State<App>,
    Segment(group): Segment,
    Named(user): Named,
) -> Result<Answer, Answer> {
    quran_groups::remove::<Answer>(&app, &caller, &group, user).await?;
    Ok(Answer::ok(Removed::default()))
}
