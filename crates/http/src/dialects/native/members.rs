//! `GET /guestlist/v1/groups/{group}/members`: who belongs to a group.

use axum::extract::State;
use guestlist_core::ids::UserId;

use super::answer::{Answer, Problem};
use super::caller::Caller;
use super::group;
use super::page::{List, Paging};
use super::wire::MemberBody;
use crate::App;
use crate::path::Segment;

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
