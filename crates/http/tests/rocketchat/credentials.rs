//! The two headers (2.1): who does not present both, rightly, is nobody.

use guestlist_core::command::RevokeToken;
use guestlist_core::credential::TokenRef;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::Person;
use serde_json::json;

use crate::support::{World, not_logged_in, world};

const ENDPOINTS: [(&str, &str); 4] = [
    ("GET", "/api/v1/me"),
    ("GET", "/api/v1/groups.info?roomName=team"),
    ("GET", "/api/v1/groups.members?roomName=team"),
    ("POST", "/api/v1/groups.invite"),
];

/// Tries `headers` on every endpoint that wants a login.
async fn assert_nobody(world: &World, headers: &[(&str, &str)]) {
    for (method, path) in ENDPOINTS {
        let mut request = world.app.request(method, path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if method == "POST" {
            request = request.header("content-type", "application/json");
            request = request.body(r#"{"roomName":"team","username":"amina"}"#);
        }
        let reply = request.send().await;
        assert_eq!((reply.status, reply.json()), (401, not_logged_in()), "{method} {path} {headers:?}");
        assert_eq!(reply.header("www-authenticate"), "", "no browser is to ask for a password");
    }
}

async fn assert_somebody(world: &World, person: &Person) {
    let reply = world.get(person, "/api/v1/groups.info?roomName=team").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

fn pair<'a>(token: &'a str, id: &'a str) -> [(&'a str, &'a str); 2] {
    [("X-Auth-Token", token), ("X-User-Id", id)]
}

#[tokio::test]
async fn both_headers_are_needed_and_must_belong_together() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let (token, id) = (world.amina.token.as_str(), world.amina.uid());
    let number = world.amina.id().to_string();
    let bearer = format!("Bearer {token}");
    let long = "x".repeat(10_000);

    assert_nobody(&world, &[]).await;
    assert_nobody(&world, &[("X-Auth-Token", token)]).await;
    assert_nobody(&world, &[("X-User-Id", id)]).await;
    assert_nobody(&world, &[("authorization", &bearer)]).await;
    assert_nobody(&world, &[("authorization", &bearer), ("X-User-Id", id)]).await;
    for (token, id) in [
        ("", ""),
        ("", id),
        (token, ""),
        (" ", id),
        (token, " "),
        (token, bilal.uid()),
        (bilal.token.as_str(), id),
        (token, "nobody"),
        (token, "amina"),
        (token, &number),
        (token, &id.to_lowercase()),
        (&token[1..], id),
        (&token.to_lowercase(), id),
        (&bearer, id),
        ("null", "null"),
        ("undefined", id),
        (&long, id),
        (token, &long),
    ] {
        assert_nobody(&world, &pair(token, id)).await;
    }
    assert_somebody(&world, &world.amina).await;
}

#[tokio::test]
async fn header_names_are_compared_without_case() {
    let world = world().await;
    let request = world.app.request("GET", "/api/v1/me").header("x-AUTH-token", &world.amina.token);
    let reply = request.header("x-user-ID", world.amina.uid()).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn two_different_tokens_are_nobodys() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    let [amina, of_bilal] = [&world.amina, &bilal].map(|person| pair(&person.token, person.uid()));
    assert_nobody(&world, &[amina[0], of_bilal[0], amina[1]]).await;
    assert_nobody(&world, &[amina[0], amina[1], of_bilal[1]]).await;
}

#[tokio::test]
async fn a_token_is_dead_at_the_instant_it_expires() {
    let world = world().await;
    let user = UserRef::Id(world.amina.user.id);
    let token = world.app.token(&user, "*", Some(Lifetime::from_secs(60))).await;
    let amina = Person { token, ..world.amina.clone() };
    world.app.clock.advance_millis(59_999);
    assert_somebody(&world, &amina).await;
    for _ in 0..2 {
        world.app.clock.advance_millis(1);
        assert_nobody(&world, &pair(&amina.token, amina.uid())).await;
    }
    assert_somebody(&world, &world.amina).await;
}

#[tokio::test]
async fn a_revoked_token_is_dead_and_others_live() {
    let world = world().await;
    let token = world.app.token(&UserRef::Id(world.amina.user.id), "*", None).await;
    let amina = Person { token, ..world.amina.clone() };
    assert_somebody(&world, &amina).await;
    let hash = PlainToken::presented(&amina.token).unwrap().hash();
    world.app.store().submit(RevokeToken { by: None, token: TokenRef::Hash(hash) }).await.unwrap();
    assert_nobody(&world, &pair(&amina.token, amina.uid())).await;
    assert_somebody(&world, &world.amina).await;
}

#[tokio::test]
async fn a_deactivated_user_is_nobody() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    assert_somebody(&world, &bilal).await;
    world.disable(&bilal).await;
    assert_nobody(&world, &pair(&bilal.token, bilal.uid())).await;
}

#[tokio::test]
async fn a_token_for_another_api_is_nobodys_here_and_cannot_be_traded_in() {
    let world = world().await;
    let amina = UserRef::Id(world.amina.user.id);
    for (scopes, is_good) in
        [("group.read", false), ("group room guestlist", false), ("", false), ("rocketchat", true), ("*", true)]
    {
        let token = world.app.token(&amina, scopes, None).await;
        let headers = [("X-Auth-Token", token.as_str()), ("X-User-Id", world.amina.uid())];
        let resume = world.app.request("POST", "/api/v1/login").body(json!({ "resume": token }).to_string());
        if is_good {
            let me =
                headers.iter().fold(world.app.request("GET", "/api/v1/me"), |me, (name, value)| me.header(name, value));
            assert_eq!((scopes, me.send().await.status, resume.send().await.status), (scopes, 200, 200));
        } else {
            assert_nobody(&world, &headers).await;
            assert_eq!((scopes, resume.send().await.status), (scopes, 401));
        }
    }
}
