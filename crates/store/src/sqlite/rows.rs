//! Rows to values of the domain. A value that no version of guestlist writes is an error that names its place.

use guestlist_core::Timestamp;
use guestlist_core::change::DayCount;
use guestlist_core::chat::{ChatSettings, Profile};
use guestlist_core::credential::{AccessToken, Client, ClientId, PersonalToken, Scopes, TokenHash, TokenName};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupKind, OwnershipOffer, Tally};
use guestlist_core::history::{Event, EventHash, EventKind, Head, MemberRecord, Stream};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::{Invitation, InvitationToken, InvitationTokenHash, Invitee};
use guestlist_core::language::Language;
use guestlist_core::link::{Link, LinkHash};
use guestlist_core::mail::{DeadAddress, Mail, MailId, Reply};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::names::{Country, Description, DisplayName, Email, EmailKey, Note, Slug, Subject, Username};
use guestlist_core::opt_out::{OptOut, PersonHash, PersonKey};
use guestlist_core::origin::{Origin, RequestId, Via};
use guestlist_core::request::JoinRequest;
use guestlist_core::user::{User, UserEmail};
use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row};
use uuid::Uuid;

use super::failure;
use crate::columns::{self, EVENT_COLUMNS};
use crate::error::StoreError;
use crate::feed::{Cursor, Told};
use crate::terms::{AnswerKey, KeptAnswer};

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
            Ok(ValueRef::Blob(blob)) => {
                Uuid::from_slice(blob).map_or_else(|_| hex::encode(blob), |uuid| uuid.to_string())
            }
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
        language: columns.parse_or_null("language", |tag: String| Language::parse(&tag))?,
        is_admin: columns.take()?,
        roles: columns.parse("roles", GlobalRoles::from_bits)?,
        profile: columns.parse_or_null("profile", |text: String| Profile::from_stored(&text))?.unwrap_or_default(),
        signed_out_at: columns.time_or_null()?,
        deleted_at: columns.time_or_null()?,
        disabled_at: columns.time_or_null()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
    })
}

/// Reads `id`.
pub(super) fn user_id(row: &Row<'_>) -> Result<UserId, StoreError> {
    Columns::new(row, "users", 0).parse("id", UserId::new)
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
        description: columns.parse("description", |text: String| Description::parse(&text).ok())?,
        language: columns.parse_or_null("language", |tag: String| Language::parse(&tag))?,
        chat: columns.parse_or_null("chat", |text: String| ChatSettings::from_stored(&text))?.unwrap_or_default(),
        country: columns.parse_or_null("country", |text: String| Country::parse(&text).ok())?,
        kind: if columns.take()? { GroupKind::Page } else { GroupKind::Group },
        is_public: columns.take()?,
        is_verified: columns.take()?,
        takes_requests: columns.take()?,
        is_token_enough: columns.take()?,
        members_max: columns.take()?,
        archived_at: columns.time_or_null()?,
        deleted_at: columns.time_or_null()?,
        offer: offer(&mut columns)?,
        creator: columns.parse("creator_id", UserId::new)?,
        created_at: columns.time()?,
        tally: Tally {
            members: columns.take()?,
            owners: columns.take()?,
            invitations: columns.take()?,
            waiting: columns.take()?,
            last_place: columns.take()?,
            notices: columns.take()?,
            updated_at: columns.time()?,
        },
    })
}

fn offer(columns: &mut Columns<'_>) -> Result<Option<OwnershipOffer>, StoreError> {
    let from = columns.parse_or_null("offer_from", UserId::new)?;
    let to = columns.parse_or_null("offer_to", UserId::new)?;
    match (from, to, columns.time_or_null()?, columns.time_or_null()?) {
        (None, None, None, None) => Ok(None),
        (Some(from), Some(to), Some(offered_at), Some(expires_at)) => {
            Ok(Some(OwnershipOffer { from, to, offered_at, expires_at }))
        }
        _ => Err(columns.corrupt("offer_from")),
    }
}

/// Reads `id`.
/// Reads one `subject`.
pub(super) fn subject(row: &Row<'_>, start: usize) -> Result<Subject, StoreError> {
    Columns::new(row, "users", start).parse("subject", |text: String| Subject::parse(&text).ok())
}

pub(super) fn group_id(row: &Row<'_>) -> Result<GroupId, StoreError> {
    Columns::new(row, "groups", 0).parse("id", GroupId::new)
}

pub(super) fn membership(row: &Row<'_>, start: usize) -> Result<Membership, StoreError> {
    let mut columns = Columns::new(row, "memberships", start);
    Ok(Membership {
        group: columns.parse("group_id", GroupId::new)?,
        user: columns.parse("user_id", UserId::new)?,
        roles: columns.parse("roles", RoleSet::from_bits)?,
        joined_at: columns.time()?,
        is_hidden: columns.take()?,
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
        language: columns.parse_or_null("language", |tag: String| Language::parse(&tag))?,
        note: columns.parse_or_null("note", |text: String| Note::parse(&text).ok())?,
        state: columns.parse("state", columns::state_from)?,
        created_at: columns.time()?,
        sent_at: columns.time()?,
        expires_at: columns.time_or_null()?,
        remind_at: columns.time_or_null()?,
        seen_at: columns.time_or_null()?,
        closed_at: columns.time_or_null()?,
        closed_by: columns.parse_or_null("closed_by", UserId::new)?,
    })
}

/// Reads `hash, holder_id, created_at`, the token of an invitation: absent where it was not looked up by one.
pub(super) fn invitation_token_or_null(
    row: &Row<'_>,
    start: usize,
    invitation: InvitationId,
) -> Result<Option<InvitationToken>, StoreError> {
    let mut columns = Columns::new(row, "invitation_tokens", start);
    let Some(hash) = columns.take::<Option<[u8; 32]>>()? else { return Ok(None) };
    let holder = columns.parse_or_null("holder_id", UserId::new)?;
    Ok(Some(InvitationToken { hash: InvitationTokenHash(hash), invitation, holder, created_at: columns.time()? }))
}

pub(super) fn mail(row: &Row<'_>) -> Result<Mail, StoreError> {
    let mut columns = Columns::new(row, "mails", 0);
    let id = columns.take().map(|id: [u8; 16]| MailId::from_uuid(Uuid::from_bytes(id)))?;
    let kind = columns.parse("kind", columns::mail_kind_from)?;
    let group = columns.parse("group_id", GroupId::new)?;
    let user = columns.parse_or_null("user_id", UserId::new)?;
    let email = columns.parse_or_null("email", |text: String| Email::parse(&text).ok())?;
    Ok(Mail {
        id,
        kind,
        group,
        to: columns::recipient(user, email),
        invitation: columns.take::<Option<[u8; 16]>>()?.map(|id| InvitationId::from_uuid(Uuid::from_bytes(id))),
        about: columns.parse_or_null("about_id", UserId::new)?,
        state: columns.parse("state", columns::mail_state_from)?,
        created_at: columns.time()?,
        due_at: columns.time_or_null()?,
        tries: columns.parse("tries", |text: String| columns::tries_from(&text))?,
    })
}

/// Reads `email_key, since, reply`.
pub(super) fn dead_address(row: &Row<'_>) -> Result<DeadAddress, StoreError> {
    let mut columns = Columns::new(row, "dead_addresses", 0);
    let address = columns.parse("email_key", |text: String| EmailKey::read(&text))?;
    let since = columns.time()?;
    Ok(DeadAddress { address, since, reply: columns.take::<Option<String>>()?.map(|text| Reply::of(&text)) })
}

pub(super) fn link(row: &Row<'_>, start: usize) -> Result<Link, StoreError> {
    let mut columns = Columns::new(row, "links", start);
    Ok(Link {
        id: columns.take().map(|id: [u8; 16]| LinkId::from_uuid(Uuid::from_bytes(id)))?,
        group: columns.parse("group_id", GroupId::new)?,
        hash: columns.take().map(LinkHash)?,
        creator: columns.parse("creator_id", UserId::new)?,
        roles: columns.parse("roles", RoleSet::from_bits)?,
        uses_max: columns.take()?,
        uses: columns.take()?,
        needs_approval: columns.take()?,
        created_at: columns.time()?,
        expires_at: columns.time_or_null()?,
        revoked_at: columns.time_or_null()?,
        revoked_by: columns.parse_or_null("revoked_by", UserId::new)?,
    })
}

pub(super) fn request(row: &Row<'_>) -> Result<JoinRequest, StoreError> {
    let mut columns = Columns::new(row, "join_requests", 0);
    Ok(JoinRequest {
        group: columns.parse("group_id", GroupId::new)?,
        user: columns.parse("user_id", UserId::new)?,
        roles: columns.parse("roles", RoleSet::from_bits)?,
        state: columns.parse("state", columns::request_state_from)?,
        place: columns.take()?,
        created_at: columns.time()?,
        closed_at: columns.time_or_null()?,
        closed_by: columns.parse_or_null("closed_by", UserId::new)?,
    })
}

/// Reads `inviter_id, day, made`.
pub(super) fn day_count(row: &Row<'_>) -> Result<DayCount, StoreError> {
    let mut columns = Columns::new(row, "day_counts", 0);
    Ok(DayCount { inviter: columns.parse("inviter_id", UserId::new)?, day: columns.take()?, made: columns.take()? })
}

/// Reads `user_id, key, request, answer, created_at`.
pub(super) fn answer(row: &Row<'_>) -> Result<(AnswerKey, KeptAnswer), StoreError> {
    let mut columns = Columns::new(row, "answers", 0);
    let key = AnswerKey { user: columns.parse("user_id", UserId::new)?, hash: columns.take()? };
    let kept = KeptAnswer { request: columns.take()?, answer: columns.take()?, created_at: columns.time()? };
    Ok((key, kept))
}

/// Reads `person, from_kind, from_id, created_at`.
pub(super) fn opt_out(row: &Row<'_>) -> Result<OptOut, StoreError> {
    let mut columns = Columns::new(row, "opt_outs", 0);
    let person = columns.take().map(PersonHash)?;
    let kind = columns.take()?;
    let from = columns.parse("from_id", |id| columns::invitations_from(kind, id))?;
    Ok(OptOut { person, from, created_at: columns.time()? })
}

pub(super) fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    Ok(Event {
        stream: columns.parse("group_id", Stream::from_number)?,
        seq: columns.take()?,
        at: columns.time()?,
        kind: columns.parse("kind", |text: String| EventKind::parse(&text))?,
        actor: columns.parse_or_null("actor_id", UserId::new)?,
        origin: Origin {
            via: columns.parse("via", |text: String| Via::parse(&text))?,
            client: columns.parse_or_null("client", |text: String| ClientId::parse(&text).ok())?,
            request: columns.parse_or_null("request", |text: String| RequestId::parse(&text))?,
        },
        batch: columns.take::<Option<[u8; 16]>>()?.map(|id| BatchId::from_uuid(Uuid::from_bytes(id))),
        thing: columns.parse("thing", |text: String| text.parse().ok())?,
        before: columns.take()?,
        after: columns.take()?,
        hash: columns.take().map(EventHash)?,
    })
}

/// Reads the columns of an event, and `position` behind them.
pub(super) fn told(row: &Row<'_>) -> Result<Told, StoreError> {
    Ok(Told::at(row.get(EVENT_COLUMNS).map_err(failure)?, event(row)?))
}

/// Reads `position, group_id, seq`.
pub(super) fn cursor(row: &Row<'_>) -> Result<Cursor, StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    Ok(Cursor {
        position: columns.take()?,
        stream: columns.parse("group_id", Stream::from_number)?,
        seq: columns.take()?,
    })
}

/// Reads `group_id, member_id, record_after` of an event after which somebody was a member.
pub(super) fn membership_told(row: &Row<'_>) -> Result<Membership, StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    let group = columns.parse("group_id", GroupId::new)?;
    let user = columns.parse("member_id", UserId::new)?;
    columns.parse("record_after", |text: String| MemberRecord::read(group, user, &text))
}

/// Reads `seq, thing` of an event about an invitation.
pub(super) fn invitation_told(row: &Row<'_>) -> Result<(i64, InvitationId), StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    Ok((columns.take()?, columns.parse("thing", |text: String| columns::invitation_named(&text))?))
}

/// Reads `group_id`, by which histories go.
pub(super) fn stream(row: &Row<'_>) -> Result<Stream, StoreError> {
    Columns::new(row, "heads", 0).parse("group_id", Stream::from_number)
}

/// Reads `group_id, seq, hash`.
pub(super) fn head(row: &Row<'_>) -> Result<(Stream, Head), StoreError> {
    let mut columns = Columns::new(row, "heads", 0);
    let stream = columns.parse("group_id", Stream::from_number)?;
    Ok((stream, Head { seq: columns.take()?, hash: columns.take().map(EventHash)? }))
}

/// The key under which this installation hashes people.
pub(super) fn person_key(connection: &Connection) -> Result<PersonKey, StoreError> {
    secret(connection, "person-key").map(PersonKey)
}

/// A secret of the installation.
pub(super) fn secret(connection: &Connection, name: &str) -> Result<[u8; 32], StoreError> {
    let sql = "SELECT value FROM secrets WHERE name = ?1";
    let key: Option<Vec<u8>> = connection.query_row(sql, [name], |row| row.get(0)).optional().map_err(failure)?;
    let key = key.and_then(|key| key.try_into().ok());
    key.ok_or_else(|| StoreError::Corrupt { table: "secrets", column: "value", key: name.to_owned() })
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
        personal: personal(&mut columns)?,
    })
}

/// Three columns, all of them null or none.
fn personal(columns: &mut Columns<'_>) -> Result<Option<PersonalToken>, StoreError> {
    let name = columns.parse_or_null("name", |text: String| TokenName::parse(&text).ok())?;
    let (last_part, skips_second_factor) = (columns.take()?, columns.take()?);
    match (name, last_part, skips_second_factor) {
        (Some(name), Some(last_part), Some(skips_second_factor)) => {
            Ok(Some(PersonalToken { name, last_part, skips_second_factor }))
        }
        (None, None, None) => Ok(None),
        _ => Err(columns.corrupt("name")),
    }
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
