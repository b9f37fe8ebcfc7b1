//! Measures how many durable invitations per second one `guestlist` server takes.
//!
//! The number alone says more about the machine than about guestlist, so one run also measures its two ceilings:
//! the same request answered by a web server that does nothing (`bare_axum`), and rows of the same shape committed
//! by SQLite without a server (`bare_sqlite`). The ratios to these can be compared between machines. On PostgreSQL it
//! measures beside guestlist what the database itself takes with one commit per invitation (`postgres`).
//!
//! This crate shares no code with guestlist: it is a client, and its mistakes should not be guestlist's.

mod bare_axum;
mod bare_sqlite;
mod connection;
mod guestlist;
mod http;
mod invite;
mod load;
mod mail;
mod postgres;
mod report;
mod rocketchat;
mod server;
mod smtp;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::guestlist::Api;

/// Load programs for guestlist.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Invite(InviteArgs),
    Mail(MailArgs),
    Postgres(PostgresArgs),
    Rocketchat(RocketChatArgs),

    /// The server that does nothing; `invite` starts it as a child process.
    #[command(hide = true)]
    BareAxum {
        #[arg(long)]
        listen: SocketAddr,
    },
}

/// Measure durable invitations per second, beside a bare axum server and bare SQLite commits.
///
/// The databases are made in the system's directory for temporary files. Set TMPDIR to a directory on the disk to be
/// measured if that one is kept in memory.
#[derive(Args)]
struct InviteArgs {
    /// The guestlist binary to measure; build it with `--release`.
    #[arg(long, value_name = "PATH")]
    guestlist: PathBuf,

    /// Measured seconds of each part, after one second of warm-up.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,

    /// Numbers of connections to measure one after the other, each with one request in flight.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32,128", value_parser = clap::value_parser!(u16).range(1..))]
    connections: Vec<u16>,

    /// By which API to invite.
    #[arg(long, default_value = "legacy")]
    api: Api,

    /// Whether the server also writes the mails, to a folder, while it is measured.
    #[arg(long)]
    with_mail: bool,

    /// Print one JSON object per number of connections instead of the table.
    #[arg(long)]
    json: bool,
}

/// Measure how fast queued invitations leave by SMTP, beside the same dialogues without guestlist, and the server's memory.
///
/// The mail server is a part of this program, on loopback, and takes everything at once: what is measured is guestlist.
#[derive(Args)]
struct MailArgs {
    /// The guestlist binary to measure; build it with `--release`.
    #[arg(long, value_name = "PATH")]
    guestlist: PathBuf,

    /// How many mails wait when the server starts.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    mails: u32,

    /// Print a JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

/// Measure durable invitations per second on PostgreSQL, beside pgbench with one commit per invitation.
///
/// Each part makes a database of its own on the given server and drops it afterwards. Needs PostgreSQL's psql and pgbench
/// on this machine.
#[derive(Args)]
struct PostgresArgs {
    /// The guestlist binary to measure; build it with `--release`.
    #[arg(long, value_name = "PATH")]
    guestlist: PathBuf,

    /// The URL of a database on the server to measure, with a role that may create databases.
    #[arg(long, value_name = "URL", env = "GUESTLIST_TEST_POSTGRES", hide_env_values = true)]
    postgres: String,

    /// Measured seconds of each part, after one second of warm-up.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,

    /// Connections of the load and of pgbench, each with one request or transaction in flight.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,

    /// Print a JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

/// Measure what a bot asks most of Rocket.Chat's API: one request after the other, over one connection.
///
/// There are 10,000 groups, all of one owner, and a group of 10,000 members; all in a SQLite file that the bench fills by itself.
#[derive(Args)]
struct RocketChatArgs {
    /// The guestlist binary to measure; build it with `--release`.
    #[arg(long, value_name = "PATH")]
    guestlist: PathBuf,

    /// Measured seconds of each part, after one second of warm-up.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,

    /// Print one JSON object per part instead of the table.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Invite(args) => measure(invite::run(&args)),
        Command::Mail(args) => measure(mail::run(&args)),
        Command::Postgres(args) => measure(postgres::run(&args)),
        Command::Rocketchat(args) => measure(rocketchat::run(&args)),
        Command::BareAxum { listen } => bare_axum::serve(listen),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guestlist-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One thread for all connections: the machine's other cores belong to the measured server.
fn measure(scenario: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        tokio::select! {
            measured = scenario => measured,
            interruption = interrupted() => interruption.and_then(|()| bail!("interrupted before the end")),
        }
    });
    // Nothing waits for a half-done SQLite part after an interruption.
    runtime.shutdown_background();
    measured
}

/// Ends when the program is asked to stop. Without this, a signal would skip the destructors that kill child processes.
async fn interrupted() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            pressed = tokio::signal::ctrl_c() => pressed.context("cannot listen for Ctrl-C"),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("cannot listen for Ctrl-C")
}
