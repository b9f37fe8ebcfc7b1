//! One room, by number or by its name in addresses.

use axum::extract::State;
use guestlist_core::group::GroupKind;
use guestlist_store::GroupView;

use super::super::answer::Answer;
use super::super::caller::Viewer;
use super::super::schema::Failures;
use super::scope::Read;
use super::wire::RoomProfile;
use super::{ROOMS, private_token, room};
use crate::App;
use crate::path::Segment;

/// Shows a room
///
/// A private one to its members and to whoever is invited.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}",
    operation_id = "showRoom",
    tag = ROOMS,
    params(("id" = String, Path, description = "The room's number.", example = "1234")),
    responses((status = 200, description = "The room.", body = RoomProfile), Failures)
)]
pub(super) async fn by_id(viewer: Viewer<Read>, app: State<App>, Segment(id): Segment) -> Result<Answer, Answer> {
    let view = app.store.read().group(room::by_id(&id)?, viewer.user().map(|user| user.id)).await?;
    show(&app, view, &viewer).await
}

/// Shows a group
///
/// A private one to its members and to whoever is invited.
#[utoipa::path(
    get,
    path = "/v1/rooms/group/{url}",
    operation_id = "showGroupByUrl",
    tag = ROOMS,
    params(("url" = String, Path, description = "The group's name in addresses.", example = "my-halaqa")),
    responses((status = 200, description = "The group.", body = RoomProfile), Failures)
)]
pub(super) async fn by_url(viewer: Viewer<Read>, app: State<App>, Segment(url): Segment) -> Result<Answer, Answer> {
    let view = room::by_address(&app, GroupKind::Group, &url, viewer.user().map(|user| &**user)).await?;
    show(&app, view, &viewer).await
}

/// Shows a page
#[utoipa::path(
    get,
    path = "/v1/rooms/page/{subdomain}",
    operation_id = "showPage",
    tag = ROOMS,
    params(("subdomain" = String, Path, description = "The page's name in addresses.", example = "my-page")),
    responses((status = 200, description = "The page.", body = RoomProfile), Failures)
)]
pub(super) async fn by_subdomain(
    viewer: Viewer<Read>,
    app: State<App>,
    Segment(subdomain): Segment,
) -> Result<Answer, Answer> {
    let view = room::by_address(&app, GroupKind::Page, &subdomain, viewer.user().map(|user| &**user)).await?;
    show(&app, view, &viewer).await
}

async fn show(app: &App, view: Option<GroupView>, viewer: &Viewer<Read>) -> Result<Answer, Answer> {
    let user = viewer.user();
    let view = room::if_seen(app, view, user.map(|user| &**user)).await?.ok_or(Answer::NotFound)?;
    let item = room::item(app, &view, user.is_some()).await?;
    let private_token = match user {
        Some(user) => private_token::of_room(app, &view, user).await?,
        None => None,
    };
    Ok(Answer::ok(RoomProfile::of(item, private_token)))
}
