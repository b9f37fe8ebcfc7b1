//! Finding the group that a path names.

use guestlist_core::group::GroupRef;
use guestlist_core::ids::GroupId;
use guestlist_core::{Refusal, policy};
use guestlist_store::GroupView;

use super::answer::Problem;
use super::caller::Caller;
use crate::App;

/// The group that `name` means, a number, a uid or a slug, if the caller may see it. Otherwise it does not exist.
pub(super) async fn find(app: &App, caller: &Caller, name: &str) -> Result<GroupView, Problem> {
    let which = GroupId::parse(name).map_or_else(|| GroupRef::UidOrSlug(name.to_owned()), GroupRef::Id);
    let view = app.store.read().group(which, Some(caller.id)).await?;
    let view = view.filter(|view| policy::may_see(&view.group, view.membership.as_ref()));
    Ok(view.ok_or(Refusal::GroupNotFound)?)
}
