//! Personal access tokens (2.5) and `logout` (2.3).

use guestlist_testing::Person;
use serde_json::{Value, json};

use crate::support::{START, World, invalid_body, not_logged_in, refused, world};

impl World {
    async fn personal(&self, caller: &Person, what: &str, body: Value) -> guestlist_testing::Reply {
        self.post(caller, &format!("users.{what}PersonalAccessToken"), body).await
    }
}

fn of_method(code: &str, reason: &str, method: &str) -> Value {
    let mut body = refused(code, reason);
    body["details"] = json!({ "method": format!("personalAccessTokens:{method}") });
    body
}

fn with(person: &Person, token: &Value) -> Person {
    Person { token: token.as_str().unwrap().to_owned(), ..person.clone() }
}

#[tokio::test]
async fn a_token_of_a_name_is_as_good_as_a_login_until_it_is_replaced_or_removed() {
    let world = world().await;
    let made = world.personal(&world.amina, "generate", json!({ "tokenName": "bot", "bypassTwoFactor": true })).await;
    let token = made.json()["token"].clone();
    made.assert(200, json!({ "token": token, "success": true }));
    assert_eq!(token.as_str().map(str::len), Some(43));
    let bot = with(&world.amina, &token);
    assert_eq!(world.get(&bot, "/api/v1/me").await.status, 200);
    // It outlives every login.
    world.app.clock.advance_millis(1000 * 86_400_000);
    assert_eq!(world.get(&bot, "/api/v1/me").await.status, 200);

    let again = world.personal(&bot, "generate", json!({ "tokenName": "bot" })).await;
    let exists = "A token with this name already exists";
    again.assert(400, of_method("error-token-already-exists", exists, "generateToken"));
    let ending = token.as_str().unwrap().get(37..).unwrap();
    let shown = json!([{ "name": "bot", "createdAt": START, "lastTokenPart": ending, "bypassTwoFactor": true }]);
    let list = world.get(&bot, "/api/v1/users.getPersonalAccessTokens").await;
    list.assert(200, json!({ "tokens": shown, "success": true }));

    let replaced = world.personal(&bot, "regenerate", json!({ "tokenName": "bot" })).await.json();
    world.get(&bot, "/api/v1/me").await.assert(401, not_logged_in());
    let bot = with(&world.amina, &replaced["token"]);
    let list = world.get(&bot, "/api/v1/users.getPersonalAccessTokens").await.json();
    assert_eq!(list["tokens"][0]["bypassTwoFactor"], true);
    world.personal(&bot, "remove", json!({ "tokenName": "bot" })).await.assert(200, json!({ "success": true }));
    world.get(&bot, "/api/v1/me").await.assert(401, not_logged_in());
    let list = world.get(&world.amina, "/api/v1/users.getPersonalAccessTokens").await;
    list.assert(200, json!({ "tokens": [], "success": true }));
}

#[tokio::test]
async fn a_token_that_does_not_exist_is_neither_replaced_nor_removed() {
    let world = world().await;
    let missing = |method| of_method("error-token-does-not-exists", "Token does not exist", method);
    let body = json!({ "tokenName": "bot" });
    world.personal(&world.amina, "regenerate", body.clone()).await.assert(400, missing("regenerateToken"));
    world.personal(&world.amina, "remove", body).await.assert(400, missing("removeToken"));
    for what in ["generate", "regenerate", "remove"] {
        let told = invalid_body("must have required property 'tokenName'");
        world.personal(&world.amina, what, json!({})).await.assert(400, told);
        let told = json!({ "success": false, "error": "The bodyParam \"tokenName\" is empty" });
        world.personal(&world.amina, what, json!({ "tokenName": " " })).await.assert(400, told);
    }
}

#[tokio::test]
async fn who_may_have_no_tokens_has_none() {
    let world = world().await;
    world.sql("UPDATE users SET roles = 8 WHERE id = ?1", world.amina.id());
    for (what, method) in [("generate", "generateToken"), ("regenerate", "regenerateToken"), ("remove", "removeToken")]
    {
        let reply = world.personal(&world.amina, what, json!({ "tokenName": "bot" })).await;
        reply.assert(400, of_method("not-authorized", "Not Authorized", method));
    }
    let denied = "User does not have the permissions required for this action [error-unauthorized]";
    let list = world.get(&world.amina, "/api/v1/users.getPersonalAccessTokens").await;
    list.assert(403, json!({ "success": false, "error": denied }));
}

#[tokio::test]
async fn a_logout_ends_the_token_that_was_presented_and_no_other() {
    let world = world().await;
    let token = world.personal(&world.amina, "generate", json!({ "tokenName": "bot" })).await.json()["token"].clone();
    let bot = with(&world.amina, &token);
    let farewell = json!({ "message": "You've been logged out!" });
    let answer = json!({ "status": "success", "data": farewell, "success": true });
    world.post(&bot, "logout", json!({})).await.assert(200, answer.clone());
    world.post(&bot, "logout", json!({})).await.assert(401, not_logged_in());
    world.get(&world.amina, "/api/v1/logout").await.assert(200, answer);
    world.get(&world.amina, "/api/v1/me").await.assert(401, not_logged_in());
}
