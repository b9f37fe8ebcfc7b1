//! The scenario `rocketchat`: what a bot asks most, one request after the other, of an installation that is not small.

use std::io::Write as _;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::RocketChatArgs;
use crate::connection::Connection;
use crate::guestlist::Guestlist;
use crate::load::{Measured, WARM_UP};
use crate::report;

/// How many people and how many groups there are besides the owner and the group that is asked for.
const CROWD: u32 = 10_000;

/// People who are in no group yet, to be brought in one by one, and several at a time.
const NEWCOMERS: (u32, u32) = (50_000, 200_000);

/// Users that one call brings in, where it brings several.
const SEVERAL: u32 = 100;

/// The owner, as the bench's database has them.
const OWNER: &str = "benchowner";

pub(crate) async fn run(args: &RocketChatArgs) -> Result<()> {
    let directory = tempfile::Builder::new().prefix("guestlist-bench-").tempdir()?;
    let guestlist = Guestlist::new(&args.guestlist, directory.path())?;
    guestlist.manage(&["user", "add", "--username", "owner", "--id", "1", "--uid", OWNER, "--admin"])?;
    guestlist.manage(&["group", "add", "--name", "Bench", "--owner", "owner", "--slug", "bench", "--id", "1"])?;
    let printed = guestlist.manage(&["token", "issue", "--user", "owner"])?;
    guestlist.fill(CROWD, NEWCOMERS.0 + NEWCOMERS.1).context("cannot fill the database")?;
    let server = guestlist.serve(false).await?;
    let mut bot = Bot::new(server.address(), printed.trim()).await?;
    let measured = Duration::from_secs(args.seconds);

    let one = bot.measure(measured, newcomers(0..NEWCOMERS.0, 1)).await?;
    let all = NEWCOMERS.0..NEWCOMERS.0 + NEWCOMERS.1;
    let several = bot.measure(measured, newcomers(all, SEVERAL)).await?;
    let mut rows = vec![("groups.invite, 1 user".to_owned(), one), ("groups.invite, 100 users".to_owned(), several)];
    for (name, query) in [
        ("groups.info of 10,000 members", "groups.info?roomName=bench"),
        ("groups.members, the first 100 of 10,000", "groups.members?roomName=bench&count=100"),
        ("groups.members, the last 100 of 10,000", "groups.members?roomName=bench&count=100&offset=9900"),
        ("groups.listAll, the first 100 of 10,000", "groups.listAll?count=100"),
        ("groups.listAll, the last 100 of 10,000", "groups.listAll?count=100&offset=9900"),
        ("groups.list, 50 of the owner's 10,000", "groups.list"),
    ] {
        rows.push((name.to_owned(), bot.measure(measured, std::iter::repeat_with(|| get(query))).await?));
    }
    let mut stdout = std::io::stdout();
    for line in report::rocketchat(&rows, args.json) {
        writeln!(stdout, "{line}")?;
    }
    Ok(())
}

/// What a client sends: method, path and query, body.
type Request = (&'static str, String, String);

fn get(path: &str) -> Request {
    ("GET", path.to_owned(), String::new())
}

/// Brings all of these people in, so many with each request.
fn newcomers(all: Range<u32>, at_once: u32) -> impl Iterator<Item = Request> {
    all.step_by(at_once as usize).map(move |first| {
        let names: Vec<_> = (first..first + at_once).map(|n| format!("\"new{n}\"")).collect();
        let body = format!(r#"{{"roomName":"small","usernames":[{}]}}"#, names.join(","));
        ("POST", "groups.invite".to_owned(), body)
    })
}

/// A client that is logged in.
struct Bot {
    connection: Connection,
    head: String,
}

impl Bot {
    async fn new(address: SocketAddr, token: &str) -> Result<Self> {
        let head = format!(
            "Host: {address}\r\nX-Auth-Token: {token}\r\nX-User-Id: {OWNER}\r\nContent-Type: application/json\r\n"
        );
        Ok(Self { connection: Connection::open(address).await?, head })
    }

    /// Asks one request after the other, the first second for nothing, until the time or the requests are over.
    async fn measure(&mut self, measured: Duration, requests: impl Iterator<Item = Request>) -> Result<Measured> {
        let start = Instant::now() + WARM_UP;
        let mut latencies = Vec::new();
        for (method, path, body) in requests {
            let length = body.len();
            let request =
                format!("{method} /api/v1/{path} HTTP/1.1\r\n{}Content-Length: {length}\r\n\r\n{body}", self.head);
            let asked = Instant::now();
            if asked >= start + measured {
                break;
            }
            let answer = self.connection.exchange(request.as_bytes()).await?;
            let text = String::from_utf8_lossy(answer.body);
            ensure!(answer.status == 200, "{path} answered {}: {text}", answer.status);
            ensure!(!answer.closes, "the server closes a connection that should stay open");
            if asked >= start {
                latencies.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
        }
        ensure!(!latencies.is_empty(), "all requests were over before anything was measured");
        Ok(Measured::of(latencies, start.elapsed()))
    }
}
