//! The events of a change tell through which API, for which client and in which request it was asked for.

use guestlist_core::history::Stream;
use guestlist_store::page::PageRequest;
use guestlist_testing::{Person, TestApp};
use serde_json::json;

/// Kind, way, client and request of each event of a history, from `after` on.
async fn told(app: &TestApp, stream: Stream, after: i64) -> Vec<[String; 4]> {
    let page = app.store().read().events(stream, PageRequest { after: Some(after), limit: 100 }).await;
    let page = page.expect("it can be read");
    let line = |event: guestlist_core::history::Event| {
        let client = event.origin.client.map(|client| client.to_string());
        let request = event.origin.request.map(|request| request.to_string());
        let via = event.origin.via.as_str().to_owned();
        [event.kind.as_str().to_owned(), via, client.unwrap_or_default(), request.unwrap_or_default()]
    };
    page.items.into_iter().map(line).collect()
}

/// How many events a history has.
async fn length(app: &TestApp, stream: Stream) -> i64 {
    i64::try_from(told(app, stream, 0).await.len()).expect("a number")
}

async fn world() -> (TestApp, Person, Person) {
    let app = TestApp::new().await;
    let (amina, bilal) = (app.person("amina").await, app.person("bilal").await);
    app.group("circle", &amina).await;
    (app, amina, bilal)
}

#[tokio::test]
async fn a_group_knows_where_each_change_came_from() {
    let (app, amina, bilal) = world().await;
    app.person("cemal").await;
    let stream = Stream::Group(app.group("team", &amina).await.group.id);
    let before = length(&app, stream).await;

    let request = app.request("PUT", "/v1/groups/2/inviteUser").legacy(&amina.token).header("x-request-id", "one");
    assert_eq!(request.body(r#"{"userId":2}"#).send().await.status, 200);
    let token = app.jwt(&amina, "group");
    let request = app.request("PUT", "/auth/v1/groups/2/inviteUser").gateway(&token).header("x-request-id", "two");
    assert_eq!(request.body(r#"{"email":"new@example.org"}"#).send().await.status, 200);
    let request = app.request("POST", "/api/v1/groups.invite").rocketchat(&amina).header("x-request-id", "three");
    assert_eq!(request.body(r#"{"roomName":"team","username":"cemal"}"#).send().await.status, 200);
    let mine = app.request("GET", "/guestlist/v1/invitations").bearer(&bilal).send().await.json();
    let path = format!("/guestlist/v1/invitations/{}/accept", mine["data"][0]["id"].as_str().unwrap());
    let reply = app.request("POST", &path).bearer(&bilal).send().await;
    assert_eq!(reply.status, 200);

    let named_by_us = reply.header("x-request-id");
    assert_eq!(
        told(&app, stream, before).await,
        [
            ["invitation.made", "quran-legacy", "", "one"],
            ["invitation.made", "quran", "app", "two"],
            ["member.joined", "rocketchat", "", "three"],
            ["invitation.accepted", "native", "", named_by_us],
            ["member.joined", "native", "", named_by_us],
        ]
    );
}

#[tokio::test]
async fn an_account_knows_the_client_at_which_it_was_first_seen() {
    let (app, ..) = world().await;
    let before = length(&app, Stream::Installation).await;
    let token = app.jwt_for("somebody-new", "app", "group.read");
    let request = app.request("GET", "/auth/v1/groups/").gateway(&token).header("x-request-id", "first");
    assert_eq!(request.send().await.status, 200);
    assert_eq!(told(&app, Stream::Installation, before).await, [["user.added", "quran", "app", "first"]]);
}

#[tokio::test]
async fn a_login_knows_its_request() {
    let (app, ..) = world().await;
    let (_, password) = app.person_with_password("dilara").await;
    let before = length(&app, Stream::Installation).await;
    let body = json!({ "user": "dilara", "password": password }).to_string();
    let request = app.request("POST", "/api/v1/login").header("x-request-id", "hello");
    assert_eq!(request.header("content-type", "application/json").body(body).send().await.status, 200);
    assert_eq!(told(&app, Stream::Installation, before).await, [["token.issued", "rocketchat", "", "hello"]]);
}
