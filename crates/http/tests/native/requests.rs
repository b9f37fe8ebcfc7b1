//! Requests to join, and the line for a seat.

use serde_json::{Value, json};

use crate::support::{Circle, by_asker, group_not_found, not_allowed, refusal, user};

const GROUP: &str = "/guestlist/v1/groups/1";
const REQUESTS: &str = "/guestlist/v1/groups/1/requests";
const WAITING: &str = "/guestlist/v1/groups/1/waiting_list";
const NEW: &str = "2026-01-01T00:00:00.000Z";

fn joined(standing: &str) -> Value {
    json!({ "group_id": 1, "standing": standing })
}

fn request(state: &str, place: Option<i64>, closed_at: Option<&str>) -> Value {
    json!({
        "group_id": 1,
        "user_id": 2,
        "roles": [],
        "state": state,
        "place": place,
        "created_at": NEW,
        "closed_at": closed_at,
    })
}

fn no_request() -> Value {
    let rule = "Only an open request to join can be settled.";
    refusal(404, "request_not_found", "There is no such open request to join.", by_asker(rule))
}

#[tokio::test]
async fn a_public_group_is_joined_and_a_private_one_does_not_exist() {
    let circle = Circle::new().await;
    circle.send(&circle.bilal, "POST", REQUESTS).await.assert(404, group_not_found());
    circle.patch(&circle.amina, GROUP, json!({ "is_public": true })).await;
    circle.send(&circle.bilal, "POST", REQUESTS).await.assert(200, joined("joined"));
    circle.send(&circle.bilal, "POST", REQUESTS).await.assert(200, joined("already_member"));
}

#[tokio::test]
async fn a_request_is_approved_or_turned_down_by_those_who_invite() {
    let circle = Circle::new().await;
    circle.patch(&circle.amina, GROUP, json!({ "takes_requests": true })).await;
    circle.send(&circle.bilal, "POST", REQUESTS).await.assert(200, joined("requested"));
    let mut shown = request("pending", None, None);
    shown["user"] = user(&circle.bilal);
    circle.get(&circle.amina, REQUESTS).await.assert(200, json!({ "data": [shown], "next_cursor": null }));
    circle.get(&circle.musa, REQUESTS).await.assert(403, not_allowed());
    circle.get(&circle.bilal, REQUESTS).await.assert(404, group_not_found());
    for verb in ["approve", "reject"] {
        circle.send(&circle.musa, "POST", &format!("{REQUESTS}/2/{verb}")).await.assert(403, not_allowed());
        circle.send(&circle.bilal, "POST", &format!("{REQUESTS}/2/{verb}")).await.assert(404, group_not_found());
        circle.send(&circle.amina, "POST", &format!("{REQUESTS}/99/{verb}")).await.assert(404, no_request());
    }
    let rejected = circle.send(&circle.amina, "POST", &format!("{REQUESTS}/2/reject")).await;
    rejected.assert(200, request("rejected", None, Some(NEW)));
    circle.send(&circle.bilal, "POST", REQUESTS).await;
    let approved = circle.send(&circle.amina, "POST", &format!("{REQUESTS}/{}/approve", circle.bilal.uid())).await;
    approved.assert(200, json!({ "standing": "joined" }));
    assert!(circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn a_request_is_withdrawn_by_whoever_made_it() {
    let circle = Circle::new().await;
    circle.patch(&circle.amina, GROUP, json!({ "takes_requests": true })).await;
    circle.delete(&circle.bilal, &format!("{REQUESTS}/me")).await.assert(404, no_request());
    circle.send(&circle.bilal, "POST", REQUESTS).await;
    let withdrawn = circle.delete(&circle.bilal, &format!("{REQUESTS}/me")).await;
    withdrawn.assert(200, request("withdrawn", None, Some(NEW)));
}

#[tokio::test]
async fn those_who_wait_for_a_seat_are_in_line() {
    let circle = Circle::new().await;
    circle.patch(&circle.amina, GROUP, json!({ "is_public": true, "members_max": 2 })).await;
    circle.send(&circle.bilal, "POST", REQUESTS).await.assert(200, joined("waiting"));
    let layla = circle.app.person("layla").await;
    circle.send(&layla, "POST", REQUESTS).await.assert(200, joined("waiting"));
    let page = circle.get(&circle.amina, &format!("{WAITING}?limit=1")).await.json();
    let mut first = request("waiting", Some(1), None);
    first["user"] = user(&circle.bilal);
    assert_eq!(page["data"], json!([first]));
    let next = format!("{WAITING}?cursor={}", page["next_cursor"].as_str().expect("a next page"));
    assert_eq!(circle.list(&circle.amina, &next).await[0]["user_id"], layla.id());
    circle.get(&circle.musa, WAITING).await.assert(403, not_allowed());
    circle.get(&layla, WAITING).await.assert(403, crate::support::lacks(None, &["owner", "moderator"]));
}
