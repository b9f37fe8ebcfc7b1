//! Giving roles and taking them.

use guestlist_core::Refusal;
use guestlist_core::command::{AssignRole, TakeRole};
use guestlist_core::group::GroupRef;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::{User, UserRef};
use guestlist_store::{GroupView, Rejection};

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::Naming;
use super::super::{person, room};
use super::ROLES;

const fn endpoint(path: &'static str, summary: &'static str, description: &'static str) -> Endpoint {
    Endpoint {
        path,
        verb: Verb::Post,
        login: Login::Needed,
        naming: Naming::LooseRoom,
        fields: &[person::USER_ID, person::USERNAME, person::USER],
        calls_max: CALLS_MAX,
        tag: ROLES,
        summary,
        description,
        answer: success::<Nothing>,
    }
}

const ADD_OWNER: Endpoint =
    endpoint("v1/groups.addOwner", "Makes an owner", "Others who own the group go on doing so.");
const REMOVE_OWNER: Endpoint = endpoint("v1/groups.removeOwner", "Ends an ownership", "The last owner stays one.");
const ADD_MODERATOR: Endpoint = endpoint("v1/groups.addModerator", "Makes a moderator", "For owners.");
const REMOVE_MODERATOR: Endpoint = endpoint("v1/groups.removeModerator", "Ends the role of a moderator", "For owners.");
const ADD_LEADER: Endpoint = endpoint("v1/groups.addLeader", "Makes a leader", "A title; a group may have several.");
const REMOVE_LEADER: Endpoint = endpoint("v1/groups.removeLeader", "Ends the role of a leader", "For owners.");

pub(super) fn served() -> [Served; 6] {
    [
        ADD_OWNER.serve(async |call: Call| give(call, Role::Owner).await),
        REMOVE_OWNER.serve(async |call: Call| take(call, Role::Owner).await),
        ADD_MODERATOR.serve(async |call: Call| give(call, Role::Moderator).await),
        REMOVE_MODERATOR.serve(async |call: Call| take(call, Role::Moderator).await),
        ADD_LEADER.serve(async |call: Call| give(call, Role::Leader).await),
        REMOVE_LEADER.serve(async |call: Call| take(call, Role::Leader).await),
    ]
}

async fn give(call: Call, role: Role) -> Result<Answer, Answer> {
    let method = match role {
        Role::Owner => "addRoomOwner",
        Role::Moderator => "addRoomModerator",
        Role::Leader => "addRoomLeader",
    };
    let (view, user) = find(&call, role, method).await?;
    let assign =
        AssignRole { by: call.caller.id, group: GroupRef::Id(view.group.id), user: UserRef::Id(user.id), role };
    let given = call.caller.submit(&call.app, assign).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::MemberNotFound, _) => not_in_room(method),
        rejection => Answer::rejected(rejection, method),
    })?;
    if given.has_changed {
        return Ok(Answer::ok(Nothing {}));
    }
    let (code, reason) = match role {
        Role::Owner => ("error-user-already-owner", "User is already an owner"),
        Role::Moderator => ("error-user-already-moderator", "User is already a moderator"),
        Role::Leader => ("error-user-already-leader", "User is already a leader"),
    };
    Err(Answer::refused_by(method, code, reason))
}

async fn take(call: Call, role: Role) -> Result<Answer, Answer> {
    let method = match role {
        Role::Owner => "removeRoomOwner",
        Role::Moderator => "removeRoomModerator",
        Role::Leader => "removeRoomLeader",
    };
    let (view, user) = find(&call, role, method).await?;
    let group = GroupRef::Id(view.group.id);
    let take = TakeRole { by: call.caller.id, group: group.clone(), user: UserRef::Id(user.id), role };
    let taken = call.caller.submit(&call.app, take).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::MemberNotFound, _) if role == Role::Leader => not_in_room(method),
        Rejection::Refused(Refusal::MemberNotFound, _) => {
            Answer::refused_by(method, "error-invalid-room", "Invalid room")
        }
        Rejection::Refused(Refusal::LastOwner, _) => {
            let reason = "This is the last owner. Please set a new owner before removing this one.";
            Answer::refused_by(method, "error-remove-last-owner", reason)
        }
        rejection => Answer::rejected(rejection, method),
    })?;
    if taken.has_changed {
        return Ok(Answer::ok(Nothing {}));
    }
    let (code, reason) = match role {
        Role::Owner => ("error-user-not-owner", "User is not an owner"),
        Role::Moderator => ("error-user-not-moderator", "User is not a moderator"),
        Role::Leader => ("error-user-not-leader", "User is not a leader"),
    };
    // Of a plain member, only an ownership is missed.
    let member = call.app.store.read().group(group, Some(user.id)).await?.and_then(|view| view.membership);
    let has_others = member.is_some_and(|member| member.roles != RoleSet::NONE);
    if role == Role::Owner || has_others {
        Err(Answer::refused_by(method, code, reason))
    } else {
        Ok(Answer::ok(Nothing {}))
    }
}

/// The group and the user. Rights are looked at after both, and before anything else.
async fn find(call: &Call, role: Role, method: &str) -> Result<(GroupView, User), Answer> {
    let view = room::find_active(call).await?;
    let user = person::find(call).await?;
    let what = Permission::to_set(role);
    if policy::may(call.app.permissions(), what, &call.caller, view.membership.as_ref()) {
        Ok((view, user))
    } else {
        Err(Answer::refused_by(method, "error-not-allowed", "Not allowed"))
    }
}

fn not_in_room(method: &str) -> Answer {
    Answer::refused_by(method, "error-user-not-in-room", "User is not in this room")
}
