//! PostgreSQL, the network or a node fails under load: what was acknowledged stays, nothing is done by half, clients are
//! answered as documented meanwhile, and nodes come back by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guestlist_testing::postgres::new_database;
use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::http::{Answer, Connection, request};
use crate::support::postgres::{Cluster, ask, socket_folder, url_through};
use crate::support::process::{LOOK_EVERY, PATIENCE, Server};
use crate::support::proxy::Proxy;

/// Within which a request has to be answered, whatever happens.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Within which a node has to work again once nothing disturbs it any more.
const RECOVERY_MAX: Duration = Duration::from_secs(10);

/// Senders of each kind for each node.
const SENDERS: usize = 3;

/// Users that one request adds to a group at once.
const BULK: usize = 10;

/// Users there are to be added, from number 1001 on.
const CROWD: usize = 200_000;

/// The APIs through which invitations come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Api {
    Legacy,
    Gateway,
    /// Adds [`BULK`] people at once.
    RocketChat,
}

const APIS: [Api; 3] = [Api::Legacy, Api::Gateway, Api::RocketChat];

/// Who sends what.
struct Credentials {
    token: String,
    signed: String,
    owner: String,
    room: String,
}

impl Credentials {
    fn request(&self, api: Api, name: &str, first: usize) -> Vec<u8> {
        let email = json!({ "email": format!("{name}@example.org") }).to_string();
        match api {
            Api::Legacy => request("PUT", "/v1/groups/1/inviteUser", &[("o_t_h", &self.token)], Some(&email)),
            Api::Gateway => {
                let headers = [("x-auth-token", self.signed.as_str()), ("x-client-id", "app")];
                request("PUT", "/auth/v1/groups/1/inviteUser", &headers, Some(&email))
            }
            Api::RocketChat => {
                let users: Vec<_> = (first..first + BULK).map(|user| format!("uid{user}")).collect();
                let body = json!({ "roomId": self.room, "userIds": users }).to_string();
                let headers = [("x-auth-token", self.token.as_str()), ("x-user-id", self.owner.as_str())];
                request("POST", "/api/v1/groups.invite", &headers, Some(&body))
            }
        }
    }
}

/// An answer in short, if it is one that the API documents for a request that nothing is wrong with.
fn documented(api: Api, answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_str(&answer.body).ok()?;
    let is_success = body["success"] == json!(true);
    let may_retry = answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok());
    let is_known = match (api, answer.status) {
        (_, 200) => is_success,
        (Api::Legacy, 500) => !is_success && body["error"]["code"] == "ServerError",
        (Api::Gateway, 503) => !is_success && body["type"] == "service_unavailable" && may_retry,
        (Api::Gateway, 504) => !is_success && body["type"] == "gateway_timeout",
        (Api::RocketChat, 503) => !is_success && may_retry,
        _ => false,
    };
    is_known.then(|| format!("{api:?} {}", answer.status))
}

/// What one sender sent and got.
#[derive(Default)]
struct Report {
    /// Addresses, and first of several numbers, that were answered with 200.
    invited: BTreeSet<String>,
    added: Vec<usize>,
    seen: BTreeMap<String, usize>,
    undocumented: Vec<String>,
    slowest: Duration,
}

/// One sender's way through everything, until it is told to stop.
struct Sender<'a> {
    number: usize,
    api: Api,
    address: SocketAddr,
    /// Whether the node itself may be gone.
    may_end: bool,
    credentials: &'a Credentials,
    is_over: &'a AtomicBool,
    successes: &'a AtomicUsize,
}

impl Sender<'_> {
    fn run(self) -> Report {
        let mut report = Report::default();
        let mut connection = None;
        for request in 0_usize.. {
            if self.is_over.load(Ordering::SeqCst) {
                break;
            }
            let name = format!("guest-{}-{request}", self.number);
            // Each sender has numbers of its own.
            let first = 1001 + self.number * (CROWD / 32) + request * BULK;
            let bytes = self.credentials.request(self.api, &name, first);
            let began = Instant::now();
            let opened = connection.take().map_or_else(|| Connection::try_open(self.address), Ok);
            let answered = opened.and_then(|mut open| {
                open.send(&bytes)?;
                let answer = open.receive()?;
                connection = Some(open);
                Ok(answer)
            });
            report.slowest = report.slowest.max(began.elapsed());
            let seen = match &answered {
                Ok(answer) => documented(self.api, answer),
                Err(_) if self.may_end => Some("no node".to_owned()),
                Err(_) => None,
            };
            match seen {
                Some(seen) => *report.seen.entry(seen).or_default() += 1,
                None => report.undocumented.push(format!("{:?} after {:?}: {answered:?}", self.api, began.elapsed())),
            }
            if answered.is_ok_and(|answer| answer.status == 200) {
                match self.api {
                    Api::Legacy | Api::Gateway => drop(report.invited.insert(format!("{name}@example.org"))),
                    Api::RocketChat => report.added.push(first),
                }
                self.successes.fetch_add(1, Ordering::SeqCst);
            } else {
                // A client that is told to come back later does not come back at once.
                thread::sleep(Duration::from_millis(20));
            }
        }
        report
    }
}

#[track_caller]
fn wait_until(what: &str, within: Duration, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + within;
    while !is_so() {
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        thread::sleep(LOOK_EVERY);
    }
}

/// Two nodes on one database, and everything that is needed to ask something of them.
struct Site {
    url: String,
    here: Installation,
    credentials: Credentials,
}

impl Site {
    fn on(url: String) -> Self {
        let here = Installation::on(&url);
        let token = here.add_group().token;
        here.run(&["client", "add", "--id", "app", "--scopes", "room"]).succeeded();
        let signed = here.run(&["token", "issue", "--user", "owner", "--client", "app", "--jwt"]).succeeded().stdout;
        let uid_of = |command: &[&str]| here.objects(command)[0]["uid"].as_str().expect("it has one").to_owned();
        let (owner, room) = (uid_of(&["user", "show", "owner"]), uid_of(&["group", "show", "1"]));
        let crowd = format!(
            "INSERT INTO users (id, uid, subject, is_admin, created_at, updated_at)
             SELECT n, 'uid' || n, 'subject-' || n, false, 1, 1 FROM generate_series(1001, {}) AS n",
            1000 + CROWD
        );
        ask(&url, &crowd);
        let credentials = Credentials { token, signed: signed.trim().to_owned(), owner, room };
        Self { url, here, credentials }
    }

    /// Puts load on nodes, lets `fault` happen, and watches. The fault returns when it is over. Prints and returns which
    /// answers were seen.
    ///
    /// The node with the number `ends`, if any, may be gone for a while.
    #[track_caller]
    fn survive(
        &self,
        fault_name: &str,
        addresses: &[SocketAddr],
        ends: Option<usize>,
        fault: impl FnOnce(),
    ) -> BTreeSet<String> {
        let is_over = AtomicBool::new(false);
        let successes: Vec<_> = addresses.iter().map(|_| AtomicUsize::new(0)).collect();
        let (reports, recoveries) = thread::scope(|scope| {
            // Also when something below fails: nobody must wait for senders that nobody stops.
            let _stop = Stop(&is_over);
            let mut senders = Vec::new();
            for (node, address) in addresses.iter().enumerate() {
                for api in APIS {
                    for _ in 0..SENDERS {
                        let number = senders.len();
                        let (credentials, is_over, successes) = (&self.credentials, &is_over, &successes[node]);
                        let may_end = ends == Some(node);
                        let address = *address;
                        let sender = Sender { number, api, address, may_end, credentials, is_over, successes };
                        senders.push(scope.spawn(move || sender.run()));
                    }
                }
            }
            let more = |count: usize| {
                let before: Vec<_> = successes.iter().map(|count| count.load(Ordering::SeqCst)).collect();
                wait_until("every node does something", PATIENCE, || {
                    successes.iter().zip(&before).all(|(now, before)| now.load(Ordering::SeqCst) >= before + count)
                });
            };
            more(50);
            fault();
            let recoveries: Vec<_> =
                addresses.iter().enumerate().map(|(node, address)| self.recovery(node, *address)).collect();
            more(50);
            is_over.store(true, Ordering::SeqCst);
            let reports: Vec<_> = senders.into_iter().map(|sender| sender.join().expect("it counts")).collect();
            (reports, recoveries)
        });

        let mut seen = BTreeMap::new();
        for (kind, count) in reports.iter().flat_map(|report| &report.seen) {
            *seen.entry(kind).or_insert(0) += count;
        }
        let slowest = reports.iter().map(|report| report.slowest).max().unwrap_or_default();
        println!("{fault_name}: answers {seen:?}, the slowest after {slowest:.1?}; works again after {recoveries:.1?}");
        let undocumented: Vec<_> = reports.iter().flat_map(|report| &report.undocumented).take(10).collect();
        assert!(undocumented.is_empty(), "{fault_name}: {undocumented:#?}");
        assert!(slowest <= ANSWER_MAX, "{fault_name}: an answer took {slowest:?}");
        self.assert_kept(&reports);
        seen.into_keys().cloned().collect()
    }

    /// How long a node takes until it does everything again.
    #[track_caller]
    fn recovery(&self, node: usize, address: SocketAddr) -> Duration {
        let began = Instant::now();
        for api in APIS {
            wait_until("a node works again", RECOVERY_MAX.saturating_sub(began.elapsed()), || {
                let first = 1001 + (31 - node) * (CROWD / 32);
                let bytes = self.credentials.request(api, &format!("again-{node}-{}", api as u8), first);
                let answer = Connection::try_open(address).and_then(|mut connection| {
                    connection.send(&bytes)?;
                    connection.receive()
                });
                answer.is_ok_and(|answer| answer.status == 200)
            });
        }
        began.elapsed()
    }

    /// What was acknowledged is there, and what is there is whole.
    #[track_caller]
    fn assert_kept(&self, reports: &[Report]) {
        let stored = ask(&self.url, "SELECT email FROM invitations WHERE group_id = 1 AND state = 0");
        let stored: BTreeSet<_> = stored.lines().map(str::to_owned).collect();
        let lost: Vec<_> =
            reports.iter().flat_map(|report| &report.invited).filter(|one| !stored.contains(*one)).collect();
        assert!(lost.is_empty(), "answered, but not there: {lost:?}");
        let half = "SELECT count(*) FROM invitations WHERE NOT (group_id = 1 AND state = 0 AND user_id IS NULL
                    AND email_key = email AND inviter_id = 1 AND expires_at = created_at + 7 * 86400000)";
        assert_eq!(ask(&self.url, half), "0", "invitations that are not as they should be");
        let twice = "SELECT email_key FROM invitations GROUP BY 1 HAVING count(*) > 1";
        assert_eq!(ask(&self.url, twice), "", "addresses with two invitations");

        let bulks = format!(
            "SELECT (user_id - 1001) / {BULK} * {BULK} + 1001 AS first, count(*) FROM memberships
             WHERE user_id > 1000 GROUP BY 1"
        );
        let bulks = ask(&self.url, &bulks);
        let bulks: BTreeMap<usize, usize> = bulks.lines().map(number_pair).collect();
        assert!(bulks.values().all(|members| *members == BULK), "requests that were done by half: {bulks:?}");
        let mut added = reports.iter().flat_map(|report| &report.added);
        assert!(added.all(|first| bulks.contains_key(first)), "answered, but not there: members of {bulks:?}");
        let counters = "SELECT g.members_count - (SELECT count(*) FROM memberships), g.notices_count - g.members_count
                        FROM groups AS g WHERE id = 1";
        assert_eq!(ask(&self.url, counters), "0|-1", "the counters are wrong");
    }
}

fn number_pair(line: &str) -> (usize, usize) {
    let number = |text: &str| text.parse().expect("a number");
    let (left, right) = line.split_once('|').expect("two columns");
    (number(left), number(right))
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn after_postgresql_was_killed_under_load_nothing_acknowledged_is_lost_and_nodes_come_back() {
    let cluster = Cluster::start();
    let site = Site::on(cluster.url());
    // One node sees the server go, the other one is behind a network that still takes connections.
    let proxy = Proxy::to(&socket_folder(&site.url));
    let nodes = [
        site.here.serve_on(&site.url, "127.0.0.1:0"),
        site.here.serve_on(&url_through(&site.url, proxy.port()), "127.0.0.1:0"),
    ];
    site.survive("PostgreSQL killed", &nodes.each_ref().map(|node| node.address), None, || {
        cluster.kill();
        // For as long as PostgreSQL is away.
        thread::sleep(Duration::from_secs(2));
        cluster.restart();
    });
}

#[test]
fn after_a_node_was_killed_under_load_nothing_acknowledged_is_lost_and_the_other_never_failed() {
    let site = Site::on(new_database());
    let stays = site.here.serve_on(&site.url, "127.0.0.1:0");
    let goes = site.here.serve_on(&site.url, "127.0.0.1:0");
    let addresses = [stays.address, goes.address];
    let mut again: Option<Server> = None;
    let seen = site.survive("a node killed", &addresses, Some(1), || {
        goes.process.kill();
        // For as long as the node is away.
        thread::sleep(Duration::from_secs(1));
        again = Some(site.here.serve_on(&site.url, &addresses[1].to_string()));
    });
    assert!(seen.iter().all(|seen| seen.ends_with(" 200") || seen == "no node"), "{seen:?}");
    stays.assert_alive();
}

#[test]
fn after_the_network_stalled_under_load_nothing_acknowledged_is_lost_and_nodes_come_back() {
    let site = Site::on(new_database());
    let proxy = Proxy::to(&socket_folder(&site.url));
    let url = url_through(&site.url, proxy.port());
    let nodes = [site.here.serve_on(&url, "127.0.0.1:0"), site.here.serve_on(&url, "127.0.0.1:0")];
    site.survive("the network stalled", &nodes.each_ref().map(|node| node.address), None, || {
        proxy.stall();
        // For as long as nothing passes: longer than a statement may take.
        thread::sleep(Duration::from_secs(9));
        proxy.flow();
    });
}

#[test]
fn after_all_connections_were_reset_under_load_nothing_acknowledged_is_lost_and_nodes_come_back() {
    let site = Site::on(new_database());
    let proxy = Proxy::to(&socket_folder(&site.url));
    let url = url_through(&site.url, proxy.port());
    let nodes = [site.here.serve_on(&url, "127.0.0.1:0"), site.here.serve_on(&url, "127.0.0.1:0")];
    let addresses = nodes.each_ref().map(|node| node.address);
    site.survive("connections reset", &addresses, None, || {
        for _ in 0..3 {
            assert!(proxy.reset() >= 2, "every node has a connection at least");
            wait_until("connections are made again", RECOVERY_MAX, || proxy.connections() >= 2);
        }
        proxy.refuse();
        proxy.reset();
        // For as long as the network takes no connection.
        thread::sleep(Duration::from_secs(1));
        proxy.flow();
    });
}
