//! Parting with groups that would be left without an owner: those with nobody else in them are deleted, the others go to
//! whoever has been in them for the longest time.
//!
//! Each step is a command of its own. If one of them fails, those before it stay, and whoever asks again goes on from there.

use guestlist_core::command::{AssignRole, DeleteGroup};
use guestlist_core::group::GroupRef;
use guestlist_core::member::Role;
use guestlist_core::user::{User, UserRef};
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::Call;

/// Parts with what `user` alone owns, if that is confirmed, and says which groups are gone.
pub(super) async fn relinquish(call: &Call, user: &User, is_confirmed: bool) -> Result<Vec<String>, Answer> {
    let Call { app, caller, .. } = call;
    let read = app.store.read();
    let owned = read.groups_of(user.id).await?;
    let is_owner = |roles: guestlist_core::member::RoleSet| roles.has(Role::Owner);
    let alone = owned.into_iter().filter(|view| {
        view.group.tally.owners <= 1 && view.membership.as_ref().is_some_and(|member| is_owner(member.roles))
    });
    let (lonely, shared): (Vec<_>, Vec<_>) = alone.partition(|view| view.group.tally.members <= 1);
    let has_to_part = !lonely.is_empty() || !shared.is_empty();
    if has_to_part && !is_confirmed {
        let names = |views: &[guestlist_store::GroupView]| -> Vec<String> {
            views.iter().map(|view| view.group.slug.to_string()).collect()
        };
        let details = json!({ "shouldBeRemoved": names(&lonely), "shouldChangeOwner": names(&shared) });
        let mut answer = Answer::refused("user-last-owner", "", Some(details));
        answer.body["error"] = "[user-last-owner]".into();
        return Err(answer);
    }
    for view in &shared {
        if let Some(heir) = read.longest_member(view.group.id, user.id).await? {
            let group = GroupRef::Id(view.group.id);
            let assign = AssignRole { by: user.id, group, user: UserRef::Id(heir), role: Role::Owner };
            caller.submit(app, assign).await.map_err(|why| Answer::rejected(why, "relinquishRoomOwnerships"))?;
        }
    }
    let mut deleted = Vec::new();
    for view in &lonely {
        let delete = DeleteGroup { by: user.id, group: GroupRef::Id(view.group.id), frees_slug: true };
        caller.submit(app, delete).await.map_err(|why| Answer::rejected(why, "relinquishRoomOwnerships"))?;
        deleted.push(view.group.uid.to_string());
    }
    Ok(deleted)
}
