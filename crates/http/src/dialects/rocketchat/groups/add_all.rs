//! Making everybody a member.

use guestlist_core::command::{Admission, Invite, Target};
use guestlist_core::group::GroupRef;
use guestlist_core::member::RoleSet;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use guestlist_store::rooms::PeopleSearch;
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::room;
use super::super::wire::{OneGroup, Room};
use super::GROUPS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.addAll",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::LooseRoom,
    fields: &[Field::optional(
        "activeUsersOnly",
        Kind::Any,
        "Only who can sign in: `true`, as what it is or as text, or 1.",
    )],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Makes everybody a member",
    description: "Everybody who has an account, up to 500. For administrators who are in the group.",
    answer: success::<OneGroup>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "addAllToRoom";

/// The most that are added at once.
const PEOPLE_MAX: u32 = 500;

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let view = room::find_active(&call).await?;
    if !policy::may(app.permissions(), Permission::AddEverybody, caller, view.membership.as_ref()) {
        // Of this error alone the code is a number.
        let mut refused = Answer::refused_by(METHOD, "403", "Access to Method Forbidden");
        refused.body["errorType"] = json!(403);
        return Err(refused);
    }
    let is_active = params.flag("activeUsersOnly") == Some(true);
    let search = PeopleSearch { is_active, limit: PEOPLE_MAX + 1, ..PeopleSearch::default() };
    let people = app.store.read().people(search).await?;
    if people.total > u64::from(PEOPLE_MAX) {
        return Err(Answer::refused_by(METHOD, "error-user-limit-exceeded", "User Limit Exceeded"));
    }
    let targets = people.members.iter();
    let targets = targets.map(|user| Target { who: UserRef::Id(user.id), invitation: app.new_invitation_id() });
    let invite = Invite {
        by: caller.id,
        group: GroupRef::Id(view.group.id),
        targets: targets.collect(),
        roles: RoleSet::NONE,
        admission: Admission::Direct,
        batch: None,
        language: None,
        note: None,
    };
    caller.submit(app, invite).await.map_err(|rejection| Answer::rejected(rejection, METHOD))?;
    let view = room::again(&call, &view).await?;
    Ok(Answer::ok(OneGroup { group: Room::load(app, view).await? }))
}
