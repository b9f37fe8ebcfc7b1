//! `PUT /v1/groups/{groupId}/inviteUser`: invites one person, by number or by e-mail address.

use axum::extract::State;

use super::answer::Answer;
use super::body::Invitee;
use super::caller::Caller;
use crate::App;
use crate::path::Segment;
use crate::quran_groups::{self, Update};

/// Invites somebody to a group.
#[utoipa::path(
    put,
    path = "/{groupId}/inviteUser",
    operation_id = "inviteUser",
    tag = "Groups",
    params(("groupId" = String, Path, description = "The group's number.")),
    responses((status = 200, description = "They are invited."))
)]
pub(super) async fn handle(
    caller: Caller<Update>,
    app: State<App>,
    Segment(group): Segment,
    Invitee(who): Invitee,
) -> Result<Answer, Answer> {
    Ok(Answer::invited(quran_groups::invite::<Answer>(&app, &caller, &group, who).await?))
}
