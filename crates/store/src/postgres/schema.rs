//! Bringing a database to the present schema.

use std::sync::Arc;

use guestlist_core::opt_out::PersonKey;
use refinery::{Migration, Runner};

use super::connect::Connector;
use super::failure;
use crate::error::StoreError;

/// All migrations, oldest first, under the same names as those of the other engine. Released ones never change.
pub(crate) const MIGRATIONS: &[(&str, &str)] = &[
    ("V1__init", include_str!("../../migrations/postgres/V1__init.sql")),
    ("V2__answers", include_str!("../../migrations/postgres/V2__answers.sql")),
    ("V3__event_positions", include_str!("../../migrations/postgres/V3__event_positions.sql")),
    ("V4__mail", include_str!("../../migrations/postgres/V4__mail.sql")),
    ("V5__rooms", include_str!("../../migrations/postgres/V5__rooms.sql")),
    ("V6__directory", include_str!("../../migrations/postgres/V6__directory.sql")),
];

/// Names the lock that migrating nodes take. Any number will do that nobody else uses.
pub(super) const LOCK: i64 = 0x6775_6573_746c_6973;

/// Keeps new positions above those that are stored. Numbers of transactions belong to the server and not to the database:
/// one that was copied or restored may come to a server that counts from a lower number. Where that is not so, no stored
/// position reaches the number that the next transaction can have, and nothing is changed.
pub(super) const RAISE_POSITIONS: &str = "UPDATE sequences AS s
    SET next = e.highest + 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM (SELECT max(position) AS highest FROM events) AS e
    WHERE s.name = 'positions' AND s.next + pg_snapshot_xmax(pg_current_snapshot())::text::bigint <= e.highest";

/// Applies the migrations that the database lacks. Nodes that start together take turns.
pub(super) async fn migrate(connector: &Connector) -> Result<(), StoreError> {
    let migrations: Result<Vec<_>, _> = MIGRATIONS.iter().map(|(name, sql)| Migration::unapplied(name, sql)).collect();
    // Grouped, a migration and the note that it was applied are one transaction.
    let runner = Runner::new(&migrations.map_err(|error| broken(&error))?).set_grouped(true);

    // The lock is held by a transaction of its own connection: however this ends, it is let go. It stands around the
    // reading of the version too, for which there is no other lock.
    let (holder, holder_driver) = connector.connect().await?;
    let waits = format!(
        "SET lock_timeout = '60s'; SET statement_timeout = '60s';
        SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT pg_advisory_xact_lock({LOCK})"
    );
    holder.batch_execute(&waits).await.map_err(failure)?;
    let (mut client, driver) = connector.connect().await?;
    client.batch_execute("SET statement_timeout = 0").await.map_err(failure)?;
    let report = runner.run_async(&mut client).await;
    report.map_err(|error| broken(&error))?;
    client.batch_execute(RAISE_POSITIONS).await.map_err(failure)?;
    holder.batch_execute("ROLLBACK").await.map_err(failure)?;
    // Both connections take their leave of the server.
    drop((client, holder));
    let _ = futures_util::join!(driver, holder_driver);
    Ok(())
}

/// Reads the key under which people are hashed, which was made with the tables and never changes.
pub(super) async fn person_key(connector: &Connector) -> Result<PersonKey, StoreError> {
    let (client, driver) = connector.connect().await?;
    let sql = "SELECT value FROM secrets WHERE name = 'person-key'";
    let row = client.query_opt(sql, &[]).await.map_err(failure)?;
    let key = row.and_then(|row| row.try_get::<_, &[u8]>(0).ok()?.try_into().ok()).map(PersonKey);
    drop(client);
    let _ = driver.await;
    key.ok_or_else(|| StoreError::Corrupt { table: "secrets", column: "value", key: "person-key".to_owned() })
}

fn broken(error: &refinery::Error) -> StoreError {
    let cause = std::io::Error::other(crate::chain(error));
    StoreError::Unavailable(Some(Arc::new(cause)))
}
