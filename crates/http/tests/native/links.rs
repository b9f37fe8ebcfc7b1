//! Invite links.

use serde_json::{Value, json};

use crate::support::{Circle, MEMBERS, by_asker, group_not_found, lacks, not_allowed, refusal};

const LINKS: &str = "/guestlist/v1/groups/1/links";
const USE: &str = "/guestlist/v1/links/use";

fn link_not_found() -> Value {
    let rule = "A link exists only for who holds its address and for those who run the group.";
    refusal(404, "link_not_found", "There is no such link for you.", by_asker(rule))
}

#[tokio::test]
async fn a_link_shows_its_secret_once_and_lets_people_in() {
    let circle = Circle::new().await;
    let made = circle.post(&circle.amina, LINKS, json!({ "uses_max": 1, "roles": ["leader"] })).await;
    let body = made.json();
    let (id, secret) = (body["id"].as_str().expect("an id"), body["secret"].as_str().expect("a secret"));
    let mut wanted = json!({
        "id": id,
        "group_id": 1,
        "creator_id": 1,
        "roles": ["leader"],
        "uses_max": 1,
        "uses": 0,
        "needs_approval": false,
        "state": "open",
        "created_at": "2026-01-01T00:00:00.000Z",
        "expires_at": "2026-01-08T00:00:00.000Z",
        "revoked_at": null,
        "secret": secret,
        "url": format!("https://guestlist.example.org/join/{secret}"),
    });
    made.assert(201, wanted.clone());
    assert!(secret.starts_with("gll_") && secret.len() == 47, "{secret}");
    let path = format!("/guestlist/v1/links/{id}");
    assert_eq!(made.header("location"), path);
    for shown_once in ["secret", "url"] {
        wanted.as_object_mut().expect("an object").shift_remove(shown_once);
    }
    let shown = circle.get(&circle.amina, &path).await;
    shown.assert(200, wanted.clone());
    assert_eq!(shown.header("etag"), made.header("etag"));
    circle.get(&circle.amina, LINKS).await.assert(200, json!({ "data": [wanted], "next_cursor": null }));

    let joined = |standing: &str| json!({ "group_id": 1, "standing": standing });
    circle.post(&circle.bilal, USE, json!({ "secret": secret })).await.assert(200, joined("joined"));
    circle.post(&circle.bilal, USE, json!({ "secret": secret })).await.assert(200, joined("already_member"));
    assert_eq!(circle.get(&circle.bilal, &format!("{MEMBERS}/me")).await.json()["roles"], json!(["leader"]));
    let layla = circle.app.person("layla").await;
    let late = circle.post(&layla, USE, json!({ "secret": secret })).await;
    let rule = "A link lets people in until it is revoked, expired or used up.";
    let explanation = json!({
        "rule": rule,
        "fact": { "kind": "count", "count": 1, "max": 1 },
        "remedy": { "who": "roles", "roles": ["owner", "moderator"] },
    });
    late.assert(409, refusal(409, "link_closed", rule, explanation));
    assert_eq!(circle.get(&circle.amina, &path).await.json()["state"], "used_up");
    for secret in ["", "gll_wrong", "with blanks", "\u{0}"] {
        circle.post(&layla, USE, json!({ "secret": secret })).await.assert(404, link_not_found());
    }
}

#[tokio::test]
async fn a_link_is_for_those_who_invite_to_look_at_and_to_take_back() {
    let circle = Circle::new().await;
    circle.post(&circle.musa, LINKS, json!({})).await.assert(403, not_allowed());
    circle.post(&circle.bilal, LINKS, json!({})).await.assert(404, group_not_found());
    circle.get(&circle.musa, LINKS).await.assert(403, not_allowed());
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    let owner = circle.post(&layla, LINKS, json!({ "roles": ["owner"] })).await;
    owner.assert(403, lacks(Some(&["moderator"]), &["owner"]));

    let made = circle.send(&layla, "POST", LINKS).await.json();
    let path = format!("/guestlist/v1/links/{}", made["id"].as_str().expect("an id"));
    circle.get(&circle.musa, &path).await.assert(404, link_not_found());
    circle.get(&circle.bilal, &path).await.assert(404, link_not_found());
    circle.delete(&circle.musa, &path).await.assert(404, link_not_found());
    circle.delete(&circle.bilal, &path).await.assert(404, link_not_found());
    circle.app.clock.advance_millis(1000);
    for _ in 0..2 {
        let revoked = circle.delete(&circle.amina, &path).await.json();
        assert_eq!(
            (&revoked["state"], &revoked["revoked_at"]),
            (&json!("revoked"), &json!("2026-01-01T00:00:01.000Z"))
        );
        circle.app.clock.advance_millis(1000);
    }
    for name in ["019b76da-a800-7000-8000-000000000000", "x", "%FF"] {
        circle.get(&circle.amina, &format!("/guestlist/v1/links/{name}")).await.assert(404, link_not_found());
        circle.delete(&circle.amina, &format!("/guestlist/v1/links/{name}")).await.assert(404, link_not_found());
    }
}

#[tokio::test]
async fn the_answer_with_the_secret_is_given_again_to_who_has_the_key() {
    let circle = Circle::new().await;
    let send = || {
        let request = circle.app.request("POST", LINKS).bearer(&circle.amina);
        request.header("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324").send()
    };
    let (first, again) = (send().await, send().await);
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(circle.list(&circle.amina, LINKS).await.len(), 1);
}

#[tokio::test]
async fn a_link_that_needs_approval_leads_to_a_request() {
    let circle = Circle::new().await;
    let made = circle.post(&circle.amina, LINKS, json!({ "needs_approval": true, "uses_max": null })).await.json();
    let reply = circle.post(&circle.bilal, USE, json!({ "secret": made["secret"] })).await;
    reply.assert(200, json!({ "group_id": 1, "standing": "requested" }));
    let zero = circle.post(&circle.amina, LINKS, json!({ "uses_max": 0 })).await;
    let rule = "A link lets in at least one person.";
    zero.assert(422, refusal(422, "uses_out_of_range", rule, by_asker(rule)));
}
