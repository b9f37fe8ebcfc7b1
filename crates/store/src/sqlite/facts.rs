//! Loading the facts of a batch: one statement per kind of fact, however many commands ask. Keys go in as one JSON
//! array each; a kind that nobody needs costs nothing.

use std::collections::BTreeSet;

use guestlist_core::credential::IssuerKey;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::invitation::Invitee;
use guestlist_core::{Facts, Needs};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::failure;
use super::rows;
use crate::columns::{group_columns, invitation_columns, membership_columns, token_columns, user_columns};
use crate::error::StoreError;
use crate::keys::Keys;

pub(super) fn load(connection: &Connection, needs: &[Needs]) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    let mut keys = Keys::collect(needs);

    // What names further facts comes first: invitations name groups and addresses, addresses name users.
    load_invitations(connection, &mut facts, &mut keys)?;
    load_emails(connection, &mut facts, &mut keys)?;
    load_groups(connection, &mut facts, &keys)?;
    load_users(connection, &mut facts, &keys)?;
    load_addresses(connection, &mut facts)?;
    load_pairs(connection, &mut facts, needs)?;
    load_tokens(connection, &mut facts, &keys)?;
    load_clients(connection, &mut facts, &keys)?;
    load_sequences(connection, &mut facts, needs)?;
    load_issuer_key(connection, &mut facts, needs)?;
    Ok(facts)
}

fn load_invitations(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.invitations.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        invitation_columns!("i"),
        " FROM json_each(?1) AS k CROSS JOIN invitations AS i ON i.id = unhex(k.value)"
    );
    each(connection, sql, &[&json(&hexed(&keys.invitations))?], |row| {
        let invitation = rows::invitation(row, 0)?;
        keys.group_ids.insert(invitation.group.get());
        if let Invitee::Email(email) = &invitation.invitee {
            keys.emails.insert(email.key().to_string());
        }
        facts.learn_invitation(invitation);
        Ok(())
    })
}

fn load_emails(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
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

fn load_groups(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
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

fn load_users(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
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
fn load_addresses(connection: &Connection, facts: &mut Facts) -> Result<(), StoreError> {
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

fn load_pairs(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    let pairs = facts.pairs(needs);
    if !pairs.users.is_empty() {
        let users: Vec<(i64, i64)> =
            pairs.users.iter().map(|(group, user): &(GroupId, UserId)| (group.get(), user.get())).collect();
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

fn load_tokens(connection: &Connection, facts: &mut Facts, keys: &Keys) -> Result<(), StoreError> {
    if keys.token_ids.is_empty() && keys.token_hashes.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        token_columns!("t"),
        " FROM json_each(?1) AS k CROSS JOIN tokens AS t ON t.id = unhex(k.value)
         UNION ALL
         SELECT ",
        token_columns!("t"),
        " FROM json_each(?2) AS k CROSS JOIN tokens AS t ON t.hash = unhex(k.value)"
    );
    each(
        connection,
        sql,
        &[&json(&hexed(&keys.token_ids))?, &json(&keys.token_hashes.iter().map(hex::encode).collect::<Vec<_>>())?],
        |row| {
            facts.learn_token(rows::token(row, 0)?);
            Ok(())
        },
    )
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
        let (name, next): (String, i64) = (row.get(0).map_err(failure)?, row.get(1).map_err(failure)?);
        let corrupt = || StoreError::Corrupt { table: "sequences", column: "next", key: name.clone() };
        match name.as_str() {
            "users" => facts.learn_next_user_id(UserId::new(next).ok_or_else(corrupt)?),
            "groups" => facts.learn_next_group_id(GroupId::new(next).ok_or_else(corrupt)?),
            _ => {}
        }
        Ok(())
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

fn hexed(ids: &BTreeSet<Uuid>) -> Vec<String> {
    ids.iter().map(|id| id.simple().to_string()).collect()
}

fn json(keys: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(keys).map_err(|_| StoreError::bug("keys could not be written as JSON"))
}

fn each(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    mut learn: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    while let Some(row) = rows.next().map_err(failure)? {
        learn(row)?;
    }
    Ok(())
}
