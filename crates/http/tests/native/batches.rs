//! More people than one command takes.

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
    // The key is that of this request.
    let other = circle.app.request("POST", BATCHES).bearer(&circle.amina).header("idempotency-key", KEY);
    let other = other.body(guests(3)).send().await;
    assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
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
    let many = invalid_field("/invitees", "At most 10000 people can be named at once.");
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
