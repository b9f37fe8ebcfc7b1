//! `POST login` (2.2): every form of it, and what is refused.

use guestlist_core::command::RevokeToken;
use guestlist_core::credential::TokenRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::{Person, Reply};
use serde_json::{Value, json};

use crate::support::{World, not_logged_in, world};

/// SHA-256 of the password that everybody has in tests.
const DIGEST: &str = "c4bbcb1fbec99d65bf59d85c8cb62ee2db963f0fe106f483d9afa73bd4e39a8a";

async fn login(world: &World, body: Value) -> Reply {
    login_raw(world, "application/json", body.to_string()).await
}

async fn login_raw(world: &World, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    let request = world.app.request("POST", "/api/v1/login").header("content-type", content_type);
    request.body(body.into()).send().await
}

fn unauthorized() -> Value {
    json!({ "success": false, "status": "error", "error": "Unauthorized", "message": "Unauthorized" })
}

/// Fails unless `reply` is a login of `person`, with a token that works at once.
async fn assert_login(world: &World, person: &Person, reply: &Reply, what: &str) -> String {
    assert_eq!(reply.status, 200, "{what}: {}", reply.text);
    let token = reply.json()["data"]["authToken"].as_str().unwrap().to_owned();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    assert!(token.len() == 43 && token.bytes().all(plain), "{what}: {token}");

    let with_it = Person { token: token.clone(), user: person.user.clone() };
    let mut me = world.get(&with_it, "/api/v1/me").await.json();
    assert_eq!(me.as_object_mut().unwrap().remove("success"), Some(true.into()), "{what}: {me}");
    let data = json!({ "userId": person.uid(), "authToken": token, "me": me });
    assert_eq!(reply.json(), json!({ "status": "success", "data": data, "success": true }), "{what}");
    token
}

#[tokio::test]
async fn every_documented_form_logs_in() {
    let world = world().await;
    let (bilal, password) = world.app.person_with_password("bilal").await;
    let digest = json!({ "digest": DIGEST, "algorithm": "sha-256" });
    let forms = [
        json!({ "user": "bilal", "password": password }),
        json!({ "user": "bilal@example.org", "password": password }),
        json!({ "username": "bilal", "password": password }),
        json!({ "email": "bilal@example.org", "password": password }),
        json!({ "email": "Bilal@Example.ORG", "password": password }),
        json!({ "user": { "username": "bilal" }, "password": password }),
        json!({ "user": { "email": "bilal@example.org" }, "password": password }),
        json!({ "user": "bilal", "password": digest }),
        json!({ "user": { "username": "bilal" }, "password": digest }),
        json!({ "email": "bilal@example.org", "password": digest }),
        // Two-factor authentication is off, whatever is sent for it.
        json!({ "user": "bilal", "password": password, "code": "123456" }),
        // Of several names: the text `user`, then `username`, then `email`.
        json!({ "user": "bilal", "username": "amina", "email": "amina@example.org", "password": password }),
        json!({ "user": { "username": "amina" }, "username": "bilal", "password": password }),
        json!({ "username": "bilal", "email": "amina@example.org", "password": password }),
    ];
    for form in forms {
        let reply = login(&world, form.clone()).await;
        assert_login(&world, &bilal, &reply, &form.to_string()).await;
    }
}

#[tokio::test]
async fn a_form_logs_in_too() {
    let world = world().await;
    let (bilal, _) = world.app.person_with_password("bilal").await;
    for form in [
        "user=bilal&password=correct+horse+battery+staple",
        "password=correct%20horse%20battery%20staple&username=bilal",
    ] {
        let reply = login_raw(&world, "application/x-www-form-urlencoded", form).await;
        assert_login(&world, &bilal, &reply, form).await;
    }
}

#[tokio::test]
async fn each_login_makes_a_token_and_leaves_the_old_ones() {
    let world = world().await;
    let (bilal, password) = world.app.person_with_password("bilal").await;
    let form = json!({ "user": "bilal", "password": password });
    let first = login(&world, form.clone()).await;
    let first = assert_login(&world, &bilal, &first, "first").await;
    let second = login(&world, form).await;
    let second = assert_login(&world, &bilal, &second, "second").await;
    assert_ne!(first, second);
    for token in [first, second, bilal.token] {
        let again = Person { token, user: bilal.user.clone() };
        assert_eq!(world.get(&again, "/api/v1/me").await.status, 200);
    }
}

#[tokio::test]
async fn a_login_lasts_ninety_days() {
    let world = world().await;
    let (bilal, password) = world.app.person_with_password("bilal").await;
    let reply = login(&world, json!({ "user": "bilal", "password": password })).await;
    let token = assert_login(&world, &bilal, &reply, "login").await;
    let bilal = Person { token, ..bilal };
    world.app.clock.advance_millis(90 * 86_400_000 - 1);
    assert_eq!(world.get(&bilal, "/api/v1/me").await.status, 200);
    world.app.clock.advance_millis(1);
    world.get(&bilal, "/api/v1/me").await.assert(401, not_logged_in());
    login(&world, json!({ "resume": bilal.token })).await.assert(401, unauthorized());
}

#[tokio::test]
async fn a_good_token_resumes() {
    let world = world().await;
    let reply = login(&world, json!({ "resume": world.amina.token })).await;
    let token = assert_login(&world, &world.amina, &reply, "resume").await;
    assert_eq!(token, world.amina.token);
}

#[tokio::test]
async fn a_bad_token_resumes_nothing() {
    let world = world().await;
    let (revoked, disabled) = (world.app.person("revoked").await, world.app.person("disabled").await);
    let hash = PlainToken::presented(&revoked.token).unwrap().hash();
    world.app.store().submit(RevokeToken { by: None, token: TokenRef::Hash(hash) }).await.unwrap();
    world.disable(&disabled).await;
    for token in ["", " ", "nonsense", "ключ", &revoked.token, &disabled.token, &"x".repeat(10_000)] {
        let reply = login(&world, json!({ "resume": token })).await;
        assert_eq!((reply.status, reply.json()), (401, unauthorized()), "{token}");
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_refused_alike() {
    let world = world().await;
    let (_, password) = world.app.person_with_password("bilal").await;
    // Amina has no password at all.
    let digest = |digest: &str, algorithm: &str| json!({ "digest": digest, "algorithm": algorithm });
    let cases = [
        json!({ "user": "bilal", "password": "wrong" }),
        json!({ "user": "bilal", "password": "" }),
        json!({ "user": "bilal", "password": "Correct horse battery staple" }),
        json!({ "user": "bilal", "password": format!("{password} ") }),
        json!({ "user": "bilal", "password": DIGEST }),
        json!({ "user": "bilal", "password": "x".repeat(50_000) }),
        json!({ "user": "bilal", "password": "п\u{0}роль" }),
        json!({ "user": "bilal", "password": digest(&DIGEST[1..], "sha-256") }),
        json!({ "user": "bilal", "password": digest(&"0".repeat(64), "sha-256") }),
        json!({ "user": "bilal", "password": digest(DIGEST, "md5") }),
        json!({ "user": "bilal", "password": { "digest": DIGEST } }),
        json!({ "user": "bilal", "password": {} }),
        json!({ "user": "bilal", "password": [password] }),
        json!({ "user": "bilal", "password": null }),
        json!({ "user": "bilal", "password": 5 }),
        json!({ "user": "bilal" }),
        json!({ "user": "amina", "password": password }),
        json!({ "user": "nobody", "password": password }),
        json!({ "user": "nobody@example.org", "password": password }),
        json!({ "email": "bilal", "password": password }),
        json!({ "user": "@bilal", "password": password }),
        json!({ "user": "", "password": password }),
        json!({ "user": ["bilal"], "password": password }),
        json!({ "user": {}, "password": password }),
        json!({ "user": { "username": ["bilal"] }, "password": password }),
        json!({ "user": 5, "password": password }),
        json!({ "username": { "username": "bilal" }, "password": password }),
        json!({ "username": "bilal@example.org", "password": password }),
        json!({ "user": "ｂｉｌａｌ", "password": password }),
        json!({ "user": "bilal\u{0}", "password": password }),
        json!({ "password": password }),
        // The first name decides, even if another would do.
        json!({ "user": "amina", "username": "bilal", "password": password }),
        json!({ "username": "amina", "email": "bilal@example.org", "password": password }),
        json!({ "resume": 5 }),
        json!({ "resume": null }),
        json!({}),
    ];
    for case in cases {
        let reply = login(&world, case.clone()).await;
        assert_eq!((reply.status, reply.json()), (401, unauthorized()), "{case}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_logs_nobody_in() {
    // 1.5: login has no schema, so that no validation can fail.
    let world = world().await;
    for body in ["", " ", "{", "nope", "{\"user\":\"bilal\"", "null", "5", "\"bilal\"", "[]", "[{\"user\":\"bilal\"}]"]
    {
        let reply = login_raw(&world, "application/json", body).await;
        assert_eq!((reply.status, reply.json()), (401, unauthorized()), "{body}");
    }
    world.app.request("POST", "/api/v1/login").send().await.assert(401, unauthorized());
    login_raw(&world, "application/json", b"{\"user\":\"\xff\"}").await.assert(401, unauthorized());
}

#[tokio::test]
async fn a_deactivated_user_with_the_right_password_is_told_so() {
    let world = world().await;
    let (bilal, password) = world.app.person_with_password("bilal").await;
    world.disable(&bilal).await;
    let wanted = json!({
        "success": false,
        "status": "error",
        "error": "error-user-is-not-activated",
        "message": "User is not activated",
    });
    login(&world, json!({ "user": "bilal", "password": password })).await.assert(401, wanted);
    // Who does not know the password learns nothing.
    login(&world, json!({ "user": "bilal", "password": "wrong" })).await.assert(401, unauthorized());
}

#[tokio::test]
async fn credentials_in_headers_do_not_matter() {
    let world = world().await;
    let (bilal, password) = world.app.person_with_password("bilal").await;
    let body = json!({ "user": "bilal", "password": password }).to_string();
    let request = world.app.request("POST", "/api/v1/login").header("content-type", "application/json").body(body);
    let request = request.header("X-Auth-Token", "nonsense").header("X-User-Id", "nobody").header("x-2fa-code", "1");
    let reply = request.send().await;
    assert_login(&world, &bilal, &reply, "with wrong headers").await;
}
