//! A group of a million members and a million pending invitations on PostgreSQL: its last page reads as many rows as its
//! first. (Of SQLite the engine's own tests show it, which can count every step.)

use std::sync::Arc;
use std::time::Duration;

use guestlist_core::ids::{GroupId, InvitationId, UserId};
use guestlist_core::{Settings, Timestamp};
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use guestlist_testing::{FakeClock, postgres};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const MILLION: i64 = 1_000_000;

/// Fills group 1 behind the store's back, without checking each reference: the test says what is there.
async fn crowd(client: &Client) {
    let sql = format!(
        "SET session_replication_role = replica;
         INSERT INTO users (id, uid, subject, is_admin, created_at, updated_at)
         SELECT i, 'u' || i, 's' || i, false, 0, 0 FROM generate_series(1, {MILLION}) AS i;
         INSERT INTO groups (id, uid, slug, name, name_key, description, is_page, is_public, is_verified, takes_requests,
                             is_token_enough, creator_id, created_at, members_count, owners_count, invitations_count,
                             waiting_count, last_place, notices_count, updated_at)
         VALUES (1, 'g', 'g', 'G', 'g', '', false, false, false, false, false, 1, 0, {MILLION}, 1, {MILLION}, 0, 0, 0, 0);
         INSERT INTO memberships (group_id, user_id, roles, joined_at) SELECT 1, id, 0, 0 FROM users;
         INSERT INTO invitations (id, group_id, email, email_key, inviter_id, roles, state, created_at, sent_at)
         SELECT lpad(to_hex(id), 32, '0')::uuid, 1, id || '@x.org', id || '@x.org', 1, 0, 0, 0, 0 FROM users;
         ANALYZE"
    );
    client.batch_execute(&sql).await.unwrap();
}

/// Rows that all connections have read out of tables so far, by index or not, as far as they have reported it.
async fn rows_read(client: &Client) -> i64 {
    let sql = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// What `page` reads. A connection that idles reports that only after ten seconds, and one that ends at once: so all that
/// the store has are ended, and it opens new ones.
async fn cost(client: &Client, page: impl Future<Output = usize>) -> i64 {
    const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let before = rows_read(client).await;
    let items = page.await;
    assert_eq!(items, 100);
    client.execute(END, &[]).await.unwrap();
    let reported = async {
        loop {
            let read = rows_read(client).await - before;
            if read > 0 {
                return read;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reported).await.expect("the server reports what it reads")
}

#[tokio::test]
async fn a_page_of_a_million_reads_as_many_rows_at_the_end_as_at_the_start() {
    let url = postgres::new_database();
    let store = Store::open_postgres(&url, Arc::new(FakeClock::default()), Settings::default()).await.unwrap();
    let (client, driver) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(driver);
    crowd(&client).await;
    let group = GroupId::new(1).unwrap();
    let now = Timestamp::from_millis(1);

    let members = async |after: Option<i64>| {
        let request = PageRequest { after: after.and_then(UserId::new), limit: 100 };
        store.read().members(group, request).await.unwrap().items.len()
    };
    // What was read to open the store is reported along with the first.
    cost(&client, members(None)).await;
    let first = cost(&client, members(None)).await;
    // Each of the 100, and one more, is a membership and a user.
    assert!((202..=204).contains(&first), "{first}");
    for after in [MILLION / 2, MILLION - 200] {
        let cost = cost(&client, members(Some(after))).await;
        assert!((202..=204).contains(&cost), "members behind {after}: {cost}");
    }

    let invitations = async |after: Option<i64>| {
        let after = after.map(|id| InvitationId::from_uuid(Uuid::from_u128(u128::try_from(id).unwrap())));
        store.read().open_invitations(group, now, PageRequest { after, limit: 100 }).await.unwrap().items.len()
    };
    let first = cost(&client, invitations(None)).await;
    assert!((101..=520).contains(&first), "{first}");
    for after in [MILLION / 2, MILLION - 200] {
        let cost = cost(&client, invitations(Some(after))).await;
        assert!(cost.abs_diff(first) <= 20, "invitations behind {after}: {cost}, and {first} at the start");
    }
    store.close();
}
