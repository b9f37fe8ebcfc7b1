//! Inviting one person, by number or by e-mail address.

use axum::extract::State;

use super::answer::Answer;
use super::body::Invitee;
use super::caller::Caller;
use super::schema::{BodyFailures, Failures};
use crate::App;
use crate::path::Segment;
use crate::quran_groups::{self, InviteUser, Invited, Success, Update};

/// Invites somebody to a group
///
/// By number or by e-mail address. Whoever is invited becomes a member by accepting. Only those who run the group may
/// invite. Inviting somebody again renews their invitation.
#[utoipa::path(
    put,
    path = "/v1/groups/{groupId}/inviteUser",
    operation_id = "inviteUser",
    tag = "Groups",
    params(("groupId" = String, Path, description = "The group's number.", example = "1234")),
    request_body = InviteUser,
    responses(
        (status = 200, description = "Invited, now or before.", body = Success<Invited>),
        Failures,
        BodyFailures,
    )
)]
pub(super) async fn handle(
    caller: Caller<Update>,
    app: State<App>,
    Segment(group): Segment,
    Invitee(who): Invitee,
) -> Result<Answer, Answer> {
    Ok(Answer::invited(quran_groups::invite::<Answer>(&app, &caller, &group, who).await?))
}
