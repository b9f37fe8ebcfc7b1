//! Moving a whole database to another place, from either engine to either, with everything that is in it.
//!
//! This part knows no SQL: it leads two sides, each of which reads and writes pages of rows, and compares what came out
//! of the one with what can be read back from the other. All is written in one transaction of the target, which is
//! committed only once both sides agree, so that whatever breaks leaves the target empty. It never holds more than one
//! page of rows.

mod digest;
pub(crate) mod tables;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use async_trait::async_trait;

use self::digest::Digest;
use self::tables::{Row, TABLES, Table};
use crate::error::StoreError;
use crate::{postgres, sqlite};

/// Rows that are read, written and held at a time.
const PAGE_ROWS: u16 = 1000;

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database. May hold a password, so it is not shown.
    Postgres(String),
}

/// A table that is the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of all its rows in order of their keys, in hexadecimal. The same on every engine.
    pub checksum: String,
}

/// What was copied, table by table.
pub type Report = Vec<Copied>;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A table is begun.
    Begun {
        /// What is done with it.
        work: Work,
        /// The table.
        table: &'static str,
        /// The rows it has.
        rows: u64,
    },
    /// So many more rows of it are done.
    Rows(u64),
}

/// What is done with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Its rows are read from the source and written to the target.
    Copying,
    /// Its rows are read back from the target.
    Verifying,
}

/// Why nothing was copied. The target is as it was before, but for empty tables that were made in it.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// There is no database at the source, or none of guestlist's.
    #[error("the source holds no guestlist database")]
    NoSource,
    /// Source and target are one.
    #[error("the source and the target are the same database")]
    SamePlace,
    /// Somebody's data are in the target.
    #[error("the target is not empty: its table {table} has rows: {rows}")]
    NotEmpty {
        /// A table with rows.
        table: &'static str,
        /// How many.
        rows: u64,
    },
    /// The source could not be read.
    #[error("the source could not be read")]
    Source(#[source] StoreError),
    /// The target could not be written.
    #[error("the target could not be written")]
    Target(#[source] StoreError),
    /// What was read back is not what was written.
    #[error(
        "the table {table} came out different: rows {} and checksum {} at the source, rows {} and checksum {} at the target",
        source_side.rows, source_side.checksum, target_side.rows, target_side.checksum
    )]
    Different {
        /// The table.
        table: &'static str,
        /// What the source has.
        source_side: Box<Copied>,
        /// What the target has.
        target_side: Box<Copied>,
    },
    /// A side gave more or fewer rows than it counts.
    #[error("the table {table} counts {counted} rows, but {read} could be read")]
    Miscounted {
        /// The table.
        table: &'static str,
        /// The rows it said it has.
        counted: u64,
        /// The rows it gave.
        read: u64,
    },
}

/// One of the two databases. Everything between `begin_…` and `commit` is one transaction; dropping the side gives it up.
#[async_trait]
pub(crate) trait Side: Send {
    /// Begins to read, and keeps everybody from writing meanwhile.
    async fn begin_source(&mut self) -> Result<(), StoreError>;

    /// Begins to write, and keeps everybody else from writing meanwhile.
    async fn begin_target(&mut self) -> Result<(), StoreError>;

    /// How many rows a table has.
    async fn count(&mut self, table: &'static Table) -> Result<u64, StoreError>;

    /// The next rows, at most `limit`, behind the key of `after`, in the order of the bytes of their keys.
    async fn page(&mut self, table: &'static Table, after: Option<&Row>, limit: u16) -> Result<Vec<Row>, StoreError>;

    /// Removes all rows of a table.
    async fn clear(&mut self, table: &'static Table) -> Result<(), StoreError>;

    /// Adds rows.
    async fn write(&mut self, table: &'static Table, rows: &[Row]) -> Result<(), StoreError>;

    /// Makes what was written durable.
    async fn commit(&mut self) -> Result<(), StoreError>;
}

/// Copies everything from `source` to `target`, which must be empty, and compares both. Tells `progress` how far it is.
///
/// Nobody can write to either of them meanwhile. What a server on the source writes afterwards stays there.
pub async fn run(
    source: &Place,
    target: &Place,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, TransferError> {
    if source == target {
        return Err(TransferError::SamePlace);
    }
    let mut source = source.open_existing().await?;
    let mut target = target.open().await.map_err(TransferError::Target)?;
    copy(&mut *source, &mut *target, progress).await
}

impl Place {
    /// Opens the database as a source: a mistyped name shall not make an empty one.
    async fn open_existing(&self) -> Result<Box<dyn Side>, TransferError> {
        let exists = match self {
            Self::Sqlite(path) => sqlite::transfer::exists(path),
            Self::Postgres(url) => postgres::transfer::exists(url).await,
        };
        if !exists.map_err(TransferError::Source)? {
            return Err(TransferError::NoSource);
        }
        self.open().await.map_err(TransferError::Source)
    }

    async fn open(&self) -> Result<Box<dyn Side>, StoreError> {
        Ok(match self {
            Self::Sqlite(path) => Box::new(sqlite::transfer::SqliteSide::open(path)?),
            Self::Postgres(url) => Box::new(postgres::transfer::PostgresSide::open(url).await?),
        })
    }
}

/// Everything after the opening.
async fn copy(
    source: &mut dyn Side,
    target: &mut dyn Side,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, TransferError> {
    target.begin_target().await.map_err(TransferError::Target)?;
    for table in TABLES.iter().filter(|table| !table.is_filled_when_made) {
        let rows = target.count(table).await.map_err(TransferError::Target)?;
        if rows > 0 {
            return Err(TransferError::NotEmpty { table: table.name, rows });
        }
    }
    source.begin_source().await.map_err(TransferError::Source)?;

    let mut report = Report::with_capacity(TABLES.len());
    for table in TABLES {
        report.push(copy_table(source, target, table, progress).await?);
    }
    for (table, written) in TABLES.iter().zip(&report) {
        compare(written, &read_back(target, table, progress).await?)?;
    }
    target.commit().await.map_err(TransferError::Target)?;
    Ok(report)
}

/// Copies one table and gives what the source has of it.
async fn copy_table(
    source: &mut dyn Side,
    target: &mut dyn Side,
    table: &'static Table,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Copied, TransferError> {
    let counted = source.count(table).await.map_err(TransferError::Source)?;
    progress(Progress::Begun { work: Work::Copying, table: table.name, rows: counted });
    if table.is_filled_when_made {
        target.clear(table).await.map_err(TransferError::Target)?;
    }
    let mut digest = Digest::default();
    let mut last = None;
    loop {
        let rows = source.page(table, last.as_ref(), PAGE_ROWS).await.map_err(TransferError::Source)?;
        if rows.is_empty() {
            return counted_right(digest.finish(table.name), counted);
        }
        digest.add(&rows);
        target.write(table, &rows).await.map_err(TransferError::Target)?;
        progress(Progress::Rows(rows.len() as u64));
        last = rows.into_iter().next_back();
    }
}

/// Gives what the target has of a table.
async fn read_back(
    target: &mut dyn Side,
    table: &'static Table,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Copied, TransferError> {
    let counted = target.count(table).await.map_err(TransferError::Target)?;
    progress(Progress::Begun { work: Work::Verifying, table: table.name, rows: counted });
    let mut digest = Digest::default();
    let mut last = None;
    loop {
        let rows = target.page(table, last.as_ref(), PAGE_ROWS).await.map_err(TransferError::Target)?;
        if rows.is_empty() {
            return counted_right(digest.finish(table.name), counted);
        }
        digest.add(&rows);
        progress(Progress::Rows(rows.len() as u64));
        last = rows.into_iter().next_back();
    }
}

fn counted_right(copied: Copied, counted: u64) -> Result<Copied, TransferError> {
    if copied.rows == counted {
        Ok(copied)
    } else {
        Err(TransferError::Miscounted { table: copied.table, counted, read: copied.rows })
    }
}

fn compare(source: &Copied, target: &Copied) -> Result<(), TransferError> {
    if source == target {
        return Ok(());
    }
    let (source_side, target_side) = (Box::new(source.clone()), Box::new(target.clone()));
    Err(TransferError::Different { table: source.table, source_side, target_side })
}
