//! A server that is told to stop finishes what was begun, and nothing else.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::time::Duration;

use rusqlite::OpenFlags;
use rustix::process::Signal;

use crate::support::Installation;
use crate::support::http::{Connection, request};
use crate::support::load::Load;
use crate::support::process::Finished;

/// Longer than any request here takes, and far shorter than the time that a stop may take at most.
const SOON: Duration = Duration::from_secs(10);

/// Within its limit for requests under way, and some more to start and to end.
const AT_LAST: Duration = Duration::from_secs(40);

#[track_caller]
fn assert_stopped(finished: &Finished) {
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), ""), "{finished:?}");
    let last = finished.stderr.lines().last().unwrap_or_default();
    assert!(last.ends_with("stopped"), "{finished:?}");
    assert!(!finished.stderr.contains("WARN") && !finished.stderr.contains("ERROR"), "{finished:?}");
}

#[track_caller]
fn stop_under_load(signal: Signal) {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let load = Load::of_invitations(server.address, 16, "stop", &group.token);
    load.wait_for(200);
    load.end_with(|| server.process.signal(signal));
    let sent = load.finish();
    let address = server.address;
    assert_stopped(&server.process.wait_for_end(SOON));

    let unanswered: Vec<_> = sent.iter().filter_map(|sent| sent.unanswered.clone()).collect();
    let answered = sent.into_iter().flat_map(|sent| sent.answered);
    let answered: BTreeSet<_> = answered.map(|name| format!("{name}@example.org")).collect();
    assert_eq!(here.invited(), answered, "the database has exactly what was answered");
    here.assert_intact();
    assert!(unanswered.is_empty(), "sent before the signal, but not answered: {unanswered:?}");
    let refused = Connection::try_open(address).err().map(|error| error.kind());
    assert_eq!(refused, Some(ErrorKind::ConnectionRefused));
}

#[test]
fn sigterm_under_load_answers_every_request_that_was_sent_before_it() {
    for _ in 0..3 {
        stop_under_load(Signal::TERM);
    }
}

#[test]
fn ctrl_c_stops_as_gently_as_sigterm() {
    stop_under_load(Signal::INT);
}

#[test]
fn a_request_on_a_connection_opened_just_before_sigterm_is_answered() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let mut connections: Vec<_> = (0..40).map(|_| server.connect()).collect();
    for (number, connection) in connections.iter_mut().enumerate() {
        let body = format!(r#"{{"email":"last{number}@example.org"}}"#);
        let bytes = request("PUT", "/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], Some(&body));
        connection.send(&bytes).unwrap();
    }
    server.process.signal(Signal::TERM);
    let answers = connections.iter_mut().map(Connection::receive);
    let lost: Vec<_> = answers.filter_map(|answer| answer.err().map(|error| error.to_string())).collect();
    assert!(lost.is_empty(), "{} of 40 are not answered: {}", lost.len(), lost[0]);
    assert_stopped(&server.process.wait_for_end(SOON));
    assert_eq!(here.invited().len(), 40);
}

#[test]
fn a_request_whose_body_is_under_way_at_sigterm_is_answered() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let mut connection = server.connect();
    let headers = [("o_t_h", group.token.as_str()), ("expect", "100-continue")];
    let bytes = request("PUT", "/v1/groups/1/inviteUser", &headers, Some(r#"{"email":"amer@example.org"}"#));
    let (first, rest) = bytes.split_at(bytes.len() - 5);
    connection.send(first).unwrap();
    // The server says so when it has begun to read the body.
    assert_eq!(connection.receive().unwrap().status, 100);
    server.process.signal(Signal::TERM);
    server.process.wait_for_log("word of the stop", |log| log.contains("stopping").then_some(()));
    connection.send(rest).unwrap();
    assert_eq!(connection.receive().unwrap().status, 200);
    assert_stopped(&server.process.wait_for_end(SOON));
    assert_eq!(here.invited().len(), 1);
}

#[test]
fn a_server_may_be_told_to_stop_as_soon_as_it_says_that_it_listens() {
    let here = Installation::empty();
    for _ in 0..20 {
        let server = here.serve();
        server.process.signal(Signal::TERM);
        assert_stopped(&server.process.wait_for_end(SOON));
    }
}

#[test]
fn a_connection_that_is_idle_after_a_request_does_not_hold_up_the_stop() {
    let here = Installation::empty();
    let server = here.serve();
    let mut idle = server.connect();
    assert_eq!(idle.get("/healthz", &[]).status, 200);
    server.process.signal(Signal::TERM);
    assert_stopped(&server.process.wait_for_end(SOON));
    assert_eq!(idle.read_to_close().unwrap(), "");
}

#[test]
fn a_connection_that_never_sent_anything_does_not_hold_up_the_stop() {
    let here = Installation::empty();
    let server = here.serve();
    let idle = server.connect();
    // Connections are taken in their order, so the idle one is taken when this one is answered.
    server.assert_alive();
    server.process.signal(Signal::TERM);
    assert_stopped(&server.process.wait_for_end(SOON));
    assert_eq!(idle.read_to_close().unwrap(), "");
}

#[test]
fn a_client_that_stops_in_the_middle_of_a_head_holds_up_the_stop_no_longer_than_the_limit() {
    let here = Installation::empty();
    let server = here.serve();
    let mut slow = server.connect();
    slow.send(b"GET /healthz HTTP/1.1\r\nhost: guest").unwrap();
    server.assert_alive();
    server.process.signal(Signal::TERM);
    let finished = server.process.wait_for_end(AT_LAST);
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

#[test]
fn after_a_stop_the_database_file_alone_has_everything() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let headers = [("o_t_h", group.token.as_str())];
    server.connect().put("/v1/groups/1/inviteUser", &headers, r#"{"email":"amer@example.org"}"#).json(200);
    server.process.signal(Signal::TERM);
    assert_stopped(&server.process.wait_for_end(SOON));

    // Copying the one file of data is what an operator does for a backup.
    let copy = here.folder().join("copy.db");
    std::fs::copy(here.database_path(), &copy).unwrap();
    let copy = rusqlite::Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let invitations: rusqlite::Result<i64> = copy.query_row("SELECT count(*) FROM invitations", [], |row| row.get(0));
    assert_eq!(invitations.ok(), Some(1), "the rest is still in guestlist.db-wal");
}
