//! The one place where outcomes and refusals become this API's statuses and bodies.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use guestlist_core::Refusal;
use guestlist_core::explain::Explanation;
use guestlist_core::invitation::InvitationState;
use guestlist_identity::Unauthenticated;
use guestlist_store::{Rejection, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::reply::Reply;
use crate::authenticate::NoCaller;
use crate::limits::{BodyFault, Fault};
use crate::retry_after::RetryAt;

/// A success.
#[derive(Debug)]
pub(super) struct Answer<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], Json(self.0)).into_response()
    }
}

/// What was wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// Always `about:blank`: `code` tells what kind of problem it is.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The status in words.
    #[schema(example = "Not Found")]
    title: &'static str,
    /// The status again.
    #[schema(example = 404)]
    status: u16,
    /// The kind of problem, for programs. It never changes.
    #[schema(example = "group_not_found")]
    code: String,
    /// What happened, for people.
    #[schema(example = "There is no such group.")]
    detail: String,
}

/// Everything that can be wrong.
#[derive(Debug)]
pub(super) enum Problem {
    Unauthenticated(Unauthenticated),
    InsufficientScope,
    Refused(Refusal),
    InvalidParameter(&'static str),
    /// A header, and what to do about it.
    InvalidHeader(&'static str, &'static str),
    /// The body is larger than may be.
    TooLarge,
    /// The body ended too early or came too slowly.
    BrokenBody,
    /// The thing is not as the caller has seen it.
    ChangedMeanwhile,
    /// The key was sent with another request before.
    KeyReused,
    NoSuchEndpoint,
    MethodNotAllowed,
    Overloaded,
    Unavailable,
    TimedOut,
    Internal,
}

impl Problem {
    /// Status, stable code, and a sentence for people.
    fn describe(&self) -> (StatusCode, String, String) {
        let (status, code, detail) = match self {
            Self::Unauthenticated(reason) => return unauthenticated(*reason),
            Self::Refused(refusal) => return refused(*refusal),
            Self::InvalidParameter(name) => {
                let detail = format!("The parameter `{name}` cannot be read.");
                return (StatusCode::UNPROCESSABLE_ENTITY, "invalid_parameter".to_owned(), detail);
            }
            Self::InvalidHeader(name, advice) => {
                let detail = format!("The header `{name}` cannot be used: {advice}.");
                return (StatusCode::UNPROCESSABLE_ENTITY, "invalid_header".to_owned(), detail);
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large. Send less at once.")
            }
            Self::BrokenBody => {
                (StatusCode::BAD_REQUEST, "body_broken", "The body did not arrive whole. Send the request again.")
            }
            Self::ChangedMeanwhile => (
                StatusCode::PRECONDITION_FAILED,
                "changed_meanwhile",
                "It has changed since you looked. Look again, and decide again.",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This `Idempotency-Key` was sent with another request. Send a new one.",
            ),
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
        (status, code.to_owned(), detail.to_owned())
    }
}

fn unauthenticated(reason: Unauthenticated) -> (StatusCode, String, String) {
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
    (StatusCode::UNAUTHORIZED, code.to_owned(), detail.to_owned())
}

fn refused(refusal: Refusal) -> (StatusCode, String, String) {
    let (status, detail) = match refusal {
        // A private group does not exist for strangers.
        Refusal::ByInvitationOnly => return refused(Refusal::GroupNotFound),
        Refusal::InvitationClosed(state) => return invitation_closed(state),
        Refusal::GroupNotFound => (StatusCode::NOT_FOUND, "There is no such group."),
        Refusal::UserNotFound => (StatusCode::NOT_FOUND, "There is no such user."),
        Refusal::MemberNotFound => (StatusCode::NOT_FOUND, "This person is not in the group."),
        Refusal::InvitationNotFound => (StatusCode::NOT_FOUND, "There is no such invitation for you."),
        Refusal::TokenNotFound => (StatusCode::NOT_FOUND, "There is no such token."),
        Refusal::ClientNotFound => (StatusCode::NOT_FOUND, "There is no such client."),
        Refusal::LinkNotFound | Refusal::RequestNotFound | Refusal::OfferNotFound | Refusal::BatchNotFound => {
            (StatusCode::NOT_FOUND, refusal.rule())
        }
        Refusal::CallerDisabled => (StatusCode::FORBIDDEN, "Your account is switched off."),
        Refusal::NotAllowed(_) => (StatusCode::FORBIDDEN, "You may not do this in this group."),
        Refusal::ScopeNotGranted => (StatusCode::FORBIDDEN, "The client may not have tokens for this."),
        Refusal::AdministratorsOnly => (StatusCode::FORBIDDEN, "Only administrators of the installation may do this."),
        Refusal::AddressMismatch => (StatusCode::FORBIDDEN, refusal.rule()),
        Refusal::GroupArchived => (StatusCode::CONFLICT, "The group is archived."),
        Refusal::LastOwner => (StatusCode::CONFLICT, "A group needs an owner. Make somebody else an owner first."),
        Refusal::IdTaken => (StatusCode::CONFLICT, "This number is taken."),
        Refusal::UidTaken => (StatusCode::CONFLICT, "This uid is taken."),
        Refusal::SubjectTaken => (StatusCode::CONFLICT, "This subject is taken."),
        Refusal::UsernameTaken => (StatusCode::CONFLICT, "This username is taken."),
        Refusal::EmailTaken => (StatusCode::CONFLICT, "Somebody has this e-mail address already."),
        Refusal::SlugTaken => (StatusCode::CONFLICT, "This slug is taken."),
        Refusal::ClientTaken => (StatusCode::CONFLICT, "This client id is taken."),
        Refusal::LinkClosed(_)
        | Refusal::AlreadyOwner
        | Refusal::GroupFull
        | Refusal::WaitingListFull
        | Refusal::TooManyInvitations
        | Refusal::BatchAnswered
        | Refusal::TooManyOptOuts
        | Refusal::NotRestorable
        | Refusal::NotPurgeable => (StatusCode::CONFLICT, refusal.rule()),
        Refusal::NobodyToInvite => (StatusCode::UNPROCESSABLE_ENTITY, "Nobody of those named exists."),
        Refusal::TooManyTargets => (StatusCode::UNPROCESSABLE_ENTITY, "At most 1000 people can be named at once."),
        Refusal::IdOutOfRange => (StatusCode::UNPROCESSABLE_ENTITY, "Numbers go from 1 to 4503599627370496."),
        Refusal::LifetimeTooLong(_) | Refusal::EndInThePast | Refusal::UsesOutOfRange | Refusal::SeatsOutOfRange => {
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.rule())
        }
        Refusal::SentRecently(_) | Refusal::DailyQuotaSpent(_) => (StatusCode::TOO_MANY_REQUESTS, refusal.rule()),
    };
    // This API writes all its codes with underscores.
    (status, refusal.code().replace('-', "_"), detail.to_owned())
}

fn invitation_closed(state: InvitationState) -> (StatusCode, String, String) {
    let state = state.as_str();
    (StatusCode::CONFLICT, format!("invitation_{state}"), format!("The invitation is over: it is {state}."))
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        let (status, code, detail) = problem.describe();
        let body = ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code,
            detail,
        };
        let reply = Self::json(status, "application/problem+json", &body);
        match status {
            StatusCode::UNAUTHORIZED => reply.with(header::WWW_AUTHENTICATE, "Bearer"),
            StatusCode::SERVICE_UNAVAILABLE => reply.with(header::RETRY_AFTER, "1"),
            _ => reply,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_at = match self {
            Self::Refused(Refusal::SentRecently(until) | Refusal::DailyQuotaSpent(until)) => {
                Some(Extension(RetryAt(until)))
            }
            _ => None,
        };
        (retry_at, Reply::from(self)).into_response()
    }
}

impl From<Explanation> for Problem {
    fn from(why: Explanation) -> Self {
        Self::Refused(why.refusal)
    }
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => Self::TooLarge,
            BodyFault::Broken => Self::BrokenBody,
        }
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
            Rejection::Refused(refusal, _) => refusal.into(),
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

#[cfg(test)]
mod tests {
    use guestlist_core::Timestamp;

    use super::*;

    #[test]
    fn a_private_group_does_not_exist_for_who_was_not_invited() {
        assert_eq!(refused(Refusal::ByInvitationOnly), refused(Refusal::GroupNotFound));
    }

    #[test]
    fn a_refusal_has_its_code_with_underscores_and_its_rule() {
        let too_soon = refused(Refusal::SentRecently(Timestamp::from_millis(0)));
        let detail = "An invitation is sent at most once an hour.".to_owned();
        assert_eq!(too_soon, (StatusCode::TOO_MANY_REQUESTS, "sent_recently".to_owned(), detail));
    }

    #[test]
    fn a_refusal_that_passes_says_when() {
        let until = Timestamp::from_millis(1000);
        let response = Problem::Refused(Refusal::DailyQuotaSpent(until)).into_response();
        assert_eq!(response.extensions().get::<RetryAt>().map(|RetryAt(at)| *at), Some(until));
        let response = Problem::Refused(Refusal::GroupFull).into_response();
        assert!(response.extensions().get::<RetryAt>().is_none());
    }
}
