//! Somebody, and which groups they are in.

use guestlist_core::ids::Uid;
use guestlist_core::member::Role;
use guestlist_core::names::{Email, Username};
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::{User, UserRef};
use guestlist_store::GroupView;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::wire::{Services, kind, membership_id};
use super::USERS;
use super::wire::{Shown, sees_in_full};

/// By what somebody can be named, in the order in which the validator misses them.
const SELECTORS: [&str; 5] = ["userId", "username", "importId", "email", "freeSwitchExtension"];

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.info",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[
        Field::optional("userId", Kind::Text, "The `_id` of a user, or their name."),
        Field::optional("username", Kind::Text, "The name of a user, or their `_id`."),
        Field::optional("email", Kind::Text, "An address; for administrators."),
        Field::optional("importId", Kind::Text, "Finds nobody."),
        Field::optional("freeSwitchExtension", Kind::Text, "Finds nobody."),
        Field::optional("includeUserRooms", Kind::Text, "`true`: with the groups that they are in."),
        Field::optional("fields", Kind::Text, "Of no effect."),
    ],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Shows a user",
    description: "In full to themselves and to administrators.",
    answer: success::<Found>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let Some((selector, value)) = SELECTORS.iter().find_map(|name| Some((*name, params.text(name)?))) else {
        let missing = SELECTORS.map(|name| format!("must have required property '{name}'")).join("\n");
        return Err(Answer::invalid_query(&format!("{missing}\nmust match a schema in anyOf")));
    };
    if value.trim().is_empty() {
        return Err(Answer::failed("Invalid search query."));
    }
    let nobody = || Answer::failed("User not found.");
    let sees_all = policy::has(app.permissions(), Permission::SeeUserInFull, caller, None);
    let read = app.store.read();
    let user = match selector {
        "userId" | "username" => find(app, &value).await?,
        "email" if sees_all => match Email::parse(&value) {
            Ok(email) => read.user(UserRef::Email(email)).await?,
            Err(_) => None,
        },
        _ => None,
    };
    let user = user.filter(|user| user.deleted_at.is_none()).ok_or_else(nobody)?;
    let is_self = user.id == caller.id;
    let user_shown = if sees_in_full(app, caller, &user) {
        Shown::in_full(&user, &read.emails(user.id).await?)
    } else {
        Shown::in_short(&user)
    };
    let services = if is_self { Some(Services::of(read.password(user.id).await?.is_some())) } else { None };
    let wants_rooms = params.text("includeUserRooms").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let sees_rooms = is_self || policy::has(app.permissions(), Permission::SeeGroupsOfUsers, caller, None);
    let rooms = if wants_rooms && sees_rooms {
        let mut rooms: Vec<_> = read.groups_of(user.id).await?.iter().map(|view| Joined::of(&user, view)).collect();
        rooms.sort_by(|one, other| (one.t, &one.name).cmp(&(other.t, &other.name)));
        Some(rooms)
    } else {
        None
    };
    Ok(Answer::ok(Found { user: InDetail { user: user_shown, can_view_all_info: sees_all, services, rooms } }))
}

/// Whoever has this id or this name.
async fn find(app: &crate::App, text: &str) -> Result<Option<User>, Answer> {
    if let Some(uid) = Uid::parse(text)
        && let Some(user) = app.store.read().user(UserRef::Uid(uid)).await?
    {
        return Ok(Some(user));
    }
    let Ok(name) = Username::parse(text) else { return Ok(None) };
    Ok(app.store.read().user(UserRef::Username(name)).await?)
}

/// Somebody who was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundUser)]
struct Found {
    user: InDetail,
}

/// A user with what is beside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserInDetail)]
struct InDetail {
    #[serde(flatten)]
    user: Shown,
    /// Whether the caller sees all of everybody.
    can_view_all_info: bool,
    /// About oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    services: Option<Services>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rooms: Option<Vec<Joined>>,
}

/// A group that somebody is in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinedRoom)]
struct Joined {
    #[serde(rename = "_id")]
    id: String,
    rid: String,
    name: String,
    t: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    roles: Option<Vec<&'static str>>,
    unread: i64,
}

impl Joined {
    fn of(user: &User, view: &GroupView) -> Self {
        let rid = view.group.uid.to_string();
        let roles = view.membership.as_ref().map(|member| member.roles.iter().map(Role::as_str).collect::<Vec<_>>());
        Self {
            id: membership_id(&rid, user),
            rid,
            name: view.group.slug.to_string(),
            t: kind(&view.group),
            roles: roles.filter(|roles| !roles.is_empty()),
            unread: 0,
        }
    }
}
