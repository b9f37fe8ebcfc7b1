//! Requests to join, and the line for a seat.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::Refusal;
use guestlist_core::command::{ApproveRequest, Join, RejectRequest, WithdrawRequest};
use guestlist_core::ids::UserId;
use guestlist_core::outcome::{Joined, RequestApproved, RequestRejected, RequestWithdrawn};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::links::JoinedBody;
use super::page::{List, Paging};
use super::problem::Problem;
use super::reply::Reply;
use super::request::RequestBody;
use super::scope::{RequestsRead, RequestsWrite};
use super::words::StandingWord;
use super::write::Write;
use super::{group, user};
use crate::App;
use crate::path::{Segment, Segments};

/// Those who ask to join a group, in the order of their numbers. For owners and moderators.
#[utoipa::path(
    get,
    path = "/groups/{group}/requests",
    operation_id = "list_requests",
    tag = "Requests",
    security(("bearer" = ["guestlist.requests.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging),
    responses(
        (status = 200, description = "A page of requests.", body = List<RequestBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn list(
    caller: Caller<RequestsRead>,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<RequestBody>>, Problem> {
    let request = paging.request(UserId::parse)?;
    let view = group::find_to_invite(&app, &caller, &name).await?;
    let page = app.store.read().requests(view.group.id, request).await?;
    Ok(Answer::of(List::of(page, RequestBody::seen)))
}

/// Those who wait for a seat, next first. For owners and moderators.
#[utoipa::path(
    get,
    path = "/groups/{group}/waiting_list",
    operation_id = "list_waiting",
    tag = "Requests",
    security(("bearer" = ["guestlist.requests.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging),
    responses(
        (status = 200, description = "A page of those who wait.", body = List<RequestBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn waiting(
    caller: Caller<RequestsRead>,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<RequestBody>>, Problem> {
    let request = paging.request(super::page::number)?;
    let view = group::find_to_invite(&app, &caller, &name).await?;
    let page = app.store.read().waiting(view.group.id, request).await?;
    Ok(Answer::of(List::of(page, RequestBody::seen)))
}

/// Joins a public group, or asks to join one that takes requests.
#[utoipa::path(
    post,
    path = "/groups/{group}/requests",
    operation_id = "join_group",
    tag = "Requests",
    security(("bearer" = ["guestlist.requests.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write),
    responses(
        (status = 200, description = "How the caller stands to the group now.", body = JoinedBody),
        (status = 404, description = "There is no such group, or you may not know of it."),
        (status = 409, description = "The group takes nobody."),
    )
)]
pub(super) async fn join(
    caller: Caller<RequestsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let ask = Join { by: caller.id, group: group::named(&name) };
    write
        .submit(&app, &caller, ask, |Joined { group, standing }| {
            Reply::ok(&JoinedBody { group_id: group.get(), standing: standing.into() })
        })
        .await
}

/// What an approval led to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Approved {
    standing: StandingWord,
}

/// Lets somebody in who asked to join; where the group is full, into the line for a seat. For owners and moderators.
#[utoipa::path(
    post,
    path = "/groups/{group}/requests/{user}/approve",
    operation_id = "approve_request",
    tag = "Requests",
    security(("bearer" = ["guestlist.requests.write"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("user" = String, Path, description = "The user's number or uid."),
        Write,
    ),
    responses(
        (status = 200, description = "How the person stands to the group now.", body = Approved),
        (status = 404, description = "There is no such group, or you may not see it; or no such request."),
        (status = 409, description = "The group takes nobody."),
    )
)]
pub(super) async fn approve(
    caller: Caller<RequestsWrite>,
    app: State<App>,
    Segments([group, user]): Segments<2>,
    write: Write,
) -> Result<Response, Problem> {
    let user = user::named(&caller, &user).ok_or(Refusal::RequestNotFound)?;
    let ask = ApproveRequest { by: caller.id, group: group::named(&group), user };
    write
        .submit(&app, &caller, ask, |RequestApproved { standing }| Reply::ok(&Approved { standing: standing.into() }))
        .await
}

/// Turns somebody down who asked to join, or who waits for a seat. For owners and moderators.
#[utoipa::path(
    post,
    path = "/groups/{group}/requests/{user}/reject",
    operation_id = "reject_request",
    tag = "Requests",
    security(("bearer" = ["guestlist.requests.write"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("user" = String, Path, description = "The user's number or uid."),
        Write,
    ),
    responses(
        (status = 200, description = "The request, settled.", body = RequestBody),
        (status = 404, description = "There is no such group, or you may not see it; or no such request."),
    )
)]
pub(super) async fn reject(
    caller: Caller<RequestsWrite>,
    app: State<App>,
    Segments([group, user]): Segments<2>,
    write: Write,
) -> Result<Response, Problem> {
    let user = user::named(&caller, &user).ok_or(Refusal::RequestNotFound)?;
    let ask = RejectRequest { by: caller.id, group: group::named(&group), user };
    write.submit(&app, &caller, ask, |RequestRejected(request)| Reply::ok(&RequestBody::of(&request))).await
}

/// Takes one's own request back, or leaves the line for a seat.
#[utoipa::path(
    delete,
    path = "/groups/{group}/requests/me",
    operation_id = "withdraw_request",
    tag = "Requests",
    security(("bearer" = ["guestlist.requests.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write),
    responses(
        (status = 200, description = "The request, settled.", body = RequestBody),
        (status = 404, description = "You have no open request to such a group."),
    )
)]
pub(super) async fn withdraw(
    caller: Caller<RequestsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let ask = WithdrawRequest { by: caller.id, group: group::named(&name) };
    write.submit(&app, &caller, ask, |RequestWithdrawn(request)| Reply::ok(&RequestBody::of(&request))).await
}
