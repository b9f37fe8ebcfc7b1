//! The users there are.

use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_store::rooms::PeopleSearch;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::paging::{self, Paging};
use super::super::params::{Field, Kind, Naming};
use super::USERS;
use super::wire::Shown;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.list",
    verb: Verb::Get,
    login: Login::With(Permission::SeeUsers),
    naming: Naming::Nothing,
    fields: &[
        paging::OFFSET,
        paging::COUNT,
        paging::SORT,
        Field::optional("fields", Kind::Text, "Of no effect."),
        Field::optional("query", Kind::Text, "Of no effect."),
        Field::optional("email", Kind::Text, "Only who has this address; for administrators."),
    ],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Lists the users",
    description: "By username, those who cannot sign in as well.",
    answer: success::<Page>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let email = params.filled("email");
    if email.is_some() && !policy::has(app.permissions(), Permission::SeeUserInFull, caller, None) {
        return Err(Answer::unauthorized());
    }
    let paging = Paging::of(params)?;
    let search = PeopleSearch {
        email,
        is_descending: paging.descends_by("username"),
        offset: paging.offset,
        limit: paging.limit,
        ..PeopleSearch::default()
    };
    let found = app.store.read().people(search).await?;
    let shown = Shown::load_all(app, caller, &found.members).await?;
    let lower = |user: &guestlist_core::user::User| user.name.as_ref().map(|name| name.as_str().to_lowercase());
    let users = shown.into_iter().zip(&found.members);
    let users: Vec<_> = users.map(|(shown, user)| Listed { user: shown, name_insensitive: lower(user) }).collect();
    Ok(Answer::ok(Page { count: users.len(), users, offset: paging.offset, total: found.total }))
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Users)]
struct Page {
    /// How many there are on this page.
    count: usize,
    users: Vec<Listed>,
    /// How many there are before this page.
    offset: u32,
    /// How many there are on all pages.
    total: u64,
}

/// A user on a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListedUser)]
struct Listed {
    #[serde(flatten)]
    user: Shown,
    /// The name in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name_insensitive: Option<String>,
}
