//! Writing the changes of a batch: one statement per table, however many rows, and the commit, all in one round trip.
//! Rows go in as one array per column.

use futures_util::future::join_all;
use guestlist_core::group::GroupKind;
use guestlist_core::invitation::{InvitationState, Invitee};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::link::{Link, Param};
use crate::columns;
use crate::error::StoreError;
use crate::net::NetChanges;

const USERS: &str = "INSERT INTO users
        (id, uid, subject, username, username_key, name, name_key, is_admin, disabled_at, created_at, updated_at)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::boolean[], $9::bigint[], $10::bigint[], $11::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        username = excluded.username, username_key = excluded.username_key, name = excluded.name,
        name_key = excluded.name_key, is_admin = excluded.is_admin, disabled_at = excluded.disabled_at,
        updated_at = excluded.updated_at";

const EMAILS: &str = "INSERT INTO user_emails (email_key, email, user_id, is_verified)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[])
    ON CONFLICT (email_key) DO UPDATE SET
        email = excluded.email, user_id = excluded.user_id, is_verified = excluded.is_verified";

const PASSWORDS: &str = "UPDATE users SET password_hash = k.hash
    FROM unnest($1::bigint[], $2::text[]) AS k (id, hash) WHERE users.id = k.id";

const GROUPS: &str = "INSERT INTO groups
        (id, uid, slug, name, name_key, description, is_page, is_public, is_verified, archived_at, creator_id,
         members_count, owners_count, notices_count, created_at, updated_at)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],
                         $8::boolean[], $9::boolean[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
                         $14::bigint[], $15::bigint[], $16::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        slug = excluded.slug, name = excluded.name, name_key = excluded.name_key,
        description = excluded.description, is_public = excluded.is_public, is_verified = excluded.is_verified,
        archived_at = excluded.archived_at, members_count = excluded.members_count,
        owners_count = excluded.owners_count, notices_count = excluded.notices_count,
        updated_at = excluded.updated_at";

const MEMBERSHIPS_ENDED: &str =
    "DELETE FROM memberships AS m USING unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
    WHERE m.group_id = k.group_id AND m.user_id = k.user_id";

const MEMBERSHIPS: &str = "INSERT INTO memberships (group_id, user_id, roles, joined_at)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[])
    ON CONFLICT (group_id, user_id) DO UPDATE SET roles = excluded.roles, joined_at = excluded.joined_at";

const INVITATIONS: &str = "INSERT INTO invitations
        (id, group_id, user_id, email, email_key, inviter_id, roles, state, created_at, expires_at, closed_at)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[],
                         $7::smallint[], $8::smallint[], $9::bigint[], $10::bigint[], $11::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        roles = excluded.roles, state = excluded.state, expires_at = excluded.expires_at,
        closed_at = excluded.closed_at";

const CLIENTS_REMOVED: &str = "DELETE FROM clients WHERE id = ANY ($1::text[])";

const CLIENTS: &str = "INSERT INTO clients (id, name, scopes, created_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes";

const TOKENS: &str = "INSERT INTO tokens (id, hash, user_id, client_id, scopes, created_at, expires_at, revoked_at)
    SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                         $8::bigint[])
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";

const ISSUER_KEY: &str = "INSERT INTO issuer_keys (id, kid, pkcs8) VALUES (1, $1, $2)";

/// Keeps a sequence ahead of the highest number in use.
const SEQUENCE: &str = "UPDATE sequences SET next = $2::bigint + 1 WHERE name = $1 AND next <= $2::bigint";

/// All statements of this file, to be prepared once per connection.
pub(super) const STATEMENTS: &[&str] = &[
    USERS,
    EMAILS,
    PASSWORDS,
    GROUPS,
    MEMBERSHIPS_ENDED,
    MEMBERSHIPS,
    INVITATIONS,
    CLIENTS_REMOVED,
    CLIENTS,
    TOKENS,
    ISSUER_KEY,
    SEQUENCE,
];

type Column = Box<dyn ToSql + Sync + Send>;

/// Statements to run, each with its columns, in an order in which every reference finds what it refers to.
#[derive(Default)]
pub(super) struct Writes(Vec<(&'static str, Vec<Column>)>);

macro_rules! columns_of {
    ($rows:expr; $($value:expr),+ $(,)?) => {
        vec![$(Box::new($rows.iter().map($value).collect::<Vec<_>>()) as Column),+]
    };
}

impl Writes {
    pub(super) fn of(net: &NetChanges) -> Self {
        let mut writes = Self::default();
        users(&mut writes, net);
        groups(&mut writes, net);
        memberships(&mut writes, net);
        invitations(&mut writes, net);
        credentials(&mut writes, net);
        writes
    }

    /// Writes and commits, all at once: the server takes the statements one after the other, and after a failure none.
    pub(super) async fn commit(self, link: &Link) -> Result<(), StoreError> {
        let params = self.0.iter().map(|(_, columns)| columns.iter().map(|column| &**column as Param<'_>).collect());
        let params: Vec<Vec<Param<'_>>> = params.collect();
        let written = join_all(self.0.iter().zip(&params).map(|((sql, _), params)| link.execute(sql, params)));
        let (written, committed) = futures_util::join!(written, link.command("COMMIT"));
        // A commit after a failure is carried out as a rollback and reported as a success, so the writes speak first.
        written.into_iter().collect::<Result<(), _>>()?;
        committed
    }

    fn add(&mut self, is_wanted: bool, sql: &'static str, columns: impl FnOnce() -> Vec<Column>) {
        if is_wanted {
            self.0.push((sql, columns()));
        }
    }

    fn advance(&mut self, sequence: &'static str, used: Option<i64>) {
        if let Some(used) = used {
            self.0.push((SEQUENCE, vec![Box::new(sequence), Box::new(used)]));
        }
    }
}

fn users(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.users.values().collect();
    writes.add(!rows.is_empty(), USERS, || {
        columns_of!(rows;
            |user| user.id.get(),
            |user| user.uid.to_string(),
            |user| user.subject.to_string(),
            |user| user.username.as_ref().map(|name| name.to_string()),
            |user| user.username.as_ref().map(|name| name.key().to_string()),
            |user| user.name.as_ref().map(|name| name.to_string()),
            |user| user.name.as_ref().map(|name| name.as_str().to_lowercase()),
            |user| user.is_admin,
            |user| user.disabled_at.map(|at| at.as_millis()),
            |user| user.created_at.as_millis(),
            |user| user.updated_at.as_millis(),
        )
    });
    writes.advance("users", net.users.keys().next_back().map(|id| id.get()));

    let rows: Vec<_> = net.emails.values().collect();
    writes.add(!rows.is_empty(), EMAILS, || {
        columns_of!(rows;
            |email| email.email.key().to_string(),
            |email| email.email.to_string(),
            |email| email.user.get(),
            |email| email.is_verified,
        )
    });

    let rows: Vec<_> = net.passwords.iter().collect();
    writes.add(!rows.is_empty(), PASSWORDS, || columns_of!(rows; |(user, _)| user.get(), |(_, hash)| hash.0.clone()));
}

fn groups(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.groups.values().collect();
    writes.add(!rows.is_empty(), GROUPS, || {
        columns_of!(rows;
            |group| group.id.get(),
            |group| group.uid.to_string(),
            |group| group.slug.to_string(),
            |group| group.name.to_string(),
            |group| group.name.as_str().to_lowercase(),
            |group| group.description.clone(),
            |group| group.kind == GroupKind::Page,
            |group| group.is_public,
            |group| group.is_verified,
            |group| group.archived_at.map(|at| at.as_millis()),
            |group| group.creator.get(),
            |group| group.members_count,
            |group| group.owners_count,
            |group| group.notices_count,
            |group| group.created_at.as_millis(),
            |group| group.updated_at.as_millis(),
        )
    });
    writes.advance("groups", net.groups.keys().next_back().map(|id| id.get()));
}

fn memberships(writes: &mut Writes, net: &NetChanges) {
    let ended: Vec<_> =
        net.memberships.iter().filter(|(_, membership)| membership.is_none()).map(|(key, _)| key).collect();
    writes.add(
        !ended.is_empty(),
        MEMBERSHIPS_ENDED,
        || columns_of!(ended; |(group, _)| group.get(), |(_, user)| user.get()),
    );

    let rows: Vec<_> = net.memberships.values().flatten().collect();
    writes.add(!rows.is_empty(), MEMBERSHIPS, || {
        columns_of!(rows;
            |member| member.group.get(),
            |member| member.user.get(),
            |member| i16::from(member.roles.bits()),
            |member| member.joined_at.as_millis(),
        )
    });
}

fn invitations(writes: &mut Writes, net: &NetChanges) {
    // Closed ones first: a person's new invitation may stand only once the old one is closed.
    let is_pending = |pending: bool| {
        net.invitations.values().filter(move |invitation| (invitation.state == InvitationState::Pending) == pending)
    };
    let rows: Vec<_> = is_pending(false).chain(is_pending(true)).collect();
    let user = |invitee: &Invitee| match invitee {
        Invitee::User(user) => Some(user.get()),
        Invitee::Email(_) => None,
    };
    let email = |invitee: &Invitee| match invitee {
        Invitee::User(_) => None,
        Invitee::Email(email) => Some((email.to_string(), email.key().to_string())),
    };
    writes.add(!rows.is_empty(), INVITATIONS, || {
        columns_of!(rows;
            |invitation| invitation.id.as_uuid(),
            |invitation| invitation.group.get(),
            |invitation| user(&invitation.invitee),
            |invitation| email(&invitation.invitee).map(|(typed, _)| typed),
            |invitation| email(&invitation.invitee).map(|(_, key)| key),
            |invitation| invitation.inviter.get(),
            |invitation| i16::from(invitation.roles.bits()),
            |invitation| i16::from(columns::state_number(invitation.state)),
            |invitation| invitation.created_at.as_millis(),
            |invitation| invitation.expires_at.as_millis(),
            |invitation| invitation.closed_at.map(|at| at.as_millis()),
        )
    });
}

fn credentials(writes: &mut Writes, net: &NetChanges) {
    let removed: Vec<_> = net.removed_clients.iter().collect();
    writes.add(!removed.is_empty(), CLIENTS_REMOVED, || columns_of!(removed; |id| id.to_string()));

    let rows: Vec<_> = net.clients.values().collect();
    writes.add(!rows.is_empty(), CLIENTS, || {
        columns_of!(rows;
            |client| client.id.to_string(),
            |client| client.name.clone(),
            |client| client.scopes.to_string(),
            |client| client.created_at.as_millis(),
        )
    });

    let rows: Vec<_> = net.tokens.values().collect();
    writes.add(!rows.is_empty(), TOKENS, || {
        columns_of!(rows;
            |token| -> Uuid { token.id.as_uuid() },
            |token| token.hash.0.to_vec(),
            |token| token.user.get(),
            |token| token.client.as_ref().map(|client| client.to_string()),
            |token| token.scopes.to_string(),
            |token| token.created_at.as_millis(),
            |token| token.expires_at.map(|at| at.as_millis()),
            |token| token.revoked_at.map(|at| at.as_millis()),
        )
    });

    if let Some(key) = &net.issuer_key {
        writes.0.push((ISSUER_KEY, vec![Box::new(key.kid.clone()), Box::new(key.pkcs8.clone())]));
    }
}
