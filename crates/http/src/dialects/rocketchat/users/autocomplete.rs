//! Finding people while their name is being typed.

use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::User;
use guestlist_store::rooms::PeopleSearch;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::wire::{OFFLINE, offline, username};
use super::USERS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.autocomplete",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[Field::required("selector", Kind::Text, "A JSON object: the `term`, and the usernames in `exceptions`.")],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Finds people by a part of their name",
    description: "Ten at the most, those with whom the caller is in a group first.",
    answer: success::<Items>,
};

/// The most that are shown.
const ITEMS_MAX: u32 = 10;

/// The most people to be left out that are looked at.
const EXCEPTIONS_MAX: usize = 100;

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let selector: Value = serde_json::from_str(&params.text("selector").unwrap_or_default()).unwrap_or_default();
    let Some(term) = selector.get("term").and_then(Value::as_str) else {
        return Err(Answer::failed("The 'selector' param is required"));
    };
    let excepted = selector.get("exceptions").and_then(Value::as_array).into_iter().flatten();
    let excepted: Vec<_> = excepted.filter_map(Value::as_str).take(EXCEPTIONS_MAX).map(str::to_lowercase).collect();
    let limit = ITEMS_MAX + u32::try_from(excepted.len()).unwrap_or(0);
    let search = |beside| PeopleSearch {
        filter: Some(term.to_owned()),
        is_active: true,
        beside,
        limit,
        ..PeopleSearch::default()
    };
    let mut found = app.store.read().people(search(Some(caller.id))).await?.members;
    // The right to see beyond one's own groups.
    if policy::has(app.permissions(), Permission::SeePeopleOutside, caller, None) {
        let others = app.store.read().people(search(None)).await?.members;
        let is_new = |user: &User| !found.iter().any(|known| known.id == user.id);
        let others: Vec<_> = others.into_iter().filter(is_new).collect();
        found.extend(others);
    }
    let items = found.iter().filter(|user| !excepted.contains(&username(user).to_lowercase()));
    Ok(Answer::ok(Items { items: items.take(ITEMS_MAX as usize).map(Item::of).collect() }))
}

/// People.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = People)]
struct Items {
    items: Vec<Item>,
}

/// Somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeopleItem)]
struct Item {
    #[serde(rename = "_id")]
    id: String,
    username: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    nickname: Option<String>,
    #[schema(schema_with = offline)]
    status: &'static str,
}

impl Item {
    fn of(user: &User) -> Self {
        let shown = username(user);
        Self {
            id: user.uid.to_string(),
            name: user.name.as_ref().map_or_else(|| shown.clone(), ToString::to_string),
            username: shown,
            nickname: user.profile.nickname.as_ref().map(|text| text.as_str().to_owned()),
            status: OFFLINE,
        }
    }
}
