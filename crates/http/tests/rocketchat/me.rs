//! `GET me` (2.4): the caller.

use serde_json::json;

use crate::support::{START, world};

#[tokio::test]
async fn callers_see_themselves_whole() {
    let world = world().await;
    // Literally: clock and chance are the test's own.
    world.get(&world.amina, "/api/v1/me").await.assert(
        200,
        json!({
            "_id": "Yh4XqCftcrwbTjavx",
            "username": "amina",
            "name": "amina the person",
            "emails": [{ "address": "amina@example.org", "verified": true }],
            "email": "amina@example.org",
            "status": "offline",
            "active": true,
            "roles": ["user"],
            "settings": { "profile": {}, "preferences": {}, "calendar": {} },
            "avatarUrl": "https://guestlist.example.org/avatar/amina",
            "isOAuthUser": false,
            "services": { "password": { "exists": false } },
            "_updatedAt": START,
            "success": true,
        }),
    );
}

#[tokio::test]
async fn administrators_have_the_role_admin() {
    let world = world().await;
    let root = world.app.admin("root").await;
    assert_eq!(world.get(&root, "/api/v1/me").await.json()["roles"], json!(["user", "admin"]));
}

#[tokio::test]
async fn only_a_verified_address_is_the_email() {
    let world = world().await;
    world.sql("UPDATE user_emails SET is_verified = 0 WHERE user_id = ?1", world.amina.id());
    let me = world.get(&world.amina, "/api/v1/me").await.json();
    assert_eq!(me["emails"], json!([{ "address": "amina@example.org", "verified": false }]));
    assert!(me.get("email").is_none(), "{me}");
}

#[tokio::test]
async fn without_an_address_the_list_is_empty() {
    let world = world().await;
    world.sql("DELETE FROM user_emails WHERE user_id = ?1", world.amina.id());
    let me = world.get(&world.amina, "/api/v1/me").await.json();
    assert_eq!(me["emails"], json!([]));
    assert!(me.get("email").is_none(), "{me}");
}

#[tokio::test]
async fn that_there_is_a_password_is_said_and_nothing_about_it() {
    let world = world().await;
    let (bilal, _) = world.app.person_with_password("bilal").await;
    let reply = world.get(&bilal, "/api/v1/me").await;
    assert_eq!(reply.json()["services"], json!({ "password": { "exists": true } }));
    assert!(!reply.text.contains("argon2"), "{}", reply.text);
    assert!(!reply.text.contains(&bilal.token), "{}", reply.text);
}
