//! Rows to values of the domain. A value that no version of guestlist writes is an error that names its place.

use guestlist_core::Timestamp;
use guestlist_core::credential::{AccessToken, Client, ClientId, Scopes, TokenHash};
use guestlist_core::group::{Group, GroupKind};
use guestlist_core::ids::{GroupId, InvitationId, TokenId, Uid, UserId};
use guestlist_core::invitation::{Invitation, Invitee};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::names::{DisplayName, Email, Slug, Subject, Username};
use guestlist_core::user::{User, UserEmail};
use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};
use uuid::Uuid;

use super::failure;
use crate::columns;
use crate::error::StoreError;

/// Reads the columns of one table out of a row, from left to right, starting at `start`.
struct Columns<'r> {
    row: &'r Row<'r>,
    table: &'static str,
    start: usize,
    next: usize,
}

impl<'r> Columns<'r> {
    fn new(row: &'r Row<'r>, table: &'static str, start: usize) -> Self {
        Self { row, table, start, next: start }
    }

    fn take<T: FromSql>(&mut self) -> Result<T, StoreError> {
        let value = self.row.get(self.next).map_err(failure);
        self.next += 1;
        value
    }

    /// Reads the next column as `T`, which must satisfy `parse`.
    fn parse<R: FromSql, T>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(R) -> Option<T>,
    ) -> Result<T, StoreError> {
        let stored = self.take()?;
        parse(stored).ok_or_else(|| self.corrupt(column))
    }

    fn parse_or_null<R: FromSql, T>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(R) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let stored: Option<R> = self.take()?;
        stored.map(|stored| parse(stored).ok_or_else(|| self.corrupt(column))).transpose()
    }

    fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.take().map(Timestamp::from_millis)
    }

    fn time_or_null(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.take::<Option<i64>>()?.map(Timestamp::from_millis))
    }

    fn corrupt(&self, column: &'static str) -> StoreError {
        let key = match self.row.get_ref(self.start) {
            Ok(ValueRef::Integer(id)) => id.to_string(),
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            Ok(ValueRef::Blob(blob)) => Uuid::from_slice(blob).map_or_else(|_| "?".to_owned(), |uuid| uuid.to_string()),
            _ => "?".to_owned(),
        };
        StoreError::Corrupt { table: self.table, column, key }
    }
}

pub(super) fn user(row: &Row<'_>, start: usize) -> Result<User, StoreError> {
    let mut columns = Columns::new(row, "users", start);
    Ok(User {
        id: columns.parse("id", UserId::new)?,
        uid: columns.parse("uid", |text: String| Uid::parse(&text))?,
        subject: columns.parse("subject", |text: String| Subject::parse(&text).ok())?,
        username: columns.parse_or_null("username", |text: String| Username::parse(&text).ok())?,
        name: columns.parse_or_null("name", |text: String| DisplayName::parse(&text).ok())?,
        is_admin: columns.take()?,
        disabled_at: columns.time_or_null()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
    })
}

/// A user of an outer join: absent when the row has none.
pub(super) fn user_or_null(row: &Row<'_>, start: usize) -> Result<Option<User>, StoreError> {
    let id: Option<i64> = row.get(start).map_err(failure)?;
    id.map(|_| user(row, start)).transpose()
}

/// Reads `email, user_id, is_verified`.
pub(super) fn user_email(row: &Row<'_>) -> Result<UserEmail, StoreError> {
    let mut columns = Columns::new(row, "user_emails", 0);
    let email = columns.parse("email", |text: String| Email::parse(&text).ok())?;
    Ok(UserEmail { email, user: columns.parse("user_id", UserId::new)?, is_verified: columns.take()? })
}

pub(super) fn group(row: &Row<'_>, start: usize) -> Result<Group, StoreError> {
    let mut columns = Columns::new(row, "groups", start);
    Ok(Group {
        id: columns.parse("id", GroupId::new)?,
        uid: columns.parse("uid", |text: String| Uid::parse(&text))?,
        slug: columns.parse("slug", |text: String| Slug::parse(&text).ok())?,
        name: columns.parse("name", |text: String| DisplayName::parse(&text).ok())?,
        description: columns.take()?,
        kind: if columns.take()? { GroupKind::Page } else { GroupKind::Group },
        is_public: columns.take()?,
        is_verified: columns.take()?,
        archived_at: columns.time_or_null()?,
        creator: columns.parse("creator_id", UserId::new)?,
        members_count: columns.take()?,
        owners_count: columns.take()?,
        notices_count: columns.take()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
    })
}

pub(super) fn membership(row: &Row<'_>, start: usize) -> Result<Membership, StoreError> {
    let mut columns = Columns::new(row, "memberships", start);
    Ok(Membership {
        group: columns.parse("group_id", GroupId::new)?,
        user: columns.parse("user_id", UserId::new)?,
        roles: columns.parse("roles", RoleSet::from_bits)?,
        joined_at: columns.time()?,
    })
}

/// A membership of an outer join: absent when the row has none.
pub(super) fn membership_or_null(row: &Row<'_>, start: usize) -> Result<Option<Membership>, StoreError> {
    let group: Option<i64> = row.get(start).map_err(failure)?;
    group.map(|_| membership(row, start)).transpose()
}

pub(super) fn invitation(row: &Row<'_>, start: usize) -> Result<Invitation, StoreError> {
    let mut columns = Columns::new(row, "invitations", start);
    let id = columns.take().map(|id: [u8; 16]| InvitationId::from_uuid(Uuid::from_bytes(id)))?;
    let group = columns.parse("group_id", GroupId::new)?;
    let user = columns.parse_or_null("user_id", UserId::new)?;
    let email = columns.parse_or_null("email", |text: String| Email::parse(&text).ok())?;
    let invitee = match (user, email) {
        (Some(user), _) => Invitee::User(user),
        (None, Some(email)) => Invitee::Email(email),
        (None, None) => return Err(columns.corrupt("user_id")),
    };
    Ok(Invitation {
        id,
        group,
        invitee,
        inviter: columns.parse("inviter_id", UserId::new)?,
        roles: columns.parse("roles", RoleSet::from_bits)?,
        state: columns.parse("state", columns::state_from)?,
        created_at: columns.time()?,
        expires_at: columns.time()?,
        closed_at: columns.time_or_null()?,
    })
}

pub(super) fn token(row: &Row<'_>, start: usize) -> Result<AccessToken, StoreError> {
    let mut columns = Columns::new(row, "tokens", start);
    Ok(AccessToken {
        id: columns.take().map(|id: [u8; 16]| TokenId::from_uuid(Uuid::from_bytes(id)))?,
        hash: columns.take().map(TokenHash)?,
        user: columns.parse("user_id", UserId::new)?,
        client: columns.parse_or_null("client_id", |text: String| ClientId::parse(&text).ok())?,
        scopes: columns.parse("scopes", |text: String| Scopes::parse(&text).ok())?,
        created_at: columns.time()?,
        expires_at: columns.time_or_null()?,
        revoked_at: columns.time_or_null()?,
    })
}

/// Reads `id, name, scopes, created_at`.
pub(super) fn client(row: &Row<'_>) -> Result<Client, StoreError> {
    let mut columns = Columns::new(row, "clients", 0);
    Ok(Client {
        id: columns.parse("id", |text: String| ClientId::parse(&text).ok())?,
        name: columns.take()?,
        scopes: columns.parse("scopes", |text: String| Scopes::parse(&text).ok())?,
        created_at: columns.time()?,
    })
}
