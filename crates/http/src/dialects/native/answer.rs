//! The one place where outcomes and refusals become this API's statuses and bodies.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist_core::Refusal;
use guestlist_core::invitation::InvitationState;
use guestlist_identity::Unauthenticated;
use guestlist_store::{Rejection, StoreError};
use serde::Serialize;
use serde_json::json;

use crate::authenticate::NoCaller;
use crate::limits::Fault;

/// A success.
#[derive(Debug)]
pub(super) struct Answer<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], Json(self.0)).into_response()
    }
}

/// Everything that can be wrong.
#[derive(Debug)]
pub(super) enum Problem {
    Unauthenticated(Unauthenticated),
    InsufficientScope,
    Refused(Refusal),
    InvalidParameter(&'static str),
    NoSuchEndpoint,
    MethodNotAllowed,
    Overloaded,
    Unavailable,
    TimedOut,
    Internal,
}

impl Problem {
    /// Status, stable code, and a sentence for people.
    fn describe(&self) -> (StatusCode, &'static str, String) {
        let (status, code, detail) = match self {
            Self::Unauthenticated(reason) => return unauthenticated(*reason),
            Self::Refused(refusal) => return refused(*refusal),
            Self::InvalidParameter(name) => {
                let detail = format!("The parameter `{name}` cannot be read.");
                return (StatusCode::UNPROCESSABLE_ENTITY, "invalid_parameter", detail);
            }
            Self::InsufficientScope => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "The access token is not good for this operation.")
            }
            Self::NoSuchEndpoint => (StatusCode::NOT_FOUND, "no_such_endpoint", "There is no such endpoint."),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The endpoint does not take this method.")
            }
            Self::Overloaded => {
                (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too much work is waiting. Try again in a moment.")
            }
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The database is not available. Try again later.")
            }
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "timed_out", "The answer took too long. Try again later."),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here. It has been logged.")
            }
        };
        (status, code, detail.to_owned())
    }
}

fn unauthenticated(reason: Unauthenticated) -> (StatusCode, &'static str, String) {
    let (code, detail) = match reason {
        Unauthenticated::Disabled => return refused(Refusal::CallerDisabled),
        Unauthenticated::Missing => ("token_missing", "Send an access token as `Authorization: Bearer TOKEN`."),
        Unauthenticated::Expired => ("token_expired", "The access token has expired. Get a new one."),
        Unauthenticated::Malformed
        | Unauthenticated::Unknown
        | Unauthenticated::NoUser
        | Unauthenticated::NotYetValid
        | Unauthenticated::Revoked => ("token_invalid", "The access token is not valid here."),
    };
    (StatusCode::UNAUTHORIZED, code, detail.to_owned())
}

fn refused(refusal: Refusal) -> (StatusCode, &'static str, String) {
    let (status, code, detail) = match refusal {
        Refusal::GroupNotFound => (StatusCode::NOT_FOUND, "group_not_found", "There is no such group."),
        Refusal::UserNotFound => (StatusCode::NOT_FOUND, "user_not_found", "There is no such user."),
        Refusal::MemberNotFound => (StatusCode::NOT_FOUND, "member_not_found", "This person is not in the group."),
        Refusal::InvitationNotFound => {
            (StatusCode::NOT_FOUND, "invitation_not_found", "There is no such invitation for you.")
        }
        Refusal::TokenNotFound => (StatusCode::NOT_FOUND, "token_not_found", "There is no such token."),
        Refusal::ClientNotFound => (StatusCode::NOT_FOUND, "client_not_found", "There is no such client."),
        Refusal::CallerDisabled => (StatusCode::FORBIDDEN, "caller_disabled", "Your account is switched off."),
        Refusal::NotAllowed(_) => (StatusCode::FORBIDDEN, "not_allowed", "You may not do this in this group."),
        Refusal::ScopeNotGranted => {
            (StatusCode::FORBIDDEN, "scope_not_granted", "The client may not have tokens for this.")
        }
        Refusal::GroupArchived => (StatusCode::CONFLICT, "group_archived", "The group is archived."),
        Refusal::NobodyToInvite => {
            (StatusCode::UNPROCESSABLE_ENTITY, "nobody_to_invite", "Nobody of those named exists.")
        }
        Refusal::TooManyTargets => {
            (StatusCode::UNPROCESSABLE_ENTITY, "too_many_targets", "At most 1000 people can be named at once.")
        }
        Refusal::InvitationClosed(state) => return invitation_closed(state),
        Refusal::LastOwner => {
            (StatusCode::CONFLICT, "last_owner", "A group needs an owner. Make somebody else an owner first.")
        }
        Refusal::IdOutOfRange => {
            (StatusCode::UNPROCESSABLE_ENTITY, "id_out_of_range", "Numbers go from 1 to 4503599627370496.")
        }
        Refusal::IdTaken => (StatusCode::CONFLICT, "id_taken", "This number is taken."),
        Refusal::UidTaken => (StatusCode::CONFLICT, "uid_taken", "This uid is taken."),
        Refusal::SubjectTaken => (StatusCode::CONFLICT, "subject_taken", "This subject is taken."),
        Refusal::UsernameTaken => (StatusCode::CONFLICT, "username_taken", "This username is taken."),
        Refusal::EmailTaken => (StatusCode::CONFLICT, "email_taken", "Somebody has this e-mail address already."),
        Refusal::SlugTaken => (StatusCode::CONFLICT, "slug_taken", "This slug is taken."),
        Refusal::ClientTaken => (StatusCode::CONFLICT, "client_taken", "This client id is taken."),
    };
    (status, code, detail.to_owned())
}

fn invitation_closed(state: InvitationState) -> (StatusCode, &'static str, String) {
    let code = match state {
        InvitationState::Pending => "invitation_pending",
        InvitationState::Accepted => "invitation_accepted",
        InvitationState::Declined => "invitation_declined",
        InvitationState::Revoked => "invitation_revoked",
        InvitationState::Expired => "invitation_expired",
    };
    (StatusCode::CONFLICT, code, format!("The invitation is over: it is {}.", state.as_str()))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, detail) = self.describe();
        let title = status.canonical_reason().unwrap_or_default();
        let body = json!({
            "type": "about:blank", "title": title, "status": status.as_u16(), "code": code, "detail": detail,
        });
        let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, body.to_string()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::Overloaded,
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::TimedOut => Self::TimedOut,
            StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Bug { .. } => Self::Internal,
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Refused(refusal) => refusal.into(),
            Rejection::Failed(error) => error.into(),
        }
    }
}

impl From<NoCaller> for Problem {
    fn from(reason: NoCaller) -> Self {
        match reason {
            NoCaller::Unauthenticated(reason) => Self::Unauthenticated(reason),
            NoCaller::Unknowable(error) => error.into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TimedOut => Self::TimedOut,
            Fault::Panicked => Self::Internal,
        }
    }
}
