//! Several nodes on one PostgreSQL act as one: whatever is asked of them at once, nothing is lost and nothing is twice.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;

use guestlist_testing::postgres::new_database;
use serde_json::{Value, json};

use self::support::Installation;
use self::support::http::Connection;
use self::support::postgres::ask;
use self::support::process::{Process, Server};

const NODES: usize = 3;

const GROUPS: [i64; 2] = [1, 2];

/// Users beside the owner, from number 1001 on.
const CROWD: i64 = 24;

/// Starts all nodes before it waits for the first.
fn start_nodes(here: &Installation) -> Vec<Server> {
    let start = |_| {
        let mut command = here.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("GUESTLIST_RATE_LIMITS", "off");
        Process::start(command)
    };
    let processes: Vec<_> = (0..NODES).map(start).collect();
    processes.into_iter().map(Server::of).collect()
}

/// Users from number 1001 on, each with a verified address and a token: faster than by as many commands.
fn add_crowd(url: &str) {
    let last = 1000 + CROWD;
    let sql = format!(
        "INSERT INTO users (id, uid, subject, username, username_key, is_admin, created_at, updated_at)
         SELECT n, 'uid' || n, 'subject-' || n, 'crowd' || n, 'crowd' || n, false, 1, 1
         FROM generate_series(1001, {last}) AS n;
         INSERT INTO user_emails (email_key, email, user_id, is_verified)
         SELECT 'crowd' || n || '@example.org', 'crowd' || n || '@example.org', n, true
         FROM generate_series(1001, {last}) AS n;
         INSERT INTO tokens (id, hash, user_id, scopes, created_at)
         SELECT gen_random_uuid(), sha256(('glt_crowd' || n)::bytea), n, t.scopes, 1
         FROM generate_series(1001, {last}) AS n, (SELECT scopes FROM tokens WHERE user_id = 1 LIMIT 1) AS t;
         UPDATE sequences SET next = {last} + 1 WHERE name = 'users'"
    );
    ask(url, &sql);
}

/// Invites everybody to every group, by number or by address, and a stranger of this thread's own with each. Returns
/// whom it was told that it has invited, as group and person.
fn invite_all(address: SocketAddr, token: &str, thread: usize) -> BTreeSet<String> {
    let mut connection = Connection::open(address);
    let mut invited = BTreeSet::new();
    for step in 0..CROWD {
        // Half of the threads come from the other end.
        let user = if thread.is_multiple_of(2) { 1001 + step } else { 1000 + CROWD - step };
        for group in GROUPS {
            let path = format!("/v1/groups/{group}/inviteUser");
            let by_number = (json!({ "userId": user }), user.to_string());
            let by_address = (json!({ "email": format!("crowd{user}@example.org") }), user.to_string());
            let stranger = format!("stranger-{thread}-{step}@example.org");
            let known = if (user + group) % 3 == 0 || thread == 1 { by_address } else { by_number };
            for (body, person) in [known, (json!({ "email": stranger }), stranger)] {
                let answer = connection.put(&path, &[("o_t_h", token)], &body.to_string());
                if answer.status == 200 {
                    invited.insert(format!("{group}|{person}"));
                } else {
                    let message = &answer.json(422)["error"]["message"];
                    assert_eq!(message, "User is already a member of this group", "{body} to {group}");
                }
            }
        }
    }
    invited
}

/// Makes the last third of the crowd members, three by three and overlapping.
fn add_some(address: SocketAddr, token: &str, owner: &str, rooms: &[String]) {
    let mut connection = Connection::open(address);
    let headers = [("x-auth-token", token), ("x-user-id", owner)];
    for first in 1001 + CROWD * 2 / 3..=1000 + CROWD - 2 {
        for room in rooms {
            let users: Vec<_> = (first..first + 3).map(|user| format!("uid{user}")).collect();
            let body = json!({ "roomId": room, "userIds": users }).to_string();
            connection.post("/api/v1/groups.invite", &headers, &body).json(200);
        }
    }
}

/// Accepts, as each of the crowd, whatever the person is invited to at the moment. Returns how many memberships came
/// of it, so it was told.
fn accept_all(address: SocketAddr) -> usize {
    let mut connection = Connection::open(address);
    let mut members = 0;
    for user in 1001..=1000 + CROWD {
        let authorization = format!("Bearer glt_crowd{user}");
        let headers = [("authorization", authorization.as_str())];
        let open = connection.get("/guestlist/v1/invitations", &headers).json(200);
        for invitation in open["data"].as_array().expect("a page has data") {
            let path = format!("/guestlist/v1/invitations/{}/accept", invitation["id"].as_str().expect("it has an id"));
            // Somebody else may have made the person a member since.
            members += usize::from(connection.post(&path, &headers, "").json(200)["is_new_member"] == json!(true));
        }
    }
    members
}

#[test]
fn three_nodes_driven_over_the_same_groups_at_once_lose_nothing_and_do_nothing_twice() {
    let url = new_database();
    let here = Installation::on(&url);
    let nodes = start_nodes(&here);
    let token = here.add_group().token;
    here.run(&["group", "add", "--name", "Second", "--owner", "owner"]).succeeded();
    add_crowd(&url);
    let text = |object: &Value| object["uid"].as_str().expect("it has one").to_owned();
    let owner = text(&here.objects(&["user", "show", "owner"])[0]);
    let rooms = GROUPS.map(|group| text(&here.objects(&["group", "show", &group.to_string()])[0]));

    let start = Barrier::new(NODES * 4);
    let (invited, accepted) = thread::scope(|scope| {
        let (token, owner, rooms, start) = (&token, &owner, &rooms, &start);
        let mut inviting = Vec::new();
        let mut accepting = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            let address = node.address;
            for half in 0..2 {
                inviting.push(scope.spawn(move || {
                    start.wait();
                    invite_all(address, token, number * 2 + half)
                }));
            }
            scope.spawn(move || {
                start.wait();
                add_some(address, token, owner, rooms);
            });
            accepting.push(scope.spawn(move || {
                start.wait();
                // Over and over while invitations come in.
                (0..4).map(|_| accept_all(address)).sum::<usize>()
            }));
        }
        let invited = inviting.into_iter().flat_map(|thread| thread.join().expect("every answer is as it should be"));
        let invited: BTreeSet<String> = invited.collect();
        let accepted = accepting.into_iter().map(|thread| thread.join().expect("every answer is as it should be"));
        (invited, accepted.sum::<usize>())
    });

    let counters = "SELECT g.id FROM groups AS g WHERE g.members_count <>
                        (SELECT count(*) FROM memberships AS m WHERE m.group_id = g.id)
                    OR g.owners_count <> 1 OR g.owners_count <>
                        (SELECT count(*) FROM memberships AS m WHERE m.group_id = g.id AND m.roles & 1 = 1)
                    OR g.notices_count <> g.members_count - 1";
    assert_eq!(ask(&url, counters), "", "groups whose counters are wrong");
    // An address of somebody known stands for that person.
    let people = "WITH people AS (SELECT i.group_id, coalesce(i.user_id, e.user_id) AS user_id, i.email_key, i.state
                  FROM invitations AS i LEFT JOIN user_emails AS e ON e.email_key = i.email_key)";
    let of_people = |question: &str| ask(&url, &format!("{people} {question}"));
    let twice = of_people(
        "SELECT group_id, coalesce(user_id::text, email_key) FROM people WHERE state = 0
         GROUP BY 1, 2 HAVING count(*) > 1",
    );
    assert_eq!(twice, "", "people with two pending invitations to a group");
    let stored = of_people("SELECT group_id, coalesce(user_id::text, email_key) FROM people");
    let stored: Vec<_> = stored.lines().map(str::to_owned).collect();
    let distinct: BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(distinct.len(), stored.len(), "everybody was invited to a group once at the most, and then renewed");
    assert_eq!(distinct, invited, "the answered invitations are there, and no other");
    let both = of_people("SELECT p.* FROM people AS p JOIN memberships USING (group_id, user_id) WHERE p.state = 0");
    assert_eq!(both, "", "members with a pending invitation");
    let strays = of_people(
        "SELECT p.* FROM people AS p LEFT JOIN memberships AS m USING (group_id, user_id)
         WHERE p.state = 1 AND m.roles IS NULL",
    );
    assert_eq!(strays, "", "accepted invitations of people who are no members");
    let added: usize = ask(&url, "SELECT count(*) FROM memberships WHERE user_id > 1000").parse().expect("a number");
    let third = usize::try_from(CROWD / 3).expect("it is small") * GROUPS.len();
    assert!(accepted > 0, "nobody accepted anything");
    assert!((accepted..=accepted + third).contains(&added), "{added} members of {accepted} who accepted, and {third}");

    for (group, room) in GROUPS.iter().zip(&rooms) {
        let count: Value =
            ask(&url, &format!("SELECT members_count FROM groups WHERE id = {group}")).parse().expect("JSON");
        for node in &nodes {
            let path = format!("/api/v1/groups.info?roomId={room}");
            let headers = [("x-auth-token", token.as_str()), ("x-user-id", owner.as_str())];
            let info = node.connect().get(&path, &headers).json(200);
            assert_eq!(info["group"]["usersCount"], count, "every node tells the same");
        }
    }
}

#[test]
fn nodes_that_start_at_the_same_moment_on_an_empty_database_take_turns_and_all_serve() {
    for _ in 0..3 {
        let url = new_database();
        let here = Installation::on(&url);
        let nodes = start_nodes(&here);
        for node in &nodes {
            assert_eq!(node.connect().get("/readyz", &[]).status, 200);
        }
        assert_eq!(ask(&url, "SELECT count(*) - count(DISTINCT version) FROM refinery_schema_history"), "0");
        assert_eq!(ask(&url, "SELECT count(*) FROM sequences"), "3");
        let token = here.add_group().token;
        for (number, node) in nodes.iter().enumerate() {
            let body = json!({ "email": format!("guest-{number}@example.org") }).to_string();
            node.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &token)], &body).json(200);
        }
        assert_eq!(ask(&url, "SELECT count(*) FROM invitations WHERE group_id = 1 AND state = 0"), "3");
    }
}

#[test]
fn a_token_that_a_command_revokes_is_refused_by_every_node_at_once() {
    let url = new_database();
    let here = Installation::on(&url);
    let nodes = start_nodes(&here);
    here.add_group();
    let mut connections: Vec<_> = nodes.iter().map(Server::connect).collect();
    for _ in 0..3 {
        let before = ask(&url, "SELECT id FROM tokens");
        let token = here.run(&["token", "issue", "--user", "owner"]).succeeded().stdout;
        let headers = [("o_t_h", token.trim())];
        for connection in &mut connections {
            connection.get("/v1/groups/1", &headers).json(200);
        }
        let after = ask(&url, "SELECT id FROM tokens");
        let id = after.lines().find(|id| !before.lines().any(|old| old == *id)).expect("it was stored");
        here.run(&["token", "revoke", id]).succeeded();
        for connection in &mut connections {
            let answer = connection.get("/v1/groups/1", &headers).json(403);
            assert_eq!(answer["error"]["message"], "Invalid token");
        }
    }
}
