//! Loading the facts of a batch: one statement per kind of fact, however many commands ask. Keys go in as one JSON
//! array each; a kind that nobody needs costs nothing.

use std::collections::BTreeSet;

use guestlist_core::credential::IssuerKey;
use guestlist_core::facts::Refusers;
use guestlist_core::history::{Stream, Thing};
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::invitation::Invitee;
use guestlist_core::opt_out::{InvitationsFrom, PersonHash};
use guestlist_core::{Facts, Needs};
use rusqlite::Connection;
use rusqlite::types::ToSql;
use uuid::Uuid;

use super::{each, failure, json, mails, rows};
use crate::columns::{
    self, INVITATION_COLUMNS, event_columns, group_columns, invitation_columns, link_columns, membership_columns,
    request_columns, token_columns, user_columns,
};
use crate::error::StoreError;
use crate::keys::Keys;

/// Loads into `facts`, which know nothing but the settings and the key of the installation.
pub(super) fn load(connection: &Connection, needs: &[Needs], mut facts: Facts) -> Result<Facts, StoreError> {
    let mut keys = Keys::collect(needs);

    // What names further facts comes first: batches name invitations and people, invitations and links name groups and
    // addresses, addresses name users, and users name the groups that they own.
    mails::load_named(connection, &mut facts, &mut keys)?;
    load_batches(connection, &mut facts, &mut keys)?;
    load_invitations(connection, &mut facts, &mut keys)?;
    load_links(connection, &mut facts, &mut keys)?;
    load_emails(connection, &mut facts, &mut keys)?;
    load_users(connection, &mut facts, &keys)?;
    load_addresses(connection, &mut facts)?;
    load_owned(connection, &mut facts, &mut keys, needs)?;
    load_groups(connection, &mut facts, &keys)?;
    load_heads(connection, &mut facts, needs)?;
    load_pairs(connection, &mut facts, needs)?;
    load_waiting(connection, &mut facts, needs)?;
    load_day_counts(connection, &mut facts, &keys)?;
    load_opt_outs(connection, &mut facts, needs)?;
    load_tokens(connection, &mut facts, &keys)?;
    load_clients(connection, &mut facts, &keys)?;
    load_sequences(connection, &mut facts, needs)?;
    load_issuer_key(connection, &mut facts, needs)?;
    mails::load_dead(connection, &mut facts, &keys.dead_addresses)?;
    mails::load_due(connection, &mut facts, needs)?;
    Ok(facts)
}

/// What happened in batches of invitations, and to whom.
fn load_batches(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.batches.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        event_columns!("e"),
        " FROM json_each(?1) AS k CROSS JOIN events AS e INDEXED BY events_of_batch ON e.batch_id = unhex(k.value)
          ORDER BY e.seq"
    );
    each(connection, sql, &[&json(&hexed(&keys.batches))?], |row| {
        let event = rows::event(row)?;
        match &event.thing {
            Thing::Invitation(id) => drop(keys.invitations.insert(id.as_uuid())),
            Thing::Member(user) | Thing::Request(user) => drop(keys.user_ids.insert(user.get())),
            _ => {}
        }
        if let Some(batch) = event.batch {
            facts.learn_batch_event(batch, event);
        }
        Ok(())
    })
}

fn load_invitations(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.invitations.is_empty() && keys.invitation_tokens.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        invitation_columns!("i"),
        ", NULL, NULL, NULL FROM json_each(?1) AS k CROSS JOIN invitations AS i ON i.id = unhex(k.value)
         UNION ALL
         SELECT ",
        invitation_columns!("i"),
        ", t.hash, t.holder_id, t.created_at
         FROM json_each(?2) AS k CROSS JOIN invitation_tokens AS t ON t.hash = unhex(k.value)
         CROSS JOIN invitations AS i ON i.id = t.invitation_id"
    );
    let named: [&dyn ToSql; 2] = [&json(&hexed(&keys.invitations))?, &json(&hashes(&keys.invitation_tokens))?];
    each(connection, sql, &named, |row| {
        let invitation = rows::invitation(row, 0)?;
        if let Some(token) = rows::invitation_token_or_null(row, INVITATION_COLUMNS, invitation.id)? {
            keys.user_ids.extend(token.holder.map(UserId::get));
            facts.learn_invitation_token(token);
        }
        keys.group_ids.insert(invitation.group.get());
        match &invitation.invitee {
            Invitee::User(user) => keys.user_ids.insert(user.get()),
            Invitee::Email(email) => keys.emails.insert(email.key().to_string()),
        };
        facts.learn_invitation(invitation);
        Ok(())
    })
}

fn load_links(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.links.is_empty() && keys.link_hashes.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        link_columns!("l"),
        " FROM json_each(?1) AS k CROSS JOIN links AS l ON l.id = unhex(k.value)
         UNION ALL
         SELECT ",
        link_columns!("l"),
        " FROM json_each(?2) AS k CROSS JOIN links AS l ON l.hash = unhex(k.value)"
    );
    each(connection, sql, &[&json(&hexed(&keys.links))?, &json(&hashes(&keys.link_hashes))?], |row| {
        let link = rows::link(row, 0)?;
        keys.group_ids.insert(link.group.get());
        facts.learn_link(link);
        Ok(())
    })
}

pub(super) fn load_emails(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.emails.is_empty() {
        return Ok(());
    }
    let sql = "SELECT e.email, e.user_id, e.is_verified
               FROM json_each(?1) AS k CROSS JOIN user_emails AS e ON e.email_key = k.value";
    each(connection, sql, &[&json(&keys.emails)?], |row| {
        let email = rows::user_email(row)?;
        keys.user_ids.insert(email.user.get());
        facts.learn_email(email);
        Ok(())
    })
}

pub(super) fn load_users(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
    let none = [&keys.user_uids, &keys.subjects, &keys.usernames].iter().all(|keys| keys.is_empty());
    if none && keys.user_ids.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        user_columns!("u"),
        " FROM json_each(?1) AS k CROSS JOIN users AS u ON u.id = k.value
         UNION ALL
         SELECT ",
        user_columns!("u"),
        " FROM json_each(?2) AS k CROSS JOIN users AS u ON u.uid = k.value
         UNION ALL
         SELECT ",
        user_columns!("u"),
        " FROM json_each(?3) AS k CROSS JOIN users AS u ON u.subject = k.value
         UNION ALL
         SELECT ",
        user_columns!("u"),
        " FROM json_each(?4) AS k CROSS JOIN users AS u ON u.username_key = k.value"
    );
    let keys: [&dyn ToSql; 4] =
        [&json(&keys.user_ids)?, &json(&keys.user_uids)?, &json(&keys.subjects)?, &json(&keys.usernames)?];
    each(connection, sql, &keys, |row| {
        facts.learn_user(rows::user(row, 0)?);
        Ok(())
    })
}

/// The addresses of the users: an invitation may have been made to one of them.
pub(super) fn load_addresses(connection: &Connection, facts: &mut Facts) -> Result<(), StoreError> {
    let users: Vec<i64> = facts.user_ids().map(UserId::get).collect();
    if users.is_empty() {
        return Ok(());
    }
    let sql = "SELECT e.email, e.user_id, e.is_verified
               FROM json_each(?1) AS k CROSS JOIN user_emails AS e ON e.user_id = k.value";
    each(connection, sql, &[&json(&users)?], |row| {
        facts.learn_email(rows::user_email(row)?);
        Ok(())
    })
}

/// The groups that somebody owns, by their memberships there.
fn load_owned(connection: &Connection, facts: &mut Facts, keys: &mut Keys, needs: &[Needs]) -> Result<(), StoreError> {
    let owners: Vec<i64> = facts.owners(needs).into_iter().map(UserId::get).collect();
    if owners.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        membership_columns!("m"),
        " FROM json_each(?1) AS k CROSS JOIN memberships AS m INDEXED BY memberships_of_user ON m.user_id = k.value
          WHERE m.roles & 1"
    );
    each(connection, sql, &[&json(&owners)?], |row| {
        let membership = rows::membership(row, 0)?;
        keys.group_ids.insert(membership.group.get());
        facts.learn_membership(membership);
        Ok(())
    })
}

pub(super) fn load_groups(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
    if keys.group_ids.is_empty() && keys.group_uids.is_empty() && keys.slugs.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        group_columns!("g"),
        " FROM json_each(?1) AS k CROSS JOIN \"groups\" AS g ON g.id = k.value
         UNION ALL
         SELECT ",
        group_columns!("g"),
        " FROM json_each(?2) AS k CROSS JOIN \"groups\" AS g ON g.uid = k.value
         UNION ALL
         SELECT ",
        group_columns!("g"),
        " FROM json_each(?3) AS k CROSS JOIN \"groups\" AS g ON g.slug = k.value"
    );
    let keys: [&dyn ToSql; 3] = [&json(&keys.group_ids)?, &json(&keys.group_uids)?, &json(&keys.slugs)?];
    each(connection, sql, &keys, |row| {
        facts.learn_group(rows::group(row, 0)?);
        Ok(())
    })
}

/// Where the histories stand that may go on.
fn load_heads(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    let is_installation = needs.iter().any(|need| need.installation);
    let streams = facts.group_ids().map(Stream::Group).chain(is_installation.then_some(Stream::Installation));
    let streams: BTreeSet<i64> = streams.map(Stream::number).collect();
    if streams.is_empty() {
        return Ok(());
    }
    let sql = "SELECT h.group_id, h.seq, h.hash FROM json_each(?1) AS k CROSS JOIN heads AS h ON h.group_id = k.value";
    each(connection, sql, &[&json(&streams)?], |row| {
        let (stream, head) = rows::head(row)?;
        facts.learn_head(stream, head);
        Ok(())
    })
}

/// What is between groups and people.
fn load_pairs(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    let pairs = facts.pairs(needs);
    if !pairs.users.is_empty() {
        let users: Vec<(i64, i64)> = pairs.users.iter().map(|(group, user)| (group.get(), user.get())).collect();
        let users = json(&users)?;
        let sql = concat!(
            "SELECT ",
            membership_columns!("m"),
            " FROM jsonb_each(?1) AS k CROSS JOIN memberships AS m
              ON m.group_id = k.value ->> 0 AND m.user_id = k.value ->> 1"
        );
        each(connection, sql, &[&users], |row| {
            facts.learn_membership(rows::membership(row, 0)?);
            Ok(())
        })?;
        let sql = concat!(
            "SELECT ",
            request_columns!("r"),
            " FROM jsonb_each(?1) AS k CROSS JOIN join_requests AS r
              ON r.group_id = k.value ->> 0 AND r.user_id = k.value ->> 1"
        );
        each(connection, sql, &[&users], |row| {
            facts.learn_request(rows::request(row)?);
            Ok(())
        })?;
        let sql = concat!(
            "SELECT ",
            invitation_columns!("i"),
            " FROM jsonb_each(?1) AS k CROSS JOIN invitations AS i INDEXED BY invitations_pending_user
              ON i.group_id = k.value ->> 0 AND i.user_id = k.value ->> 1 AND i.state = 0 AND i.user_id IS NOT NULL"
        );
        each(connection, sql, &[&users], |row| {
            facts.learn_invitation(rows::invitation(row, 0)?);
            Ok(())
        })?;
    }
    if !pairs.emails.is_empty() {
        let emails: Vec<(i64, &str)> = pairs.emails.iter().map(|(group, key)| (group.get(), key.as_str())).collect();
        let sql = concat!(
            "SELECT ",
            invitation_columns!("i"),
            " FROM jsonb_each(?1) AS k CROSS JOIN invitations AS i INDEXED BY invitations_pending_email
              ON i.group_id = k.value ->> 0 AND i.email_key = k.value ->> 1 AND i.state = 0
                 AND i.email_key IS NOT NULL"
        );
        each(connection, sql, &[&json(&emails)?], |row| {
            facts.learn_invitation(rows::invitation(row, 0)?);
            Ok(())
        })?;
    }
    Ok(())
}

/// The first of those who wait, going from place to place: some hundreds may be behind them.
fn load_waiting(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    let wanted: Vec<(i64, i64)> =
        facts.waiting_needed(needs).into_iter().map(|(group, count)| (group.get(), count)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "WITH RECURSIVE line (group_id, wanted, place) AS (
             SELECT k.value ->> 0, k.value ->> 1,
                    (SELECT min(w.place) FROM join_requests AS w INDEXED BY join_requests_waiting
                     WHERE w.group_id = k.value ->> 0 AND w.state = 1)
             FROM jsonb_each(?1) AS k
             UNION ALL
             SELECT line.group_id, line.wanted - 1,
                    (SELECT min(w.place) FROM join_requests AS w INDEXED BY join_requests_waiting
                     WHERE w.group_id = line.group_id AND w.state = 1 AND w.place > line.place)
             FROM line WHERE line.wanted > 1 AND line.place IS NOT NULL)
         SELECT ",
        request_columns!("r"),
        " FROM line CROSS JOIN join_requests AS r INDEXED BY join_requests_waiting
          ON r.group_id = line.group_id AND r.place = line.place AND r.state = 1"
    );
    each(connection, sql, &[&json(&wanted)?], |row| {
        facts.learn_request(rows::request(row)?);
        Ok(())
    })
}

/// What counts towards quotas, if there are any.
fn load_day_counts(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
    if keys.days_of.is_empty() || facts.settings().quotas.is_none() {
        return Ok(());
    }
    let sql = "SELECT d.inviter_id, d.day, d.made
               FROM json_each(?1) AS k CROSS JOIN day_counts AS d ON d.inviter_id = k.value";
    each(connection, sql, &[&json(&keys.days_of)?], |row| {
        facts.learn_day_count(rows::day_count(row)?);
        Ok(())
    })
}

/// Some standing refusals by what they are towards, of which one person may have very many, and all of some people.
fn load_opt_outs(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    let Refusers { towards, all } = facts.refusers(needs);
    load_opt_outs_of(connection, facts, towards, all)
}

pub(super) fn load_opt_outs_of(
    connection: &Connection,
    facts: &mut Facts,
    towards: BTreeSet<(PersonHash, GroupId, UserId)>,
    all: BTreeSet<PersonHash>,
) -> Result<(), StoreError> {
    if towards.is_empty() && all.is_empty() {
        return Ok(());
    }
    let mut asked = BTreeSet::new();
    for (person, group, inviter) in towards {
        let from = [InvitationsFrom::Everyone, InvitationsFrom::Group(group), InvitationsFrom::Inviter(inviter)];
        asked.extend(from.into_iter().map(columns::invitations_from_numbers).map(|(kind, id)| (person, kind, id)));
    }
    let asked: Vec<_> = asked.into_iter().map(|(person, kind, id)| (hex::encode(person.0), kind, id)).collect();
    let all: Vec<_> = all.into_iter().map(|person| hex::encode(person.0)).collect();
    let sql = "SELECT o.person, o.from_kind, o.from_id, o.created_at
               FROM jsonb_each(?1) AS k CROSS JOIN opt_outs AS o
               ON o.person = unhex(k.value ->> 0) AND o.from_kind = k.value ->> 1 AND o.from_id = k.value ->> 2
               UNION ALL
               SELECT o.person, o.from_kind, o.from_id, o.created_at
               FROM json_each(?2) AS k CROSS JOIN opt_outs AS o ON o.person = unhex(k.value)";
    each(connection, sql, &[&json(&asked)?, &json(&all)?], |row| {
        facts.learn_opt_out(rows::opt_out(row)?);
        Ok(())
    })
}

fn load_tokens(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
    if keys.token_ids.is_empty() && keys.token_hashes.is_empty() && keys.token_names.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        token_columns!("t"),
        " FROM json_each(?1) AS k CROSS JOIN tokens AS t ON t.id = unhex(k.value)
         UNION ALL
         SELECT ",
        token_columns!("t"),
        " FROM json_each(?2) AS k CROSS JOIN tokens AS t ON t.hash = unhex(k.value)
         UNION ALL
         SELECT ",
        token_columns!("t"),
        " FROM json_each(?3) AS k CROSS JOIN tokens AS t
          ON t.user_id = k.value ->> 0 AND t.name = k.value ->> 1 AND t.revoked_at IS NULL"
    );
    let (ids, hashes) = (json(&hexed(&keys.token_ids))?, json(&hashes(&keys.token_hashes))?);
    each(connection, sql, &[&ids, &hashes, &json(&keys.token_names)?], |row| {
        facts.learn_token(rows::token(row, 0)?);
        Ok(())
    })
}

fn load_clients(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
    if keys.clients.is_empty() {
        return Ok(());
    }
    let sql = "SELECT c.id, c.name, c.scopes, c.created_at
               FROM json_each(?1) AS k CROSS JOIN clients AS c ON c.id = k.value";
    each(connection, sql, &[&json(&keys.clients)?], |row| {
        facts.learn_client(rows::client(row)?);
        Ok(())
    })
}

fn load_sequences(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    if !needs.iter().any(|need| need.next_user_id || need.next_group_id) {
        return Ok(());
    }
    each(connection, "SELECT name, next FROM sequences", &[], |row| {
        columns::learn_sequence(facts, row.get(0).map_err(failure)?, row.get(1).map_err(failure)?)
    })
}

fn load_issuer_key(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    if !needs.iter().any(|need| need.issuer_key) {
        return Ok(());
    }
    each(connection, "SELECT kid, pkcs8 FROM issuer_keys", &[], |row| {
        let (kid, pkcs8) = (row.get(0).map_err(failure)?, row.get(1).map_err(failure)?);
        facts.learn_issuer_key(IssuerKey { kid, pkcs8 });
        Ok(())
    })
}

pub(super) fn hexed(ids: &BTreeSet<Uuid>) -> Vec<String> {
    ids.iter().map(|id| id.simple().to_string()).collect()
}

fn hashes(hashes: &BTreeSet<[u8; 32]>) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}
