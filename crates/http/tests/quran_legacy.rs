//! Quran Foundation's legacy group API from the outside: `/v1/groups` with the header `o_t_h`. The expectations are
//! those of its contract, whose section numbers stand next to them.

use axum::body::Body;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, CreateGroup, Decline, DisableUser, RemoveClient, RemoveMember, RevokeToken};
use guestlist_core::credential::{ClientId, Scopes, TokenRef};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{InvitationId, Uid};
use guestlist_core::invitation::InvitationRef;
use guestlist_core::names::{Description, DisplayName, Email, Slug, Subject};
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::jwt::{AccessClaims, BuiltInIssuer};
use guestlist_identity::token::PlainToken;
use guestlist_store::page::PageRequest;
use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

const WEEK_MILLIS: i64 = 7 * 86_400_000;
const INVITE: &str = "/v1/groups/1/inviteUser";
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Every operation there is, on the group of [`Circle`].
const OPERATIONS: [(&str, &str); 5] = [
    ("GET", "/v1/groups"),
    ("GET", "/v1/groups/1"),
    ("PUT", INVITE),
    ("PUT", "/v1/groups/1/assignAsAdmin"),
    ("PUT", "/v1/groups/1/removeUser"),
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
        self.invite_by(&self.amina.token, INVITE, body).await
    }

    async fn invite_by(&self, token: &str, path: &str, body: impl Into<Body>) -> Reply {
        self.app.request("PUT", path).legacy(token).body(body).send().await
    }

    async fn get(&self, token: &str, path: &str) -> Reply {
        self.app.request("GET", path).legacy(token).send().await
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

fn error(code: &str, message: &str) -> Value {
    json!({ "success": false, "error": { "code": code, "message": message } })
}

fn forbidden(message: &str) -> Value {
    error("ForbiddenError", message)
}

fn not_allowed() -> Value {
    forbidden("You are not allowed to perform this action")
}

fn not_found() -> Value {
    error("NotFoundError", "The resource you're looking for does not exist")
}

fn invalid(message: &str) -> Value {
    error("ValidationError", message)
}

fn too_large() -> Value {
    error("PayloadTooLargeError", "The request body is too large")
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

fn ids(invitations: &[Value]) -> Vec<&str> {
    invitations.iter().map(|invitation| invitation["id"].as_str().expect("an id")).collect()
}

// What succeeds.

#[tokio::test]
async fn whoever_invites_is_answered_with_the_documented_message() {
    let circle = Circle::new().await;
    for path in [INVITE, "/v1/groups/1/inviteUser/", "/v1/groups/1/inviteUser?first=x&anything"] {
        for body in [r#"{"userId":2}"#, r#"{"email":"bilal@example.org"}"#, r#"{"email":"nobody@example.com"}"#] {
            let reply = circle.invite_by(&circle.amina.token, path, body).await;
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
    circle.invite_by(&layla.token, INVITE, r#"{"userId":2}"#).await.assert(200, invited());
    assert_eq!(circle.pending().await.len(), 1);
}

#[tokio::test]
async fn a_group_is_shown_with_all_fourteen_fields() {
    let circle = Circle::new().await;
    for path in ["/v1/groups/1", "/v1/groups/1/", "/v1/groups/1?x=y"] {
        let reply = circle.get(&circle.amina.token, path).await;
        reply.assert(200, json!({ "success": true, "data": room(1, "circle", 2, true) }));
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    }
    let reply = circle.get(&circle.musa.token, "/v1/groups/1").await;
    reply.assert(200, json!({ "success": true, "data": room(1, "circle", 2, false) }));
}

#[tokio::test]
async fn a_page_shows_its_subdomain_where_a_group_shows_its_slug() {
    let circle = Circle::new().await;
    circle.sql(r#"UPDATE "groups" SET is_page = 1, description = ''"#);
    let page = json!({
        "id": 1,
        "name": "circle",
        "description": "",
        "public": false,
        "active": true,
        "verified": true,
        "subdomain": "circle",
        "roomType": "page",
        "group": "",
        "avatar": "/avatars/original/missing.png",
        "link": "https://guestlist.example.org",
        "membersCount": 2,
        "postsCount": 0,
        "currentUserIsAdmin": true,
    });
    let token = &circle.amina.token;
    circle.get(token, "/v1/groups/1").await.assert(200, json!({ "success": true, "data": page }));
    let lists = json!({ "pages": [page], "groups": [] });
    circle.get(token, "/v1/groups/").await.assert(200, json!({ "success": true, "data": lists }));
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
}

#[tokio::test]
async fn the_callers_groups_are_listed_by_name_and_then_by_id() {
    let circle = Circle::new().await;
    let (app, amina) = (&circle.app, &circle.amina);
    app.group("zenith", amina).await;
    app.group("apex", amina).await;
    for (id, slug) in [(9, "twin-b"), (8, "twin-a")] {
        let twin = CreateGroup {
            language: None,
            by: None,
            owner: UserRef::Id(amina.user.id),
            id: guestlist_core::ids::GroupId::new(id),
            uid: Uid::parse(slug).unwrap(),
            slug: Slug::parse(slug).unwrap(),
            name: DisplayName::parse("circle").unwrap(),
            description: Description::parse(&format!("about {slug}")).unwrap(),
            is_public: false,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        };
        app.store().submit(twin).await.unwrap();
    }
    let twin = |id, slug| {
        let mut twin = room(id, slug, 1, true);
        twin["name"] = "circle".into();
        twin
    };
    let groups = json!([
        room(3, "apex", 1, true),
        room(1, "circle", 2, true),
        twin(8, "twin-a"),
        twin(9, "twin-b"),
        room(2, "zenith", 1, true),
    ]);
    for path in ["/v1/groups/", "/v1/groups", "/v1/groups/?first=1&after=x"] {
        let reply = circle.get(&amina.token, path).await;
        reply.assert(200, json!({ "success": true, "data": { "pages": [], "groups": groups } }));
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    }
    let musas = json!({ "pages": [], "groups": [room(1, "circle", 2, false)] });
    circle.get(&circle.musa.token, "/v1/groups/").await.assert(200, json!({ "success": true, "data": musas }));
}

#[tokio::test]
async fn a_pending_invitation_is_no_membership() {
    let circle = Circle::new().await;
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
    let nothing = json!({ "success": true, "data": { "pages": [], "groups": [] } });
    circle.get(&circle.bilal.token, "/v1/groups/").await.assert(200, nothing);
    circle.get(&circle.bilal.token, "/v1/groups/1").await.assert(403, not_allowed());
    let reply = circle.get(&circle.amina.token, "/v1/groups/1").await;
    reply.assert(200, json!({ "success": true, "data": room(1, "circle", 2, true) }));
}

#[tokio::test]
async fn a_stranger_sees_public_groups_only() {
    let circle = Circle::new().await;
    circle.app.public_group("open", &circle.amina).await;
    circle.get(&circle.bilal.token, "/v1/groups/1").await.assert(403, not_allowed());
    let mut open = room(2, "open", 1, false);
    open["public"] = true.into();
    circle.get(&circle.bilal.token, "/v1/groups/2").await.assert(200, json!({ "success": true, "data": open }));
    circle.get(&circle.bilal.token, "/v1/groups/3").await.assert(404, not_found());
}

// Who is calling (2.1, 2.2, 5.3).

#[tokio::test]
async fn a_missing_or_empty_token_is_refused_by_every_operation() {
    let circle = Circle::new().await;
    for (method, path) in OPERATIONS {
        let request = || circle.app.request(method, path).body(r#"{"userId":2}"#);
        let reply = request().send().await;
        reply.assert(403, forbidden("Access token is missing"));
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
        for empty in ["", " ", "\t "] {
            request().legacy(empty).send().await.assert(403, forbidden("Access token is missing"));
        }
        // 1, rule 6: no other header stands in for it.
        let bearer = request().bearer(&circle.amina).gateway(&circle.app.jwt(&circle.amina, "*"));
        bearer.send().await.assert(403, forbidden("Access token is missing"));
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn a_token_that_was_not_given_out_here_is_invalid() {
    let circle = Circle::new().await;
    let (app, amina) = (&circle.app, &circle.amina);
    let revoked = app.token(&UserRef::Id(amina.user.id), "*", None).await;
    let hash = PlainToken::presented(&revoked).unwrap().hash();
    app.store().submit(RevokeToken { by: None, token: TokenRef::Hash(hash) }).await.unwrap();

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
    // {"alg":"none","typ":"JWT","kid":"test"}
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoidGVzdCJ9";
    let future = {
        app.clock.advance_millis(3_600_000);
        let future = app.jwt(amina, "*");
        app.clock.advance_millis(-3_600_000);
        future
    };

    for token in [
        "nonsense".to_owned(),
        "a.b.c".to_owned(),
        "..".to_owned(),
        "two words".to_owned(),
        "x".repeat(600),
        format!("{}.{}.{}", "x".repeat(3000), "y".repeat(3000), "z".repeat(3000)),
        format!("{}x", amina.token),
        amina.token.to_lowercase(),
        revoked,
        forged,
        foreign,
        future,
        format!("{unsigned}.{claims}."),
        format!("{unsigned}.{claims}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
        app.jwt_for(amina.user.subject.as_str(), "unregistered", "*"),
    ] {
        for (method, path) in OPERATIONS {
            let reply = app.request(method, path).legacy(&token).body(r#"{"userId":2}"#).send().await;
            let found = (&token, method, reply.status, reply.json());
            assert_eq!(found, (&token, method, 403, forbidden("Invalid token")));
        }
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn a_token_is_good_until_the_instant_it_expires() {
    let circle = Circle::new().await;
    let app = &circle.app;
    let opaque = app.token(&UserRef::Id(circle.amina.user.id), "*", Some(Lifetime::from_secs(60))).await;
    let signed = app.jwt(&circle.amina, "group");
    let expired = forbidden("Token expired");
    for (advance, opaque_is, signed_is) in [(59_999, 200, 200), (1, 403, 200), (3_539_999, 403, 200), (1, 403, 403)] {
        app.clock.advance_millis(advance);
        for (token, status) in [(&opaque, opaque_is), (&signed, signed_is)] {
            let reply = circle.invite_by(token, INVITE, r#"{"userId":2}"#).await;
            reply.assert(status, if status == 200 { invited() } else { expired.clone() });
        }
    }
}

#[tokio::test]
async fn a_token_may_be_opaque_or_signed_with_blanks_around_it_and_sent_twice() {
    let circle = Circle::new().await;
    for token in [circle.amina.token.clone(), circle.app.jwt(&circle.amina, "group")] {
        let request = || circle.app.request("PUT", INVITE).body(r#"{"userId":2}"#);
        request().header("O_T_H", &token).send().await.assert(200, invited());
        request().legacy(&format!("  {token}\t")).send().await.assert(200, invited());
        request().legacy(&token).legacy(&token).send().await.assert(200, invited());
        // Some clients send more than this API asks for: ignored.
        request().legacy(&token).header("authorization", "Bearer nonsense").send().await.assert(200, invited());
        request().legacy(&token).header("x-client-id", "other").send().await.assert(200, invited());
    }
}

#[tokio::test]
async fn a_token_header_with_two_values_is_malformed() {
    let circle = Circle::new().await;
    for (method, path) in OPERATIONS {
        for (one, two) in [(&*circle.amina.token, &*circle.bilal.token), (&*circle.amina.token, ""), ("", "x")] {
            let request = circle.app.request(method, path).legacy(one).legacy(two).body(r#"{"userId":2}"#);
            request.send().await.assert(422, invalid("`o_t_h` is invalid"));
        }
    }
}

#[tokio::test]
async fn a_token_must_cover_the_operation() {
    let circle = Circle::new().await;
    let user = UserRef::Id(circle.amina.user.id);
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
        for token in [circle.app.token(&user, scopes, None).await, circle.app.jwt(&circle.amina, scopes)] {
            let may = [may_read, may_read, may_update, may_update, may_update];
            for (((method, path), may), status) in OPERATIONS.into_iter().zip(may).zip(STATUSES) {
                let reply = circle.app.request(method, path).legacy(&token).body(r#"{"userId":2}"#).send().await;
                if may {
                    assert_eq!((scopes, path, reply.status), (scopes, path, status));
                } else {
                    let found = (scopes, path, reply.status, reply.json());
                    assert_eq!(found, (scopes, path, 403, forbidden("Insufficient scope")));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_disabled_user_is_refused_by_every_operation() {
    let circle = Circle::new().await;
    let gone = circle.app.person("gone").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &gone).await;
    circle.app.store().submit(DisableUser { by: None, user: UserRef::Id(gone.user.id) }).await.unwrap();
    for token in [gone.token.clone(), circle.app.jwt(&gone, "*")] {
        for (method, path) in OPERATIONS {
            let reply = circle.app.request(method, path).legacy(&token).body(r#"{"userId":2}"#).send().await;
            reply.assert(403, not_allowed());
        }
    }
}

#[tokio::test]
async fn the_signed_tokens_of_a_removed_client_are_invalid() {
    let circle = Circle::new().await;
    let token = circle.app.jwt(&circle.amina, "*");
    circle
        .get(&token, "/v1/groups/1")
        .await
        .assert(200, json!({ "success": true, "data": room(1, "circle", 2, true) }));
    circle.app.store().submit(RemoveClient { by: None, id: ClientId::parse("app").unwrap() }).await.unwrap();
    for (method, path) in OPERATIONS {
        let reply = circle.app.request(method, path).legacy(&token).body(r#"{"userId":2}"#).send().await;
        reply.assert(403, forbidden("Invalid token"));
    }
}

#[tokio::test]
async fn a_token_that_stands_for_an_application_is_refused() {
    let circle = Circle::new().await;
    // 6.5: with Hydra, the subject of a client-credentials token is the client.
    let token = circle.app.jwt_for("app", "app", "*");
    for (method, path) in OPERATIONS {
        let reply = circle.app.request(method, path).legacy(&token).body(r#"{"userId":2}"#).send().await;
        let found = (method, path, reply.status, reply.json()["error"]["code"].clone());
        assert_eq!(found, (method, path, 403, json!("ForbiddenError")));
    }
    let account = circle.app.store().read().user(UserRef::Subject(Subject::parse("app").unwrap())).await.unwrap();
    assert_eq!(account, None);
}

#[tokio::test]
async fn an_unknown_subject_gets_one_account_however_many_requests_come_at_once() {
    let circle = Circle::new().await;
    let subject = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b";
    let tokens = [subject.to_owned(), subject.to_uppercase()].map(|s| circle.app.jwt_for(&s, "app", "group.read"));
    let calls = (0..40).map(|n| circle.app.request("GET", "/v1/groups/").legacy(&tokens[n % 2]).send());
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        call.await.unwrap().assert(200, json!({ "success": true, "data": { "pages": [], "groups": [] } }));
    }
    let all = circle.app.store().read().users(PageRequest { after: None, limit: 100 }).await.unwrap();
    let subjects: Vec<_> = all.items.iter().skip(3).map(|user| (user.id.get(), user.subject.as_str())).collect();
    assert_eq!(subjects, [(4, subject)]);
    circle.invite(r#"{"userId":4}"#).await.assert(200, invited());
}

// What is asked for (2.2, 5.2, 8.3, 8.4, 9).

#[tokio::test]
async fn a_body_that_is_no_json_object_is_invalid() {
    let circle = Circle::new().await;
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"[]",
        b"null",
        b"\"text\"",
        b"1",
        b"true",
        br#"[{"userId":2}]"#,
        b"nope",
        b"userId=2",
        b"{",
        b"{}{}",
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
    ];
    for body in bodies {
        let reply = circle.invite(body.to_vec()).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!((&shown, reply.status, reply.json()), (&shown, 422, invalid("Request body is invalid")));
    }
    for deep in ["[".repeat(30_000), "[".repeat(30_000) + &"]".repeat(30_000), r#"{"a":"#.repeat(10_000)] {
        circle.invite(deep).await.assert(422, invalid("Request body is invalid"));
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_invalid() {
    let circle = Circle::new().await;
    let pieces = [Ok(r#"{"userId":2}"#), Err(std::io::Error::other("the client went away"))];
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    circle.invite(body).await.assert(422, invalid("Request body is invalid"));
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn the_fields_of_a_body_are_judged_by_name() {
    let circle = Circle::new().await;
    for (body, message) in [
        ("{}", "`userId` or `email` is required"),
        (r#"{"userId":2,"email":"bilal@example.org"}"#, "Only one of `userId` or `email` should be passed"),
        (r#"{"userId":2,"role":"admin"}"#, "`role` is not allowed"),
        (r#"{"userId":2,"groupId":1}"#, "`groupId` is not allowed"),
        (r#"{"userid":2}"#, "`userid` is not allowed"),
        (r#"{"user_id":2}"#, "`user_id` is not allowed"),
        (r#"{"Email":"a@b.c"}"#, "`Email` is not allowed"),
        (r#"{"x":null}"#, "`x` is not allowed"),
        (r#"{"":1}"#, "`` is not allowed"),
        (r#"{"userId":[[[[{}]]]]}"#, "`userId` is invalid"),
        (r#"{"email":{"address":"a@b.c"}}"#, "`email` is invalid"),
    ] {
        let reply = circle.invite(body).await;
        assert_eq!((body, reply.status, reply.json()), (body, 422, invalid(message)));
    }
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
    assert_eq!(circle.pending().await.len(), 1);
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
        assert_eq!((id, reply.status, reply.json()), (id, 422, invalid("`userId` is invalid")));
    }
    for id in ["999", "999.0", "1e3", "9007199254740993", "9e18", "9223372036854775807"] {
        let reply = circle.invite(format!(r#"{{"userId":{id}}}"#)).await;
        assert_eq!((id, reply.status, reply.json()), (id, 404, not_found()));
    }
    assert_eq!(circle.pending().await.len(), 1);
}

#[tokio::test]
async fn an_id_in_a_body_means_what_is_written_and_not_the_nearest_double() {
    let circle = Circle::new().await;
    for (id, status, body) in [
        // No integers, although the nearest double is 2.
        ("2.00000000000000000001", 422, invalid("`userId` is invalid")),
        ("1.99999999999999999999", 422, invalid("`userId` is invalid")),
        // Integers of 64 bits, although of nobody.
        ("9.2e18", 404, not_found()),
        ("9223372036854775807.0", 404, not_found()),
    ] {
        let reply = circle.invite(format!(r#"{{"userId":{id}}}"#)).await;
        assert_eq!((id, reply.status, reply.json()), (id, status, body));
    }
}

#[tokio::test]
async fn an_id_in_a_path_has_one_spelling() {
    let circle = Circle::new().await;
    for id in ["1", "%31"] {
        let path = format!("/v1/groups/{id}");
        assert_eq!(circle.get(&circle.amina.token, &path).await.status, 200, "{id}");
        let path = format!("/v1/groups/{id}/inviteUser");
        circle.invite_by(&circle.amina.token, &path, r#"{"userId":2}"#).await.assert(200, invited());
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
        let reply = circle.get(&circle.amina.token, &format!("/v1/groups/{id}")).await;
        assert_eq!((id, reply.status, reply.json()), (id, 404, not_found()));
        let path = format!("/v1/groups/{id}/inviteUser");
        let reply = circle.invite_by(&circle.amina.token, &path, r#"{"userId":2}"#).await;
        assert_eq!((id, reply.status, reply.json()), (id, 404, not_found()));
    }
    // No id at all.
    circle.invite_by(&circle.amina.token, "/v1/groups//inviteUser", r#"{"userId":2}"#).await.assert(404, not_found());
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
        assert_eq!((&email, reply.status, reply.json()), (&email, 422, invalid("`email` is invalid")));
    }
    let reply = circle.invite(r#"{"email":"\ud800@example.com"}"#).await;
    reply.assert(422, invalid("`email` is invalid"));
    assert_eq!(circle.pending().await.len(), 6);
}

#[tokio::test]
async fn a_body_may_have_64_kib_and_not_a_byte_more() {
    let circle = Circle::new().await;
    let padded = |bytes: usize| r#"{"userId":2}"#.to_owned() + &" ".repeat(bytes - 12);
    circle.invite(padded(BODY_BYTES_MAX)).await.assert(200, invited());
    circle.invite(padded(BODY_BYTES_MAX + 1)).await.assert(413, too_large());
    circle.invite("x".repeat(10 * BODY_BYTES_MAX)).await.assert(413, too_large());
    let endless = futures_util::stream::iter((0..1000).map(|_| Ok::<_, std::io::Error>(" ".repeat(1000))));
    circle.invite(Body::from_stream(endless)).await.assert(413, too_large());
}

#[tokio::test]
async fn the_content_type_of_a_body_does_not_matter() {
    let circle = Circle::new().await;
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense", ""] {
        let request = circle.app.request("PUT", INVITE).legacy(&circle.amina.token).header("content-type", kind);
        request.body(r#"{"userId":2}"#).send().await.assert(200, invited());
    }
}

#[tokio::test]
async fn whoever_is_no_admin_of_the_group_may_not_invite() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    circle.app.public_group("open", &circle.amina).await;
    for token in [&circle.musa.token, &circle.bilal.token, &root.token] {
        circle.invite_by(token, INVITE, r#"{"userId":2}"#).await.assert(403, not_allowed());
        circle.invite_by(token, "/v1/groups/2/inviteUser", r#"{"userId":2}"#).await.assert(403, not_allowed());
    }
}

#[tokio::test]
async fn nobody_is_invited_into_a_group_that_is_not_active() {
    let circle = Circle::new().await;
    circle.sql(r#"UPDATE "groups" SET archived_at = updated_at"#);
    circle.invite(r#"{"userId":2}"#).await.assert(403, forbidden("Group is not active"));
    circle.invite_by(&circle.musa.token, INVITE, r#"{"userId":2}"#).await.assert(403, not_allowed());
    let mut archived = room(1, "circle", 2, true);
    archived["active"] = false.into();
    let reply = circle.get(&circle.amina.token, "/v1/groups/1").await;
    reply.assert(200, json!({ "success": true, "data": archived }));
}

#[tokio::test]
async fn of_two_faults_the_earlier_check_is_answered() {
    let circle = Circle::new().await;
    let admin = circle.amina.token.clone();
    let reader = circle.app.token(&UserRef::Id(circle.amina.user.id), "group.read", None).await;
    let (member, stranger) = (circle.musa.token.clone(), circle.bilal.token.clone());
    let large = " ".repeat(BODY_BYTES_MAX + 1);
    let (unknown, no_id) = ("/v1/groups/999/inviteUser", "/v1/groups/abc/inviteUser");
    let (missing, bad_token) = (forbidden("Access token is missing"), forbidden("Invalid token"));
    let (scope, malformed) = (forbidden("Insufficient scope"), invalid("Request body is invalid"));
    let field = invalid("`userId` is invalid");
    let (two, nobody) = (r#"{"userId":2}"#, r#"{"userId":999}"#);
    let mistyped = r#"{"userId":"2"}"#;
    for (what, token, path, body, status, wanted) in [
        ("no token, malformed body", "", INVITE, "{", 403, &missing),
        ("no token, large body", "", INVITE, &large, 403, &missing),
        ("no token, unknown group", "", unknown, two, 403, &missing),
        ("bad token, malformed body", "nonsense", INVITE, "{", 403, &bad_token),
        ("bad token, unknown group", "nonsense", unknown, two, 403, &bad_token),
        ("scope, malformed body", &reader, INVITE, "{", 403, &scope),
        ("scope, large body", &reader, INVITE, &large, 403, &scope),
        ("scope, mistyped field", &reader, INVITE, mistyped, 403, &scope),
        ("scope, unknown group", &reader, unknown, two, 403, &scope),
        ("large body, unknown group", &admin, unknown, &large, 413, &too_large()),
        ("malformed body, unknown group", &admin, unknown, "{", 422, &malformed),
        ("malformed body, no group id", &admin, no_id, "{", 422, &malformed),
        ("malformed body, not allowed", &member, INVITE, "{", 422, &malformed),
        ("mistyped field, unknown group", &admin, unknown, mistyped, 422, &field),
        ("mistyped field, no group id", &admin, no_id, mistyped, 422, &field),
        ("mistyped field, not allowed", &stranger, INVITE, mistyped, 422, &field),
        ("unknown group, unknown user", &admin, unknown, nobody, 404, &not_found()),
        ("unknown group, not allowed", &stranger, unknown, two, 404, &not_found()),
        ("a member, unknown user", &member, INVITE, nobody, 403, &not_allowed()),
        ("a stranger, unknown user", &stranger, INVITE, nobody, 403, &not_allowed()),
        ("a member, a member invited", &member, INVITE, r#"{"userId":1}"#, 403, &not_allowed()),
        ("a stranger, himself invited", &stranger, INVITE, two, 403, &not_allowed()),
    ] {
        let reply = circle.invite_by(token, path, body.to_owned()).await;
        assert_eq!((what, reply.status, reply.json()), (what, status, wanted.clone()));
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn an_unknown_path_or_method_below_the_prefix_is_not_found() {
    let circle = Circle::new().await;
    for (method, path) in [
        ("GET", "/v1/groups/1/nothing"),
        ("GET", "/v1/groups/1/2/3"),
        ("GET", INVITE),
        ("POST", INVITE),
        ("PATCH", INVITE),
        ("DELETE", INVITE),
        ("HEAD", INVITE),
        ("OPTIONS", INVITE),
        ("PUT", "/v1/groups/1/inviteuser"),
        ("PUT", "/v1/groups/1/inviteUser/2"),
        ("PUT", "/v1/groups/inviteUser"),
        ("POST", "/v1/groups"),
        ("POST", "/v1/groups/"),
        ("PUT", "/v1/groups/1"),
        ("DELETE", "/v1/groups/1"),
        ("OPTIONS", "/v1/groups/1"),
        ("OPTIONS", "/v1/groups/"),
        ("TRACE", "/v1/groups/"),
        ("BREW", "/v1/groups/"),
    ] {
        for token in ["", &circle.amina.token] {
            let reply = circle.app.request(method, path).legacy(token).body(r#"{"userId":2}"#).send().await;
            assert_eq!((method, path, reply.status), (method, path, 404));
            // Over a connection the answer to HEAD has no body; here it may still be there.
            if method != "HEAD" {
                reply.assert(404, not_found());
            }
        }
    }
    for path in ["/v1/groupsx", "/v1", "/v1/", "/", "/v2/groups"] {
        let reply = circle.app.request("GET", path).send().await;
        assert_eq!((path, reply.status, &*reply.text), (path, 404, "Not found\n"));
    }
    assert_eq!(circle.pending().await.len(), 0);
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let circle = Circle::new().await;
    for (token, path) in [
        (&*circle.amina.token, "/v1/groups/"),
        (&circle.amina.token, "/v1/groups/1"),
        (&circle.amina.token, "/v1/groups/2"),
        ("", "/v1/groups"),
    ] {
        let get = circle.get(token, path).await;
        let head = circle.app.request("HEAD", path).legacy(token).send().await;
        let found = (path, head.status, &*head.text, head.header("content-type"));
        assert_eq!(found, (path, get.status, "", get.header("content-type")));
    }
}

#[tokio::test]
async fn a_browser_of_another_origin_is_told_nothing() {
    let circle = Circle::new().await;
    for (method, status) in [("OPTIONS", 404), ("PUT", 200)] {
        let request = circle.app.request(method, INVITE).legacy(&circle.amina.token);
        let request = request.header("origin", "https://evil.example").header("access-control-request-method", "PUT");
        let reply = request.body(r#"{"userId":2}"#).send().await;
        assert_eq!(reply.status, status);
        assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
    }
}

#[tokio::test]
async fn broken_data_is_a_server_error_that_tells_nothing() {
    let circle = Circle::new().await;
    circle.sql(r#"PRAGMA ignore_check_constraints = ON; UPDATE "groups" SET slug = 'not a slug'"#);
    for (method, path) in OPERATIONS {
        let request = circle.app.request(method, path).legacy(&circle.amina.token).body(r#"{"userId":2}"#);
        request.send().await.assert(500, error("ServerError", "Something went wrong"));
    }
}

// What becomes of an invitation (9).

#[tokio::test]
async fn inviting_again_keeps_one_invitation_and_moves_its_deadline_on() {
    let circle = Circle::new().await;
    circle.invite(r#"{"userId":2}"#).await.assert(200, invited());
    let first = circle.pending().await;
    let same = |body: &'static str| circle.invite(body);

    circle.app.clock.advance_millis(60_000);
    same(r#"{"userId":2}"#).await.assert(200, invited());
    same(r#"{"email":"bilal@example.org"}"#).await.assert(200, invited());
    same(r#"{"email":"BILAL@Example.ORG"}"#).await.assert(200, invited());
    let mut wanted = first.clone();
    assert_eq!(first[0]["expires_at"], "2026-01-08T00:00:00.000Z");
    wanted[0]["expires_at"] = "2026-01-08T00:01:00.000Z".into();
    assert_eq!(circle.pending().await, wanted);

    // A clock that was set back does not take away what was given.
    circle.app.clock.advance_millis(-120_000);
    same(r#"{"userId":2}"#).await.assert(200, invited());
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

    // Once the address is somebody's, inviting them by number is inviting the same person.
    let dawud = AddUser {
        language: None,
        by: None,
        id: None,
        uid: Uid::parse("dawud").unwrap(),
        subject: Subject::parse("dawud").unwrap(),
        username: None,
        name: None,
        email: Some(Email::parse("DAWUD@example.com").unwrap()),
        is_admin: false,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    };
    let dawud = circle.app.store().submit(dawud).await.unwrap().0;
    circle.invite(json!({ "userId": dawud.id.get() }).to_string()).await.assert(200, invited());
    assert_eq!(ids(&circle.pending().await), ids(&pending));
}

#[tokio::test]
async fn an_address_answers_the_same_whether_it_has_an_account_or_not() {
    let circle = Circle::new().await;
    let somebody = circle.invite(r#"{"email":"bilal@example.org"}"#).await;
    let nobody = circle.invite(r#"{"email":"nobody@example.org"}"#).await;
    assert_eq!((somebody.status, somebody.text), (nobody.status, nobody.text));
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
        let wanted = (body, 422, invalid("User is already a member of this group"));
        assert_eq!((body, reply.status, reply.json()), wanted);
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
    assert_eq!(circle.pending().await.len(), 0);
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
        for body in [r#"{"userId":2}"#, r#"{"email":"nobody@example.com"}"#] {
            let circle = Circle::new().await;
            circle.invite(body).await.assert(200, invited());
            let before = circle.pending().await;
            circle.app.clock.advance_millis(WEEK_MILLIS + offset);
            assert_eq!(circle.pending().await.len(), usize::from(is_alive), "{offset}");
            circle.invite(body).await.assert(200, invited());
            let after = circle.pending().await;
            assert_eq!((offset, after.len()), (offset, 1));
            assert_eq!((offset, ids(&before) == ids(&after)), (offset, is_alive));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_who_invite_one_person_at_once_make_one_invitation() {
    let circle = Circle::new().await;
    let bodies = [r#"{"userId":2}"#, r#"{"email":"bilal@example.org"}"#, r#"{"email":"Bilal@example.org"}"#];
    let calls =
        (0..200).map(|n| circle.app.request("PUT", INVITE).legacy(&circle.amina.token).body(bodies[n % 3]).send());
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        call.await.unwrap().assert(200, invited());
    }
    let pending = circle.pending().await;
    assert_eq!(pending.len(), 1);
    // Whoever was first has named him in their way.
    let by_number = pending[0]["user"]["id"] == 2 && pending[0]["email"].is_null();
    let address = pending[0]["email"].as_str().unwrap_or_default().to_lowercase();
    assert!(by_number != (pending[0]["user"].is_null() && address == "bilal@example.org"), "{pending:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_invited_at_once_are_all_invited() {
    let circle = Circle::new().await;
    let email = |n: usize| format!("guest{n:03}@example.com");
    let calls = (0..200).map(|n| {
        let body = json!({ "email": email(n) }).to_string();
        circle.app.request("PUT", INVITE).legacy(&circle.amina.token).body(body).send()
    });
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        call.await.unwrap().assert(200, invited());
    }
    let pending = circle.pending().await;
    let mut found: Vec<_> = pending.iter().map(|invitation| invitation["email"].as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, (0..200).map(email).collect::<Vec<_>>());
}
