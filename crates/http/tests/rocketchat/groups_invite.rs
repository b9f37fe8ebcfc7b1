//! `POST groups.invite` (4.2): who is added, who may add, and every refusal.

use guestlist_testing::Person;
use serde_json::{Value, json};

use crate::support::{
    NO_ROOM, START, TWO_ROOMS, World, complaint, invalid_body, not_logged_in, refused, room, room_not_found,
    room_param_not_provided, world,
};

fn not_allowed() -> Value {
    let mut body = refused("error-not-allowed", "Not allowed");
    body["details"] = json!({ "method": "addUsersToRoom" });
    body
}

fn nobody_exists() -> Value {
    refused("error-empty-invite-list", "Cannot invite if no valid users are provided")
}

fn nobody_named() -> Value {
    let reason = "Please provide \"userId\" or \"username\" or \"userIds\" or \"usernames\" as param";
    refused("error-users-params-not-provided", reason)
}

/// The fields of `users` beside a `roomId`.
fn inviting(room: &str, users: &Value) -> Value {
    let mut body = json!({ "roomId": room });
    for (name, value) in users.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn bilal_and_cemal(world: &World) -> (Person, Person) {
    (world.app.person("bilal").await, world.app.person("cemal").await)
}

#[tokio::test]
async fn inviting_answers_with_the_whole_group_as_it_is_now() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.app.clock.advance_millis(60_123);
    let reply = world.invite(&world.amina, json!({ "roomId": world.team.uid(), "userId": bilal.uid() })).await;
    // Literally: clock and chance are the test's own.
    let group = json!({
        "_id": "ZnNQspXi7NYnA8Yxv",
        "name": "team",
        "fname": "team",
        "t": "p",
        "msgs": 1,
        "usersCount": 2,
        "usernames": ["amina", "bilal"],
        "u": { "_id": "Yh4XqCftcrwbTjavx", "username": "amina", "name": "amina the person" },
        "ts": "2026-01-01T00:00:00.000Z",
        "ro": false,
        "default": false,
        "sysMes": true,
        "description": "about team",
        "_updatedAt": "2026-01-01T00:01:00.123Z",
    });
    reply.assert(200, json!({ "group": group, "success": true }));
    assert_eq!(world.team_now().await, group);
}

#[tokio::test]
async fn people_can_be_named_in_every_way() {
    let world = world().await;
    let (bilal, cemal) = bilal_and_cemal(&world).await;
    let (b, c) = (bilal.uid(), cemal.uid());
    let ways: &[(Value, &[&str])] = &[
        (json!({ "userId": b }), &["bilal"]),
        (json!({ "userIds": [b, c] }), &["bilal", "cemal"]),
        (json!({ "userIds": [c, b] }), &["bilal", "cemal"]),
        (json!({ "username": "bilal" }), &["bilal"]),
        (json!({ "user": "bilal" }), &["bilal"]),
        (json!({ "usernames": ["bilal", "cemal"] }), &["bilal", "cemal"]),
        // Usernames are compared without case.
        (json!({ "username": "BiLaL" }), &["bilal"]),
        (json!({ "usernames": ["CEMAL"] }), &["cemal"]),
        // One and many together.
        (json!({ "userIds": [b], "userId": c }), &["bilal", "cemal"]),
        (json!({ "usernames": ["bilal"], "username": "cemal" }), &["bilal", "cemal"]),
        (json!({ "usernames": ["bilal"], "user": "cemal" }), &["bilal", "cemal"]),
        (json!({ "username": "cemal", "user": "bilal" }), &["cemal"]),
        (json!({ "userId": c, "username": "bilal", "user": "bilal" }), &["cemal"]),
        // With an id among them, everything counts as an id: usernames are lost.
        (json!({ "usernames": ["bilal"], "userId": c }), &["cemal"]),
        (json!({ "userIds": [b], "username": "cemal" }), &["bilal"]),
        (json!({ "userIds": [b], "usernames": ["cemal"] }), &["bilal"]),
        (json!({ "usernames": [b, "bilal"], "userId": c }), &["bilal", "cemal"]),
        // Twice is once.
        (json!({ "userIds": [b, b, b], "userId": b }), &["bilal"]),
        (json!({ "usernames": ["bilal", "Bilal", "bilal"], "user": "BILAL" }), &["bilal"]),
        // Empty entries and null fields are nothing.
        (json!({ "userIds": ["", b, ""] }), &["bilal"]),
        (json!({ "usernames": ["", "bilal"], "username": "" }), &["bilal"]),
        (json!({ "userId": null, "username": null, "user": "bilal", "userIds": null, "usernames": null }), &["bilal"]),
        (json!({ "userIds": null, "usernames": ["cemal"] }), &["cemal"]),
        (json!({ "userIds": [b], "username": null }), &["bilal"]),
        // Those whom nobody knows are passed over.
        (json!({ "userIds": ["nobody", b, "\u{0}", "x".repeat(1000)] }), &["bilal"]),
        (json!({ "usernames": ["nobody", "bilal", "@cemal", "cemal\u{200b}", "ｃｅｍａｌ"] }), &["bilal"]),
        // Members are left as they are.
        (json!({ "usernames": ["amina", "bilal"] }), &["bilal"]),
        (json!({ "username": "amina" }), &[]),
    ];
    for (n, (users, added)) in ways.iter().enumerate() {
        let group = world.app.group(&format!("group-{n}"), &world.amina).await;
        let reply = world.invite(&world.amina, inviting(group.uid(), users)).await;
        let members = [&["amina"], *added].concat();
        let wanted = json!({ "group": room(&group, &world.amina, &members, added.len(), START), "success": true });
        assert_eq!((reply.status, reply.json()), (200, wanted), "{users}");
    }
}

#[tokio::test]
async fn the_group_can_be_named_by_id_or_name_in_either_parameter() {
    let world = world().await;
    for (name, value) in
        [("roomId", world.team.uid()), ("roomName", "team"), ("roomId", "team"), ("roomName", world.team.uid())]
    {
        let reply = world.invite(&world.amina, json!({ name: value, "username": "amina" })).await;
        let group = room(&world.team, &world.amina, &["amina"], 0, START);
        assert_eq!((reply.status, reply.json()), (200, json!({ "group": group, "success": true })), "{name}={value}");
    }
}

#[tokio::test]
async fn a_number_counts_as_its_spelling() {
    let world = world().await;
    let group = world.app.group("123", &world.amina).await;
    world.account("456", "a number").await;
    world.account("true", "a truth").await;
    let reply = world.invite(&world.amina, json!({ "roomName": 123, "usernames": [456], "user": true })).await;
    let group = room(&group, &world.amina, &["456", "amina", "true"], 2, START);
    reply.assert(200, json!({ "group": group, "success": true }));
}

#[tokio::test]
async fn a_form_is_as_good_as_json() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    let form = format!("roomId={}&userId={}", world.team.uid(), bilal.uid());
    let reply = world.invite_raw(&world.amina, "application/x-www-form-urlencoded", form).await;
    let group = room(&world.team, &world.amina, &["amina", "bilal"], 1, START);
    reply.assert(200, json!({ "group": group, "success": true }));
    let kind = "application/x-www-form-urlencoded; charset=UTF-8";
    world
        .invite_raw(&world.amina, kind, "roomName=team&username=b%69lal")
        .await
        .assert(200, json!({ "group": group, "success": true }));
    world
        .invite_raw(&world.amina, kind, "roomId=team&usernames=bilal")
        .await
        .assert(400, invalid_body(&complaint("must be array")));
    world.invite_raw(&world.amina, kind, "username=bilal").await.assert(400, invalid_body(NO_ROOM));
}

#[tokio::test]
async fn json_may_be_announced_with_parameters() {
    let world = world().await;
    for kind in ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"] {
        let body = json!({ "roomId": world.team.uid(), "username": "amina" }).to_string();
        let reply = world.invite_raw(&world.amina, kind, body).await;
        assert_eq!(reply.status, 200, "{kind}: {}", reply.text);
    }
}

#[tokio::test]
async fn media_types_are_compared_without_case() {
    let world = world().await;
    for (kind, body) in [
        ("Application/JSON", json!({ "roomId": world.team.uid(), "username": "amina" }).to_string()),
        ("Application/X-WWW-Form-URLencoded", format!("roomId={}&username=amina", world.team.uid())),
    ] {
        let reply = world.invite_raw(&world.amina, kind, body).await;
        assert_eq!(reply.status, 200, "{kind}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_body_that_is_announced_as_something_else_has_no_parameters() {
    // 1.1: "Anything else is read as text and is not usable as parameters".
    let world = world().await;
    world.app.person("bilal").await;
    for kind in ["text/plain", "text/plain;charset=UTF-8", "application/xml", "application/octet-stream"] {
        let body = json!({ "roomId": world.team.uid(), "username": "bilal" }).to_string();
        let reply = world.invite_raw(&world.amina, kind, body).await;
        assert_eq!((reply.status, reply.json()), (400, invalid_body(NO_ROOM)), "{kind}");
    }
    assert_eq!(world.team_now().await["usersCount"], 1);
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused_in_the_words_of_the_validator() {
    let world = world().await;
    world.app.person("bilal").await;
    let additional = complaint("must NOT have additional properties");
    let array = complaint("must be array");
    let string = complaint("must be string");
    let cases = [
        (json!({}), NO_ROOM),
        (json!({ "username": "bilal" }), NO_ROOM),
        (json!({ "rid": "team", "username": "bilal" }), NO_ROOM),
        (json!({ "roomid": "team", "username": "bilal" }), NO_ROOM),
        (json!({ "roomId": "team", "roomName": "team", "username": "bilal" }), TWO_ROOMS),
        (json!({ "roomId": "team", "roomName": "" }), TWO_ROOMS),
        (json!({ "roomId": "team", "username": "bilal", "role": "owner" }), &additional),
        (json!({ "roomId": "team", "username": "bilal", "": 1 }), &additional),
        (json!({ "roomId": "team", "username": "bilal", "__proto__": {} }), &additional),
        (json!({ "roomId": "team", "Username": "bilal" }), &additional),
        (json!({ "roomId": "team", "userIds": "bilal" }), &array),
        (json!({ "roomId": "team", "usernames": "bilal" }), &array),
        (json!({ "roomId": "team", "usernames": { "0": "bilal" } }), &array),
        (json!({ "roomId": "team", "userIds": 5 }), &array),
        (json!({ "roomId": "team", "username": ["bilal"] }), &string),
        (json!({ "roomId": "team", "user": { "username": "bilal" } }), &string),
        (json!({ "roomId": "team", "userId": {} }), &string),
        (json!({ "roomId": "team", "usernames": [["bilal"]] }), &string),
        (json!({ "roomId": "team", "userIds": [{ "_id": "bilal" }] }), &string),
        (json!({ "roomId": ["team"], "username": "bilal" }), &string),
        (json!({ "roomId": {}, "username": "bilal" }), &string),
    ];
    for (body, error) in cases {
        let reply = world.invite(&world.amina, body.clone()).await;
        assert_eq!((reply.status, reply.json()), (400, invalid_body(error)), "{body}");
    }
    let error = "must have required property 'roomId'\nmust be array\nmust match exactly one schema in oneOf";
    let by_name = world.invite(&world.amina, json!({ "roomName": "team", "userIds": "bilal" })).await;
    by_name.assert(400, invalid_body(error));
    assert_eq!(world.team_now().await["usersCount"], 1);
}

#[tokio::test]
async fn malformed_json_is_a_body_without_parameters() {
    let world = world().await;
    let deep = "[".repeat(10_000);
    let cases: [&[u8]; 13] = [
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"nope",
        b"{'roomId':'team'}",
        b"{\"roomId\":\"team\",\"username\":\"bilal\"",
        b"{\"roomId\":\"team\",}",
        b"{\"roomId\":\"team\" \"username\":\"bilal\"}",
        b"{\"roomId\":\"\xff\"}",
        b"\x00",
        b"\xef\xbb\xbf",
        deep.as_bytes(),
    ];
    for body in cases {
        let reply = world.invite_raw(&world.amina, "application/json", body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(50)]).into_owned();
        assert_eq!((reply.status, reply.json()), (400, invalid_body(NO_ROOM)), "{shown:?}");
    }
}

#[tokio::test]
async fn an_array_fails_validation() {
    let world = world().await;
    for body in ["[]", "[{\"roomId\":\"team\",\"username\":\"bilal\"}]"] {
        let reply = world.invite_raw(&world.amina, "application/json", body).await;
        // The contract leaves open what follows the first line.
        let mut found = reply.json();
        found["error"] = found["error"].as_str().unwrap().lines().next().into();
        assert_eq!((reply.status, found), (400, invalid_body("must be object")), "{body}");
    }
}

#[tokio::test]
async fn of_a_field_that_is_sent_twice_the_last_counts() {
    let world = world().await;
    let body = r#"{"roomId":"nowhere","username":"nobody","roomId":"team","username":"amina"}"#;
    let reply = world.invite_raw(&world.amina, "application/json", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn an_object_with_the_json_librarys_private_name_is_an_object_like_any_other() {
    let world = world().await;
    world.app.person("bilal").await;
    let field = r#"{"roomId":"team","username":{"$serde_json::private::RawValue":"\"bilal\""}}"#;
    let whole = r#"{"$serde_json::private::RawValue":"{\"roomId\":\"team\",\"username\":\"bilal\"}"}"#;
    let field = world.invite_raw(&world.amina, "application/json", field).await;
    let whole = world.invite_raw(&world.amina, "application/json", whole).await;
    assert_eq!(world.team_now().await["usersCount"], 1, "nobody was named\n{}\n{}", field.text, whole.text);
    field.assert(400, invalid_body(&complaint("must be string")));
    whole.assert(400, invalid_body(NO_ROOM));
}

#[tokio::test]
async fn a_body_over_64_kib_is_too_large_and_one_of_64_kib_is_not() {
    let world = world().await;
    let body = json!({ "roomId": "team", "username": "amina" }).to_string();
    let padded = |size: usize| body.clone() + &" ".repeat(size - body.len());
    let reply = world.invite_raw(&world.amina, "application/json", padded(64 * 1024)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    for size in [64 * 1024 + 1, 10 * 1024 * 1024] {
        let reply = world.invite_raw(&world.amina, "application/json", padded(size)).await;
        reply.assert(413, json!({ "success": false, "error": "The request body is too large" }));
        assert_eq!(reply.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn a_blank_room_is_none() {
    let world = world().await;
    let stranger = world.app.person("stranger").await;
    for blank in ["", " ", " \t\r\n", "\u{a0}\u{3000}"] {
        for name in ["roomId", "roomName"] {
            // Before anything is said about users or rights.
            for users in [json!({}), json!({ "username": "nobody" }), json!({ "username": "stranger" })] {
                let mut body = users;
                body[name] = blank.into();
                let reply = world.invite(&stranger, body.clone()).await;
                assert_eq!((reply.status, reply.json()), (400, room_param_not_provided()), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn a_room_that_does_not_exist_is_not_found() {
    let world = world().await;
    let long = "x".repeat(10_000);
    let [id, lower] = [world.team.id().to_string(), world.team.uid().to_lowercase()];
    let rooms =
        ["nowhere", "TEAM", " team", "team ", "te am", "team\u{0}", "тeam", "集まり", "'; --", "*", &id, &lower, &long];
    for room in rooms {
        for name in ["roomId", "roomName"] {
            // Before anything is said about users or rights.
            for users in [json!({}), json!({ "username": "nobody" }), json!({ "username": "amina" })] {
                let mut body = users;
                body[name] = room.into();
                let reply = world.invite(&world.amina, body.clone()).await;
                assert_eq!((reply.status, reply.json()), (400, room_not_found()), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn a_public_group_does_not_exist() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    let square = world.app.public_group("square", &world.amina).await;
    for caller in [&world.amina, &bilal] {
        for users in [json!({}), json!({ "username": "nobody" }), json!({ "username": "bilal" })] {
            for room in [square.uid(), "square"] {
                let reply = world.invite(caller, inviting(room, &users)).await;
                assert_eq!((reply.status, reply.json()), (400, room_not_found()), "{room} {users}");
            }
        }
    }
}

#[tokio::test]
async fn somebody_must_be_named() {
    let world = world().await;
    let stranger = world.app.person("stranger").await;
    let cases = [
        json!({}),
        json!({ "userId": "" }),
        json!({ "username": "", "user": "" }),
        json!({ "userIds": [] }),
        json!({ "usernames": ["", ""], "username": "" }),
        json!({ "userIds": ["", null] }),
        json!({ "userId": null, "username": null, "user": null, "userIds": null, "usernames": null }),
        // Once there is a list of ids, the list of names is not looked at.
        json!({ "userIds": [], "usernames": ["stranger"] }),
    ];
    for users in cases {
        // Strangers learn it too: rights come last.
        for caller in [&world.amina, &stranger] {
            let reply = world.invite(caller, inviting("team", &users)).await;
            assert_eq!((reply.status, reply.json()), (400, nobody_named()), "{users}");
        }
    }
    assert_eq!(world.team_now().await, room(&world.team, &world.amina, &["amina"], 0, START));
}

#[tokio::test]
async fn somebody_named_must_exist() {
    let world = world().await;
    let (bilal, kim) = (world.app.person("bilal").await, world.app.person("kim").await);
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let before = world.team_now().await;
    let cases = [
        json!({ "userId": "nobody" }),
        json!({ "userIds": ["nobody", "no one"] }),
        json!({ "usernames": ["nobody"], "user": "no one" }),
        // An id is no username, nor the other way round; nor is a number or an address either of them.
        json!({ "username": kim.uid() }),
        json!({ "userId": "kim" }),
        json!({ "userId": kim.uid().to_uppercase() }),
        json!({ "userId": kim.id() }),
        json!({ "username": "kim@example.org" }),
        json!({ "userIds": [], "username": "kim" }),
        // Nothing is trimmed or folded but the case.
        json!({ "username": "@kim" }),
        json!({ "usernames": [" kim", "kim ", "ki m", "kim\n"] }),
        json!({ "usernames": ["\u{212a}im", "ｋｉｍ", "kim\u{301}", "kim\u{200b}", "\u{202e}mik", "кim", "👤", "\u{0}"] }),
        json!({ "usernames": [" "], "username": "%", "user": "_" }),
        json!({ "user": "x".repeat(10_000) }),
    ];
    let stranger = world.app.person("stranger").await;
    for users in cases {
        // That nobody exists is said before anything about rights.
        for caller in [&world.amina, &bilal, &stranger] {
            let reply = world.invite(caller, inviting("team", &users)).await;
            assert_eq!((reply.status, reply.json()), (400, nobody_exists()), "{users}");
        }
    }
    assert_eq!(world.team_now().await, before);
}

#[tokio::test]
async fn half_a_surrogate_pair_is_refused_and_breaks_nothing() {
    let world = world().await;
    let body = r#"{"roomId":"team","usernames":["\ud800"]}"#;
    let reply = world.invite_raw(&world.amina, "application/json", body).await;
    assert_eq!((reply.status, &reply.json()["success"]), (400, &false.into()), "{}", reply.text);
}

#[tokio::test]
async fn owners_moderators_and_administrators_who_are_members_may_invite() {
    let world = world().await;
    let (moderator, admin) = (world.app.person("moderator").await, world.app.admin("root").await);
    world.app.add_moderator(&world.team, &world.amina, &moderator).await;
    world.app.add_member(&world.team, &world.amina, &admin).await;
    for (caller, invitee) in [(&world.amina, "bilal"), (&moderator, "cemal"), (&admin, "davud")] {
        world.app.person(invitee).await;
        let reply = world.invite(caller, json!({ "roomId": world.team.uid(), "username": invitee })).await;
        let usernames = reply.json()["group"]["usernames"].clone();
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(usernames.as_array().unwrap().contains(&invitee.into()), "{usernames}");
    }
    assert_eq!(world.team_now().await["usernames"], json!(["amina", "bilal", "cemal", "davud", "moderator", "root"]));
}

#[tokio::test]
async fn members_leaders_strangers_and_administrators_from_outside_may_not_invite() {
    let world = world().await;
    let (member, leader) = (world.app.person("member").await, world.app.person("leader").await);
    let (stranger, admin) = (world.app.person("stranger").await, world.app.admin("root").await);
    world.app.add_member(&world.team, &world.amina, &member).await;
    world.add_leader(&leader).await;
    world.app.person("bilal").await;
    let before = world.team_now().await;
    for caller in [&member, &leader, &stranger, &admin] {
        // Not even themselves, nor those who are in already, and whoever else is named.
        let own = caller.user.username.as_ref().unwrap().as_str();
        for users in [json!({ "username": "bilal" }), json!({ "username": own }), json!({ "user": "amina" })] {
            let reply = world.invite(caller, inviting("team", &users)).await;
            assert_eq!((reply.status, reply.json()), (400, not_allowed()), "{own}: {users}");
        }
        let mixed = json!({ "roomId": world.team.uid(), "usernames": ["nobody", "bilal"] });
        world.invite(caller, mixed).await.assert(400, not_allowed());
    }
    assert_eq!(world.team_now().await, before);
}

#[tokio::test]
async fn inviting_again_changes_nothing() {
    let world = world().await;
    let (bilal, moderator) = (world.app.person("bilal").await, world.app.person("moderator").await);
    world.app.add_moderator(&world.team, &world.amina, &moderator).await;
    let invite = json!({ "roomId": world.team.uid(), "userIds": [bilal.uid(), moderator.uid(), world.amina.uid()] });
    let first = world.invite(&world.amina, invite.clone()).await;
    world.app.clock.advance_millis(1000);
    world.invite(&world.amina, invite.clone()).await.assert(200, first.json());
    // The moderator still is one, and the owner too.
    world.invite(&moderator, invite.clone()).await.assert(200, first.json());
    world.invite(&world.amina, invite).await.assert(200, first.json());
    // The new member has no role.
    world.invite(&bilal, json!({ "roomId": "team", "user": "bilal" })).await.assert(400, not_allowed());
}

#[tokio::test]
async fn an_archived_group_still_takes_people() {
    let world = world().await;
    world.app.person("bilal").await;
    world.archive(&world.team);
    let reply = world.invite(&world.amina, json!({ "roomName": "team", "username": "bilal" })).await;
    let mut group = room(&world.team, &world.amina, &["amina", "bilal"], 1, START);
    group["archived"] = true.into();
    reply.assert(200, json!({ "group": group, "success": true }));
}

#[tokio::test]
async fn a_deactivated_user_can_be_added() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.disable(&bilal).await;
    let reply = world.invite(&world.amina, json!({ "roomId": "team", "userId": bilal.uid() })).await;
    let group = room(&world.team, &world.amina, &["amina", "bilal"], 1, START);
    reply.assert(200, json!({ "group": group, "success": true }));
}

#[tokio::test]
async fn usernames_are_shown_of_a_hundred_members_and_not_of_more() {
    let world = world().await;
    let crowd = world.crowd(100).await;
    let reply = world.invite(&world.amina, json!({ "roomId": "team", "usernames": &crowd[..99] })).await;
    let shown: Vec<&str> = std::iter::once("amina").chain(crowd[..99].iter().map(String::as_str)).collect();
    let mut group = room(&world.team, &world.amina, &shown, 99, START);
    reply.assert(200, json!({ "group": group, "success": true }));

    let reply = world.invite(&world.amina, json!({ "roomId": "team", "username": crowd[99] })).await;
    group.as_object_mut().unwrap().remove("usernames");
    group["usersCount"] = 101.into();
    group["msgs"] = 100.into();
    reply.assert(200, json!({ "group": group, "success": true }));
    assert_eq!(world.team_now().await, group);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_invites_of_one_person_at_once_are_one_membership() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    let body = json!({ "roomId": world.team.uid(), "userId": bilal.uid() }).to_string();
    let requests = (0..50).map(|_| {
        let request = world.app.request("POST", "/api/v1/groups.invite").rocketchat(&world.amina);
        tokio::spawn(request.header("content-type", "application/json").body(body.clone()).send())
    });
    let group = room(&world.team, &world.amina, &["amina", "bilal"], 1, START);
    for reply in futures_util::future::join_all(requests).await {
        reply.unwrap().assert(200, json!({ "group": group, "success": true }));
    }
    assert_eq!(world.team_now().await, group);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_people_invited_at_once_are_fifty_memberships() {
    let world = world().await;
    let crowd = world.crowd(50).await;
    let requests = crowd.iter().map(|username| {
        let body = json!({ "roomId": world.team.uid(), "username": username }).to_string();
        let request = world.app.request("POST", "/api/v1/groups.invite").rocketchat(&world.amina);
        tokio::spawn(request.header("content-type", "application/json").body(body).send())
    });
    for reply in futures_util::future::join_all(requests).await {
        let reply = reply.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let shown: Vec<&str> = std::iter::once("amina").chain(crowd.iter().map(String::as_str)).collect();
    assert_eq!(world.team_now().await, room(&world.team, &world.amina, &shown, 50, START));
}

#[tokio::test]
async fn an_answered_invite_survives_a_restart() {
    let World { app, amina, team } = world().await;
    let bilal = app.person("bilal").await;
    let world = World { app, amina, team };
    let reply = world.invite(&world.amina, json!({ "roomId": "team", "userId": bilal.uid() })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let before = world.team_now().await;
    let world = World { app: world.app.restart(), ..world };
    assert_eq!(world.team_now().await, before);
}

#[tokio::test]
async fn credentials_are_looked_at_before_the_body() {
    let world = world().await;
    let huge = vec![b' '; 1024 * 1024];
    for body in [b"".to_vec(), b"{".to_vec(), b"[]".to_vec(), b"{\"unknown\":1}".to_vec(), huge] {
        let request = world.app.request("POST", "/api/v1/groups.invite").header("content-type", "application/json");
        request.body(body).send().await.assert(401, not_logged_in());
    }
}

#[tokio::test]
async fn more_than_a_thousand_at_once_are_too_many() {
    let world = world().await;
    let many: Vec<String> = (0..1001).map(|n| format!("user{n}")).collect();
    let reply = world.invite(&world.amina, json!({ "roomName": "team", "usernames": many })).await;
    let wanted = json!({
        "success": false,
        "error": "User Limit Exceeded [error-user-limit-exceeded]",
        "errorType": "error-user-limit-exceeded",
        "details": { "method": "addUsersToRoom" },
    });
    reply.assert(400, wanted);
}
