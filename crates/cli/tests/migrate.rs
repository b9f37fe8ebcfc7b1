//! `guestlist migrate`: a database goes to another place, and everybody who used it goes on.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::path::Path;

use guestlist_testing::postgres::new_database;
use serde_json::Value;

use self::support::process::{Finished, Process, Server};
use self::support::{Installation, guestlist};

/// Exit code for what was refused or has failed.
const FAILED: i32 = 1;

/// Exit code for a wrong command line.
const MISUSED: i32 = 2;

const TABLES: [&str; 20] = [
    "users",
    "user_emails",
    "groups",
    "memberships",
    "invitations",
    "invitation_tokens",
    "mails",
    "dead_addresses",
    "links",
    "join_requests",
    "day_counts",
    "opt_outs",
    "events",
    "heads",
    "clients",
    "tokens",
    "answers",
    "sequences",
    "secrets",
    "issuer_keys",
];

fn run(folder: &Path, args: &[&str]) -> Finished {
    let mut command = guestlist(folder);
    command.args(args);
    Finished::of(command)
}

fn migrate(folder: &Path, from: &str, to: &str) -> Finished {
    run(folder, &["migrate", "--from", from, "--to", to])
}

/// The JSON objects that a migration prints.
#[track_caller]
fn migrated(folder: &Path, from: &str, to: &str) -> Vec<Value> {
    let finished = run(folder, &["--json", "migrate", "--from", from, "--to", to]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished.stdout.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

/// Makes sure that a migration failed for a reason that it told, and printed no data.
#[track_caller]
fn assert_refused(finished: &Finished, code: i32, words: &[&str]) {
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(code), ""), "{finished:?}");
    assert!(finished.stderr.starts_with("error: ") && finished.stderr.ends_with('\n'), "{finished:?}");
    for word in words {
        assert!(finished.stderr.contains(word), "{word:?} is not in {:?}", finished.stderr);
    }
    assert!(!finished.stderr.contains("secret"), "{finished:?}");
}

/// What a command prints of the database at `url`.
#[track_caller]
fn listed(folder: &Path, url: &str, args: &[&str]) -> String {
    run(folder, &[&["--database", url, "--json"], args].concat()).succeeded().stdout
}

#[test]
fn a_moved_database_is_served_with_the_old_tokens() {
    let (here, group) = Installation::with_group();
    let url = new_database();
    let finished = migrate(here.folder(), &here.database_url(), &url);
    assert_eq!(finished.code, Some(0), "{finished:?}");

    for args in [["user", "list"], ["group", "list"]] {
        let old = here.run(&[&["--json"], &args[..]].concat()).succeeded().stdout;
        assert_eq!(listed(here.folder(), &url, &args), old, "{args:?}");
    }
    let mut command = guestlist(here.folder());
    command.args(["--database", &url, "serve", "--listen", "127.0.0.1:0"]);
    let server = Server::of(Process::start(command));
    let body = r#"{"email":"amer@example.org"}"#;
    let path = "/v1/groups/1/inviteUser";
    assert_eq!(server.connect().put(path, &[("o_t_h", &group.token)], body).status, 200);
    assert_ne!(server.connect().put(path, &[("o_t_h", "glt_another")], body).status, 200);
    assert!(here.invited().is_empty(), "the old database is left alone");
}

#[test]
fn it_says_what_it_does_and_prints_a_line_per_table() {
    let (here, _) = Installation::with_group();
    let finished = migrate(here.folder(), &here.database_url(), &new_database());
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let mut lines = finished.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap(), ["TABLE", "ROWS", "CHECKSUM"]);
    for (table, line) in TABLES.iter().zip(lines.by_ref()) {
        assert!(line[0] == *table && line[1].parse::<u64>().is_ok() && line[2].len() == 64, "{line:?}");
    }
    assert_eq!(lines.next(), None);

    let mut lines = finished.stderr.lines();
    for work in ["copying", "verifying"] {
        for table in TABLES {
            let line = lines.next().unwrap_or_default();
            assert!(line.starts_with(&format!("{work} {table}, rows: ")), "{line}");
        }
    }
    let last = lines.next().unwrap();
    assert!(
        last.starts_with("everything was copied and compared") && last.contains("--database postgres://"),
        "{last}"
    );
    assert_eq!(lines.next(), None);
}

#[test]
fn json_is_one_object_per_table_and_the_same_there_and_back() {
    let (here, _) = Installation::with_group();
    let url = new_database();
    let there = migrated(here.folder(), &here.database_url(), &url);
    for (table, object) in TABLES.iter().zip(&there) {
        assert_eq!(object.as_object().unwrap().keys().collect::<Vec<_>>(), ["table", "rows", "checksum"]);
        assert_eq!(object["table"], *table);
    }
    assert_eq!(there.len(), TABLES.len());
    let rows = |table| &there.iter().find(|object| object["table"] == table).unwrap()["rows"];
    assert_eq!((rows("users"), rows("tokens")), (&1.into(), &1.into()));
    assert_eq!(migrated(here.folder(), &url, "sqlite://back.db"), there);
    assert_eq!(migrated(here.folder(), "sqlite://back.db", "sqlite://copy.db"), there);
    let old = here.run(&["--json", "user", "list"]).succeeded().stdout;
    assert_eq!(listed(here.folder(), "sqlite://copy.db", &["user", "list"]), old);
}

#[test]
fn what_cannot_be_moved_is_refused_with_what_to_do_next() {
    let (here, _) = Installation::with_group();
    let folder = here.folder();
    let url = new_database();
    let missing = migrate(folder, "sqlite://missing.db", &url);
    assert_refused(&missing, FAILED, &["there is no guestlist database sqlite://missing.db; check --from"]);
    assert!(!folder.join("missing.db").exists());
    let missing = migrate(folder, &url, "sqlite://new.db");
    assert_refused(&missing, FAILED, &["there is no guestlist database postgres://", "check --from"]);
    assert!(!folder.join("new.db").exists(), "nothing is made for nothing");

    let same = migrate(folder, &here.database_url(), &here.database_url());
    assert_refused(&same, FAILED, &["the same database", "give --to an empty one"]);

    run(folder, &["--database", &url, "user", "add", "--username", "somebody"]).succeeded();
    let before = listed(folder, &url, &["user", "list"]);
    let full = migrate(folder, &here.database_url(), &url);
    assert_refused(
        &full,
        FAILED,
        &["is not empty", "users has rows: 1", "nothing was changed", "give --to an empty one"],
    );
    assert_eq!(listed(folder, &url, &["user", "list"]), before);

    let nowhere = migrate(folder, &here.database_url(), "postgres://me:secret@127.0.0.1:1/d?password=secret");
    assert_refused(&nowhere, FAILED, &["postgres://127.0.0.1:1/d cannot be filled", "check --to"]);
    let nowhere = migrate(folder, &here.database_url(), "sqlite://no/folder/x.db");
    assert_refused(&nowhere, FAILED, &["sqlite://no/folder/x.db cannot be filled", "check --to"]);

    for (from, to, flag) in
        [("mysql://me:secret@h/d", "sqlite://x", "--from"), ("sqlite://x", "mysql://:secret@h", "--to")]
    {
        assert_refused(&migrate(folder, from, to), FAILED, &[flag, "write sqlite://FILE or postgres://"]);
    }
    for args in [&["migrate"][..], &["migrate", "--from", "sqlite://x"], &["migrate", "--to", "sqlite://x"]] {
        assert_refused(&run(folder, args), MISUSED, &["--help"]);
    }
}
