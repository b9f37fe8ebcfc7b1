//! Writing the changes of a batch: one statement per table, however many rows. Rows go in as one JSON array of arrays.

use guestlist_core::invitation::{InvitationState, Invitee};
use rusqlite::{Connection, params};
use serde::Serialize;

use super::failure;
use crate::columns;
use crate::error::StoreError;
use crate::net::NetChanges;

/// Writes in an order in which every reference finds what it refers to.
pub(super) fn apply(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    write_users(connection, net)?;
    write_emails(connection, net)?;
    write_passwords(connection, net)?;
    write_groups(connection, net)?;
    write_memberships(connection, net)?;
    write_invitations(connection, net)?;
    write_clients(connection, net)?;
    write_tokens(connection, net)?;
    write_issuer_key(connection, net)
}

fn write_users(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.users.values().map(|user| {
        (
            user.id.get(),
            user.uid.as_str(),
            user.subject.as_str(),
            user.username.as_ref().map(|name| name.as_str()),
            user.username.as_ref().map(|name| name.key().as_str()),
            user.name.as_ref().map(|name| name.as_str()),
            user.name.as_ref().map(|name| name.as_str().to_lowercase()),
            user.is_admin,
            user.disabled_at.map(|at| at.as_millis()),
            user.created_at.as_millis(),
            user.updated_at.as_millis(),
        )
    });
    let sql = "INSERT INTO users
                   (id, uid, subject, username, username_key, name, name_key, is_admin, disabled_at, created_at, updated_at)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, value ->> 9, value ->> 10
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   username = excluded.username, username_key = excluded.username_key, name = excluded.name,
                   name_key = excluded.name_key,
                   is_admin = excluded.is_admin, disabled_at = excluded.disabled_at,
                   updated_at = excluded.updated_at";
    bulk(connection, sql, rows)?;
    advance(connection, "users", net.users.keys().next_back().map(|id| id.get()))
}

fn write_emails(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net
        .emails
        .values()
        .map(|email| (email.email.key().as_str(), email.email.as_str(), email.user.get(), email.is_verified));
    let sql = "INSERT INTO user_emails (email_key, email, user_id, is_verified)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (email_key) DO UPDATE SET
                   email = excluded.email, user_id = excluded.user_id, is_verified = excluded.is_verified";
    bulk(connection, sql, rows)
}

fn write_passwords(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.passwords.iter().map(|(user, hash)| (user.get(), hash.0.as_str()));
    let sql = "UPDATE users SET password_hash = k.value ->> 1 FROM jsonb_each(?1) AS k WHERE users.id = k.value ->> 0";
    bulk(connection, sql, rows)
}

fn write_groups(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.groups.values().map(|group| {
        (
            group.id.get(),
            group.uid.as_str(),
            group.slug.as_str(),
            group.name.as_str(),
            group.name.as_str().to_lowercase(),
            &group.description,
            group.kind == guestlist_core::group::GroupKind::Page,
            group.is_public,
            group.is_verified,
            group.archived_at.map(|at| at.as_millis()),
            group.creator.get(),
            group.members_count,
            group.owners_count,
            group.notices_count,
            group.created_at.as_millis(),
            group.updated_at.as_millis(),
        )
    });
    let sql = "INSERT INTO \"groups\"
                   (id, uid, slug, name, name_key, description, is_page, is_public, is_verified, archived_at, creator_id,
                    members_count, owners_count, notices_count, created_at, updated_at)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12,
                      value ->> 13, value ->> 14, value ->> 15
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   slug = excluded.slug, name = excluded.name, name_key = excluded.name_key,
                   description = excluded.description,
                   is_public = excluded.is_public, is_verified = excluded.is_verified,
                   archived_at = excluded.archived_at, members_count = excluded.members_count,
                   owners_count = excluded.owners_count, notices_count = excluded.notices_count,
                   updated_at = excluded.updated_at";
    bulk(connection, sql, rows)?;
    advance(connection, "groups", net.groups.keys().next_back().map(|id| id.get()))
}

fn write_memberships(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let ended = net.memberships.iter().filter(|(_, membership)| membership.is_none());
    let sql = "DELETE FROM memberships WHERE (group_id, user_id) IN
                   (SELECT value ->> 0, value ->> 1 FROM jsonb_each(?1))";
    bulk(connection, sql, ended.map(|((group, user), _)| (group.get(), user.get())))?;

    let rows = net.memberships.values().flatten().map(|membership| {
        (membership.group.get(), membership.user.get(), membership.roles.bits(), membership.joined_at.as_millis())
    });
    let sql = "INSERT INTO memberships (group_id, user_id, roles, joined_at)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (group_id, user_id) DO UPDATE SET
                   roles = excluded.roles, joined_at = excluded.joined_at";
    bulk(connection, sql, rows)
}

fn write_invitations(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    // Closed ones first: a person's new invitation may stand only once the old one is closed.
    let is_pending = |pending: bool| {
        net.invitations.values().filter(move |invitation| (invitation.state == InvitationState::Pending) == pending)
    };
    let rows = is_pending(false).chain(is_pending(true)).map(|invitation| {
        let (user, email) = match &invitation.invitee {
            Invitee::User(user) => (Some(user.get()), None),
            Invitee::Email(email) => (None, Some(email)),
        };
        (
            hex::encode(invitation.id.as_uuid().as_bytes()),
            invitation.group.get(),
            user,
            email.map(|email| email.as_str()),
            email.map(|email| email.key().as_str()),
            invitation.inviter.get(),
            invitation.roles.bits(),
            columns::state_number(invitation.state),
            invitation.created_at.as_millis(),
            invitation.expires_at.as_millis(),
            invitation.closed_at.map(|at| at.as_millis()),
        )
    });
    let sql = "INSERT INTO invitations
                   (id, group_id, user_id, email, email_key, inviter_id, roles, state, created_at, expires_at,
                    closed_at)
               SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                      value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   roles = excluded.roles, state = excluded.state, expires_at = excluded.expires_at,
                   closed_at = excluded.closed_at";
    bulk(connection, sql, rows)
}

fn write_clients(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let sql = "DELETE FROM clients WHERE id IN (SELECT value FROM json_each(?1))";
    bulk(connection, sql, net.removed_clients.iter().map(|id| id.as_str()))?;

    let rows = net
        .clients
        .values()
        .map(|client| (client.id.as_str(), &client.name, client.scopes.to_string(), client.created_at.as_millis()));
    let sql = "INSERT INTO clients (id, name, scopes, created_at)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes";
    bulk(connection, sql, rows)
}

fn write_tokens(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.tokens.values().map(|token| {
        (
            hex::encode(token.id.as_uuid().as_bytes()),
            hex::encode(token.hash.0),
            token.user.get(),
            token.client.as_ref().map(|client| client.as_str()),
            token.scopes.to_string(),
            token.created_at.as_millis(),
            token.expires_at.map(|at| at.as_millis()),
            token.revoked_at.map(|at| at.as_millis()),
        )
    });
    let sql = "INSERT INTO tokens (id, hash, user_id, client_id, scopes, created_at, expires_at, revoked_at)
               SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                      value ->> 6, value ->> 7
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";
    bulk(connection, sql, rows)
}

fn write_issuer_key(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    if let Some(key) = &net.issuer_key {
        let sql = "INSERT INTO issuer_keys (id, kid, pkcs8) VALUES (1, ?1, ?2)";
        let mut statement = connection.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![key.kid, key.pkcs8]).map_err(failure)?;
    }
    Ok(())
}

/// Keeps a sequence ahead of the highest number in use.
fn advance(connection: &Connection, sequence: &str, used: Option<i64>) -> Result<(), StoreError> {
    if let Some(used) = used {
        let sql = "UPDATE sequences SET next = ?2 + 1 WHERE name = ?1 AND next <= ?2";
        let mut statement = connection.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![sequence, used]).map_err(failure)?;
    }
    Ok(())
}

/// Runs `sql` once with all `rows` as one JSON array; not at all without rows.
fn bulk<R: Serialize>(connection: &Connection, sql: &str, rows: impl Iterator<Item = R>) -> Result<(), StoreError> {
    let rows: Vec<R> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(&rows).map_err(|_| StoreError::bug("rows could not be written as JSON"))?;
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    statement.execute([rows]).map_err(failure)?;
    Ok(())
}
