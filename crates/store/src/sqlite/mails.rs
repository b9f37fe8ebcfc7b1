//! Mail: writing what becomes of it, and loading what is due with all that there is to write in it.

use std::collections::BTreeSet;

use guestlist_core::command::DueMail;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::GroupId;
use guestlist_core::mail::{OWNERS_MAX, Recipient};
use guestlist_core::{Facts, Needs};
use rusqlite::Connection;

use super::changes::{bulk, hexed, millis, number};
use super::queries::DEAD;
use super::{each, facts, json, rows};
use crate::about::About;
use crate::columns::{self, invitation_columns, mail_columns, membership_columns, request_columns};
use crate::error::StoreError;
use crate::keys::Keys;
use crate::net::NetChanges;

pub(super) fn write(connection: &Connection, net: &NetChanges) -> Result<(), StoreError> {
    let rows = net.mails.values().map(|mail| {
        let (user, email) = columns::recipient_columns(&mail.to);
        (
            hexed(mail.id.as_uuid()),
            columns::mail_kind_number(mail.kind),
            mail.group.get(),
            number(user),
            email.map(|email| email.as_str()),
            email.map(|email| email.key().as_str()),
            mail.invitation.map(|id| hexed(id.as_uuid())),
            number(mail.about),
            columns::mail_state_number(mail.state),
            mail.created_at.as_millis(),
            millis(mail.due_at),
            columns::tries_text(&mail.tries),
        )
    });
    let sql = "INSERT INTO mails
                   (id, kind, group_id, user_id, email, email_key, invitation_id, about_id, state, created_at, due_at,
                    tries)
               SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                      unhex(value ->> 6), value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
               FROM jsonb_each(?1) WHERE true
               ON CONFLICT (id) DO UPDATE SET
                   state = excluded.state, due_at = excluded.due_at, tries = excluded.tries";
    bulk(connection, sql, rows)?;

    let revived = net.dead_addresses.iter().filter(|(_, dead)| dead.is_none()).map(|(address, _)| address.as_str());
    bulk(connection, "DELETE FROM dead_addresses WHERE email_key IN (SELECT value FROM json_each(?1))", revived)?;
    let rows =
        net.dead_addresses.values().flatten().map(|dead| {
            (dead.address.as_str(), dead.since.as_millis(), dead.reply.as_ref().map(|reply| reply.as_str()))
        });
    let sql = "INSERT INTO dead_addresses (email_key, since, reply)
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(?1) WHERE true
               ON CONFLICT (email_key) DO UPDATE SET since = excluded.since, reply = excluded.reply";
    bulk(connection, sql, rows)
}

/// The mails that are named, and by them their groups and readers.
pub(super) fn load_named(connection: &Connection, facts: &mut Facts, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.mails.is_empty() {
        return Ok(());
    }
    let sql = concat!(
        "SELECT ",
        mail_columns!("m"),
        " FROM json_each(?1) AS k CROSS JOIN mails AS m ON m.id = unhex(k.value)"
    );
    each(connection, sql, &[&json(&facts::hexed(&keys.mails))?], |row| {
        let mail = rows::mail(row)?;
        keys.group_ids.insert(mail.group.get());
        match &mail.to {
            Recipient::User(user) => drop(keys.user_ids.insert(user.get())),
            Recipient::Address(email) => drop(keys.emails.insert(email.key().to_string())),
            Recipient::Owners => {}
        }
        facts.learn_mail(mail);
        Ok(())
    })
}

/// What is known of the addresses that are named.
pub(super) fn load_dead(
    connection: &Connection,
    facts: &mut Facts,
    addresses: &BTreeSet<String>,
) -> Result<(), StoreError> {
    if addresses.is_empty() {
        return Ok(());
    }
    each(connection, DEAD, &[&json(addresses)?], |row| {
        facts.learn_dead_address(rows::dead_address(row)?);
        Ok(())
    })
}

/// The mail that is due, and all that it is about. Comes after everything else that is loaded: what is known already, and
/// perhaps held, is not looked at again.
pub(super) fn load_due(connection: &Connection, facts: &mut Facts, needs: &[Needs]) -> Result<(), StoreError> {
    let Some(due) = DueMail::of(needs) else { return Ok(()) };
    let sql = concat!(
        "SELECT ",
        mail_columns!("m"),
        " FROM mails AS m INDEXED BY mails_due
          WHERE m.due_at <= ?1 AND m.due_at IS NOT NULL AND m.created_at < ?1 ORDER BY m.due_at, m.id LIMIT ?2"
    );
    let mut about = About::of_named(facts, needs);
    each(connection, sql, &[&due.by.as_millis(), &due.number], |row| {
        let mail = rows::mail(row)?;
        about.mail(&mail);
        facts.learn_mail(mail);
        Ok(())
    })?;

    let sql = concat!(
        "SELECT ",
        invitation_columns!("i"),
        " FROM json_each(?1) AS k CROSS JOIN invitations AS i ON i.id = unhex(k.value)"
    );
    each(connection, sql, &[&json(&facts::hexed(&about.invitations))?], |row| {
        let invitation = rows::invitation(row, 0)?;
        about.invitation(&invitation);
        facts.learn_invitation(invitation);
        Ok(())
    })?;
    let sql = concat!(
        "SELECT ",
        membership_columns!("m"),
        " FROM json_each(?1) AS k CROSS JOIN memberships AS m ON m.group_id = k.value AND m.user_id IN (
              SELECT o.user_id FROM memberships AS o INDEXED BY memberships_of_owners
              WHERE o.group_id = k.value AND o.roles & 1 ORDER BY o.joined_at, o.user_id LIMIT ?2)"
    );
    let owned = json(&about.owned)?;
    each(connection, sql, &[&owned, &OWNERS_MAX], |row| {
        let membership = rows::membership(row, 0)?;
        about.owner(membership.user);
        facts.learn_membership(membership);
        Ok(())
    })?;
    facts::load_emails(connection, facts, &mut about.named)?;
    facts::load_users(connection, facts, &about.named)?;
    facts::load_addresses(connection, facts)?;
    about.named.group_ids.retain(|id| GroupId::new(*id).is_some_and(|id| facts.group(&GroupRef::Id(id)).is_none()));
    facts::load_groups(connection, facts, &about.named)?;

    let sql = concat!(
        "SELECT ",
        request_columns!("r"),
        " FROM jsonb_each(?1) AS k CROSS JOIN join_requests AS r
          ON r.group_id = k.value ->> 0 AND r.user_id = k.value ->> 1"
    );
    each(connection, sql, &[&json(&about.requests)?], |row| {
        facts.learn_request(rows::request(row)?);
        Ok(())
    })?;
    let addresses =
        about.readers.iter().filter_map(|user| facts.address_of(*user)).map(|email| email.key().to_string());
    about.addresses.extend(addresses);
    load_dead(connection, facts, &about.addresses)?;
    facts::load_opt_outs_of(connection, facts, facts.refusers_of_mail(), BTreeSet::new())
}
