//! The one place where outcomes and refusals become this API's statuses and bodies.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use guestlist_core::outcome::InviteRow;
use guestlist_core::{Refusal, Timestamp};
use guestlist_identity::Unauthenticated;
use guestlist_store::{Rejection, StoreError};
use serde::Serialize;
use serde_json::json;

use crate::authenticate::NoCaller;
use crate::json::NotAnObject;
use crate::quran_groups::{FieldError, Invited, Success};
use crate::retry_after::RetryAt;

/// A status and a body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: serde_json::Value,
    retry_at: Option<RetryAt>,
}

impl Answer {
    pub(super) fn ok(data: impl Serialize) -> Self {
        Self { status: StatusCode::OK, body: json!(Success::of(data)), retry_at: None }
    }

    pub(super) fn invited(row: InviteRow) -> Self {
        match row {
            InviteRow::Added | InviteRow::Invited(_) | InviteRow::Renewed(_) | InviteRow::Waiting => {
                Self::ok(Invited::default())
            }
            InviteRow::AlreadyMember => Self::invalid("User is already a member of this group"),
            InviteRow::Refused(refusal) => refusal.into(),
        }
    }

    pub(super) fn forbidden(message: &str) -> Self {
        Self::error(StatusCode::FORBIDDEN, "ForbiddenError", message)
    }

    pub(super) fn not_allowed() -> Self {
        Self::forbidden("You are not allowed to perform this action")
    }

    pub(super) fn not_found() -> Self {
        Self::error(StatusCode::NOT_FOUND, "NotFoundError", "The resource you're looking for does not exist")
    }

    pub(super) fn invalid(message: &str) -> Self {
        Self::error(StatusCode::UNPROCESSABLE_ENTITY, "ValidationError", message)
    }

    pub(super) fn too_large() -> Self {
        Self::error(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeError", "The request body is too large")
    }

    /// The document knows no such answer. A status that is true is safer than a 500, which clients may repeat at once.
    pub(super) fn too_many_requests(until: Timestamp) -> Self {
        let message = "Too many requests, please try again later";
        let answer = Self::error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError", message);
        Self { retry_at: Some(RetryAt(until)), ..answer }
    }

    pub(super) fn server_error() -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, "ServerError", "Something went wrong")
    }

    fn error(status: StatusCode, code: &str, message: &str) -> Self {
        let body = json!({ "success": false, "error": { "code": code, "message": message } });
        Self { status, body, retry_at: None }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, self.retry_at.map(Extension), Json(self.body)).into_response()
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::GroupNotFound
            | Refusal::UserNotFound
            | Refusal::MemberNotFound
            | Refusal::InvitationNotFound
            | Refusal::LinkNotFound
            | Refusal::RequestNotFound
            | Refusal::OfferNotFound
            | Refusal::BatchNotFound
            | Refusal::TokenNotFound
            | Refusal::ClientNotFound
            // A private group does not exist for strangers.
            | Refusal::ByInvitationOnly => Self::not_found(),
            Refusal::GroupArchived => Self::forbidden("Group is not active"),
            Refusal::CallerDisabled
            | Refusal::NotAllowed(_)
            | Refusal::AddressMismatch
            | Refusal::LastOwner
            | Refusal::ScopeNotGranted
            | Refusal::AdministratorsOnly => Self::not_allowed(),
            Refusal::GroupFull | Refusal::WaitingListFull => Self::invalid("Group is full"),
            Refusal::TooManyInvitations => Self::invalid("Group has too many pending invitations"),
            Refusal::SentRecently(until) | Refusal::DailyQuotaSpent(until) => Self::too_many_requests(until),
            Refusal::NobodyToInvite
            | Refusal::TooManyTargets
            | Refusal::InvitationClosed(_)
            | Refusal::LifetimeTooLong(_)
            | Refusal::EndInThePast
            | Refusal::LinkClosed(_)
            | Refusal::UsesOutOfRange
            | Refusal::AlreadyOwner
            | Refusal::SeatsOutOfRange
            | Refusal::BatchAnswered
            | Refusal::TooManyOptOuts
            | Refusal::NotRestorable
            | Refusal::NotPurgeable
            | Refusal::IdOutOfRange
            | Refusal::IdTaken
            | Refusal::UidTaken
            | Refusal::SubjectTaken
            | Refusal::UsernameTaken
            | Refusal::EmailTaken
            | Refusal::SlugTaken
            | Refusal::TokenNameTaken
            | Refusal::ClientTaken => Self::invalid("Request body is invalid"),
        }
    }
}

impl From<StoreError> for Answer {
    fn from(_: StoreError) -> Self {
        Self::server_error()
    }
}

impl From<Rejection> for Answer {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Refused(refusal, _) => refusal.into(),
            Rejection::Failed(error) => error.into(),
        }
    }
}

impl From<NoCaller> for Answer {
    fn from(reason: NoCaller) -> Self {
        match reason {
            NoCaller::Unauthenticated(Unauthenticated::Missing) => Self::forbidden("Access token is missing"),
            NoCaller::Unauthenticated(Unauthenticated::Expired) => Self::forbidden("Token expired"),
            NoCaller::Unauthenticated(Unauthenticated::Disabled) => Self::not_allowed(),
            NoCaller::Unauthenticated(
                Unauthenticated::Malformed
                | Unauthenticated::Unknown
                | Unauthenticated::NoUser
                | Unauthenticated::NotYetValid
                | Unauthenticated::Revoked,
            ) => Self::forbidden("Invalid token"),
            NoCaller::Unknowable(error) => error.into(),
            NoCaller::IssuerFault(_) => Self::server_error(),
        }
    }
}

impl From<NotAnObject> for Answer {
    fn from(_: NotAnObject) -> Self {
        Self::invalid("Request body is invalid")
    }
}

impl From<FieldError> for Answer {
    fn from(error: FieldError) -> Self {
        match error {
            FieldError::Invalid(name) => Self::invalid(&format!("`{name}` is invalid")),
            FieldError::Missing(name) => Self::invalid(&format!("`{name}` is required")),
            FieldError::NotAllowed(name) => Self::invalid(&format!("`{name}` is not allowed")),
            FieldError::NobodyNamed => Self::invalid("`userId` or `email` is required"),
            FieldError::TwoNamed => Self::invalid("Only one of `userId` or `email` should be passed"),
        }
    }
}
