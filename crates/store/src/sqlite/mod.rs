//! The embedded engine: SQLite in WAL mode, one connection that writes and a few that read.

mod answers;
mod changes;
mod directory;
mod facts;
mod mails;
mod queries;
mod readers;
mod rooms;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
pub(crate) mod transfer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use guestlist_core::opt_out::PersonKey;
use guestlist_core::{Facts, Needs, Settings};
use rusqlite::config::DbConfig;
use rusqlite::types::ToSql;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use self::readers::Readers;
use crate::engine::Engine;
use crate::error::StoreError;
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer};

/// How long to wait for another process that is writing, such as a management command beside a server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A database file with the present schema.
pub(crate) struct Sqlite {
    path: PathBuf,
    person_key: PersonKey,
}

impl Sqlite {
    /// Opens the file, making it if there is none, and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        // SQLite takes a relative name that begins with `file:` for an address.
        let path = std::path::absolute(path).map_err(|error| StoreError::Unavailable(Some(Arc::new(error))))?;
        schema::migrate(&path)?;
        let person_key = rows::person_key(&open_for_reading(&path)?)?;
        Ok(Self { path, person_key })
    }

    pub(crate) fn writer(&self) -> Result<SqliteWriter, StoreError> {
        let connection = Some(open_for_writing(&self.path)?);
        Ok(SqliteWriter { path: self.path.clone(), person_key: self.person_key, connection })
    }

    pub(crate) fn readers(&self) -> Result<Readers, StoreError> {
        Readers::open(&self.path, self.person_key)
    }
}

fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(failure)?;
    // SQLite opens a file that it may not write for reading, without a word.
    if connection.is_readonly("main").map_err(failure)? {
        let cause = std::io::Error::from(std::io::ErrorKind::ReadOnlyFilesystem);
        return Err(StoreError::Unavailable(Some(Arc::new(cause))));
    }
    set_up(&connection)?;
    // FULL syncs the WAL at every commit: NORMAL could lose answered commands at a power cut.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -65536;",
        )
        .map_err(failure)?;
    Ok(connection)
}

fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failure)?;
    set_up(&connection)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Without this, SQLite may plan a cached statement anew for each new value, which costs more than running it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failure)?;
    Ok(())
}

/// The writing side: the one connection of this process that changes anything.
pub(crate) struct SqliteWriter {
    path: PathBuf,
    person_key: PersonKey,
    /// Absent after a failure that left the connection in doubt, until it is opened anew.
    connection: Option<Connection>,
}

impl SqliteWriter {
    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Unavailable(None))
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection()?.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(failure)?;
        Ok(())
    }
}

impl Engine for SqliteWriter {
    async fn begin(&mut self) -> Result<(), StoreError> {
        if self.connection.is_none() {
            self.connection = Some(open_for_writing(&self.path)?);
        }
        // A transaction that began as a reader would fail at once if another process wrote in between.
        self.execute("BEGIN IMMEDIATE")
    }

    async fn load(&mut self, needs: &[Needs], settings: &Settings) -> Result<Facts, StoreError> {
        facts::load(self.connection()?, needs, Facts::of(settings.clone(), self.person_key))
    }

    async fn recall(&mut self, keys: &BTreeSet<AnswerKey>) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError> {
        answers::recall(self.connection()?, keys)
    }

    async fn apply(&mut self, changes: &NetChanges) -> Result<(), StoreError> {
        changes::apply(self.connection()?, changes)
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        self.execute("COMMIT")
    }

    async fn abandon(&mut self) {
        let is_open = self.connection.as_ref().is_some_and(|connection| !connection.is_autocommit());
        if is_open && let Err(error) = self.execute("ROLLBACK") {
            tracing::warn!(error = crate::chain(&error), "a rollback failed; opening the database anew");
            self.connection = None;
        }
    }

    async fn close(self) {
        // Moves everything from the write-ahead log into the file itself, which then is all there is to copy.
        if let Some(connection) = self.connection
            && let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        {
            tracing::warn!(error = %error, "the write-ahead log could not be emptied; it is kept beside the database");
        }
    }
}

/// Hands every row that `sql` finds to `read`, one after the other.
fn each(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    mut read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    while let Some(row) = rows.next().map_err(failure)? {
        read(row)?;
    }
    Ok(())
}

/// Keys as one JSON array, in which a statement takes them.
fn json(keys: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(keys).map_err(|_| StoreError::bug("keys could not be written as JSON"))
}

/// What an error of SQLite means to whoever asked.
fn failure(error: rusqlite::Error) -> StoreError {
    let code = error.sqlite_error_code();
    let cause = Arc::new(error);
    match code {
        Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::TimedOut
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied
            | ErrorCode::NotADatabase
            | ErrorCode::OutOfMemory
            | ErrorCode::NoLargeFileSupport
            | ErrorCode::FileLockingProtocolFailed,
        ) => StoreError::Unavailable(Some(cause)),
        _ => StoreError::Bug { what: "a statement failed".to_owned(), cause: Some(cause) },
    }
}
