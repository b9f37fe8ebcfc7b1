//! Whoever follows what happens misses nothing and is told nothing twice, whatever becomes of the node they are on.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use guestlist_testing::postgres::new_database;
use rustix::process::Signal;
use serde_json::json;

use self::support::Installation;
use self::support::http::{Connection, request};
use self::support::load::Load;
use self::support::postgres::ask;
use self::support::process::{LOOK_EVERY, PATIENCE, Server};

const OF_GROUP: &str = "/guestlist/v1/groups/1/events/stream";
const ALL: &str = "/guestlist/v1/events/stream";

/// What a follower of group 1 heard, and where they listen.
struct Heard {
    server: SocketAddr,
    ids: Vec<String>,
    is_over: bool,
}

/// Somebody who follows group 1 from its beginning, and comes back whenever the connection is lost.
struct Follower {
    heard: Arc<Mutex<Heard>>,
    thread: JoinHandle<()>,
}

impl Follower {
    fn start(server: SocketAddr, path: &'static str, token: &str) -> Self {
        let heard = Arc::new(Mutex::new(Heard { server, ids: vec![], is_over: false }));
        let (shared, token) = (Arc::clone(&heard), token.to_owned());
        let thread = thread::spawn(move || {
            let mut last = "0.0.0".to_owned();
            while !locked(&shared).is_over {
                let server = locked(&shared).server;
                // Nobody is there while a server starts again.
                let _ = listen(server, path, &token, &mut last, &shared);
                thread::sleep(LOOK_EVERY);
            }
        });
        Self { heard, thread }
    }

    fn turn_to(&self, server: &Server) {
        locked(&self.heard).server = server.address;
    }

    fn count(&self) -> usize {
        locked(&self.heard).ids.len()
    }

    /// Waits until so many events were heard, and gives them all once the stream has ended.
    #[track_caller]
    fn wait_for(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.count() < count {
            assert!(Instant::now() < deadline, "{} of {count} events were heard", self.count());
            thread::sleep(LOOK_EVERY);
        }
    }

    fn finish(self, server: &Server) -> Vec<String> {
        locked(&self.heard).is_over = true;
        server.process.signal(Signal::TERM);
        self.thread.join().expect("it only listens");
        locked(&self.heard).ids.clone()
    }
}

fn locked(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(server: SocketAddr, path: &str, token: &str, last: Option<&str>) -> io::Result<Connection> {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(last.map(|last| ("last-event-id", last)));
    let mut connection = Connection::try_open(server)?;
    connection.send(&request("GET", path, &headers, None))?;
    let answer = connection.receive()?;
    // A server that is stopping begins no stream.
    if answer.status == 503 {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    assert_eq!(answer.status, 200, "{answer:?}");
    Ok(connection)
}

fn listen(server: SocketAddr, path: &str, token: &str, last: &mut String, heard: &Mutex<Heard>) -> io::Result<()> {
    let mut connection = open(server, path, token, Some(last))?;
    let mut text = String::new();
    while let Some(part) = connection.receive_part()? {
        text.push_str(&part);
        while let Some((block, left)) = text.split_once("\n\n") {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if let Some(id) = field("id: ") {
                id.clone_into(last);
                // What is about the reader themselves is told to them, too, where everything is followed.
                if field("data: ").is_some() && id.split('.').nth(1) == Some("1") {
                    locked(heard).ids.push(id.to_owned());
                }
            }
            text = left.to_owned();
        }
    }
    Ok(())
}

/// The whole history of group 1, in order.
const HISTORY: &str = "SELECT position || '.' || group_id || '.' || seq FROM events WHERE group_id = 1 ORDER BY seq";

#[test]
fn a_follower_of_a_server_that_is_killed_under_load_and_started_again_hears_everything_once() {
    let (here, group) = Installation::with_group();
    let mut server = here.serve();
    let followers = [OF_GROUP, ALL].map(|path| Follower::start(server.address, path, &group.token));
    for round in ["r1", "r2", "r3"] {
        let load = Load::of_invitations(server.address, 8, round, &group.token);
        load.wait_for(300);
        // Followers are in the midst of it.
        for follower in &followers {
            follower.wait_for(follower.count() + 50);
        }
        server.process.kill();
        load.finish();
        server = here.serve();
        for follower in &followers {
            follower.turn_to(&server);
        }
    }
    let whole: Vec<String> = {
        let database = here.look();
        let mut statement = database.prepare(HISTORY).expect("the schema is known");
        statement.query_map([], |row| row.get(0)).expect("it runs").map(|id| id.expect("it is text")).collect()
    };
    assert!(whole.len() > 900, "{}", whole.len());
    let [one, other] = followers;
    one.wait_for(whole.len());
    other.wait_for(whole.len());
    let second = here.serve();
    other.turn_to(&second);
    assert_eq!(one.finish(&server), whole);
    assert_eq!(other.finish(&second), whole);
}

#[test]
fn a_follower_of_a_node_that_is_killed_under_load_goes_on_at_another_and_hears_everything_once() {
    let url = new_database();
    let here = Installation::on(&url);
    let group = here.add_group();
    let (first, second) = (here.serve(), here.serve());
    let followers = [OF_GROUP, ALL].map(|path| Follower::start(first.address, path, &group.token));
    let loads =
        [("a", &first), ("b", &second)].map(|(name, node)| Load::of_invitations(node.address, 4, name, &group.token));
    for load in &loads {
        load.wait_for(200);
    }
    for follower in &followers {
        follower.wait_for(100);
    }
    for follower in &followers {
        follower.turn_to(&second);
    }
    first.process.kill();
    let [of_first, of_second] = loads;
    of_first.finish();
    of_second.wait_for(600);
    of_second.end_with(|| ());
    of_second.finish();

    let whole: Vec<_> = ask(&url, HISTORY).lines().map(str::to_owned).collect();
    assert!(whole.len() > 800, "{}", whole.len());
    let [one, other] = followers;
    one.wait_for(whole.len());
    other.wait_for(whole.len());
    let third = here.serve();
    other.turn_to(&third);
    assert_eq!(one.finish(&second), whole);
    assert_eq!(other.finish(&third), whole);
}

#[test]
fn what_one_node_does_is_told_by_the_other() {
    let url = new_database();
    let here = Installation::on(&url);
    let group = here.add_group();
    let (first, second) = (here.serve(), here.serve());
    let follower = Follower::start(first.address, OF_GROUP, &group.token);
    follower.wait_for(2);
    let body = json!({ "email": "new@example.org" }).to_string();
    let begin = Instant::now();
    let answer = second.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], &body);
    assert_eq!(answer.status, 200);
    follower.wait_for(3);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    follower.finish(&first);
}

#[test]
fn a_command_beside_a_server_is_told_by_the_server() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let mut connection = open(server.address, ALL, &group.token, None).expect("it is there");
    connection.receive_part().expect("it begins").expect("with where it begins");
    here.run(&["token", "issue", "--user", "owner"]).succeeded();
    let told = connection.receive_part().expect("it goes on").expect("with what happened");
    assert!(told.contains("event: token.issued\n"), "{told}");
}

#[test]
fn a_server_that_is_told_to_stop_does_not_wait_for_those_who_follow_it() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let streams = [OF_GROUP, ALL, OF_GROUP, ALL].map(|path| {
        let mut connection = open(server.address, path, &group.token, None).expect("it is there");
        connection.receive_part().expect("it begins").expect("with where it begins");
        connection
    });
    server.process.signal(Signal::TERM);
    for mut stream in streams {
        let last = stream.receive_part().expect("it ends well").expect("with a word");
        assert_eq!(last, ": the server is stopping; come back with Last-Event-ID\n\n");
        assert_eq!(stream.receive_part().expect("it ends well"), None);
    }
    let finished = server.process.wait_for_end(Duration::from_secs(5));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(!finished.stderr.contains("WARN") && !finished.stderr.contains("ERROR"), "{finished:?}");
}
