//! More people than one command takes.

use guestlist_core::Settings;
use guestlist_core::settings::Quotas;
use guestlist_testing::{Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{Circle, OF_GROUP, by_asker, group_not_found, invalid_field, not_allowed, refusal};

const BATCHES: &str = "/guestlist/v1/groups/1/batches";
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn guests(n: usize) -> String {
    let invitees: Vec<_> = (0..n).map(|n| json!({ "email": format!("guest{n}@example.com") })).collect();
    json!({ "invitees": invitees }).to_string()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[tokio::test]
async fn a_long_batch_tells_each_part_as_it_is_done() {
    let circle = Circle::new().await;
    let request = circle.app.request("POST", BATCHES).bearer(&circle.amina);
    let reply = request.header("accept", "text/html, application/x-ndjson;q=0.9").body(guests(1200)).send().await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/x-ndjson"));
    let lines = lines(&reply.text);
    assert_eq!(lines.len(), 1 + 1200 + 3);
    assert_eq!(lines[0]["batch"]["group_id"], 1);
    let progress: Vec<_> = lines.iter().filter(|line| !line["progress"].is_null()).cloned().collect();
    let at = |done: usize| json!({ "progress": { "done": done, "total": 1200 } });
    assert_eq!(progress, [at(500), at(1000), at(1200)]);
    let rows: Vec<_> = lines.iter().filter(|line| line["result"] == "invited").collect();
    assert!(rows.iter().enumerate().all(|(n, row)| row["index"] == n), "{}", rows.len());

    // What became of it, page by page.
    let path = format!("{BATCHES}/{}", lines[0]["batch"]["batch_id"].as_str().expect("an id"));
    let page = circle.get(&circle.amina, &format!("{path}?limit=200")).await.json();
    let shown: Vec<_> = page["data"].as_array().expect("a list").iter().map(|found| &found["id"]).collect();
    assert_eq!(shown, rows[..200].iter().map(|row| &row["invitation_id"]).collect::<Vec<_>>());
    let next = format!("{path}?limit=200&cursor={}", page["next_cursor"].as_str().expect("a next page"));
    assert_eq!(circle.list(&circle.amina, &next).await[0]["email"], "guest200@example.com");
    circle.delete(&circle.amina, &path).await.assert(200, json!({ "undone": 1200 }));
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await, [] as [Value; 0]);
    assert_eq!(circle.get(&circle.amina, &path).await.json()["data"][0]["state"], "revoked");
}

#[tokio::test]
async fn a_batch_that_is_sent_again_with_its_key_goes_on_where_it_broke_off() {
    let circle = Circle::new().await;
    let send = |path: &str| {
        let request = circle.app.request("POST", path).bearer(&circle.amina).header("idempotency-key", KEY);
        request.body(guests(700)).send()
    };
    let first = send(BATCHES).await;
    let body = first.json();
    assert_eq!(body["data"].as_array().map(Vec::len), Some(700));
    circle.app.clock.advance_millis(60_000);
    let again = send(BATCHES).await;
    assert_eq!((again.status, &again.text), (200, &first.text), "the same ids, in the same batch");
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    // The key is that of this request.
    let other = circle.app.request("POST", BATCHES).bearer(&circle.amina).header("idempotency-key", KEY);
    let other = other.body(guests(3)).send().await;
    assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
}

#[tokio::test]
async fn a_key_is_for_a_batch_or_for_invitations_and_not_for_both() {
    let circle = Circle::new().await;
    let send = |path: &str| {
        let request = circle.app.request("POST", path).bearer(&circle.amina).header("idempotency-key", KEY);
        request.body(guests(1)).send()
    };
    let first = send(OF_GROUP).await;
    assert_eq!(first.status, 200);
    let other = send(BATCHES).await;
    assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
    // Once the key is forgotten, they are still two batches.
    circle.app.clock.advance_millis(86_400_000);
    let later = send(BATCHES).await;
    assert_eq!(later.status, 200);
    assert_ne!(later.json()["batch_id"], first.json()["batch_id"]);
}

#[tokio::test]
async fn what_nobody_could_read_is_not_carried_out() {
    let circle = Circle::new().await;
    let odd = json!({ "email": "nobody" });
    let body = json!({ "invitees": [odd, { "user_id": 0 }] });
    for path in [BATCHES, OF_GROUP] {
        let refused = circle.post(&circle.amina, path, body.clone()).await;
        assert_eq!((refused.status, &refused.json()["pointer"]), (422, &json!("/invitees/0/email")));
    }
    // Among others it spoils nothing, not even where it fills a part.
    let mut invitees = vec![odd; 1001];
    invitees[0] = json!({ "email": "guest@example.com" });
    let send = || {
        let request = circle.app.request("POST", BATCHES).bearer(&circle.amina).header("idempotency-key", KEY);
        request.body(json!({ "invitees": invitees }).to_string()).send()
    };
    let first = send().await;
    let rows = first.json()["data"].as_array().cloned().expect("a list");
    assert_eq!((rows.len(), &rows[0]["result"], &rows[1000]["index"]), (1001, &json!("invited"), &json!(1000)));
    assert_eq!(rows[1000]["problem"]["pointer"], "/invitees/1000/email");
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(send().await.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn what_a_quota_refused_is_tried_again_with_the_same_key() {
    let quotas = Some(Quotas { made_per_day: 600, ..Quotas::default() });
    let app = TestApp::with(Settings { quotas, ..Settings::default() }).await;
    let amina = app.person("amina").await;
    app.group("circle", &amina).await;
    let send = || {
        let request = app.request("POST", BATCHES).bearer(&amina).header("idempotency-key", KEY);
        request.body(guests(700)).send()
    };
    let results = |reply: &Reply, wanted: &str| {
        let rows = reply.json()["data"].as_array().cloned().expect("a list");
        rows.iter().filter(|row| row["result"] == wanted).count()
    };
    let first = send().await;
    assert_eq!((results(&first, "invited"), results(&first, "refused")), (600, 100), "{}", first.text);
    app.clock.advance_millis(23 * 3_600_000);
    app.clock.advance_millis(3_599_000);
    // In the last second of the day it is still so; the first part is told again, the second is done again.
    assert_eq!(send().await.header("idempotent-replayed"), "");
    app.clock.advance_millis(1_000);
    let next_day = send().await;
    assert_eq!(results(&next_day, "refused"), 0, "{}", next_day.text);
    assert_eq!(next_day.json()["batch_id"], first.json()["batch_id"]);
}

#[tokio::test]
async fn a_batch_that_fails_halfway_says_which_one_it_is() {
    let circle = Circle::new().await;
    let work = || {
        let request = circle.app.request("POST", BATCHES).bearer(&circle.amina).header("idempotency-key", KEY);
        request.body(guests(10_000)).send()
    };
    // The group is archived while the batch is on its way: as soon as there is an invitation.
    let archive = async {
        while circle.list(&circle.amina, OF_GROUP).await.is_empty() {
            tokio::task::yield_now().await;
        }
        circle.send(&circle.amina, "POST", "/guestlist/v1/groups/1/archive").await
    };
    let (failed, archived) = tokio::join!(work(), archive);
    assert_eq!(archived.status, 200);
    let body = failed.json();
    assert_eq!((failed.status, &body["code"]), (409, &json!("group_archived")), "{}", failed.text);
    // What was done can be looked at, and the rest done once nothing is in the way: no refusal in between is kept.
    let path = format!("{BATCHES}/{}", body["batch_id"].as_str().expect("an id"));
    assert_eq!(circle.get(&circle.amina, &path).await.json()["data"][0]["email"], "guest0@example.com");
    circle.send(&circle.amina, "POST", "/guestlist/v1/groups/1/unarchive").await;
    let whole = work().await.json();
    assert_eq!((whole["data"].as_array().map(Vec::len), &whole["batch_id"]), (Some(10_000), &body["batch_id"]));
}

#[tokio::test]
async fn a_batch_that_only_let_people_in_is_there() {
    let circle = Circle::new().await;
    circle.patch(&circle.amina, "/guestlist/v1/groups/1", json!({ "takes_requests": true, "is_public": true })).await;
    circle.patch(&circle.amina, "/guestlist/v1/groups/1", json!({ "is_public": false })).await;
    circle.send(&circle.bilal, "POST", "/guestlist/v1/groups/1/requests").await;
    let body = json!({ "invitees": [{ "user_id": circle.bilal.id() }] });
    let made = circle.post(&circle.amina, BATCHES, body).await.json();
    assert_eq!(made["data"][0]["result"], "added");
    let path = format!("{BATCHES}/{}", made["batch_id"].as_str().expect("an id"));
    circle.get(&circle.amina, &path).await.assert(200, json!({ "data": [], "next_cursor": null }));
    circle.delete(&circle.amina, &path).await.assert(200, json!({ "undone": 2 }));
}

#[tokio::test]
async fn who_does_not_want_lines_gets_none() {
    let circle = Circle::new().await;
    let kinds = [
        ("application/x-ndjson;q=0, application/json", false),
        ("application/json, Application/X-NDJSON; q=0.1", true),
    ];
    for (accept, is_lines) in kinds {
        let request = circle.app.request("POST", BATCHES).bearer(&circle.amina).header("accept", accept);
        let reply = request.body(guests(1)).send().await;
        assert_eq!(reply.header("content-type") == "application/x-ndjson", is_lines, "{accept}");
    }
}

#[tokio::test]
async fn a_batch_is_rehearsed_without_inviting_anybody() {
    let circle = Circle::new().await;
    let request = circle.app.request("POST", &format!("{BATCHES}?dry_run=true")).bearer(&circle.amina);
    let reply = request.body(guests(600)).send().await;
    assert_eq!((reply.status, reply.json()["data"].as_array().map(Vec::len)), (200, Some(600)));
    assert_eq!(reply.header("dry-run"), "true");
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_batch_is_for_who_invites_and_of_ten_thousand_at_the_most() {
    let circle = Circle::new().await;
    let send = |person, body: String| circle.app.request("POST", BATCHES).bearer(person).body(body).send();
    send(&circle.musa, guests(1)).await.assert(403, not_allowed());
    send(&circle.bilal, guests(1)).await.assert(404, group_not_found());
    let many = invalid_field("/invitees", "Write at most 10000.");
    send(&circle.amina, guests(10_001)).await.assert(422, many);
    assert_eq!(send(&circle.amina, " ".repeat(1024 * 1024 + 1)).await.status, 413);

    let rule = "Only invitations that were made together in this group can be undone together.";
    let unknown = refusal(404, "batch_not_found", "There is no such batch in this group.", by_asker(rule));
    for name in ["019b76da-a800-7000-8000-000000000000", "x", "%00"] {
        circle.get(&circle.amina, &format!("{BATCHES}/{name}")).await.assert(404, unknown.clone());
        circle.delete(&circle.amina, &format!("{BATCHES}/{name}")).await.assert(404, unknown.clone());
    }
    circle.get(&circle.musa, &format!("{BATCHES}/x")).await.assert(403, not_allowed());
}
