//! Clients that are slow, idle, huge or no clients at all do not disturb the others.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::time::{Duration, Instant};

use serde_json::json;

use self::support::Installation;
use self::support::http::{Connection, request};
use self::support::process::Server;

/// Far longer than an undisturbed request takes, and far shorter than any time limit for clients.
const PROMPT: Duration = Duration::from_secs(5);

#[track_caller]
fn assert_prompt(server: &Server) {
    let begin = Instant::now();
    for _ in 0..20 {
        server.assert_alive();
    }
    assert!(begin.elapsed() < PROMPT, "{:?}", begin.elapsed());
}

#[test]
fn a_client_that_stops_in_the_middle_of_a_head_or_a_body_does_not_stop_others() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let whole =
        request("PUT", "/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], Some(r#"{"email":"a@b.example"}"#));
    let mut slow: Vec<_> = (0..whole.len()).map(|_| server.connect()).collect();
    for (sent, connection) in slow.iter_mut().enumerate() {
        connection.send(&whole[..sent]).unwrap();
    }
    assert_prompt(&server);
    assert_eq!(server.connect().exchange(&whole).status, 200);
    // Each of them may still go on.
    for (sent, connection) in slow.iter_mut().enumerate() {
        connection.send(&whole[sent..]).unwrap();
    }
    for connection in &mut slow {
        assert_eq!(connection.receive().unwrap().status, 200);
    }
    assert_eq!(here.invited().len(), 1);
}

#[test]
fn a_client_that_goes_away_in_the_middle_of_a_request_leaves_nothing_behind() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let whole =
        request("PUT", "/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], Some(r#"{"email":"a@b.example"}"#));
    for sent in (0..whole.len()).step_by(7) {
        server.connect().send(&whole[..sent]).unwrap();
    }
    assert_prompt(&server);
    assert!(here.invited().is_empty());
}

#[test]
fn five_hundred_idle_connections_do_not_stop_others() {
    let here = Installation::empty();
    let server = here.serve();
    let mut idle: Vec<_> = (0..500).map(|_| server.connect()).collect();
    assert_prompt(&server);
    // They are served, too, once they ask.
    for connection in idle.iter_mut().step_by(50) {
        assert_eq!(connection.get("/healthz", &[]).status, 200);
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let header = ("o_t_h", group.token.as_str());
    let mut connection = server.connect();
    let mut all = Vec::new();
    for number in 0..20 {
        let body = format!(r#"{{"email":"p{number}@example.org"}}"#);
        all.extend(request("PUT", "/v1/groups/1/inviteUser", &[header], Some(&body)));
        all.extend(request("GET", "/v1/groups/1", &[header], None));
        all.extend(request("GET", "/healthz", &[], None));
    }
    connection.send(&all).unwrap();
    for _ in 0..20 {
        let invited = connection.receive().unwrap().json(200);
        assert_eq!(invited["data"]["message"], "User has been invited successfully.");
        assert_eq!(connection.receive().unwrap().json(200)["data"]["id"], 1);
        assert_eq!(connection.receive().unwrap().body, "ok\n");
    }
    assert_eq!(here.invited().len(), 20);
}

#[test]
fn a_body_may_come_in_chunks_and_after_an_invitation_to_send_it() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let mut connection = server.connect();
    let head = format!("PUT /v1/groups/1/inviteUser HTTP/1.1\r\nhost: x\r\no_t_h: {}\r\n", group.token);
    let chunked =
        format!("{head}transfer-encoding: chunked\r\n\r\n9\r\n{{\"email\":\r\n10\r\n\"c@example.org\"}}\r\n0\r\n\r\n");
    let answer = connection.exchange(chunked.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");

    let body = r#"{"email":"d@example.org"}"#;
    let announced = format!("{head}expect: 100-continue\r\ncontent-length: {}\r\n\r\n", body.len());
    assert_eq!(connection.exchange(announced.as_bytes()).status, 100);
    assert_eq!(connection.exchange(body.as_bytes()).status, 200);
    assert_eq!(here.invited().len(), 2);
}

#[test]
fn a_request_with_too_many_or_too_long_headers_is_refused() {
    let here = Installation::empty();
    let server = here.serve();
    let names: Vec<_> = (0..200).map(|number| format!("x-{number}")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let mut connection = server.connect();
    assert_eq!(connection.exchange(&request("GET", "/healthz", &many, None)).status, 431);
    assert!(connection.read_to_close().unwrap().is_empty());

    let huge = "x".repeat(4 * 1024 * 1024);
    let mut connection = server.connect();
    // The server may close before it has read all, so that neither the sending nor the answer need get through.
    let sent = connection.send(&request("GET", "/healthz", &[("x-huge", &huge)], None));
    let answer = connection.read_to_close().unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{sent:?} {answer:?}");
    assert_prompt(&server);
}

#[test]
fn a_body_that_is_too_large_is_refused_in_the_words_of_the_api() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let body = format!(r#"{{"email":"{}@example.org"}}"#, "x".repeat(64 * 1024));
    let answer = server.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], &body);
    assert_eq!(answer.json(413)["error"]["code"], "PayloadTooLargeError");
    server.assert_alive();
}

#[test]
fn what_is_not_http_is_closed_and_hurts_nobody() {
    let here = Installation::empty();
    let server = here.serve();
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20);
    let odd: [&[u8]; 9] = [
        b"hello\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost x\r\n\r\n",
        b"PUT /v1/groups/1/inviteUser HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &tls,
    ];
    for bytes in odd {
        let mut connection = server.connect();
        connection.send(bytes).unwrap();
        let answer = connection.read_to_close().unwrap();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400 "),
            "{:?}: {answer}",
            String::from_utf8_lossy(bytes)
        );
    }
    assert_prompt(&server);
}

#[test]
fn two_lengths_of_one_body_are_never_read_in_two_ways() {
    let here = Installation::empty();
    let server = here.serve();
    let head = "PUT /v1/groups/1/inviteUser HTTP/1.1\r\nhost: x\r\n";
    let hidden = "0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    for framing in ["content-length: 5\r\ncontent-length: 6\r\n", "transfer-encoding: chunked, identity\r\n"] {
        let mut connection = server.connect();
        connection.send(format!("{head}{framing}\r\n{hidden}").as_bytes()).unwrap();
        let answer = connection.read_to_close().unwrap();
        assert!(!answer.contains(" 200 "), "{framing:?}: {answer}");
    }
}

#[test]
fn a_plain_request_id_comes_back_and_any_other_is_replaced() {
    let here = Installation::empty();
    let server = here.serve();
    let mut connection = server.connect();
    let longest = "a".repeat(64);
    for plain in ["a", "7b1c-42_x.y:z", longest.as_str()] {
        for path in ["/healthz", "/v1/groups/1", "/api/v1/me", "/nowhere"] {
            let answer = connection.get(path, &[("x-request-id", plain)]);
            assert_eq!(answer.header("x-request-id"), Some(plain), "{path}");
        }
    }
    let too_long = "a".repeat(65);
    let mut made = Vec::new();
    for odd in ["", "a b", "a\"b", "<x>", "\u{e9}", "a;b", too_long.as_str()] {
        let answer = connection.get("/healthz", &[("x-request-id", odd)]);
        let id = answer.header("x-request-id").unwrap_or_default().to_owned();
        assert!(id.len() == 36 && id != odd, "{odd:?}: {id:?}");
        made.push(id);
    }
    let without = connection.get("/healthz", &[]);
    made.push(without.header("x-request-id").unwrap_or_default().to_owned());
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 8, "every request has an id of its own");
}

#[test]
fn health_and_readiness_are_told_to_whoever_asks() {
    let here = Installation::empty();
    let server = here.serve();
    let mut connection = server.connect();
    for path in ["/healthz", "/readyz", "/healthz/", "//readyz"] {
        let answer = connection.get(path, &[]);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{path}");
    }
    // No body follows, although its length is told.
    connection.send(&request("HEAD", "/healthz", &[], None)).unwrap();
    connection.send(&request("GET", "/readyz", &[("connection", "close")], None)).unwrap();
    let both = connection.read_to_close().unwrap();
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2, "{both}");
    assert_eq!(both.matches("ok\n").count(), 1, "{both}");
    assert_eq!(server.connect().get("/nowhere", &[]).status, 404);
}

#[test]
fn a_client_of_http_1_0_is_answered_and_its_connection_closed() {
    let here = Installation::empty();
    let server = here.serve();
    let mut connection = server.connect();
    connection.send(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
    let answer = connection.read_to_close().unwrap();
    assert!(answer.starts_with("HTTP/1.0 200 OK") && answer.ends_with("ok\n"), "{answer}");
}

#[test]
fn the_log_names_no_token_and_no_address_of_a_person() {
    let (here, group) = Installation::with_group();
    let server = here.serve_with(&["--log", "trace"]);
    let mut connection = server.connect();
    let body = r#"{"email":"secret.person@example.org"}"#;
    connection.put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], body).json(200);
    connection.put("/v1/groups/1/inviteUser", &[("o_t_h", "glt_wrong-token")], body).json(403);
    let login = json!({ "user": "secret.person@example.org", "password": "pass-phrase" }).to_string();
    connection.post("/api/v1/login", &[], &login).json(401);
    let bearer = format!("Bearer {}", group.token);
    connection.get("/guestlist/v1/groups/1/invitations", &[("authorization", &bearer)]).json(200);

    server.process.signal(rustix::process::Signal::TERM);
    let log = server.process.wait_for_end(Duration::from_secs(10)).stderr;
    for secret in [group.token.as_str(), "glt_wrong-token", "secret.person", "pass-phrase"] {
        assert!(!log.contains(secret), "the log has {secret}: {log}");
    }
}

#[test]
fn many_connections_that_come_and_go_are_all_served() {
    let here = Installation::empty();
    let server = here.serve();
    for _ in 0..300 {
        let mut connection = Connection::open(server.address);
        let answer = connection.get("/healthz", &[("connection", "close")]);
        assert_eq!(answer.status, 200);
        assert_eq!(connection.read_to_close().unwrap(), "");
    }
}
