//! What Quran Foundation's clients ask.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::group::GroupKind;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::link::Link;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::Subject;
use rusqlite::Row;
use rusqlite::types::ToSql;

use super::queries::{all, group_view, one};
use super::readers::Readers;
use super::rooms::number;
use super::{failure, json, rows};
use crate::columns::{USER_COLUMNS, group_columns, link_columns, membership_columns, user_columns};
use crate::directory::{
    Among, Directory, DirectoryOrder, DirectoryQueries, DirectorySearch, Stretch, in_directory_order,
};
use crate::error::StoreError;
use crate::query::{Member, Roster};

macro_rules! joined {
    () => {
        "memberships AS m JOIN \"groups\" AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
         WHERE m.user_id = ?1 AND g.deleted_at IS NULL AND (?2 < 0 OR m.roles & ?2 <> 0)
         AND (?3 = '' OR instr(g.name_key, ?3) > 0)"
    };
    ($order:literal) => {
        listed!(joined!(), $order)
    };
}

macro_rules! public {
    () => {
        "\"groups\" AS g JOIN users AS u ON u.id = g.creator_id
         LEFT JOIN memberships AS m ON m.group_id = g.id AND m.user_id = ?1
         WHERE g.is_public AND g.deleted_at IS NULL AND g.archived_at IS NULL AND (?2 < 0 OR g.is_page = ?2)
         AND (?3 = '' OR instr(g.name_key, ?3) > 0 OR instr(g.description_key, ?3) > 0)"
    };
    ($order:literal) => {
        listed!(public!(), $order)
    };
}

macro_rules! listed {
    ($from:expr, $order:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM ",
            $from,
            " ORDER BY ",
            $order,
            " LIMIT ?4 OFFSET ?5"
        )
    };
}

const JOINED_COUNT: &str = concat!("SELECT count(*) FROM ", joined!());
const PUBLIC_COUNT: &str = concat!("SELECT count(*) FROM ", public!());

const BY_RANK: &str = concat!(
    "SELECT ",
    user_columns!("u"),
    ", ",
    membership_columns!("m"),
    " FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.group_id = ?1
      ORDER BY m.roles & ?2 = 0, m.roles & ?3 = 0, m.joined_at, m.user_id LIMIT ?4 OFFSET ?5"
);

const STANDING_LINKS: &str = concat!(
    "SELECT ",
    link_columns!("l"),
    " FROM links AS l WHERE l.group_id = ?1 AND l.revoked_at IS NULL AND l.expires_at IS NULL AND l.uses_max IS NULL
      AND l.roles = 0 AND NOT l.needs_approval ORDER BY l.id LIMIT 100"
);

macro_rules! named {
    () => {
        "users AS u WHERE u.deleted_at IS NULL AND u.disabled_at IS NULL
         AND (?1 = '' OR instr(u.username_key, ?1) > 0 OR instr(u.name_key, ?1) > 0)"
    };
}

const NAMED: &str = concat!(
    "SELECT ",
    user_columns!("u"),
    " FROM ",
    named!(),
    " ORDER BY coalesce(u.username_key, u.name_key, lower(u.subject)), u.id LIMIT ?2 OFFSET ?3"
);
const NAMED_COUNT: &str = concat!("SELECT count(*) FROM ", named!());

#[async_trait]
impl DirectoryQueries for Readers {
    async fn directory(&self, search: DirectorySearch) -> Result<Directory, StoreError> {
        let DirectorySearch { among, text, order, stretch } = search;
        let (count, sql, viewer, filter) = match among {
            Among::Joined { user, roles } => {
                let roles = roles.map_or(-1, |roles| i64::from(roles.bits()));
                (JOINED_COUNT, in_directory_order!(order, joined), user.get(), roles)
            }
            Among::Public { viewer, kind } => {
                let kind = kind.map_or(-1, |kind| i64::from(kind == GroupKind::Page));
                (PUBLIC_COUNT, in_directory_order!(order, public), viewer.map_or(0, UserId::get), kind)
            }
        };
        let text = text.unwrap_or_default().to_lowercase();
        self.run(move |connection| {
            // Both in one transaction, so that the number and the list are of one moment.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let total = one(&moment, count, &[&viewer, &filter, &text], number)?.unwrap_or(0);
            let keys: [&dyn ToSql; 5] = [&viewer, &filter, &text, &stretch.limit, &stretch.offset];
            Ok(Directory { groups: all(&moment, sql, &keys, group_view)?, total })
        })
        .await
    }

    async fn heads(&self, groups: Vec<GroupId>) -> Result<HashMap<GroupId, Subject>, StoreError> {
        let sql = "SELECT g.id, u.subject FROM json_each(?1) AS k CROSS JOIN \"groups\" AS g ON g.id = k.value
                   JOIN users AS u ON u.id = coalesce(
                       (SELECT m.user_id FROM memberships AS m WHERE m.group_id = g.id AND m.roles & ?2 <> 0
                        ORDER BY m.joined_at, m.user_id LIMIT 1),
                       g.creator_id)";
        let groups = json(&groups.into_iter().map(GroupId::get).collect::<Vec<_>>())?;
        self.run(move |connection| {
            let heads =
                all(connection, sql, &[&groups, &OWNER], |row| Ok((rows::group_id(row)?, rows::subject(row, 1)?)))?;
            Ok(heads.into_iter().collect())
        })
        .await
    }

    async fn members_by_rank(
        &self,
        group: GroupId,
        admins: RoleSet,
        stretch: Stretch,
    ) -> Result<(Vec<Member>, u64), StoreError> {
        let read =
            |row: &Row<'_>| Ok(Member { user: rows::user(row, 0)?, membership: rows::membership(row, USER_COLUMNS)? });
        self.run(move |connection| {
            // Both in one transaction, so that the number and the list are of one moment.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let count = "SELECT count(*) FROM memberships WHERE group_id = ?1";
            let total = one(&moment, count, &[&group.get()], number)?.unwrap_or(0);
            let admins = i64::from(admins.bits());
            let keys: [&dyn ToSql; 5] = [&group.get(), &OWNER, &admins, &stretch.limit, &stretch.offset];
            Ok((all(&moment, BY_RANK, &keys, read)?, total))
        })
        .await
    }

    async fn people_by_name(&self, text: Option<String>, stretch: Stretch) -> Result<Roster, StoreError> {
        let text = text.unwrap_or_default().to_lowercase();
        self.run(move |connection| {
            // Both in one transaction, so that the number and the list are of one moment.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let total = one(&moment, NAMED_COUNT, &[&text], number)?.unwrap_or(0);
            let members = all(&moment, NAMED, &[&text, &stretch.limit, &stretch.offset], |row| rows::user(row, 0))?;
            Ok(Roster { members, total })
        })
        .await
    }

    async fn members_among(&self, group: GroupId, users: Vec<UserId>) -> Result<BTreeSet<UserId>, StoreError> {
        let sql = "SELECT m.user_id FROM json_each(?2) AS k
                   CROSS JOIN memberships AS m ON m.group_id = ?1 AND m.user_id = k.value";
        let users = json(&users.into_iter().map(UserId::get).collect::<Vec<_>>())?;
        self.run(move |connection| {
            Ok(all(connection, sql, &[&group.get(), &users], rows::user_id)?.into_iter().collect())
        })
        .await
    }

    async fn is_invited(&self, group: GroupId, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM (
                       SELECT group_id, expires_at FROM invitations WHERE user_id = ?2 AND state = 0
                       UNION ALL
                       SELECT o.group_id, o.expires_at FROM user_emails AS e
                       CROSS JOIN invitations AS o ON o.email_key = e.email_key
                       WHERE e.user_id = ?2 AND e.is_verified AND o.state = 0) AS i
                   WHERE i.group_id = ?1 AND coalesce(i.expires_at > ?3, true) LIMIT 1";
        self.run(move |connection| {
            Ok(one(connection, sql, &[&group.get(), &user.get(), &now.as_millis()], |_| Ok(()))?.is_some())
        })
        .await
    }

    async fn standing_links(&self, group: GroupId) -> Result<Vec<Link>, StoreError> {
        self.run(move |connection| all(connection, STANDING_LINKS, &[&group.get()], |row| rows::link(row, 0))).await
    }
}

/// The stored form of an owner.
const OWNER: u8 = RoleSet::of(&[Role::Owner]).bits();
