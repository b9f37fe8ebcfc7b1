//! The second ceiling: rows like an invitation's, committed durably by SQLite with nothing around it.
//!
//! A commit takes as many rows as there are connections: the most that a server can gather into one commit while each
//! connection waits for its answer.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;

use crate::load::Window;
use crate::report;

const SCHEMA: &str = "
    CREATE TABLE invitations (
        id BLOB PRIMARY KEY NOT NULL,
        group_id INTEGER NOT NULL,
        email TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX invitations_group_id_email ON invitations (group_id, email);";

const INSERT: &str =
    "INSERT INTO invitations (id, group_id, email, expires_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";

/// Any instant will do; its integer is as long as a real one in milliseconds.
const CREATED_AT_MS: i64 = 1_750_000_000_000;
const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Rows per second in a new database in `directory`.
pub(crate) fn run(directory: &Path, rows_per_commit: u16, measured: Duration) -> Result<f64> {
    let mut database = open(&directory.join("bare.db"))?;
    let window = Window::after_warm_up(measured);
    let mut number = 0;
    let mut rows = 0;
    loop {
        insert(&mut database, number..number + u64::from(rows_per_commit))?;
        number += u64::from(rows_per_commit);
        let committed_at = Instant::now();
        if window.is_over(committed_at) {
            break;
        }
        if window.contains(committed_at) {
            rows += usize::from(rows_per_commit);
        }
    }
    ensure!(rows > 0, "SQLite committed nothing in the measured time; measure more --seconds");
    Ok(report::rate(rows, measured))
}

fn open(path: &Path) -> Result<Connection> {
    let database = Connection::open(path).with_context(|| format!("cannot create {}", path.display()))?;
    let mode: String = database.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    ensure!(mode == "wal", "SQLite cannot keep a write-ahead log in {}; set TMPDIR to a local disk", path.display());
    database.pragma_update(None, "synchronous", "full")?;
    database.execute_batch(SCHEMA)?;
    Ok(database)
}

fn insert(database: &mut Connection, numbers: std::ops::Range<u64>) -> Result<()> {
    let transaction = database.transaction()?;
    {
        let mut insert = transaction.prepare_cached(INSERT)?;
        for number in numbers {
            let email = format!("n{number:012}@example.org");
            insert.execute((id(number), 1, email, CREATED_AT_MS + WEEK_MS, CREATED_AT_MS))?;
        }
    }
    transaction.commit().context("SQLite cannot commit; is the disk full?")
}

/// Sixteen bytes that begin with a growing part and end without order, as guestlist's ids do (UUIDs of version 7).
///
/// Ids without any order would touch a page of the table for each row, and make the ceiling too low.
fn id(number: u64) -> [u8; 16] {
    // The finaliser of SplitMix64: no two numbers give the same bits.
    let mut chance = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    chance = (chance ^ (chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    chance = (chance ^ (chance >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    id[8..].copy_from_slice(&(chance ^ (chance >> 31)).to_be_bytes());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_holds_every_row_of_its_batch_durably() {
        let directory = tempfile::tempdir().unwrap();
        let mut database = open(&directory.path().join("bare.db")).unwrap();
        insert(&mut database, 0..32).unwrap();
        insert(&mut database, 32..64).unwrap();
        let rows: i64 = database.query_row("SELECT count(*) FROM invitations", [], |row| row.get(0)).unwrap();
        let synchronous: i64 = database.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        assert_eq!((rows, synchronous), (64, 2));
    }
}
