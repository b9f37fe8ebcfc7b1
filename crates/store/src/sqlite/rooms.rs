//! What Rocket.Chat's clients ask.

use std::collections::BTreeSet;

use async_trait::async_trait;
use guestlist_core::credential::AccessToken;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::link::LinkHash;
use guestlist_core::names::EmailKey;
use guestlist_core::user::UserEmail;
use rusqlite::Row;
use rusqlite::types::ToSql;

use super::queries::{DEAD, OPT_OUTS, all, group_view, one};
use super::readers::Readers;
use super::{failure, json, rows};
use crate::columns::{
    GROUP_COLUMNS, LINK_COLUMNS, USER_COLUMNS, group_columns, link_columns, membership_columns, token_columns,
    user_columns,
};
use crate::error::StoreError;
use crate::query::{Member, Roster};
use crate::rooms::{
    PeopleSearch, RoomLink, RoomOrder, RoomQueries, RoomSearch, Rooms, closed, closers, in_every_order,
};

macro_rules! joined {
    ($order:literal, $direction:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN \"groups\" AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
              WHERE m.user_id = ?1 AND g.deleted_at IS NULL AND NOT g.is_public ORDER BY ",
            $order,
            " ",
            $direction,
            ", g.id LIMIT ?2 OFFSET ?3"
        )
    };
}

macro_rules! everywhere {
    ($order:literal, $direction:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", NULL, NULL, NULL, NULL, NULL
              FROM \"groups\" AS g CROSS JOIN users AS u ON u.id = g.creator_id
              WHERE ?1 = 0 AND g.deleted_at IS NULL AND NOT g.is_public ORDER BY ",
            $order,
            " ",
            $direction,
            ", g.id LIMIT ?2 OFFSET ?3"
        )
    };
}

const JOINED_COUNT: &str = "SELECT count(*) FROM memberships AS m JOIN \"groups\" AS g ON g.id = m.group_id
    WHERE m.user_id = ?1 AND g.deleted_at IS NULL AND NOT g.is_public";
const COUNT: &str = "SELECT count(*) FROM \"groups\" WHERE ?1 = 0 AND deleted_at IS NULL AND NOT is_public";

macro_rules! people_match {
    () => {
        "u.deleted_at IS NULL AND (?1 = '' OR instr(coalesce(u.username_key, lower(u.uid)), ?1) > 0 OR instr(u.name_key, ?1) > 0)
         AND (?2 = '' OR u.id IN (SELECT user_id FROM user_emails WHERE email_key = ?2))
         AND (NOT ?3 OR u.disabled_at IS NULL)
         AND (?4 = 0 OR u.id IN (SELECT o.user_id FROM memberships AS m JOIN memberships AS o ON o.group_id = m.group_id
                                 WHERE m.user_id = ?4))"
    };
}

macro_rules! people_by {
    ($direction:literal) => {
        concat!(
            "SELECT ",
            user_columns!("u"),
            " FROM users AS u WHERE ",
            people_match!(),
            " ORDER BY coalesce(u.username_key, lower(u.uid)) ",
            $direction,
            ", u.id LIMIT ?5 OFFSET ?6"
        )
    };
}

const PEOPLE_COUNT: &str = concat!("SELECT count(*) FROM users AS u WHERE ", people_match!());

macro_rules! links_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            link_columns!("l"),
            ", ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            " FROM links AS l JOIN \"groups\" AS g ON g.id = l.group_id JOIN users AS u ON u.id = l.creator_id
              WHERE ",
            $condition,
            " ORDER BY l.id"
        )
    };
}

#[async_trait]
impl RoomQueries for Readers {
    async fn rooms(&self, search: RoomSearch) -> Result<Rooms, StoreError> {
        self.run(move |connection| {
            let member = search.member.map_or(0, UserId::get);
            let (count, sql) = if search.member.is_some() {
                (JOINED_COUNT, in_every_order!(search, joined))
            } else {
                (COUNT, in_every_order!(search, everywhere))
            };
            // Both in one transaction, so that the number and the list are of one moment.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let total = one(&moment, count, &[&member], number)?.unwrap_or(0);
            let rooms = all(&moment, sql, &[&member, &search.limit, &search.offset], group_view)?;
            Ok(Rooms { rooms, total })
        })
        .await
    }

    async fn usernames_in(&self, groups: Vec<GroupId>) -> Result<Vec<(GroupId, String)>, StoreError> {
        let sql = "SELECT m.group_id, coalesce(u.username, u.uid)
                   FROM json_each(?1) AS k CROSS JOIN memberships AS m ON m.group_id = k.value
                   JOIN users AS u ON u.id = m.user_id
                   ORDER BY m.group_id, coalesce(u.username_key, lower(u.uid))";
        let groups = serde_json::json!(groups.into_iter().map(GroupId::get).collect::<Vec<_>>()).to_string();
        self.run(move |connection| {
            all(connection, sql, &[&groups], |row| Ok((rows::group_id(row)?, row.get(1).map_err(failure)?)))
        })
        .await
    }

    async fn role_holders(&self, group: GroupId) -> Result<Vec<Member>, StoreError> {
        let sql = concat!(
            "SELECT ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.group_id = ?1 AND m.roles <> 0
              ORDER BY coalesce(u.username_key, lower(u.uid)), u.id"
        );
        let read =
            |row: &Row<'_>| Ok(Member { user: rows::user(row, 0)?, membership: rows::membership(row, USER_COLUMNS)? });
        self.run(move |connection| all(connection, sql, &[&group.get()], read)).await
    }

    async fn active_members(&self, group: GroupId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                   WHERE m.group_id = ?1 AND u.disabled_at IS NULL";
        self.run(move |connection| Ok(one(connection, sql, &[&group.get()], number)?.unwrap_or(0))).await
    }

    async fn people(&self, search: PeopleSearch) -> Result<Roster, StoreError> {
        self.run(move |connection| {
            let sql = if search.is_descending { people_by!("DESC") } else { people_by!("ASC") };
            let filter = search.filter.unwrap_or_default().to_lowercase();
            let email = search.email.unwrap_or_default().to_lowercase();
            let beside = search.beside.map_or(0, UserId::get);
            let keys: [&dyn ToSql; 6] = [&filter, &email, &search.is_active, &beside, &search.limit, &search.offset];
            // Both in one transaction, so that the number and the list are of one moment.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let [filter, email, is_active, beside, ..] = keys;
            let total = one(&moment, PEOPLE_COUNT, &[filter, email, is_active, beside], number)?.unwrap_or(0);
            Ok(Roster { members: all(&moment, sql, &keys, |row| rows::user(row, 0))?, total })
        })
        .await
    }

    async fn emails_of(&self, users: Vec<UserId>) -> Result<Vec<UserEmail>, StoreError> {
        let sql = "SELECT e.email, e.user_id, e.is_verified
                   FROM json_each(?1) AS k CROSS JOIN user_emails AS e ON e.user_id = k.value ORDER BY e.email_key";
        let users = serde_json::json!(users.into_iter().map(UserId::get).collect::<Vec<_>>()).to_string();
        self.run(move |connection| all(connection, sql, &[&users], rows::user_email)).await
    }

    async fn closed_addresses(&self, addresses: Vec<EmailKey>) -> Result<BTreeSet<EmailKey>, StoreError> {
        let key = self.person_key();
        self.run(move |connection| {
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let keys = json(&addresses.iter().map(EmailKey::as_str).collect::<Vec<_>>())?;
            let owners = "SELECT e.email, e.user_id, e.is_verified
                          FROM json_each(?1) AS k CROSS JOIN user_emails AS e ON e.email_key = k.value";
            let closers = closers(&addresses, &all(&moment, owners, &[&keys], rows::user_email)?, &key);
            let persons: Vec<_> = closers.iter().map(|(person, _)| hex::encode(person.0)).collect();
            let opt_outs = all(&moment, OPT_OUTS, &[&json(&persons)?], rows::opt_out)?;
            Ok(closed(closers, &opt_outs, all(&moment, DEAD, &[&keys], rows::dead_address)?))
        })
        .await
    }

    async fn personal_tokens(&self, user: UserId) -> Result<Vec<AccessToken>, StoreError> {
        let sql = concat!(
            "SELECT ",
            token_columns!("t"),
            " FROM tokens AS t INDEXED BY tokens_by_name
              WHERE t.user_id = ?1 AND t.name IS NOT NULL AND t.revoked_at IS NULL ORDER BY t.created_at, t.id"
        );
        self.run(move |connection| all(connection, sql, &[&user.get()], |row| rows::token(row, 0))).await
    }

    async fn link_anywhere(&self, hash: LinkHash) -> Result<Option<RoomLink>, StoreError> {
        self.point(move |connection| one(connection, links_where!("l.hash = ?1"), &[&hash.0], room_link)).await
    }

    async fn longest_member(&self, group: GroupId, except: UserId) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT u.id FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                   WHERE m.group_id = ?1 AND m.user_id <> ?2 AND u.disabled_at IS NULL
                   ORDER BY m.joined_at, m.user_id LIMIT 1";
        self.run(move |connection| one(connection, sql, &[&group.get(), &except.get()], rows::user_id)).await
    }

    async fn active_admins(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM users WHERE is_admin AND disabled_at IS NULL";
        self.run(move |connection| Ok(one(connection, sql, &[], number)?.unwrap_or(0))).await
    }

    async fn link_key(&self) -> Result<[u8; 32], StoreError> {
        self.point(move |connection| rows::secret(connection, "link-key")).await
    }

    async fn room_links(&self, by: Option<(GroupId, UserId)>) -> Result<Vec<RoomLink>, StoreError> {
        self.run(move |connection| match by {
            Some((group, creator)) => {
                let sql = links_where!(
                    "l.revoked_at IS NULL AND g.deleted_at IS NULL AND l.group_id = ?1 AND l.creator_id = ?2"
                );
                all(connection, sql, &[&group.get(), &creator.get()], room_link)
            }
            None => all(connection, links_where!("l.revoked_at IS NULL AND g.deleted_at IS NULL"), &[], room_link),
        })
        .await
    }
}

pub(super) fn number(row: &Row<'_>) -> Result<u64, StoreError> {
    let number: i64 = row.get(0).map_err(failure)?;
    Ok(u64::try_from(number).unwrap_or(0))
}

fn room_link(row: &Row<'_>) -> Result<RoomLink, StoreError> {
    Ok(RoomLink {
        link: rows::link(row, 0)?,
        group: rows::group(row, LINK_COLUMNS)?,
        creator: rows::user(row, LINK_COLUMNS + GROUP_COLUMNS)?,
    })
}
