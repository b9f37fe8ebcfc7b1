//! A group of a million members and a million pending invitations: its last page costs what its first costs.

use guestlist_core::ids::{InvitationId, UserId};
use rusqlite::Connection;
use uuid::Uuid;

use super::samples::group_id;
use super::{Bench, Statement, at, now, readers, small};
use crate::page::PageRequest;
use crate::query::Queries as _;

const MILLION: i64 = 1_000_000;

/// Fills group 1 behind the store's back, by nothing but its tables.
fn crowded() -> Bench {
    let bench = small();
    let connection: &Connection = bench.engine.connection().unwrap();
    // Without checking each reference: the test says what is there.
    let sql = format!(
        "PRAGMA foreign_keys = OFF;
         BEGIN;
         WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i <= {MILLION})
         INSERT INTO users (id, uid, subject, is_admin, created_at, updated_at)
         SELECT i, 'u' || i, 's' || i, 0, 0, 0 FROM n;
         INSERT INTO memberships (group_id, user_id, roles, joined_at) SELECT 1, id, 0, 0 FROM users WHERE id > 1;
         INSERT INTO invitations (id, group_id, email, email_key, inviter_id, roles, state, created_at, sent_at)
         SELECT unhex(printf('%032x', id)), 1, 'p' || id || '@x.org', 'p' || id || '@x.org', 1, 0, 0, 0, 0
         FROM users WHERE id > 1;
         COMMIT;
         PRAGMA foreign_keys = ON;"
    );
    connection.execute_batch(&sql).unwrap();
    bench
}

#[test]
fn a_page_of_a_million_costs_the_same_at_the_start_and_at_the_end() {
    let bench = crowded();
    let (readers, log) = bench.readers();
    let cost = |page: &dyn Fn(&readers::Readers, Option<i64>) -> usize, after: Option<i64>| {
        // Once to have the statement prepared.
        page(&readers, after);
        log.take();
        let items = page(&readers, after);
        let statements: Vec<Statement> = log.take();
        (items, statements.len(), statements.iter().map(|statement| statement.steps).sum::<i32>())
    };

    let members = |readers: &readers::Readers, after: Option<i64>| {
        let request = PageRequest { after: after.and_then(UserId::new), limit: 100 };
        now(readers.members(group_id(1), request)).items.len()
    };
    let first = cost(&members, None);
    assert_eq!((first.0, first.1), (100, 1));
    for after in [1000, MILLION / 2, MILLION - 200] {
        assert_eq!(cost(&members, Some(after)), first, "members behind {after}");
    }

    let invitations = |readers: &readers::Readers, after: Option<i64>| {
        let after = after.map(|id| InvitationId::from_uuid(Uuid::from_u128(u128::try_from(id).unwrap())));
        now(readers.open_invitations(group_id(1), at(1), PageRequest { after, limit: 100 })).items.len()
    };
    let first = cost(&invitations, None);
    assert_eq!((first.0, first.1), (100, 1));
    for after in [1000, MILLION / 2, MILLION - 200] {
        assert_eq!(cost(&invitations, Some(after)), first, "invitations behind {after}");
    }
}
