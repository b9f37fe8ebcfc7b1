//! One side of a transfer: pages of any table, read and written.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::types::{Value as Stored, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use uuid::Uuid;

use super::{Sqlite, failure, open_for_reading, open_for_writing};
use crate::error::StoreError;
use crate::transfer::Side;
use crate::transfer::tables::{Column, Kind, Row, Table, Value, key_text};

/// Whether there is a database of guestlist's at `path`. Makes nothing.
pub(crate) fn exists(path: &Path) -> Result<bool, StoreError> {
    if !path.exists() {
        return Ok(false);
    }
    let connection = open_for_reading(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))?;
    let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'invitations'";
    let found = connection.query_row(sql, [], |_| Ok(())).optional().map_err(failure)?;
    Ok(found.is_some())
}

/// Keeps new positions above those that came along: the other engine counts them otherwise.
const RAISE_POSITIONS: &str = "UPDATE sequences SET next = e.highest + 1
    FROM (SELECT max(position) AS highest FROM events) AS e
    WHERE sequences.name = 'positions' AND sequences.next <= e.highest";

pub(crate) struct SqliteSide {
    connection: Connection,
}

impl SqliteSide {
    /// Opens the file, making it if there is none, and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let sqlite = Sqlite::open(path)?;
        Ok(Self { connection: open_for_writing(&sqlite.path)? })
    }
}

#[async_trait]
impl Side for SqliteSide {
    async fn begin_source(&mut self) -> Result<(), StoreError> {
        // Reads only, but as a writer: what a server wrote meanwhile would be left behind.
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(failure)
    }

    async fn begin_target(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(failure)
    }

    async fn count(&mut self, table: &'static Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
        self.connection.query_row(&sql, [], |row| row.get(0)).map(i64::cast_unsigned).map_err(failure)
    }

    async fn page(&mut self, table: &'static Table, after: Option<&Row>, limit: u16) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(&select(table, after.is_some())).map_err(failure)?;
        let key = after.into_iter().flatten().take(table.key_columns).map(stored);
        let params = key.chain([Stored::Integer(i64::from(limit))]);
        let mut found = statement.query(params_from_iter(params)).map_err(failure)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(failure)? {
            let mut values = Row::with_capacity(table.columns.len());
            for (index, column) in table.columns.iter().enumerate() {
                let value = value(column, row.get_ref(index).map_err(failure)?);
                let value = value.ok_or_else(|| StoreError::Corrupt {
                    table: table.name,
                    column: column.name,
                    key: key_text(table, &values),
                })?;
                values.push(value);
            }
            rows.push(values);
        }
        Ok(rows)
    }

    async fn clear(&mut self, table: &'static Table) -> Result<(), StoreError> {
        self.connection.execute(&format!("DELETE FROM \"{}\"", table.name), []).map(drop).map_err(failure)
    }

    async fn write(&mut self, table: &'static Table, rows: &[Row]) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&insert(table)).map_err(failure)?;
        for row in rows {
            statement.execute(params_from_iter(row.iter().map(stored))).map_err(failure)?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch(&format!("{RAISE_POSITIONS}; COMMIT")).map_err(failure)?;
        // The data are safe; this only puts them into the file itself, which then is all there is to copy.
        if let Err(error) = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(error = %error, "the write-ahead log could not be emptied; it is kept beside the database");
        }
        Ok(())
    }
}

/// Uses the primary key: texts and bytes are compared byte by byte.
fn select(table: &Table, has_before: bool) -> String {
    let key = table.key().iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let marks = vec!["?"; table.key_columns].join(", ");
    let behind = if has_before { format!("WHERE ({key}) > ({marks})") } else { String::new() };
    let (columns, name) = (table.column_list(), table.name);
    format!("SELECT {columns} FROM \"{name}\" {behind} ORDER BY {key} LIMIT ?")
}

fn insert(table: &Table) -> String {
    let marks = vec!["?"; table.columns.len()].join(", ");
    format!("INSERT INTO \"{}\" ({}) VALUES ({marks})", table.name, table.column_list())
}

fn value(column: &Column, stored: ValueRef<'_>) -> Option<Value> {
    Some(match (column.kind, stored) {
        (_, ValueRef::Null) => Value::Null,
        (Kind::Number | Kind::SmallNumber, ValueRef::Integer(number)) => Value::Number(number),
        (Kind::Flag, ValueRef::Integer(flag @ (0 | 1))) => Value::Flag(flag == 1),
        (Kind::Text, ValueRef::Text(text)) => Value::Text(str::from_utf8(text).ok()?.to_owned()),
        (Kind::Bytes, ValueRef::Blob(bytes)) => Value::Bytes(bytes.to_vec()),
        (Kind::Uuid, ValueRef::Blob(bytes)) => Value::Uuid(Uuid::from_slice(bytes).ok()?),
        _ => return None,
    })
}

fn stored(value: &Value) -> Stored {
    match value {
        Value::Null => Stored::Null,
        Value::Number(number) => Stored::Integer(*number),
        Value::Flag(flag) => Stored::Integer(i64::from(*flag)),
        Value::Text(text) => Stored::Text(text.clone()),
        Value::Bytes(bytes) => Stored::Blob(bytes.clone()),
        Value::Uuid(uuid) => Stored::Blob(uuid.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::tables::TABLES;

    #[test]
    fn the_list_of_tables_is_the_schema() {
        let folder = tempfile::tempdir().unwrap();
        let side = SqliteSide::open(&folder.path().join("guestlist.db")).unwrap();
        let sql = "SELECT t.name, c.name, c.type, c.pk FROM sqlite_master AS t, pragma_table_info(t.name) AS c
                   WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'refinery_schema_history'
                   ORDER BY t.name, c.cid";
        let mut statement = side.connection.prepare(sql).unwrap();
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        let found: Vec<(String, String, String, u32)> = found.map(Result::unwrap).collect();
        let mut listed = Vec::new();
        for table in TABLES {
            for (index, column) in table.columns.iter().enumerate() {
                let kind = match column.kind {
                    Kind::Number | Kind::SmallNumber | Kind::Flag => "INTEGER",
                    Kind::Text => "TEXT",
                    Kind::Bytes | Kind::Uuid => "BLOB",
                };
                let key = if index < table.key_columns { u32::try_from(index).unwrap() + 1 } else { 0 };
                listed.push((table.name.to_owned(), column.name.to_owned(), kind.to_owned(), key));
            }
        }
        // By table; the order of the columns stays.
        listed.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(listed, found);
    }
}
