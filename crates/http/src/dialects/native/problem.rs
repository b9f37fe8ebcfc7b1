//! The one place where refusals and failures become this API's statuses and bodies (RFC 9457).

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist_core::explain::Explanation;
use guestlist_core::ids::BatchId;
use guestlist_core::{Refusal, Timestamp};
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::IssuerFault;
use guestlist_store::{Rejection, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::explained::Explained;
use super::refused::{self, Words};
use super::reply::Reply;
use crate::authenticate::NoCaller;
use crate::limits::{BodyFault, Fault};
use crate::retry_after::RetryAt;

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
    /// The field of the body that is wrong, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "/invitees/0/email")]
    pointer: Option<String>,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "cursor")]
    parameter: Option<&'static str>,
    /// The header that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "If-Match")]
    header: Option<&'static str>,
    /// Why, where the rules say no.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explanation: Option<Explained>,
    /// The batch, if people were invited before it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    batch_id: Option<String>,
}

/// Everything that can be wrong.
#[derive(Debug)]
pub(super) enum Problem {
    Unauthenticated(Unauthenticated),
    /// The scope that would do.
    InsufficientScope(&'static str),
    /// More requests than one user may make; more from this instant on.
    TooManyRequests(Timestamp),
    Refused(Box<Explanation>),
    InvalidParameter(&'static str),
    /// A header, and what to do about it.
    InvalidHeader(&'static str, &'static str),
    /// What the field at the pointer should be.
    InvalidField {
        pointer: String,
        detail: String,
    },
    /// The body is no JSON, and where it stops being some.
    MalformedBody(String),
    /// The body is of another content type than JSON.
    UnsupportedMediaType,
    /// The body is larger than may be.
    TooLarge,
    /// The body ended too early or came too slowly.
    BrokenBody,
    /// The thing is not as the caller has seen it.
    ChangedMeanwhile,
    /// The key was sent with another request before.
    KeyReused,
    NoSuchRole,
    NoSuchEndpoint,
    MethodNotAllowed,
    Overloaded,
    Unavailable,
    BadGateway,
    TimedOut,
    Internal,
    /// A batch failed after a part of it was carried out, and why.
    Halfway(BatchId, Box<Self>),
}

impl Problem {
    /// The same, of a batch of which a part is carried out.
    pub(super) fn halfway(self, batch: BatchId) -> Self {
        Self::Halfway(batch, Box::new(self))
    }

    fn words(&self) -> Words {
        let (status, code, detail) = match self {
            Self::Unauthenticated(reason) => return unauthenticated(*reason),
            Self::Refused(why) => return refused::words(why.refusal),
            Self::Halfway(_, why) => return why.words(),
            Self::InvalidParameter(name) => {
                let detail = format!("The parameter `{name}` cannot be read.");
                return Words::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_parameter", detail);
            }
            Self::InvalidHeader(name, advice) => {
                let detail = format!("The header `{name}` cannot be used: {advice}.");
                return Words::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_header", detail);
            }
            Self::InvalidField { detail, .. } => {
                return Words::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail.clone());
            }
            Self::MalformedBody(detail) => {
                return Words::new(
                    StatusCode::BAD_REQUEST,
                    "body_malformed",
                    format!("The body is no JSON: {detail}."),
                );
            }
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as `Content-Type: application/json`.",
            ),
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
            Self::InsufficientScope(_) => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "The access token is not good for this operation.")
            }
            Self::TooManyRequests(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "You have made too many requests. Wait a moment.")
            }
            Self::NoSuchRole => (StatusCode::NOT_FOUND, "no_such_role", "There is no such role."),
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
            Self::BadGateway => (
                StatusCode::BAD_GATEWAY,
                "issuer_unusable",
                "The identity provider cannot be asked whether the token is good. Try again later.",
            ),
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "timed_out", "The answer took too long. Try again later."),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here. It has been logged.")
            }
        };
        Words::new(status, code, detail)
    }

    /// From when on the same request may get another answer by itself.
    fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::TooManyRequests(at) => Some(*at),
            Self::Halfway(_, why) => why.retry_at(),
            Self::Refused(why) => match why.refusal {
                Refusal::SentRecently(until) | Refusal::DailyQuotaSpent(until) => Some(until),
                _ => None,
            },
            _ => None,
        }
    }
}

fn unauthenticated(reason: Unauthenticated) -> Words {
    let (code, detail) = match reason {
        Unauthenticated::Disabled => return refused::words(Refusal::CallerDisabled),
        Unauthenticated::Missing => ("token_missing", "Send an access token as `Authorization: Bearer TOKEN`."),
        Unauthenticated::Expired => ("token_expired", "The access token has expired. Get a new one."),
        Unauthenticated::Malformed
        | Unauthenticated::Unknown
        | Unauthenticated::NoUser
        | Unauthenticated::NotYetValid
        | Unauthenticated::Revoked => ("token_invalid", "The access token is not valid here."),
    };
    Words::new(StatusCode::UNAUTHORIZED, code, detail)
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        let Words { status, code, detail } = problem.words();
        let mut body = ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code,
            detail,
            pointer: None,
            parameter: None,
            header: None,
            explanation: None,
            batch_id: None,
        };
        let cause = match &problem {
            Problem::Halfway(batch, why) => {
                body.batch_id = Some(batch.to_string());
                why
            }
            problem => problem,
        };
        match cause {
            Problem::Refused(why) => body.explanation = Some(Explained::of(why)),
            Problem::InvalidField { pointer, .. } => body.pointer = Some(pointer.clone()),
            Problem::InvalidParameter(name) => body.parameter = Some(name),
            Problem::InvalidHeader(name, _) => body.header = Some(name),
            _ => {}
        }
        let reply = Self::json(status, "application/problem+json", &body);
        match problem {
            Problem::InsufficientScope(scope) => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
                reply.with(&header::WWW_AUTHENTICATE, &challenge)
            }
            _ if status == StatusCode::UNAUTHORIZED => reply.with(&header::WWW_AUTHENTICATE, "Bearer"),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => reply.with(&header::RETRY_AFTER, "1"),
            _ => reply,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_at = self.retry_at().map(|at| Extension(RetryAt(at)));
        (retry_at, Reply::from(self)).into_response()
    }
}

impl From<Explanation> for Problem {
    /// A private group does not exist for strangers: neither for those who may do nothing there nor for those who would
    /// have to be invited.
    fn from(why: Explanation) -> Self {
        let is_hidden = matches!(why.refusal, Refusal::NotAllowed(_)) && why.fact.is_none();
        let why = match why.refusal {
            Refusal::ByInvitationOnly => Refusal::GroupNotFound.into(),
            _ if is_hidden => Refusal::GroupNotFound.into(),
            _ => why,
        };
        Self::Refused(Box::new(why))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Explanation::from(refusal).into()
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
            Rejection::Refused(_, why) => (*why).into(),
            Rejection::Failed(error) => error.into(),
        }
    }
}

impl From<NoCaller> for Problem {
    fn from(reason: NoCaller) -> Self {
        match reason {
            NoCaller::Unauthenticated(reason) => Self::Unauthenticated(reason),
            NoCaller::Unknowable(error) => error.into(),
            NoCaller::IssuerFault(IssuerFault::Unusable) => Self::BadGateway,
            NoCaller::IssuerFault(IssuerFault::TimedOut) => Self::TimedOut,
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

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => Self::TooLarge,
            BodyFault::Broken => Self::BrokenBody,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_private_group_does_not_exist_for_who_was_not_invited() {
        let Problem::Refused(why) = Problem::from(Refusal::ByInvitationOnly) else { panic!("a refusal") };
        assert_eq!(*why, Explanation::from(Refusal::GroupNotFound));
    }

    #[test]
    fn a_refusal_that_passes_says_when() {
        let until = Timestamp::from_millis(1000);
        let response = Problem::from(Refusal::DailyQuotaSpent(until)).into_response();
        assert_eq!(response.extensions().get::<RetryAt>().map(|RetryAt(at)| *at), Some(until));
        let response = Problem::from(Refusal::GroupFull).into_response();
        assert!(response.extensions().get::<RetryAt>().is_none());
    }

    /// One of each problem that is not a refusal.
    fn others() -> Vec<Problem> {
        let field = Problem::InvalidField { pointer: String::new(), detail: String::new() };
        let mut others = vec![
            Problem::InsufficientScope(""),
            Problem::TooManyRequests(Timestamp::from_millis(0)),
            Problem::InvalidParameter(""),
            Problem::InvalidHeader("", ""),
            field,
            Problem::MalformedBody(String::new()),
            Problem::UnsupportedMediaType,
            Problem::TooLarge,
            Problem::BrokenBody,
            Problem::ChangedMeanwhile,
            Problem::KeyReused,
            Problem::NoSuchRole,
            Problem::NoSuchEndpoint,
            Problem::MethodNotAllowed,
            Problem::Overloaded,
            Problem::Unavailable,
            Problem::BadGateway,
            Problem::TimedOut,
            Problem::Internal,
        ];
        others.extend(
            [Unauthenticated::Missing, Unauthenticated::Expired, Unauthenticated::Unknown]
                .map(Problem::Unauthenticated),
        );
        others
    }

    #[test]
    fn every_code_is_written_down_with_its_status_in_the_page_of_errors() {
        let page = include_str!("../../../../../docs/errors.md");
        let rows = page.lines().filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            Some((cells.next()?.trim_end_matches('`').to_owned(), cells.next()?.parse::<u16>().ok()?))
        });
        let written: BTreeMap<_, _> = rows.collect();
        let others = others();
        let told = refused::each().into_iter().chain(others.iter().map(Problem::words));
        let told: BTreeMap<_, _> = told.map(|words| (words.code, words.status.as_u16())).collect();
        assert_eq!(written, told);
    }
}
