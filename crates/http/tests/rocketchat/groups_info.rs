//! `GET groups.info` (4.5): one of the caller's groups.

use serde_json::json;

use crate::support::{
    NO_ROOM, START, TWO_ROOMS, complaint, escaped, invalid_query, not_logged_in, room, room_not_found, world,
};

#[tokio::test]
async fn every_member_sees_the_group_by_id_and_by_name() {
    let world = world().await;
    let (bilal, admin) = (world.app.person("bilal").await, world.app.admin("root").await);
    world.app.clock.advance_millis(500);
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    world.app.add_member(&world.team, &world.amina, &admin).await;
    let members = ["amina", "bilal", "root"];
    let group = room(&world.team, &world.amina, &members, 2, "2026-01-01T00:00:00.500Z");
    for caller in [&world.amina, &bilal, &admin] {
        for query in [format!("roomId={}", world.team.uid()), "roomName=team".to_owned()] {
            let reply = world.get(caller, &format!("/api/v1/groups.info?{query}")).await;
            reply.assert(200, json!({ "group": group, "success": true }));
        }
    }
}

#[tokio::test]
async fn a_new_group_has_no_messages_and_no_time_of_a_last_one() {
    let world = world().await;
    assert_eq!(world.team_now().await, room(&world.team, &world.amina, &["amina"], 0, START));
}

#[tokio::test]
async fn a_group_without_a_description_has_no_such_field() {
    let world = world().await;
    world.sql("UPDATE \"groups\" SET description = '' WHERE id = ?1", world.team.id());
    let mut group = room(&world.team, &world.amina, &["amina"], 0, START);
    group.as_object_mut().unwrap().remove("description");
    assert_eq!(world.team_now().await, group);
}

#[tokio::test]
async fn an_archived_group_is_shown_as_such() {
    let world = world().await;
    world.archive(&world.team);
    let mut group = room(&world.team, &world.amina, &["amina"], 0, START);
    group["archived"] = true.into();
    let reply = world.get(&world.amina, "/api/v1/groups.info?roomName=team").await;
    reply.assert(200, json!({ "group": group, "success": true }));
}

#[tokio::test]
async fn to_strangers_the_group_does_not_exist_administrators_included() {
    let world = world().await;
    for stranger in [world.app.person("stranger").await, world.app.admin("root").await] {
        for query in [format!("roomId={}", world.team.uid()), "roomName=team".to_owned()] {
            let reply = world.get(&stranger, &format!("/api/v1/groups.info?{query}")).await;
            reply.assert(400, room_not_found());
        }
    }
}

#[tokio::test]
async fn a_public_group_does_not_exist_even_for_its_owner() {
    let world = world().await;
    let square = world.app.public_group("square", &world.amina).await;
    for query in [format!("roomId={}", square.uid()), "roomName=square".to_owned()] {
        let reply = world.get(&world.amina, &format!("/api/v1/groups.info?{query}")).await;
        reply.assert(400, room_not_found());
    }
}

#[tokio::test]
async fn an_id_is_no_name_and_a_name_no_id() {
    let world = world().await;
    let uid = world.team.uid();
    let queries = [
        "roomId=team".to_owned(),
        format!("roomName={uid}"),
        format!("roomId={}", uid.to_lowercase()),
        format!("roomId={}", world.team.id()),
        format!("roomId={uid}%20"),
        "roomName=Team".to_owned(),
        "roomName=+team".to_owned(),
        "roomName=nowhere".to_owned(),
        "roomName=%00".to_owned(),
        format!("roomName={}", escaped("集まり")),
        format!("roomName={}", "x".repeat(5000)),
        // Empty is a value like any other.
        "roomId=".to_owned(),
        "roomName=".to_owned(),
        "roomId=%20".to_owned(),
    ];
    for query in queries {
        let reply = world.get(&world.amina, &format!("/api/v1/groups.info?{query}")).await;
        assert_eq!((reply.status, reply.json()), (400, room_not_found()), "{query}");
    }
}

#[tokio::test]
async fn nothing_but_one_name_of_the_group_may_be_asked() {
    let world = world().await;
    let additional = complaint("must NOT have additional properties");
    let string = complaint("must be string");
    let cases = [
        ("", NO_ROOM),
        ("room=team", NO_ROOM),
        ("fields=%7B%7D", NO_ROOM),
        ("roomId=team&roomName=team", TWO_ROOMS),
        ("roomId=&roomName=", TWO_ROOMS),
        ("roomId=team&fields=%7B%22name%22:1%7D", &additional),
        ("roomId=team&query=%7B%7D", &additional),
        ("roomId=team&count=1", &additional),
        ("roomId[]=team", &string),
    ];
    for (query, error) in cases {
        let reply = world.get(&world.amina, &format!("/api/v1/groups.info?{query}")).await;
        assert_eq!((reply.status, reply.json()), (400, invalid_query(error)), "{query}");
    }
    let by_name = "must have required property 'roomId'\nmust NOT have additional properties\nmust match exactly one \
                   schema in oneOf";
    let reply = world.get(&world.amina, "/api/v1/groups.info?roomName=team&offset=0").await;
    reply.assert(400, invalid_query(by_name));
}

#[tokio::test]
async fn credentials_are_looked_at_before_the_query() {
    let world = world().await;
    for query in ["", "?", "?roomId=&roomName=", "?nonsense", "?roomName=team"] {
        let reply = world.app.request("GET", &format!("/api/v1/groups.info{query}")).send().await;
        reply.assert(401, not_logged_in());
    }
}
