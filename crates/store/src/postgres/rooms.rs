//! What Rocket.Chat's clients ask.

use std::collections::BTreeSet;

use async_trait::async_trait;
use guestlist_core::credential::AccessToken;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::link::LinkHash;
use guestlist_core::names::EmailKey;
use guestlist_core::user::UserEmail;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::mails::DEAD;
use super::queries::{OPT_OUTS, all, group_view, one};
use super::readers::Readers;
use super::{failure, rows};
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
    ("g.slug", $direction:literal) => {
        joined!("g.slug COLLATE \"C\"", $direction)
    };
    ($order:literal, $direction:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN groups AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
              WHERE m.user_id = $1 AND g.deleted_at IS NULL AND NOT g.is_public ORDER BY ",
            $order,
            " ",
            $direction,
            ", g.id LIMIT $2 OFFSET $3"
        )
    };
}

macro_rules! everywhere {
    ("g.slug", $direction:literal) => {
        everywhere!("g.slug COLLATE \"C\"", $direction)
    };
    ($order:literal, $direction:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", NULL::bigint, NULL::bigint, NULL::smallint, NULL::bigint, NULL::boolean
              FROM groups AS g JOIN users AS u ON u.id = g.creator_id
              WHERE $1::bigint = 0 AND g.deleted_at IS NULL AND NOT g.is_public ORDER BY ",
            $order,
            " ",
            $direction,
            ", g.id LIMIT $2 OFFSET $3"
        )
    };
}

const JOINED_COUNT: &str = "SELECT count(*) FROM memberships AS m JOIN groups AS g ON g.id = m.group_id
    WHERE m.user_id = $1 AND g.deleted_at IS NULL AND NOT g.is_public";
const COUNT: &str = "SELECT count(*) FROM groups WHERE $1::bigint = 0 AND deleted_at IS NULL AND NOT is_public";

macro_rules! people_match {
    () => {
        "u.deleted_at IS NULL AND ($1::text = '' OR strpos(coalesce(u.username_key, lower(u.uid)), $1) > 0 OR strpos(u.name_key, $1) > 0)
         AND ($2::text = '' OR u.id IN (SELECT user_id FROM user_emails WHERE email_key = $2))
         AND (NOT $3::boolean OR u.disabled_at IS NULL)
         AND ($4::bigint = 0 OR u.id IN (SELECT o.user_id FROM memberships AS m JOIN memberships AS o ON o.group_id = m.group_id
                                 WHERE m.user_id = $4))"
    };
}

macro_rules! people_by {
    ($direction:literal) => {
        concat!(
            "SELECT ",
            user_columns!("u"),
            " FROM users AS u WHERE ",
            people_match!(),
            " ORDER BY coalesce(u.username_key, lower(u.uid)) COLLATE \"C\" ",
            $direction,
            ", u.id LIMIT $5 OFFSET $6"
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
            " FROM links AS l JOIN groups AS g ON g.id = l.group_id JOIN users AS u ON u.id = l.creator_id
              WHERE ",
            $condition,
            " ORDER BY l.id"
        )
    };
}

#[async_trait]
impl RoomQueries for Readers {
    async fn rooms(&self, search: RoomSearch) -> Result<Rooms, StoreError> {
        let member = search.member.map_or(0, UserId::get);
        let (count, sql) = if search.member.is_some() {
            (JOINED_COUNT, in_every_order!(search, joined))
        } else {
            (COUNT, in_every_order!(search, everywhere))
        };
        let (limit, offset) = (i64::from(search.limit), i64::from(search.offset));
        // Both in one transaction, so that the number and the list are of one moment.
        let (total, rooms) = self.query_both((count, &[&member]), (sql, &[&member, &limit, &offset])).await?;
        Ok(Rooms { rooms: all(&rooms, group_view)?, total: one(&total, number)?.unwrap_or(0) })
    }

    async fn usernames_in(&self, groups: Vec<GroupId>) -> Result<Vec<(GroupId, String)>, StoreError> {
        let sql = "SELECT m.group_id, coalesce(u.username, u.uid)
                   FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.group_id = ANY ($1::bigint[])
                   ORDER BY m.group_id, coalesce(u.username_key, lower(u.uid)) COLLATE \"C\"";
        let groups: Vec<_> = groups.into_iter().map(GroupId::get).collect();
        let found = self.query(sql, &[&groups]).await?;
        all(&found, |row| Ok((rows::group_id(row)?, row.try_get(1).map_err(failure)?)))
    }

    async fn role_holders(&self, group: GroupId) -> Result<Vec<Member>, StoreError> {
        let sql = concat!(
            "SELECT ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.group_id = $1 AND m.roles <> 0
              ORDER BY coalesce(u.username_key, lower(u.uid)) COLLATE \"C\", u.id"
        );
        let read =
            |row: &Row| Ok(Member { user: rows::user(row, 0)?, membership: rows::membership(row, USER_COLUMNS)? });
        all(&self.query(sql, &[&group.get()]).await?, read)
    }

    async fn active_members(&self, group: GroupId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                   WHERE m.group_id = $1 AND u.disabled_at IS NULL";
        Ok(one(&self.query(sql, &[&group.get()]).await?, number)?.unwrap_or(0))
    }

    async fn people(&self, search: PeopleSearch) -> Result<Roster, StoreError> {
        let sql = if search.is_descending { people_by!("DESC") } else { people_by!("ASC") };
        let filter = search.filter.unwrap_or_default().to_lowercase();
        let email = search.email.unwrap_or_default().to_lowercase();
        if filter.contains('\0') || email.contains('\0') {
            return Ok(Roster { members: Vec::new(), total: 0 });
        }
        let beside = search.beside.map_or(0, UserId::get);
        let (limit, offset) = (i64::from(search.limit), i64::from(search.offset));
        let count: [&(dyn ToSql + Sync); 4] = [&filter, &email, &search.is_active, &beside];
        let keys: [&(dyn ToSql + Sync); 6] = [&filter, &email, &search.is_active, &beside, &limit, &offset];
        // Both in one transaction, so that the number and the list are of one moment.
        let (total, members) = self.query_both((PEOPLE_COUNT, &count), (sql, &keys)).await?;
        Ok(Roster { members: all(&members, |row| rows::user(row, 0))?, total: one(&total, number)?.unwrap_or(0) })
    }

    async fn emails_of(&self, users: Vec<UserId>) -> Result<Vec<UserEmail>, StoreError> {
        let sql = "SELECT e.email, e.user_id, e.is_verified FROM user_emails AS e
                   WHERE e.user_id = ANY ($1::bigint[]) ORDER BY e.email_key COLLATE \"C\"";
        let users: Vec<_> = users.into_iter().map(UserId::get).collect();
        all(&self.query(sql, &[&users]).await?, rows::user_email)
    }

    async fn closed_addresses(&self, addresses: Vec<EmailKey>) -> Result<BTreeSet<EmailKey>, StoreError> {
        let keys: Vec<&str> = addresses.iter().map(EmailKey::as_str).collect();
        let owners = "SELECT email, user_id, is_verified FROM user_emails WHERE email_key = ANY ($1::text[])";
        let owners = all(&self.query(owners, &[&keys]).await?, rows::user_email)?;
        let closers = closers(&addresses, &owners, &self.person_key);
        let persons: Vec<&[u8]> = closers.iter().map(|(person, _)| person.0.as_slice()).collect();
        let opt_outs = all(&self.query(OPT_OUTS, &[&persons]).await?, rows::opt_out)?;
        let dead = all(&self.query(DEAD, &[&keys]).await?, rows::dead_address)?;
        Ok(closed(closers, &opt_outs, dead))
    }

    async fn personal_tokens(&self, user: UserId) -> Result<Vec<AccessToken>, StoreError> {
        let sql = concat!(
            "SELECT ",
            token_columns!("t"),
            " FROM tokens AS t
              WHERE t.user_id = $1 AND t.name IS NOT NULL AND t.revoked_at IS NULL ORDER BY t.created_at, t.id"
        );
        all(&self.query(sql, &[&user.get()]).await?, |row| rows::token(row, 0))
    }

    async fn link_anywhere(&self, hash: LinkHash) -> Result<Option<RoomLink>, StoreError> {
        let found = self.query(links_where!("l.hash = $1"), &[&hash.0.as_slice()]).await?;
        one(&found, room_link)
    }

    async fn longest_member(&self, group: GroupId, except: UserId) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT u.id FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                   WHERE m.group_id = $1 AND m.user_id <> $2 AND u.disabled_at IS NULL
                   ORDER BY m.joined_at, m.user_id LIMIT 1";
        one(&self.query(sql, &[&group.get(), &except.get()]).await?, rows::user_id)
    }

    async fn active_admins(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM users WHERE is_admin AND disabled_at IS NULL";
        Ok(one(&self.query(sql, &[]).await?, number)?.unwrap_or(0))
    }

    async fn link_key(&self) -> Result<[u8; 32], StoreError> {
        self.secret("SELECT value FROM secrets WHERE name = 'link-key'", "link-key").await
    }

    async fn room_links(&self, by: Option<(GroupId, UserId)>) -> Result<Vec<RoomLink>, StoreError> {
        let found = match by {
            Some((group, creator)) => {
                let sql = links_where!(
                    "l.revoked_at IS NULL AND g.deleted_at IS NULL AND l.group_id = $1 AND l.creator_id = $2"
                );
                self.query(sql, &[&group.get(), &creator.get()]).await?
            }
            None => self.query(links_where!("l.revoked_at IS NULL AND g.deleted_at IS NULL"), &[]).await?,
        };
        all(&found, room_link)
    }
}

pub(super) fn number(row: &Row) -> Result<u64, StoreError> {
    let number: i64 = row.try_get(0).map_err(failure)?;
    Ok(u64::try_from(number).unwrap_or(0))
}

fn room_link(row: &Row) -> Result<RoomLink, StoreError> {
    Ok(RoomLink {
        link: rows::link(row, 0)?,
        group: rows::group(row, LINK_COLUMNS)?,
        creator: rows::user(row, LINK_COLUMNS + GROUP_COLUMNS)?,
    })
}
