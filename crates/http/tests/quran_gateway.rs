//! Quran Foundation's group API behind its gateway from the outside: `/auth/v1/groups` with the headers `x-auth-token`
//! and `x-client-id`. The expectations are those of its contract, whose section numbers stand next to them.

use axum::body::Body;
use guestlist_core::command::{AddClient, Decline, DisableUser, RemoveClient, RemoveMember};
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::InvitationRef;
use guestlist_core::names::Subject;
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::jwt::{AccessClaims, BuiltInIssuer};
use guestlist_store::page::PageRequest;
use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

const WEEK_MILLIS: i64 = 7 * 86_400_000;
const INVITE: &str = "/auth/v1/groups/1/inviteUser";
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Every operation there is, on the group of [`Circle`].
const OPERATIONS: [(&str, &str); 5] = [
    ("GET", "/auth/v1/groups"),
    ("GET", "/auth/v1/groups/1"),
    ("PUT", INVITE),
    ("PUT", "/auth/v1/groups/1/assignAsAdmin"),
    ("PUT", "/auth/v1/groups/1/removeUser"),
];

/// What they answer amina if bilal is named, one after the other. Whoever is only invited is no member to make an admin.
const STATUSES: [u16; 5] = [200, 200, 200, 404, 200];

/// The private group 1, "circle", of amina (user 1). musa (3) is a plain member, bilal (2) is none.
struct Circle {
    app: TestApp,
    amina: Person,
    bilal: Person,
    musa: Person,
    group: Group,
}

impl Circle {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (amina, bilal, musa) = (app.person("amina").await, app.person("bilal").await, app.person("musa").await);
        let group = app.group("circle", &amina).await;
        app.add_member(&group, &amina, &musa).await;
        Self { app, amina, bilal, musa, group }
    }

    async fn invite(&self, body: impl Into<Body>) -> Reply {
        self.invite_by(&self.amina, INVITE, body).await
    }

    async fn invite_by(&self, person: &Person, path: &str, body: impl Into<Body>) -> Reply {
        self.call("PUT", path, &self.app.jwt(person, "group"), body).await
    }

    async fn get(&self, person: &Person, path: &str) -> Reply {
        self.call("GET", path, &self.app.jwt(person, "group"), "").await
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: impl Into<Body>) -> Reply {
        self.app.request(method, path).gateway(token).body(body).send().await
    }

    /// The group's open invitations, as guestlist's own API lists them.
    async fn pending(&self) -> Vec<Value> {
        let list = self.app.request("GET", "/guestlist/v1/groups/1/invitations?limit=200").bearer(&self.amina);
        let mut list = list.send().await.json();
        assert_eq!(list["next_cursor"], Value::Null, "more than one page");
        std::mem::take(list["data"].as_array_mut().expect("a list"))
    }

    /// Changes what no API can change yet.
    fn sql(&self, statement: &str) {
        let connection = rusqlite::Connection::open(self.app.database()).expect("the database opens");
        connection.execute_batch(statement).expect("the statement is right");
    }
}

fn invited() -> Value {
    json!({ "success": true, "data": { "message": "User has been invited successfully." } })
}

fn error(kind: &str, message: &str) -> Value {
    json!({ "message": message, "type": kind, "success": false })
}

/// The documented error of a status (3.3).
fn fault(status: u16) -> Value {
    let (kind, message) = match status {
        400 => ("invalid_request", "The request is missing required headers or is invalid"),
        401 => ("unauthorized", "The request requires user authentication"),
        403 => ("forbidden", "The server understood the request, but refuses to authorize it"),
        404 => ("not_found", "The requested resource could not be found"),
        413 => ("payload_too_large", "The request body is too large"),
        422 => {
            ("unprocessable_entity", "The request was well-formed but was unable to be followed due to semantic errors")
        }
        500 => (
            "internal_server_error",
            "The server encountered an internal error and was unable to complete your request",
        ),
        other => panic!("no error is known for {other}"),
    };
    error(kind, message)
}

fn insufficient_scope() -> Value {
    error("insufficient_scope", "The access token does not have the required scopes")
}

/// The Room object of a group with the slug and name `slug` (2.4).
fn room(id: i64, slug: &str, members: i64, is_admin: bool) -> Value {
    json!({
        "id": id,
        "name": slug,
        "description": format!("about {slug}"),
        "public": false,
        "active": true,
        "verified": false,
        "subdomain": "",
        "roomType": "group",
        "group": slug,
        "avatar": "/avatars/original/missing.png",
        "link": format!("https://guestlist.example.org/groups/{slug}"),
        "membersCount": members,
        "postsCount": 0,
        "currentUserIsAdmin": is_admin,
    })
}

fn shown(room: &Value) -> Value {
    json!({ "success": true, "data": room })
}

fn ids(invitations: &[Value]) -> Vec<&str> {
    invitations.iter().map(|invitation| invitation["id"].as_str().expect("an id")).collect()
}

// What succeeds.

#[tokio::test]
async fn whoever_invites_is_answered_with_the_documented_message() {
    let circle = Circle::new().await;
    for path in [INVITE, "/auth/v1/groups/1/inviteUser/", "/auth/v1/groups/1/inviteUser?first=x&anything"] {
        for body in [r#"{"userId":2}"#, r#"{"email":"bilal@example.org"}"#, r#"{"email":"nobody@example.com"}"#] {
            let reply = circle.invite_by(&circle.amina, path, body).await;
            let wanted = r#"{"success":true,"data":{"message":"User has been invited successfully."}}"#;
            assert_eq!((path, body, reply.status, &*reply.text), (path, body, 200, wanted));
            assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
            assert!(!reply.header("x-request-id").is_empty());
        }
    }
}

#[tokio::test]
async fn a_moderator_invites_as_the_owner_does() {
    let circle = Circle::new().await;
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    circle.invite_by(&layla, INVITE, r#"{"userId":2}"#).await.assert(200, invited());
    assert_eq!(circle.pending().await.len(), 1);
}

#[tokio::test]
async fn a_group_is_shown_with_all_fourteen_fields() {
    let circle = Circle::new().await;
    for path in ["/auth/v1/groups/1", "/auth/v1/groups/1/", "/auth/v1/groups/1?x=y"] {
        let reply = circle.get(&circle.amina, path).await;
        reply.assert(200, shown(&room(1, "circle", 2, true)));
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    }
    let reply = circle.get(&circle.musa, "/auth/v1/groups/1").await;
    reply.assert(200, shown(&room(1, "circle", 2, false)));
}

#[tokio::test]
async fn a_page_shows_its_subdomain_where_a_group_shows_its_slug() {
    let circle = Circle::new().await;
    circle.sql(r#"UPDATE "groups" SET is_page = 1, description = ''"#);
    let mut page = room(1, "circle", 2, true);
    for (field, value) in [
        ("description", json!("")),
        ("verified", json!(true)),
        ("subdomain", json!("circle")),
        ("roomType", json!("page")),
        ("group", json!("")),
        ("link", json!("https://guestlist.example.org")),
    ] {
        page[field] = value;
    }
    circle.get(&circle.amina, "/auth/v1/groups/1").await.assert(200, shown(&page));
    let lists = json!({ "pages": [page], "groups": [] });
    circle.get(&circle.amina, "/auth/v1/groups/").await.assert(200, shown(&lists));
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
}

#[tokio::test]
async fn the_callers_groups_are_listed_by_name() {
    let circle = Circle::new().await;
    circle.app.group("zenith", &circle.amina).await;
    circle.app.group("apex", &circle.amina).await;
    let groups = json!([room(3, "apex", 1, true), room(1, "circle", 2, true), room(2, "zenith", 1, true)]);
    for path in ["/auth/v1/groups/", "/auth/v1/groups", "/auth/v1/groups/?first=1&after=x"] {
        let reply = circle.get(&circle.amina, path).await;
        reply.assert(200, shown(&json!({ "pages": [], "groups": groups })));
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    }
    let musas = json!({ "pages": [], "groups": [room(1, "circle", 2, false)] });
    circle.get(&circle.musa, "/auth/v1/groups/").await.assert(200, shown(&musas));
    let none = json!({ "pages": [], "groups": [] });
    circle.get(&circle.bilal, "/auth/v1/groups/").await.assert(200, shown(&none));
}

#[tokio::test]
async fn a_stranger_sees_public_groups_only() {
    let circle = Circle::new().await;
    circle.app.public_group("open", &circle.amina).await;
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
    circle.get(&circle.bilal, "/auth/v1/groups/1").await.assert(403, fault(403));
    let mut open = room(2, "open", 1, false);
    open["public"] = true.into();
    circle.get(&circle.bilal, "/auth/v1/groups/2").await.assert(200, shown(&open));
    circle.get(&circle.bilal, "/auth/v1/groups/3").await.assert(404, fault(404));
}

// Who is calling (3.1, 5.3, 6.3-6.7).

#[tokio::test]
async fn both_headers_are_required_by_every_operation() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "*");
    for (method, path) in OPERATIONS {
        let request = || circle.app.request(method, path).body(r#"{"userId":2}"#);
        let id = "x-client-id";
        for incomplete in [
            request(),
            request().header("x-auth-token", &token),
            request().header(id, "app"),
            request().header("x-auth-token", &token).header(id, ""),
            request().header("x-auth-token", &token).header(id, " \t"),
            request().header("x-auth-token", "").header(id, "app"),
            request().header("x-auth-token", "  ").header(id, "app"),
            // Even where what is there is wrong.
            request().header("x-auth-token", "nonsense"),
            // 1, rule 6: no other header stands in for them.
            request().header("authorization", &format!("Bearer {token}")).header(id, "app"),
            request().header("o_t_h", &token).header(id, "app"),
        ] {
            let reply = incomplete.send().await;
            reply.assert(400, fault(400));
            assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
        }
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn a_header_with_two_values_is_malformed() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "*");
    let other = circle.app.jwt(&circle.bilal, "*");
    for ((method, path), status) in OPERATIONS.into_iter().zip(STATUSES) {
        let request = || circle.app.request(method, path).gateway(&token).body(r#"{"userId":2}"#);
        for (name, value) in
            [("x-auth-token", &*other), ("x-auth-token", ""), ("x-client-id", "other"), ("x-client-id", "")]
        {
            request().header(name, value).send().await.assert(400, fault(400));
        }
        let same = request().header("x-auth-token", &token).header("x-client-id", "app");
        assert_eq!(same.send().await.status, status);
    }
}

#[tokio::test]
async fn header_names_have_no_case_and_values_no_blanks_at_their_ends() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "*");
    let request = circle.app.request("PUT", INVITE).body(r#"{"userId":2}"#);
    let request = request.header("X-AUTH-TOKEN", &format!(" {token}\t")).header("X-Client-Id", "  app ");
    request.header("authorization", "Bearer nonsense").send().await.assert(200, invited());
}

#[tokio::test]
async fn a_token_that_no_issuer_of_ours_signed_is_unauthorized() {
    let circle = Circle::new().await;
    let (app, amina) = (&circle.app, &circle.amina);
    // Another issuer with a key of the same name.
    let claims = AccessClaims {
        subject: Some(amina.user.subject.clone()),
        client: ClientId::parse("app").unwrap(),
        scopes: Scopes::all(),
        issued_at: app.clock.now(),
        expires_at: app.clock.now() + Lifetime::from_secs(60),
        person: guestlist_identity::person::Person::default(),
    };
    let impostor = BuiltInIssuer::new(&BuiltInIssuer::generate_key("test".to_owned()).unwrap()).unwrap();
    let forged = impostor.issue(&claims, "jti".to_owned()).unwrap();
    let stranger = BuiltInIssuer::new(&BuiltInIssuer::generate_key("else".to_owned()).unwrap()).unwrap();
    let foreign = stranger.issue(&claims, "jti".to_owned()).unwrap();

    let good = app.jwt(amina, "*");
    let [header, claims, signature] = <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    // {"alg":"none","typ":"JWT","kid":"test"} and the same with HS256.
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoidGVzdCJ9";
    let symmetric = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InRlc3QifQ";

    for token in [
        "nonsense".to_owned(),
        "a.b.c".to_owned(),
        "..".to_owned(),
        "two words".to_owned(),
        format!("{}.{}.{}", "x".repeat(3000), "y".repeat(3000), "z".repeat(3000)),
        // This API takes signed tokens only.
        amina.token.clone(),
        forged,
        foreign,
        format!("{unsigned}.{claims}."),
        format!("{unsigned}.{claims}.{signature}"),
        format!("{symmetric}.{claims}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
        format!("{good}.{signature}"),
        format!("Bearer {good}"),
    ] {
        for (method, path) in OPERATIONS {
            let reply = circle.call(method, path, &token, r#"{"userId":2}"#).await;
            assert_eq!((&token, method, reply.status, reply.json()), (&token, method, 401, fault(401)));
        }
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn a_token_is_good_for_its_hour_only() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    for (advance, status) in [(0, 200), (3_599_999, 200), (1, 401), (1, 401)] {
        circle.app.clock.advance_millis(advance);
        let reply = circle.call("PUT", INVITE, &token, r#"{"userId":2}"#).await;
        reply.assert(status, if status == 200 { invited() } else { fault(401) });
    }
    // Up to a minute of difference between the clocks of issuer and receiver is forgiven.
    let token = circle.app.jwt(&circle.amina, "group");
    for (advance, status) in [(-60_000, 200), (-1_000, 401)] {
        circle.app.clock.advance_millis(advance);
        let reply = circle.call("PUT", INVITE, &token, r#"{"userId":2}"#).await;
        reply.assert(status, if status == 200 { invited() } else { fault(401) });
    }
}

#[tokio::test]
async fn a_token_is_good_only_with_the_client_it_was_issued_to() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "*");
    let other =
        AddClient { by: None, id: ClientId::parse("other").unwrap(), name: String::new(), scopes: Scopes::all() };
    circle.app.store().submit(other).await.unwrap();
    let others = circle.app.jwt_for(circle.amina.user.subject.as_str(), "other", "*");
    for ((method, path), status) in OPERATIONS.into_iter().zip(STATUSES) {
        let request = |token: &str, client: &str| {
            let request = circle.app.request(method, path).header("x-auth-token", token).header("x-client-id", client);
            request.body(r#"{"userId":2}"#).send()
        };
        for client in ["other", "App", "APP", "ap", "app2", "app,app", "nobody", "app app"] {
            let reply = request(&token, client).await;
            assert_eq!((client, method, reply.status, reply.json()), (client, method, 403, fault(403)));
        }
        request(&others, "app").await.assert(403, fault(403));
        assert_eq!(request(&others, "other").await.status, status);
    }
}

#[tokio::test]
async fn a_token_must_cover_the_operation() {
    let circle = Circle::new().await;
    for (scopes, may_read, may_update) in [
        ("*", true, true),
        ("group", true, true),
        ("group.update", true, true),
        ("group.read", true, false),
        ("room", true, true),
        ("openid group.read room", true, true),
        ("room.read", false, false),
        ("room.invite room.read room.admin", false, false),
        ("groups", false, false),
        ("group.readers group.updates", false, false),
        ("user openid offline_access guestlist", false, false),
        ("", false, false),
    ] {
        let token = circle.app.jwt(&circle.amina, scopes);
        let may = [may_read, may_read, may_update, may_update, may_update];
        // Whoever is only invited is no member to make an admin.
        for (((method, path), may), status) in OPERATIONS.into_iter().zip(may).zip(STATUSES) {
            let reply = circle.call(method, path, &token, r#"{"userId":2}"#).await;
            if may {
                assert_eq!((scopes, path, reply.status), (scopes, path, status));
            } else {
                assert_eq!((scopes, path, reply.status, reply.json()), (scopes, path, 403, insufficient_scope()));
            }
        }
    }
}

#[tokio::test]
async fn a_disabled_user_is_forbidden_every_operation() {
    let circle = Circle::new().await;
    let gone = circle.app.person("gone").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &gone).await;
    circle.app.store().submit(DisableUser { by: None, user: UserRef::Id(gone.user.id) }).await.unwrap();
    let token = circle.app.jwt(&gone, "*");
    for (method, path) in OPERATIONS {
        circle.call(method, path, &token, r#"{"userId":2}"#).await.assert(403, fault(403));
    }
}

#[tokio::test]
async fn the_tokens_of_a_removed_client_are_unauthorized() {
    let circle = Circle::new().await;
    let unregistered = circle.app.jwt_for(circle.amina.user.subject.as_str(), "unregistered", "*");
    let token = circle.app.jwt(&circle.amina, "*");
    circle.app.store().submit(RemoveClient { by: None, id: ClientId::parse("app").unwrap() }).await.unwrap();
    for (method, path) in OPERATIONS {
        circle.call(method, path, &token, r#"{"userId":2}"#).await.assert(401, fault(401));
        let request = circle.app.request(method, path).header("x-auth-token", &unregistered);
        request.header("x-client-id", "unregistered").body(r#"{"userId":2}"#).send().await.assert(401, fault(401));
    }

    // Not even a client of the same id brings them back.
    circle.app.clock.advance_millis(1_000);
    let again = AddClient { by: None, id: ClientId::parse("app").unwrap(), name: String::new(), scopes: Scopes::all() };
    circle.app.store().submit(again).await.unwrap();
    let request = circle.app.request("GET", "/auth/v1/groups").gateway(&token);
    assert_eq!(request.send().await.status, 401);
}

#[tokio::test]
async fn a_token_that_stands_for_an_application_is_unauthorized() {
    let circle = Circle::new().await;
    // 6.5: with Hydra, the subject of a client-credentials token is the client.
    let token = circle.app.jwt_for("app", "app", "*");
    for (method, path) in OPERATIONS {
        let reply = circle.call(method, path, &token, r#"{"userId":2}"#).await;
        assert_eq!((method, path, reply.status, reply.json()), (method, path, 401, fault(401)));
    }
    let account = circle.app.store().read().user(UserRef::Subject(Subject::parse("app").unwrap())).await.unwrap();
    assert_eq!(account, None);
}

#[tokio::test]
async fn an_unknown_subject_gets_one_account_however_many_requests_come_at_once() {
    let circle = Circle::new().await;
    let subject = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b";
    let tokens = [subject.to_owned(), subject.to_uppercase()].map(|s| circle.app.jwt_for(&s, "app", "group.read"));
    let calls = (0..40).map(|n| circle.app.request("GET", "/auth/v1/groups/").gateway(&tokens[n % 2]).send());
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        call.await.unwrap().assert(200, json!({ "success": true, "data": { "pages": [], "groups": [] } }));
    }
    let all = circle.app.store().read().users(PageRequest { after: None, limit: 100 }).await.unwrap();
    let subjects: Vec<_> = all.items.iter().skip(3).map(|user| (user.id.get(), user.subject.as_str())).collect();
    assert_eq!(subjects, [(4, subject)]);
    circle.invite(r#"{"userId":4}"#).await.assert(200, invited());
}

// What is asked for (5.2, 8.3, 8.4, 9).

#[tokio::test]
async fn a_body_that_is_no_json_is_an_invalid_request() {
    let circle = Circle::new().await;
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"nope",
        b"userId=2",
        b"{",
        b"[",
        b"{}{}",
        b"nul",
        br#"{"userId":2}x"#,
        br#"{"userId":2,}"#,
        br"{'userId':2}",
        br"{userId:2}",
        br#"{"userId" 2}"#,
        br#"{"userId":02}"#,
        br#"{"userId":+2}"#,
        br#"{"userId":2.}"#,
        br#"{"userId":.2}"#,
        br#"{"userId":0x2}"#,
        br#"{"userId":NaN}"#,
        br#"{"userId":2}/* */"#,
        b"\xef\xbb\xbf{\"userId\":2}",
        b"{\"email\":\"a\xff@example.com\"}",
        b"{\"email\":\"a\n@example.com\"}",
        b"\x00",
        // The same field twice could mean either (9, no. 18).
        br#"{"userId":2,"userId":2}"#,
        br#"{"userId":2,"user\u0049d":3}"#,
        br#"{"email":"a@b.c","email":"a@b.c"}"#,
        br#"{"x":1,"x":2}"#,
    ];
    for body in bodies {
        let reply = circle.invite(body.to_vec()).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!((&shown, reply.status, reply.json()), (&shown, 400, fault(400)));
    }
    for deep in ["[".repeat(30_000), r#"{"a":"#.repeat(10_000)] {
        circle.invite(deep).await.assert(400, fault(400));
    }
    let pieces = [Ok(r#"{"userId":2}"#), Err(std::io::Error::other("the client went away"))];
    circle.invite(Body::from_stream(futures_util::stream::iter(pieces))).await.assert(400, fault(400));
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn a_body_of_wrong_content_is_unprocessable() {
    let circle = Circle::new().await;
    for body in [
        // JSON, but no object (9, no. 17).
        "[]",
        "null",
        "\"text\"",
        "1",
        "1e400",
        "true",
        r#"[{"userId":2}]"#,
        // An object, but not the right one (9, no. 1, 2, 14, 16).
        "{}",
        r#"{"userId":2,"email":"bilal@example.org"}"#,
        r#"{"userId":2,"role":"admin"}"#,
        r#"{"userId":2,"groupId":1}"#,
        r#"{"userid":2}"#,
        r#"{"Email":"a@b.c"}"#,
        r#"{"x":null}"#,
        r#"{"":1}"#,
        r#"{"userId":[[[[{}]]]]}"#,
        r#"{"email":{"address":"a@b.c"}}"#,
    ] {
        let reply = circle.invite(body).await;
        assert_eq!((body, reply.status, reply.json()), (body, 422, fault(422)));
    }
    circle.invite("[".repeat(30_000) + &"]".repeat(30_000)).await.assert(422, fault(422));
    let deep = format!(r#"{{"userId":{}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    circle.invite(deep).await.assert(422, fault(422));
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn an_id_in_a_body_is_an_integer_of_64_bits() {
    let circle = Circle::new().await;
    let forty_digits = "1".repeat(40);
    for id in ["2", "2.0", "2.000", "2e0", "20e-1", "0.2E+1", " 2 "] {
        let reply = circle.invite(format!(r#"{{"userId":{id}}}"#)).await;
        assert_eq!((id, reply.status, reply.json()), (id, 200, invited()));
    }
    for id in [
        "2.5",
        "\"2\"",
        "true",
        "false",
        "null",
        "[2]",
        "{}",
        "\"\"",
        "0",
        "-0",
        "0.0",
        "-1",
        "-2.0",
        "1e400",
        "-1e400",
        "1e-400",
        "1e19",
        "0.5",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        &forty_digits,
    ] {
        let reply = circle.invite(format!(r#"{{"userId":{id}}}"#)).await;
        assert_eq!((id, reply.status, reply.json()), (id, 422, fault(422)));
    }
    for id in ["999", "999.0", "1e3", "9007199254740993", "9e18", "9223372036854775807"] {
        let reply = circle.invite(format!(r#"{{"userId":{id}}}"#)).await;
        assert_eq!((id, reply.status, reply.json()), (id, 404, fault(404)));
    }
    assert_eq!(circle.pending().await.len(), 1);
}

#[tokio::test]
async fn an_id_in_a_path_has_one_spelling() {
    let circle = Circle::new().await;
    for id in ["1", "%31"] {
        let path = format!("/auth/v1/groups/{id}");
        assert_eq!(circle.get(&circle.amina, &path).await.status, 200, "{id}");
        let path = format!("/auth/v1/groups/{id}/inviteUser");
        circle.invite_by(&circle.amina, &path, r#"{"userId":2}"#).await.assert(200, invited());
    }
    let forty_digits = "1".repeat(40);
    for id in [
        "2",
        "abc",
        "circle",
        "null",
        "0",
        "-1",
        "+1",
        "%2B1",
        "01",
        "007",
        "1.0",
        "1e0",
        "1,2",
        "0x1",
        "%201",
        "1%20",
        "1%00",
        "%FF",
        "%2531",
        "%zz",
        "%",
        "1%2F",
        "..",
        "%2e%2e",
        "%D9%A1",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551617",
        &forty_digits,
    ] {
        let reply = circle.get(&circle.amina, &format!("/auth/v1/groups/{id}")).await;
        assert_eq!((id, reply.status, reply.json()), (id, 404, fault(404)));
        let path = format!("/auth/v1/groups/{id}/inviteUser");
        let reply = circle.invite_by(&circle.amina, &path, r#"{"userId":2}"#).await;
        assert_eq!((id, reply.status, reply.json()), (id, 404, fault(404)));
    }
    // No id at all.
    let reply = circle.invite_by(&circle.amina, "/auth/v1/groups//inviteUser", r#"{"userId":2}"#).await;
    reply.assert(404, fault(404));
    assert_eq!(circle.pending().await.len(), 1);
}

#[tokio::test]
async fn an_address_has_a_local_part_and_a_domain_and_no_blanks() {
    let circle = Circle::new().await;
    let of_length = |bytes: usize| format!("a@{}", "b".repeat(bytes - 2));
    let fine = ["a@b", "amer@quran.com", "amer+x@quran.com", "o'neil@example.org", "علي@مثال.إختبار"];
    for email in fine.map(str::to_owned).into_iter().chain([of_length(254)]) {
        let reply = circle.invite(json!({ "email": email }).to_string()).await;
        assert_eq!((&email, reply.status, reply.json()), (&email, 200, invited()));
    }
    let odd = [
        "",
        " ",
        "amer",
        "@",
        "@quran.com",
        "amer@",
        "a@b@c",
        "a mer@quran.com",
        " amer@quran.com",
        "amer@quran.com ",
        "amer@quran.com\n",
        "amer@quran.com\r\nBcc: x@example.com",
        "am\ter@quran.com",
        "am\u{0}er@quran.com",
        "am\u{7f}er@quran.com",
        "am\u{a0}er@quran.com",
        "am\u{2028}er@quran.com",
        "am\u{3000}er@quran.com",
    ];
    let odd = odd.map(Value::from).into_iter().chain([of_length(255).into()]);
    for email in odd.chain([json!(1), json!(null), json!(true), json!(["a@b.c"]), json!({})]) {
        let reply = circle.invite(json!({ "email": email }).to_string()).await;
        assert_eq!((&email, reply.status, reply.json()), (&email, 422, fault(422)));
    }
    assert_eq!(circle.pending().await.len(), 6);
}

#[tokio::test]
async fn a_body_may_have_64_kib_and_not_a_byte_more() {
    let circle = Circle::new().await;
    let padded = |bytes: usize| r#"{"userId":2}"#.to_owned() + &" ".repeat(bytes - 12);
    circle.invite(padded(BODY_BYTES_MAX)).await.assert(200, invited());
    circle.invite(padded(BODY_BYTES_MAX + 1)).await.assert(413, fault(413));
    circle.invite("x".repeat(10 * BODY_BYTES_MAX)).await.assert(413, fault(413));
    let endless = futures_util::stream::iter((0..1000).map(|_| Ok::<_, std::io::Error>(" ".repeat(1000))));
    circle.invite(Body::from_stream(endless)).await.assert(413, fault(413));
}

#[tokio::test]
async fn the_content_type_of_a_body_does_not_matter() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense", ""] {
        let request = circle.app.request("PUT", INVITE).gateway(&token).header("content-type", kind);
        request.body(r#"{"userId":2}"#).send().await.assert(200, invited());
    }
}

#[tokio::test]
async fn whoever_is_no_admin_of_the_group_may_not_invite() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    circle.app.public_group("open", &circle.amina).await;
    for person in [&circle.musa, &circle.bilal, &root] {
        circle.invite_by(person, INVITE, r#"{"userId":2}"#).await.assert(403, fault(403));
        let reply = circle.invite_by(person, "/auth/v1/groups/2/inviteUser", r#"{"userId":2}"#).await;
        reply.assert(403, fault(403));
    }
}

#[tokio::test]
async fn nobody_is_invited_into_a_group_that_is_not_active() {
    let circle = Circle::new().await;
    circle.sql(r#"UPDATE "groups" SET archived_at = updated_at"#);
    circle.invite(r#"{"userId":2}"#).await.assert(403, fault(403));
    let mut archived = room(1, "circle", 2, true);
    archived["active"] = false.into();
    circle.get(&circle.amina, "/auth/v1/groups/1").await.assert(200, shown(&archived));
}

#[tokio::test]
async fn of_two_faults_the_earlier_check_is_answered() {
    let circle = Circle::new().await;
    let app = &circle.app;
    let admin = app.jwt(&circle.amina, "group");
    let reader = app.jwt(&circle.amina, "group.read");
    let (member, stranger) = (app.jwt(&circle.musa, "group"), app.jwt(&circle.bilal, "group"));
    let large = " ".repeat(BODY_BYTES_MAX + 1);
    let (unknown, no_id) = ("/auth/v1/groups/999/inviteUser", "/auth/v1/groups/abc/inviteUser");
    let (two, nobody) = (r#"{"userId":2}"#, r#"{"userId":999}"#);
    let mistyped = r#"{"userId":"2"}"#;
    for (what, token, client, path, body, status) in [
        ("no token, malformed body", "", "app", INVITE, "{", 400),
        ("no token, unknown group", "", "app", unknown, two, 400),
        ("no token, wrong client", "", "other", INVITE, two, 400),
        ("no client, bad token", "nonsense", "", INVITE, two, 400),
        ("no client, large body", &admin, "", INVITE, &large, 400),
        ("bad token, wrong client", "nonsense", "other", INVITE, two, 401),
        ("bad token, malformed body", "nonsense", "app", INVITE, "{", 401),
        ("bad token, large body", "nonsense", "app", INVITE, &large, 401),
        ("bad token, unknown group", "nonsense", "app", unknown, two, 401),
        ("wrong client, scope", &reader, "other", INVITE, two, 403),
        ("wrong client, malformed body", &admin, "other", INVITE, "{", 403),
        ("wrong client, unknown group", &admin, "other", unknown, two, 403),
        ("large body, unknown group", &admin, "app", unknown, &large, 413),
        ("malformed body, unknown group", &admin, "app", unknown, "{", 400),
        ("malformed body, no group id", &admin, "app", no_id, "{", 400),
        ("malformed body, not allowed", &member, "app", INVITE, "{", 400),
        ("doubled field, unknown group", &admin, "app", unknown, r#"{"userId":2,"userId":2}"#, 400),
        ("no object, unknown group", &admin, "app", unknown, "[]", 422),
        ("mistyped field, unknown group", &admin, "app", unknown, mistyped, 422),
        ("mistyped field, no group id", &admin, "app", no_id, mistyped, 422),
        ("mistyped field, not allowed", &stranger, "app", INVITE, mistyped, 422),
        ("unknown group, unknown user", &admin, "app", unknown, nobody, 404),
        ("unknown group, not allowed", &stranger, "app", unknown, two, 404),
        ("a member, unknown user", &member, "app", INVITE, nobody, 403),
        ("a stranger, unknown user", &stranger, "app", INVITE, nobody, 403),
        ("a member, a member invited", &member, "app", INVITE, r#"{"userId":1}"#, 403),
        ("a stranger, himself invited", &stranger, "app", INVITE, two, 403),
    ] {
        let request = app.request("PUT", path).header("x-auth-token", token).header("x-client-id", client);
        let reply = request.body(body.to_owned()).send().await;
        assert_eq!((what, reply.status, reply.json()), (what, status, fault(status)));
    }
    for (what, path, body) in [
        ("scope, malformed body", INVITE, "{"),
        ("scope, large body", INVITE, &large),
        ("scope, mistyped field", INVITE, mistyped),
        ("scope, unknown group", unknown, two),
    ] {
        let reply = circle.call("PUT", path, &reader, body.to_owned()).await;
        assert_eq!((what, reply.status, reply.json()), (what, 403, insufficient_scope()));
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn an_unknown_path_or_method_below_the_prefix_is_not_found() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "*");
    for (method, path) in [
        ("GET", "/auth"),
        ("GET", "/auth/"),
        ("GET", "/auth/v1"),
        ("GET", "/auth/v2/groups"),
        ("GET", "/auth/groups"),
        ("GET", "/auth/v1/nothing"),
        ("GET", "/auth/v1/groups/1/nothing"),
        ("GET", "/auth/v1/groups/1/2/3"),
        ("GET", INVITE),
        ("POST", INVITE),
        ("PATCH", INVITE),
        ("DELETE", INVITE),
        ("HEAD", INVITE),
        ("OPTIONS", INVITE),
        ("PUT", "/auth/v1/groups/1/inviteuser"),
        ("PUT", "/auth/v1/groups/1/inviteUser/2"),
        ("PUT", "/auth/v1/groups/inviteUser"),
        ("POST", "/auth/v1/groups"),
        ("POST", "/auth/v1/groups/"),
        ("PUT", "/auth/v1/groups/1"),
        ("DELETE", "/auth/v1/groups/1"),
        ("OPTIONS", "/auth/v1/groups/1"),
        ("OPTIONS", "/auth/v1/groups/"),
        ("OPTIONS", "/auth/anything"),
        ("TRACE", "/auth/v1/groups/"),
        ("BREW", "/auth/v1/groups/"),
    ] {
        for token in ["", &token] {
            let reply = circle.call(method, path, token, r#"{"userId":2}"#).await;
            assert_eq!((method, path, reply.status), (method, path, 404));
            // Over a connection the answer to HEAD has no body; here it may still be there.
            if method != "HEAD" {
                assert_eq!((method, path, &*reply.text), (method, path, &*fault(404).to_string()));
            }
        }
    }
    let reply = circle.call("GET", "/authx/v1/groups", &token, "").await;
    assert_eq!((reply.status, &*reply.text), (404, "Not found\n"));
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    for (token, path) in [
        (&*token, "/auth/v1/groups/"),
        (&token, "/auth/v1/groups/1"),
        (&token, "/auth/v1/groups/2"),
        ("", "/auth/v1/groups"),
    ] {
        let get = circle.call("GET", path, token, "").await;
        let head = circle.call("HEAD", path, token, "").await;
        let found = (path, head.status, &*head.text, head.header("content-type"));
        assert_eq!(found, (path, get.status, "", get.header("content-type")));
    }
}

#[tokio::test]
async fn a_browser_of_another_origin_is_told_nothing() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    for (method, status) in [("OPTIONS", 404), ("PUT", 200)] {
        let request = circle.app.request(method, INVITE).gateway(&token);
        let request = request.header("origin", "https://evil.example").header("access-control-request-method", "PUT");
        let reply = request.body(r#"{"userId":2}"#).send().await;
        assert_eq!(reply.status, status);
        assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
    }
}

#[tokio::test]
async fn broken_data_is_a_server_error_that_tells_nothing() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    circle.sql(r#"PRAGMA ignore_check_constraints = ON; UPDATE "groups" SET slug = 'not a slug'"#);
    for (method, path) in OPERATIONS {
        circle.call(method, path, &token, r#"{"userId":2}"#).await.assert(500, fault(500));
    }
}

// What becomes of an invitation (9).

#[tokio::test]
async fn inviting_again_keeps_one_invitation_and_moves_its_deadline_on() {
    let circle = Circle::new().await;
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
    let mut wanted = circle.pending().await;
    assert_eq!(wanted[0]["expires_at"], "2026-01-08T00:00:00.000Z");

    circle.app.clock.advance_millis(60_000);
    for body in [r#"{"userId":2}"#, r#"{"email":"bilal@example.org"}"#, r#"{"email":"BILAL@Example.ORG"}"#] {
        circle.invite(body).await.assert(200, invited());
    }
    wanted[0]["expires_at"] = "2026-01-08T00:01:00.000Z".into();
    assert_eq!(circle.pending().await, wanted);

    // A clock that was set back does not take away what was given.
    let token = circle.app.jwt(&circle.amina, "group");
    circle.app.clock.advance_millis(-60_000);
    circle.call("PUT", INVITE, &token, r#"{"userId":2}"#).await.assert(200, invited());
    assert_eq!(circle.pending().await, wanted);
}

#[tokio::test]
async fn an_address_of_nobody_is_invited_once_however_it_is_spelt() {
    let circle = Circle::new().await;
    for email in ["dawud@example.com", "Dawud@Example.COM", "dawud@example.com"] {
        circle.invite(json!({ "email": email }).to_string()).await.assert(200, invited());
    }
    let pending = circle.pending().await;
    assert_eq!(pending.len(), 1);
    assert_eq!((&pending[0]["user"], &pending[0]["email"]), (&Value::Null, &json!("dawud@example.com")));
}

#[tokio::test]
async fn a_member_is_not_invited() {
    let circle = Circle::new().await;
    for body in [
        r#"{"userId":3}"#,
        r#"{"email":"musa@example.org"}"#,
        r#"{"email":"MUSA@EXAMPLE.ORG"}"#,
        // Oneself.
        r#"{"userId":1}"#,
        r#"{"email":"amina@example.org"}"#,
    ] {
        let reply = circle.invite(body).await;
        assert_eq!((body, reply.status, reply.json()), (body, 422, fault(422)));
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn whoever_declined_or_was_removed_may_be_invited_again() {
    let circle = Circle::new().await;
    let store = circle.app.store();
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
    let first = circle.pending().await;
    let invitation = InvitationRef::Id(InvitationId::parse(ids(&first)[0]).unwrap());
    store.submit(Decline { by: Some(circle.bilal.user.id), invitation }).await.unwrap();
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
    let second = circle.pending().await;
    assert_eq!(second.len(), 1);
    assert_ne!(ids(&first), ids(&second));

    let (group, user) = (GroupRef::Id(circle.group.group.id), UserRef::Id(circle.musa.user.id));
    store.submit(RemoveMember { by: circle.amina.user.id, group, user, spares_owners: false }).await.unwrap();
    circle.invite(r#"{"userId":3}"#).await.assert(200, invited());
    assert_eq!(circle.pending().await.len(), 2);
}

#[tokio::test]
async fn an_invitation_is_dead_after_a_week_and_replaced_by_a_new_one() {
    for (offset, is_alive) in [(-1, true), (0, false), (1, false)] {
        let circle = Circle::new().await;
        circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
        let before = circle.pending().await;
        circle.app.clock.advance_millis(WEEK_MILLIS + offset);
        assert_eq!(circle.pending().await.len(), usize::from(is_alive), "{offset}");
        circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
        let after = circle.pending().await;
        assert_eq!((offset, after.len()), (offset, 1));
        assert_eq!((offset, ids(&before) == ids(&after)), (offset, is_alive));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_who_invite_one_person_at_once_make_one_invitation() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    let bodies = [r#"{"userId":2}"#, r#"{"email":"bilal@example.org"}"#, r#"{"email":"Bilal@example.org"}"#];
    let calls = (0..200).map(|n| {
        // The older API serves the same groups.
        let (path, is_gateway) = if n % 2 == 0 { (INVITE, true) } else { ("/v1/groups/1/inviteUser", false) };
        let request = circle.app.request("PUT", path).body(bodies[n % 3]);
        if is_gateway { request.gateway(&token).send() } else { request.legacy(&token).send() }
    });
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        call.await.unwrap().assert(200, invited());
    }
    assert_eq!(circle.pending().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_invited_at_once_are_all_invited() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "group");
    let email = |n: usize| format!("guest{n:03}@example.com");
    let calls = (0..200).map(|n| {
        let body = json!({ "email": email(n) }).to_string();
        circle.app.request("PUT", INVITE).gateway(&token).body(body).send()
    });
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        call.await.unwrap().assert(200, invited());
    }
    let pending = circle.pending().await;
    let mut found: Vec<_> = pending.iter().map(|invitation| invitation["email"].as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, (0..200).map(email).collect::<Vec<_>>());
}
