//! `groups.list`, `groups.listAll` (4.6, 4.7), `groups.counters` (4.17), `groups.online` (4.18), `groups.open` and
//! `groups.close` (4.14).

use guestlist_testing::Person;
use serde_json::{Value, json};

use crate::support::{World, refused, world};

async fn names(world: &World, caller: &Person, query: &str) -> (Vec<String>, Value) {
    let reply = world.get(caller, &format!("/api/v1/{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let page = reply.json();
    let name = |group: &Value| group["name"].as_str().unwrap().to_owned();
    let names = page["groups"].as_array().unwrap().iter().map(name).collect();
    (names, json!([page["count"], page["offset"], page["total"]]))
}

#[tokio::test]
async fn people_list_their_own_groups_hidden_and_archived_ones_too() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    assert_eq!(names(&world, &bilal, "groups.list").await, (vec![], json!([0, 0, 0])));
    for slug in ["Beta", "alpha", "gamma"] {
        world.app.group(slug, &world.amina).await;
    }
    let shut = world.app.group("shut", &world.amina).await;
    world.archive(&shut);
    world.post(&world.amina, "groups.close", json!({ "roomName": "gamma" })).await;
    world.app.public_group("square", &world.amina).await;
    let all = ["Beta", "alpha", "gamma", "shut", "team"].map(str::to_owned).to_vec();
    assert_eq!(names(&world, &world.amina, "groups.list?odd=1").await, (all.clone(), json!([5, 0, 5])));
    let page = names(&world, &world.amina, "groups.list?offset=1&count=2").await;
    assert_eq!(page, (all[1..3].to_vec(), json!([2, 1, 5])));
    let past = names(&world, &world.amina, "groups.list?offset=9").await;
    assert_eq!(past, (vec![], json!([0, 9, 5])));
    let turned: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(names(&world, &world.amina, "groups.list?sort={%22name%22:-1}").await.0, turned);
    assert_eq!(names(&world, &world.amina, "groups.list?sort={%22odd%22:-1}").await.0, all);
    let odd = world.get(&world.amina, "/api/v1/groups.list?sort=name").await;
    let mut told = refused("error-invalid-sort", "Invalid sort parameter provided: \"name\"");
    told["details"] = json!({ "helperMethod": "parseJsonQuery" });
    odd.assert(400, told);
}

#[tokio::test]
async fn each_key_of_a_group_sorts_it() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.app.clock.advance_millis(1);
    let one = world.app.group("one", &world.amina).await;
    world.app.clock.advance_millis(1);
    world.app.add_member(&one, &world.amina, &bilal).await;
    for (key, first) in
        [("ts", "team"), ("usersCount", "team"), ("msgs", "team"), ("_updatedAt", "team"), ("fname", "one")]
    {
        let up = names(&world, &world.amina, &format!("groups.list?count=1&sort={{%22{key}%22:1}}")).await.0;
        assert_eq!(up, [first], "{key}");
        let down = names(&world, &world.amina, &format!("groups.list?count=1&sort={{%22{key}%22:-1}}")).await.0;
        assert_ne!(down, [first], "{key}");
    }
}

#[tokio::test]
async fn administrators_list_all_groups_and_nobody_else_does() {
    let world = world().await;
    let root = world.app.admin("root").await;
    assert_eq!(names(&world, &root, "groups.listAll").await, (vec!["team".to_owned()], json!([1, 0, 1])));
    let denied = "User does not have the permissions required for this action [error-unauthorized]";
    let reply = world.get(&world.amina, "/api/v1/groups.listAll?sort=odd").await;
    reply.assert(403, json!({ "success": false, "error": denied }));
}

#[tokio::test]
async fn a_large_page_and_a_large_group_come_without_usernames() {
    let world = world().await;
    for n in 0..100 {
        world.app.group(&format!("g{n:03}"), &world.amina).await;
    }
    let group = async |count: u8| {
        let page = world.get(&world.amina, &format!("/api/v1/groups.list?count={count}&offset=1")).await.json();
        (page["count"].clone(), page["groups"][0].clone())
    };
    let (count, first) = group(100).await;
    assert_eq!((count, &first["usernames"]), (json!(100), &json!(["amina"])));
    let (count, first) = group(0).await;
    assert_eq!((count, first.get("usernames")), (json!(100), Some(&json!(["amina"]))));
    // One more, and they are left out.
    let page = world.get(&world.amina, "/api/v1/groups.list?count=0").await.json();
    assert_eq!((&page["count"], page["groups"][0].get("usernames")), (&json!(101), None));
}

#[tokio::test]
async fn a_group_is_closed_once_and_opened_once_for_oneself_alone() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let before = world.team_now().await;
    let said = |state: &str| json!({ "success": false, "error": format!("The private group, team, is {state}") });
    let room = json!({ "roomName": "team" });
    let call = async |who: &Person, name: &str| world.post(who, name, room.clone()).await;
    call(&world.amina, "groups.open").await.assert(400, said("already open for the sender"));
    call(&world.amina, "groups.close").await.assert(200, json!({ "success": true }));
    call(&world.amina, "groups.close").await.assert(400, said("already closed to the sender"));
    call(&bilal, "groups.open").await.assert(400, said("already open for the sender"));
    call(&world.amina, "groups.open").await.assert(200, json!({ "success": true }));
    assert_eq!(world.team_now().await, before);
}

#[tokio::test]
async fn members_count_all_strangers_nothing_and_administrators_what_is_not_anybodys_own() {
    let world = world().await;
    let (bilal, root) = (world.app.person("bilal").await, world.app.admin("root").await);
    world.app.clock.advance_millis(500);
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let off = world.app.person("off").await;
    world.app.add_member(&world.team, &world.amina, &off).await;
    world.disable(&off).await;
    let joined = "2026-01-01T00:00:00.500Z";
    let mine = json!({
        "joined": true, "members": 2, "unreads": 0, "unreadsFrom": joined, "msgs": 2, "latest": joined,
        "userMentions": 0, "success": true,
    });
    let outside = json!({
        "joined": false, "members": 2, "unreads": null, "unreadsFrom": null, "msgs": 2, "latest": joined,
        "userMentions": null, "success": true,
    });
    let nothing = json!({
        "joined": false, "members": null, "unreads": null, "unreadsFrom": null, "msgs": null, "latest": null,
        "userMentions": null, "success": true,
    });
    let stranger = world.app.person("stranger").await;
    let counters =
        async |who: &Person, more: &str| world.get(who, &format!("/api/v1/groups.counters?roomName=team{more}")).await;
    counters(&bilal, "").await.assert(200, mine.clone());
    counters(&root, "").await.assert(200, outside.clone());
    counters(&stranger, "").await.assert(200, nothing);
    counters(&root, &format!("&userId={}", bilal.uid())).await.assert(200, mine);
    counters(&root, &format!("&userId={}", stranger.uid())).await.assert(200, outside);
    let denied = json!({ "success": false, "error": "unauthorized" });
    counters(&bilal, &format!("&userId={}", stranger.uid())).await.assert(403, denied);
    world.post(&bilal, "groups.close", json!({ "roomName": "team" })).await;
    assert_eq!(counters(&bilal, "").await.json()["joined"], false);
}

#[tokio::test]
async fn nobody_is_online() {
    let world = world().await;
    let stranger = world.app.person("stranger").await;
    let online = async |who: &Person, query: &str| world.get(who, &format!("/api/v1/groups.online{query}")).await;
    let told = |text: &str| json!({ "success": false, "error": text });
    online(&world.amina, "").await.assert(400, told("Invalid query"));
    online(&world.amina, "?_id=team").await.assert(400, told("Group does not exists"));
    let id = format!("?_id={}", world.team.uid());
    online(&stranger, &id).await.assert(400, refused("error-not-allowed", "Not Allowed"));
    online(&world.amina, &format!("{id}&query={{}}")).await.assert(200, json!({ "online": [], "success": true }));
}
