//! The guestlist binary as an operator uses it: commands that prepare a database, a server on it, and the file it
//! leaves behind.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use rusqlite::OpenFlags;

use crate::server::{self, Server};

/// The client to which signed tokens are issued.
pub(crate) const CLIENT: &str = "bench";

/// By which generation of Quran Foundation's API to invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Api {
    /// The first, with an opaque token.
    Legacy,
    /// The second, with a signed one.
    Gateway,
}

/// A guestlist binary with a database of its own.
pub(crate) struct Guestlist {
    binary: PathBuf,
    directory: PathBuf,
    database_url: String,
}

impl Guestlist {
    /// Nothing is created yet. The database will be a SQLite file in `directory`, which should be empty.
    pub(crate) fn new(binary: &Path, directory: &Path) -> Result<Self> {
        Self::with_database(binary, directory, format!("sqlite://{}", file(directory).display()))
    }

    /// Nothing is created yet. The binary will work in `directory`, and on an empty database elsewhere.
    pub(crate) fn with_database(binary: &Path, directory: &Path, database_url: String) -> Result<Self> {
        // The children work in another directory, where a relative path would name something else.
        let binary = binary.canonicalize().with_context(|| {
            format!("no guestlist binary at {}; build it with `cargo build --release -p guestlist`", binary.display())
        })?;
        Ok(Self { binary, directory: directory.to_owned(), database_url })
    }

    /// Creates group 1 and its owner, and returns a token of the owner, good for `api`.
    pub(crate) fn prepare(&self, api: Api) -> Result<String> {
        self.manage(&["user", "add", "--email", "owner@example.org", "--username", "owner", "--id", "1"])?;
        self.manage(&["group", "add", "--name", "Bench", "--owner", "owner", "--slug", "bench", "--id", "1"])?;
        let issue = ["token", "issue", "--user", "owner"];
        let printed = match api {
            Api::Legacy => self.manage(&issue)?,
            Api::Gateway => {
                self.manage(&["client", "add", "--id", CLIENT])?;
                self.manage(&[&issue[..], &["--client", CLIENT, "--jwt", "--ttl", "1d"]].concat())?
            }
        };
        let token = printed.trim();
        ensure!(
            !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()),
            "`guestlist token issue` should print the token alone, but printed {} bytes that are no token",
            printed.len()
        );
        Ok(token.to_owned())
    }

    /// Creates groups of the same owner with these numbers.
    pub(crate) fn add_groups(&self, ids: RangeInclusive<u16>) -> Result<()> {
        for id in ids.map(|id| id.to_string()) {
            let slug = format!("bench-{id}");
            self.manage(&["group", "add", "--name", "Bench", "--owner", "owner", "--slug", &slug, "--id", &id])?;
        }
        Ok(())
    }

    /// Starts a server that writes its mails to a folder, or has none to write.
    pub(crate) async fn serve(&self, with_mail: bool) -> Result<Server> {
        self.start(|command| _ = command.env("GUESTLIST_MAIL", if with_mail { "on" } else { "off" })).await
    }

    /// Starts a server that sends its mails to a server on loopback.
    pub(crate) async fn serve_with_mail(&self, smtp: SocketAddr) -> Result<Server> {
        self.start(|command| _ = command.env("GUESTLIST_SMTP", format!("smtp://{smtp}?tls=none"))).await
    }

    async fn start(&self, set: impl FnOnce(&mut Command)) -> Result<Server> {
        let address = server::free_address()?;
        let mut command = self.command();
        set(&mut command);
        command.args(["serve", "--listen", &address.to_string(), "--database", &self.database_url]);
        // The rules are measured, not their limits: the owner here invites more in a second than people may in a day.
        command.env("GUESTLIST_RATE_LIMITS", "off").env("GUESTLIST_LOG", "warn");
        Server::start(command, address).await
    }

    /// Fills the SQLite file itself: `crowd` people in group 1 and as many groups, one of which is called `small`, and
    /// `newcomers` who are in none.
    pub(crate) fn fill(&self, crowd: u32, newcomers: u32) -> Result<()> {
        let database = rusqlite::Connection::open(file(&self.directory))?;
        database.execute_batch(&format!(
            "BEGIN;
             WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {crowd})
             INSERT INTO users (id, uid, subject, username, username_key, name, name_key, is_admin, created_at, updated_at)
                 SELECT i, 'member' || i, 'sub' || i, 'member' || i, 'member' || i, 'Member', 'member', 0, 0, 0 FROM n;
             INSERT INTO memberships (group_id, user_id, roles, joined_at) SELECT 1, id, 0, 0 FROM users WHERE id > 1;
             UPDATE \"groups\" SET members_count = {crowd} WHERE id = 1;
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {newcomers} - 1)
             INSERT INTO users (id, uid, subject, username, username_key, name, name_key, is_admin, created_at, updated_at)
                 SELECT {crowd} + 1 + i, 'new' || i, 'new' || i, 'new' || i, 'new' || i, 'New', 'new', 0, 0, 0 FROM n;
             WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {crowd})
             INSERT INTO \"groups\"
                 (id, uid, slug, name, name_key, description, is_page, is_public, is_verified, takes_requests,
                  is_token_enough, creator_id, created_at, members_count, owners_count, invitations_count, waiting_count,
                  last_place, notices_count, updated_at)
                 SELECT i, 'group' || i, iif(i = 2, 'small', 'group-' || i), 'Group', 'group', '', 0, 0, 0, 0, 0, 1, 0, 1,
                        1, 0, 0, 0, 0, 0 FROM n;
             INSERT INTO memberships (group_id, user_id, roles, joined_at) SELECT id, 1, 1, 0 FROM \"groups\" WHERE id > 1;
             UPDATE sequences SET next = {crowd} + {newcomers} + 1 WHERE name = 'users';
             UPDATE sequences SET next = {crowd} + 1 WHERE name = 'groups';
             COMMIT;
             ANALYZE;"
        ))?;
        Ok(())
    }

    /// Counts in the SQLite file itself, not through the server: what counts is what survives its end.
    pub(crate) fn stored_invitations(&self) -> Result<u64> {
        let path = file(&self.directory);
        let count = || -> Result<u64> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let database = rusqlite::Connection::open_with_flags(&path, flags)?;
            let rows: i64 = database.query_row("SELECT count(*) FROM invitations", [], |row| row.get(0))?;
            Ok(u64::try_from(rows)?)
        };
        count().with_context(|| format!("cannot count the invitations in {}", path.display()))
    }

    /// Runs a management command to its end and returns what it prints.
    pub(crate) fn manage(&self, args: &[&str]) -> Result<String> {
        let mut command = self.command();
        command.args(args).args(["--database", &self.database_url]);
        let shown = format!("guestlist {}", args.join(" "));
        let output = command.output().with_context(|| format!("cannot run `{shown}`"))?;
        ensure!(
            output.status.success(),
            "`{shown}` ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
        String::from_utf8(output.stdout).with_context(|| format!("`{shown}` printed something that is not text"))
    }

    /// The binary without the caller's own settings: neither variables nor a `guestlist.toml` may change the numbers.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.directory);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GUESTLIST_") {
                command.env_remove(name);
            }
        }
        command
    }
}

/// The database that is made in `directory`.
fn file(directory: &Path) -> PathBuf {
    directory.join("bench.db")
}
