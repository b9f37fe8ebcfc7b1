//! Finding the group that a call is about: the standard look-up of `groups.*`.

use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::names::Slug;
use guestlist_core::policy;
use guestlist_store::GroupView;

use super::answer::Answer;
use super::caller::Caller;
use super::params::Params;
use crate::App;

/// The group named by `roomId` or, without it, by `roomName`, if it is a private group of which the caller is a member.
/// To anybody else it does not exist.
pub(super) async fn find(app: &App, caller: &Caller, params: &Params) -> Result<GroupView, Answer> {
    let which = match (params.text("roomId"), params.text("roomName")) {
        (Some(id), _) => Uid::parse(&id).map(GroupRef::Uid),
        (None, name) => name.and_then(|name| Slug::parse(&name).ok()).map(GroupRef::Slug),
    };
    let which = which.ok_or_else(Answer::room_not_found)?;
    let view = app.store.read().group(which, Some(caller.id)).await?;
    let view = view.filter(|view| policy::is_private_to(&view.group, view.membership.as_ref()));
    view.ok_or_else(Answer::room_not_found)
}

/// As [`find`], for calls that archived groups do not take.
pub(super) async fn find_active(app: &App, caller: &Caller, params: &Params) -> Result<GroupView, Answer> {
    let view = find(app, caller, params).await?;
    if view.group.is_active() { Ok(view) } else { Err(Answer::room_archived(view.group.slug.as_str())) }
}
