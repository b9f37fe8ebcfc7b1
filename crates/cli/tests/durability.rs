//! Nothing acknowledged is lost, and nothing is done by half, whenever the process is killed.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use rusqlite::params;
use serde_json::{Value, json};

use self::support::http::request;
use self::support::load::Load;
use self::support::process::{Process, Server};
use self::support::{Installation, guestlist};

const CONNECTIONS: u32 = 8;

/// Users that one request adds to a group at once.
const BULK: u32 = 10;

/// The addresses of all open invitations of group 1, page by page.
fn invitations_over_http(server: &Server, token: &str) -> Vec<String> {
    let mut connection = server.connect();
    let authorization = format!("Bearer {token}");
    let mut addresses = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/guestlist/v1/groups/1/invitations?limit=200{cursor}");
        let page = connection.get(&path, &[("authorization", &authorization)]).json(200);
        let data = page["data"].as_array().expect("a page has data");
        addresses.extend(data.iter().map(|one| one["email"].as_str().unwrap_or_default().to_owned()));
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return addresses,
        }
    }
}

#[test]
fn every_answered_invitation_survives_a_kill_and_no_unanswered_one_is_half_there() {
    let (here, group) = Installation::with_group();
    let mut answered = BTreeSet::new();
    let mut allowed = BTreeSet::new();
    for round in ["r1", "r2", "r3", "r4"] {
        let server = here.serve();
        let load = Load::of_invitations(server.address, CONNECTIONS, round, &group.token);
        load.wait_for(300);
        server.process.kill();
        for sent in load.finish() {
            let (in_flight, _) = sent.unanswered.expect("a connection to a killed server ends");
            allowed.insert(format!("{in_flight}@example.org"));
            answered.extend(sent.answered.into_iter().map(|name| format!("{name}@example.org")));
        }

        let server = here.serve();
        here.assert_intact();
        let stored = here.invited();
        let lost: Vec<_> = answered.difference(&stored).collect();
        assert!(lost.is_empty(), "after {round}: answered, but not there: {lost:?}");
        let extra: Vec<_> = stored.difference(&answered).filter(|one| !allowed.contains(*one)).collect();
        assert!(extra.is_empty(), "after {round}: there, but neither answered nor in flight: {extra:?}");

        let shown = invitations_over_http(&server, &group.token);
        assert_eq!(shown.len(), stored.len(), "no invitation is on two pages, none is on no page");
        assert_eq!(shown.into_iter().collect::<BTreeSet<_>>(), stored);
    }
    let whole = "SELECT count(*) FROM invitations WHERE group_id = 1 AND state = 0 AND user_id IS NULL
                 AND email_key = email AND inviter_id = 1 AND expires_at = created_at + 7 * 86400000";
    assert_eq!(here.count(whole), here.count("SELECT count(*) FROM invitations"));
}

#[test]
fn a_request_that_adds_many_members_is_there_as_a_whole_or_not_at_all_after_a_kill() {
    let (here, group) = Installation::with_group();
    here.add_crowd(16_000);
    let owner = &here.objects(&["user", "show", "owner"])[0];
    let room = &here.objects(&["group", "show", "1"])[0];
    let (owner, room) = (owner["uid"].as_str().unwrap().to_owned(), room["uid"].as_str().unwrap().to_owned());
    let first_of = |round: u32, sender: u32, number: u32| 1001 + round * 8000 + sender * 1000 + number * BULK;

    for round in 0..2_u32 {
        let server = here.serve();
        let (token, owner, room) = (group.token.clone(), owner.clone(), room.clone());
        let load = Load::start(server.address, CONNECTIONS, &round.to_string(), move |sender, number| {
            let first = first_of(round, sender, number);
            let users: Vec<_> = (first..first + BULK).map(|id| format!("uid{id}")).collect();
            let body = json!({ "roomId": room, "userIds": users }).to_string();
            let headers = [("x-auth-token", token.as_str()), ("x-user-id", owner.as_str())];
            request("POST", "/api/v1/groups.invite", &headers, Some(&body))
        });
        load.wait_for(60);
        server.process.kill();
        let sent = load.finish();

        let _server = here.serve();
        here.assert_intact();
        let database = here.look();
        let sql = "SELECT count(*) FROM memberships WHERE group_id = 1 AND user_id BETWEEN ?1 AND ?2";
        let mut counting = database.prepare(sql).unwrap();
        for (sender, sent) in (0..).zip(&sent) {
            let answered = u32::try_from(sent.answered.len()).unwrap();
            for number in 0..=answered {
                let first = first_of(round, sender, number);
                let members: u32 = counting.query_row(params![first, first + BULK - 1], |row| row.get(0)).unwrap();
                let is_answered = number < answered;
                let is_whole = members == BULK || (members == 0 && !is_answered);
                assert!(is_whole, "{members} members of request {number} of {sender}, answered: {is_answered}");
            }
        }
        let counted = here.count("SELECT members_count FROM \"groups\" WHERE id = 1");
        assert_eq!(counted, here.count("SELECT count(*) FROM memberships WHERE group_id = 1"));
    }
}

#[test]
fn a_server_killed_during_its_first_start_starts_the_next_time() {
    for millis in (0..40).step_by(4) {
        let here = Installation::empty();
        let process = Process::start(here.command(&["serve", "--listen", "127.0.0.1:0"]));
        // Not waiting for anything: the sweep puts the kill into every part of the start.
        thread::sleep(Duration::from_millis(millis));
        process.kill();
        let server = here.serve();
        assert_eq!(server.connect().get("/readyz", &[]).status, 200, "killed after {millis} ms");
        here.assert_intact();
    }
}

#[test]
fn what_a_command_has_printed_survives_a_kill_of_the_server_beside_it() {
    let here = Installation::empty();
    let server = here.serve();
    let user = &here.objects(&["user", "add", "--email", "amer@example.org"])[0];
    let group = &here.objects(&["group", "add", "--name", "Circle", "--owner", "amer@example.org"])[0];
    server.process.kill();
    assert_eq!(here.objects(&["user", "show", "amer@example.org"])[0], *user);
    assert_eq!(here.objects(&["group", "show", "circle"])[0], *group);
    here.assert_intact();
}

#[test]
fn a_database_is_taken_over_at_once_after_a_kill_on_the_same_address() {
    let here = Installation::empty();
    let server = here.serve();
    let address = server.address;
    let _open = server.connect();
    server.process.kill();
    let mut again = guestlist(here.folder());
    again.args(["serve", "--database", &here.database_url(), "--listen", &address.to_string()]);
    Server::of(Process::start(again)).assert_alive();
}
