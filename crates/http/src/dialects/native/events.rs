//! What happened in a group, page by page.

use axum::extract::State;
use guestlist_core::history::Stream;

use super::answer::Answer;
use super::caller::Caller;
use super::event::EventBody;
use super::group;
use super::page::{List, Paging, number};
use super::problem::Problem;
use super::scope::EventsRead;
use super::stream::viewer;
use crate::App;
use crate::path::Segment;

/// What happened in a group, oldest first, as far as the caller may see it. A page may have fewer entries than asked for,
/// or none, and yet be followed by another.
#[utoipa::path(
    get,
    path = "/groups/{group}/events",
    operation_id = "list_events",
    tag = "Events",
    security(("bearer" = ["guestlist.events.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging),
    responses(
        (status = 200, description = "A page of events.", body = List<EventBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn of_group(
    caller: Caller<EventsRead>,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<EventBody>>, Problem> {
    let request = paging.request(number)?;
    let group = group::find(&app, &caller, &name).await?.group.id;
    let viewer = viewer(&app, &caller).await?;
    let page = app.store.read().events(Stream::Group(group), request).await?;
    Ok(Answer::of(List::some_of(page, |event| viewer.see(event).map(|seen| EventBody::of(&seen)))))
}
