//! Answering questions from the pool of readers.

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash, TokenHash};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Event, Finding, Stream};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, UserId};
use guestlist_core::invitation::{InvitationRef, InvitationState, InvitationToken, InvitationTokenHash};
use guestlist_core::link::{Link, LinkRef};
use guestlist_core::mail::Mail;
use guestlist_core::member::Membership;
use guestlist_core::names::Subject;
use guestlist_core::opt_out::{OptOut, Person, PersonHash};
use guestlist_core::request::JoinRequest;
use guestlist_core::user::{User, UserEmail, UserRef};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::readers::Readers;
use super::{failure, rows};
use crate::columns::{
    GROUP_COLUMNS, INVITATION_COLUMNS, REQUEST_COLUMNS, TOKEN_COLUMNS, USER_COLUMNS, event_columns, group_columns,
    invitation_columns, link_columns, mail_columns, membership_columns, request_columns, state_number, token_columns,
    user_columns,
};
use crate::error::StoreError;
use crate::feed::{Cursor, Told};
use crate::page::{Page, PageRequest};
use crate::query::{
    Bearer, GroupView, InvitationView, MailQueue, Member, Queries, Refuser, Requester, Roster, RosterSearch, in_order,
};

macro_rules! user_where {
    ($condition:literal) => {
        concat!("SELECT ", user_columns!("u"), " FROM users AS u WHERE ", $condition)
    };
}

/// A group that is not deleted, its creator, and the membership of user $1 in it.
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
              WHERE g.deleted_at IS NULL AND ",
            $condition
        )
    };
}

/// Some invitations, called `i`, with group, inviter and invitee; not those of deleted groups.
macro_rules! invitations_of {
    ($source:literal, $condition:literal) => {
        concat!(
            "SELECT ",
            invitation_columns!("i"),
            ", ",
            group_columns!("g"),
            ", ",
            user_columns!("b"),
            ", ",
            user_columns!("u"),
            " FROM ",
            $source,
            " AS i JOIN groups AS g ON g.id = i.group_id JOIN users AS b ON b.id = i.inviter_id
              LEFT JOIN users AS u ON u.id = i.user_id
              WHERE g.deleted_at IS NULL AND ",
            $condition
        )
    };
}

macro_rules! link_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            link_columns!("l"),
            " FROM links AS l JOIN groups AS g ON g.id = l.group_id WHERE g.deleted_at IS NULL AND ",
            $condition
        )
    };
}

/// Those in group $1 who want to join it and whose request satisfies the condition.
macro_rules! requesters_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            request_columns!("r"),
            ", ",
            user_columns!("u"),
            " FROM join_requests AS r
              CROSS JOIN LATERAL (SELECT * FROM users WHERE id = r.user_id OFFSET 0) AS u WHERE r.group_id = $1 AND ",
            $condition
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

/// The first history behind the given one: each is told, or noted, or its group is there.
macro_rules! stream_after {
    ($number:literal) => {
        concat!(
            "least((SELECT min(group_id) FROM heads WHERE group_id > ",
            $number,
            "), (SELECT min(id) FROM groups WHERE id > ",
            $number,
            "), (SELECT min(group_id) FROM events WHERE group_id > ",
            $number,
            "))"
        )
    };
}

/// Events below this position are all there, and none will be added: every transaction that could was over when the
/// statement began.
macro_rules! settled {
    () => {
        "(SELECT s.next + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM sequences AS s
          WHERE s.name = 'positions')"
    };
}

/// Of all histories, behind the cursor $1, $2, $3.
const EVENTS_IN_ORDER: &str = concat!(
    "SELECT ",
    event_columns!("e"),
    ", e.position FROM events AS e WHERE (e.position, e.group_id, e.seq) > ($1, $2, $3) AND e.position < ",
    settled!(),
    " ORDER BY e.position, e.group_id, e.seq LIMIT $4"
);

const EVENTS_OF_STREAM: &str = concat!(
    "SELECT ",
    event_columns!("e"),
    ", e.position FROM events AS e WHERE e.group_id = $1 AND e.seq > $2 AND e.position < ",
    settled!(),
    " ORDER BY e.seq LIMIT $3"
);

const LAST_OF_ALL: &str = concat!(
    "SELECT e.position, e.group_id, e.seq FROM events AS e WHERE e.position < ",
    settled!(),
    " ORDER BY e.position DESC, e.group_id DESC, e.seq DESC LIMIT 1"
);

const LAST_OF_STREAM: &str = concat!(
    "SELECT e.position, e.group_id, e.seq FROM events AS e WHERE e.group_id = $1 AND e.position < ",
    settled!(),
    " ORDER BY e.seq DESC LIMIT 1"
);

const CLIENT: &str = "SELECT id, name, scopes, created_at FROM clients WHERE id = $1";

impl Readers {
    /// A key of the installation, selected by `sql` under its `name`.
    pub(super) async fn secret(&self, sql: &'static str, name: &str) -> Result<[u8; 32], StoreError> {
        let found = self.query(sql, &[]).await?;
        let key = one(&found, |row| Ok(row.try_get::<_, &[u8]>(0).map_err(failure)?.try_into().ok()))?;
        let corrupt = || StoreError::Corrupt { table: "secrets", column: "value", key: name.to_owned() };
        key.flatten().ok_or_else(corrupt)
    }
}

/// What people refuse whose hashes are $1.
pub(super) const OPT_OUTS: &str =
    "SELECT person, from_kind, from_id, created_at FROM opt_outs WHERE person = ANY ($1::bytea[])";

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

    async fn token_by_id(&self, id: TokenId) -> Result<Option<AccessToken>, StoreError> {
        let sql = concat!("SELECT ", token_columns!("t"), " FROM tokens AS t WHERE t.id = $1");
        one(&self.query(sql, &[&id.as_uuid()]).await?, |row| rows::token(row, 0))
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
            UserRef::Uid(uid) => (user_where!("u.uid = $1 AND u.deleted_at IS NULL"), &uid.as_str()),
            UserRef::Subject(subject) => (user_where!("u.subject = $1"), &subject.as_str()),
            UserRef::Username(name) => (user_where!("u.username_key = $1"), &name.key().as_str()),
            UserRef::Email(email) => {
                (user_where!("u.id = (SELECT user_id FROM user_emails WHERE email_key = $1)"), &email.key().as_str())
            }
        };
        one(&self.query(sql, &[key]).await?, |row| rows::user(row, 0))
    }

    async fn users_by_id(&self, ids: Vec<UserId>) -> Result<Vec<User>, StoreError> {
        let sql = user_where!("u.id = ANY ($1) ORDER BY u.id");
        let ids: Vec<_> = ids.into_iter().map(UserId::get).collect();
        all(&self.query(sql, &[&ids]).await?, |row| rows::user(row, 0))
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
                (group_view_where!("(g.uid = $2 OR g.slug = $2) ORDER BY g.uid = $2 DESC LIMIT 1"), text)
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
              WHERE m.user_id = $1 AND g.deleted_at IS NULL ORDER BY g.name_key, g.id"
        );
        all(&self.query(sql, &[&user.get()]).await?, group_view)
    }

    async fn groups_joined(
        &self,
        user: UserId,
        page: PageRequest<GroupId>,
    ) -> Result<Page<GroupView, GroupId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m
              CROSS JOIN LATERAL (SELECT * FROM groups WHERE id = m.group_id OFFSET 0) AS g
              CROSS JOIN LATERAL (SELECT * FROM users WHERE id = g.creator_id OFFSET 0) AS u
              WHERE m.user_id = $1 AND m.group_id > $2 AND g.deleted_at IS NULL ORDER BY m.group_id LIMIT $3"
        );
        let after = page.after.map_or(0, GroupId::get);
        let groups = all(&self.query(sql, &[&user.get(), &after, &one_more(page.limit)]).await?, group_view)?;
        Ok(Page::of(groups, page.limit, |view| view.group.id))
    }

    async fn groups(&self, page: PageRequest<GroupId>) -> Result<Page<Group, GroupId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            group_columns!("g"),
            " FROM groups AS g WHERE g.id > $1 AND g.deleted_at IS NULL ORDER BY g.id LIMIT $2"
        );
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

    // One look-up for each row: the planner would walk through all users from the first one on to those of the page.
    async fn members(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Member, UserId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m
              CROSS JOIN LATERAL (SELECT * FROM users WHERE id = m.user_id OFFSET 0) AS u
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
        let sql = invitations_of!(
            "invitations",
            "i.group_id = $1 AND i.state = 0 AND coalesce(i.expires_at > $2, true) AND i.id > $3
             ORDER BY i.id LIMIT $4"
        );
        let after = page.after.map_or(Uuid::nil(), InvitationId::as_uuid);
        let found = self.query(sql, &[&group.get(), &now.as_millis(), &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, invitation_view)?, page.limit, |view| view.invitation.id))
    }

    async fn invitations(
        &self,
        group: GroupId,
        state: InvitationState,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let sql =
            invitations_of!("invitations", "i.group_id = $1 AND i.state = $2 AND i.id > $3 ORDER BY i.id LIMIT $4");
        let after = page.after.map_or(Uuid::nil(), InvitationId::as_uuid);
        let state = i16::from(state_number(state));
        let found = self.query(sql, &[&group.get(), &state, &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, invitation_view)?, page.limit, |view| view.invitation.id))
    }

    async fn invitations_in_batch(
        &self,
        group: GroupId,
        batch: BatchId,
        page: PageRequest<i64>,
    ) -> Result<Page<InvitationView, i64>, StoreError> {
        let told = "SELECT seq, thing FROM events
                    WHERE batch_id = $1 AND seq > $2 AND group_id = $3 AND thing LIKE 'invitation/%'
                    ORDER BY seq LIMIT $4";
        let after = page.after.unwrap_or(0);
        let found = self.query(told, &[&batch.as_uuid(), &after, &group.get(), &one_more(page.limit)]).await?;
        let told = Page::of(all(&found, rows::invitation_told)?, page.limit, |(seq, _)| *seq);
        let ids: Vec<_> = told.items.iter().map(|(_, id)| id.as_uuid()).collect();
        let found = self.query(invitations_of!("invitations", "i.id = ANY ($1)"), &[&ids]).await?;
        Ok(in_order(&told, all(&found, invitation_view)?))
    }

    async fn has_batch(&self, group: GroupId, batch: BatchId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM events WHERE batch_id = $1 AND group_id = $2 LIMIT 1";
        Ok(!self.query(sql, &[&batch.as_uuid(), &group.get()]).await?.is_empty())
    }

    async fn invitations_for(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        // The person's own come first, by index: they are few, and the planner does not always know.
        let sql = invitations_of!(
            "(SELECT * FROM invitations WHERE user_id = $1 AND state = 0 AND id > $3
              UNION ALL
              SELECT o.* FROM user_emails AS e CROSS JOIN LATERAL (
                  SELECT * FROM invitations WHERE email_key = e.email_key AND state = 0 AND id > $3 OFFSET 0) AS o
              WHERE e.user_id = $1 AND e.is_verified
              OFFSET 0)",
            "coalesce(i.expires_at > $2, true) AND NOT EXISTS (
                 SELECT FROM unnest($5::bytea[]) AS p (person)
                 CROSS JOIN (VALUES (0::smallint, 0::bigint), (1::smallint, i.group_id), (2::smallint, i.inviter_id))
                     AS f (kind, id)
                 CROSS JOIN LATERAL (SELECT FROM opt_outs AS r WHERE r.person = p.person AND r.from_kind = f.kind
                                     AND r.from_id = f.id OFFSET 0) AS r)
             ORDER BY i.id LIMIT $4"
        );
        let hashes = self.hashes_of(user).await?;
        let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
        let after = page.after.map_or(Uuid::nil(), InvitationId::as_uuid);
        let params: [&(dyn ToSql + Sync); 5] = [&user.get(), &now.as_millis(), &after, &one_more(page.limit), &hashes];
        let found = self.query(sql, &params).await?;
        Ok(Page::of(all(&found, invitation_view)?, page.limit, |view| view.invitation.id))
    }

    async fn invitation(&self, which: InvitationRef) -> Result<Option<InvitationView>, StoreError> {
        let found = match which {
            InvitationRef::Id(id) => self.query(invitations_of!("invitations", "i.id = $1"), &[&id.as_uuid()]).await?,
            InvitationRef::Token(hash) => {
                let sql = invitations_of!(
                    "invitations",
                    "i.id = (SELECT invitation_id FROM invitation_tokens WHERE hash = $1)"
                );
                self.query(sql, &[&hash.0.as_slice()]).await?
            }
        };
        one(&found, invitation_view)
    }

    async fn invitation_token(&self, hash: InvitationTokenHash) -> Result<Option<InvitationToken>, StoreError> {
        let sql = "SELECT t.hash, t.invitation_id, t.holder_id, t.created_at
                   FROM invitation_tokens AS t JOIN invitations AS i ON i.id = t.invitation_id
                   JOIN groups AS g ON g.id = i.group_id
                   WHERE t.hash = $1 AND g.deleted_at IS NULL";
        one(&self.query(sql, &[&hash.0.as_slice()]).await?, rows::invitation_token)
    }

    async fn mails_about(&self, group: GroupId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError> {
        let sql = concat!(
            "SELECT ",
            mail_columns!("m"),
            " FROM mails AS m WHERE m.group_id = $1 AND m.invitation_id = $2
              ORDER BY m.created_at DESC, m.id DESC LIMIT 100"
        );
        let mut mails = all(&self.query(sql, &[&group.get(), &invitation.as_uuid()]).await?, rows::mail)?;
        mails.reverse();
        Ok(mails)
    }

    async fn next_mail_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT due_at FROM mails WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
        one(&self.query(sql, &[]).await?, |row| row.try_get(0).map(Timestamp::from_millis).map_err(failure))
    }

    async fn mail_queue(&self) -> Result<MailQueue, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM mails WHERE due_at IS NOT NULL),
                          (SELECT min(due_at) FROM mails WHERE due_at IS NOT NULL)";
        let queue = one(&self.query(sql, &[]).await?, |row| {
            let mails: i64 = row.try_get(0).map_err(failure)?;
            let first: Option<i64> = row.try_get(1).map_err(failure)?;
            let mails = u64::try_from(mails).unwrap_or_default();
            Ok(MailQueue { mails, first_due_at: first.map(Timestamp::from_millis) })
        })?;
        queue.ok_or_else(|| StoreError::bug("a count gave no row"))
    }

    async fn mail_key(&self) -> Result<[u8; 32], StoreError> {
        self.secret("SELECT value FROM secrets WHERE name = 'mail-key'", "mail-key").await
    }

    async fn invitations_to_remind(&self, now: Timestamp, limit: usize) -> Result<Vec<InvitationId>, StoreError> {
        let sql =
            "SELECT id FROM invitations WHERE closed_at IS NULL AND remind_at <= $1 ORDER BY remind_at, id LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = self.query(sql, &[&now.as_millis(), &limit]).await?;
        all(&found, |row| row.try_get(0).map(InvitationId::from_uuid).map_err(failure))
    }

    async fn due_invitations(&self, now: Timestamp, limit: usize) -> Result<Vec<InvitationId>, StoreError> {
        let sql = "SELECT id FROM invitations WHERE state = 0 AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = self.query(sql, &[&now.as_millis(), &limit]).await?;
        all(&found, |row| row.try_get(0).map(InvitationId::from_uuid).map_err(failure))
    }

    async fn deleted_groups(&self, before: Timestamp) -> Result<Vec<GroupId>, StoreError> {
        let sql = "SELECT id FROM groups WHERE deleted_at <= $1 ORDER BY deleted_at, id LIMIT 100";
        all(&self.query(sql, &[&before.as_millis()]).await?, rows::group_id)
    }

    async fn request(&self, group: GroupId, user: UserId) -> Result<Option<JoinRequest>, StoreError> {
        let sql = concat!(
            "SELECT ",
            request_columns!("r"),
            " FROM join_requests AS r WHERE r.group_id = $1 AND r.user_id = $2"
        );
        one(&self.query(sql, &[&group.get(), &user.get()]).await?, rows::request)
    }

    async fn requests(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Requester, UserId>, StoreError> {
        let sql = requesters_where!("r.state = 0 AND r.user_id > $2 ORDER BY r.user_id LIMIT $3");
        let after = page.after.map_or(0, UserId::get);
        let found = self.query(sql, &[&group.get(), &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, requester)?, page.limit, |requester| requester.user.id))
    }

    async fn waiting(&self, group: GroupId, page: PageRequest<i64>) -> Result<Page<Requester, i64>, StoreError> {
        let sql = requesters_where!("r.state = 1 AND r.place > $2 ORDER BY r.place LIMIT $3");
        let after = page.after.unwrap_or(0);
        let found = self.query(sql, &[&group.get(), &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, requester)?, page.limit, |requester| requester.request.place.unwrap_or(0)))
    }

    async fn links(&self, group: GroupId, page: PageRequest<LinkId>) -> Result<Page<Link, LinkId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            link_columns!("l"),
            " FROM links AS l WHERE l.group_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3"
        );
        let after = page.after.map_or(Uuid::nil(), LinkId::as_uuid);
        let found = self.query(sql, &[&group.get(), &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, |row| rows::link(row, 0))?, page.limit, |link| link.id))
    }

    async fn link(&self, which: LinkRef) -> Result<Option<Link>, StoreError> {
        let found = match which {
            LinkRef::Id(id) => self.query(link_where!("l.id = $1"), &[&id.as_uuid()]).await?,
            LinkRef::Hash(hash) => self.query(link_where!("l.hash = $1"), &[&hash.0.as_slice()]).await?,
        };
        one(&found, |row| rows::link(row, 0))
    }

    async fn opt_outs(&self, of: Refuser) -> Result<Vec<OptOut>, StoreError> {
        let hashes = match of {
            Refuser::User(user) => self.hashes_of(user).await?,
            Refuser::Holder(hash) => {
                let sql = concat!(
                    "SELECT ",
                    invitation_columns!("i"),
                    " FROM invitation_tokens AS t JOIN invitations AS i ON i.id = t.invitation_id WHERE t.hash = $1"
                );
                let held = all(&self.query(sql, &[&hash.0.as_slice()]).await?, |row| rows::invitation(row, 0))?;
                held.iter().map(|invitation| self.hash(&invitation.invitee.person())).collect()
            }
        };
        let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
        all(&self.query(OPT_OUTS, &[&hashes]).await?, rows::opt_out)
    }

    async fn events(&self, stream: Stream, page: PageRequest<i64>) -> Result<Page<Event, i64>, StoreError> {
        let sql = concat!(
            "SELECT ",
            event_columns!("e"),
            " FROM events AS e WHERE e.group_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3"
        );
        let after = page.after.unwrap_or(0);
        let found = self.query(sql, &[&stream.number(), &after, &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, rows::event)?, page.limit, |event| event.seq))
    }

    async fn events_behind(&self, of: Option<Stream>, after: Cursor, limit: u16) -> Result<Vec<Told>, StoreError> {
        let (seq, limit) = (after.seq, i64::from(limit));
        let found = match of {
            None => self.query(EVENTS_IN_ORDER, &[&after.position, &after.stream.number(), &seq, &limit]).await?,
            Some(stream) => self.query(EVENTS_OF_STREAM, &[&stream.number(), &seq, &limit]).await?,
        };
        all(&found, rows::told)
    }

    async fn last_cursor(&self, of: Option<Stream>) -> Result<Cursor, StoreError> {
        let found = match of {
            None => self.query(LAST_OF_ALL, &[]).await?,
            Some(stream) => self.query(LAST_OF_STREAM, &[&stream.number()]).await?,
        };
        found.first().map_or(Ok(Cursor::START), rows::cursor)
    }

    async fn memberships_of(&self, user: UserId) -> Result<Vec<Membership>, StoreError> {
        let sql = concat!(
            "SELECT ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN groups AS g ON g.id = m.group_id
              WHERE m.user_id = $1 AND g.deleted_at IS NULL ORDER BY m.group_id"
        );
        all(&self.query(sql, &[&user.get()]).await?, |row| rows::membership(row, 0))
    }

    async fn members_at(
        &self,
        group: GroupId,
        at: Timestamp,
        page: PageRequest<UserId>,
    ) -> Result<Page<Membership, UserId>, StoreError> {
        let sql = "SELECT l.group_id, l.member_id, l.record_after FROM (
                       SELECT DISTINCT ON (e.member_id) e.group_id, e.member_id, e.record_after FROM events AS e
                       WHERE e.group_id = $1 AND e.member_id > $2 AND e.at <= $3
                       ORDER BY e.member_id, e.seq DESC) AS l
                   WHERE l.record_after IS NOT NULL ORDER BY l.member_id LIMIT $4";
        let after = page.after.map_or(0, UserId::get);
        let found = self.query(sql, &[&group.get(), &after, &at.as_millis(), &one_more(page.limit)]).await?;
        Ok(Page::of(all(&found, rows::member_then)?, page.limit, |member| member.user))
    }

    async fn streams(&self, page: PageRequest<Stream>) -> Result<Page<Stream, Stream>, StoreError> {
        // There is a history even if the note of where it stands has gone, or the group. From one to the next by index.
        let sql = concat!(
            "WITH RECURSIVE next (id) AS (SELECT ",
            stream_after!("$1"),
            " UNION ALL SELECT ",
            stream_after!("next.id"),
            " FROM next WHERE next.id IS NOT NULL) SELECT id FROM next WHERE id IS NOT NULL LIMIT $2"
        );
        let after = page.after.map_or(-1, Stream::number);
        let found = all(&self.query(sql, &[&after, &one_more(page.limit)]).await?, rows::stream)?;
        Ok(Page::of(found, page.limit, |stream| *stream))
    }

    async fn audit(&self, stream: Stream) -> Result<Vec<Finding>, StoreError> {
        self.findings(stream).await
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

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        // The server refuses to break its own rules while they are switched on: what can be wrong is that one is off, that
        // an index was left half built, or that pages came back from the disk otherwise than they were written.
        let sql = "SELECT 'the index ' || c.relname || ' is not valid'
                   FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
                   WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)
                   UNION ALL
                   SELECT 'the constraint ' || c.conname || ' of the table ' || c.conrelid::regclass || ' is not validated'
                   FROM pg_constraint AS c
                   WHERE c.connamespace = current_schema()::regnamespace AND NOT c.convalidated
                   UNION ALL
                   SELECT DISTINCT 'a trigger of the table ' || t.tgrelid::regclass || ' is switched off'
                   FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
                   WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled = 'D'
                   UNION ALL
                   SELECT 'pages of this database that failed their checksum: ' || checksum_failures
                   FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0";
        let found = self.query(sql, &[]).await?;
        found.iter().map(|row| row.try_get(0).map_err(failure)).collect()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.query("SELECT 1", &[]).await.map(drop)
    }
}

impl Readers {
    /// All hashes under which standing refusals may know a user.
    async fn hashes_of(&self, user: UserId) -> Result<Vec<PersonHash>, StoreError> {
        let sql = "SELECT email, user_id, is_verified FROM user_emails WHERE user_id = $1 AND is_verified";
        let addresses = all(&self.query(sql, &[&user.get()]).await?, rows::user_email)?;
        let addresses = addresses.into_iter().map(|address| Person::Address(address.email.key().clone()));
        Ok(std::iter::once(Person::User(user)).chain(addresses).map(|person| self.hash(&person)).collect())
    }

    fn hash(&self, person: &Person) -> PersonHash {
        PersonHash::of(&self.person_key, person)
    }
}

pub(super) fn group_view(row: &Row) -> Result<GroupView, StoreError> {
    Ok(GroupView {
        group: rows::group(row, 0)?,
        creator: rows::user(row, GROUP_COLUMNS)?,
        membership: rows::membership_or_null(row, GROUP_COLUMNS + USER_COLUMNS)?,
    })
}

fn invitation_view(row: &Row) -> Result<InvitationView, StoreError> {
    let (group, inviter) = (INVITATION_COLUMNS, INVITATION_COLUMNS + GROUP_COLUMNS);
    Ok(InvitationView {
        invitation: rows::invitation(row, 0)?,
        group: rows::group(row, group)?,
        inviter: rows::user(row, inviter)?,
        invitee: rows::user_or_null(row, inviter + USER_COLUMNS)?,
    })
}

fn requester(row: &Row) -> Result<Requester, StoreError> {
    Ok(Requester { request: rows::request(row)?, user: rows::user(row, REQUEST_COLUMNS)? })
}

/// A page is read with one row too many, which shows that there is a next.
fn one_more(limit: u16) -> i64 {
    i64::from(limit) + 1
}

pub(super) fn one<T>(found: &[Row], read: impl FnOnce(&Row) -> Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    found.first().map(read).transpose()
}

pub(super) fn all<T>(found: &[Row], read: impl Fn(&Row) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
    found.iter().map(read).collect()
}
