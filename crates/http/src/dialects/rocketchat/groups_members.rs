//! `GET /api/v1/groups.members`: the active members of one of the caller's groups, page by page.

use axum::extract::State;
use guestlist_core::user::User;
use guestlist_store::RosterSearch;
use serde_json::{Value, json};

use super::answer::Answer;
use super::body::Query;
use super::caller::Caller;
use super::params::{Kind, Naming, Params};
use super::room;
use super::wire::{OFFLINE, username};
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

/// The active members of one of the caller's groups, page by page.
#[utoipa::path(
    get,
    path = "/v1/groups.members",
    operation_id = "groups.members",
    tag = "Groups",
    responses((status = 200, description = "Done."))
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
    let members: Vec<Value> = members.iter().map(member).collect();
    Ok(Answer::ok(json!({ "count": members.len(), "members": members, "offset": offset, "total": total })))
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

fn member(user: &User) -> Value {
    let username = username(user);
    json!({
        "_id": user.uid.as_str(),
        "name": user.name.as_ref().map_or(username.as_str(), |name| name.as_str()),
        "username": username,
        "status": OFFLINE,
        "_updatedAt": iso(user.updated_at),
    })
}
