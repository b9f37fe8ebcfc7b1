//! Loading the facts of a batch: one statement per kind of fact, however many commands ask, in two round trips. Another
//! one goes before where batches of invitations or owners are named, and another one behind where somebody may refuse
//! invitations. Keys go in as one array each; a kind that nobody needs costs nothing.
//!
//! Locks are taken in one order by all nodes, so that they never wait for each other in a circle: that of the owners, the
//! history of the installation, the inviters by number, the groups by number, then the sequences.

use std::sync::Arc;

use futures_util::try_join;
use guestlist_core::credential::IssuerKey;
use guestlist_core::facts::Refusers;
use guestlist_core::group::GroupRef;
use guestlist_core::history::{Stream, Thing};
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::member::Membership;
use guestlist_core::opt_out::PersonKey;
use guestlist_core::user::UserRef;
use guestlist_core::{Facts, Needs, Settings};
use tokio_postgres::Row;
use uuid::Uuid;

use super::link::{Link, Param};
use super::{failure, mails, rows};
use crate::columns::{
    event_columns, group_columns, invitation_columns, learn_sequence, link_columns, membership_columns,
    request_columns, token_columns, user_columns,
};
use crate::error::StoreError;
use crate::keys::Keys;

/// Names the lock under which the history of the installation is continued. Any number will do that nobody else uses.
const INSTALLATION_LOCK: i64 = 0x6775_6573_746c_6900;

/// Names the lock between who is switched off and what people own: see [`OWNERS`].
const OWNERS_LOCK: i64 = INSTALLATION_LOCK + 1;

/// Taken by every batch before any other lock, and shared by all that switch nobody off: else one node could make
/// somebody the only owner of a group while another switches them off.
const OWNERS_SHARED: &str = "SELECT pg_advisory_xact_lock_shared($1)";
const OWNERS: &str = "SELECT pg_advisory_xact_lock($1)";

/// Taken next: what changes accounts, tokens and clients is decided by one node at a time.
const INSTALLATION: &str = "SELECT pg_advisory_xact_lock($1)";

/// Added to an inviter's number, names the lock under which their invitations of the day are counted: one inviter may
/// invite to several groups through several nodes at the same time.
const DAY_LOCKS: i64 = 0x6864_6179_0000_0000;
/// Numbers of users go up to 2^53, and none of these locks is another.
const _: () = assert!(super::schema::LOCK < DAY_LOCKS && OWNERS_LOCK < DAY_LOCKS && DAY_LOCKS < i64::MAX - (1 << 53));

/// Taken after those two, in order of the inviters' numbers, and before any group is locked.
const DAYS: &str = "SELECT pg_advisory_xact_lock($1 + d.inviter_id) FROM unnest($2::bigint[]) AS d (inviter_id)";

/// The invitations named by the ids in one parameter and by the hashes of their secrets in another.
macro_rules! named_invitations {
    ($ids:literal, $hashes:literal) => {
        concat!(
            "ANY (",
            $ids,
            "::uuid[] || ARRAY(SELECT t.invitation_id FROM invitation_tokens AS t WHERE t.hash = ANY (",
            $hashes,
            "::bytea[])))"
        )
    };
}

/// The ownerships of the users named.
const OWNERSHIPS: &str = concat!(
    "SELECT ",
    membership_columns!("m"),
    " FROM memberships AS m WHERE m.roles & 1 = 1 AND m.user_id IN (
          SELECT unnest($1::bigint[])
          UNION SELECT id FROM users WHERE uid = ANY ($2::text[])
          UNION SELECT id FROM users WHERE subject = ANY ($3::text[])
          UNION SELECT id FROM users WHERE username_key = ANY ($4::text[])
          UNION SELECT user_id FROM user_emails WHERE email_key = ANY ($5::text[]))"
);

/// Locks the groups that the batch is about, those of its invitations and links included, in order of their numbers.
/// Everything that is decided in a group is decided under this lock.
const GROUPS: &str = concat!(
    "SELECT ",
    group_columns!("g"),
    " FROM groups AS g WHERE g.id IN (
          SELECT unnest($1::bigint[])
          UNION SELECT id FROM groups WHERE uid = ANY ($2::text[])
          UNION SELECT id FROM groups WHERE slug = ANY ($3::text[])
          UNION SELECT group_id FROM invitations WHERE id = ",
    named_invitations!("$4", "$5"),
    "     UNION SELECT group_id FROM links WHERE id = ANY ($6::uuid[])
          UNION SELECT group_id FROM links WHERE hash = ANY ($7::bytea[])
          UNION SELECT group_id FROM mails WHERE id = ANY ($8::uuid[]))
      ORDER BY g.id FOR NO KEY UPDATE OF g"
);

const INVITATIONS: &str = concat!(
    "SELECT ",
    invitation_columns!("i"),
    " FROM invitations AS i WHERE i.id = ",
    named_invitations!("$1", "$2")
);

const INVITATION_TOKENS: &str =
    "SELECT hash, invitation_id, holder_id, created_at FROM invitation_tokens WHERE hash = ANY ($1::bytea[])";

const LINKS: &str = concat!(
    "SELECT ",
    link_columns!("l"),
    " FROM links AS l WHERE l.id = ANY ($1::uuid[])
      UNION SELECT ",
    link_columns!("l"),
    " FROM links AS l WHERE l.hash = ANY ($2::bytea[])"
);

const BATCHES: &str = concat!(
    "SELECT ",
    event_columns!("e"),
    " FROM events AS e WHERE e.batch_id = ANY ($1::uuid[]) ORDER BY e.batch_id, e.seq"
);

const DAY_COUNTS: &str = "SELECT inviter_id, day, made FROM day_counts WHERE inviter_id = ANY ($1::bigint[])";

/// The addresses that are named, by themselves or by an invitation.
const EMAILS: &str = concat!(
    "SELECT e.email, e.user_id, e.is_verified FROM user_emails AS e WHERE e.email_key IN (
          SELECT unnest($1::text[])
          UNION SELECT email_key FROM invitations WHERE id = ",
    named_invitations!("$2", "$3"),
    "     UNION SELECT email_key FROM mails WHERE id = ANY ($4::uuid[]))"
);

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
                WHERE i.id = ",
    named_invitations!("$6", "$7"),
    "     UNION SELECT user_id FROM invitations WHERE id = ",
    named_invitations!("$6", "$7"),
    "     UNION SELECT holder_id FROM invitation_tokens WHERE hash = ANY ($7::bytea[])
          UNION SELECT user_id FROM mails WHERE id = ANY ($8::uuid[])
          UNION SELECT e.user_id FROM mails AS m JOIN user_emails AS e ON e.email_key = m.email_key
                WHERE m.id = ANY ($8::uuid[]))"
);

const TOKENS: &str = concat!(
    "SELECT ",
    token_columns!("t"),
    " FROM tokens AS t WHERE t.id = ANY ($1::uuid[])
      UNION SELECT ",
    token_columns!("t"),
    " FROM tokens AS t WHERE t.hash = ANY ($2::bytea[])
      UNION SELECT ",
    token_columns!("t"),
    " FROM unnest($3::bigint[], $4::text[]) AS k (user_id, name)
      CROSS JOIN LATERAL (SELECT * FROM tokens AS t WHERE t.user_id = k.user_id AND t.name = k.name
                          AND t.revoked_at IS NULL OFFSET 0) AS t"
);

const CLIENTS: &str = "SELECT c.id, c.name, c.scopes, c.created_at FROM clients AS c WHERE c.id = ANY ($1::text[])";

/// Locked, so that two nodes never give out one number.
const SEQUENCES: &str = "SELECT name, next FROM sequences ORDER BY name FOR UPDATE";

const ISSUER_KEY: &str = "SELECT kid, pkcs8 FROM issuer_keys";

/// The addresses of the users: an invitation may have been made to one of them.
pub(super) const ADDRESSES: &str =
    "SELECT e.email, e.user_id, e.is_verified FROM user_emails AS e WHERE e.user_id = ANY ($1::bigint[])";

/// One by one, by index, as all that is looked up by two keys: joined, the planner would rather read everything that one
/// of them names, at least while it has no statistics.
const MEMBERSHIPS: &str = concat!(
    "SELECT ",
    membership_columns!("m"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
      CROSS JOIN LATERAL (SELECT * FROM memberships AS m WHERE m.group_id = k.group_id AND m.user_id = k.user_id
                          OFFSET 0) AS m"
);

const PENDING_BY_USER: &str = concat!(
    "SELECT ",
    invitation_columns!("i"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
      CROSS JOIN LATERAL (SELECT * FROM invitations AS i WHERE i.group_id = k.group_id AND i.user_id = k.user_id
                          AND i.closed_at IS NULL OFFSET 0) AS i"
);

/// By the addresses that are named, and by the verified ones of the users in question.
const PENDING_BY_EMAIL: &str = concat!(
    "SELECT ",
    invitation_columns!("i"),
    " FROM (SELECT * FROM unnest($1::bigint[], $2::text[]) AS n (group_id, email_key)
            UNION
            SELECT k.group_id, e.email_key FROM unnest($3::bigint[], $4::bigint[]) AS k (group_id, user_id)
            JOIN user_emails AS e ON e.user_id = k.user_id AND e.is_verified) AS k
      CROSS JOIN LATERAL (SELECT * FROM invitations AS i WHERE i.group_id = k.group_id
                          AND i.email_key = k.email_key COLLATE \"C\" AND i.closed_at IS NULL OFFSET 0) AS i"
);

const REQUESTS: &str = concat!(
    "SELECT ",
    request_columns!("r"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
      CROSS JOIN LATERAL (SELECT * FROM join_requests AS r WHERE r.group_id = k.group_id AND r.user_id = k.user_id
                          OFFSET 0) AS r"
);

/// The first so many of those who wait for a seat.
const WAITING: &str = concat!(
    "SELECT ",
    request_columns!("r"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, number)
      CROSS JOIN LATERAL (SELECT * FROM join_requests AS r WHERE r.group_id = k.group_id AND r.state = 1
                          ORDER BY r.place LIMIT k.number) AS r"
);

const HEADS: &str = "SELECT group_id, seq, hash FROM heads WHERE group_id = ANY ($1::bigint[])";

/// Whether the persons in $1 refuse everyone, the group in $2, or the inviter in $3; and all that those in $4 refuse.
const OPT_OUTS: &str = "SELECT o.person, o.from_kind, o.from_id, o.created_at
      FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS k (person, group_id, inviter_id)
      CROSS JOIN LATERAL (VALUES (0::smallint, 0::bigint), (1::smallint, k.group_id), (2::smallint, k.inviter_id))
          AS f (kind, id)
      CROSS JOIN LATERAL (SELECT * FROM opt_outs AS o
                          WHERE o.person = k.person AND o.from_kind = f.kind AND o.from_id = f.id OFFSET 0) AS o
      UNION ALL
      SELECT o.person, o.from_kind, o.from_id, o.created_at FROM opt_outs AS o WHERE o.person = ANY ($4::bytea[])";

/// All statements of this file, to be prepared once per connection.
pub(super) const STATEMENTS: &[&str] = &[
    OWNERS_SHARED,
    OWNERS,
    INSTALLATION,
    DAYS,
    OWNERSHIPS,
    GROUPS,
    INVITATIONS,
    INVITATION_TOKENS,
    LINKS,
    BATCHES,
    DAY_COUNTS,
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
    REQUESTS,
    WAITING,
    HEADS,
    OPT_OUTS,
];

/// Begins the transaction and loads.
pub(super) async fn load(
    link: &Link,
    needs: &[Needs],
    settings: &Settings,
    person_key: PersonKey,
) -> Result<Facts, StoreError> {
    let mut facts = Facts::of(settings.clone(), person_key);
    let mut keys = Arrays::of(Keys::collect(needs));
    if settings.quotas.is_none() {
        keys.days_of.clear();
    }
    let owners = Arrays::of(Keys::collect(&[owners(needs)]));
    let is_of_installation = needs.iter().any(|need| need.installation);
    let owners_lock = if owners.name_users() { OWNERS } else { OWNERS_SHARED };
    let days_of = keys.days_of.clone();
    let begin = async {
        let lock = query_if(is_of_installation, link, INSTALLATION, [&INSTALLATION_LOCK]);
        let days = query_if(!days_of.is_empty(), link, DAYS, [&DAY_LOCKS, &days_of]);
        try_join!(link.command("BEGIN"), link.query(owners_lock, &[&OWNERS_LOCK]), lock, days).map(drop)
    };
    if owners.name_users() || !keys.batches.is_empty() {
        // What is owned, and what happened in a batch, is locked and loaded with the rest: it has to be known before.
        let batches = query_if(!keys.batches.is_empty(), link, BATCHES, [&keys.batches]);
        let ((), owned, events) = try_join!(begin, ownerships(link, &owners), batches)?;
        keys.group_ids.extend(owned.iter().map(|membership| membership.group.get()));
        for row in &events {
            let event = rows::event(row)?;
            match &event.thing {
                Thing::Invitation(id) => keys.invitations.push(id.as_uuid()),
                Thing::Member(user) | Thing::Request(user) => keys.user_ids.push(user.get()),
                _ => {}
            }
            if let Some(batch) = event.batch {
                facts.learn_batch_event(batch, event);
            }
        }
        Box::pin(load_named(&mut facts, link, needs, &keys)).await?;
    } else {
        try_join!(begin, Box::pin(load_named(&mut facts, link, needs, &keys)))?;
    }
    load_between(&mut facts, link, needs, &owners).await?;
    let refusers = facts.refusers(needs);
    load_refusals(&mut facts, link, refusers).await?;
    mails::load_due(&mut facts, link, needs).await?;
    Ok(facts)
}

/// Loads what the commands name. The groups are locked before anything in them is read.
async fn load_named(facts: &mut Facts, link: &Link, needs: &[Needs], keys: &Arrays) -> Result<(), StoreError> {
    let wants_numbers = needs.iter().any(|need| need.next_user_id || need.next_group_id);
    let wants_issuer_key = needs.iter().any(|need| need.issuer_key);
    let Arrays { user_ids, user_uids, subjects, usernames, emails, .. } = keys;
    let Arrays { group_ids, group_uids, slugs, invitations, invitation_tokens, links, link_hashes, .. } = keys;
    let Arrays { days_of, token_ids, token_hashes, token_users, token_names, clients, mails, dead_addresses, .. } =
        keys;

    let some_invitations = !(invitations.is_empty() && invitation_tokens.is_empty());
    let some_links = !(links.is_empty() && link_hashes.is_empty());
    let names_groups = !(group_ids.is_empty() && group_uids.is_empty() && slugs.is_empty());
    let names_mails = !mails.is_empty();
    let some_groups = names_groups || some_invitations || some_links || names_mails;
    let some_emails = !emails.is_empty() || some_invitations || names_mails;
    let some_users = keys.name_users() || some_invitations || names_mails;
    let some_tokens = !(token_ids.is_empty() && token_hashes.is_empty() && token_names.is_empty());
    let (groups, found, secrets, links, addresses, users, counts, tokens, clients, numbers, issuer_key, mails, dead) =
        try_join!(
            query_if(
                some_groups,
                link,
                GROUPS,
                [group_ids, group_uids, slugs, invitations, invitation_tokens, links, link_hashes, mails],
            ),
            query_if(some_invitations, link, INVITATIONS, [invitations, invitation_tokens]),
            query_if(!invitation_tokens.is_empty(), link, INVITATION_TOKENS, [invitation_tokens]),
            query_if(some_links, link, LINKS, [links, link_hashes]),
            query_if(some_emails, link, EMAILS, [emails, invitations, invitation_tokens, mails]),
            query_if(
                some_users,
                link,
                USERS,
                [user_ids, user_uids, subjects, usernames, emails, invitations, invitation_tokens, mails],
            ),
            query_if(!days_of.is_empty(), link, DAY_COUNTS, [days_of]),
            query_if(some_tokens, link, TOKENS, [token_ids, token_hashes, token_users, token_names]),
            query_if(!clients.is_empty(), link, CLIENTS, [clients]),
            query_if(wants_numbers, link, SEQUENCES, []),
            query_if(wants_issuer_key, link, ISSUER_KEY, []),
            mails::load_named(link, mails),
            mails::load_dead(link, dead_addresses),
        )?;

    for row in &groups {
        facts.learn_group(rows::group(row, 0)?);
    }
    for row in &found {
        facts.learn_invitation(rows::invitation(row, 0)?);
    }
    for row in &secrets {
        facts.learn_invitation_token(rows::invitation_token(row)?);
    }
    for row in &links {
        facts.learn_link(rows::link(row, 0)?);
    }
    for row in &addresses {
        facts.learn_email(rows::user_email(row)?);
    }
    for row in &users {
        facts.learn_user(rows::user(row, 0)?);
    }
    for row in &counts {
        facts.learn_day_count(rows::day_count(row)?);
    }
    for row in &tokens {
        facts.learn_token(rows::token(row, 0)?);
    }
    for row in &clients {
        facts.learn_client(rows::client(row)?);
    }
    for row in &numbers {
        learn_sequence(facts, row.try_get(0).map_err(failure)?, row.try_get(1).map_err(failure)?)?;
    }
    for row in &issuer_key {
        let (kid, pkcs8) = (row.try_get(0).map_err(failure)?, row.try_get(1).map_err(failure)?);
        facts.learn_issuer_key(IssuerKey { kid, pkcs8 });
    }
    for mail in mails {
        facts.learn_mail(mail);
    }
    for dead in dead {
        facts.learn_dead_address(dead);
    }
    Ok(())
}

/// Loads what lies between the groups and the people, once both are known.
async fn load_between(facts: &mut Facts, link: &Link, needs: &[Needs], owners: &Arrays) -> Result<(), StoreError> {
    let people: Vec<i64> = facts.user_ids().map(UserId::get).collect();
    let pairs = facts.pairs(needs);
    let (pair_groups, pair_users): (Vec<i64>, Vec<i64>) =
        pairs.users.iter().map(|(group, user)| (group.get(), user.get())).unzip();
    let (email_groups, email_keys): (Vec<i64>, Vec<&str>) =
        pairs.emails.iter().map(|(group, key)| (group.get(), key.as_str())).unzip();
    let (full_groups, numbers): (Vec<i64>, Vec<i64>) =
        facts.waiting_needed(needs).into_iter().map(|(group, number)| (group.get(), number)).unzip();
    let mut streams: Vec<i64> = facts.group_ids().map(GroupId::get).collect();
    if needs.iter().any(|need| need.installation) {
        streams.push(Stream::Installation.number());
    }
    let some_pairs = !pairs.users.is_empty();
    let some_emails = some_pairs || !pairs.emails.is_empty();
    let (addresses, memberships, by_user, by_email, requests, waiting, heads, owned) = try_join!(
        query_if(!people.is_empty(), link, ADDRESSES, [&people]),
        query_if(some_pairs, link, MEMBERSHIPS, [&pair_groups, &pair_users]),
        query_if(some_pairs, link, PENDING_BY_USER, [&pair_groups, &pair_users]),
        query_if(some_emails, link, PENDING_BY_EMAIL, [&email_groups, &email_keys, &pair_groups, &pair_users]),
        query_if(some_pairs, link, REQUESTS, [&pair_groups, &pair_users]),
        query_if(!full_groups.is_empty(), link, WAITING, [&full_groups, &numbers]),
        query_if(!streams.is_empty(), link, HEADS, [&streams]),
        ownerships(link, owners),
    )?;

    for row in &addresses {
        facts.learn_email(rows::user_email(row)?);
    }
    for row in &memberships {
        facts.learn_membership(rows::membership(row, 0)?);
    }
    for row in by_user.iter().chain(&by_email) {
        facts.learn_invitation(rows::invitation(row, 0)?);
    }
    for row in requests.iter().chain(&waiting) {
        facts.learn_request(rows::request(row)?);
    }
    for row in &heads {
        let (stream, head) = rows::head(row)?;
        facts.learn_head(stream, head);
    }
    for membership in owned {
        if facts.group(&GroupRef::Id(membership.group)).is_none() {
            let cause = std::io::Error::other("somebody became an owner before their groups were locked");
            return Err(StoreError::Conflict(Arc::new(cause)));
        }
        facts.learn_membership(membership);
    }
    Ok(())
}

/// Loads who refuses invitations for good. Whose addresses are whose has to be known before.
pub(super) async fn load_refusals(facts: &mut Facts, link: &Link, refusers: Refusers) -> Result<(), StoreError> {
    let persons: Vec<&[u8]> = refusers.towards.iter().map(|(person, ..)| person.0.as_slice()).collect();
    let groups: Vec<i64> = refusers.towards.iter().map(|(_, group, _)| group.get()).collect();
    let inviters: Vec<i64> = refusers.towards.iter().map(|(.., inviter)| inviter.get()).collect();
    let all: Vec<&[u8]> = refusers.all.iter().map(|person| person.0.as_slice()).collect();
    let some = !(persons.is_empty() && all.is_empty());
    for row in &query_if(some, link, OPT_OUTS, [&persons, &groups, &inviters, &all]).await? {
        facts.learn_opt_out(rows::opt_out(row)?);
    }
    Ok(())
}

/// As users, whoever is named as an owner; and whoever may get a name in this batch, since it may be that of an owner.
fn owners(needs: &[Needs]) -> Needs {
    let mut owners: Vec<UserRef> = needs.iter().flat_map(|need| need.owned_by.iter().cloned()).collect();
    if !owners.is_empty() {
        owners.extend(needs.iter().filter(|need| need.names_people).flat_map(|need| need.users.iter().cloned()));
    }
    Needs { users: owners, ..Needs::default() }
}

/// The memberships of `owners` as owners.
async fn ownerships(link: &Link, owners: &Arrays) -> Result<Vec<Membership>, StoreError> {
    let Arrays { user_ids, user_uids, subjects, usernames, emails, .. } = owners;
    let params: [Param<'_>; 5] = [user_ids, user_uids, subjects, usernames, emails];
    let owned = query_if(owners.name_users(), link, OWNERSHIPS, params).await?;
    owned.iter().map(|row| rows::membership(row, 0)).collect()
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
    invitation_tokens: Vec<Vec<u8>>,
    links: Vec<Uuid>,
    link_hashes: Vec<Vec<u8>>,
    batches: Vec<Uuid>,
    mails: Vec<Uuid>,
    dead_addresses: Vec<String>,
    days_of: Vec<i64>,
    token_ids: Vec<Uuid>,
    token_hashes: Vec<Vec<u8>>,
    token_users: Vec<i64>,
    token_names: Vec<String>,
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
            invitation_tokens: keys.invitation_tokens.into_iter().map(Vec::from).collect(),
            links: keys.links.into_iter().collect(),
            link_hashes: keys.link_hashes.into_iter().map(Vec::from).collect(),
            batches: keys.batches.into_iter().collect(),
            mails: keys.mails.into_iter().collect(),
            dead_addresses: keys.dead_addresses.into_iter().collect(),
            days_of: keys.days_of.into_iter().collect(),
            token_ids: keys.token_ids.into_iter().collect(),
            token_hashes: keys.token_hashes.into_iter().map(Vec::from).collect(),
            token_users: keys.token_names.iter().map(|(user, _)| *user).collect(),
            token_names: keys.token_names.into_iter().map(|(_, name)| name).collect(),
            clients: keys.clients.into_iter().collect(),
        }
    }

    /// Whether there is any user among them.
    fn name_users(&self) -> bool {
        let names = [&self.user_uids, &self.subjects, &self.usernames, &self.emails];
        !self.user_ids.is_empty() || names.iter().any(|keys| !keys.is_empty())
    }
}

pub(super) async fn query_if<const N: usize>(
    wanted: bool,
    link: &Link,
    sql: &'static str,
    params: [Param<'_>; N],
) -> Result<Vec<Row>, StoreError> {
    if wanted { link.query(sql, &params).await } else { Ok(Vec::new()) }
}
