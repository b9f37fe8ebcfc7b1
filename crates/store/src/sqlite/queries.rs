//! Answering questions from the read-only connections.

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash, TokenHash};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::ids::{GroupId, InvitationId, TokenId, UserId};
use guestlist_core::names::Subject;
use guestlist_core::user::{User, UserEmail, UserRef};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row, params};

use super::failure;
use super::readers::Readers;
use super::rows;
use crate::columns::{
    GROUP_COLUMNS, INVITATION_COLUMNS, TOKEN_COLUMNS, USER_COLUMNS, group_columns, invitation_columns,
    membership_columns, token_columns, user_columns,
};
use crate::error::StoreError;
use crate::page::{Page, PageRequest};
use crate::query::{Bearer, GroupView, InvitationView, Member, Queries, Roster, RosterSearch};

macro_rules! user_where {
    ($condition:literal) => {
        concat!("SELECT ", user_columns!("u"), " FROM users AS u WHERE ", $condition)
    };
}

/// A group, its creator, and the membership of user ?1 in it.
macro_rules! group_view_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM \"groups\" AS g JOIN users AS u ON u.id = g.creator_id
              LEFT JOIN memberships AS m ON m.group_id = g.id AND m.user_id = ?1
              WHERE ",
            $condition
        )
    };
}

/// Invitations in order of their making, with group, inviter and invitee.
macro_rules! invitations_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            invitation_columns!("i"),
            ", ",
            group_columns!("g"),
            ", ",
            user_columns!("b"),
            ", ",
            user_columns!("u"),
            " FROM invitations AS i JOIN \"groups\" AS g ON g.id = i.group_id JOIN users AS b ON b.id = i.inviter_id
              LEFT JOIN users AS u ON u.id = i.user_id
              WHERE ",
            $condition,
            " ORDER BY i.id LIMIT ?4"
        )
    };
}

/// Active members of group ?1 whose username or name contains ?2, in lower case.
macro_rules! roster_matches {
    () => {
        "m.group_id = ?1 AND u.disabled_at IS NULL AND (?2 = ''
             OR instr(coalesce(u.username_key, lower(u.uid)), ?2) > 0 OR instr(u.name_key, ?2) > 0)"
    };
}
const ROSTER_COUNT: &str =
    concat!("SELECT count(*) FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE ", roster_matches!());

const CLIENT: &str = "SELECT id, name, scopes, created_at FROM clients WHERE id = ?1";

macro_rules! roster_by {
    ($direction:literal) => {
        concat!(
            "SELECT ",
            user_columns!("u"),
            " FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE ",
            roster_matches!(),
            " ORDER BY coalesce(u.username_key, lower(u.uid)) ",
            $direction,
            ", u.id LIMIT ?3 OFFSET ?4"
        )
    };
}

#[async_trait]
impl Queries for Readers {
    async fn token(&self, hash: TokenHash) -> Result<Option<(AccessToken, User)>, StoreError> {
        let sql = concat!(
            "SELECT ",
            token_columns!("t"),
            ", ",
            user_columns!("u"),
            " FROM tokens AS t JOIN users AS u ON u.id = t.user_id WHERE t.hash = ?1"
        );
        self.point(move |connection| {
            let read = |row: &Row<'_>| Ok((rows::token(row, 0)?, rows::user(row, TOKEN_COLUMNS)?));
            one(connection, sql, &[&hash.0], read)
        })
        .await
    }

    async fn bearer(&self, subject: Subject, client: ClientId) -> Result<Bearer, StoreError> {
        self.point(move |connection| {
            let user = one(connection, user_where!("u.subject = ?1"), &[&subject.as_str()], |row| rows::user(row, 0))?;
            Ok(Bearer { user, client: one(connection, CLIENT, &[&client.as_str()], rows::client)? })
        })
        .await
    }

    async fn user(&self, who: UserRef) -> Result<Option<User>, StoreError> {
        self.point(move |connection| {
            let (sql, key): (_, Box<dyn ToSql>) = match &who {
                UserRef::Id(id) => (user_where!("u.id = ?1"), Box::new(id.get())),
                UserRef::Uid(uid) => (user_where!("u.uid = ?1"), Box::new(uid.as_str())),
                UserRef::Subject(subject) => (user_where!("u.subject = ?1"), Box::new(subject.as_str())),
                UserRef::Username(name) => (user_where!("u.username_key = ?1"), Box::new(name.key().as_str())),
                UserRef::Email(email) => (
                    user_where!("u.id = (SELECT user_id FROM user_emails WHERE email_key = ?1)"),
                    Box::new(email.key().as_str()),
                ),
            };
            one(connection, sql, &[&key], |row| rows::user(row, 0))
        })
        .await
    }

    async fn password(&self, user: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let sql = "SELECT password_hash FROM users WHERE id = ?1 AND password_hash IS NOT NULL";
        self.point(move |connection| {
            one(connection, sql, &[&user.get()], |row| row.get(0).map(PasswordHash).map_err(failure))
        })
        .await
    }

    async fn emails(&self, user: UserId) -> Result<Vec<UserEmail>, StoreError> {
        let sql = "SELECT email, user_id, is_verified FROM user_emails WHERE user_id = ?1 ORDER BY email_key";
        self.point(move |connection| all(connection, sql, &[&user.get()], rows::user_email)).await
    }

    async fn users(&self, page: PageRequest<UserId>) -> Result<Page<User, UserId>, StoreError> {
        let sql = concat!("SELECT ", user_columns!("u"), " FROM users AS u WHERE u.id > ?1 ORDER BY u.id LIMIT ?2");
        self.run(move |connection| {
            let after = page.after.map_or(0, UserId::get);
            let users = all(connection, sql, &[&after, &one_more(page.limit)], |row| rows::user(row, 0))?;
            Ok(Page::of(users, page.limit, |user| user.id))
        })
        .await
    }

    async fn group(&self, which: GroupRef, viewer: Option<UserId>) -> Result<Option<GroupView>, StoreError> {
        self.point(move |connection| {
            let (sql, key): (_, Box<dyn ToSql>) = match &which {
                GroupRef::Id(id) => (group_view_where!("g.id = ?2"), Box::new(id.get())),
                GroupRef::Uid(uid) => (group_view_where!("g.uid = ?2"), Box::new(uid.as_str())),
                GroupRef::Slug(slug) => (group_view_where!("g.slug = ?2"), Box::new(slug.as_str())),
                GroupRef::UidOrSlug(text) => (
                    group_view_where!("g.uid = ?2 OR g.slug = ?2 ORDER BY g.uid = ?2 DESC LIMIT 1"),
                    Box::new(text.as_str()),
                ),
            };
            one(connection, sql, &[&viewer.map(UserId::get), &key], group_view)
        })
        .await
    }

    async fn groups_of(&self, user: UserId) -> Result<Vec<GroupView>, StoreError> {
        let sql =
            concat!(
            "SELECT ", group_columns!("g"), ", ", user_columns!("u"), ", ", membership_columns!("m"),
            " FROM memberships AS m JOIN \"groups\" AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
              WHERE m.user_id = ?1 ORDER BY g.name_key, g.id"
        );
        self.run(move |connection| all(connection, sql, &[&user.get()], group_view)).await
    }

    async fn groups(&self, page: PageRequest<GroupId>) -> Result<Page<Group, GroupId>, StoreError> {
        let sql =
            concat!("SELECT ", group_columns!("g"), " FROM \"groups\" AS g WHERE g.id > ?1 ORDER BY g.id LIMIT ?2");
        self.run(move |connection| {
            let after = page.after.map_or(0, GroupId::get);
            let groups = all(connection, sql, &[&after, &one_more(page.limit)], |row| rows::group(row, 0))?;
            Ok(Page::of(groups, page.limit, |group| group.id))
        })
        .await
    }

    async fn usernames(&self, group: GroupId, limit: u16) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT coalesce(u.username, u.uid) FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                   WHERE m.group_id = ?1 ORDER BY coalesce(u.username_key, lower(u.uid)) LIMIT ?2";
        self.run(move |connection| all(connection, sql, &[&group.get(), &limit], |row| row.get(0).map_err(failure)))
            .await
    }

    async fn members(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Member, UserId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN users AS u ON u.id = m.user_id
              WHERE m.group_id = ?1 AND m.user_id > ?2 ORDER BY m.user_id LIMIT ?3"
        );
        self.run(move |connection| {
            let after = page.after.map_or(0, UserId::get);
            let read = |row: &Row<'_>| {
                Ok(Member { user: rows::user(row, 0)?, membership: rows::membership(row, USER_COLUMNS)? })
            };
            let members = all(connection, sql, &[&group.get(), &after, &one_more(page.limit)], read)?;
            Ok(Page::of(members, page.limit, |member| member.user.id))
        })
        .await
    }

    async fn roster(&self, group: GroupId, search: RosterSearch) -> Result<Roster, StoreError> {
        self.run(move |connection| {
            let filter = search.filter.unwrap_or_default().to_lowercase();
            // Both in one transaction, so that the number and the list are of one moment.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let count = |row: &Row<'_>| row.get::<_, i64>(0).map_err(failure);
            let total = one(&moment, ROSTER_COUNT, &[&group.get(), &filter], count)?;
            let sql = if search.is_descending { roster_by!("DESC") } else { roster_by!("ASC") };
            let keys: [&dyn ToSql; 4] = [&group.get(), &filter, &search.limit, &search.offset];
            let members = all(&moment, sql, &keys, |row| rows::user(row, 0))?;
            Ok(Roster { members, total: total.and_then(|total| u64::try_from(total).ok()).unwrap_or(0) })
        })
        .await
    }

    async fn open_invitations(
        &self,
        group: GroupId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let sql = invitations_where!("i.group_id = ?1 AND i.state = 0 AND i.expires_at > ?2 AND i.id > ?3");
        self.run(move |connection| invitations(connection, sql, group.get(), now, page)).await
    }

    async fn invitations_for(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let sql = invitations_where!(
            "i.expires_at > ?2 AND i.id IN (
                 SELECT id FROM invitations WHERE user_id = ?1 AND state = 0 AND id > ?3
                 UNION ALL
                 SELECT o.id FROM user_emails AS e JOIN invitations AS o ON o.email_key = e.email_key
                 WHERE e.user_id = ?1 AND e.is_verified AND o.state = 0 AND o.id > ?3)"
        );
        self.run(move |connection| invitations(connection, sql, user.get(), now, page)).await
    }

    async fn client(&self, id: ClientId) -> Result<Option<Client>, StoreError> {
        self.point(move |connection| one(connection, CLIENT, &[&id.as_str()], rows::client)).await
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let sql = "SELECT id, name, scopes, created_at FROM clients ORDER BY id";
        self.run(move |connection| all(connection, sql, &[], rows::client)).await
    }

    async fn tokens_of(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<TokenId>,
    ) -> Result<Page<AccessToken, TokenId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            token_columns!("t"),
            " FROM tokens AS t
             WHERE t.user_id = ?1 AND t.revoked_at IS NULL AND coalesce(t.expires_at > ?2, true) AND t.id > ?3
             ORDER BY t.id LIMIT ?4"
        );
        self.run(move |connection| {
            let after = page.after.map_or([0; 16], |id| *id.as_uuid().as_bytes());
            let keys: [&dyn ToSql; 4] = [&user.get(), &now.as_millis(), &after, &one_more(page.limit)];
            let tokens = all(connection, sql, &keys, |row| rows::token(row, 0))?;
            Ok(Page::of(tokens, page.limit, |token| token.id))
        })
        .await
    }

    async fn issuer_key(&self) -> Result<Option<IssuerKey>, StoreError> {
        self.point(|connection| {
            one(connection, "SELECT kid, pkcs8 FROM issuer_keys", &[], |row| {
                Ok(IssuerKey { kid: row.get(0).map_err(failure)?, pkcs8: row.get(1).map_err(failure)? })
            })
        })
        .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.point(|connection| one(connection, "SELECT 1", &[], |_| Ok(())).map(drop)).await
    }
}

fn group_view(row: &Row<'_>) -> Result<GroupView, StoreError> {
    Ok(GroupView {
        group: rows::group(row, 0)?,
        creator: rows::user(row, GROUP_COLUMNS)?,
        membership: rows::membership_or_null(row, GROUP_COLUMNS + USER_COLUMNS)?,
    })
}

fn invitations(
    connection: &Connection,
    sql: &str,
    owner: i64,
    now: Timestamp,
    page: PageRequest<InvitationId>,
) -> Result<Page<InvitationView, InvitationId>, StoreError> {
    let after = page.after.map_or([0; 16], |id| *id.as_uuid().as_bytes());
    let found = all(connection, sql, params![owner, now.as_millis(), after, one_more(page.limit)], |row| {
        let (group, inviter) = (INVITATION_COLUMNS, INVITATION_COLUMNS + GROUP_COLUMNS);
        Ok(InvitationView {
            invitation: rows::invitation(row, 0)?,
            group: rows::group(row, group)?,
            inviter: rows::user(row, inviter)?,
            invitee: rows::user_or_null(row, inviter + USER_COLUMNS)?,
        })
    })?;
    Ok(Page::of(found, page.limit, |view| view.invitation.id))
}

/// A page is read with one row too many, which shows that there is a next.
fn one_more(limit: u16) -> i64 {
    i64::from(limit) + 1
}

fn one<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    rows.next().map_err(failure)?.map(read).transpose()
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        found.push(read(row)?);
    }
    Ok(found)
}
