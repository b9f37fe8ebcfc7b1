//! Sending a member away.

use guestlist_core::Refusal;
use guestlist_core::command::RemoveMember;
use guestlist_core::group::GroupRef;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use guestlist_store::Rejection;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::Naming;
use super::super::{person, room};
use super::GROUPS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.kick",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::LooseRoom,
    fields: &[person::USER_ID, person::USERNAME, person::USER],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Removes a member",
    description: "From an archived group, too. All their roles go with it.",
    answer: success::<Nothing>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "removeUserFromRoom";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, .. } = &call;
    let view = room::find_private(&call).await?;
    let user = person::find(&call).await?;
    let permissions = app.permissions();
    if !policy::has(permissions, Permission::RemoveMember, caller, view.membership.as_ref()) {
        return Err(Answer::refused_by(METHOD, "error-not-allowed", "Not allowed"));
    }
    // Who may remove people, but not from outside, does not see the group.
    if !policy::may_remove(permissions, caller, view.membership.as_ref()) {
        return Err(Answer::room_not_found());
    }
    let group = GroupRef::Id(view.group.id);
    let membership = app.store.read().group(group.clone(), Some(user.id)).await?.and_then(|view| view.membership);
    if membership.is_none() {
        // Who may remove people from outside need not know who is in there.
        return if policy::has(permissions, Permission::RemoveFromOutside, caller, None) {
            Ok(Answer::ok(Nothing {}))
        } else {
            Err(not_in_room())
        };
    }
    let remove = RemoveMember { by: caller.id, group, user: UserRef::Id(user.id), spares_owners: false };
    caller.submit(app, remove).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::LastOwner, _) => last_owner(METHOD),
        Rejection::Refused(Refusal::MemberNotFound, _) => not_in_room(),
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    Ok(Answer::ok(Nothing {}))
}

fn not_in_room() -> Answer {
    Answer::refused_by(METHOD, "error-user-not-in-room", "User is not in this room")
}

/// A group is not left without an owner.
pub(super) fn last_owner(method: &str) -> Answer {
    let reason = "You are the last owner. Please set new owner before leaving the room.";
    Answer::refused_by(method, "error-you-are-last-owner", reason)
}
