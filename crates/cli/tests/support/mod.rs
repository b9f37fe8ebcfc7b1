//! What the tests of the real binary share: a folder with a database, commands run in it, servers and connections.

pub(crate) mod clients;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod proxy;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::{Connection as Database, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

use self::process::{Finished, Process, Server};

/// The binary, in `folder`, without any setting of whoever runs the tests.
pub(crate) fn guestlist(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guestlist"));
    let ours = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("GUESTLIST_") || matches!(&*name, "NO_COLOR" | "CLICOLOR" | "CLICOLOR_FORCE" | "RUST_LOG")
    });
    ours.for_each(|name| {
        command.env_remove(name);
    });
    // Nobody here reads mail, but for whoever says so.
    command.current_dir(folder).stdin(Stdio::null()).env("GUESTLIST_MAIL", "off");
    command
}

/// A temporary folder with a database in it, unless the database is elsewhere.
pub(crate) struct Installation {
    folder: TempDir,
    database: String,
}

/// The group that [`Installation::with_group`] makes, and a token of its owner.
pub(crate) struct Group {
    pub(crate) token: String,
}

impl Installation {
    /// A folder in which nothing was done yet.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        let database = format!("sqlite://{}", folder.path().join("guestlist.db").display());
        Self { folder, database }
    }

    /// A folder for commands and servers whose database is at `url`.
    pub(crate) fn on(url: &str) -> Self {
        Self { database: url.to_owned(), ..Self::empty() }
    }

    /// One with the group 1, whose owner, user 1, holds the token.
    pub(crate) fn with_group() -> (Self, Group) {
        let here = Self::empty();
        let group = here.add_group();
        (here, group)
    }

    /// Makes the first group and the first user, who owns it.
    pub(crate) fn add_group(&self) -> Group {
        self.run(&["user", "add", "--username", "owner", "--email", "owner@example.org"]).succeeded();
        self.run(&["group", "add", "--name", "Load", "--owner", "owner"]).succeeded();
        let token = self.run(&["token", "issue", "--user", "owner"]).succeeded().stdout.trim().to_owned();
        Group { token }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn database_path(&self) -> PathBuf {
        self.folder().join("guestlist.db")
    }

    pub(crate) fn database_url(&self) -> String {
        self.database.clone()
    }

    /// The binary with this folder's database.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = guestlist(self.folder());
        command.args(["--database", &self.database_url()]).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        Finished::of(self.command(args))
    }

    /// The JSON objects that a command prints, one a line.
    pub(crate) fn objects(&self, args: &[&str]) -> Vec<Value> {
        let finished = Finished::of(self.command(&[&["--json"], args].concat())).succeeded();
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
        finished.stdout.lines().map(parse).collect()
    }

    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Without limits on invitations: a test may invite more in a minute than people do in a day.
    pub(crate) fn serve_with(&self, more: &[&str]) -> Server {
        let mut command = self.command(&[&["serve", "--listen", "127.0.0.1:0"], more].concat());
        command.env("GUESTLIST_RATE_LIMITS", "off");
        Server::of(Process::start(command))
    }

    /// A node that has its own way to the database, or its own address; as [`Self::serve_with`].
    pub(crate) fn serve_on(&self, database: &str, listen: &str) -> Server {
        let mut command = guestlist(self.folder());
        command.args(["--database", database, "serve", "--listen", listen]).env("GUESTLIST_RATE_LIMITS", "off");
        Server::of(Process::start(command))
    }

    /// The database file, beside whoever else has it open.
    pub(crate) fn open(&self, flags: OpenFlags) -> Database {
        let database = Database::open_with_flags(self.database_path(), flags).expect("the database opens");
        database.busy_timeout(std::time::Duration::from_secs(5)).expect("a time limit can be set");
        database
    }

    pub(crate) fn look(&self) -> Database {
        self.open(OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// The addresses with a pending invitation to group 1.
    pub(crate) fn invited(&self) -> BTreeSet<String> {
        let database = self.look();
        let sql = "SELECT email FROM invitations WHERE group_id = 1 AND state = 0";
        let mut statement = database.prepare(sql).expect("the schema is known");
        let rows = statement.query_map([], |row| row.get(0)).expect("it can be read");
        rows.collect::<Result<_, _>>().expect("every pending invitation here has an address")
    }

    /// The first column of the first row of a query.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.look().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub(crate) fn assert_intact(&self) {
        let database = self.look();
        let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it runs");
        assert_eq!(verdict, "ok");
        let mut strays = database.prepare("PRAGMA foreign_key_check").expect("it runs");
        assert!(!strays.exists([]).expect("it runs"), "a row refers to one that is not there");
    }

    /// Puts `count` users into the database, from number 1001 on, faster than by as many commands.
    pub(crate) fn add_crowd(&self, count: u32) {
        let mut database = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
        let transaction = database.transaction().expect("nobody else is writing");
        for id in 1001..1001 + count {
            let sql = "INSERT INTO users (id, uid, subject, username, username_key, is_admin, created_at, updated_at)
                       VALUES (?1, 'uid' || ?1, 'subject-' || ?1, 'crowd' || ?1, 'crowd' || ?1, 0, 1, 1)";
            transaction.execute(sql, [id]).expect("the schema is known");
        }
        transaction
            .execute("UPDATE sequences SET next = ?1 WHERE name = 'users'", [1001 + count])
            .expect("it is there");
        transaction.commit().expect("the disk has room");
    }
}
