//! Inviting several people at once, each with an answer of their own.

use std::collections::BTreeMap;

use axum::extract::State;
use guestlist_core::Refusal;
use guestlist_core::command::{Admission, Expiry, Invite as Ask, Target};
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Email, Subject};
use guestlist_core::outcome::InviteRow;
use guestlist_core::user::UserRef;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::{Answer, FieldFault};
use super::super::caller::Caller;
use super::super::schema::Failures;
use super::fields::{Body, Fields};
use super::schema::{BodyFailures, FieldFailures};
use super::scope::Invite;
use super::{ROOMS, room};
use crate::App;
use crate::json::Field;
use crate::path::Segment;

/// How many people one request may name.
const ENTRIES_MAX: usize = 100;

/// Whom to invite.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what the body is, which is read field by field")]
#[serde(rename_all = "camelCase")]
struct InviteToRoom {
    /// People with an account, by their subjects.
    #[schema(max_items = 100, required = false, nullable = false)]
    user_ids: Option<Vec<String>>,
    /// Addresses, whether or not they are anybody's here.
    #[schema(max_items = 100, required = false, nullable = false)]
    emails: Option<Vec<String>>,
}

/// What became of each entry, under the entry as it was sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InvitedToRoom {
    /// Whether anybody was invited.
    invited: bool,
    invite_status: BTreeMap<String, Status>,
}

/// True if invited, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = InviteStatus)]
enum Status {
    Invited(bool),
    Not(#[schema(inline)] Why),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Why {
    /// In the room already.
    AlreadyAMember,
    /// Had an invitation, which is good for longer now.
    AlreadyInvited,
    /// There is nobody with this subject.
    UserNotFound,
    /// Not an address.
    InvalidEmail,
    /// There is no seat left in the room.
    RoomIsFull,
    /// As many people have an invitation to the room as may.
    TooManyInvitations,
    /// The caller has invited as many people as one may in a day.
    RateLimitExceeded,
}

/// Invites people to a room
///
/// By subject or by e-mail address, up to 100 in all. Whoever is invited becomes a member by accepting. Only those who run
/// the room may invite. One bad entry does not spoil the others.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/invite",
    operation_id = "inviteToRoom",
    tag = ROOMS,
    params(("id" = String, Path, description = "The room's number.", example = "1234")),
    request_body = InviteToRoom,
    responses(
        (status = 200, description = "What became of each.", body = InvitedToRoom),
        Failures,
        BodyFailures,
        FieldFailures,
    )
)]
pub(super) async fn handle(
    caller: Caller<Invite>,
    app: State<App>,
    Segment(id): Segment,
    body: Body,
) -> Result<Answer, Answer> {
    let entries = entries(&body)?;
    let group = room::by_id(&id)?;
    let known = |(key, who): &Entry| Some((key.clone(), who.clone().ok()?));
    let (keys, named): (Vec<_>, Vec<_>) = entries.iter().filter_map(known).unzip();
    let targets = named.into_iter().map(|who| Target { who, invitation: app.new_invitation_id() }).collect();
    let ask = Ask {
        by: caller.id,
        group,
        targets,
        roles: RoleSet::NONE,
        admission: Admission::OnAcceptance(Expiry::Usual),
        batch: None,
        language: None,
        note: None,
    };
    let rows = caller.submit(&app, ask).await?.rows;
    let mut status: BTreeMap<String, Status> = entries
        .iter()
        .filter_map(|(key, who)| who.as_ref().err().map(|why| (key.clone(), Status::Not(*why))))
        .collect();
    for (key, row) in keys.into_iter().zip(&rows) {
        status.insert(key, Status::of(*row)?);
    }
    let invited = status.values().any(|status| *status == Status::Invited(true));
    // Nobody could be invited for want of quota: the client is told when it may try again.
    let spent = rows.iter().find_map(|row| match row {
        InviteRow::Refused(Refusal::DailyQuotaSpent(until)) => Some(Answer::RateLimitExceeded(*until)),
        _ => None,
    });
    match spent {
        Some(spent) if !invited => Err(spent),
        _ => Ok(Answer::ok(InvitedToRoom { invited, invite_status: status })),
    }
}

impl Status {
    fn of(row: InviteRow) -> Result<Self, Answer> {
        Ok(Self::Not(match row {
            InviteRow::Added | InviteRow::Invited(_) | InviteRow::Waiting => return Ok(Self::Invited(true)),
            InviteRow::Renewed(_) => Why::AlreadyInvited,
            InviteRow::AlreadyMember => Why::AlreadyAMember,
            InviteRow::Refused(Refusal::UserNotFound) => Why::UserNotFound,
            InviteRow::Refused(Refusal::GroupFull | Refusal::WaitingListFull) => Why::RoomIsFull,
            InviteRow::Refused(Refusal::TooManyInvitations) => Why::TooManyInvitations,
            InviteRow::Refused(Refusal::DailyQuotaSpent(_)) => Why::RateLimitExceeded,
            InviteRow::Refused(refusal) => return Err(refusal.into()),
        }))
    }
}

/// Somebody to invite: as they were named, and who that is.
type Entry = (String, Result<UserRef, Why>);

/// Each entry once.
fn entries(body: &Body) -> Result<Vec<Entry>, Answer> {
    let mut fields = Fields::of(body.object()?);
    let texts = |field: &Field<'_>| field.as_texts().ok_or(FieldFault::Invalid);
    let (user_ids, emails) = (fields.optional("userIds", texts), fields.optional("emails", texts));
    let count = user_ids.as_ref().map_or(0, Vec::len) + emails.as_ref().map_or(0, Vec::len);
    let fault = match count {
        // What is faulty is not counted.
        0 if user_ids.is_some() == fields.has("userIds") && emails.is_some() == fields.has("emails") => {
            Some(FieldFault::Missing)
        }
        0..=ENTRIES_MAX => None,
        _ => Some(FieldFault::MaxLength),
    };
    if let Some(fault) = fault {
        fields.fault("userIds", fault);
        fields.fault("emails", fault);
    }
    fields.end().map_err(Answer::UnprocessableFields)?;
    let user = |text: &str| Subject::parse(text).map(UserRef::Subject).map_err(|_| Why::UserNotFound);
    let email = |text: &str| Email::parse(text).map(UserRef::Email).map_err(|_| Why::InvalidEmail);
    let user_ids = user_ids.unwrap_or_default().into_iter().map(|text| (user(&text), text));
    let emails = emails.unwrap_or_default().into_iter().map(|text| (email(&text), text));
    let mut entries = Vec::with_capacity(count);
    for (who, text) in user_ids.chain(emails) {
        if !entries.contains(&(text.clone(), who.clone())) {
            entries.push((text, who));
        }
    }
    Ok(entries)
}
