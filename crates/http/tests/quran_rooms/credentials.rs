//! Which token is good for what: every operation, with every kind of credential.

use guestlist_core::command::DisableUser;
use guestlist_core::user::UserRef;
use serde_json::json;

use crate::support::{Circle, refuse, refuse_scope};

/// Whether an application may call an operation that lists no 401.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    User,
    Nobody,
}

/// Method, path, the scope that is needed, and who may call.
const OPERATIONS: [(&str, &str, &str, Needs); 19] = [
    ("POST", "rooms/groups", "room.create", Needs::User),
    ("PATCH", "rooms/groups", "room.update", Needs::User),
    ("POST", "rooms/1/invite", "room.invite", Needs::User),
    ("GET", "rooms/1/accept-invite", "room.invite", Needs::User),
    ("GET", "rooms/1/reject-invite", "room.invite", Needs::User),
    ("GET", "rooms/group/circle/accept/x", "room.invite", Needs::User),
    ("GET", "rooms/page/circle/accept/x", "room.invite", Needs::User),
    ("GET", "rooms/1/members", "room.members.read", Needs::Nobody),
    ("DELETE", "rooms/1/members/x", "room.members.remove", Needs::User),
    ("POST", "rooms/admins-access", "room.admin", Needs::User),
    ("POST", "rooms/1/join", "room.join", Needs::User),
    ("POST", "rooms/1/leave", "room.leave", Needs::User),
    ("GET", "rooms/joined-rooms", "room.read", Needs::User),
    ("GET", "rooms/managed-rooms", "room.read", Needs::User),
    ("GET", "rooms/search", "room.search", Needs::Nobody),
    ("GET", "users/my-rooms", "user.rooms.read", Needs::User),
    ("GET", "users/search", "user.search", Needs::Nobody),
    ("GET", "rooms/1", "room.read", Needs::Nobody),
    ("GET", "rooms/group/circle", "room.read", Needs::Nobody),
];

const EVERY_SCOPE: [&str; 12] = [
    "room.read",
    "room.create",
    "room.update",
    "room.admin",
    "room.search",
    "room.invite",
    "room.join",
    "room.leave",
    "room.members.read",
    "room.members.remove",
    "user.rooms.read",
    "user.search",
];

#[tokio::test]
async fn without_good_credentials_nothing_else_of_a_request_counts() {
    let there = Circle::new().await;
    let good = there.app.jwt(&there.amina, "room user");
    for (method, path, ..) in OPERATIONS {
        for prefix in ["/quran-reflect/v1/", "/auth/v1/"] {
            // With a body that would be refused: the credentials come first.
            let request = || there.app.request(method, &format!("{prefix}{path}?page=x")).body("{");
            refuse(&request().send().await, 400);
            refuse(&request().header("x-auth-token", &good).send().await, 400);
            refuse(&request().header("x-client-id", "app").send().await, 400);
            refuse(&request().header("x-auth-token", " ").header("x-client-id", "app").send().await, 400);
            refuse(&request().header("authorization", &format!("Bearer {good}")).send().await, 400);
            refuse(&request().gateway(&good).header("x-client-id", "other").send().await, 400);
            refuse(&request().gateway("nonsense").send().await, 401);
            refuse(&request().gateway(&there.amina.token).send().await, 401);
            refuse(&request().header("x-auth-token", &good).header("x-client-id", "other").send().await, 403);
        }
    }
}

#[tokio::test]
async fn every_operation_has_its_scope_and_no_other_will_do() {
    let there = Circle::new().await;
    for (method, path, needed, _) in OPERATIONS {
        let others: Vec<_> = EVERY_SCOPE.into_iter().filter(|scope| *scope != needed).collect();
        refuse_scope(&there.ask_with(&others.join(" "), &there.zayd, method, path, "{}").await);
        let parent = needed.split('.').next().unwrap();
        for enough in [needed, parent] {
            let reply = there.ask_with(enough, &there.zayd, method, path, "{}").await;
            assert!(!reply.text.contains("insufficient_scope"), "{method} {path} {enough}: {}", reply.text);
            assert_ne!(reply.status, 401, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_application_calls_what_needs_no_user() {
    let there = Circle::new().await;
    for (method, path, _, needs) in OPERATIONS {
        let token = there.app.jwt_for("app", "app", "room user");
        let request = there.app.request(method, &format!("/quran-reflect/v1/{path}"));
        let reply = request.gateway(&token).body("{}").send().await;
        match needs {
            Needs::User => refuse(&reply, 401),
            Needs::Nobody => assert!(matches!(reply.status, 200 | 404), "{method} {path}: {}", reply.text),
        }
    }
}

#[tokio::test]
async fn a_token_is_good_until_the_second_it_ends_and_for_active_people_only() {
    let there = Circle::new().await;
    let token = there.app.jwt(&there.zayd, "room");
    let ask = async || there.app.request("GET", "/quran-reflect/v1/rooms/1").gateway(&token).send().await;
    assert_eq!(ask().await.status, 200);
    let off = DisableUser { by: None, user: UserRef::Id(there.zayd.user.id) };
    there.app.store().submit(off).await.unwrap();
    refuse(&ask().await, 403);
    there.app.clock.advance_millis(3600 * 1000);
    refuse(&ask().await, 401);
}

#[tokio::test]
async fn whoever_is_met_for_the_first_time_gets_an_account() {
    let there = Circle::new().await;
    let token = there.app.jwt_for("auth0|someone", "app", "room user");
    let request = there.app.request("POST", "/quran-reflect/v1/rooms/groups").gateway(&token);
    let made = request.body(json!({ "name": "Mine", "url": "mine" }).to_string()).send().await;
    assert_eq!((made.status, &made.json()["data"]["ownerId"]), (201, &json!("auth0|someone")), "{}", made.text);
}
