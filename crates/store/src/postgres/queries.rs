//! Answering questions from the pool of readers.

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash, TokenHash};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::ids::{GroupId, InvitationId, TokenId, UserId};
use guestlist_core::names::Subject;
use guestlist_core::user::{User, UserEmail, UserRef};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::readers::Readers;
use super::{failure, rows};
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

/// A group, its creator, and the membership of user $1 in it.
macro_rules! group_view_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM groups AS g JOIN users AS u ON u.id = g.creator_id
              LEFT JOIN memberships AS m ON m.group_id = g.id AND m.user_id = $1::bigint
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
            " FROM invitations AS i JOIN groups AS g ON g.id = i.group_id JOIN users AS b ON b.id = i.inviter_id
              LEFT JOIN users AS u ON u.id = i.user_id
              WHERE ",
            $condition,
            " ORDER BY i.id LIMIT $4"
        )
    };
}

/// Active members of group $1 whose username or name contains $2, in lower case.
macro_rules! roster_matches {
    () => {
        "m.group_id = $1 AND u.disabled_at IS NULL AND ($2 = ''
             OR strpos(coalesce(u.username_key, lower(u.uid)), $2) > 0 OR strpos(u.name_key, $2) > 0)"
    };
}

const ROSTER_COUNT: &str =
    concat!("SELECT count(*) FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE ", roster_matches!());

macro_rules! roster_by {
    ($direction:literal) => {
        concat!(
            "SELECT ",
            user_columns!("u"),
            " FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE ",
            roster_matches!(),
            " ORDER BY coalesce(u.username_key, lower(u.uid)) COLLATE \"C\" ",
            $direction,
            ", u.id LIMIT $3 OFFSET $4"
        )
    };
}

const CLIENT: &str = "SELECT id, name, scopes, created_at FROM clients WHERE id = $1";

#[async_trait]
impl Queries for Readers {
    async fn token(&self, hash: TokenHash) -> Result<Option<(AccessToken, User)>, StoreError> {
        let sql = concat!(
            "SELECT ",
            token_columns!("t"),
            ", ",
            user_columns!("u"),
            " FROM tokens AS t JOIN users AS u ON u.id = t.user_id WHERE t.hash = $1"
        );
        let read = |row: &Row| Ok((rows::token(row, 0)?, rows::user(row, TOKEN_COLUMNS)?));
        one(&self.query(sql, &[&hash.0.as_slice()]).await?, read)
    }

    async fn bearer(&self, subject: Subject, client: ClientId) -> Result<Bearer, StoreError> {
        let (subject, client) = (subject.as_str(), client.as_str());
        let (by_subject, by_id): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([&subject], [&client]);
        let user = self.query(user_where!("u.subject = $1"), &by_subject);
        let (user, client) = futures_util::try_join!(user, self.query(CLIENT, &by_id))?;
        Ok(Bearer { user: one(&user, |row| rows::user(row, 0))?, client: one(&client, rows::client)? })
    }

    async fn user(&self, who: UserRef) -> Result<Option<User>, StoreError> {
        let (sql, key): (_, &(dyn ToSql + Sync)) = match &who {
            UserRef::Id(id) => (user_where!("u.id = $1"), &id.get()),
            UserRef::Uid(uid) => (user_where!("u.uid = $1"), &uid.as_str()),
            UserRef::Subject(subject) => (user_where!("u.subject = $1"), &subject.as_str()),
            UserRef::Username(name) => (user_where!("u.username_key = $1"), &name.key().as_str()),
            UserRef::Email(email) => {
                (user_where!("u.id = (SELECT user_id FROM user_emails WHERE email_key = $1)"), &email.key().as_str())
            }
        };
        one(&self.query(sql, &[key]).await?, |row| rows::user(row, 0))
    }

    async fn password(&self, user: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let sql = "SELECT password_hash FROM users WHERE id = $1 AND password_hash IS NOT NULL";
        one(&self.query(sql, &[&user.get()]).await?, |row| row.try_get(0).map(PasswordHash).map_err(failure))
    }

    async fn emails(&self, user: UserId) -> Result<Vec<UserEmail>, StoreError> {
        let sql = "SELECT email, user_id, is_verified FROM user_emails WHERE user_id = $1 ORDER BY email_key";
        all(&self.query(sql, &[&user.get()]).await?, rows::user_email)
    }

    async fn users(&self, page: PageRequest<UserId>) -> Result<Page<User, UserId>, StoreError> {
        let sql = concat!("SELECT ", user_columns!("u"), " FROM users AS u WHERE u.id > $1 ORDER BY u.id LIMIT $2");
        let after = page.after.map_or(0, UserId::get);
        let users = all(&self.query(sql, &[&after, &one_more(page.limit)]).await?, |row| rows::user(row, 0))?;
        Ok(Page::of(users, page.limit, |user| user.id))
    }

    async fn group(&self, which: GroupRef, viewer: Option<UserId>) -> Result<Option<GroupView>, StoreError> {
        let (sql, key): (_, &(dyn ToSql + Sync)) = match &which {
            GroupRef::Id(id) => (group_view_where!("g.id = $2"), &id.get()),
            GroupRef::Uid(uid) => (group_view_where!("g.uid = $2"), &uid.as_str()),
            GroupRef::Slug(slug) => (group_view_where!("g.slug = $2"), &slug.as_str()),
            // A text with a zero byte, which the server could not read, is the name of nothing.
            GroupRef::UidOrSlug(text) if text.contains('\0') => return Ok(None),
            GroupRef::UidOrSlug(text) => {
                (group_view_where!("g.uid = $2 OR g.slug = $2 ORDER BY g.uid = $2 DESC LIMIT 1"), text)
            }
        };
        one(&self.query(sql, &[&viewer.map(UserId::get), key]).await?, group_view)
    }

    async fn groups_of(&self, user: UserId) -> Result<Vec<GroupView>, StoreError> {
        let sql = concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN groups AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
              WHERE m.user_id = $1 ORDER BY g.name_key, g.id"
        );
        all(&self.query(sql, &[&user.get()]).await?, group_view)
    }

    async fn groups(&self, page: PageRequest<GroupId>) -> Result<Page<Group, GroupId>, StoreError> {
        let sql = concat!("SELECT ", group_columns!("g"), " FROM groups AS g WHERE g.id > $1 ORDER BY g.id LIMIT $2");
        let after = page.after.map_or(0, GroupId::get);
        let groups = all(&self.query(sql, &[&after, &one_more(page.limit)]).await?, |row| rows::group(row, 0))?;
        Ok(Page::of(groups, page.limit, |group| group.id))
    }

    async fn usernames(&self, group: GroupId, limit: u16) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT coalesce(u.username, u.uid) FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                   WHERE m.group_id = $1 ORDER BY coalesce(u.username_key, lower(u.uid)) COLLATE \"C\" LIMIT $2";
        let found = self.query(sql, &[&group.get(), &i64::from(limit)]).await?;
        all(&found, |row| row.try_get(0).map_err(failure))
    }

    async fn members(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Member, UserId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN users AS u ON u.id = m.user_id
              WHERE m.group_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3"
        );
        let after = page.after.map_or(0, UserId::get);
        let read =
            |row: &Row| Ok(Member { user: rows::user(row, 0)?, membership: rows::membership(row, USER_COLUMNS)? });
        let members = all(&self.query(sql, &[&group.get(), &after, &one_more(page.limit)]).await?, read)?;
        Ok(Page::of(members, page.limit, |member| member.user.id))
    }

    async fn roster(&self, group: GroupId, search: RosterSearch) -> Result<Roster, StoreError> {
        let filter = search.filter.unwrap_or_default().to_lowercase();
        if filter.contains('\0') {
            return Ok(Roster { members: Vec::new(), total: 0 });
        }
        let sql = if search.is_descending { roster_by!("DESC") } else { roster_by!("ASC") };
        let (limit, offset) = (i64::from(search.limit), i64::from(search.offset));
        let group = group.get();
        let total_params: [&(dyn ToSql + Sync); 2] = [&group, &filter];
        let params: [&(dyn ToSql + Sync); 4] = [&group, &filter, &limit, &offset];
        // Both in one transaction, so that the number and the list are of one moment.
        let (total, members) = self.query_both((ROSTER_COUNT, &total_params), (sql, &params)).await?;
        let total = one(&total, |row| row.try_get::<_, i64>(0).map_err(failure))?.unwrap_or(0);
        let members = all(&members, |row| rows::user(row, 0))?;
        Ok(Roster { members, total: u64::try_from(total).unwrap_or(0) })
    }

    async fn open_invitations(
        &self,
        group: GroupId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let sql = invitations_where!("i.group_id = $1 AND i.state = 0 AND i.expires_at > $2 AND i.id > $3");
        self.invitations(sql, group.get(), now, page).await
    }

    async fn invitations_for(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let sql = invitations_where!(
            "i.expires_at > $2 AND i.id IN (
                 SELECT id FROM invitations WHERE user_id = $1 AND state = 0 AND id > $3
                 UNION ALL
                 SELECT o.id FROM user_emails AS e JOIN invitations AS o ON o.email_key = e.email_key
                 WHERE e.user_id = $1 AND e.is_verified AND o.state = 0 AND o.id > $3)"
        );
        self.invitations(sql, user.get(), now, page).await
    }

    async fn client(&self, id: ClientId) -> Result<Option<Client>, StoreError> {
        one(&self.query(CLIENT, &[&id.as_str()]).await?, rows::client)
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let sql = "SELECT id, name, scopes, created_at FROM clients ORDER BY id";
        all(&self.query(sql, &[]).await?, rows::client)
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
             WHERE t.user_id = $1 AND t.revoked_at IS NULL AND coalesce(t.expires_at > $2, true) AND t.id > $3
             ORDER BY t.id LIMIT $4"
        );
        let after = page.after.map_or(Uuid::nil(), TokenId::as_uuid);
        let found = self.query(sql, &[&user.get(), &now.as_millis(), &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, |row| rows::token(row, 0))?, page.limit, |token| token.id))
    }

    async fn issuer_key(&self) -> Result<Option<IssuerKey>, StoreError> {
        one(&self.query("SELECT kid, pkcs8 FROM issuer_keys", &[]).await?, |row| {
            Ok(IssuerKey { kid: row.try_get(0).map_err(failure)?, pkcs8: row.try_get(1).map_err(failure)? })
        })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.query("SELECT 1", &[]).await.map(drop)
    }
}

impl Readers {
    async fn invitations(
        &self,
        sql: &'static str,
        owner: i64,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let after = page.after.map_or(Uuid::nil(), InvitationId::as_uuid);
        let found = self.query(sql, &[&owner, &now.as_millis(), &after, &one_more(page.limit)]).await?;
        let found = all(&found, |row| {
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
}

fn group_view(row: &Row) -> Result<GroupView, StoreError> {
    Ok(GroupView {
        group: rows::group(row, 0)?,
        creator: rows::user(row, GROUP_COLUMNS)?,
        membership: rows::membership_or_null(row, GROUP_COLUMNS + USER_COLUMNS)?,
    })
}

/// A page is read with one row too many, which shows that there is a next.
fn one_more(limit: u16) -> i64 {
    i64::from(limit) + 1
}

fn one<T>(found: &[Row], read: impl FnOnce(&Row) -> Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    found.first().map(read).transpose()
}

fn all<T>(found: &[Row], read: impl Fn(&Row) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
    found.iter().map(read).collect()
}
