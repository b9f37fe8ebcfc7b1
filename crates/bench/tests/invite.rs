//! Runs the real program against fakes of guestlist: an honest one, one that loses invitations, one that refuses.
//!
//! The fake is this very executable: the program starts it with guestlist's own arguments. It understands just those
//! that the program uses, and anything else ends it with an error.

use std::net::SocketAddr;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, put};
use rusqlite::Connection;

const TOKEN: &str = "fake_0123456789abcdef";
const MANNERS: &str = "FAKE_MANNERS";
const INVITED: &str = r#"{"success":true,"data":{"message":"User has been invited successfully."}}"#;

type Scenario = fn() -> Result<()>;

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    if let Some(&["--database", url]) = words.last_chunk::<2>() {
        fake(&words[..words.len() - 2], url)?;
        return Ok(ExitCode::SUCCESS);
    }

    let scenarios: [(&str, Scenario); 4] = [
        ("an_honest_server_is_measured", an_honest_server_is_measured),
        ("a_lost_invitation_is_noticed", a_lost_invitation_is_noticed),
        ("a_refusal_ends_the_run", a_refusal_ends_the_run),
        ("a_missing_binary_is_named", a_missing_binary_is_named),
    ];
    let running = scenarios.map(|(name, scenario)| (name, thread::spawn(scenario)));
    let mut outcome = ExitCode::SUCCESS;
    for (name, scenario) in running {
        match scenario.join() {
            Ok(Ok(())) => println!("{name} ... ok"),
            Ok(Err(error)) => {
                println!("{name} ... FAILED: {error:#}");
                outcome = ExitCode::FAILURE;
            }
            Err(_) => outcome = ExitCode::FAILURE,
        }
    }
    Ok(outcome)
}

fn an_honest_server_is_measured() -> Result<()> {
    let run = Run::against("honest", &["--json", "--connections", "1,3"])?;
    ensure!(run.success, "it failed: {}", run.stderr);
    let rows = run.stdout.lines().map(serde_json::from_str).collect::<Result<Vec<serde_json::Value>, _>>()?;
    ensure!(rows.len() == 2 && rows[0]["connections"] == 1 && rows[1]["connections"] == 3, "rows: {rows:?}");
    for row in &rows {
        for part in ["bare_axum", "guestlist", "bare_sqlite"] {
            ensure!(row[part]["per_second"].as_f64() > Some(0.0), "no rate of {part} in {row}");
        }
        let ratio = row["guestlist_to_bare_axum"].as_f64().context("no ratio")?;
        ensure!(ratio > 0.0, "no ratio in {row}");
    }
    Ok(())
}

fn a_lost_invitation_is_noticed() -> Result<()> {
    let run = Run::against("forgetful", &["--connections", "2"])?;
    ensure!(!run.success && run.stderr.contains("but its database holds"), "{}", run.stderr);
    Ok(())
}

fn a_refusal_ends_the_run() -> Result<()> {
    let run = Run::against("unwilling", &["--connections", "2"])?;
    ensure!(!run.success && run.stderr.contains("got status 503 and the body \"queue full\""), "{}", run.stderr);
    Ok(())
}

fn a_missing_binary_is_named() -> Result<()> {
    let output = bench().args(["invite", "--guestlist", "no-such-guestlist"]).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    ensure!(!output.status.success() && stderr.contains("no guestlist binary at no-such-guestlist"), "{stderr}");
    Ok(())
}

struct Run {
    success: bool,
    stdout: String,
    stderr: String,
}

impl Run {
    fn against(manners: &str, args: &[&str]) -> Result<Self> {
        let mut command = bench();
        command.env(MANNERS, manners).args(["invite", "--seconds", "1", "--guestlist"]);
        let output = command.arg(std::env::current_exe()?).args(args).output()?;
        let (stdout, stderr) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        Ok(Self { success: output.status.success(), stdout, stderr })
    }
}

fn bench() -> Command {
    Command::new(env!("CARGO_BIN_EXE_guestlist-bench"))
}

/// Behaves as `guestlist` does when called with `words` and a database.
fn fake(words: &[&str], url: &str) -> Result<()> {
    let database = Connection::open(url.strip_prefix("sqlite://").context("not a SQLite URL")?)?;
    match words {
        ["user", "add", "--email", "owner@example.org", "--username", "owner", "--id", "1"] => Ok(
            // In WAL mode, as the real one: after a kill, most rows are in the log and not in the file.
            database
                .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE invitations (email TEXT NOT NULL UNIQUE);")?,
        ),
        ["group", "add", "--name", "Bench", "--owner", "owner", "--slug", "bench", "--id", "1"] => Ok(()),
        ["token", "issue", "--user", "owner"] => {
            println!("{TOKEN}");
            Ok(())
        }
        ["serve", "--listen", address] => serve(address.parse()?, database),
        _ => bail!("the fake does not know {words:?}"),
    }
}

fn serve(address: SocketAddr, database: Connection) -> Result<()> {
    ensure!(std::env::var("GUESTLIST_RATE_LIMITS")? == "off" && std::env::var("GUESTLIST_LOG")? == "warn");
    let manners = std::env::var(MANNERS)?;
    let state = Arc::new((manners, Mutex::new(database)));
    let routes = Router::new().route("/v1/groups/1/inviteUser", put(invite)).with_state(state);
    let routes = routes.route("/healthz", get(async || "ok"));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        Ok(axum::serve(listener, routes).await?)
    })
}

type Fake = Arc<(String, Mutex<Connection>)>;

async fn invite(State(fake): State<Fake>, headers: HeaderMap, body: String) -> (StatusCode, &'static str) {
    let (manners, database) = &*fake;
    let token = headers.get("o_t_h").map(axum::http::HeaderValue::as_bytes);
    let Some(email) = body.strip_prefix("{\"email\":\"").and_then(|rest| rest.strip_suffix("\"}")) else {
        return (StatusCode::UNPROCESSABLE_ENTITY, "not an invitation");
    };
    if token != Some(TOKEN.as_bytes()) {
        return (StatusCode::FORBIDDEN, "not the owner");
    }
    match manners.as_str() {
        "unwilling" => return (StatusCode::SERVICE_UNAVAILABLE, "queue full"),
        "forgetful" if email.ends_with("7@example.org") => return (StatusCode::OK, INVITED),
        _ => {}
    }
    let inserted =
        database.lock().map(|database| database.execute("INSERT INTO invitations (email) VALUES (?1)", [email]));
    match inserted {
        Ok(Ok(1)) => (StatusCode::OK, INVITED),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "not stored"),
    }
}
