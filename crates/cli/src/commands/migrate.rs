//! `guestlist migrate`: a whole database to another place.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, anyhow};
use guestlist_store::StoreError;
use guestlist_store::transfer::{self, Copied, Place, Progress, TransferError, Work};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::config::Database;
use crate::output::{Listing, Show};

/// From where to where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The database to copy, as --database takes it
    #[arg(long, value_name = "URL")]
    from: String,
    /// An empty database to fill, of either kind; a file is made if there is none
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(crate) async fn run(args: Args, json: bool) -> anyhow::Result<()> {
    let from = Database::parse(&args.from).context("--from cannot be used")?;
    let to = Database::parse(&args.to).context("--to cannot be used")?;
    let mut screen = Screen::new();
    let copied = transfer::run(&place(&from), &place(&to), &mut |progress| screen.show(progress)).await;
    screen.clear();
    let copied = copied.map_err(|error| explain(error, &from, &to))?;
    let mut listing = Listing::new::<Entry>(json);
    copied.iter().try_for_each(|table| listing.add(&Entry::of(table)))?;
    listing.finish()?;
    say(&format!("everything was copied and compared; serve it with --database {to}"));
    Ok(())
}

fn place(database: &Database) -> Place {
    match database {
        Database::Sqlite(path) => Place::Sqlite(path.clone()),
        Database::Postgres(url) => Place::Postgres(url.clone()),
    }
}

/// Says which database is meant, and what to do next.
fn explain(error: TransferError, from: &Database, to: &Database) -> anyhow::Error {
    match error {
        TransferError::NoSource => anyhow!("there is no guestlist database {from}; check --from"),
        TransferError::SamePlace => anyhow!("--from and --to are the same database; give --to an empty one"),
        TransferError::NotEmpty { table, rows } => anyhow!(
            "the database {to} is not empty, its table {table} has rows: {rows}; nothing was changed; give --to an empty one"
        ),
        TransferError::Source(error) => {
            let advice = advice(&error, "--from");
            anyhow!(error).context(format!("the database {from} cannot be read; nothing was copied; {advice}"))
        }
        TransferError::Target(error) => {
            let advice = advice(&error, "--to");
            anyhow!(error).context(format!("the database {to} cannot be filled; nothing was copied; {advice}"))
        }
        error @ (TransferError::Different { .. } | TransferError::Miscounted { .. }) => anyhow!(error).context(format!(
            "the copy is not the same, so it was taken back; check that the databases {from} and {to} are sound and nothing \
             else works on them (triggers, row security), and try again"
        )),
    }
}

fn advice(error: &StoreError, flag: &str) -> String {
    match error {
        StoreError::TimedOut | StoreError::Conflict(_) | StoreError::Overloaded => {
            "somebody else is at work on it: stop all servers that use it, and try again".to_owned()
        }
        StoreError::Unavailable(_) => {
            format!("check {flag}, and that the file is yours or the server runs and lets you in")
        }
        StoreError::Corrupt { .. } => "correct that value in the source, and try again".to_owned(),
        StoreError::Bug { .. } => "please report this".to_owned(),
    }
}

fn say(line: &str) {
    // Whoever closed standard error does not want to read it.
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Shows how far it is: a bar on a terminal, a line per table otherwise.
struct Screen {
    bar: Option<ProgressBar>,
}

impl Screen {
    fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = is_terminal.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()));
        if let Some(bar) = &bar {
            let style = ProgressStyle::with_template("{msg:24} {bar:32} {human_pos:>9}/{human_len} rows {eta:>5}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
        Self { bar }
    }

    fn show(&mut self, progress: Progress) {
        match (progress, &self.bar) {
            (Progress::Begun { work, table, rows }, Some(bar)) => {
                bar.set_message(format!("{} {table}", verb(work)));
                bar.set_length(rows);
                bar.reset();
            }
            (Progress::Begun { work, table, rows }, None) => say(&format!("{} {table}, rows: {rows}", verb(work))),
            (Progress::Rows(rows), Some(bar)) => bar.inc(rows),
            (Progress::Rows(_), None) => {}
        }
    }

    fn clear(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

const fn verb(work: Work) -> &'static str {
    match work {
        Work::Copying => "copying",
        Work::Verifying => "verifying",
    }
}

/// A table as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    table: &'static str,
    rows: u64,
    checksum: String,
}

impl Entry {
    fn of(copied: &Copied) -> Self {
        Self { table: copied.table, rows: copied.rows, checksum: copied.checksum.clone() }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["table", "rows", "checksum"];

    fn cells(&self) -> Vec<String> {
        vec![self.table.to_owned(), self.rows.to_string(), self.checksum.clone()]
    }
}
