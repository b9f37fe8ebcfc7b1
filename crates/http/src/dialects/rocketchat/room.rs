//! Finding the group that a call is about.

use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::names::Slug;
use guestlist_core::policy;
use guestlist_store::GroupView;

use super::answer::Answer;
use super::endpoint::Call;

/// The group named by `roomId` or, without it, by `roomName`, if it is a private group of which the caller is a member:
/// the standard look-up. To anybody else it does not exist.
pub(super) async fn find(call: &Call) -> Result<GroupView, Answer> {
    let view = find_private(call).await?;
    let is_theirs = policy::is_private_to(call.app.permissions(), &view.group, &call.caller, view.membership.as_ref());
    if is_theirs { Ok(view) } else { Err(Answer::room_not_found()) }
}

/// As [`find`], for calls that archived groups do not take.
pub(super) async fn find_active(call: &Call) -> Result<GroupView, Answer> {
    active(find(call).await?)
}

/// The private group of that name or id, whether the caller is in it or not: the loose look-up.
pub(super) async fn find_private(call: &Call) -> Result<GroupView, Answer> {
    let which = match (call.params.text("roomId"), call.params.text("roomName")) {
        (Some(id), _) => Uid::parse(&id).map(GroupRef::Uid),
        (None, name) => name.and_then(|name| Slug::parse(&name).ok()).map(GroupRef::Slug),
    };
    let which = which.ok_or_else(Answer::room_not_found)?;
    let view = call.app.store.read().group(which, Some(call.caller.id)).await?;
    view.filter(|view| !view.group.is_public).ok_or_else(Answer::room_not_found)
}

/// Insists that a group is not archived.
pub(super) fn active(view: GroupView) -> Result<GroupView, Answer> {
    if view.group.is_active() { Ok(view) } else { Err(Answer::room_archived(view.group.slug.as_str())) }
}

/// The same group, as it is by now.
pub(super) async fn again(call: &Call, group: &GroupView) -> Result<GroupView, Answer> {
    let which = GroupRef::Id(group.group.id);
    let view = call.app.store.read().group(which, Some(call.caller.id)).await?;
    view.ok_or_else(Answer::room_not_found)
}
