//! The active members of one of the caller's groups, page by page.

use axum::extract::State;
use guestlist_core::user::User;
use guestlist_store::RosterSearch;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Answer, Success};
use super::body::Query;
use super::caller::Caller;
use super::params::{Kind, Naming, Params};
use super::room;
use super::schema::{Failures, RefusedFailures};
use super::wire::{OFFLINE, offline, username};
use crate::App;
use crate::time::iso;

const FIELDS: &[(&str, Kind)] = &[
    ("offset", Kind::Integer),
    ("count", Kind::Integer),
    ("sort", Kind::Text),
    ("filter", Kind::Text),
    ("status", Kind::Texts),
];

const COUNT_DEFAULT: u32 = 50;
const COUNT_MAX: u32 = 100;
/// For those who ask for everything: an answer that still fits in memory many times over.
const COUNT_WITHOUT_LIMIT: u32 = 10_000;

/// Lists a group's members
///
/// The active members of one of the caller's groups that is not archived, page by page.
#[utoipa::path(
    get,
    path = "/v1/groups.members",
    operation_id = "groups.members",
    tag = "Groups",
    params(
        ("roomId" = Option<String>, Query, description = "The group's `_id`: this or `roomName`."),
        ("roomName" = Option<String>, Query, description = "The group's `name`. It is not looked at beside `roomId`."),
        ("offset" = Option<i64>, Query, description = "How many members to pass over.", minimum = 0),
        (
            "count" = Option<i64>, Query, minimum = 0,
            description = "How many to show: 50 unless given, 100 at most. 0 is for all, up to 10,000.",
        ),
        (
            "sort" = Option<String>, Query, example = r#"{"username":-1}"#,
            description = "A JSON object. By `username`, up (1) or down (-1).",
        ),
        ("filter" = Option<String>, Query, description = "Only whose name or username has this in it."),
        (
            "status[]" = Option<Vec<String>>, Query,
            description = "Only who has one of these statuses. Everybody's is `offline`.",
        ),
    ),
    responses((status = 200, description = "A page of members.", body = Success<Page>), Failures, RefusedFailures)
)]
pub(super) async fn handle(caller: Caller, app: State<App>, Query(params): Query) -> Result<Answer, Answer> {
    let params = params.with_lists(&["status"]);
    params.check(Naming::Any, FIELDS).map_err(|messages| Answer::invalid_query(&messages))?;
    let is_blank = |name| params.text(name).is_some_and(|text| text.is_empty());
    if is_blank("roomId") && is_blank("roomName") {
        return Err(Answer::room_param_not_provided());
    }
    let view = room::find_active(&app, &caller, &params).await?;
    let search = search(&params)?;
    let offset = search.offset;
    let nobody_has_that_status = params.texts("status").is_some_and(|wanted| !wanted.iter().any(|s| s == OFFLINE));
    let (members, total) = if nobody_has_that_status {
        (Vec::new(), 0)
    } else {
        let roster = app.store.read().roster(view.group.id, search).await?;
        (roster.members, roster.total)
    };
    let members: Vec<_> = members.iter().map(Member::of).collect();
    Ok(Answer::ok(Page { count: members.len(), members, offset, total }))
}

fn search(params: &Params) -> Result<RosterSearch, Answer> {
    // What is negative counts as not given.
    let non_negative = |name| params.integer(name).filter(|n| *n >= 0).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    Ok(RosterSearch {
        filter: params.text("filter"),
        is_descending: params.text("sort").map_or(Ok(false), |text| sorts_down(&text))?,
        offset: non_negative("offset").unwrap_or(0),
        limit: match non_negative("count").unwrap_or(COUNT_DEFAULT) {
            0 => COUNT_WITHOUT_LIMIT,
            count => count.min(COUNT_MAX),
        },
    })
}

/// Reads `{"username":-1}`. Other keys have no effect.
fn sorts_down(text: &str) -> Result<bool, Answer> {
    let Ok(Value::Object(keys)) = serde_json::from_str(text) else { return Err(Answer::invalid_sort(text)) };
    if keys.values().any(|direction| !matches!(direction.as_i64(), Some(1 | -1))) {
        return Err(Answer::invalid_sort(text));
    }
    Ok(keys.get("username").and_then(Value::as_i64) == Some(-1))
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Members)]
pub(super) struct Page {
    /// How many there are on this page.
    count: usize,
    members: Vec<Member>,
    /// How many there are before this page.
    offset: u32,
    /// How many there are on all pages.
    total: u64,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    #[serde(rename = "_id")]
    #[schema(example = "rbAXPnMktTFbNpwtJ")]
    id: String,
    name: String,
    username: String,
    #[schema(schema_with = offline)]
    status: &'static str,
    #[serde(rename = "_updatedAt")]
    #[schema(format = DateTime)]
    updated_at: String,
}

impl Member {
    fn of(user: &User) -> Self {
        let username = username(user);
        Self {
            id: user.uid.to_string(),
            name: user.name.as_ref().map_or_else(|| username.clone(), ToString::to_string),
            username,
            status: OFFLINE,
            updated_at: iso(user.updated_at),
        }
    }
}
