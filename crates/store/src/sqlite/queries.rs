//! Answering questions from the read-only connections.

use async_trait::async_trait;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash, TokenHash};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Audit, Event, Finding, Stream};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, UserId};
use guestlist_core::invitation::{InvitationRef, InvitationState, InvitationToken, InvitationTokenHash};
use guestlist_core::link::{Link, LinkRef};
use guestlist_core::mail::Mail;
use guestlist_core::member::Membership;
use guestlist_core::names::Subject;
use guestlist_core::opt_out::{OptOut, Person, PersonHash, PersonKey};
use guestlist_core::request::JoinRequest;
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_core::{Change, Timestamp};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::readers::Readers;
use super::{each, failure, json, rows};
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

/// A group that is not deleted, its creator, and the membership of user ?1 in it.
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
              WHERE g.deleted_at IS NULL AND ",
            $condition
        )
    };
}

/// Invitations to groups that are not deleted, with group, inviter and invitee.
macro_rules! invitations_where {
    ($($condition:literal),+) => {
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
              WHERE g.deleted_at IS NULL AND ",
            $($condition),+
        )
    };
}

/// A page of them in order of their making: those behind ?3 that are open at ?2.
macro_rules! open_invitations_where {
    ($condition:literal) => {
        invitations_where!(
            "i.state = 0 AND (i.expires_at IS NULL OR i.expires_at > ?2) AND i.id > ?3 AND ",
            $condition,
            " ORDER BY i.id LIMIT ?4"
        )
    };
}

macro_rules! link_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            link_columns!("l"),
            " FROM links AS l JOIN \"groups\" AS g ON g.id = l.group_id WHERE g.deleted_at IS NULL AND ",
            $condition
        )
    };
}

/// Those who want to join group ?1, as far as $condition says, in the order of their $key, behind ?2.
macro_rules! requesters_where {
    ($condition:literal, $key:literal) => {
        concat!(
            "SELECT ",
            request_columns!("r"),
            ", ",
            user_columns!("u"),
            " FROM join_requests AS r JOIN users AS u ON u.id = r.user_id
              WHERE r.group_id = ?1 AND ",
            $condition,
            " AND ",
            $key,
            " > ?2 ORDER BY ",
            $key,
            " LIMIT ?3"
        )
    };
}

/// What is known of the addresses in the array ?1.
pub(super) const DEAD: &str = "SELECT d.email_key, d.since, d.reply
    FROM json_each(?1) AS k CROSS JOIN dead_addresses AS d ON d.email_key = k.value";

/// What people refuse whose hashes are in the array ?1.
pub(super) const OPT_OUTS: &str = "SELECT o.person, o.from_kind, o.from_id, o.created_at
     FROM json_each(?1) AS k CROSS JOIN opt_outs AS o ON o.person = unhex(k.value)";

const EVENTS: &str = concat!(
    "SELECT ",
    event_columns!("e"),
    " FROM events AS e WHERE e.group_id = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT ?3"
);

/// Of all histories, behind the cursor ?1, ?2, ?3.
const EVENTS_IN_ORDER: &str = concat!(
    "SELECT ",
    event_columns!("e"),
    ", e.position FROM events AS e WHERE (e.position, e.group_id, e.seq) > (?1, ?2, ?3)
      ORDER BY e.position, e.group_id, e.seq LIMIT ?4"
);

const EVENTS_OF_STREAM: &str = concat!(
    "SELECT ",
    event_columns!("e"),
    ", e.position FROM events AS e WHERE e.group_id = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT ?3"
);

/// How to read everything of one kind that is stored, each row as the change that would bring it about.
type Everything = (&'static str, fn(&Row<'_>) -> Result<Change, StoreError>);

/// What the history of group ?1 tells of.
const IN_GROUP: &[Everything] = &[
    (concat!("SELECT ", group_columns!("g"), " FROM \"groups\" AS g WHERE g.id = ?1"), |row| {
        rows::group(row, 0).map(Change::Group)
    }),
    (concat!("SELECT ", membership_columns!("m"), " FROM memberships AS m WHERE m.group_id = ?1"), |row| {
        rows::membership(row, 0).map(Change::Membership)
    }),
    (concat!("SELECT ", invitation_columns!("i"), " FROM invitations AS i WHERE i.group_id = ?1"), |row| {
        rows::invitation(row, 0).map(Change::Invitation)
    }),
    (concat!("SELECT ", mail_columns!("m"), " FROM mails AS m WHERE m.group_id = ?1"), |row| {
        rows::mail(row).map(Change::Mail)
    }),
    (concat!("SELECT ", link_columns!("l"), " FROM links AS l WHERE l.group_id = ?1"), |row| {
        rows::link(row, 0).map(Change::Link)
    }),
    (concat!("SELECT ", request_columns!("r"), " FROM join_requests AS r WHERE r.group_id = ?1"), |row| {
        rows::request(row).map(Change::JoinRequest)
    }),
];

/// What the history of the installation tells of, but for secrets.
const IN_INSTALLATION: &[Everything] = &[
    (concat!("SELECT ", user_columns!("u"), " FROM users AS u"), |row| rows::user(row, 0).map(Change::User)),
    ("SELECT email, user_id, is_verified FROM user_emails", |row| rows::user_email(row).map(Change::UserEmail)),
    ("SELECT person, from_kind, from_id, created_at FROM opt_outs", |row| rows::opt_out(row).map(Change::OptOut)),
    (concat!("SELECT ", token_columns!("t"), " FROM tokens AS t"), |row| rows::token(row, 0).map(Change::Token)),
    ("SELECT id, name, scopes, created_at FROM clients", |row| rows::client(row).map(Change::Client)),
];

/// Active members of group ?1 whose username or name contains ?2, in lower case.
macro_rules! roster_matches {
    () => {
        "m.group_id = ?1 AND u.disabled_at IS NULL AND (?2 = ''
             OR instr(coalesce(u.username_key, lower(u.uid)), ?2) > 0 OR instr(u.name_key, ?2) > 0)"
    };
}
const ROSTER_COUNT: &str =
    concat!("SELECT count(*) FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE ", roster_matches!());

/// The first history behind the given one: each is told, or noted, or its group is there.
macro_rules! stream_after {
    ($number:literal) => {
        concat!(
            "nullif(min(coalesce((SELECT min(group_id) FROM heads WHERE group_id > ",
            $number,
            "), 9223372036854775807), coalesce((SELECT min(id) FROM \"groups\" WHERE id > ",
            $number,
            "), 9223372036854775807), coalesce((SELECT min(group_id) FROM events WHERE group_id > ",
            $number,
            "), 9223372036854775807)), 9223372036854775807)"
        )
    };
}

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

    async fn token_by_id(&self, id: TokenId) -> Result<Option<AccessToken>, StoreError> {
        let sql = concat!("SELECT ", token_columns!("t"), " FROM tokens AS t WHERE t.id = ?1");
        let read = |row: &Row<'_>| rows::token(row, 0);
        self.point(move |connection| one(connection, sql, &[id.as_uuid().as_bytes()], read)).await
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
                UserRef::Uid(uid) => (user_where!("u.uid = ?1 AND u.deleted_at IS NULL"), Box::new(uid.as_str())),
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

    async fn users_by_id(&self, ids: Vec<UserId>) -> Result<Vec<User>, StoreError> {
        let sql = user_where!("u.id IN (SELECT value FROM json_each(?1)) ORDER BY u.id");
        self.run(move |connection| {
            let ids: Vec<_> = ids.into_iter().map(UserId::get).collect();
            all(connection, sql, &[&json(&ids)?], |row| rows::user(row, 0))
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
                    group_view_where!("(g.uid = ?2 OR g.slug = ?2) ORDER BY g.uid = ?2 DESC LIMIT 1"),
                    Box::new(text.as_str()),
                ),
            };
            one(connection, sql, &[&viewer.map(UserId::get), &key], group_view)
        })
        .await
    }

    async fn groups_of(&self, user: UserId) -> Result<Vec<GroupView>, StoreError> {
        let sql = concat!(
            "SELECT ",
            group_columns!("g"),
            ", ",
            user_columns!("u"),
            ", ",
            membership_columns!("m"),
            " FROM memberships AS m JOIN \"groups\" AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
              WHERE m.user_id = ?1 AND g.deleted_at IS NULL ORDER BY g.name_key, g.id"
        );
        self.run(move |connection| all(connection, sql, &[&user.get()], group_view)).await
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
            " FROM memberships AS m INDEXED BY memberships_of_user
              CROSS JOIN \"groups\" AS g ON g.id = m.group_id JOIN users AS u ON u.id = g.creator_id
              WHERE m.user_id = ?1 AND m.group_id > ?2 AND g.deleted_at IS NULL ORDER BY m.group_id LIMIT ?3"
        );
        self.run(move |connection| {
            let after = page.after.map_or(0, GroupId::get);
            let groups = all(connection, sql, &[&user.get(), &after, &one_more(page.limit)], group_view)?;
            Ok(Page::of(groups, page.limit, |view| view.group.id))
        })
        .await
    }

    async fn groups(&self, page: PageRequest<GroupId>) -> Result<Page<Group, GroupId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            group_columns!("g"),
            " FROM \"groups\" AS g WHERE g.id > ?1 AND g.deleted_at IS NULL ORDER BY g.id LIMIT ?2"
        );
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
        let sql = open_invitations_where!("i.group_id = ?1");
        self.run(move |connection| {
            let keys: [&dyn ToSql; 4] = [&group.get(), &now.as_millis(), &after(page), &one_more(page.limit)];
            let found = all(connection, sql, &keys, invitation_view)?;
            Ok(Page::of(found, page.limit, |view| view.invitation.id))
        })
        .await
    }

    async fn invitations(
        &self,
        group: GroupId,
        state: InvitationState,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        let sql = invitations_where!("i.group_id = ?1 AND i.state = ?2 AND i.id > ?3 ORDER BY i.id LIMIT ?4");
        self.run(move |connection| {
            let keys: [&dyn ToSql; 4] = [&group.get(), &state_number(state), &after(page), &one_more(page.limit)];
            let found = all(connection, sql, &keys, invitation_view)?;
            Ok(Page::of(found, page.limit, |view| view.invitation.id))
        })
        .await
    }

    async fn invitations_in_batch(
        &self,
        group: GroupId,
        batch: BatchId,
        page: PageRequest<i64>,
    ) -> Result<Page<InvitationView, i64>, StoreError> {
        let told = "SELECT seq, thing FROM events INDEXED BY events_of_batch
                    WHERE batch_id = ?1 AND seq > ?2 AND group_id = ?3 AND thing LIKE 'invitation/%'
                    ORDER BY seq LIMIT ?4";
        let found = invitations_where!("i.id IN (SELECT unhex(value) FROM json_each(?1))");
        self.run(move |connection| {
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let (batch, after) = (batch.as_uuid(), page.after.unwrap_or(0));
            let keys: [&dyn ToSql; 4] = [batch.as_bytes(), &after, &group.get(), &one_more(page.limit)];
            let told = Page::of(all(&moment, told, &keys, rows::invitation_told)?, page.limit, |(seq, _)| *seq);
            let ids: Vec<_> = told.items.iter().map(|(_, id)| hex::encode(id.as_uuid())).collect();
            let views = all(&moment, found, &[&json(&ids)?], invitation_view)?;
            Ok(in_order(&told, views))
        })
        .await
    }

    async fn has_batch(&self, group: GroupId, batch: BatchId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM events INDEXED BY events_of_batch WHERE batch_id = ?1 AND group_id = ?2 LIMIT 1";
        self.point(move |connection| {
            Ok(one(connection, sql, &[batch.as_uuid().as_bytes(), &group.get()], |_| Ok(()))?.is_some())
        })
        .await
    }

    async fn invitations_for(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError> {
        // Each way of refusing is looked up by the whole key: somebody may refuse a thousand groups.
        let sql = open_invitations_where!(
            "i.id IN (
                 SELECT id FROM invitations WHERE user_id = ?1 AND state = 0 AND id > ?3
                 UNION ALL
                 SELECT o.id FROM user_emails AS e JOIN invitations AS o ON o.email_key = e.email_key
                 WHERE e.user_id = ?1 AND e.is_verified AND o.state = 0 AND o.id > ?3)
             AND NOT EXISTS (SELECT 1 FROM json_each(?5) AS k CROSS JOIN opt_outs AS o
                             ON o.person = unhex(k.value) AND o.from_kind = 0 AND o.from_id = 0)
             AND NOT EXISTS (SELECT 1 FROM json_each(?5) AS k CROSS JOIN opt_outs AS o
                             ON o.person = unhex(k.value) AND o.from_kind = 1 AND o.from_id = i.group_id)
             AND NOT EXISTS (SELECT 1 FROM json_each(?5) AS k CROSS JOIN opt_outs AS o
                             ON o.person = unhex(k.value) AND o.from_kind = 2 AND o.from_id = i.inviter_id)"
        );
        let key = self.person_key();
        self.run(move |connection| {
            // Both in one transaction, so that nobody gets another's address in between.
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let persons = json(&hashes(&persons(&moment, user)?, &key))?;
            let keys: [&dyn ToSql; 5] = [&user.get(), &now.as_millis(), &after(page), &one_more(page.limit), &persons];
            let found = all(&moment, sql, &keys, invitation_view)?;
            Ok(Page::of(found, page.limit, |view| view.invitation.id))
        })
        .await
    }

    async fn invitation(&self, which: InvitationRef) -> Result<Option<InvitationView>, StoreError> {
        self.point(move |connection| match which {
            InvitationRef::Id(id) => {
                one(connection, invitations_where!("i.id = ?1"), &[id.as_uuid().as_bytes()], invitation_view)
            }
            InvitationRef::Token(hash) => {
                let sql = invitations_where!("i.id = (SELECT invitation_id FROM invitation_tokens WHERE hash = ?1)");
                one(connection, sql, &[&hash.0], invitation_view)
            }
        })
        .await
    }

    async fn invitation_token(&self, hash: InvitationTokenHash) -> Result<Option<InvitationToken>, StoreError> {
        let sql = "SELECT t.hash, t.holder_id, t.created_at, t.invitation_id
                   FROM invitation_tokens AS t JOIN invitations AS i ON i.id = t.invitation_id
                   JOIN \"groups\" AS g ON g.id = i.group_id
                   WHERE t.hash = ?1 AND g.deleted_at IS NULL";
        self.point(move |connection| {
            let token = one(connection, sql, &[&hash.0], |row| {
                let invitation = row.get(3).map(Uuid::from_bytes).map(InvitationId::from_uuid).map_err(failure)?;
                rows::invitation_token_or_null(row, 0, invitation)
            })?;
            Ok(token.flatten())
        })
        .await
    }

    async fn mails_about(&self, group: GroupId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError> {
        let sql = concat!(
            "SELECT ",
            mail_columns!("m"),
            " FROM mails AS m WHERE m.group_id = ?1 AND m.invitation_id = ?2
              ORDER BY m.created_at DESC, m.id DESC LIMIT 100"
        );
        self.run(move |connection| {
            let mut mails = all(connection, sql, &[&group.get(), invitation.as_uuid().as_bytes()], rows::mail)?;
            mails.reverse();
            Ok(mails)
        })
        .await
    }

    async fn next_mail_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT due_at FROM mails WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
        self.point(move |connection| {
            one(connection, sql, &[], |row| row.get(0).map(Timestamp::from_millis).map_err(failure))
        })
        .await
    }

    async fn mail_queue(&self) -> Result<MailQueue, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM mails WHERE due_at IS NOT NULL),
                          (SELECT min(due_at) FROM mails WHERE due_at IS NOT NULL)";
        self.run(move |connection| {
            let queue = one(connection, sql, &[], |row| {
                let first: Option<i64> = row.get(1).map_err(failure)?;
                Ok(MailQueue {
                    mails: row.get::<_, u32>(0).map(u64::from).map_err(failure)?,
                    first_due_at: first.map(Timestamp::from_millis),
                })
            })?;
            queue.ok_or_else(|| StoreError::bug("a count gave no row"))
        })
        .await
    }

    async fn mail_key(&self) -> Result<[u8; 32], StoreError> {
        self.point(move |connection| rows::secret(connection, "mail-key")).await
    }

    async fn invitations_to_remind(&self, now: Timestamp, limit: usize) -> Result<Vec<InvitationId>, StoreError> {
        let sql = "SELECT id FROM invitations WHERE state = 0 AND remind_at <= ?1 AND remind_at IS NOT NULL
                   ORDER BY remind_at LIMIT ?2";
        self.run(move |connection| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let read = |row: &Row<'_>| row.get(0).map(Uuid::from_bytes).map(InvitationId::from_uuid).map_err(failure);
            all(connection, sql, &[&now.as_millis(), &limit], read)
        })
        .await
    }

    async fn due_invitations(&self, now: Timestamp, limit: usize) -> Result<Vec<InvitationId>, StoreError> {
        let sql = "SELECT id FROM invitations WHERE state = 0 AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
        self.run(move |connection| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let read = |row: &Row<'_>| row.get(0).map(Uuid::from_bytes).map(InvitationId::from_uuid).map_err(failure);
            all(connection, sql, &[&now.as_millis(), &limit], read)
        })
        .await
    }

    async fn deleted_groups(&self, before: Timestamp) -> Result<Vec<GroupId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            group_columns!("g"),
            " FROM \"groups\" AS g WHERE g.deleted_at <= ?1 ORDER BY g.deleted_at LIMIT 100"
        );
        self.run(move |connection| {
            all(connection, sql, &[&before.as_millis()], |row| rows::group(row, 0).map(|group| group.id))
        })
        .await
    }

    async fn request(&self, group: GroupId, user: UserId) -> Result<Option<JoinRequest>, StoreError> {
        let sql = concat!(
            "SELECT ",
            request_columns!("r"),
            " FROM join_requests AS r WHERE r.group_id = ?1 AND r.user_id = ?2"
        );
        self.point(move |connection| one(connection, sql, &[&group.get(), &user.get()], rows::request)).await
    }

    async fn requests(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Requester, UserId>, StoreError> {
        let sql = requesters_where!("r.state = 0", "r.user_id");
        self.run(move |connection| {
            let after = page.after.map_or(0, UserId::get);
            let found = all(connection, sql, &[&group.get(), &after, &one_more(page.limit)], requester)?;
            Ok(Page::of(found, page.limit, |found| found.user.id))
        })
        .await
    }

    async fn waiting(&self, group: GroupId, page: PageRequest<i64>) -> Result<Page<Requester, i64>, StoreError> {
        let sql = requesters_where!("r.state = 1", "r.place");
        self.run(move |connection| {
            let after = page.after.unwrap_or(0);
            let found = all(connection, sql, &[&group.get(), &after, &one_more(page.limit)], requester)?;
            Ok(Page::of(found, page.limit, |found| found.request.place.unwrap_or(0)))
        })
        .await
    }

    async fn links(&self, group: GroupId, page: PageRequest<LinkId>) -> Result<Page<Link, LinkId>, StoreError> {
        let sql = concat!(
            "SELECT ",
            link_columns!("l"),
            " FROM links AS l WHERE l.group_id = ?1 AND l.id > ?2 ORDER BY l.id LIMIT ?3"
        );
        self.run(move |connection| {
            let after = page.after.map_or([0; 16], |id| *id.as_uuid().as_bytes());
            let links = all(connection, sql, &[&group.get(), &after, &one_more(page.limit)], |row| rows::link(row, 0))?;
            Ok(Page::of(links, page.limit, |link| link.id))
        })
        .await
    }

    async fn link(&self, which: LinkRef) -> Result<Option<Link>, StoreError> {
        self.point(move |connection| match which {
            LinkRef::Id(id) => {
                one(connection, link_where!("l.id = ?1"), &[id.as_uuid().as_bytes()], |row| rows::link(row, 0))
            }
            LinkRef::Hash(hash) => one(connection, link_where!("l.hash = ?1"), &[&hash.0], |row| rows::link(row, 0)),
        })
        .await
    }

    async fn opt_outs(&self, of: Refuser) -> Result<Vec<OptOut>, StoreError> {
        let key = self.person_key();
        self.run(move |connection| {
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let persons = match of {
                Refuser::User(user) => persons(&moment, user)?,
                Refuser::Holder(hash) => {
                    let sql = concat!(
                        "SELECT ",
                        invitation_columns!("i"),
                        " FROM invitation_tokens AS t JOIN invitations AS i ON i.id = t.invitation_id WHERE t.hash = ?1"
                    );
                    let held = one(&moment, sql, &[&hash.0], |row| rows::invitation(row, 0))?;
                    held.iter().map(|invitation| invitation.invitee.person()).collect()
                }
            };
            all(&moment, OPT_OUTS, &[&json(&hashes(&persons, &key))?], rows::opt_out)
        })
        .await
    }

    async fn events(&self, stream: Stream, page: PageRequest<i64>) -> Result<Page<Event, i64>, StoreError> {
        self.run(move |connection| {
            let after = page.after.unwrap_or(0);
            let events = all(connection, EVENTS, &[&stream.number(), &after, &one_more(page.limit)], rows::event)?;
            Ok(Page::of(events, page.limit, |event| event.seq))
        })
        .await
    }

    async fn events_behind(&self, of: Option<Stream>, after: Cursor, limit: u16) -> Result<Vec<Told>, StoreError> {
        self.run(move |connection| match of {
            None => {
                let keys: [&dyn ToSql; 4] = [&after.position, &after.stream.number(), &after.seq, &limit];
                all(connection, EVENTS_IN_ORDER, &keys, rows::told)
            }
            Some(stream) => all(connection, EVENTS_OF_STREAM, &[&stream.number(), &after.seq, &limit], rows::told),
        })
        .await
    }

    async fn last_cursor(&self, of: Option<Stream>) -> Result<Cursor, StoreError> {
        self.point(move |connection| {
            let last = match of {
                None => {
                    let sql = "SELECT position, group_id, seq FROM events
                               ORDER BY position DESC, group_id DESC, seq DESC LIMIT 1";
                    one(connection, sql, &[], rows::cursor)
                }
                Some(stream) => {
                    let sql =
                        "SELECT position, group_id, seq FROM events WHERE group_id = ?1 ORDER BY seq DESC LIMIT 1";
                    one(connection, sql, &[&stream.number()], rows::cursor)
                }
            };
            Ok(last?.unwrap_or(Cursor::START))
        })
        .await
    }

    async fn memberships_of(&self, user: UserId) -> Result<Vec<Membership>, StoreError> {
        let sql = concat!(
            "SELECT ",
            membership_columns!("m"),
            " FROM memberships AS m INDEXED BY memberships_of_user CROSS JOIN \"groups\" AS g ON g.id = m.group_id
              WHERE m.user_id = ?1 AND g.deleted_at IS NULL ORDER BY m.group_id"
        );
        self.run(move |connection| all(connection, sql, &[&user.get()], |row| rows::membership(row, 0))).await
    }

    async fn members_at(
        &self,
        group: GroupId,
        at: Timestamp,
        page: PageRequest<UserId>,
    ) -> Result<Page<Membership, UserId>, StoreError> {
        // Of each member the last event up to the instant; the index shows which one it is.
        let sql = "SELECT e.group_id, e.member_id, e.record_after FROM events AS e INDEXED BY events_of_member
                   WHERE e.group_id = ?1 AND e.member_id > ?2 AND e.at <= ?3 AND e.record_after IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM events AS l INDEXED BY events_of_member
                                     WHERE l.group_id = e.group_id AND l.member_id = e.member_id AND l.seq > e.seq
                                       AND l.at <= ?3)
                   ORDER BY e.member_id LIMIT ?4";
        self.run(move |connection| {
            let after = page.after.map_or(0, UserId::get);
            let keys: [&dyn ToSql; 4] = [&group.get(), &after, &at.as_millis(), &one_more(page.limit)];
            let members = all(connection, sql, &keys, rows::membership_told)?;
            Ok(Page::of(members, page.limit, |member| member.user))
        })
        .await
    }

    async fn streams(&self, page: PageRequest<Stream>) -> Result<Page<Stream, Stream>, StoreError> {
        // There is a history even if the note of where it stands has gone, or the group. From one to the next by index.
        let sql = concat!(
            "WITH RECURSIVE next (id) AS (SELECT ",
            stream_after!("?1"),
            " UNION ALL SELECT ",
            stream_after!("next.id"),
            " FROM next WHERE next.id IS NOT NULL LIMIT ?2) SELECT id FROM next WHERE id IS NOT NULL"
        );
        self.run(move |connection| {
            let after = page.after.map_or(-1, Stream::number);
            let found = all(connection, sql, &[&after, &one_more(page.limit)], rows::stream)?;
            Ok(Page::of(found, page.limit, |stream| *stream))
        })
        .await
    }

    async fn audit(&self, stream: Stream) -> Result<Vec<Finding>, StoreError> {
        self.run_to_the_end(move |connection| {
            let moment = connection.unchecked_transaction().map_err(failure)?;
            let number = stream.number();
            let mut audit = Audit::new(stream);
            each(&moment, EVENTS, &[&number, &0, &i64::MAX], |row| {
                audit.event(&rows::event(row)?);
                Ok(())
            })?;
            let (stored, keys): (_, &[&dyn ToSql]) = match stream {
                Stream::Group(_) => (IN_GROUP, &[&number]),
                Stream::Installation => (IN_INSTALLATION, &[]),
            };
            for (sql, read) in stored {
                each(&moment, sql, keys, |row| {
                    audit.stored(&read(row)?);
                    Ok(())
                })?;
            }
            let head =
                one(&moment, "SELECT group_id, seq, hash FROM heads WHERE group_id = ?1", &[&number], rows::head)?;
            Ok(audit.finish(head.map(|(_, head)| head).unwrap_or_default()))
        })
        .await
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

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.run_to_the_end(move |connection| {
            let text = |row: &Row<'_>| row.get::<_, String>(0).map_err(failure);
            let mut wrong = all(connection, "PRAGMA integrity_check", &[], text)?;
            wrong.retain(|line| line != "ok");
            let stray = |row: &Row<'_>| {
                let (table, parent): (String, String) = (row.get(0).map_err(failure)?, row.get(2).map_err(failure)?);
                Ok(format!("a row of the table {table} refers to a row of {parent} that is not there"))
            };
            wrong.append(&mut all(connection, "PRAGMA foreign_key_check", &[], stray)?);
            Ok(wrong)
        })
        .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.point(|connection| one(connection, "SELECT 1", &[], |_| Ok(())).map(drop)).await
    }
}

pub(super) fn group_view(row: &Row<'_>) -> Result<GroupView, StoreError> {
    Ok(GroupView {
        group: rows::group(row, 0)?,
        creator: rows::user(row, GROUP_COLUMNS)?,
        membership: rows::membership_or_null(row, GROUP_COLUMNS + USER_COLUMNS)?,
    })
}

fn invitation_view(row: &Row<'_>) -> Result<InvitationView, StoreError> {
    let (group, inviter) = (INVITATION_COLUMNS, INVITATION_COLUMNS + GROUP_COLUMNS);
    Ok(InvitationView {
        invitation: rows::invitation(row, 0)?,
        group: rows::group(row, group)?,
        inviter: rows::user(row, inviter)?,
        invitee: rows::user_or_null(row, inviter + USER_COLUMNS)?,
    })
}

fn requester(row: &Row<'_>) -> Result<Requester, StoreError> {
    Ok(Requester { request: rows::request(row)?, user: rows::user(row, REQUEST_COLUMNS)? })
}

/// Everything that a user is known as towards invitations.
fn persons(connection: &Connection, user: UserId) -> Result<Vec<Person>, StoreError> {
    let sql = "SELECT email, user_id, is_verified FROM user_emails WHERE user_id = ?1 AND is_verified";
    let verified = all(connection, sql, &[&user.get()], rows::user_email)?;
    let addresses = verified.into_iter().map(|address| Person::Address(address.email.key().clone()));
    Ok(std::iter::once(Person::User(user)).chain(addresses).collect())
}

fn hashes(persons: &[Person], key: &PersonKey) -> Vec<String> {
    persons.iter().map(|person| hex::encode(PersonHash::of(key, person).0)).collect()
}

/// The key of an invitation to go on behind, as it is stored.
fn after(page: PageRequest<InvitationId>) -> [u8; 16] {
    page.after.map_or([0; 16], |id| *id.as_uuid().as_bytes())
}

/// A page is read with one row too many, which shows that there is a next.
fn one_more(limit: u16) -> i64 {
    i64::from(limit) + 1
}

pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    rows.next().map_err(failure)?.map(read).transpose()
}

pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    each(connection, sql, parameters, |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}
