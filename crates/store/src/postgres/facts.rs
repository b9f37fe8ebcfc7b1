//! Loading the facts of a batch: one statement per kind of fact, however many commands ask, in two round trips. Keys go
//! in as one array each; a kind that nobody needs costs nothing.

use futures_util::future::try_join4;
use futures_util::try_join;
use guestlist_core::credential::IssuerKey;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::{Facts, Needs};
use tokio_postgres::Row;
use uuid::Uuid;

use super::link::{Link, Param};
use super::{failure, rows};
use crate::columns::{group_columns, invitation_columns, membership_columns, token_columns, user_columns};
use crate::error::StoreError;
use crate::keys::Keys;

/// Locks the groups that the batch is about, those of its invitations included, in order of their numbers. Everything
/// that is decided in a group is decided under this lock.
const GROUPS: &str = concat!(
    "SELECT ",
    group_columns!("g"),
    " FROM groups AS g WHERE g.id IN (
          SELECT unnest($1::bigint[])
          UNION SELECT id FROM groups WHERE uid = ANY ($2::text[])
          UNION SELECT id FROM groups WHERE slug = ANY ($3::text[])
          UNION SELECT group_id FROM invitations WHERE id = ANY ($4::uuid[]))
      ORDER BY g.id FOR NO KEY UPDATE OF g"
);

const INVITATIONS: &str =
    concat!("SELECT ", invitation_columns!("i"), " FROM invitations AS i WHERE i.id = ANY ($1::uuid[])");

/// The addresses that are named, by themselves or by an invitation.
const EMAILS: &str = "SELECT e.email, e.user_id, e.is_verified FROM user_emails AS e WHERE e.email_key IN (
          SELECT unnest($1::text[])
          UNION SELECT email_key FROM invitations WHERE id = ANY ($2::uuid[]))";

const USERS: &str = concat!(
    "SELECT ",
    user_columns!("u"),
    " FROM users AS u WHERE u.id IN (
          SELECT unnest($1::bigint[])
          UNION SELECT id FROM users WHERE uid = ANY ($2::text[])
          UNION SELECT id FROM users WHERE subject = ANY ($3::text[])
          UNION SELECT id FROM users WHERE username_key = ANY ($4::text[])
          UNION SELECT user_id FROM user_emails WHERE email_key = ANY ($5::text[])
          UNION SELECT e.user_id FROM invitations AS i JOIN user_emails AS e ON e.email_key = i.email_key
                WHERE i.id = ANY ($6::uuid[]))"
);

const TOKENS: &str = concat!(
    "SELECT ",
    token_columns!("t"),
    " FROM tokens AS t WHERE t.id = ANY ($1::uuid[])
      UNION SELECT ",
    token_columns!("t"),
    " FROM tokens AS t WHERE t.hash = ANY ($2::bytea[])"
);

const CLIENTS: &str = "SELECT c.id, c.name, c.scopes, c.created_at FROM clients AS c WHERE c.id = ANY ($1::text[])";

/// Locked, so that two nodes never give out one number.
const SEQUENCES: &str = "SELECT name, next FROM sequences ORDER BY name FOR UPDATE";

const ISSUER_KEY: &str = "SELECT kid, pkcs8 FROM issuer_keys";

/// The addresses of the users: an invitation may have been made to one of them.
const ADDRESSES: &str =
    "SELECT e.email, e.user_id, e.is_verified FROM user_emails AS e WHERE e.user_id = ANY ($1::bigint[])";

const MEMBERSHIPS: &str = concat!(
    "SELECT ",
    membership_columns!("m"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
      JOIN memberships AS m ON m.group_id = k.group_id AND m.user_id = k.user_id"
);

const PENDING_BY_USER: &str = concat!(
    "SELECT ",
    invitation_columns!("i"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
      JOIN invitations AS i ON i.group_id = k.group_id AND i.user_id = k.user_id AND i.state = 0"
);

/// By the addresses that are named, and by the verified ones of the users in question. One by one, by index: joined, the
/// planner would rather read all pending invitations of the groups, at least while it has no statistics.
const PENDING_BY_EMAIL: &str = concat!(
    "SELECT ",
    invitation_columns!("i"),
    " FROM (SELECT * FROM unnest($1::bigint[], $2::text[]) AS n (group_id, email_key)
            UNION
            SELECT k.group_id, e.email_key FROM unnest($3::bigint[], $4::bigint[]) AS k (group_id, user_id)
            JOIN user_emails AS e ON e.user_id = k.user_id AND e.is_verified) AS k
      CROSS JOIN LATERAL (SELECT * FROM invitations AS i WHERE i.group_id = k.group_id
                          AND i.email_key = k.email_key COLLATE \"C\" AND i.state = 0 OFFSET 0) AS i"
);

/// All statements of this file, to be prepared once per connection.
pub(super) const STATEMENTS: &[&str] = &[
    GROUPS,
    INVITATIONS,
    EMAILS,
    USERS,
    TOKENS,
    CLIENTS,
    SEQUENCES,
    ISSUER_KEY,
    ADDRESSES,
    MEMBERSHIPS,
    PENDING_BY_USER,
    PENDING_BY_EMAIL,
];

/// Begins the transaction and loads.
pub(super) async fn load(link: &Link, needs: &[Needs]) -> Result<Facts, StoreError> {
    let keys = Arrays::of(Keys::collect(needs));
    let wants_numbers = needs.iter().any(|need| need.next_user_id || need.next_group_id);
    let wants_issuer_key = needs.iter().any(|need| need.issuer_key);
    let Arrays { group_ids, group_uids, slugs, invitations, .. } = &keys;
    let Arrays { user_ids, user_uids, subjects, usernames, emails, .. } = &keys;
    let Arrays { token_ids, token_hashes, clients, .. } = &keys;

    // First round trip. The groups are locked before anything in them is read.
    let names_groups = !(group_ids.is_empty() && group_uids.is_empty() && slugs.is_empty());
    let some_groups = names_groups || !invitations.is_empty();
    let some_emails = !(emails.is_empty() && invitations.is_empty());
    let some_users = some_emails || [user_uids, subjects, usernames].iter().any(|keys| !keys.is_empty());
    let some_users = some_users || !user_ids.is_empty();
    let some_tokens = !(token_ids.is_empty() && token_hashes.is_empty());
    let ((), (groups, found, addresses, users), (tokens, clients, numbers, issuer_key)) = try_join!(
        link.command("BEGIN"),
        try_join4(
            query_if(some_groups, link, GROUPS, [group_ids, group_uids, slugs, invitations]),
            query_if(!invitations.is_empty(), link, INVITATIONS, [invitations]),
            query_if(some_emails, link, EMAILS, [emails, invitations]),
            query_if(some_users, link, USERS, [user_ids, user_uids, subjects, usernames, emails, invitations]),
        ),
        try_join4(
            query_if(some_tokens, link, TOKENS, [token_ids, token_hashes]),
            query_if(!clients.is_empty(), link, CLIENTS, [clients]),
            query_if(wants_numbers, link, SEQUENCES, []),
            query_if(wants_issuer_key, link, ISSUER_KEY, []),
        ),
    )?;

    let mut facts = Facts::default();
    for row in &groups {
        facts.learn_group(rows::group(row, 0)?);
    }
    for row in &found {
        facts.learn_invitation(rows::invitation(row, 0)?);
    }
    for row in &addresses {
        facts.learn_email(rows::user_email(row)?);
    }
    for row in &users {
        facts.learn_user(rows::user(row, 0)?);
    }
    for row in &tokens {
        facts.learn_token(rows::token(row, 0)?);
    }
    for row in &clients {
        facts.learn_client(rows::client(row)?);
    }
    for row in &numbers {
        learn_number(&mut facts, row)?;
    }
    for row in &issuer_key {
        let (kid, pkcs8) = (row.try_get(0).map_err(failure)?, row.try_get(1).map_err(failure)?);
        facts.learn_issuer_key(IssuerKey { kid, pkcs8 });
    }

    // Second round trip: what lies between the groups and the people.
    let people: Vec<i64> = facts.user_ids().map(UserId::get).collect();
    let pairs = facts.pairs(needs);
    let (pair_groups, pair_users): (Vec<i64>, Vec<i64>) =
        pairs.users.iter().map(|(group, user)| (group.get(), user.get())).unzip();
    let (email_groups, email_keys): (Vec<i64>, Vec<&str>) =
        pairs.emails.iter().map(|(group, key)| (group.get(), key.as_str())).unzip();
    let some_pairs = !pairs.users.is_empty();
    let some_emails = some_pairs || !pairs.emails.is_empty();
    let (addresses, memberships, by_user, by_email) = try_join4(
        query_if(!people.is_empty(), link, ADDRESSES, [&people]),
        query_if(some_pairs, link, MEMBERSHIPS, [&pair_groups, &pair_users]),
        query_if(some_pairs, link, PENDING_BY_USER, [&pair_groups, &pair_users]),
        query_if(some_emails, link, PENDING_BY_EMAIL, [&email_groups, &email_keys, &pair_groups, &pair_users]),
    )
    .await?;
    for row in &addresses {
        facts.learn_email(rows::user_email(row)?);
    }
    for row in &memberships {
        facts.learn_membership(rows::membership(row, 0)?);
    }
    for row in &by_user {
        facts.learn_invitation(rows::invitation(row, 0)?);
    }
    for row in &by_email {
        facts.learn_invitation(rows::invitation(row, 0)?);
    }
    Ok(facts)
}

/// The keys as the driver takes them.
struct Arrays {
    user_ids: Vec<i64>,
    user_uids: Vec<String>,
    subjects: Vec<String>,
    usernames: Vec<String>,
    emails: Vec<String>,
    group_ids: Vec<i64>,
    group_uids: Vec<String>,
    slugs: Vec<String>,
    invitations: Vec<Uuid>,
    token_ids: Vec<Uuid>,
    token_hashes: Vec<Vec<u8>>,
    clients: Vec<String>,
}

impl Arrays {
    fn of(keys: Keys) -> Self {
        Self {
            user_ids: keys.user_ids.into_iter().collect(),
            user_uids: keys.user_uids.into_iter().collect(),
            subjects: keys.subjects.into_iter().collect(),
            usernames: keys.usernames.into_iter().collect(),
            emails: keys.emails.into_iter().collect(),
            group_ids: keys.group_ids.into_iter().collect(),
            group_uids: keys.group_uids.into_iter().collect(),
            slugs: keys.slugs.into_iter().collect(),
            invitations: keys.invitations.into_iter().collect(),
            token_ids: keys.token_ids.into_iter().collect(),
            token_hashes: keys.token_hashes.into_iter().map(Vec::from).collect(),
            clients: keys.clients.into_iter().collect(),
        }
    }
}

fn learn_number(facts: &mut Facts, row: &Row) -> Result<(), StoreError> {
    let (name, next): (String, i64) = (row.try_get(0).map_err(failure)?, row.try_get(1).map_err(failure)?);
    let corrupt = || StoreError::Corrupt { table: "sequences", column: "next", key: name.clone() };
    match name.as_str() {
        "users" => facts.learn_next_user_id(UserId::new(next).ok_or_else(corrupt)?),
        "groups" => facts.learn_next_group_id(GroupId::new(next).ok_or_else(corrupt)?),
        _ => {}
    }
    Ok(())
}

async fn query_if<const N: usize>(
    wanted: bool,
    link: &Link,
    sql: &'static str,
    params: [Param<'_>; N],
) -> Result<Vec<Row>, StoreError> {
    if wanted { link.query(sql, &params).await } else { Ok(Vec::new()) }
}
