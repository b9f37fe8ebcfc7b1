//! Rooms as a path names them, and as they are shown.

use guestlist_core::Refusal;
use guestlist_core::group::{Group, GroupKind, GroupRef};
use guestlist_core::names::Slug;
use guestlist_core::policy;
use guestlist_core::user::User;
use guestlist_store::{GroupView, StoreError};

use super::super::answer::Answer;
use super::wire::RoomListItem;
use crate::App;
use crate::quran_groups::group_id;

/// The room with this number.
pub(super) fn by_id(path: &str) -> Result<GroupRef, Answer> {
    Ok(GroupRef::Id(group_id(path)?))
}

/// The room of a kind with this name in addresses, which is in lower case there.
pub(super) async fn by_address(
    app: &App,
    kind: GroupKind,
    address: &str,
    viewer: Option<&User>,
) -> Result<Option<GroupView>, StoreError> {
    let Ok(slug) = Slug::parse(&address.to_lowercase()) else { return Ok(None) };
    let view = app.store.read().group(GroupRef::Slug(slug), viewer.map(|viewer| viewer.id)).await?;
    Ok(view.filter(|view| view.group.kind == kind))
}

/// The room, if the viewer may see what it is.
pub(super) async fn if_seen(
    app: &App,
    view: Option<GroupView>,
    viewer: Option<&User>,
) -> Result<Option<GroupView>, StoreError> {
    let Some(view) = view else { return Ok(None) };
    let sees = |is_invited| policy::may_see_profile(&view.group, view.membership.as_ref(), is_invited);
    let is_seen = match viewer {
        Some(viewer) if !sees(false) => sees(app.store.read().is_invited(view.group.id, viewer.id, app.now()).await?),
        _ => sees(false),
    };
    Ok(Some(view).filter(|_| is_seen))
}

/// The room as it is now, as `viewer` sees it.
pub(super) async fn shown(app: &App, group: &Group, viewer: &User) -> Result<RoomListItem, Answer> {
    let view = app.store.read().group(GroupRef::Id(group.id), Some(viewer.id)).await?;
    let view = view.ok_or(Refusal::GroupNotFound)?;
    Ok(item(app, &view, true).await?)
}

/// One room as lists show it.
pub(super) async fn item(app: &App, view: &GroupView, is_user: bool) -> Result<RoomListItem, StoreError> {
    let items = items(app, std::slice::from_ref(view), is_user).await?;
    items.into_iter().next().ok_or_else(|| StoreError::bug("a room was not shown"))
}

/// Rooms as lists show them.
pub(super) async fn items(app: &App, views: &[GroupView], is_user: bool) -> Result<Vec<RoomListItem>, StoreError> {
    if views.is_empty() {
        return Ok(Vec::new());
    }
    let heads = app.store.read().heads(views.iter().map(|view| view.group.id).collect()).await?;
    let item = |view: &GroupView| {
        let owner = heads.get(&view.group.id).unwrap_or(&view.creator.subject);
        RoomListItem::of(view, owner, is_user)
    };
    Ok(views.iter().map(item).collect())
}
