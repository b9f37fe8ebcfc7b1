//! What holds for every answer (1.1), and for paths that lead nowhere (1.7).

use guestlist_testing::Reply;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{START, World, room, world};

fn unknown_endpoint() -> Value {
    json!({ "success": false, "error": "Resource not found" })
}

#[track_caller]
fn assert_headers(reply: &Reply, what: &str) {
    let headers = ["content-type", "cache-control", "pragma"].map(|name| reply.header(name));
    // Without a charset: clients compare the text, and one parses nothing else.
    assert_eq!(headers, ["application/json", "no-store", "no-cache"], "{what} {}", reply.status);
}

#[tokio::test]
async fn every_answer_is_plain_json_that_nobody_keeps() {
    let world = world().await;
    let (_, password) = world.app.person_with_password("bilal").await;
    let login = json!({ "user": "bilal", "password": password }).to_string();
    let huge = "x".repeat(1024 * 1024);
    let cases = [
        (200, "GET", "/api/info", ""),
        (200, "GET", "/api/v1/me", ""),
        (200, "GET", "/api/v1/groups.info?roomName=team", ""),
        (200, "GET", "/api/v1/groups.members?roomName=team", ""),
        (200, "POST", "/api/v1/groups.invite", r#"{"roomName":"team","username":"bilal"}"#),
        (200, "POST", "/api/v1/login", &login),
        (400, "GET", "/api/v1/groups.info", ""),
        (400, "GET", "/api/v1/groups.info?roomName=nowhere", ""),
        (400, "POST", "/api/v1/groups.invite", "{}"),
        (401, "POST", "/api/v1/login", "{}"),
        (404, "GET", "/api/v1/nothing", ""),
        (404, "DELETE", "/api/v1/me", ""),
        (413, "POST", "/api/v1/groups.invite", &huge),
        (413, "POST", "/api/v1/login", &huge),
    ];
    for (status, method, path, body) in cases {
        let request = world.app.request(method, path).rocketchat(&world.amina);
        let reply = request.header("content-type", "application/json").body(body.to_owned()).send().await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text);
        assert_eq!(reply.json()["success"], status == 200, "{method} {path}");
        assert_headers(&reply, path);
    }
    let reply = world.app.request("GET", "/api/v1/me").send().await;
    assert_eq!(reply.status, 401);
    assert_headers(&reply, "nobody");
}

#[tokio::test]
async fn unknown_endpoints_are_not_found_whoever_asks() {
    let world = world().await;
    let paths = [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/groups.nothing",
        "/api/v1/groups",
        "/api/v1/groups.INFO",
        "/api/v1/groups.info/x",
        "/api/v1/groups.info.x",
        "/api/v2/me",
        "/api/me",
        "/api/v1/%6De%00",
        "/api/v1/集まり",
        "/api/v1/nothing?roomId=team",
    ];
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            for request in [world.app.request(method, path), world.app.request(method, path).rocketchat(&world.amina)] {
                let reply = request.send().await;
                assert_eq!(
                    (reply.status, reply.text.as_str()),
                    (404, &*unknown_endpoint().to_string()),
                    "{method} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_endpoint_asked_with_the_wrong_method_is_not_found() {
    let world = world().await;
    let endpoints = [
        ("GET", "/api/info"),
        ("GET", "/api/v1/info"),
        ("POST", "/api/v1/login"),
        ("GET", "/api/v1/me"),
        ("GET", "/api/v1/groups.info?roomName=team"),
        ("POST", "/api/v1/groups.invite"),
        ("GET", "/api/v1/groups.members?roomName=team"),
    ];
    for (right, path) in endpoints {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(|method| *method != right) {
            for request in [world.app.request(method, path), world.app.request(method, path).rocketchat(&world.amina)] {
                let reply = request.header("content-type", "application/json").body("{}").send().await;
                assert_eq!((reply.status, reply.json()), (404, unknown_endpoint()), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn repeated_slashes_count_as_one() {
    let world = world().await;
    let me = world.get(&world.amina, "/api/v1/me").await.json();
    for path in ["//api/v1/me", "///api/v1/me", "/api//v1/me", "/api/v1//me", "//api//v1//me", "//api/v1/me?"] {
        let reply = world.get(&world.amina, path).await;
        assert_eq!((reply.status, reply.json()), (200, me.clone()), "{path}");
    }
    let reply = world.get(&world.amina, "//api/v1/groups.info?roomName=team").await;
    reply.assert(200, json!({ "group": room(&world.team, &world.amina, &["amina"], 0, START), "success": true }));
}

#[tokio::test]
async fn a_question_mark_with_nothing_behind_it_is_nothing() {
    let world = world().await;
    let me = world.get(&world.amina, "/api/v1/me").await.json();
    for path in ["/api/v1/me?", "/api/v1/me?&", "/api/v1/me?unknown=1"] {
        world.get(&world.amina, path).await.assert(200, me.clone());
    }
    let group = json!({ "group": room(&world.team, &world.amina, &["amina"], 0, START), "success": true });
    for path in ["/api/v1/groups.info?roomName=team&", "/api/v1/groups.info?&&roomName=team"] {
        world.get(&world.amina, path).await.assert(200, group.clone());
    }
    let request = world.app.request("POST", "/api/v1/groups.invite?").rocketchat(&world.amina);
    let request = request.header("content-type", "application/json");
    request.body(r#"{"roomId":"team","user":"amina"}"#).send().await.assert(200, group);
}

#[tokio::test]
async fn a_get_may_carry_a_content_type_and_a_body() {
    // 10.3: the old SDK sends a content type with everything.
    let world = world().await;
    let me = world.get(&world.amina, "/api/v1/me").await.json();
    for body in ["", "{}", "{"] {
        let request = world.app.request("GET", "/api/v1/me").rocketchat(&world.amina);
        request.header("content-type", "application/json").body(body).send().await.assert(200, me.clone());
    }
}

#[tokio::test]
async fn a_query_string_that_is_no_text_breaks_nothing() {
    let world = world().await;
    for query in ["%", "%zz", "%ff=%fe", "roomId=%ff", "roomId=%E0%A4%A", "=", "[]=x", "roomId[[]]=x", "roomId[a][b]=c"]
    {
        let reply = world.get(&world.amina, &format!("/api/v1/groups.info?{query}")).await;
        assert_eq!((reply.status, &reply.json()["success"]), (400, &json!(false)), "{query}");
        assert_headers(&reply, query);
    }
}

/// The answer to `target` as it leaves the socket: head and body.
async fn over_the_wire(world: &World, target: &str) -> (String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(guestlist_http::server::serve(listener, world.app.router(), async {
        stopped.await.ok();
    }));
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         X-Auth-Token: {}\r\nX-User-Id: {}\r\n\r\n",
        world.amina.token,
        world.amina.uid()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    stop.send(()).unwrap();
    server.await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn the_braces_of_json_in_a_query_string_need_not_be_escaped() {
    let world = world().await;
    let bilal = world.app.person("bilal").await;
    world.app.add_member(&world.team, &world.amina, &bilal).await;
    let target = "/api/v1/groups.members?roomName=team&sort={%22username%22:-1}";
    let (head, body) = over_the_wire(&world, target).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}\n{body}");
    assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["members"][0]["username"], "bilal", "{body}");

    let target = "/api/v1/groups.members?roomName=team&fields={%22name%22:1}&query={%22a%22:{%22$in%22:[%22b%22]}}";
    let (head, body) = over_the_wire(&world, target).await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}\n{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["errorType"], "error-invalid-params", "{body}");
}
