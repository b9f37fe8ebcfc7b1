//! Who belongs to a group.

use axum::extract::State;
use guestlist_core::ids::UserId;

use super::answer::{Answer, Problem};
use super::caller::Caller;
use super::group;
use super::page::{List, Paging};
use super::wire::MemberBody;
use crate::App;
use crate::path::Segment;

/// The members of a group, in the order of their numbers.
#[utoipa::path(
    get,
    path = "/groups/{group}/members",
    operation_id = "list_members",
    tag = "Members",
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging),
    responses(
        (status = 200, description = "A page of members.", body = List<MemberBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 422, description = "A parameter cannot be read."),
    )
)]
pub(super) async fn list(
    caller: Caller,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<MemberBody>>, Problem> {
    let request = paging.request(UserId::parse)?;
    let view = group::find(&app, &caller, &name).await?;
    let page = app.store.read().members(view.group.id, request).await?;
    Ok(Answer(List::of(page, MemberBody::of)))
}
