//! The scenario `postgres`: what one PostgreSQL takes from pgbench with one commit per invitation, and from guestlist.
//!
//! pgbench runs twice. With one group for all, which is what guestlist is loaded with, its clients wait for each other's
//! lock. With a group for each they do not, and PostgreSQL gathers their commits by itself: the most that one commit per
//! invitation can give.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::PostgresArgs;
use crate::guestlist::{Api, Guestlist};
use crate::invite;
use crate::load::{Measured, WARM_UP};
use crate::report::{self, PostgresRow};

const SCRIPT: &str = include_str!("../pgbench/invite.sql");

/// pgbench's threads, for any number of connections.
const THREADS: &str = "2";

/// Measures all parts on one server and prints the result.
pub(crate) async fn run(args: &PostgresArgs) -> Result<()> {
    let measured = Duration::from_secs(args.seconds);
    report::preface(measured);
    let bench = Bench { args, measured, directory: tempfile::Builder::new().prefix("guestlist-bench-").tempdir()? };
    std::fs::write(bench.script(), SCRIPT)?;
    check_durability(&args.postgres).await?;

    let one_group_per_second = bench.pgbench(1).await.context("while measuring pgbench with one group")?;
    eprintln!("pgbench, one group: {one_group_per_second:.0}/s");
    let group_each_per_second =
        bench.pgbench(args.connections).await.context("while measuring pgbench with a group for each connection")?;
    eprintln!("pgbench, a group each: {group_each_per_second:.0}/s");
    let guestlist = bench.guestlist().await.context("while measuring guestlist")?;
    report::progress(args.connections, "guestlist", &guestlist);

    let connections = args.connections;
    let row = PostgresRow { connections, measured, one_group_per_second, group_each_per_second, guestlist };
    println!("{}", if args.json { row.to_json() } else { row.to_table() });
    Ok(())
}

struct Bench<'a> {
    args: &'a PostgresArgs,
    measured: Duration,
    directory: tempfile::TempDir,
}

impl Bench<'_> {
    fn script(&self) -> PathBuf {
        self.directory.path().join("invite.sql")
    }

    /// Transactions per second, spread over `groups` groups.
    async fn pgbench(&self, groups: u16) -> Result<f64> {
        let database = Database::create(&self.args.postgres, "pgbench").await?;
        let guestlist = self.guestlist_on(&database)?;
        guestlist.prepare(Api::Legacy).context("cannot prepare guestlist's database")?;
        guestlist.add_groups(2..=groups)?;

        let warm_up = self.pgbench_for(&database, groups, 0, WARM_UP).await?;
        database.analyze().await?;
        let measured = self.pgbench_for(&database, groups, 1_000_000_000, self.measured).await?;
        let stored = database.stored_invitations().await?;
        let done = warm_up.transactions + measured.transactions;
        ensure!(stored == done, "pgbench committed {done} transactions, but the database holds {stored} invitations");
        database.drop().await?;
        Ok(measured.per_second)
    }

    /// Runs pgbench once; its clients count their addresses from `number` on.
    async fn pgbench_for(&self, database: &Database, groups: u16, number: u64, time: Duration) -> Result<Pgbench> {
        let mut command = Command::new(program("pgbench"));
        command.args(["--no-vacuum", "--protocol", "prepared", "--jobs", THREADS, "--file"]).arg(self.script());
        command.args(["--client", &self.args.connections.to_string(), "--time", &time.as_secs().to_string()]);
        command.args(["--define", &format!("groups={groups}"), "--define", &format!("number={number}")]);
        let printed = output(command.arg(&database.url)).await?;
        Pgbench::parse(&printed).with_context(|| format!("pgbench printed something else than expected:\n{printed}"))
    }

    async fn guestlist(&self) -> Result<Measured> {
        let database = Database::create(&self.args.postgres, "guestlist").await?;
        let guestlist = self.guestlist_on(&database)?;
        let token = guestlist.prepare(Api::Legacy).context("cannot prepare guestlist's database")?;
        let loaded = guestlist.serve(false).await?;
        let served = invite::serve(loaded, Api::Legacy, &token, self.args.connections, self.measured);
        let analyzed = async {
            tokio::time::sleep(WARM_UP).await;
            database.analyze().await
        };
        let (invited, ()) = tokio::try_join!(served, analyzed)?;
        invite::check_stored(&invited, database.stored_invitations().await?)?;
        database.drop().await?;
        Ok(invited)
    }

    fn guestlist_on(&self, database: &Database) -> Result<Guestlist> {
        Guestlist::with_database(&self.args.guestlist, self.directory.path(), database.url.clone())
    }
}

/// What a run of pgbench reports.
#[derive(Debug, PartialEq)]
struct Pgbench {
    transactions: u64,
    /// Without the time that connecting took.
    per_second: f64,
}

impl Pgbench {
    /// `None` too if a transaction failed: then the others did not do the whole work.
    fn parse(printed: &str) -> Option<Self> {
        let value = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches([':', '=', ' ']).split(' ').next()
        };
        let failed: u64 = value("number of failed transactions")?.parse().ok()?;
        let transactions = value("number of transactions actually processed")?.parse().ok()?;
        let per_second = value("tps")?.parse().ok()?;
        (failed == 0 && transactions > 0).then_some(Self { transactions, per_second })
    }
}

/// A rate without flushes would say nothing.
async fn check_durability(url: &str) -> Result<()> {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let value = query(url, &format!("SHOW {setting}")).await?;
        ensure!(
            value == "on",
            "{setting} is {value} on this server; switch it on, in scripts/with-postgres by DURABLE=1"
        );
    }
    Ok(())
}

/// A database that is ours. After a failure it is left behind, to be looked into.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    async fn create(server: &str, part: &str) -> Result<Self> {
        let name = format!("guestlist_bench_{part}_{}", std::process::id());
        let url = with_database(server, &name).context("the URL names no database; write postgres://USER@HOST/NAME")?;
        query(server, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self { server: server.to_owned(), name, url })
    }

    /// Gathers statistics after the warm-up, as autovacuum does within a minute. Without them the planner reads all
    /// pending invitations of a group to find one, for pgbench and guestlist alike.
    async fn analyze(&self) -> Result<()> {
        query(&self.url, "ANALYZE").await.map(drop)
    }

    async fn stored_invitations(&self) -> Result<u64> {
        Ok(query(&self.url, "SELECT count(*) FROM invitations").await?.parse()?)
    }

    async fn drop(self) -> Result<()> {
        // The server may not have noticed yet that a killed client is gone.
        query(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await.map(drop)
    }
}

/// `url` with the database `name` instead of its own.
fn with_database(url: &str, name: &str) -> Option<String> {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(address, rest)| (address, Some(rest)));
    let (scheme, address) = address.split_once("://")?;
    let (host, _) = address.rsplit_once('/')?;
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    Some(format!("{scheme}://{host}/{name}{parameters}"))
}

/// What psql prints for `sql`.
async fn query(url: &str, sql: &str) -> Result<String> {
    let mut command = Command::new("psql");
    let printed =
        output(command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql, url]));
    Ok(printed.await?.trim().to_owned())
}

/// What a program prints. It is killed when nobody waits any more.
async fn output(command: &mut Command) -> Result<String> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.with_context(|| format!("cannot run {program}; it comes with PostgreSQL"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} ended with {}: {}", output.status, errors.trim());
    String::from_utf8(output.stdout).with_context(|| format!("{program} printed something that is not text"))
}

/// Debian keeps some of PostgreSQL's programs out of the PATH.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin").join(name));
    programs.filter(|program| program.exists()).max().unwrap_or_else(|| Path::new(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_a_url_changes() {
        let socket = with_database("postgres:///postgres?host=/tmp/x&user=u", "mine").unwrap();
        assert_eq!(socket, "postgres:///mine?host=/tmp/x&user=u");
        assert_eq!(with_database("postgres://u:p@h:1/db", "mine").unwrap(), "postgres://u:p@h:1/mine");
        assert_eq!(with_database("postgres://u@h", "mine"), None);
    }

    #[test]
    fn the_words_of_pgbench_are_understood() {
        let printed = "number of transactions actually processed: 4711\n\
            number of failed transactions: 0 (0.000%)\n\
            latency average = 3.1 ms\n\
            tps = 942.250000 (without initial connection time)\n";
        assert_eq!(Pgbench::parse(printed), Some(Pgbench { transactions: 4711, per_second: 942.25 }));
        assert_eq!(Pgbench::parse(&printed.replace("transactions: 0 (", "transactions: 3 (")), None);
        assert_eq!(Pgbench::parse("pgbench: error"), None);
    }
}
