//! Invitations: the caller's own to look at and to answer, and a group's for those who invite there.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::Refusal;
use guestlist_core::command::{Accept, Decline};
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::{InvitationRef, InvitationState};
use guestlist_core::outcome::{self, Standing};
use guestlist_core::policy::{self, Permission};
use guestlist_core::version::Versioned;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Problem};
use super::caller::Caller;
use super::group;
use super::page::{List, Paging};
use super::reply::Reply;
use super::wire::InvitationBody;
use super::words::{InvitationStateWord, StandingWord};
use super::write::Write;
use crate::App;
use crate::path::Segment;

/// The caller's open invitations, oldest first.
#[utoipa::path(
    get,
    path = "/invitations",
    operation_id = "list_my_invitations",
    tag = "Invitations",
    params(Paging),
    responses(
        (status = 200, description = "A page of invitations.", body = List<InvitationBody>),
        (status = 422, description = "A parameter cannot be read."),
    )
)]
pub(super) async fn mine(
    caller: Caller,
    app: State<App>,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let request = paging.request(InvitationId::parse)?;
    let page = app.store.read().invitations_for(caller.id, app.now(), request).await?;
    Ok(Answer(List::of(page, InvitationBody::of)))
}

/// The group's open invitations, oldest first.
#[utoipa::path(
    get,
    path = "/groups/{group}/invitations",
    operation_id = "list_group_invitations",
    tag = "Invitations",
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging),
    responses(
        (status = 200, description = "A page of invitations.", body = List<InvitationBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 422, description = "A parameter cannot be read."),
    )
)]
pub(super) async fn of_group(
    caller: Caller,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let request = paging.request(InvitationId::parse)?;
    let view = group::find(&app, &caller, &name).await?;
    if !policy::may(Permission::Invite, &caller, view.membership.as_ref()) {
        return Err(Refusal::NotAllowed(Permission::Invite).into());
    }
    let page = app.store.read().open_invitations(view.group.id, app.now(), request).await?;
    Ok(Answer(List::of(page, InvitationBody::of)))
}

/// The caller becomes a member or, where the group is full, waits for a seat.
#[utoipa::path(
    post,
    path = "/invitations/{invitation}/accept",
    operation_id = "accept_invitation",
    tag = "Invitations",
    params(("invitation" = String, Path, description = "The invitation's id."), Write),
    responses(
        (status = 200, description = "Accepted.", body = Accepted),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over, or the group takes nobody."),
    )
)]
pub(super) async fn accept(
    caller: Caller,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let accept = Accept { by: caller.id, invitation: InvitationRef::Id(invitation) };
    let show = |accepted: outcome::Accepted| {
        Reply::ok(&Accepted {
            state: InvitationState::Accepted.into(),
            group_id: accepted.group.get(),
            is_new_member: accepted.standing == Standing::Joined,
            standing: accepted.standing.into(),
        })
    };
    write.of(Versioned::Invitation(invitation)).submit(&app, &caller, accept, show).await
}

/// The caller stays out.
#[utoipa::path(
    post,
    path = "/invitations/{invitation}/decline",
    operation_id = "decline_invitation",
    tag = "Invitations",
    params(("invitation" = String, Path, description = "The invitation's id."), Write),
    responses(
        (status = 200, description = "Declined.", body = Declined),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over."),
    )
)]
pub(super) async fn decline(
    caller: Caller,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let decline = Decline { by: Some(caller.id), invitation: InvitationRef::Id(invitation) };
    let show = |declined: outcome::Declined| {
        Reply::ok(&Declined { state: InvitationState::Declined.into(), group_id: declined.group.get() })
    };
    write.of(Versioned::Invitation(invitation)).submit(&app, &caller, decline, show).await
}

/// What an acceptance led to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Accepted {
    state: InvitationStateWord,
    group_id: i64,
    /// Whether it was this that made the caller a member.
    is_new_member: bool,
    standing: StandingWord,
}

/// What a refusal led to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Declined {
    state: InvitationStateWord,
    group_id: i64,
}
