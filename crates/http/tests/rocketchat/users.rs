//! `users.*` (6).

use guestlist_testing::{Person, Reply};
use serde_json::{Value, json};

use crate::support::{START, World, invalid_body, invalid_query, not_logged_in, refused, world};

impl World {
    async fn register(&self, body: Value) -> Reply {
        let request = self.app.request("POST", "/api/v1/users.register").header("content-type", "application/json");
        request.body(body.to_string()).send().await
    }
}

fn newcomer(name: &str) -> Value {
    json!({ "email": format!("{name}@example.org"), "name": "New Comer", "password": "correct horse", "username": name })
}

fn merged(mut one: Value, other: Value) -> Value {
    let Value::Object(fields) = other else { unreachable!() };
    one.as_object_mut().unwrap().extend(fields);
    one
}

fn not_allowed(reason: &str, action: &str) -> Value {
    let mut body = refused("error-action-not-allowed", reason);
    body["details"] = json!({ "method": "insertOrUpdateUser", "action": action });
    body
}

fn plain(error: &str) -> Value {
    json!({ "success": false, "error": error })
}

const DENIED: &str = "User does not have the permissions required for this action [error-unauthorized]";

#[tokio::test]
async fn an_administrator_opens_an_account_that_can_log_in() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let reply = world.post(&root, "users.create", newcomer("Bilal")).await;
    let id = reply.json()["user"]["_id"].clone();
    let user = json!({
        "_id": id, "username": "Bilal", "name": "New Comer", "type": "user", "status": "offline", "active": true,
        "emails": [{ "address": "Bilal@example.org", "verified": false }], "roles": ["user"],
        "createdAt": START, "_updatedAt": START,
    });
    reply.assert(200, json!({ "user": user, "success": true }));
    let login = json!({ "user": "bilal", "password": "correct horse" }).to_string();
    let login = world.app.request("POST", "/api/v1/login").header("content-type", "application/json").body(login);
    assert_eq!(login.send().await.json()["data"]["userId"], id);

    let more = json!({
        "verified": true, "active": false, "roles": ["bot", "user"], "bio": "b", "nickname": "n", "statusText": "s",
        "customFields": { "a": 1 }, "joinDefaultChannels": true, "sendWelcomeEmail": false,
    });
    let user = world.post(&root, "users.create", merged(newcomer("cemal"), more)).await.json()["user"].clone();
    let shown =
        ["active", "roles", "type", "bio", "nickname", "statusText", "customFields"].map(|name| user[name].clone());
    let wanted =
        [json!(false), json!(["user", "bot"]), json!("bot"), json!("b"), json!("n"), json!("s"), json!({ "a": 1 })];
    assert_eq!(shown, wanted);
    assert_eq!(user["emails"], json!([{ "address": "cemal@example.org", "verified": true }]));
}

#[tokio::test]
async fn an_account_that_cannot_be_opened_is_refused_for_its_reason() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let create = async |more: Value| world.post(&root, "users.create", merged(newcomer("bilal"), more)).await;
    let denied = not_allowed("Adding user is not allowed", "Adding_user");
    world.post(&world.amina, "users.create", newcomer("bilal")).await.assert(400, denied);
    for field in ["email", "name", "password", "username"] {
        let mut body = newcomer("bilal");
        body.as_object_mut().unwrap().remove(field);
        let told = invalid_body(&format!("must have required property '{field}'"));
        world.post(&root, "users.create", body).await.assert(400, told);
    }
    create(json!({ "odd": 1 })).await.assert(400, invalid_body("must NOT have additional properties"));
    create(json!({ "roles": "user" })).await.assert(400, invalid_body("must be array"));
    create(json!({ "name": "a<b>" })).await.assert(400, plain("Name contains invalid characters"));
    let taken = |what: &str| {
        let mut body = refused("error-field-unavailable", &format!("{what} is already in use :("));
        body["details"] = json!({ "method": "insertOrUpdateUser", "field": what });
        body
    };
    create(json!({ "username": "AMINA" })).await.assert(400, taken("AMINA"));
    create(json!({ "email": "Amina@example.org" })).await.assert(400, taken("Amina@example.org"));
    let mut odd = refused("error-input-is-not-a-valid-field", "a b is not a valid username");
    odd["details"] = json!({ "method": "insertOrUpdateUser", "input": "a b", "field": "Username" });
    create(json!({ "username": "a b" })).await.assert(400, odd);
    assert_eq!(
        create(json!({ "username": "admin" })).await.json()["error"],
        "admin is blocked and can't be used! [error-blocked-username]"
    );
    for (field, title) in [("username", "Username"), ("password", "Password")] {
        let mut required = refused("error-the-field-is-required", &format!("The field {title} is required"));
        required["details"] = json!({ "method": "insertOrUpdateUser", "field": title });
        create(json!({ field: "" })).await.assert(400, required);
    }
    let odd = not_allowed("The field Roles consist invalid role id", "Assign_role");
    create(json!({ "roles": ["boss"] })).await.assert(400, odd);
}

#[tokio::test]
async fn people_register_and_nobody_learns_more_than_they_said() {
    let world = world().await;
    let body = json!({ "username": "bilal", "email": "bilal@example.org", "pass": "correct horse", "name": "Bilal" });
    let reply = world.register(body.clone()).await;
    let id = reply.json()["user"]["_id"].clone();
    let user = json!({
        "_id": id, "username": "bilal", "name": "Bilal", "type": "user", "status": "offline", "active": true,
    });
    reply.assert(200, json!({ "user": user, "success": true }));
    world.register(body.clone()).await.assert(400, plain("Username is already in use"));
    let same = merged(body.clone(), json!({ "username": "billy" }));
    world.register(same).await.assert(400, plain("Email already exists"));
    let odd = merged(body.clone(), json!({ "username": "a b" }));
    world.register(odd).await.assert(400, plain("The username provided is not valid"));
    let odd = merged(body.clone(), json!({ "name": "<i>" }));
    world.register(odd).await.assert(400, plain("Name contains invalid characters"));
    let again = plain("Logged in users can not register again.");
    world.post(&world.amina, "users.register", body).await.assert(400, again);
    world
        .register(json!({ "username": "x", "email": "x@y.z" }))
        .await
        .assert(400, invalid_body("must have required property 'pass'"));
}

#[tokio::test]
async fn others_are_shown_in_part_and_oneself_and_to_administrators_in_full() {
    let world = world().await;
    let (root, bilal) = (world.app.admin("root").await, world.app.person("bilal").await);
    let info = async |who: &Person, query: &str| world.get(who, &format!("/api/v1/users.info?{query}")).await;
    let part = json!({
        "_id": world.amina.uid(), "username": "amina", "name": "amina the person", "type": "user", "status": "offline",
        "active": true, "canViewAllInfo": false,
    });
    let full = merged(
        part.clone(),
        json!({
            "emails": [{ "address": "amina@example.org", "verified": true }], "roles": ["user"], "createdAt": START,
            "_updatedAt": START,
        }),
    );
    for query in [format!("userId={}", world.amina.uid()), "username=Amina".to_owned(), "userId=amina".to_owned()] {
        info(&bilal, &query).await.assert(200, json!({ "user": part, "success": true }));
    }
    let own = merged(full.clone(), json!({ "services": { "password": { "exists": false } } }));
    info(&world.amina, "username=amina&fields=x").await.assert(200, json!({ "user": own, "success": true }));
    let seen = merged(full, json!({ "canViewAllInfo": true }));
    info(&root, "email=AMINA@example.org").await.assert(200, json!({ "user": seen, "success": true }));

    let nobody = plain("User not found.");
    for query in ["username=nobody", "userId=x", "email=amina@example.org", "importId=1", "username=%F0%9F%95%8C"] {
        info(&bilal, query).await.assert(400, nobody.clone());
    }
    info(&bilal, "username=+").await.assert(400, plain("Invalid search query."));
    let missing = "must have required property 'userId'\nmust have required property 'username'\nmust have required \
                   property 'importId'\nmust have required property 'email'\nmust have required property \
                   'freeSwitchExtension'\nmust match a schema in anyOf";
    info(&bilal, "includeUserRooms=true").await.assert(400, invalid_query(missing));

    let rooms = info(&world.amina, "username=amina&includeUserRooms=true").await.json()["user"]["rooms"].clone();
    let id = rooms[0]["_id"].clone();
    let team = json!({ "_id": id, "rid": world.team.uid(), "name": "team", "t": "p", "roles": ["owner"], "unread": 0 });
    assert_eq!(rooms, json!([team]));
    assert_eq!(info(&bilal, "username=amina&includeUserRooms=true").await.json()["user"].get("rooms"), None);
    assert_eq!(info(&root, "username=amina&includeUserRooms=true").await.json()["user"]["rooms"], rooms);
}

#[tokio::test]
async fn users_are_listed_by_username_page_by_page() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let off = world.app.person("Off").await;
    world.disable(&off).await;
    let list = async |who: &Person, query: &str| world.get(who, &format!("/api/v1/users.list?{query}")).await;
    let names = |page: &Value| -> Vec<String> {
        page["users"].as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect()
    };
    let page = list(&world.amina, "fields={%22name%22:1}&query={}").await.json();
    assert_eq!((names(&page), &page["total"]), (vec!["amina".into(), "Off".into(), "root".into()], &json!(3)));
    assert_eq!((page["users"][0].get("emails").is_some(), page["users"][1].get("emails")), (true, None));
    assert_eq!(page["users"][1]["nameInsensitive"], "off the person");
    let page = list(&root, "offset=1&count=1&sort={%22username%22:-1}").await.json();
    assert_eq!((names(&page), &page["count"], &page["offset"]), (vec!["Off".into()], &json!(1), &json!(1)));
    assert_eq!(page["users"][0]["emails"], json!([{ "address": "Off@example.org", "verified": true }]));
    assert_eq!(names(&list(&root, "email=OFF@example.org").await.json()), ["Off"]);
    list(&world.amina, "email=off@example.org").await.assert(403, plain("unauthorized"));
    list(&world.amina, "odd=1").await.assert(400, invalid_query("must NOT have additional properties"));
    world.sql("UPDATE users SET roles = 16 WHERE id = ?1", world.amina.id());
    list(&world.amina, "odd=1").await.assert(403, plain(DENIED));
}

#[tokio::test]
async fn people_are_found_by_a_part_of_their_name_those_one_knows_first() {
    let world = world().await;
    let near = world.app.person("zz-crowd").await;
    world.app.add_member(&world.team, &world.amina, &near).await;
    for n in 0..12 {
        world.account(&format!("crowd{n:02}"), "one of them").await;
    }
    let off = world.app.person("crowd-off").await;
    world.disable(&off).await;
    let find = async |who: &Person, selector: Value| {
        let query: String = form_urlencoded::byte_serialize(selector.to_string().as_bytes()).collect();
        let reply = world.get(who, &format!("/api/v1/users.autocomplete?selector={query}")).await.json();
        let items = reply["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let found = find(&world.amina, json!({ "term": "CROWD", "conditions": {} })).await;
    assert_eq!((found.len(), found[0].as_str(), found[1].as_str()), (10, "zz-crowd", "crowd00"));
    let found = find(&world.amina, json!({ "term": "crowd", "exceptions": ["zz-crowd", "CROWD00"] })).await;
    assert_eq!((found.len(), found[0].as_str()), (10, "crowd01"));
    world.sql("UPDATE users SET roles = 8 WHERE id = ?1", world.amina.id());
    assert_eq!(find(&world.amina, json!({ "term": "crowd" })).await, ["zz-crowd"]);
    let missing = invalid_query("must have required property 'selector'");
    world.get(&world.amina, "/api/v1/users.autocomplete").await.assert(400, missing);
    let odd = world.get(&world.amina, "/api/v1/users.autocomplete?selector=x").await;
    odd.assert(400, plain("The 'selector' param is required"));
}

#[tokio::test]
async fn people_change_their_own_account_and_administrators_any() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let bilal = world.app.person("bilal").await;
    let update = async |who: &Person, whom: &Person, data: Value| {
        world.post(who, "users.update", json!({ "userId": whom.uid(), "data": data })).await
    };
    let denied = not_allowed("Editing user is not allowed", "Editing_user");
    update(&world.amina, &bilal, json!({ "name": "x" })).await.assert(400, denied);
    let data =
        json!({ "name": "Billy", "username": "billy", "email": "billy@example.org", "nickname": "B", "bio": "" });
    let user = update(&bilal, &bilal, data).await.json()["user"].clone();
    assert_eq!(
        ["name", "username", "nickname", "bio"].map(|name| user[name].clone()),
        [json!("Billy"), json!("billy"), json!("B"), json!("")]
    );
    assert_eq!(user["emails"], json!([{ "address": "billy@example.org", "verified": false }]));
    let verified = update(&root, &bilal, json!({ "verified": true })).await.json();
    assert_eq!(verified["user"]["emails"][0]["verified"], true);
    let admin = not_allowed("Assigning admin is not allowed", "Assign_admin");
    update(&bilal, &bilal, json!({ "roles": ["user", "admin"] })).await.assert(400, admin);
    let promoted = update(&root, &bilal, json!({ "roles": ["user", "admin"] })).await.json();
    assert_eq!(promoted["user"]["roles"], json!(["user", "admin"]));
    for (data, code) in [
        (json!({ "nickname": "x".repeat(121) }), "error-nickname-size-exceeded"),
        (json!({ "bio": "x".repeat(261) }), "error-bio-size-exceeded"),
        (json!({ "username": "amina" }), "error-field-unavailable"),
        (json!({ "joinDefaultChannels": true }), "invalid-params"),
    ] {
        assert_eq!(update(&bilal, &bilal, data).await.json()["errorType"], code);
    }
    let off = update(&root, &bilal, json!({ "active": false })).await.json();
    assert_eq!(off["user"]["active"], false);
    world.get(&bilal, "/api/v1/me").await.assert(401, not_logged_in());
    let empty = world.post(&root, "users.update", json!({ "userId": "", "data": {} })).await;
    empty.assert(400, invalid_body("must NOT have fewer than 1 characters"));
}

#[tokio::test]
async fn who_is_switched_off_is_nobody_until_they_log_in_again() {
    let world = world().await;
    let (root, bilal) = (world.app.admin("root").await, world.app.person("bilal").await);
    let switch = async |whom: &str, active: bool, more: Value| {
        let body = merged(json!({ "userId": whom, "activeStatus": active }), more);
        world.post(&root, "users.setActiveStatus", body).await
    };
    let answer = |active: bool| json!({ "user": { "_id": bilal.uid(), "active": active }, "success": true });
    switch(bilal.uid(), false, json!({})).await.assert(200, answer(false));
    world.get(&bilal, "/api/v1/me").await.assert(401, not_logged_in());
    switch(bilal.uid(), true, json!({})).await.assert(200, answer(true));
    // What was given out before is good no more.
    world.get(&bilal, "/api/v1/me").await.assert(401, not_logged_in());

    switch("nobody", false, json!({})).await.assert(400, plain("User not found"));
    let denied = world.post(&world.amina, "users.setActiveStatus", json!({})).await;
    denied.assert(403, plain(DENIED));
    let mut last = refused("error-action-not-allowed", "Leaving the app without an active admin is not allowed");
    last["details"] = json!({ "method": "removeUserFromRole", "action": "Remove_last_admin" });
    switch(root.uid(), false, json!({})).await.assert(400, last);
    let details = json!({ "shouldBeRemoved": ["team"], "shouldChangeOwner": [] });
    let owner =
        json!({ "success": false, "error": "[user-last-owner]", "errorType": "user-last-owner", "details": details });
    switch(world.amina.uid(), false, json!({})).await.assert(400, owner);
    assert_eq!(switch(world.amina.uid(), false, json!({ "confirmRelinquish": true })).await.status, 200);
}

#[tokio::test]
async fn who_is_deleted_leaves_their_groups_to_whoever_was_there_first() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let [bilal, cemal] = [world.app.person("bilal").await, world.app.person("cemal").await];
    for person in [&cemal, &bilal] {
        world.app.clock.advance_millis(1);
        world.app.add_member(&world.team, &world.amina, person).await;
    }
    let alone = world.app.group("alone", &world.amina).await;
    let delete =
        async |more: Value| world.post(&root, "users.delete", merged(json!({ "username": "amina" }), more)).await;
    let details = json!({ "shouldBeRemoved": ["alone"], "shouldChangeOwner": ["team"] });
    let owner =
        json!({ "success": false, "error": "[user-last-owner]", "errorType": "user-last-owner", "details": details });
    delete(json!({})).await.assert(400, owner);
    let deleted = delete(json!({ "confirmRelinquish": true })).await;
    deleted.assert(200, json!({ "deletedRooms": [alone.uid()], "success": true }));
    let roles = world.get(&cemal, "/api/v1/groups.roles?roomName=team").await.json();
    assert_eq!(
        (&roles["roles"][0]["u"]["username"], &roles["roles"][0]["roles"]),
        (&json!("cemal"), &json!(["owner"]))
    );
    world.get(&world.amina, "/api/v1/me").await.assert(401, not_logged_in());
    let gone = world.get(&root, &format!("/api/v1/users.info?userId={}", world.amina.uid())).await;
    gone.assert(400, plain("User not found."));
    assert_eq!(world.get(&root, "/api/v1/users.list").await.json()["total"], 3);
    assert_eq!(delete(json!({})).await.json()["errorType"], "error-invalid-user");
    // The name and the address are free again.
    let again = world.post(&root, "users.create", newcomer("amina")).await;
    assert_eq!(again.status, 200, "{}", again.text);
    world.post(&cemal, "users.delete", json!({ "username": "bilal" })).await.assert(403, plain(DENIED));
    // Who is switched off can be deleted, too.
    world.disable(&bilal).await;
    let deleted = world.post(&root, "users.delete", json!({ "userId": bilal.uid() })).await;
    deleted.assert(200, json!({ "deletedRooms": [], "success": true }));
    let members = world.get(&cemal, "/api/v1/groups.members?roomName=team").await.json();
    assert_eq!((&members["total"], &members["members"][0]["username"]), (&json!(1), &json!("cemal")));
    // An administrator deletes themselves, too, if another is left.
    let (other, body) = (world.app.admin("other").await, json!({ "username": "other" }));
    world.app.group("others", &root).await;
    world.post(&other, "users.delete", body).await.assert(200, json!({ "deletedRooms": [], "success": true }));
    world.get(&other, "/api/v1/me").await.assert(401, not_logged_in());
}
