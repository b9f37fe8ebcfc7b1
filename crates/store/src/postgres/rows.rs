//! Rows to values of the domain. A value that no version of guestlist writes is an error that names its place.

use guestlist_core::Timestamp;
use guestlist_core::change::DayCount;
use guestlist_core::chat::{ChatSettings, Profile};
use guestlist_core::credential::{AccessToken, Client, ClientId, PersonalToken, Scopes, TokenHash, TokenName};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupKind, OwnershipOffer, Tally};
use guestlist_core::history::{Event, EventHash, EventKind, Head, MemberRecord, Stream};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::{Invitation, InvitationState, InvitationToken, InvitationTokenHash, Invitee};
use guestlist_core::language::Language;
use guestlist_core::link::{Link, LinkHash};
use guestlist_core::mail::{DeadAddress, Mail, MailId, Reply};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::names::{Country, Description, DisplayName, Email, EmailKey, Note, Slug, Subject, Username};
use guestlist_core::opt_out::{OptOut, PersonHash};
use guestlist_core::origin::{Origin, RequestId, Via};
use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_core::user::{User, UserEmail};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use super::failure;
use crate::columns::{self, EVENT_COLUMNS, invitations_from};
use crate::error::StoreError;
use crate::feed::{Cursor, Told};
use crate::terms::{AnswerKey, KeptAnswer};

/// Reads the columns of one table out of a row, from left to right, starting at `start`.
struct Columns<'r> {
    row: &'r Row,
    table: &'static str,
    start: usize,
    next: usize,
}

impl<'r> Columns<'r> {
    fn new(row: &'r Row, table: &'static str, start: usize) -> Self {
        Self { row, table, start, next: start }
    }

    fn take<T: FromSql<'r>>(&mut self) -> Result<T, StoreError> {
        let value = self.row.try_get(self.next).map_err(failure);
        self.next += 1;
        value
    }

    /// Reads the next column as `T`, which must satisfy `parse`.
    fn parse<R: FromSql<'r>, T>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(R) -> Option<T>,
    ) -> Result<T, StoreError> {
        let stored = self.take()?;
        parse(stored).ok_or_else(|| self.corrupt(column))
    }

    fn parse_or_null<R: FromSql<'r>, T>(
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

    /// Reads 32 bytes.
    fn hash(&mut self, column: &'static str) -> Result<[u8; 32], StoreError> {
        self.parse(column, |bytes: &[u8]| bytes.try_into().ok())
    }

    fn corrupt(&self, column: &'static str) -> StoreError {
        let number = self.row.try_get::<_, i64>(self.start).map(|id| id.to_string());
        let text = || self.row.try_get::<_, String>(self.start);
        let uuid = || self.row.try_get::<_, Uuid>(self.start).map(|id| id.to_string());
        let key = number.or_else(|_| text()).or_else(|_| uuid()).unwrap_or_else(|_| "?".to_owned());
        StoreError::Corrupt { table: self.table, column, key }
    }
}

pub(super) fn user(row: &Row, start: usize) -> Result<User, StoreError> {
    let mut columns = Columns::new(row, "users", start);
    Ok(User {
        id: columns.parse("id", UserId::new)?,
        uid: columns.parse("uid", Uid::parse)?,
        subject: columns.parse("subject", |text| Subject::parse(text).ok())?,
        username: columns.parse_or_null("username", |text| Username::parse(text).ok())?,
        name: columns.parse_or_null("name", |text| DisplayName::parse(text).ok())?,
        language: columns.parse_or_null("language", Language::parse)?,
        is_admin: columns.take()?,
        roles: columns.parse("roles", global_roles_from)?,
        profile: columns.parse_or_null("profile", Profile::from_stored)?.unwrap_or_default(),
        signed_out_at: columns.time_or_null()?,
        deleted_at: columns.time_or_null()?,
        disabled_at: columns.time_or_null()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
    })
}

/// Reads `id`.
pub(super) fn user_id(row: &Row) -> Result<UserId, StoreError> {
    Columns::new(row, "users", 0).parse("id", UserId::new)
}

/// A user of an outer join: absent when the row has none.
pub(super) fn user_or_null(row: &Row, start: usize) -> Result<Option<User>, StoreError> {
    let id: Option<i64> = row.try_get(start).map_err(failure)?;
    id.map(|_| user(row, start)).transpose()
}

/// Reads `email, user_id, is_verified`.
pub(super) fn user_email(row: &Row) -> Result<UserEmail, StoreError> {
    let mut columns = Columns::new(row, "user_emails", 0);
    let email = columns.parse("email", |text| Email::parse(text).ok())?;
    Ok(UserEmail { email, user: columns.parse("user_id", UserId::new)?, is_verified: columns.take()? })
}

pub(super) fn group(row: &Row, start: usize) -> Result<Group, StoreError> {
    let mut columns = Columns::new(row, "groups", start);
    Ok(Group {
        id: columns.parse("id", GroupId::new)?,
        uid: columns.parse("uid", Uid::parse)?,
        slug: columns.parse("slug", |text| Slug::parse(text).ok())?,
        name: columns.parse("name", |text| DisplayName::parse(text).ok())?,
        description: columns.parse("description", |text| Description::parse(text).ok())?,
        language: columns.parse_or_null("language", Language::parse)?,
        chat: columns.parse_or_null("chat", ChatSettings::from_stored)?.unwrap_or_default(),
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

/// Reads `id`.
/// Reads one `subject`.
pub(super) fn subject(row: &Row, start: usize) -> Result<Subject, StoreError> {
    Columns::new(row, "users", start).parse("subject", |text| Subject::parse(text).ok())
}

pub(super) fn group_id(row: &Row) -> Result<GroupId, StoreError> {
    Columns::new(row, "groups", 0).parse("id", GroupId::new)
}

/// Four columns, all of them null or none.
fn offer(columns: &mut Columns<'_>) -> Result<Option<OwnershipOffer>, StoreError> {
    let from = columns.parse_or_null("offer_from", UserId::new)?;
    let to = columns.parse_or_null("offer_to", UserId::new)?;
    let (offered_at, expires_at) = (columns.time_or_null()?, columns.time_or_null()?);
    match (from, to, offered_at, expires_at) {
        (Some(from), Some(to), Some(offered_at), Some(expires_at)) => {
            Ok(Some(OwnershipOffer { from, to, offered_at, expires_at }))
        }
        (None, None, None, None) => Ok(None),
        _ => Err(columns.corrupt("offer_from")),
    }
}

pub(super) fn membership(row: &Row, start: usize) -> Result<Membership, StoreError> {
    let mut columns = Columns::new(row, "memberships", start);
    Ok(Membership {
        group: columns.parse("group_id", GroupId::new)?,
        user: columns.parse("user_id", UserId::new)?,
        roles: columns.parse("roles", roles_from)?,
        joined_at: columns.time()?,
        is_hidden: columns.take()?,
    })
}

/// A membership of an outer join: absent when the row has none.
pub(super) fn membership_or_null(row: &Row, start: usize) -> Result<Option<Membership>, StoreError> {
    let group: Option<i64> = row.try_get(start).map_err(failure)?;
    group.map(|_| membership(row, start)).transpose()
}

pub(super) fn invitation(row: &Row, start: usize) -> Result<Invitation, StoreError> {
    let mut columns = Columns::new(row, "invitations", start);
    let id = columns.take().map(InvitationId::from_uuid)?;
    let group = columns.parse("group_id", GroupId::new)?;
    let user = columns.parse_or_null("user_id", UserId::new)?;
    let email = columns.parse_or_null("email", |text| Email::parse(text).ok())?;
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
        roles: columns.parse("roles", roles_from)?,
        language: columns.parse_or_null("language", Language::parse)?,
        note: columns.parse_or_null("note", |text| Note::parse(text).ok())?,
        state: columns.parse("state", state_from)?,
        created_at: columns.time()?,
        sent_at: columns.time()?,
        expires_at: columns.time_or_null()?,
        remind_at: columns.time_or_null()?,
        seen_at: columns.time_or_null()?,
        closed_at: columns.time_or_null()?,
        closed_by: columns.parse_or_null("closed_by", UserId::new)?,
    })
}

/// Reads `hash, invitation_id, holder_id, created_at`.
pub(super) fn invitation_token(row: &Row) -> Result<InvitationToken, StoreError> {
    let mut columns = Columns::new(row, "invitation_tokens", 0);
    Ok(InvitationToken {
        hash: columns.hash("hash").map(InvitationTokenHash)?,
        invitation: columns.take().map(InvitationId::from_uuid)?,
        holder: columns.parse_or_null("holder_id", UserId::new)?,
        created_at: columns.time()?,
    })
}

pub(super) fn mail(row: &Row) -> Result<Mail, StoreError> {
    let mut columns = Columns::new(row, "mails", 0);
    let id = columns.take().map(MailId::from_uuid)?;
    let kind = columns.parse("kind", |number: i16| columns::mail_kind_from(u8::try_from(number).ok()?))?;
    let group = columns.parse("group_id", GroupId::new)?;
    let user = columns.parse_or_null("user_id", UserId::new)?;
    let email = columns.parse_or_null("email", |text| Email::parse(text).ok())?;
    Ok(Mail {
        id,
        kind,
        group,
        to: columns::recipient(user, email),
        invitation: columns.take::<Option<Uuid>>()?.map(InvitationId::from_uuid),
        about: columns.parse_or_null("about_id", UserId::new)?,
        state: columns.parse("state", |number: i16| columns::mail_state_from(u8::try_from(number).ok()?))?,
        created_at: columns.time()?,
        due_at: columns.time_or_null()?,
        tries: columns.parse("tries", columns::tries_from)?,
    })
}

/// Reads `email_key, since, reply`.
pub(super) fn dead_address(row: &Row) -> Result<DeadAddress, StoreError> {
    let mut columns = Columns::new(row, "dead_addresses", 0);
    let address = columns.parse("email_key", EmailKey::read)?;
    let since = columns.time()?;
    Ok(DeadAddress { address, since, reply: columns.take::<Option<&str>>()?.map(Reply::of) })
}

pub(super) fn link(row: &Row, start: usize) -> Result<Link, StoreError> {
    let mut columns = Columns::new(row, "links", start);
    Ok(Link {
        id: columns.take().map(LinkId::from_uuid)?,
        group: columns.parse("group_id", GroupId::new)?,
        hash: columns.hash("hash").map(LinkHash)?,
        creator: columns.parse("creator_id", UserId::new)?,
        roles: columns.parse("roles", roles_from)?,
        uses_max: columns.take()?,
        uses: columns.take()?,
        needs_approval: columns.take()?,
        created_at: columns.time()?,
        expires_at: columns.time_or_null()?,
        revoked_at: columns.time_or_null()?,
        revoked_by: columns.parse_or_null("revoked_by", UserId::new)?,
    })
}

pub(super) fn request(row: &Row) -> Result<JoinRequest, StoreError> {
    let mut columns = Columns::new(row, "join_requests", 0);
    Ok(JoinRequest {
        group: columns.parse("group_id", GroupId::new)?,
        user: columns.parse("user_id", UserId::new)?,
        roles: columns.parse("roles", roles_from)?,
        state: columns.parse("state", request_state_from)?,
        place: columns.take()?,
        created_at: columns.time()?,
        closed_at: columns.time_or_null()?,
        closed_by: columns.parse_or_null("closed_by", UserId::new)?,
    })
}

/// Reads `inviter_id, day, made`.
pub(super) fn day_count(row: &Row) -> Result<DayCount, StoreError> {
    let mut columns = Columns::new(row, "day_counts", 0);
    Ok(DayCount { inviter: columns.parse("inviter_id", UserId::new)?, day: columns.take()?, made: columns.take()? })
}

/// Reads `user_id, key, request, answer, created_at`.
pub(super) fn answer(row: &Row) -> Result<(AnswerKey, KeptAnswer), StoreError> {
    let mut columns = Columns::new(row, "answers", 0);
    let key = AnswerKey { user: columns.parse("user_id", UserId::new)?, hash: columns.hash("key")? };
    let kept = KeptAnswer { request: columns.hash("request")?, answer: columns.take()?, created_at: columns.time()? };
    Ok((key, kept))
}

/// Reads `person, from_kind, from_id, created_at`.
pub(super) fn opt_out(row: &Row) -> Result<OptOut, StoreError> {
    let mut columns = Columns::new(row, "opt_outs", 0);
    let person = columns.hash("person").map(PersonHash)?;
    let kind: i16 = columns.take()?;
    let from = columns.parse("from_id", |id| invitations_from(u8::try_from(kind).ok()?, id))?;
    Ok(OptOut { person, from, created_at: columns.time()? })
}

pub(super) fn event(row: &Row) -> Result<Event, StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    Ok(Event {
        stream: columns.parse("group_id", Stream::from_number)?,
        seq: columns.take()?,
        at: columns.time()?,
        kind: columns.parse("kind", EventKind::parse)?,
        actor: columns.parse_or_null("actor_id", UserId::new)?,
        origin: Origin {
            via: columns.parse("via", Via::parse)?,
            client: columns.parse_or_null("client", |text| ClientId::parse(text).ok())?,
            request: columns.parse_or_null("request", RequestId::parse)?,
        },
        batch: columns.take::<Option<Uuid>>()?.map(BatchId::from_uuid),
        thing: columns.parse("thing", |text: &str| text.parse().ok())?,
        before: columns.take()?,
        after: columns.take()?,
        hash: columns.hash("hash").map(EventHash)?,
    })
}

/// Reads `seq, thing` of an event about an invitation.
pub(super) fn invitation_told(row: &Row) -> Result<(i64, InvitationId), StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    Ok((columns.take()?, columns.parse("thing", crate::columns::invitation_named)?))
}

/// Reads the columns of an event, and `position` behind them.
pub(super) fn told(row: &Row) -> Result<Told, StoreError> {
    Ok(Told::at(row.try_get(EVENT_COLUMNS).map_err(failure)?, event(row)?))
}

/// Reads `position, group_id, seq`.
pub(super) fn cursor(row: &Row) -> Result<Cursor, StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    Ok(Cursor {
        position: columns.take()?,
        stream: columns.parse("group_id", Stream::from_number)?,
        seq: columns.take()?,
    })
}

/// Reads `group_id, member_id, record_after` of an event that left somebody a member.
pub(super) fn member_then(row: &Row) -> Result<Membership, StoreError> {
    let mut columns = Columns::new(row, "events", 0);
    let group = columns.parse("group_id", GroupId::new)?;
    let user = columns.parse("member_id", UserId::new)?;
    columns.parse("record_after", |text: &str| MemberRecord::read(group, user, text))
}

/// Reads `group_id` of a history.
pub(super) fn stream(row: &Row) -> Result<Stream, StoreError> {
    Columns::new(row, "heads", 0).parse("group_id", Stream::from_number)
}

/// Reads `group_id, seq, hash`.
pub(super) fn head(row: &Row) -> Result<(Stream, Head), StoreError> {
    let mut columns = Columns::new(row, "heads", 0);
    let stream = columns.parse("group_id", Stream::from_number)?;
    Ok((stream, Head { seq: columns.take()?, hash: columns.hash("hash").map(EventHash)? }))
}

pub(super) fn token(row: &Row, start: usize) -> Result<AccessToken, StoreError> {
    let mut columns = Columns::new(row, "tokens", start);
    Ok(AccessToken {
        id: columns.take().map(TokenId::from_uuid)?,
        hash: columns.hash("hash").map(TokenHash)?,
        user: columns.parse("user_id", UserId::new)?,
        client: columns.parse_or_null("client_id", |text| ClientId::parse(text).ok())?,
        scopes: columns.parse("scopes", |text| Scopes::parse(text).ok())?,
        created_at: columns.time()?,
        expires_at: columns.time_or_null()?,
        revoked_at: columns.time_or_null()?,
        personal: personal(&mut columns)?,
    })
}

/// Three columns, all of them null or none.
fn personal(columns: &mut Columns<'_>) -> Result<Option<PersonalToken>, StoreError> {
    let name = columns.parse_or_null("name", |text| TokenName::parse(text).ok())?;
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
pub(super) fn client(row: &Row) -> Result<Client, StoreError> {
    let mut columns = Columns::new(row, "clients", 0);
    Ok(Client {
        id: columns.parse("id", |text| ClientId::parse(text).ok())?,
        name: columns.take()?,
        scopes: columns.parse("scopes", |text| Scopes::parse(text).ok())?,
        created_at: columns.time()?,
    })
}

fn roles_from(bits: i16) -> Option<RoleSet> {
    RoleSet::from_bits(u8::try_from(bits).ok()?)
}

fn global_roles_from(bits: i16) -> Option<GlobalRoles> {
    GlobalRoles::from_bits(u8::try_from(bits).ok()?)
}

fn state_from(number: i16) -> Option<InvitationState> {
    crate::columns::state_from(u8::try_from(number).ok()?)
}

fn request_state_from(number: i16) -> Option<RequestState> {
    crate::columns::request_state_from(u8::try_from(number).ok()?)
}
