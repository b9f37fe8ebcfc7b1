//! `GET groups.members` (4.8): the active members, page by page (8.1).

use guestlist_testing::{Person, Reply};
use serde_json::{Value, json};

use crate::support::{
    NO_ROOM, START, World, escaped, invalid_query, not_logged_in, refused, room_not_found, room_param_not_provided,
    world,
};

async fn members(world: &World, query: &str) -> Reply {
    world.get(&world.amina, &format!("/api/v1/groups.members?{query}")).await
}

fn usernames(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let members = reply.json()["members"].as_array().unwrap().clone();
    members.iter().map(|member| member["username"].as_str().unwrap().to_owned()).collect()
}

fn member(person: &Person) -> Value {
    let username = person.user.username.as_ref().unwrap().as_str();
    json!({
        "_id": person.uid(),
        "username": username,
        "name": format!("{username} the person"),
        "status": "offline",
        "_updatedAt": START,
    })
}

fn nobody() -> Value {
    json!({ "members": [], "count": 0, "offset": 0, "total": 0, "success": true })
}

/// amina, bilal and cemal in `team`.
async fn three() -> (World, Person, Person) {
    let world = world().await;
    let (cemal, bilal) = (world.app.person("cemal").await, world.app.person("Bilal").await);
    world.app.add_member(&world.team, &world.amina, &cemal).await;
    world.app.add_moderator(&world.team, &world.amina, &bilal).await;
    (world, bilal, cemal)
}

#[tokio::test]
async fn every_member_sees_all_members_by_username_and_no_roles() {
    let (world, bilal, cemal) = three().await;
    let list = json!({
        "members": [member(&world.amina), member(&bilal), member(&cemal)],
        "count": 3,
        "offset": 0,
        "total": 3,
        "success": true,
    });
    for caller in [&world.amina, &cemal] {
        for query in [format!("roomId={}", world.team.uid()), "roomName=team".to_owned()] {
            let reply = world.get(caller, &format!("/api/v1/groups.members?{query}")).await;
            reply.assert(200, list.clone());
        }
    }
}

#[tokio::test]
async fn to_strangers_the_group_does_not_exist_administrators_included() {
    let world = world().await;
    for stranger in [world.app.person("stranger").await, world.app.admin("root").await] {
        for query in [format!("roomId={}", world.team.uid()), "roomName=team".to_owned()] {
            let reply = world.get(&stranger, &format!("/api/v1/groups.members?{query}")).await;
            reply.assert(400, room_not_found());
        }
    }
}

#[tokio::test]
async fn a_public_group_does_not_exist() {
    let world = world().await;
    world.app.public_group("square", &world.amina).await;
    members(&world, "roomName=square").await.assert(400, room_not_found());
}

#[tokio::test]
async fn the_members_of_an_archived_group_are_not_shown() {
    let world = world().await;
    let stranger = world.app.person("stranger").await;
    world.archive(&world.team);
    let archived = refused("error-room-archived", "The private group, team, is archived");
    members(&world, "roomName=team").await.assert(400, archived.clone());
    members(&world, &format!("roomId={}&count=0", world.team.uid())).await.assert(400, archived);
    // And strangers still learn nothing.
    world.get(&stranger, "/api/v1/groups.members?roomName=team").await.assert(400, room_not_found());
}

#[tokio::test]
async fn of_id_and_name_the_id_wins() {
    let world = world().await;
    world.app.group("other", &world.amina).await;
    let bilal = world.app.person("bilal").await;
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let found = members(&world, &format!("roomId={}&roomName=other", world.team.uid())).await;
    assert_eq!(usernames(&found), ["amina", "bilal"]);
    members(&world, "roomId=nowhere&roomName=team").await.assert(400, room_not_found());
    // An id is no name, nor the other way round.
    members(&world, "roomId=team").await.assert(400, room_not_found());
    members(&world, &format!("roomName={}", world.team.uid())).await.assert(400, room_not_found());
}

#[tokio::test]
async fn id_and_name_that_are_both_empty_are_none() {
    let world = world().await;
    members(&world, "roomId=&roomName=").await.assert(400, room_param_not_provided());
}

#[tokio::test]
async fn a_single_empty_name_matches_no_group() {
    // 3.2: `error-room-param-not-provided` is for two empty ones.
    let world = world().await;
    for query in ["roomId=", "roomName=", "roomId=%20", "roomName=nowhere"] {
        let reply = members(&world, query).await;
        assert_eq!((reply.status, reply.json()), (400, room_not_found()), "{query}");
    }
}

#[tokio::test]
async fn the_group_must_be_named() {
    let world = world().await;
    for query in ["", "count=5"] {
        let reply = members(&world, query).await;
        assert_eq!((reply.status, reply.json()), (400, invalid_query(NO_ROOM)), "{query}");
    }
}

#[tokio::test]
async fn queries_that_do_not_fit_are_refused() {
    let world = world().await;
    let cases = [
        ("fields=%7B%7D", "must NOT have additional properties"),
        ("query=%7B%7D", "must NOT have additional properties"),
        ("Count=5", "must NOT have additional properties"),
        ("count=ten", "must be integer"),
        ("count=1.5", "must be integer"),
        ("count=", "must be integer"),
        ("count=5x", "must be integer"),
        ("count[]=5", "must be integer"),
        ("offset=abc", "must be integer"),
        ("offset=0.1", "must be integer"),
        ("offset=null", "must be integer"),
    ];
    for (query, error) in cases {
        let reply = members(&world, &format!("roomName=team&{query}")).await;
        // The contract leaves open what stands around the complaint itself.
        let mut found = reply.json();
        let text = found["error"].as_str().unwrap_or_default();
        assert!(text.lines().any(|line| line == error), "{query}: {text:?}");
        found["error"] = error.into();
        assert_eq!((reply.status, found), (400, invalid_query(error)), "{query}");
    }
}

#[tokio::test]
async fn pages_hold_fifty_members_or_as_many_as_asked_up_to_a_hundred() {
    let world = world().await;
    let crowd = world.crowd(120).await;
    let invited = world.invite(&world.amina, json!({ "roomId": "team", "usernames": crowd })).await;
    assert_eq!(invited.status, 200, "{}", invited.text);
    let everybody: Vec<String> = std::iter::once("amina".to_owned()).chain(crowd).collect();
    let cases = [
        ("", 0..50),
        ("&offset=0&count=50", 0..50),
        ("&count=1", 0..1),
        ("&count=7&offset=3", 3..10),
        ("&offset=50", 50..100),
        ("&offset=100", 100..121),
        ("&count=100", 0..100),
        ("&count=101", 0..100),
        ("&count=1000000", 0..100),
        ("&count=0", 0..121),
        ("&count=0&offset=20", 20..121),
        ("&offset=120", 120..121),
        ("&offset=121", 121..121),
        ("&offset=122", 121..121),
        ("&offset=1000000&count=0", 121..121),
    ];
    for (query, range) in cases {
        let reply = members(&world, &format!("roomName=team{query}")).await;
        assert_eq!(usernames(&reply), everybody[range.clone()], "{query}");
        let mut body = reply.json();
        body["members"] = Value::Null;
        let asked = query.split("offset=").nth(1).map_or("0", |rest| rest.split('&').next().unwrap());
        let offset: u64 = asked.parse().unwrap();
        let rest = json!({ "members": null, "count": range.len(), "offset": offset, "total": 121, "success": true });
        assert_eq!(body, rest, "{query}");
    }
}

#[tokio::test]
async fn numbers_beyond_all_measure_break_nothing() {
    let world = world().await;
    for number in ["-1", "-9223372036854775808", "4294967296", "9223372036854775807", "99999999999999999999", "1e999"] {
        for name in ["count", "offset"] {
            let reply = members(&world, &format!("roomName=team&{name}={number}")).await;
            let success = reply.json()["success"].clone();
            assert!(matches!(reply.status, 200 | 400), "{name}={number}: {}", reply.text);
            assert_eq!(success, reply.status == 200, "{name}={number}");
        }
    }
}

#[tokio::test]
async fn members_can_be_sorted_by_username_and_by_nothing_else() {
    let (world, ..) = three().await;
    let (up, down) = (["amina", "Bilal", "cemal"], ["cemal", "Bilal", "amina"]);
    let cases = [
        (r#"{"username":1}"#, up),
        (r#"{"username":-1}"#, down),
        (r#"{ "username" : -1 }"#, down),
        (r#"{"name":-1}"#, up),
        (r#"{"name":1,"username":-1}"#, down),
        ("{}", up),
    ];
    for (sort, order) in cases {
        let reply = members(&world, &format!("roomName=team&sort={}", escaped(sort))).await;
        assert_eq!(usernames(&reply), order, "{sort}");
    }
    let sort = escaped(r#"{"username":-1}"#);
    let second = members(&world, &format!("roomName=team&offset=1&count=1&sort={sort}")).await;
    assert_eq!(usernames(&second), ["Bilal"]);
}

#[tokio::test]
async fn a_sort_that_is_none_is_refused_and_repeated() {
    let world = world().await;
    let cases = [
        "username",
        "{username:-1}",
        "{",
        "[1]",
        "1",
        "null",
        "\"username\"",
        r#"{"username":2}"#,
        r#"{"username":0}"#,
        r#"{"username":"-1"}"#,
        r#"{"username":"desc"}"#,
        r#"{"username":true}"#,
        r#"{"username":null}"#,
        r#"{"username":{}}"#,
        r#"{"name":5}"#,
        "имя",
        "a\"b\\c",
    ];
    for sort in cases {
        let reply = members(&world, &format!("roomName=team&sort={}", escaped(sort))).await;
        let mut wanted = refused("error-invalid-sort", &format!("Invalid sort parameter provided: \"{sort}\""));
        wanted["details"] = json!({ "helperMethod": "parseJsonQuery" });
        assert_eq!((reply.status, reply.json()), (400, wanted), "{sort}");
    }
}

#[tokio::test]
async fn a_filter_finds_parts_of_usernames_and_names_without_regard_to_case() {
    let (world, ..) = three().await;
    world.account("x_100", "Dr. No%body").await;
    let invited = world.invite(&world.amina, json!({ "roomId": "team", "user": "x_100" })).await;
    assert_eq!(invited.status, 200, "{}", invited.text);
    let all: &[&str] = &["amina", "Bilal", "cemal", "x_100"];
    let cases = [
        ("bil", &["Bilal"] as &[&str]),
        ("BILAL", &["Bilal"]),
        ("a", &["amina", "Bilal", "cemal"]),
        ("The Person", &["amina", "Bilal", "cemal"]),
        ("dr. no", &["x_100"]),
        ("x_1", &["x_100"]),
        // Nothing is a wildcard.
        ("_", &["x_100"]),
        ("%", &["x_100"]),
        ("*", &[]),
        (".*", &[]),
        ("^a", &[]),
        ("(", &[]),
        ("\\", &[]),
        ("'", &[]),
        ("zzz", &[]),
        ("example.org", &[]),
        ("", all),
    ];
    for (filter, found) in cases {
        let reply = members(&world, &format!("roomName=team&filter={}", escaped(filter))).await;
        assert_eq!(usernames(&reply), found, "{filter:?}");
        let body = reply.json();
        assert_eq!((&body["count"], &body["total"]), (&found.len().into(), &found.len().into()), "{filter:?}");
    }
    let page = members(&world, "roomName=team&filter=the&count=1&offset=1").await;
    assert_eq!(usernames(&page), ["Bilal"]);
    assert_eq!((&page.json()["count"], &page.json()["total"]), (&json!(1), &json!(3)));
}

#[tokio::test]
async fn a_filter_disregards_the_case_of_every_script() {
    let world = world().await;
    for (username, name) in [("emile", "Émile Zola"), ("omar", "ОМАР"), ("ozge", "özge")] {
        world.account(username, name).await;
    }
    let invited = world.invite(&world.amina, json!({ "roomId": "team", "usernames": ["emile", "omar", "ozge"] })).await;
    assert_eq!(invited.status, 200, "{}", invited.text);
    for (filter, found) in [("Émi", "emile"), ("émile", "emile"), ("омар", "omar"), ("ÖZ", "ozge")] {
        let reply = members(&world, &format!("roomName=team&filter={}", escaped(filter))).await;
        assert_eq!(usernames(&reply), [found], "{filter}");
    }
}

#[tokio::test]
async fn everybody_is_offline() {
    let (world, ..) = three().await;
    let all = members(&world, "roomName=team").await.json();
    for query in [
        "status=offline",
        "status[]=offline",
        "status%5B%5D=offline",
        "status[]=online&status[]=offline",
        "status[]=offline&status[]=busy&status[]=away",
    ] {
        members(&world, &format!("roomName=team&{query}")).await.assert(200, all.clone());
    }
    for query in ["status=online", "status[]=away", "status[]=online&status[]=busy"] {
        members(&world, &format!("roomName=team&{query}")).await.assert(200, nobody());
    }
}

#[tokio::test]
async fn deactivated_members_are_left_out_of_list_and_total_but_not_of_the_group() {
    let (world, bilal, cemal) = three().await;
    world.disable(&cemal).await;
    let list = json!({
        "members": [member(&world.amina), member(&bilal)],
        "count": 2,
        "offset": 0,
        "total": 2,
        "success": true,
    });
    members(&world, "roomName=team").await.assert(200, list);
    members(&world, "roomName=team&filter=cemal").await.assert(200, nobody());
    assert_eq!(world.team_now().await["usersCount"], 3);
}

#[tokio::test]
async fn credentials_are_looked_at_before_the_query() {
    let world = world().await;
    for query in ["", "?", "?count=x", "?roomName=team&sort=x"] {
        let reply = world.app.request("GET", &format!("/api/v1/groups.members{query}")).send().await;
        reply.assert(401, not_logged_in());
    }
}
