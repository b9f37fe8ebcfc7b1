//! One side of a transfer: pages of any table, read and written.

use async_trait::async_trait;
use tokio::task::JoinHandle;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Row as Found};
use uuid::Uuid;

use super::connect::Connector;
use super::link::Param;
use super::schema::RAISE_POSITIONS;
use super::{Postgres, failure};
use crate::error::StoreError;
use crate::transfer::Side;
use crate::transfer::tables::{Column, Kind, Row, TABLES, Table, Value, key_text};

/// A transfer takes as long as it takes, and each side waits for the other. Locks are still waited for a short time only.
const SESSION: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// Whether there is a database of guestlist's at `url`. Makes nothing.
pub(crate) async fn exists(url: &str) -> Result<bool, StoreError> {
    let (client, _driver) = Connector::new(url)?.connect().await?;
    let row = client.query_one("SELECT to_regclass('invitations') IS NOT NULL", &[]).await.map_err(failure)?;
    row.try_get(0).map_err(failure)
}

pub(crate) struct PostgresSide {
    client: Client,
    driver: JoinHandle<()>,
}

impl PostgresSide {
    /// Connects to the database and brings its schema up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let postgres = Postgres::open(url).await?;
        let (client, driver) = postgres.connector.connect().await?;
        client.batch_execute(SESSION).await.map_err(failure)?;
        Ok(Self { client, driver })
    }

    async fn begin(&self, lock: &str) -> Result<(), StoreError> {
        let tables = TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ");
        let sql = format!("BEGIN; LOCK TABLE {tables} IN {lock} MODE");
        self.client.batch_execute(&sql).await.map_err(failure)
    }
}

impl Drop for PostgresSide {
    fn drop(&mut self) {
        // Closes the socket at once; the server rolls back what was not committed.
        self.driver.abort();
    }
}

#[async_trait]
impl Side for PostgresSide {
    async fn begin_source(&mut self) -> Result<(), StoreError> {
        // Reads only, but keeps writers out: what a server wrote meanwhile would be left behind.
        self.begin("SHARE").await
    }

    async fn begin_target(&mut self) -> Result<(), StoreError> {
        self.begin("EXCLUSIVE").await
    }

    async fn count(&mut self, table: &'static Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
        let row = self.client.query_one(&sql, &[]).await.map_err(failure)?;
        row.try_get(0).map(i64::cast_unsigned).map_err(failure)
    }

    async fn page(&mut self, table: &'static Table, after: Option<&Row>, limit: u16) -> Result<Vec<Row>, StoreError> {
        let key = after.into_iter().flatten().take(table.key_columns);
        let mut params = table.key().iter().zip(key).map(|(column, value)| array(column, [value])).collect::<Vec<_>>();
        params.push(Box::new(i64::from(limit)));
        let params: Vec<Param<'_>> = params.iter().map(|param| &**param as Param<'_>).collect();
        let found = self.client.query(&select(table, after.is_some()), &params).await.map_err(failure)?;
        found.iter().map(|found| row(table, found)).collect()
    }

    async fn clear(&mut self, table: &'static Table) -> Result<(), StoreError> {
        self.client.execute(&format!("DELETE FROM \"{}\"", table.name), &[]).await.map(drop).map_err(failure)
    }

    async fn write(&mut self, table: &'static Table, rows: &[Row]) -> Result<(), StoreError> {
        for row in rows {
            storable(table, row)?;
        }
        let columns = table.columns.iter().enumerate();
        let arrays = columns.map(|(index, column)| array(column, rows.iter().map(|row| &row[index])));
        let arrays: Vec<_> = arrays.collect();
        let params: Vec<Param<'_>> = arrays.iter().map(|array| &**array as Param<'_>).collect();
        self.client.execute(&insert(table), &params).await.map(drop).map_err(failure)
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        self.client.batch_execute(&format!("{RAISE_POSITIONS}; COMMIT")).await.map_err(failure)
    }
}

/// Uses the primary key: texts and bytes are compared byte by byte. Where the column's own order is another, as that of
/// `sequences`, the table is small.
fn select(table: &Table, has_before: bool) -> String {
    let keys = table.key().iter().map(|column| match column.kind {
        Kind::Text => format!("{} COLLATE \"C\"", column.name),
        _ => column.name.to_owned(),
    });
    let key = keys.collect::<Vec<_>>().join(", ");
    let mut behind = String::new();
    if has_before {
        // A key travels as arrays of one value each, as the rows that are written do.
        let marks = table.key().iter().enumerate();
        let marks = marks.map(|(index, column)| format!("(${}::{}[])[1]", index + 1, sql_type(column.kind)));
        behind = format!("WHERE ({key}) > ({})", marks.collect::<Vec<_>>().join(", "));
    }
    let (columns, name) = (table.column_list(), table.name);
    let limit = if has_before { table.key_columns + 1 } else { 1 };
    format!("SELECT {columns} FROM \"{name}\" {behind} ORDER BY {key} LIMIT ${limit}")
}

fn insert(table: &Table) -> String {
    let arrays = table.columns.iter().enumerate();
    let arrays = arrays.map(|(index, column)| format!("${}::{}[]", index + 1, sql_type(column.kind)));
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    format!("INSERT INTO \"{}\" ({}) SELECT * FROM unnest({arrays})", table.name, table.column_list())
}

const fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "bigint",
        Kind::SmallNumber => "smallint",
        Kind::Flag => "boolean",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
        Kind::Uuid => "uuid",
    }
}

fn row(table: &Table, found: &Found) -> Result<Row, StoreError> {
    table.columns.iter().enumerate().map(|(index, column)| value(column, found, index)).collect()
}

fn value(column: &Column, found: &Found, index: usize) -> Result<Value, StoreError> {
    fn get<'r, T: FromSql<'r>>(
        found: &'r Found,
        index: usize,
        value: impl FnOnce(T) -> Value,
    ) -> Result<Value, StoreError> {
        let stored: Option<T> = found.try_get(index).map_err(failure)?;
        Ok(stored.map_or(Value::Null, value))
    }
    match column.kind {
        Kind::Number => get(found, index, Value::Number),
        Kind::SmallNumber => get(found, index, |number: i16| Value::Number(number.into())),
        Kind::Flag => get(found, index, Value::Flag),
        Kind::Text => get(found, index, Value::Text),
        Kind::Bytes => get(found, index, Value::Bytes),
        Kind::Uuid => get(found, index, Value::Uuid),
    }
}

/// Names the value that this engine cannot hold and the other can, before the server refuses it without saying which.
fn storable(table: &'static Table, row: &Row) -> Result<(), StoreError> {
    for (column, value) in table.columns.iter().zip(row) {
        let fits = match (column.kind, value) {
            (Kind::Text, Value::Text(text)) => !text.contains('\0'),
            (Kind::SmallNumber, Value::Number(number)) => i16::try_from(*number).is_ok(),
            _ => true,
        };
        if !fits {
            return Err(StoreError::Corrupt { table: table.name, column: column.name, key: key_text(table, row) });
        }
    }
    Ok(())
}

/// The values of one column. One of another kind, which there is none of, is null and so refused or found different.
fn array<'v>(column: &Column, values: impl IntoIterator<Item = &'v Value>) -> Box<dyn ToSql + Sync + Send> {
    fn all<'v, T: ToSql + Sync + Send + 'static>(
        values: impl IntoIterator<Item = &'v Value>,
        value: impl Fn(&Value) -> Option<T>,
    ) -> Box<dyn ToSql + Sync + Send> {
        Box::new(values.into_iter().map(value).collect::<Vec<Option<T>>>())
    }
    let number = |value: &Value| if let Value::Number(number) = value { Some(*number) } else { None };
    match column.kind {
        Kind::Number => all(values, number),
        Kind::SmallNumber => all(values, |value| i16::try_from(number(value)?).ok()),
        Kind::Flag => all(values, |value| if let Value::Flag(flag) = value { Some(*flag) } else { None }),
        Kind::Text => all(values, |value| if let Value::Text(text) = value { Some(text.clone()) } else { None }),
        Kind::Bytes => all(values, |value| if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }),
        Kind::Uuid => all(values, |value| -> Option<Uuid> {
            if let Value::Uuid(id) = value { Some(*id) } else { None }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_list_of_tables_is_the_schema() {
        let side = PostgresSide::open(&guestlist_testing::postgres::new_database()).await.unwrap();
        let sql = "SELECT c.table_name::text, c.column_name::text, c.data_type::text,
                       coalesce(k.ordinal_position, 0)::bigint
                   FROM information_schema.columns AS c
                   LEFT JOIN information_schema.key_column_usage AS k
                       ON k.constraint_name = c.table_name || '_pkey' AND k.table_name = c.table_name
                       AND k.column_name = c.column_name
                   WHERE c.table_schema = current_schema() AND c.table_name <> 'refinery_schema_history'
                   ORDER BY c.table_name COLLATE \"C\", c.ordinal_position";
        let found = side.client.query(sql, &[]).await.unwrap();
        let found: Vec<(String, String, String, i64)> =
            found.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
        let mut listed = Vec::new();
        for table in TABLES {
            for (index, column) in table.columns.iter().enumerate() {
                let key = if index < table.key_columns { i64::try_from(index).unwrap() + 1 } else { 0 };
                let kind = sql_type(column.kind).to_owned();
                listed.push((table.name.to_owned(), column.name.to_owned(), kind, key));
            }
        }
        // By table; the order of the columns stays.
        listed.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(listed, found);
    }
}
