//! Every endpoint that is about a group, against every kind of caller and every kind of bad parameter: the whole answer is
//! held to the contract (sections 1.3 to 1.5, 3.2 to 3.4, 4 and 9).

use guestlist_core::command::{ArchiveGroup, AssignRole};
use guestlist_core::group::GroupRef;
use guestlist_core::member::Role;
use guestlist_core::user::UserRef;
use guestlist_testing::{Group, Person, Reply};
use serde_json::{Map, Value, json};

use crate::support::{World, not_logged_in, world};

/// How an endpoint is called and what it says to whom. An answer is a code, behind an `@` the inner method, or a text.
struct Row {
    name: &'static str,
    /// What is sent besides the group.
    with: fn(&Cast) -> Value,
    /// Whether both parameters for a group, or others that are unknown, are refused as such.
    is_strict: bool,
    /// To whom it says what: outsider, member, leader, moderator, owner, administrator outside, administrator inside.
    says: [&'static str; 7],
    /// What the owner hears of an archived group.
    of_archived: &'static str,
}

const OK: &str = "";
const NOT_FOUND: &str = "error-room-not-found";
const ARCHIVED: &str = "error-room-archived";
const EDITING: &str = "error-action-not-allowed@saveRoomSettings";
const UNAUTHORIZED: &str = "unauthorized";

/// Members and above; administrators outside see nothing.
const MEMBERS: [&str; 7] = [NOT_FOUND, OK, OK, OK, OK, NOT_FOUND, OK];

const fn not_allowed_below_owner(method: &'static str) -> [&'static str; 7] {
    [NOT_FOUND, method, method, method, OK, NOT_FOUND, OK]
}

const EDITORS: [&str; 7] = [NOT_FOUND, EDITING, EDITING, OK, OK, NOT_FOUND, OK];

const INVITE_NO: &str = "error-not-allowed@addUsersToRoom";
const KICK_NO: &str = "error-not-allowed@removeUserFromRoom";

const ROWS: &[Row] = &[
    Row { name: "GET groups.info", with: nothing, is_strict: true, says: MEMBERS, of_archived: OK },
    Row { name: "GET groups.members", with: nothing, is_strict: true, says: MEMBERS, of_archived: ARCHIVED },
    Row { name: "GET groups.roles", with: nothing, is_strict: true, says: MEMBERS, of_archived: ARCHIVED },
    Row { name: "GET groups.moderators", with: nothing, is_strict: true, says: MEMBERS, of_archived: ARCHIVED },
    Row { name: "GET groups.counters", with: nothing, is_strict: true, says: [OK; 7], of_archived: ARCHIVED },
    Row {
        name: "POST groups.invite",
        with: newcomer,
        is_strict: true,
        says: [INVITE_NO, INVITE_NO, INVITE_NO, OK, OK, INVITE_NO, OK],
        of_archived: OK,
    },
    Row {
        name: "POST groups.kick",
        with: victim,
        is_strict: false,
        says: [KICK_NO, KICK_NO, KICK_NO, OK, OK, NOT_FOUND, OK],
        of_archived: OK,
    },
    Row {
        name: "POST groups.leave",
        with: nothing,
        is_strict: false,
        says: [NOT_FOUND, OK, OK, OK, "error-you-are-last-owner@leaveRoom", NOT_FOUND, OK],
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.addOwner",
        with: victim,
        is_strict: false,
        says: not_allowed_below_owner("error-not-allowed@addRoomOwner"),
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.addModerator",
        with: victim,
        is_strict: false,
        says: not_allowed_below_owner("error-not-allowed@addRoomModerator"),
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.addLeader",
        with: victim,
        is_strict: false,
        says: not_allowed_below_owner("error-not-allowed@addRoomLeader"),
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.removeOwner",
        with: the_owner,
        is_strict: false,
        says: [
            NOT_FOUND,
            "error-not-allowed@removeRoomOwner",
            "error-not-allowed@removeRoomOwner",
            "error-not-allowed@removeRoomOwner",
            "error-remove-last-owner@removeRoomOwner",
            NOT_FOUND,
            "error-remove-last-owner@removeRoomOwner",
        ],
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.removeModerator",
        with: the_moderator,
        is_strict: false,
        says: not_allowed_below_owner("error-not-allowed@removeRoomModerator"),
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.removeLeader",
        with: the_leader,
        is_strict: false,
        says: not_allowed_below_owner("error-not-allowed@removeRoomLeader"),
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.addAll",
        with: nothing,
        is_strict: false,
        says: [
            NOT_FOUND,
            "403@addAllToRoom",
            "403@addAllToRoom",
            "403@addAllToRoom",
            "403@addAllToRoom",
            NOT_FOUND,
            OK,
        ],
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.archive",
        with: nothing,
        is_strict: false,
        says: not_allowed_below_owner("error-not-authorized@archiveRoom"),
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.unarchive",
        with: nothing,
        is_strict: false,
        says: [
            NOT_FOUND,
            "error-not-authorized@unarchiveRoom",
            "error-not-authorized@unarchiveRoom",
            "error-not-authorized@unarchiveRoom",
            "error-not-authorized@unarchiveRoom",
            NOT_FOUND,
            OK,
        ],
        of_archived: "error-not-authorized@unarchiveRoom",
    },
    Row { name: "POST groups.close", with: nothing, is_strict: false, says: MEMBERS, of_archived: OK },
    Row {
        name: "POST groups.open",
        with: nothing,
        is_strict: false,
        says: [
            NOT_FOUND,
            "The private group, NAME, is already open for the sender",
            "The private group, NAME, is already open for the sender",
            "The private group, NAME, is already open for the sender",
            "The private group, NAME, is already open for the sender",
            NOT_FOUND,
            "The private group, NAME, is already open for the sender",
        ],
        of_archived: "The private group, NAME, is already open for the sender",
    },
    Row {
        name: "POST groups.rename",
        with: |cast| json!({ "name": format!("new-{}", cast.group.group.slug) }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setTopic",
        with: |_| json!({ "topic": "نور" }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setDescription",
        with: |_| json!({ "description": "" }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setPurpose",
        with: |_| json!({ "purpose": "p" }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setAnnouncement",
        with: |_| json!({ "announcement": "a" }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setReadOnly",
        with: |_| json!({ "readOnly": true }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setCustomFields",
        with: |_| json!({ "customFields": { "a": 1 } }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.setType",
        with: |_| json!({ "type": "c" }),
        is_strict: false,
        says: EDITORS,
        of_archived: ARCHIVED,
    },
    Row {
        name: "POST groups.delete",
        with: nothing,
        is_strict: true,
        says: not_allowed_below_owner("error-not-allowed@eraseRoom"),
        of_archived: OK,
    },
];

fn nothing(_: &Cast) -> Value {
    json!({})
}

fn newcomer(cast: &Cast) -> Value {
    json!({ "userId": cast.newcomer.uid() })
}

fn victim(cast: &Cast) -> Value {
    json!({ "userId": cast.victim.uid() })
}

fn the_owner(cast: &Cast) -> Value {
    json!({ "username": "amina", "unknown": cast.newcomer.uid() })
}

fn the_moderator(cast: &Cast) -> Value {
    json!({ "user": cast.moderator.user.username.as_ref().unwrap().as_str() })
}

fn the_leader(cast: &Cast) -> Value {
    json!({ "userId": cast.leader.uid() })
}

/// A group with everybody in it who may be.
struct Cast {
    group: Group,
    newcomer: Person,
    victim: Person,
    leader: Person,
    moderator: Person,
}

/// The callers, in the order of the columns.
struct Callers([Person; 7]);

async fn callers(world: &World) -> (Callers, Person, Person) {
    let [outsider, member, leader, moderator] = [
        world.app.person("out").await,
        world.app.person("mem").await,
        world.app.person("lea").await,
        world.app.person("mod").await,
    ];
    let (root, chief) = (world.app.admin("root").await, world.app.admin("chief").await);
    let callers = Callers([outsider, member, leader, moderator, world.amina.clone(), root, chief]);
    (callers, world.app.person("newcomer").await, world.app.person("victim").await)
}

async fn cast(world: &World, slug: &str, callers: &Callers, newcomer: &Person, victim: &Person) -> Cast {
    let [_, member, leader, moderator, owner, _, chief] = &callers.0;
    let group = world.app.group(slug, owner).await;
    for person in [member, leader, moderator, chief, victim] {
        world.app.add_member(&group, owner, person).await;
    }
    for (person, role) in [(leader, Role::Leader), (moderator, Role::Moderator)] {
        let (by, user) = (owner.user.id, UserRef::Id(person.user.id));
        world.app.store().submit(AssignRole { by, group: GroupRef::Id(group.group.id), user, role }).await.unwrap();
    }
    Cast {
        group,
        newcomer: newcomer.clone(),
        victim: victim.clone(),
        leader: leader.clone(),
        moderator: moderator.clone(),
    }
}

async fn call(world: &World, row: &Row, caller: Option<&Person>, params: &Value) -> Reply {
    let (verb, name) = row.name.split_once(' ').unwrap();
    let path = format!("/api/v1/{name}");
    let request = if verb == "GET" {
        let pairs = params.as_object().unwrap().iter().map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (key.clone(), text)
        });
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        world.app.request("GET", &format!("{path}?{query}"))
    } else {
        world.app.request("POST", &path).header("content-type", "application/json").body(params.to_string())
    };
    match caller {
        Some(caller) => request.rocketchat(caller).send().await,
        None => request.send().await,
    }
}

fn merged(one: Value, other: Value) -> Value {
    let fields = |value: Value| if let Value::Object(fields) = value { fields } else { Map::new() };
    Value::Object(fields(one).into_iter().chain(fields(other)).collect())
}

/// Holds an answer to what the table says.
#[track_caller]
fn hold(reply: &Reply, says: &str, name: &str, what: &str) {
    let found = (reply.status, reply.json());
    if says == OK {
        assert_eq!((found.0, &found.1["success"]), (200, &json!(true)), "{what}: {}", reply.text);
        return;
    }
    let status = if says == UNAUTHORIZED { 403 } else { 400 };
    assert_eq!(found, (status, literal(says, name)), "{what}");
}

/// The whole body of a refusal.
fn literal(says: &str, name: &str) -> Value {
    let (code, method) = says.split_once('@').map_or((says, None), |(code, method)| (code, Some(method)));
    let reason = match (code, method) {
        ("error-room-not-found", _) => {
            "The required \"roomId\" or \"roomName\" param provided does not match any group".to_owned()
        }
        ("error-room-archived", _) => format!("The private group, {name}, is archived"),
        ("error-room-param-not-provided", _) => "The parameter \"roomId\" or \"roomName\" is required".to_owned(),
        ("error-user-param-not-provided", _) => {
            "The required \"userId\" or \"username\" param was not provided".to_owned()
        }
        ("error-invalid-user", _) => {
            "The required \"userId\" or \"username\" param provided does not match any users".to_owned()
        }
        ("error-users-params-not-provided", _) => {
            "Please provide \"userId\" or \"username\" or \"userIds\" or \"usernames\" as param".to_owned()
        }
        ("error-empty-invite-list", _) => "Cannot invite if no valid users are provided".to_owned(),
        ("error-not-allowed", _) => "Not allowed".to_owned(),
        ("error-not-authorized", _) => "Not authorized".to_owned(),
        ("error-action-not-allowed", _) => "Editing room is not allowed".to_owned(),
        ("error-you-are-last-owner", _) => {
            "You are the last owner. Please set new owner before leaving the room.".to_owned()
        }
        ("error-remove-last-owner", _) => {
            "This is the last owner. Please set a new owner before removing this one.".to_owned()
        }
        ("403", _) => "Access to Method Forbidden".to_owned(),
        _ => return json!({ "success": false, "error": says.replace("NAME", name) }),
    };
    let mut body = json!({ "success": false, "error": format!("{reason} [{code}]"), "errorType": code });
    if code == "403" {
        body["errorType"] = json!(403);
    }
    if let Some(method) = method {
        body["details"] = json!({ "method": method });
        if code == "error-action-not-allowed" {
            body["details"]["action"] = json!("Editing_room");
        }
    }
    body
}

#[tokio::test]
async fn every_endpoint_says_to_every_caller_what_the_contract_says() {
    let world = world().await;
    let (callers, newcomer, victim) = callers(&world).await;
    for (n, row) in ROWS.iter().enumerate() {
        for (m, (caller, says)) in callers.0.iter().zip(row.says).enumerate() {
            let slug = format!("g{n}-{m}");
            let cast = cast(&world, &slug, &callers, &newcomer, &victim).await;
            // Whoever leaves or is kicked is the victim, but for those who act on themselves.
            let params = merged(json!({ "roomId": cast.group.uid() }), (row.with)(&cast));
            let params = if row.is_strict { params } else { merged(params, json!({ "tolerated": 1 })) };
            let anonymous = call(&world, row, None, &params).await;
            anonymous.assert(401, not_logged_in());
            let reply = call(&world, row, Some(caller), &params).await;
            hold(&reply, says, &slug, &format!("{} by {m}", row.name));
        }
    }
}

#[tokio::test]
async fn an_archived_group_is_refused_where_the_contract_says_so() {
    let world = world().await;
    let (callers, newcomer, victim) = callers(&world).await;
    let owner = &callers.0[4];
    for (n, row) in ROWS.iter().enumerate() {
        let slug = format!("a{n}");
        let cast = cast(&world, &slug, &callers, &newcomer, &victim).await;
        let archive = ArchiveGroup { by: owner.user.id, group: GroupRef::Id(cast.group.group.id) };
        world.app.store().submit(archive).await.unwrap();
        let params = merged(json!({ "roomName": slug }), (row.with)(&cast));
        hold(&call(&world, row, Some(owner), &params).await, row.of_archived, &slug, row.name);
    }
}

const NO_ROOM: &str = "must have required property 'roomId'\nmust have required property 'roomName'\nmust match exactly one schema in oneOf";
const NOT_ONE: &str = "must match exactly one schema in oneOf";
const TWICE_MORE: &str =
    "must NOT have additional properties\nmust NOT have additional properties\nmust match exactly one schema in oneOf";

#[tokio::test]
async fn a_group_that_is_named_badly_is_refused_in_the_words_of_the_contract() {
    let world = world().await;
    let (callers, newcomer, victim) = callers(&world).await;
    let owner = &callers.0[4];
    let cast = cast(&world, "circle", &callers, &newcomer, &victim).await;
    let foreign = world.app.group("foreign", &callers.0[0]).await;
    let square = world.app.public_group("square", owner).await;
    let huge = "x".repeat(20_000);
    for row in ROWS {
        let (verb, name) = row.name.split_once(' ').unwrap();
        let kind = if verb == "GET" { "error-invalid-params" } else { "invalid-params" };
        let with = (row.with)(&cast);
        let invalid = |error: &str| json!({ "success": false, "errorType": kind, "error": error });

        // Not at all.
        let reply = call(&world, row, Some(owner), &json!({})).await;
        let by_schema = name != "groups.members" || verb != "GET";
        assert_eq!((reply.status, &reply.json()["errorType"]), (400, &json!(kind)), "{name}: {}", reply.text);
        if with == json!({}) && by_schema {
            reply.assert(400, invalid(NO_ROOM));
        }
        // Twice.
        let both = merged(json!({ "roomId": cast.group.uid(), "roomName": "circle" }), with.clone());
        if name != "groups.members" {
            let told = if row.is_strict { TWICE_MORE } else { NOT_ONE };
            call(&world, row, Some(owner), &both).await.assert(400, invalid(told));
        }
        // By something that is no name, or the name of nothing.
        for (field, value) in [
            ("roomId", json!("unknown")),
            ("roomId", json!("circle")),
            ("roomId", json!(foreign.uid())),
            ("roomId", json!(square.uid())),
            ("roomId", json!(huge)),
            ("roomId", json!("نور 🕌 \u{202e}")),
            ("roomName", json!("Circle")),
            ("roomName", json!(cast.group.uid())),
            ("roomName", json!("circle\u{0}")),
            ("roomName", json!("square")),
            ("roomId", json!(7)),
        ] {
            let text = value.as_str().unwrap_or_default();
            let params = merged(json!({ field: value }), with.clone());
            let reply = call(&world, row, Some(owner), &params).await;
            let is_loose = match name {
                // Either parameter may hold either.
                "groups.invite" => text == "circle" || text == cast.group.uid() || text == foreign.uid(),
                "groups.kick" | "groups.counters" => text == foreign.uid(),
                _ => false,
            };
            if !is_loose {
                assert_eq!((reply.status, reply.json()), (400, literal(NOT_FOUND, "")), "{name} {field}={text:?}");
            }
        }
        // Empty.
        let reply = call(&world, row, Some(owner), &merged(json!({ "roomId": "" }), with.clone())).await;
        let says = match name {
            "groups.invite" | "groups.counters" => "error-room-param-not-provided",
            _ => NOT_FOUND,
        };
        hold(&reply, says, "", name);
        if verb == "POST" {
            // Of another kind, in another form, or in none.
            let odd = call(&world, row, Some(owner), &merged(json!({ "roomId": { "a": 1 } }), with.clone())).await;
            assert_eq!((odd.status, &odd.json()["errorType"]), (400, &json!(kind)), "{name}");
            for body in ["", "{", "[]", "null", "\"roomId\"", "{\"roomId\":}", "[{\"roomId\":\"x\"}]"] {
                let request = world.app.request("POST", &format!("/api/v1/{name}")).rocketchat(owner);
                let reply = request.header("content-type", "application/json").body(body).send().await;
                assert_eq!((reply.status, &reply.json()["errorType"]), (400, &json!(kind)), "{name} {body}");
            }
            let form = merged(json!({ "roomId": "unknown" }), with.clone());
            if form.as_object().unwrap().values().all(Value::is_string) {
                let fields =
                    form.as_object().unwrap().iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap()));
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let request = world.app.request("POST", &format!("/api/v1/{name}")).rocketchat(owner);
                let reply = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await;
                hold(&reply, NOT_FOUND, "", name);
            }
        }
        // The other verb.
        let other = if verb == "GET" { "POST" } else { "GET" };
        let reply = world.app.request(other, &format!("/api/v1/{name}")).rocketchat(owner).send().await;
        reply.assert(404, json!({ "success": false, "error": "Resource not found" }));
    }
}

#[tokio::test]
async fn a_user_who_is_named_badly_is_refused_in_the_words_of_the_contract() {
    let world = world().await;
    let (callers, newcomer, victim) = callers(&world).await;
    let owner = &callers.0[4];
    let cast = cast(&world, "circle", &callers, &newcomer, &victim).await;
    let takes_user = |row: &&Row| {
        let with = (row.with)(&cast);
        ["userId", "username", "user"].iter().any(|name| with.get(name).is_some())
    };
    for row in ROWS.iter().filter(takes_user) {
        let (_, name) = row.name.split_once(' ').unwrap();
        let (nobody, unknown) = if name == "groups.invite" {
            ("error-users-params-not-provided", "error-empty-invite-list")
        } else {
            ("error-user-param-not-provided", "error-invalid-user")
        };
        let call =
            async |with: Value| call(&world, row, Some(owner), &merged(json!({ "roomName": "circle" }), with)).await;
        for none in [json!({}), json!({ "userId": "" }), json!({ "userId": null, "username": "" })] {
            hold(&call(none.clone()).await, nobody, "", &format!("{name} {none}"));
        }
        for odd in [
            json!({ "userId": "unknown" }),
            json!({ "userId": "victim" }),
            json!({ "username": victim.uid().to_uppercase() }),
            json!({ "username": "@victim" }),
            json!({ "user": "vic tim" }),
            json!({ "user": "نور" }),
            json!({ "userId": "x".repeat(20_000) }),
            json!({ "userId": 153 }),
        ] {
            hold(&call(odd.clone()).await, unknown, "", &format!("{name} {odd}"));
        }
        for wrong in [json!({ "userId": {} }), json!({ "username": ["victim"] })] {
            let reply = call(wrong.clone()).await;
            assert_eq!((reply.status, &reply.json()["errorType"]), (400, &json!("invalid-params")), "{name} {wrong}");
        }
    }
}
