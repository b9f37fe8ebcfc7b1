//! Who is calling, and where: credentials, scopes, paths and methods.

use guestlist_core::command::{DisableUser, RevokeToken};
use guestlist_core::credential::TokenRef;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use insta::assert_snapshot;

use crate::support::{Circle, MEMBERS, MINE, OF_GROUP, OPERATIONS, problem};

#[tokio::test]
async fn a_caller_without_a_good_token_is_unauthorized() {
    let circle = Circle::new().await;
    let app = &circle.app;
    let user = UserRef::Id(circle.amina.user.id);
    let revoked = app.token(&user, "*", None).await;
    let hash = PlainToken::presented(&revoked).unwrap().hash();
    app.store().submit(RevokeToken { by: None, token: TokenRef::Hash(hash) }).await.unwrap();
    let expired = app.token(&user, "*", Some(Lifetime::from_secs(1))).await;
    app.clock.advance_millis(1_000);

    let missing = ("token_missing", "Send an access token as `Authorization: Bearer TOKEN`.");
    let invalid = ("token_invalid", "The access token is not valid here.");
    for (authorization, (code, detail)) in [
        (None, missing),
        (Some(String::new()), missing),
        (Some("  ".to_owned()), missing),
        (Some("Bearer".to_owned()), invalid),
        (Some("Bearer ".to_owned()), invalid),
        (Some("Bearer nonsense".to_owned()), invalid),
        (Some("Bearer a.b.c".to_owned()), invalid),
        (Some("Basic YW1pbmE6c2VjcmV0".to_owned()), invalid),
        (Some(circle.amina.token.clone()), invalid),
        (Some(format!("Bearer{}", circle.amina.token)), invalid),
        (Some(format!("Bearer {} x", circle.amina.token)), invalid),
        (Some(format!("Token {}", circle.amina.token)), invalid),
        (Some(format!("Bearer {revoked}")), invalid),
        (Some(format!("Bearer {expired}")), ("token_expired", "The access token has expired. Get a new one.")),
    ] {
        for (method, path, _) in OPERATIONS {
            let path = &format!("/guestlist/v1{path}");
            // The credentials of the other APIs are none here.
            let request = app.request(method, path).legacy(&circle.amina.token).rocketchat(&circle.amina);
            let request = match &authorization {
                Some(value) => request.header("authorization", value),
                None => request,
            };
            let reply = request.send().await;
            let found = (&authorization, path, reply.status, reply.json());
            assert_eq!(found, (&authorization, path, 401, problem(401, code, detail)));
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_caller_whose_account_is_switched_off_is_told_so() {
    let circle = Circle::new().await;
    let gone = circle.app.person("gone").await;
    circle.app.store().submit(DisableUser { by: None, user: UserRef::Id(gone.user.id) }).await.unwrap();
    for (method, path, _) in OPERATIONS {
        let reply = circle.send(&gone, method, &format!("/guestlist/v1{path}")).await;
        reply.assert(403, problem(403, "caller_disabled", "Your account is switched off."));
    }
}

#[tokio::test]
async fn a_token_may_be_opaque_or_signed_and_the_scheme_has_no_case() {
    let circle = Circle::new().await;
    for token in [circle.amina.token.clone(), circle.app.jwt(&circle.amina, "guestlist")] {
        for value in [format!("Bearer {token}"), format!("bearer {token}"), format!(" BEARER   {token} ")] {
            let reply = circle.app.request("GET", MEMBERS).header("authorization", &value).send().await;
            assert_eq!((&value, reply.status), (&value, 200));
        }
    }
}

#[tokio::test]
async fn two_different_authorizations_are_none() {
    let circle = Circle::new().await;
    let request = circle.app.request("GET", MEMBERS).bearer(&circle.amina).bearer(&circle.musa);
    assert_eq!(request.send().await.status, 401);
    let request = circle.app.request("GET", MEMBERS).bearer(&circle.amina).bearer(&circle.amina);
    assert_eq!(request.send().await.status, 200);
}

#[tokio::test]
async fn a_token_must_be_good_for_the_operation() {
    let circle = Circle::new().await;
    let user = UserRef::Id(circle.amina.user.id);
    let wanted = problem(403, "insufficient_scope", "The access token is not good for this operation.");
    for (method, path, scope) in OPERATIONS {
        let own = format!("guestlist.{scope}");
        let (parent, _) = own.rsplit_once('.').expect("a parent");
        // All others but its own and its parents.
        let others = OPERATIONS.map(|(.., other)| format!("guestlist.{other}"));
        let others: Vec<_> = others.iter().filter(|other| **other != own).map(String::as_str).collect();
        let others = format!("{} room group guestlists {own}.more", others.join(" "));
        for (scopes, may) in
            [("*", true), ("room guestlist", true), (&own, true), (parent, true), (&others, false), ("", false)]
        {
            let token = circle.app.token(&user, scopes, None).await;
            let request = circle.app.request(method, &format!("/guestlist/v1{path}?dry_run=true"));
            let reply = request.header("authorization", &format!("Bearer {token}")).send().await;
            if may {
                assert!(!reply.text.contains("insufficient_scope"), "{method} {path} {scopes}");
            } else {
                assert_eq!((method, path, reply.status, reply.json()), (method, path, 403, wanted.clone()));
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{own}\"");
                assert_eq!(reply.header("www-authenticate"), challenge);
            }
        }
    }
}

#[tokio::test]
async fn the_document_names_the_scope_that_each_operation_needs() {
    let circle = Circle::new().await;
    let document = circle.app.request("GET", "/docs/native.json").send().await.json();
    let mut named = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let security = &operation["security"][0]["bearer"];
            let path = path.replace("{role}", "leader").replace(['{', '}'], "");
            let token = circle.app.token(&UserRef::Id(circle.amina.user.id), "", None).await;
            let request = circle.app.request(&method.to_uppercase(), &path);
            let reply = request.header("authorization", &format!("Bearer {token}")).send().await;
            let challenge = format!("Bearer error=\"insufficient_scope\", scope={}", security[0]);
            assert_eq!((&path, method, reply.header("www-authenticate")), (&path, method, &*challenge));
            named += 1;
        }
    }
    assert!(named >= OPERATIONS.len(), "{named}");
}

#[tokio::test]
async fn an_unknown_path_is_a_problem_and_so_is_a_wrong_method() {
    let circle = Circle::new().await;
    let unknown = circle.app.request("GET", "/guestlist/v1/nothing").send().await;
    assert_snapshot!(unknown.text, @r#"{"type":"about:blank","title":"Not Found","status":404,"code":"no_such_endpoint","detail":"There is no such endpoint."}"#);
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
    for path in ["/guestlist/v1", "/guestlist/v1/", "/guestlist/v1/group", "/guestlist/v1/groups/1/members/2/x"] {
        let reply = circle.get(&circle.amina, path).await;
        reply.assert(404, problem(404, "no_such_endpoint", "There is no such endpoint."));
    }

    let wrong = circle.app.request("DELETE", MINE).send().await;
    assert_snapshot!(wrong.text, @r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"code":"method_not_allowed","detail":"The endpoint does not take this method."}"#);
    for (method, path, allow) in [
        ("DELETE", MINE, "GET,HEAD"),
        ("PUT", OF_GROUP, "GET,HEAD,POST"),
        ("OPTIONS", MEMBERS, "GET,HEAD"),
        ("GET", "/guestlist/v1/invitations/x/accept", "POST"),
        ("PUT", "/guestlist/v1/invitations/x/decline", "POST"),
        ("BREW", MINE, "GET,HEAD"),
    ] {
        let reply = circle.app.request(method, path).bearer(&circle.amina).send().await;
        reply.assert(405, problem(405, "method_not_allowed", "The endpoint does not take this method."));
        assert_eq!(reply.header("content-type"), "application/problem+json");
        // RFC 9110, 15.5.6: it must say which methods there are.
        assert_eq!((method, path, reply.header("allow")), (method, path, allow));
    }
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let circle = Circle::new().await;
    for path in [MINE, MEMBERS, OF_GROUP] {
        let head = circle.app.request("HEAD", path).bearer(&circle.amina).send().await;
        assert_eq!((head.status, &*head.text), (200, ""));
    }
}
