//! Client applications.

use serde_json::json;

use crate::support::{Circle, administrators_only, by_asker, invalid_field, refusal};

const CLIENTS: &str = "/guestlist/v1/clients";

#[tokio::test]
async fn administrators_register_and_remove_clients() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    let created_at = "2026-01-01T00:00:00.000Z";
    let app = json!({ "id": "app", "name": "", "scopes": ["*"], "created_at": created_at });
    circle.get(&root, CLIENTS).await.assert(200, json!({ "data": [app], "next_cursor": null }));
    let new = json!({ "id": "web", "name": "The web", "scopes": ["guestlist.groups"] });
    let wanted = json!({ "id": "web", "name": "The web", "scopes": ["guestlist.groups"], "created_at": created_at });
    let made = circle.post(&root, CLIENTS, new.clone()).await;
    made.assert(201, wanted.clone());
    assert_eq!(made.header("location"), format!("{CLIENTS}/web"));
    circle.get(&root, made.header("location")).await.assert(200, wanted.clone());
    // An id may have what a path may not.
    let odd = circle.post(&root, CLIENTS, json!({ "id": "https://web/?a#b%2F" })).await;
    assert_eq!(odd.header("location"), format!("{CLIENTS}/https%3A%2F%2Fweb%2F%3Fa%23b%252F"));
    assert_eq!(circle.get(&root, odd.header("location")).await.json(), odd.json());
    assert_eq!(circle.delete(&root, odd.header("location")).await.json(), odd.json());
    let taken = by_asker("Ids of client applications are unique.");
    let taken = refusal(409, "client_taken", "This client id is taken.", taken);
    circle.post(&root, CLIENTS, new).await.assert(409, taken);
    circle.get(&root, CLIENTS).await.assert(200, json!({ "data": [app, wanted], "next_cursor": null }));
    circle.delete(&root, &format!("{CLIENTS}/web")).await.assert(200, wanted);
    let unknown = by_asker("Only registered client applications can be named.");
    let unknown = refusal(404, "client_not_found", "There is no such client.", unknown);
    for name in ["web", "a%20b", "%FF", "%00"] {
        circle.get(&root, &format!("{CLIENTS}/{name}")).await.assert(404, unknown.clone());
        circle.delete(&root, &format!("{CLIENTS}/{name}")).await.assert(404, unknown.clone());
    }
    let nul = circle.post(&root, CLIENTS, json!({ "id": "x", "name": "a\u{0}" })).await;
    nul.assert(422, invalid_field("/name", "Write 1 to 120 characters on one line."));
}

#[tokio::test]
async fn nobody_else_sees_or_changes_clients() {
    let circle = Circle::new().await;
    circle.get(&circle.amina, CLIENTS).await.assert(403, administrators_only());
    circle.post(&circle.amina, CLIENTS, json!({ "id": "web" })).await.assert(403, administrators_only());
    circle.get(&circle.amina, &format!("{CLIENTS}/app")).await.assert(403, administrators_only());
    circle.delete(&circle.amina, &format!("{CLIENTS}/app")).await.assert(403, administrators_only());
}
