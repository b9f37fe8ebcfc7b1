//! What was answered to requests with a key: looking it up, keeping it, forgetting it.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{Column, Writes, columns_of};
use super::link::Link;
use super::rows;
use crate::error::StoreError;
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer};

const RECALL: &str = "SELECT a.user_id, a.key, a.request, a.answer, a.created_at
    FROM unnest($1::bigint[], $2::bytea[]) AS k (user_id, key)
    CROSS JOIN LATERAL (SELECT * FROM answers WHERE user_id = k.user_id AND key = k.key OFFSET 0) AS a";

/// Some at a time, and none that another node forgets at the moment.
const FORGET: &str = "DELETE FROM answers WHERE (user_id, key) IN
    (SELECT user_id, key FROM answers WHERE created_at <= $1 ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED)";

/// One that is too old to be given again makes room. One that another node has kept meanwhile does not: then the insert
/// that follows fails, and the request is looked at again.
const REPLACE: &str = "DELETE FROM answers AS a USING unnest($1::bigint[], $2::bytea[]) AS k (user_id, key)
    WHERE a.user_id = k.user_id AND a.key = k.key AND a.created_at <= $3";

const KEEP: &str = "INSERT INTO answers (user_id, key, request, answer, created_at)
    SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[])";

/// Prepared on every connection that writes.
pub(super) const STATEMENTS: &[&str] = &[RECALL, FORGET, REPLACE, KEEP];

/// The answers kept under `keys`, of any age.
pub(super) async fn recall(
    link: &Link,
    keys: &BTreeSet<AnswerKey>,
) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError> {
    let users: Vec<i64> = keys.iter().map(|key| key.user.get()).collect();
    let hashes: Vec<&[u8]> = keys.iter().map(|key| key.hash.as_slice()).collect();
    link.query(RECALL, &[&users, &hashes]).await?.iter().map(rows::answer).collect()
}

/// Keeps the answers of a batch, and forgets some that are too old.
pub(super) fn write(writes: &mut Writes, net: &NetChanges) {
    let Some(since) = net.answers_since else { return };
    let cutoff = since.as_millis();
    let rows: Vec<_> = net.answers.iter().collect();
    writes.add(true, FORGET, || vec![Box::new(cutoff)]);
    writes.add(!rows.is_empty(), REPLACE, || {
        let mut columns = columns_of!(rows; |(key, _)| key.user.get(), |(key, _)| key.hash.to_vec());
        columns.push(Box::new(cutoff));
        columns
    });
    writes.add(!rows.is_empty(), KEEP, || {
        columns_of!(rows;
            |(key, _)| key.user.get(),
            |(key, _)| key.hash.to_vec(),
            |(_, kept)| kept.request.to_vec(),
            |(_, kept)| kept.answer.clone(),
            |(_, kept)| kept.created_at.as_millis(),
        )
    });
}
