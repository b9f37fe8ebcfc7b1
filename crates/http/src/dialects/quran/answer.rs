//! The one place where outcomes and refusals become this API's statuses and bodies.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use guestlist_core::outcome::InviteRow;
use guestlist_core::{Refusal, Timestamp};
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::IssuerFault;
use guestlist_store::{Rejection, StoreError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::authenticate::NoCaller;
use crate::json::NotAnObject;
use crate::limits::Fault;
use crate::quran_groups::{FieldError, Invited, Success};
use crate::retry_after::RetryAt;

/// What an error says whose `details` say which fields are wrong.
pub(super) const VALIDATION_ERROR: &str = "Validation Error";

/// How long to stay away from a server that is overloaded, in seconds.
const RETRY_AFTER_SECS: HeaderValue = HeaderValue::from_static("1");

/// Every answer there is. An error has no other content than its kind, unless it is one about fields of a rooms operation.
#[derive(Debug)]
pub(super) enum Answer {
    Ok(Value),
    Created(Value),
    InvalidRequest,
    /// Where an operation on rooms documents 400 for what its fields say.
    InvalidFields(Faults),
    /// What else is wrong with the fields of an operation on rooms.
    UnprocessableFields(Faults),
    Unauthorized,
    Forbidden,
    InsufficientScope,
    NotFound,
    PayloadTooLarge,
    UnprocessableEntity,
    /// Until this instant.
    RateLimitExceeded(Timestamp),
    InternalServerError,
    BadGateway,
    ServiceUnavailable,
    GatewayTimeout,
}

/// What is wrong with which fields. One at least.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Faults(BTreeMap<&'static str, FieldFault>);

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum FieldFault {
    Missing,
    Invalid,
    MinLength,
    MaxLength,
    Duplicate,
    Expired,
    Used,
}

impl FieldFault {
    /// All of them, as they are told.
    pub(super) const NAMES: [&'static str; 7] =
        ["MISSING", "INVALID", "MIN_LENGTH", "MAX_LENGTH", "DUPLICATE", "EXPIRED", "USED"];
}

impl Faults {
    pub(super) fn of(field: &'static str, fault: FieldFault) -> Self {
        Self(BTreeMap::from([(field, fault)]))
    }

    pub(super) fn add(&mut self, field: &'static str, fault: FieldFault) {
        self.0.insert(field, fault);
    }

    /// Nothing, if nothing is wrong.
    pub(super) fn none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The `details` of an error.
    pub(super) fn details(&self) -> Value {
        let error = json!({ "code": "ValidationError", "message": VALIDATION_ERROR, "details": self });
        json!({ "success": false, "error": error })
    }
}

impl Answer {
    pub(super) fn data(data: impl Serialize) -> Self {
        Self::Ok(json!(Success::of(data)))
    }

    /// A success without an envelope.
    pub(super) fn ok(body: impl Serialize) -> Self {
        Self::Ok(json!(body))
    }

    pub(super) fn invited(row: InviteRow) -> Self {
        match row {
            InviteRow::Added | InviteRow::Invited(_) | InviteRow::Renewed(_) | InviteRow::Waiting => {
                Self::data(Invited::default())
            }
            InviteRow::AlreadyMember => Self::UnprocessableEntity,
            InviteRow::Refused(refusal) => refusal.into(),
        }
    }

    /// Status, `type` and `message` of an error.
    pub(super) const fn error(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Ok(_) => (StatusCode::OK, "", ""),
            Self::Created(_) => (StatusCode::CREATED, "", ""),
            Self::InvalidRequest | Self::InvalidFields(_) => {
                (StatusCode::BAD_REQUEST, "invalid_request", "The request is missing required headers or is invalid")
            }
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "The request requires user authentication")
            }
            Self::Forbidden => {
                (StatusCode::FORBIDDEN, "forbidden", "The server understood the request, but refuses to authorize it")
            }
            Self::InsufficientScope => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "The access token does not have the required scopes")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "The requested resource could not be found"),
            // Not in the API's description, which knows no limit; said in its manner.
            Self::PayloadTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "The request body is too large")
            }
            Self::UnprocessableEntity => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "unprocessable_entity",
                "The request was well-formed but was unable to be followed due to semantic errors",
            ),
            Self::UnprocessableFields(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_entity", VALIDATION_ERROR)
            }
            Self::RateLimitExceeded(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "Too many requests, please try again later")
            }
            Self::InternalServerError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_server_error",
                "The server encountered an internal error and was unable to complete your request",
            ),
            Self::BadGateway => (
                StatusCode::BAD_GATEWAY,
                "bad_gateway",
                "The server was acting as a gateway or proxy and received an invalid response from the upstream server",
            ),
            Self::ServiceUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "service_unavailable",
                "The server is currently unable to handle the request due to a temporary overload or scheduled \
                 maintenance",
            ),
            Self::GatewayTimeout => (
                StatusCode::GATEWAY_TIMEOUT,
                "gateway_timeout",
                "The server was acting as a gateway or proxy and did not receive a timely response from the upstream \
                 server",
            ),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let (status, kind, message) = self.error();
        let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        let retry_at = if let Self::RateLimitExceeded(until) = self { Some(Extension(RetryAt(until))) } else { None };
        let body = match self {
            Self::Ok(body) | Self::Created(body) => body,
            Self::InvalidFields(faults) | Self::UnprocessableFields(faults) => {
                json!({ "details": faults.details(), "message": message, "type": kind, "success": false })
            }
            _ => json!({ "message": message, "type": kind, "success": false }),
        };
        let mut response = (status, retry_at, headers, Json(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECS);
        }
        response
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
            | Refusal::ClientNotFound => Self::NotFound,
            Refusal::CallerDisabled
            | Refusal::NotAllowed(_)
            | Refusal::GroupArchived
            | Refusal::AddressMismatch
            | Refusal::ByInvitationOnly
            | Refusal::LastOwner
            | Refusal::ScopeNotGranted
            | Refusal::AdministratorsOnly => Self::Forbidden,
            Refusal::SentRecently(until) | Refusal::DailyQuotaSpent(until) => Self::RateLimitExceeded(until),
            Refusal::NobodyToInvite
            | Refusal::TooManyTargets
            | Refusal::InvitationClosed(_)
            | Refusal::LifetimeTooLong(_)
            | Refusal::EndInThePast
            | Refusal::LinkClosed(_)
            | Refusal::UsesOutOfRange
            | Refusal::AlreadyOwner
            | Refusal::GroupFull
            | Refusal::WaitingListFull
            | Refusal::SeatsOutOfRange
            | Refusal::TooManyInvitations
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
            | Refusal::ClientTaken => Self::UnprocessableEntity,
        }
    }
}

impl From<StoreError> for Answer {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded | StoreError::Unavailable(_) => Self::ServiceUnavailable,
            StoreError::TimedOut => Self::GatewayTimeout,
            StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Bug { .. } => Self::InternalServerError,
        }
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
            NoCaller::Unauthenticated(Unauthenticated::Missing) => Self::InvalidRequest,
            NoCaller::Unauthenticated(Unauthenticated::Disabled) => Self::Forbidden,
            NoCaller::Unauthenticated(
                Unauthenticated::Malformed
                | Unauthenticated::Unknown
                | Unauthenticated::NoUser
                | Unauthenticated::Expired
                | Unauthenticated::NotYetValid
                | Unauthenticated::Revoked,
            ) => Self::Unauthorized,
            NoCaller::Unknowable(error) => error.into(),
            NoCaller::IssuerFault(IssuerFault::Unusable) => Self::BadGateway,
            NoCaller::IssuerFault(IssuerFault::TimedOut) => Self::GatewayTimeout,
        }
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TimedOut => Self::GatewayTimeout,
            Fault::Panicked => Self::InternalServerError,
        }
    }
}

impl From<NotAnObject> for Answer {
    fn from(reason: NotAnObject) -> Self {
        match reason {
            NotAnObject::Malformed => Self::InvalidRequest,
            NotAnObject::OtherValue => Self::UnprocessableEntity,
        }
    }
}

impl From<FieldError> for Answer {
    fn from(_: FieldError) -> Self {
        Self::UnprocessableEntity
    }
}
