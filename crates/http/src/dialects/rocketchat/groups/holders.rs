//! Who may do more in a group: all who hold a role, and the moderators alone.

use guestlist_core::member::Role;
use guestlist_store::Member;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::Naming;
use super::super::room;
use super::super::wire::{UserTag, membership_id};
use super::ROLES;

const ALL: Endpoint = Endpoint {
    path: "v1/groups.roles",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Room,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: ROLES,
    summary: "Lists who holds a role",
    description: "By username. Plain members are not among them.",
    answer: success::<Holders>,
};

const MODERATORS: Endpoint = Endpoint {
    path: "v1/groups.moderators",
    summary: "Lists the moderators",
    description: "By username. Owners are among them only if they are moderators, too.",
    answer: success::<Moderators>,
    ..ALL
};

pub(super) fn served() -> [Served; 2] {
    [ALL.serve(all), MODERATORS.serve(moderators)]
}

async fn all(call: Call) -> Result<Answer, Answer> {
    let view = room::find_active(&call).await?;
    let rid = view.group.uid.to_string();
    let holders = call.app.store.read().role_holders(view.group.id).await?;
    let roles = holders.iter().map(|member| Holder::of(&rid, member)).collect();
    Ok(Answer::ok(Holders { roles }))
}

async fn moderators(call: Call) -> Result<Answer, Answer> {
    let view = room::find_active(&call).await?;
    let holders = call.app.store.read().role_holders(view.group.id).await?;
    let moderators = holders.iter().filter(|member| member.membership.roles.has(Role::Moderator));
    Ok(Answer::ok(Moderators { moderators: moderators.map(|member| UserTag::of(&member.user)).collect() }))
}

/// All who hold a role.
#[derive(Debug, Serialize, ToSchema)]
struct Holders {
    roles: Vec<Holder>,
}

/// A member with their roles.
#[derive(Debug, Serialize, ToSchema)]
struct Holder {
    /// The membership.
    #[serde(rename = "_id")]
    id: String,
    /// The group.
    rid: String,
    u: UserTag,
    roles: Vec<&'static str>,
}

impl Holder {
    fn of(rid: &str, member: &Member) -> Self {
        Self {
            id: membership_id(rid, &member.user),
            rid: rid.to_owned(),
            u: UserTag::of(&member.user),
            roles: member.membership.roles.iter().map(Role::as_str).collect(),
        }
    }
}

/// The moderators.
#[derive(Debug, Serialize, ToSchema)]
struct Moderators {
    moderators: Vec<UserTag>,
}
