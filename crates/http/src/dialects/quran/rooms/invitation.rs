//! Answering an invitation by the token that was mailed with it. These are GET by contract, and change something; so
//! nobody may keep what they answer.

use axum::extract::State;
use guestlist_core::Refusal;
use guestlist_core::command::{Accept, Ask, Decline};
use guestlist_core::invitation::{InvitationRef, InvitationState};
use guestlist_core::policy;
use guestlist_identity::token::PlainToken;
use guestlist_store::Rejection;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::{Answer, Faults, FieldFault};
use super::super::caller::Caller;
use super::super::schema::Failures;
use super::ROOMS;
use super::query::Query;
use super::schema::BadFields;
use super::scope::Invite;
use crate::App;
use crate::openapi::always;
use crate::path::Segment;
use crate::quran_groups::group_id;

/// Always this.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomAccepted)]
struct Accepted {
    #[schema(schema_with = always::<true>)]
    accepted: bool,
}

/// Always this.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomRejected)]
struct Rejected {
    #[schema(schema_with = always::<true>)]
    rejected: bool,
}

/// Accepts an invitation
///
/// By the token that was mailed with it. One that was sent to an address is anybody's who has received it; once. Accepting
/// again changes nothing.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/accept-invite",
    operation_id = "acceptInvite",
    tag = ROOMS,
    params(
        ("id" = String, Path, description = "The room's number.", example = "1234"),
        ("token" = String, Query, description = "The token of the invitation.", example = "invitation-token"),
    ),
    responses((status = 200, description = "A member, now or before.", body = Accepted), Failures, BadFields)
)]
pub(super) async fn accept(
    caller: Caller<Invite>,
    app: State<App>,
    Segment(id): Segment,
    query: Query,
) -> Result<Answer, Answer> {
    let invitation = held(&app, &caller, &id, &query).await?;
    answer(&app, &caller, Accept { by: Some(caller.id), invitation, is_secret_enough: true }).await?;
    Ok(Answer::ok(Accepted { accepted: true }))
}

/// Turns an invitation down
///
/// By the token that was mailed with it, which is good for nothing any more. Doing so again changes nothing.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/reject-invite",
    operation_id = "rejectInvite",
    tag = ROOMS,
    params(
        ("id" = String, Path, description = "The room's number.", example = "1234"),
        ("token" = String, Query, description = "The token of the invitation.", example = "invitation-token"),
    ),
    responses((status = 200, description = "Turned down, now or before.", body = Rejected), Failures, BadFields)
)]
pub(super) async fn reject(
    caller: Caller<Invite>,
    app: State<App>,
    Segment(id): Segment,
    query: Query,
) -> Result<Answer, Answer> {
    let invitation = held(&app, &caller, &id, &query).await?;
    answer(&app, &caller, Decline { by: Some(caller.id), invitation }).await?;
    Ok(Answer::ok(Rejected { rejected: true }))
}

/// The invitation that the token stands for, if it is one to this room that the caller can answer.
async fn held(app: &App, caller: &Caller<Invite>, id: &str, query: &Query) -> Result<InvitationRef, Answer> {
    let token = query.text("token").ok_or_else(|| faulty(FieldFault::Missing))?;
    let invalid = || faulty(FieldFault::Invalid);
    let group = group_id(id).map_err(|_| invalid())?;
    let hash = PlainToken::presented(&token).map_err(|_| invalid())?.invitation_hash();
    let which = InvitationRef::Token(hash);
    let view = app.store.read().invitation(which).await?.ok_or_else(invalid)?;
    if view.group.id != group || policy::is_bound_to_another(&view.invitation, caller.id) {
        return Err(invalid());
    }
    Ok(which)
}

async fn answer<A: Ask>(app: &App, caller: &Caller<Invite>, ask: A) -> Result<A::Outcome, Answer> {
    caller.submit(app, ask).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::InvitationClosed(InvitationState::Expired), _) => faulty(FieldFault::Expired),
        Rejection::Refused(Refusal::InvitationClosed(InvitationState::Accepted | InvitationState::Declined), _) => {
            faulty(FieldFault::Used)
        }
        Rejection::Refused(
            Refusal::InvitationClosed(_)
            | Refusal::InvitationNotFound
            | Refusal::AddressMismatch
            | Refusal::GroupArchived
            | Refusal::GroupFull
            | Refusal::WaitingListFull,
            _,
        ) => faulty(FieldFault::Invalid),
        rejection => rejection.into(),
    })
}

pub(super) fn faulty(fault: FieldFault) -> Answer {
    Answer::InvalidFields(Faults::of("token", fault))
}
