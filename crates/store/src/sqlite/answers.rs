//! What was answered to requests with a key: looking it up, keeping it, forgetting it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::changes::bulk;
use super::{each, failure, json, rows};
use crate::error::StoreError;
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer};

/// The answers kept under `keys`, of any age.
pub(super) fn recall(
    connection: &Connection,
    keys: &BTreeSet<AnswerKey>,
) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError> {
    let keys: Vec<_> = keys.iter().map(|key| (key.user.get(), hex::encode(key.hash))).collect();
    let sql = "SELECT a.user_id, a.key, a.request, a.answer, a.created_at FROM jsonb_each(?1) AS k
               CROSS JOIN answers AS a ON a.user_id = k.value ->> 0 AND a.key = unhex(k.value ->> 1)";
    let mut found = BTreeMap::new();
    each(connection, sql, &[&json(&keys)?], |row| {
        let (key, kept) = rows::answer(row)?;
        found.insert(key, kept);
        Ok(())
    })?;
    Ok(found)
}

/// Keeps the answers of a batch, and forgets some that are too old.
pub(super) fn write(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let Some(since) = net.answers_since else { return Ok(()) };
    let sql = "DELETE FROM answers WHERE created_at <= coalesce(
                   (SELECT created_at FROM answers WHERE created_at <= ?1 ORDER BY created_at LIMIT 1 OFFSET 999), ?1)";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    statement.execute(params![since.as_millis()]).map_err(failure)?;

    let rows = net.answers.iter().map(|(key, kept)| {
        let (hash, request, answer) = (hex::encode(key.hash), hex::encode(kept.request), hex::encode(&kept.answer));
        (key.user.get(), hash, request, answer, kept.created_at.as_millis())
    });
    // There may be one that is too old to be given again.
    let sql = "INSERT INTO answers (user_id, key, request, answer, created_at)
               SELECT value ->> 0, unhex(value ->> 1), unhex(value ->> 2), unhex(value ->> 3), value ->> 4
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (user_id, key) DO UPDATE SET
                   request = excluded.request, answer = excluded.answer, created_at = excluded.created_at";
    bulk(connection, sql, rows)
}
