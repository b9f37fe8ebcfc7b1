//! Making users members of a private group, at once.

use std::collections::HashSet;

use guestlist_core::Refusal;
use guestlist_core::command::{Admission, Invite, Target};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::member::RoleSet;
use guestlist_core::names::Username;
use guestlist_core::outcome::InviteRow;
use guestlist_core::user::UserRef;
use guestlist_store::Rejection;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming, Params};
use super::super::person;
use super::super::wire::{OneGroup, Room};
use super::GROUPS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.invite",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Room,
    fields: &[
        person::USER_ID,
        person::USERNAME,
        person::USER,
        Field::optional("userIds", Kind::NullableTexts, "The `_id` of several users."),
        Field::optional("usernames", Kind::NullableTexts, "The names of several users, unless there are `userIds`."),
    ],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Adds users to a group",
    description: "They are members at once, without being asked. Whoever does not exist is passed over.",
    answer: success::<OneGroup>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "addUsersToRoom";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    // Looser than the other calls: either parameter may hold the id or the name.
    let room = params.text("roomId").or_else(|| params.text("roomName")).unwrap_or_default();
    if room.trim().is_empty() {
        return Err(Answer::room_param_not_provided());
    }
    let named = named(params);
    let is_nobody_named = named.is_empty();
    let targets = named.into_iter().filter_map(|who| who.resolve());
    let targets = targets.map(|who| Target { who, invitation: app.new_invitation_id() }).collect();
    let group = GroupRef::UidOrSlug(room);
    let invite = Invite {
        by: caller.id,
        group,
        targets,
        roles: RoleSet::NONE,
        admission: Admission::Direct,
        batch: None,
        language: None,
        note: None,
    };
    let invited = caller.submit(app, invite).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::NobodyToInvite, _) if is_nobody_named => Answer::users_params_not_provided(),
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    if let Some(refusal) = refusal_of_all(&invited.rows) {
        return Err(Answer::of_refusal(refusal, METHOD));
    }

    let view = app.store.read().group(GroupRef::Id(invited.group), Some(caller.id)).await?;
    let view = view.ok_or_else(Answer::room_not_found)?;
    Ok(Answer::ok(OneGroup { group: Room::load(app, view).await? }))
}

/// Why nobody at all is in. Who does not exist is passed over.
fn refusal_of_all(rows: &[InviteRow]) -> Option<Refusal> {
    let refusal = |row: &InviteRow| if let InviteRow::Refused(refusal) = row { Some(*refusal) } else { None };
    let refusals: Vec<Refusal> = rows.iter().map(refusal).collect::<Option<_>>()?;
    refusals.into_iter().find(|refusal| *refusal != Refusal::UserNotFound)
}

/// One user as the caller named them.
enum Named {
    Id(String),
    Username(String),
}

impl Named {
    /// `None` for what cannot be an id or a name: it matches nobody, and is passed over like any other such.
    fn resolve(self) -> Option<UserRef> {
        match self {
            Self::Id(id) => Uid::parse(&id).map(UserRef::Uid),
            Self::Username(name) => Username::parse(&name).ok().map(UserRef::Username),
        }
    }
}

/// The users named: `userIds`, else `usernames`; and `userId`, else `username`, else `user`. Once there is an id among
/// the parameters, every entry counts as an id.
fn named(params: &Params) -> Vec<Named> {
    let many = params.texts("userIds").or_else(|| params.texts("usernames")).unwrap_or_default();
    let given = |name| params.text(name).filter(|text| !text.is_empty());
    let single = given("userId").or_else(|| given("username")).or_else(|| given("user"));
    let by_id = params.texts("userIds").is_some() || given("userId").is_some();

    let mut seen = HashSet::new();
    let entries = many.into_iter().chain(single).filter(|entry| !entry.is_empty() && seen.insert(entry.clone()));
    entries.map(|entry| if by_id { Named::Id(entry) } else { Named::Username(entry) }).collect()
}
