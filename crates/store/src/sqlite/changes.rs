//! Writing the changes of a batch: one statement per table, however many rows. Rows go in as one JSON array of arrays.

use guestlist_core::Timestamp;
use guestlist_core::group::GroupKind;
use guestlist_core::ids::{BatchId, UserId};
use guestlist_core::invitation::{InvitationState, Invitee};
use guestlist_core::language::Language;
use guestlist_core::names::Country;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{answers, failure, mails};
use crate::columns;
use crate::error::StoreError;
use crate::net::NetChanges;

/// Writes in an order in which every reference finds what it refers to.
pub(super) fn apply(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    purge_groups(connection, net)?;
    write_users(connection, net)?;
    write_emails(connection, net)?;
    write_passwords(connection, net)?;
    write_groups(connection, net)?;
    write_tallies(connection, net)?;
    write_memberships(connection, net)?;
    write_invitations(connection, net)?;
    write_invitation_tokens(connection, net)?;
    mails::write(connection, net)?;
    write_links(connection, net)?;
    write_requests(connection, net)?;
    write_day_counts(connection, net)?;
    write_opt_outs(connection, net)?;
    write_events(connection, net)?;
    write_heads(connection, net)?;
    write_clients(connection, net)?;
    write_tokens(connection, net)?;
    write_issuer_key(connection, net)?;
    answers::write(connection, net)
}

/// Removes groups with everything in them; the tokens of invitations go with these. What people refuse stays theirs.
fn purge_groups(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let statements = [
        "DELETE FROM memberships WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM mails WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM invitations WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM links WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM join_requests WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM events WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM heads WHERE group_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM \"groups\" WHERE id IN (SELECT value FROM json_each(?1))",
    ];
    statements.iter().try_for_each(|sql| bulk(connection, sql, net.purged_groups.iter().map(|group| group.get())))
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
            millis(user.disabled_at),
            user.created_at.as_millis(),
            user.updated_at.as_millis(),
            user.language.map(Language::as_str),
            user.roles.bits(),
            user.profile.to_stored(),
            millis(user.signed_out_at),
            millis(user.deleted_at),
        )
    });
    let sql = "INSERT INTO users
                   (id, uid, subject, username, username_key, name, name_key, is_admin, disabled_at, created_at,
                    updated_at, language, roles, profile, signed_out_at, deleted_at)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14,
                      value ->> 15
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   username = excluded.username, username_key = excluded.username_key, name = excluded.name,
                   name_key = excluded.name_key,
                   is_admin = excluded.is_admin, disabled_at = excluded.disabled_at,
                   updated_at = excluded.updated_at, language = excluded.language, roles = excluded.roles,
                   profile = excluded.profile, signed_out_at = excluded.signed_out_at,
                   deleted_at = excluded.deleted_at";
    bulk(connection, sql, rows)?;
    advance(connection, "users", net.users.keys().next_back().map(|id| id.get()))
}

fn write_emails(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let ended = net.emails.iter().filter(|(_, email)| email.is_none()).map(|(address, _)| address.as_str());
    bulk(connection, "DELETE FROM user_emails WHERE email_key IN (SELECT value FROM json_each(?1))", ended)?;

    let rows = net
        .emails
        .values()
        .flatten()
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
        let tally = net.tallies.get(&group.id).unwrap_or(&group.tally);
        json!([
            group.id.get(),
            group.uid.as_str(),
            group.slug.as_str(),
            group.name.as_str(),
            group.name.as_str().to_lowercase(),
            group.description.as_str(),
            group.kind == GroupKind::Page,
            group.is_public,
            group.is_verified,
            group.takes_requests,
            group.is_token_enough,
            group.members_max,
            millis(group.archived_at),
            millis(group.deleted_at),
            number(group.offer.map(|offer| offer.from)),
            number(group.offer.map(|offer| offer.to)),
            millis(group.offer.map(|offer| offer.offered_at)),
            millis(group.offer.map(|offer| offer.expires_at)),
            group.creator.get(),
            group.created_at.as_millis(),
            tally.members,
            tally.owners,
            tally.invitations,
            tally.waiting,
            tally.last_place,
            tally.notices,
            tally.updated_at.as_millis(),
            group.language.map(Language::as_str),
            group.chat.to_stored(),
            group.country.as_ref().map(Country::as_str),
            group.description.as_str().to_lowercase(),
        ])
    });
    // The counters of a group that is there are written with the others.
    let sql = "INSERT INTO \"groups\"
                   (id, uid, slug, name, name_key, description, is_page, is_public, is_verified, takes_requests,
                    is_token_enough, members_max, archived_at, deleted_at, offer_from, offer_to, offered_at,
                    offer_expires_at, creator_id, created_at, members_count, owners_count, invitations_count,
                    waiting_count, last_place, notices_count, updated_at, language, chat, country,
                    description_key)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
                      value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20,
                      value ->> 21, value ->> 22, value ->> 23, value ->> 24, value ->> 25, value ->> 26, value ->> 27,
                      value ->> 28, value ->> 29, value ->> 30
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   slug = excluded.slug, name = excluded.name, name_key = excluded.name_key,
                   description = excluded.description, is_public = excluded.is_public,
                   is_verified = excluded.is_verified, takes_requests = excluded.takes_requests,
                   is_token_enough = excluded.is_token_enough, members_max = excluded.members_max,
                   archived_at = excluded.archived_at, deleted_at = excluded.deleted_at,
                   offer_from = excluded.offer_from, offer_to = excluded.offer_to, offered_at = excluded.offered_at,
                   offer_expires_at = excluded.offer_expires_at, language = excluded.language,
                   chat = excluded.chat, country = excluded.country, description_key = excluded.description_key";
    bulk(connection, sql, rows)?;
    advance(connection, "groups", net.groups.keys().next_back().map(|id| id.get()))
}

fn write_tallies(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.tallies.iter().map(|(group, tally)| {
        (
            group.get(),
            tally.members,
            tally.owners,
            tally.invitations,
            tally.waiting,
            tally.last_place,
            tally.notices,
            tally.updated_at.as_millis(),
        )
    });
    let sql = "UPDATE \"groups\" SET
                   members_count = k.value ->> 1, owners_count = k.value ->> 2, invitations_count = k.value ->> 3,
                   waiting_count = k.value ->> 4, last_place = k.value ->> 5, notices_count = k.value ->> 6,
                   updated_at = k.value ->> 7
               FROM jsonb_each(?1) AS k WHERE \"groups\".id = k.value ->> 0";
    bulk(connection, sql, rows)
}

fn write_memberships(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let ended = net.memberships.iter().filter(|(_, membership)| membership.is_none());
    let sql = "DELETE FROM memberships WHERE (group_id, user_id) IN
                   (SELECT value ->> 0, value ->> 1 FROM jsonb_each(?1))";
    bulk(connection, sql, ended.map(|((group, user), _)| (group.get(), user.get())))?;

    let rows = net.memberships.values().flatten().map(|membership| {
        (
            membership.group.get(),
            membership.user.get(),
            membership.roles.bits(),
            membership.joined_at.as_millis(),
            membership.is_hidden,
        )
    });
    let sql = "INSERT INTO memberships (group_id, user_id, roles, joined_at, is_hidden)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (group_id, user_id) DO UPDATE SET
                   roles = excluded.roles, joined_at = excluded.joined_at, is_hidden = excluded.is_hidden";
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
            hexed(invitation.id.as_uuid()),
            invitation.group.get(),
            user,
            email.map(|email| email.as_str()),
            email.map(|email| email.key().as_str()),
            invitation.inviter.get(),
            invitation.roles.bits(),
            columns::state_number(invitation.state),
            invitation.created_at.as_millis(),
            invitation.sent_at.as_millis(),
            millis(invitation.expires_at),
            millis(invitation.closed_at),
            number(invitation.closed_by),
            (
                invitation.language.map(Language::as_str),
                invitation.note.as_ref().map(|note| note.as_str()),
                millis(invitation.remind_at),
                millis(invitation.seen_at),
            ),
        )
    });
    let sql = "INSERT INTO invitations
                   (id, group_id, user_id, email, email_key, inviter_id, roles, state, created_at, sent_at, expires_at,
                    closed_at, closed_by, language, note, remind_at, seen_at)
               SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                      value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12,
                      value ->> '$[13][0]', value ->> '$[13][1]', value ->> '$[13][2]', value ->> '$[13][3]'
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   language = excluded.language, note = excluded.note, remind_at = excluded.remind_at,
                   seen_at = excluded.seen_at, inviter_id = excluded.inviter_id, roles = excluded.roles, state = excluded.state,
                   sent_at = excluded.sent_at, expires_at = excluded.expires_at, closed_at = excluded.closed_at,
                   closed_by = excluded.closed_by";
    bulk(connection, sql, rows)
}

fn write_invitation_tokens(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.invitation_tokens.values().map(|token| {
        let (hash, invitation) = (hex::encode(token.hash.0), hexed(token.invitation.as_uuid()));
        (hash, invitation, token.created_at.as_millis(), number(token.holder))
    });
    let sql = "INSERT INTO invitation_tokens (hash, invitation_id, created_at, holder_id)
               SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (hash) DO NOTHING";
    bulk(connection, sql, rows)
}

fn write_links(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.links.values().map(|link| {
        (
            hexed(link.id.as_uuid()),
            link.group.get(),
            hex::encode(link.hash.0),
            link.creator.get(),
            link.roles.bits(),
            link.uses_max,
            link.uses,
            link.needs_approval,
            link.created_at.as_millis(),
            millis(link.expires_at),
            millis(link.revoked_at),
            number(link.revoked_by),
        )
    });
    let sql = "INSERT INTO links
                   (id, group_id, hash, creator_id, roles, uses_max, uses, needs_approval, created_at, expires_at,
                    revoked_at, revoked_by)
               SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), value ->> 3, value ->> 4, value ->> 5,
                      value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   uses = excluded.uses, revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by";
    bulk(connection, sql, rows)
}

fn write_requests(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.requests.values().map(|request| {
        (
            request.group.get(),
            request.user.get(),
            request.roles.bits(),
            columns::request_state_number(request.state),
            request.place,
            request.created_at.as_millis(),
            millis(request.closed_at),
            number(request.closed_by),
        )
    });
    let sql = "INSERT INTO join_requests (group_id, user_id, roles, state, place, created_at, closed_at, closed_by)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (group_id, user_id) DO UPDATE SET
                   roles = excluded.roles, state = excluded.state, place = excluded.place,
                   created_at = excluded.created_at, closed_at = excluded.closed_at, closed_by = excluded.closed_by";
    bulk(connection, sql, rows)
}

fn write_day_counts(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.day_counts.values().map(|count| (count.inviter.get(), count.day, count.made));
    let sql = "INSERT INTO day_counts (inviter_id, day, made)
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (inviter_id) DO UPDATE SET day = excluded.day, made = excluded.made";
    bulk(connection, sql, rows)
}

fn write_opt_outs(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let ended = net.opt_outs.iter().filter(|(_, opt_out)| opt_out.is_none()).map(|((person, from), _)| {
        let (kind, id) = columns::invitations_from_numbers(*from);
        (hex::encode(person.0), kind, id)
    });
    let sql = "DELETE FROM opt_outs WHERE (person, from_kind, from_id) IN
                   (SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM jsonb_each(?1))";
    bulk(connection, sql, ended)?;

    let rows = net.opt_outs.values().flatten().map(|opt_out| {
        let (kind, id) = columns::invitations_from_numbers(opt_out.from);
        (hex::encode(opt_out.person.0), kind, id, opt_out.created_at.as_millis())
    });
    // One that was taken back and made again in the same batch is there already, with another time.
    let sql = "INSERT INTO opt_outs (person, from_kind, from_id, created_at)
               SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (person, from_kind, from_id) DO UPDATE SET created_at = excluded.created_at";
    bulk(connection, sql, rows)
}

fn write_events(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.events.iter().map(|event| {
        (
            event.stream.number(),
            event.seq,
            event.at.as_millis(),
            event.kind.as_str(),
            number(event.actor),
            event.origin.via.as_str(),
            event.origin.client.as_ref().map(|client| client.as_str()),
            event.origin.request.as_ref().map(|request| request.as_str()),
            event.batch.map(BatchId::as_uuid).map(hexed),
            event.thing.to_string(),
            number(event.member()),
            event.before.as_deref(),
            event.after.as_deref(),
            hex::encode(event.hash.0),
        )
    });
    let sql = "INSERT INTO events
                   (group_id, seq, at, kind, actor_id, via, client, request, batch_id, thing, member_id, record_before,
                    record_after, hash, position)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, unhex(value ->> 8), value ->> 9, value ->> 10, value ->> 11, value ->> 12,
                      unhex(value ->> 13), (SELECT next FROM sequences WHERE name = 'positions')
               FROM jsonb_each(?1)";
    bulk(connection, sql, rows)?;
    if net.events.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE sequences SET next = next + 1 WHERE name = 'positions'";
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(failure)
}

fn write_heads(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let heads = net.heads();
    let rows = heads.iter().map(|(stream, head)| (stream.number(), head.seq, hex::encode(head.hash.0)));
    let sql = "INSERT INTO heads (group_id, seq, hash)
               SELECT value ->> 0, value ->> 1, unhex(value ->> 2) FROM jsonb_each(?1) WHERE true
               ON CONFLICT (group_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
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
    // Revoked ones first: their names are free for others.
    let is_revoked = |revoked: bool| net.tokens.values().filter(move |token| token.revoked_at.is_some() == revoked);
    let rows = is_revoked(true).chain(is_revoked(false)).map(|token| {
        let personal = token.personal.as_ref();
        (
            hexed(token.id.as_uuid()),
            hex::encode(token.hash.0),
            token.user.get(),
            token.client.as_ref().map(|client| client.as_str()),
            token.scopes.to_string(),
            token.created_at.as_millis(),
            millis(token.expires_at),
            millis(token.revoked_at),
            personal.map(|personal| personal.name.as_str()),
            personal.map(|personal| personal.last_part.as_str()),
            personal.map(|personal| personal.skips_second_factor),
        )
    });
    let sql = "INSERT INTO tokens
                   (id, hash, user_id, client_id, scopes, created_at, expires_at, revoked_at, name, last_part,
                    skips_second_factor)
               SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                      value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10
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

pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

pub(super) fn number(user: Option<UserId>) -> Option<i64> {
    user.map(UserId::get)
}

pub(super) fn hexed(uuid: Uuid) -> String {
    uuid.simple().to_string()
}

/// Runs `sql` once with all `rows` as one JSON array; not at all without rows.
pub(super) fn bulk<R: Serialize>(
    connection: &Connection,
    sql: &str,
    rows: impl Iterator<Item = R>,
) -> Result<(), StoreError> {
    let rows: Vec<R> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(&rows).map_err(|_| StoreError::bug("rows could not be written as JSON"))?;
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    statement.execute([rows]).map_err(failure)?;
    Ok(())
}
