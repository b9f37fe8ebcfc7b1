//! How often an endpoint may be called (1.6).

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use guestlist_testing::Person;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{World, world};

struct Answer {
    status: u16,
    /// Limit, remaining, and reset.
    headers: [Option<i64>; 3],
    body: Value,
}

/// A request from an address.
async fn ask(world: &World, from: &str, caller: Option<&Person>, method: &str, path: &str, body: Value) -> Answer {
    let address: SocketAddr = format!("{from}:1234").parse().unwrap();
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(caller) = caller {
        request = request.header("x-user-id", caller.uid()).header("x-auth-token", &caller.token);
    }
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    let response = world.app.router().oneshot(request).await.unwrap();
    let headers = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
        .map(|name| response.headers().get(name).map(|value| value.to_str().unwrap().parse().unwrap()));
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, headers, body: serde_json::from_slice(&body).unwrap() }
}

async fn me(world: &World, from: &str, caller: &Person) -> Answer {
    ask(world, from, Some(caller), "GET", "/api/v1/me", json!({})).await
}

/// When the window ends that begins at the start of each test.
const RESET: i64 = 1_767_225_660_000;

#[tokio::test]
async fn the_eleventh_call_of_an_address_to_an_endpoint_within_a_minute_is_refused() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    for n in 1..=10 {
        // Whoever they are.
        let caller = if n % 2 == 0 { &bilal } else { &world.amina };
        let answer = me(&world, "192.0.2.1", caller).await;
        assert_eq!((answer.status, answer.headers), (200, [Some(10), Some(10 - n), Some(RESET)]));
    }
    world.app.clock.advance_millis(17_500);
    let refused = me(&world, "192.0.2.1", &bilal).await;
    let error = "Error, too many requests. Please slow down. You must wait 43 seconds before trying this endpoint \
                 again. [error-too-many-requests]";
    assert_eq!((refused.status, refused.body), (429, json!({ "success": false, "error": error })));
    assert_eq!(refused.headers, [Some(10), Some(0), Some(RESET)]);
    // Another address, another endpoint, another minute.
    assert_eq!(me(&world, "192.0.2.2", &bilal).await.status, 200);
    let list = ask(&world, "192.0.2.1", Some(&bilal), "GET", "/api/v1/groups.list", json!({})).await;
    assert_eq!((list.status, list.headers[1]), (200, Some(9)));
    world.app.clock.advance_millis(42_500);
    assert_eq!(me(&world, "192.0.2.1", &bilal).await.headers, [Some(10), Some(9), Some(RESET + 60_000)]);
}

#[tokio::test]
async fn refusals_by_the_endpoint_count_and_those_before_it_do_not() {
    let world = world().await;
    let path = "/api/v1/groups.invite";
    let invalid = ask(&world, "192.0.2.1", Some(&world.amina), "POST", path, json!({})).await;
    assert_eq!((invalid.status, invalid.headers), (400, [None; 3]));
    let anonymous = ask(&world, "192.0.2.1", None, "POST", path, json!({})).await;
    assert_eq!((anonymous.status, anonymous.headers), (401, [None; 3]));
    let unknown = ask(&world, "192.0.2.1", Some(&world.amina), "POST", path, json!({ "roomId": "x" })).await;
    assert_eq!((unknown.status, unknown.headers[1]), (400, Some(9)));
}

#[tokio::test]
async fn administrators_and_bots_call_as_often_as_they_like() {
    let world = world().await;
    let (root, bot) = (world.app.admin("root").await, world.app.person("bot").await);
    world.sql("UPDATE users SET roles = 2 WHERE id = ?1", bot.id());
    for caller in [&root, &bot] {
        for _ in 0..11 {
            let answer = me(&world, "192.0.2.1", caller).await;
            assert_eq!((answer.status, answer.headers), (200, [None; 3]));
        }
    }
}

#[tokio::test]
async fn an_address_registers_once_a_minute() {
    let world = world().await;
    let register = async |name: &str| {
        let body = json!({ "username": name, "email": format!("{name}@example.org"), "pass": "correct horse" });
        ask(&world, "192.0.2.1", None, "POST", "/api/v1/users.register", body).await
    };
    let first = register("bilal").await;
    assert_eq!((first.status, first.headers[..2].to_vec()), (200, vec![Some(1), Some(0)]));
    assert_eq!(register("cemal").await.status, 429);
}
