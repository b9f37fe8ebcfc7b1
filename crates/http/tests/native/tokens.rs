//! One's own access tokens.

use guestlist_core::user::UserRef;
use serde_json::{Value, json};

use crate::support::{Circle, by_asker, refusal};

const TOKENS: &str = "/guestlist/v1/tokens";

fn not_found() -> Value {
    let rule = "Only tokens that were given out can be ended.";
    refusal(404, "token_not_found", "There is no such token.", by_asker(rule))
}

#[tokio::test]
async fn a_token_is_shown_once_and_ended_by_its_owner() {
    let circle = Circle::new().await;
    let ask = json!({ "scopes": ["guestlist.groups.read"], "expires_in": 60 });
    let made = circle.post(&circle.bilal, TOKENS, ask).await;
    let body = made.json();
    let (id, secret) = (body["id"].as_str().expect("an id"), body["secret"].as_str().expect("a secret"));
    let mut wanted = json!({
        "id": id,
        "user_id": 2,
        "client_id": null,
        "scopes": ["guestlist.groups.read"],
        "created_at": "2026-01-01T00:00:00.000Z",
        "expires_at": "2026-01-01T00:01:00.000Z",
        "revoked_at": null,
        "secret": secret,
    });
    made.assert(201, wanted.clone());
    assert!(secret.starts_with("glt_"), "{secret}");
    let use_it = || {
        circle.app.request("GET", "/guestlist/v1/groups").header("authorization", &format!("Bearer {secret}")).send()
    };
    assert_eq!(use_it().await.status, 200);
    wanted.as_object_mut().expect("an object").shift_remove("secret");
    let all = circle.list(&circle.bilal, TOKENS).await;
    assert_eq!((all.len(), all.contains(&wanted)), (2, true), "{all:?}");

    let path = format!("{TOKENS}/{id}");
    assert_eq!(made.header("location"), path);
    let root = circle.app.admin("root").await;
    for person in [&circle.bilal, &root] {
        circle.get(person, &path).await.assert(200, wanted.clone());
    }
    circle.get(&circle.amina, &path).await.assert(404, not_found());
    circle.delete(&circle.amina, &path).await.assert(404, not_found());
    wanted["revoked_at"] = "2026-01-01T00:00:00.000Z".into();
    circle.delete(&circle.bilal, &path).await.assert(200, wanted.clone());
    circle.get(&circle.bilal, &path).await.assert(200, wanted);
    assert_eq!(use_it().await.status, 401);
    assert_eq!(circle.list(&circle.bilal, TOKENS).await.len(), 1);
    for name in ["019b76da-a800-7000-8000-000000000000", "x", "%FF"] {
        circle.get(&circle.bilal, &format!("{TOKENS}/{name}")).await.assert(404, not_found());
        circle.delete(&circle.bilal, &format!("{TOKENS}/{name}")).await.assert(404, not_found());
    }
}

#[tokio::test]
async fn a_new_token_is_good_for_no_more_than_the_one_that_asks() {
    let circle = Circle::new().await;
    let narrow =
        circle.app.token(&UserRef::Id(circle.bilal.user.id), "guestlist.tokens guestlist.groups.read", None).await;
    let ask = |body: Value| {
        let request = circle.app.request("POST", TOKENS).header("authorization", &format!("Bearer {narrow}"));
        request.body(body.to_string()).send()
    };
    let same = ask(json!({})).await;
    assert_eq!((same.status, &same.json()["scopes"]), (201, &json!(["guestlist.tokens", "guestlist.groups.read"])));
    assert_eq!(ask(json!({ "scopes": ["guestlist.groups.read"] })).await.status, 201);
    let rule = "A token may do no more than its client application and than whoever asks for it.";
    let explanation = json!({ "rule": rule, "remedy": { "who": "operator" } });
    for wider in ["guestlist.groups", "guestlist", "*", "rocketchat"] {
        let reply = ask(json!({ "scopes": [wider] })).await;
        let detail = "The client may not have tokens for this.";
        reply.assert(403, refusal(403, "scope_not_granted", detail, explanation.clone()));
    }
    assert_eq!(ask(json!({ "scopes": ["a b"] })).await.json()["pointer"], "/scopes");
}

#[tokio::test]
async fn a_token_of_a_client_begets_tokens_of_that_client() {
    let circle = Circle::new().await;
    let jwt = circle.app.jwt(&circle.bilal, "guestlist");
    let request = circle.app.request("POST", TOKENS).header("authorization", &format!("Bearer {jwt}"));
    let made = request.send().await.json();
    assert_eq!((&made["client_id"], &made["scopes"]), (&json!("app"), &json!(["guestlist"])));
}
