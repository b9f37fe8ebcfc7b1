//! Links (5.1 to 5.6).

use guestlist_core::command::{CreateLink, Expiry};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::LinkId;
use guestlist_core::link::LinkHash;
use guestlist_core::member::RoleSet;
use guestlist_testing::{Person, Reply};
use serde_json::{Value, json};

use crate::support::{START, World, invalid_body, refused, world};

impl World {
    async fn link(&self, caller: &Person, days: i64, uses: i64) -> Reply {
        let body = json!({ "rid": self.team.uid(), "days": days, "maxUses": uses });
        self.post(caller, "findOrCreateInvite", body).await
    }

    async fn come(&self, caller: &Person, token: &Value) -> Reply {
        self.post(caller, "useInviteToken", json!({ "token": token })).await
    }

    async fn is_valid(&self, token: &Value) -> Value {
        let request = self.app.request("POST", "/api/v1/validateInviteToken");
        let body = json!({ "token": token }).to_string();
        request.header("content-type", "application/json").body(body).send().await.json()["valid"].clone()
    }

    async fn remove(&self, caller: &Person, id: &str) -> Reply {
        self.app.request("DELETE", &format!("/api/v1/removeInvite/{id}")).rocketchat(caller).send().await
    }
}

fn not_authorized() -> Value {
    json!({ "success": false, "error": "[not_authorized]", "errorType": "not_authorized" })
}

fn of_field(code: &str, reason: &str, method: &str, field: &str) -> Value {
    let mut body = refused(code, reason);
    body["details"] = json!({ "method": method, "field": field });
    body
}

fn expired(field: &str) -> Value {
    of_field("error-invite-expired", "The invite token has expired.", "validateInviteToken", field)
}

fn invalid_token() -> Value {
    of_field("error-invalid-token", "The invite token is invalid.", "validateInviteToken", "token")
}

#[tokio::test]
async fn a_link_is_made_once_of_each_kind_and_lets_people_in() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    let reply = world.link(&world.amina, 7, 1).await;
    let id = reply.json()["_id"].clone();
    let token = id.as_str().unwrap();
    assert_eq!(token.len(), 24);
    let made = json!({
        "_id": id,
        "inviteToken": id,
        "rid": world.team.uid(),
        "userId": world.amina.uid(),
        "days": 7,
        "maxUses": 1,
        "uses": 0,
        "createdAt": START,
        "_updatedAt": START,
        "expires": "2026-01-08T00:00:00.000Z",
        "url": format!("https://guestlist.example.org/invite/{token}"),
        "success": true,
    });
    reply.assert(200, made.clone());
    world.app.clock.advance_millis(1000);
    world.link(&world.amina, 7, 1).await.assert(200, made);
    assert_ne!(world.link(&world.amina, 7, 5).await.json()["_id"], id);
    assert_eq!(world.is_valid(&id).await, true);

    let room = json!({ "rid": world.team.uid(), "fname": "team", "name": "team", "t": "p" });
    world.come(&bilal, &id).await.assert(200, json!({ "room": room, "success": true }));
    assert_eq!(world.team_now().await["usernames"], json!(["amina", "bilal"]));
    // Used up: nobody else, and not even who came by it.
    assert_eq!(world.is_valid(&id).await, false);
    world.come(&bilal, &id).await.assert(400, expired("maxUses"));
    world.come(&world.app.person("eve").await, &id).await.assert(400, expired("maxUses"));
    assert_ne!(world.link(&world.amina, 7, 1).await.json()["_id"], id);
}

#[tokio::test]
async fn who_is_in_uses_nothing_up_and_a_link_of_no_days_lives_for_ever() {
    let world = world().await;
    let link = world.link(&world.amina, 0, 0).await.json();
    assert_eq!((&link["days"], &link["maxUses"], &link["expires"]), (&json!(0), &json!(0), &Value::Null));
    assert_eq!(world.come(&world.amina, &link["_id"]).await.status, 200);
    assert_eq!(world.link(&world.amina, 0, 0).await.json()["uses"], 0);
    world.app.clock.advance_millis(400 * 86_400_000);
    assert_eq!(world.is_valid(&link["_id"]).await, true);
    let short = world.link(&world.amina, 1, 0).await.json();
    world.app.clock.advance_millis(86_400_000);
    world.come(&world.amina, &short["_id"]).await.assert(400, expired("expires"));
}

#[tokio::test]
async fn only_who_may_makes_links_and_only_of_the_kinds_there_are() {
    let world = world().await;
    let [bilal, eve] = [world.app.person("bilal").await, world.app.person("eve").await];
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let root = world.app.admin("root").await;
    for who in [&bilal, &eve] {
        world.link(who, 1, 1).await.assert(400, not_authorized());
    }
    let rid = of_field("error-invalid-room", "The rid field is invalid", "findOrCreateInvite", "rid");
    world.link(&root, 1, 1).await.assert(400, rid.clone());
    let of = async |who: &Person, body: Value| world.post(who, "findOrCreateInvite", body).await;
    of(&root, json!({ "rid": "nowhere", "days": 1, "maxUses": 1 })).await.assert(400, rid);
    of(&eve, json!({ "rid": "nowhere", "days": 1, "maxUses": 1 })).await.assert(400, not_authorized());
    let required = of_field("error-the-field-is-required", "The field rid is required", "findOrCreateInvite", "rid");
    of(&world.amina, json!({ "rid": "", "days": 1, "maxUses": 1 })).await.assert(400, required);
    let days = "Invite should expire in 1, 7, 15 or 30 days, or send 0 to never expire.";
    world.link(&world.amina, 2, 3).await.assert(400, refused("invalid-number-of-days", days));
    let uses = "Invite should be valid for 1, 5, 10, 25, 50, 100 or infinite (0) uses.";
    world.link(&world.amina, -0, 3).await.assert(400, refused("invalid-number-of-uses", uses));
    for (body, told) in [
        (json!({}), "must have required property 'rid'"),
        (json!({ "rid": "x" }), "must have required property 'days'"),
        (json!({ "rid": "x", "days": 1 }), "must have required property 'maxUses'"),
        (json!({ "rid": "x", "days": 1.5, "maxUses": 1 }), "must be integer"),
        (json!({ "rid": "x", "days": 1, "maxUses": 1, "odd": 1 }), "must NOT have additional properties"),
    ] {
        of(&world.amina, body).await.assert(400, invalid_body(told));
    }
    world.archive(&world.team);
    assert_eq!(world.link(&world.amina, 1, 1).await.json()["errorType"], "error-room-archived");
}

#[tokio::test]
async fn administrators_list_all_links_and_take_them_back() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let link = world.link(&world.amina, 30, 0).await.json();
    let native = CreateLink {
        by: world.amina.user.id,
        group: GroupRef::Id(world.team.group.id),
        id: LinkId::parse("019b7000-0000-7000-8000-000000000001").unwrap(),
        hash: LinkHash([7; 32]),
        roles: RoleSet::NONE,
        uses_max: Some(3),
        expiry: Expiry::Usual,
        needs_approval: true,
    };
    world.app.store().submit(native).await.unwrap();
    world.get(&world.amina, "/api/v1/listInvites").await.assert(400, not_authorized());
    world.remove(&world.amina, link["_id"].as_str().unwrap()).await.assert(400, not_authorized());

    let listed = world.get(&root, "/api/v1/listInvites").await.json();
    let listed = listed.as_array().unwrap();
    let mut shown = link.clone();
    shown["url"] = json!("");
    shown.as_object_mut().unwrap().remove("success");
    assert!(listed.contains(&shown), "{listed:?}");
    let other = listed.iter().find(|one| **one != shown).unwrap();
    // One of another API is named by an id that lets nobody in.
    assert_eq!((&other["_id"], other.get("inviteToken")), (&json!("019b7000-0000-7000-8000-000000000001"), None));
    world.come(&root, &other["_id"]).await.assert(400, invalid_token());

    for id in [&link["_id"], &other["_id"]] {
        let id = id.as_str().unwrap();
        world.remove(&root, id).await.assert(200, json!(true));
        let mut gone = refused("invalid-invitation-id", "Invalid Invitation _id");
        gone["details"] = json!({ "method": "removeInvite" });
        world.remove(&root, id).await.assert(400, gone);
    }
    world.get(&root, "/api/v1/listInvites").await.assert(200, json!([]));
    world.come(&root, &link["_id"]).await.assert(400, invalid_token());
    assert_eq!(world.is_valid(&link["_id"]).await, false);
}

#[tokio::test]
async fn a_token_that_is_none_lets_nobody_in() {
    let world = world().await;
    let link = world.link(&world.amina, 1, 1).await.json();
    let empty = of_field("error-invalid-token", "The invite token is invalid.", "useInviteToken", "token");
    world.come(&world.amina, &json!("")).await.assert(400, empty);
    for odd in [json!("unknown"), json!("نور"), json!("x".repeat(20_000)), json!(7), json!(world.team.uid())] {
        world.come(&world.amina, &odd).await.assert(400, invalid_token());
        assert_eq!(world.is_valid(&odd).await, false);
    }
    let missing = invalid_body("must have required property 'token'");
    world.post(&world.amina, "useInviteToken", json!({})).await.assert(400, missing);
    world.post(&world.amina, "groups.delete", json!({ "roomName": "team" })).await;
    let gone = of_field("error-invalid-room", "The invite token is invalid.", "validateInviteToken", "rid");
    world.come(&world.amina, &link["_id"]).await.assert(400, gone);
    assert_eq!(world.is_valid(&link["_id"]).await, false);
}
