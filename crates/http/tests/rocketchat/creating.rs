//! `groups.create` (4.1), `groups.addAll` (4.12), `groups.delete` (4.16) and the settings (4.15).

use serde_json::{Value, json};

use crate::support::{START, World, invalid_body, refused, world};

impl World {
    async fn create(&self, body: Value) -> guestlist_testing::Reply {
        self.post(&self.amina, "groups.create", body).await
    }
}

fn of_name(code: &str, reason: &str, name: &str) -> Value {
    let mut body = refused(code, reason);
    body["details"] = json!({ "function": "RocketChat.getValidRoomName", "channel_name": name });
    body
}

#[tokio::test]
async fn who_makes_a_group_owns_it_and_the_members_are_in_it_at_once() {
    let world = world().await;
    world.app.person("bilal").await;
    let body = json!({
        "name": " Circle.1 ",
        "members": ["bilal", "BILAL", "amina", "nobody", "not a name"],
        "customFields": { "a": [1] },
        "extraData": { "topic": "verse 10", "encrypted": false },
    });
    let reply = world.create(body).await;
    let id = reply.json()["group"]["_id"].clone();
    let group = json!({
        "_id": id,
        "name": "Circle.1",
        "fname": "Circle.1",
        "t": "p",
        "msgs": 0,
        "usersCount": 2,
        "usernames": ["amina", "bilal"],
        "u": { "_id": world.amina.uid(), "username": "amina", "name": "amina the person" },
        "ts": START,
        "ro": false,
        "default": false,
        "sysMes": true,
        "topic": "verse 10",
        "customFields": { "a": [1] },
        "_updatedAt": START,
    });
    reply.assert(200, json!({ "group": group, "success": true }));
    assert_eq!(id.as_str().map(str::len), Some(17));
    let roles = world.get(&world.amina, "/api/v1/groups.roles?roomName=Circle.1").await.json();
    assert_eq!((&roles["roles"][0]["roles"], roles["roles"].as_array().map(Vec::len)), (&json!(["owner"]), Some(1)));
}

#[tokio::test]
async fn a_group_may_be_made_read_only_broadcasting_or_without_its_maker() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    let read_only = world.create(json!({ "name": "a", "readOnly": true, "members": null })).await.json();
    assert_eq!((&read_only["group"]["ro"], read_only["group"].get("broadcast")), (&json!(true), None));
    let body = json!({ "name": "b", "extraData": { "broadcast": true }, "members": ["bilal"] });
    let broadcast = world.create(body).await.json();
    assert_eq!((&broadcast["group"]["ro"], &broadcast["group"]["broadcast"]), (&json!(true), &json!(true)));
    // There, who is in it is seen by those who run it.
    world
        .get(&bilal, "/api/v1/groups.members?roomName=b")
        .await
        .assert(403, json!({ "success": false, "error": "unauthorized" }));
    assert_eq!(world.get(&world.amina, "/api/v1/groups.members?roomName=b").await.status, 200);
    let open = world.post(&world.amina, "groups.setReadOnly", json!({ "roomName": "b", "readOnly": false })).await;
    let reason = "Editing readOnly/reactWhenReadOnly are not allowed for broadcast rooms";
    let mut told = refused("error-action-not-allowed", reason);
    told["details"] = json!({ "method": "saveRoomSettings", "action": "Editing_room" });
    open.assert(400, told);

    let without = world.create(json!({ "name": "c", "excludeSelf": true, "members": ["bilal"] })).await.json();
    assert_eq!(without["group"]["usernames"], json!(["bilal"]));
    assert_eq!(world.get(&world.amina, "/api/v1/groups.info?roomName=c").await.status, 400);
    assert_eq!(world.get(&bilal, "/api/v1/groups.info?roomName=c").await.status, 200);
}

#[tokio::test]
async fn a_name_is_one_and_free_or_the_reason_is_told() {
    let world = world().await;
    let required = json!({ "success": false, "error": "Body param \"name\" is required" });
    world.create(json!({ "name": "" })).await.assert(400, required);
    world.create(json!({})).await.assert(400, invalid_body("must have required property 'name'"));
    let mut blank = refused("error-invalid-name", "Invalid name");
    blank["details"] = json!({ "function": "RocketChat.createRoom" });
    world.create(json!({ "name": "  " })).await.assert(400, blank);
    for (name, shown) in [
        ("a b", "a b"),
        ("a/b", "a/b"),
        ("دائرة", "دائرة"),
        ("<b>'\"&", "&lt;b&gt;&#39;&quot;&amp;"),
        ("Admin", "Admin"),
        (&*"x".repeat(101), &*"x".repeat(101)),
    ] {
        let reason = format!("{shown} is not a valid room name.");
        world.create(json!({ "name": name })).await.assert(400, of_name("error-invalid-room-name", &reason, shown));
    }
    let taken = of_name("error-duplicate-channel-name", "A channel with name 'team' exists", "team");
    world.create(json!({ "name": "team" })).await.assert(400, taken);
    world.app.public_group("square", &world.amina).await;
    let taken = of_name("error-duplicate-channel-name", "A channel with name 'square' exists", "square");
    world.create(json!({ "name": "square" })).await.assert(400, taken);
    world.archive(&world.team);
    let archived = "There's an archived channel with name team";
    world
        .create(json!({ "name": "team" }))
        .await
        .assert(400, of_name("error-archived-duplicate-name", archived, "team"));
    // Names are compared exactly.
    assert_eq!(world.create(json!({ "name": "TEAM" })).await.status, 200);
}

#[tokio::test]
async fn what_does_not_fit_beside_the_name_is_refused() {
    let world = world().await;
    for (more, told) in [
        (json!({ "members": "bilal" }), "must be array"),
        (json!({ "members": [{}] }), "must be string"),
        (json!({ "customFields": [] }), "must be object"),
        (json!({ "extraData": "x" }), "must be object"),
        (json!({ "extraData": { "odd": 1 } }), "must NOT have additional properties"),
        (json!({ "extraData": { "broadcast": "maybe" } }), "must be boolean"),
        (json!({ "readOnly": {} }), "must be boolean"),
        (json!({ "odd": 1 }), "must NOT have additional properties"),
    ] {
        let mut body = more;
        body["name"] = json!("circle");
        world.create(body).await.assert(400, invalid_body(told));
    }
    let mut federated =
        refused("error-federated-users-in-non-federated-rooms", "Cannot add federated users to non-federated rooms");
    federated["details"] = json!({ "method": "createRoom" });
    world.create(json!({ "name": "circle", "members": ["@a:b.org"] })).await.assert(400, federated);
    let mut team = refused("error-team-not-found", "The \"teamId\" param provided does not match any team");
    team["details"] = json!({ "method": "createPrivateGroup" });
    world.create(json!({ "name": "circle", "extraData": { "teamId": "x" } })).await.assert(400, team);
    let fields = json!({ "a": "x".repeat(10_000) });
    let told = "Body param \"customFields\" is longer than 10000 characters";
    let reply = world.create(json!({ "name": "circle", "customFields": fields })).await;
    reply.assert(400, json!({ "success": false, "error": told }));
}

#[tokio::test]
async fn a_guest_makes_no_group() {
    let world = world().await;
    world.sql("UPDATE users SET roles = 8 WHERE id = ?1", world.amina.id());
    let mut told = refused("error-not-allowed", "Not allowed");
    told["details"] = json!({ "method": "createPrivateGroup" });
    world.create(json!({ "name": "circle" })).await.assert(400, told);
    // Even leaving is not theirs.
    let bilal = world.app.person("bilal").await;
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    world.sql("UPDATE users SET roles = 8 WHERE id = ?1", bilal.id());
    let mut told = refused("error-not-allowed", "Not allowed");
    told["details"] = json!({ "method": "leaveRoom" });
    world.post(&bilal, "groups.leave", json!({ "roomName": "team" })).await.assert(400, told);
}

#[tokio::test]
async fn a_name_is_free_again_as_soon_as_its_group_is_deleted() {
    let world = world().await;
    world
        .post(&world.amina, "groups.delete", json!({ "roomName": "team" }))
        .await
        .assert(200, json!({ "success": true }));
    assert_eq!(world.create(json!({ "name": "team" })).await.status, 200);
    assert_eq!(world.get(&world.amina, "/api/v1/groups.list").await.json()["total"], 1);
}

#[tokio::test]
async fn each_setting_is_echoed_kept_and_counted_as_a_message() {
    let world = world().await;
    let set = async |name: &str, body: Value| {
        let mut sent = body;
        sent["roomName"] = json!("team");
        world.post(&world.amina, &format!("groups.{name}"), sent).await
    };
    set("setTopic", json!({ "topic": "verse 10" })).await.assert(200, json!({ "topic": "verse 10", "success": true }));
    set("setTopic", json!({ "topic": "" })).await.assert(200, json!({ "topic": "", "success": true }));
    set("setPurpose", json!({ "purpose": "p" })).await.assert(200, json!({ "purpose": "p", "success": true }));
    let announced = json!({ "announcement": "at noon", "success": true });
    set("setAnnouncement", json!({ "announcement": "at noon" })).await.assert(200, announced);
    let fields = set("setCustomFields", json!({ "customFields": { "a": 1 } })).await.json();
    assert_eq!(fields["group"]["customFields"], json!({ "a": 1 }));
    let fields = set("setCustomFields", json!({ "customFields": {} })).await.json();
    assert_eq!(fields["group"]["customFields"], json!({}));
    let now = world.team_now().await;
    let kept = ["topic", "description", "announcement", "ro"].map(|field| now[field].clone());
    assert_eq!(kept, [json!(""), json!("p"), json!("at noon"), json!(false)]);
    assert_eq!(now["msgs"], 4);

    assert_eq!(set("setReadOnly", json!({ "readOnly": "true" })).await.json()["group"]["ro"], true);
    let same = "The private group read only setting is the same as what it would be changed to.";
    set("setReadOnly", json!({ "readOnly": true })).await.assert(400, json!({ "success": false, "error": same }));
    let long = json!({ "topic": "x".repeat(10_001) });
    let told = "The bodyParam \"topic\" is longer than 10000 characters";
    set("setTopic", long).await.assert(400, json!({ "success": false, "error": told }));
}

#[tokio::test]
async fn a_group_is_renamed_unless_the_name_is_somebodys() {
    let world = world().await;
    world.app.person("bilal").await;
    let rename =
        async |name: &str| world.post(&world.amina, "groups.rename", json!({ "roomName": "team", "name": name })).await;
    let told = json!({ "success": false, "error": "The bodyParam \"name\" is required" });
    rename("  ").await.assert(400, told);
    assert_eq!(rename("team").await.json()["group"]["msgs"], 0);
    let mut handle = refused("error-duplicate-handle", "A room, team or user with name 'bilal' already exists");
    handle["details"] = json!({ "function": "RocketChat.updateRoomName", "handle": "bilal" });
    rename("bilal").await.assert(400, handle);
    world.app.group("other", &world.amina).await;
    let taken = of_name("error-duplicate-channel-name", "A channel with name 'other' exists", "other");
    rename("other").await.assert(400, taken);
    let group = rename("crew").await.json()["group"].clone();
    assert_eq!((&group["name"], &group["fname"], &group["msgs"]), (&json!("crew"), &json!("crew"), &json!(1)));
}

#[tokio::test]
async fn a_group_becomes_a_channel_and_is_none_of_theirs_any_more() {
    let world = world().await;
    let set = async |kind: &str| {
        world.post(&world.amina, "groups.setType", json!({ "roomName": "team", "type": kind })).await
    };
    let told = |text: &str| json!({ "success": false, "error": text });
    set(" ").await.assert(400, told("The bodyParam \"type\" is required"));
    set("p").await.assert(400, told("The private group type is the same as what it would be changed to."));
    assert_eq!(set("d").await.json()["errorType"], "error-invalid-room-type");
    assert_eq!(set("c").await.json()["group"]["t"], "c");
    assert_eq!(set("p").await.json()["errorType"], "error-room-not-found");
}

#[tokio::test]
async fn everybody_is_added_at_once_up_to_five_hundred() {
    let world = world().await;
    let root = world.app.admin("root").await;
    world.app.add_member(&world.team, &world.amina, &root).await;
    let off = world.app.person("off").await;
    world.disable(&off).await;
    world.crowd(20).await;
    let active =
        world.post(&root, "groups.addAll", json!({ "roomName": "team", "activeUsersOnly": "true" })).await.json();
    assert_eq!((&active["group"]["usersCount"], &active["group"]["msgs"]), (&json!(22), &json!(21)));
    let all = world.post(&root, "groups.addAll", json!({ "roomName": "team" })).await.json();
    assert_eq!(all["group"]["usersCount"], 23);
}
