//! Pages: they cannot be made here, but a stored one is served like a group, with a subdomain for an address.

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Circle, circle, pictures, refuse};

/// Where the group 1 is a public page.
async fn with_page() -> Circle {
    let there = Circle::new().await;
    let database = Connection::open(there.app.database()).unwrap();
    database.execute(r#"UPDATE "groups" SET is_page = 1, is_public = 1"#, []).unwrap();
    there
}

#[tokio::test]
async fn a_page_has_a_subdomain_and_is_verified() {
    let there = with_page().await;
    let mut page =
        circle(&there, json!({ "roomType": "page", "isVerified": true, "isPublic": true, "subdomain": "circle" }));
    let fields = page.as_object_mut().unwrap();
    fields.remove("url");
    fields.extend([
        ("isOwner".to_owned(), json!(false)),
        ("isAdmin".to_owned(), json!(false)),
        ("isMember".to_owned(), json!(false)),
        ("mutualFollowers".to_owned(), json!([])),
        ("mutualFollowersCount".to_owned(), json!(0)),
    ]);
    for path in ["rooms/page/circle", "rooms/page/Circle", "rooms/1"] {
        there.get(&there.bilal, path).await.assert(200, page.clone());
    }
    refuse(&there.get(&there.bilal, "rooms/group/circle").await, 404);
    let mine = there.get(&there.zayd, "users/my-rooms").await;
    let room = json!({
        "id": 1, "name": "circle", "group": "", "public": true, "roomType": "page", "verified": true,
        "subdomain": "circle", "description": "about circle", "membersCount": 3, "avatarUrl": pictures(),
    });
    mine.assert(200, json!({ "total": 1, "currentPage": 1, "limit": 10, "pages": 1, "data": [room] }));
}

#[tokio::test]
async fn a_page_is_found_by_its_kind_and_entered_by_its_token_but_not_joined() {
    let there = with_page().await;
    for (kind, total) in [("PAGE", 1), ("group", 0)] {
        let found = there.get(&there.bilal, &format!("rooms/search?roomType={kind}")).await;
        assert_eq!(found.json()["total"], total, "{kind}");
    }
    refuse(&there.ask(&there.bilal, "POST", "rooms/1/join", "").await, 404);
    let profile = there.get(&there.musa, "rooms/page/circle").await.json();
    let token = profile["privateToken"].as_str().unwrap();
    let came = there.get(&there.bilal, &format!("rooms/page/circle/accept/{token}")).await;
    came.assert(200, json!({ "roomId": 1, "success": true, "isNewMember": true }));
    // Invited and left as a group is.
    let invited = there.post(&there.amina, "rooms/1/invite", json!({ "emails": ["a@example.org"] })).await;
    invited.assert(200, json!({ "invited": true, "inviteStatus": { "a@example.org": true } }));
    there.ask(&there.bilal, "POST", "rooms/1/leave", "").await.assert(200, json!({ "left": true }));
}
