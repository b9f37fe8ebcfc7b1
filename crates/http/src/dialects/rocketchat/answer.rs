//! The one place where outcomes and refusals become this API's statuses and bodies.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist_core::Refusal;
use guestlist_identity::password::HashingError;
use guestlist_store::{Rejection, StoreError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::authenticate::NoCaller;
use crate::limits::Fault;
use crate::openapi::always;

/// A status and a body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

/// A success: its content, with a flag beside the fields.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Success<T> {
    #[serde(flatten)]
    content: T,
    #[schema(schema_with = always::<true>)]
    success: bool,
}

impl Answer {
    pub(super) fn ok(content: impl Serialize) -> Self {
        Self { status: StatusCode::OK, body: json!(Success { content, success: true }) }
    }

    /// A refusal of the domain: `REASON [CODE]`, the code, and details if there are any.
    pub(super) fn refused(code: &str, reason: &str, details: Option<Value>) -> Self {
        let mut body = json!({ "success": false, "error": format!("{reason} [{code}]"), "errorType": code });
        if let Some(details) = details {
            body["details"] = details;
        }
        Self { status: StatusCode::BAD_REQUEST, body }
    }

    /// Body fields that do not fit the endpoint's schema.
    pub(super) fn invalid_body(messages: &str) -> Self {
        let body = json!({ "success": false, "errorType": "invalid-params", "error": messages });
        Self { status: StatusCode::BAD_REQUEST, body }
    }

    /// Query parameters that do not fit the endpoint's schema.
    pub(super) fn invalid_query(messages: &str) -> Self {
        let body = json!({ "success": false, "errorType": "error-invalid-params", "error": messages });
        Self { status: StatusCode::BAD_REQUEST, body }
    }

    pub(super) fn not_logged_in() -> Self {
        const TEXT: &str = "You must be logged in to do this.";
        let body = json!({ "success": false, "error": TEXT, "status": "error", "message": TEXT });
        Self { status: StatusCode::UNAUTHORIZED, body }
    }

    /// Wrong name or wrong password: the answer does not tell which.
    pub(super) fn login_failed() -> Self {
        Self::login_refused("Unauthorized", "Unauthorized")
    }

    pub(super) fn login_refused(code: &str, reason: &str) -> Self {
        let body = json!({ "success": false, "status": "error", "error": code, "message": reason });
        Self { status: StatusCode::UNAUTHORIZED, body }
    }

    pub(super) fn unknown_endpoint() -> Self {
        Self::plain(StatusCode::NOT_FOUND, "Resource not found")
    }

    pub(super) fn too_large() -> Self {
        Self::plain(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large")
    }

    pub(super) fn room_not_found() -> Self {
        let reason = "The required \"roomId\" or \"roomName\" param provided does not match any group";
        Self::refused("error-room-not-found", reason, None)
    }

    pub(super) fn room_param_not_provided() -> Self {
        let reason = "The parameter \"roomId\" or \"roomName\" is required";
        Self::refused("error-room-param-not-provided", reason, None)
    }

    pub(super) fn room_archived(name: &str) -> Self {
        Self::refused("error-room-archived", &format!("The private group, {name}, is archived"), None)
    }

    pub(super) fn user_param_not_provided() -> Self {
        let reason = "The required \"userId\" or \"username\" param was not provided";
        Self::refused("error-user-param-not-provided", reason, None)
    }

    pub(super) fn invalid_user() -> Self {
        let reason = "The required \"userId\" or \"username\" param provided does not match any users";
        Self::refused("error-invalid-user", reason, None)
    }

    /// A right is missing without which the endpoint cannot be called at all.
    pub(super) fn not_permitted() -> Self {
        let error = "User does not have the permissions required for this action [error-unauthorized]";
        Self::plain(StatusCode::FORBIDDEN, error)
    }

    /// A right is missing to ask this of others.
    pub(super) fn unauthorized() -> Self {
        Self::plain(StatusCode::FORBIDDEN, "unauthorized")
    }

    /// A refusal with nothing but a text.
    pub(super) fn failed(error: &str) -> Self {
        Self::plain(StatusCode::BAD_REQUEST, error)
    }

    /// A refusal of the domain whose only detail is the name of the server's inner method.
    pub(super) fn refused_by(method: &str, code: &str, reason: &str) -> Self {
        Self::refused(code, reason, Some(json!({ "method": method })))
    }

    pub(super) fn users_params_not_provided() -> Self {
        let reason = "Please provide \"userId\" or \"username\" or \"userIds\" or \"usernames\" as param";
        Self::refused("error-users-params-not-provided", reason, None)
    }

    pub(super) fn invalid_sort(text: &str) -> Self {
        let reason = format!("Invalid sort parameter provided: \"{text}\"");
        Self::refused("error-invalid-sort", &reason, Some(json!({ "helperMethod": "parseJsonQuery" })))
    }

    /// What a call says when its command is rejected. `method` is the name of the server's inner method, which clients
    /// see among the details.
    pub(super) fn rejected(rejection: Rejection, method: &str) -> Self {
        match rejection {
            Rejection::Failed(error) => error.into(),
            Rejection::Refused(refusal, _) => Self::of_refusal(refusal, method),
        }
    }

    /// The same for a refusal alone.
    pub(super) fn of_refusal(refusal: Refusal, method: &str) -> Self {
        let refused = |code: &str, reason| Self::refused(code, reason, Some(json!({ "method": method })));
        match refusal {
            // A private group does not exist for strangers.
            Refusal::GroupNotFound | Refusal::ByInvitationOnly => Self::room_not_found(),
            Refusal::NobodyToInvite => {
                Self::refused("error-empty-invite-list", "Cannot invite if no valid users are provided", None)
            }
            Refusal::TooManyTargets | Refusal::GroupFull | Refusal::WaitingListFull => {
                refused("error-user-limit-exceeded", "User Limit Exceeded")
            }
            Refusal::NotAllowed(_) | Refusal::AddressMismatch => refused("error-not-allowed", "Not allowed"),
            Refusal::CallerDisabled => Self::not_logged_in(),
            Refusal::SentRecently(_) | Refusal::DailyQuotaSpent(_) => Self::too_many_requests(),
            // The server that this API is taken from has no words for these; its clients show what they are told.
            Refusal::UserNotFound
            | Refusal::MemberNotFound
            | Refusal::InvitationNotFound
            | Refusal::LinkNotFound
            | Refusal::RequestNotFound
            | Refusal::OfferNotFound
            | Refusal::BatchNotFound
            | Refusal::TokenNotFound
            | Refusal::ClientNotFound
            | Refusal::GroupArchived
            | Refusal::InvitationClosed(_)
            | Refusal::LifetimeTooLong(_)
            | Refusal::EndInThePast
            | Refusal::LinkClosed(_)
            | Refusal::UsesOutOfRange
            | Refusal::AlreadyOwner
            | Refusal::SeatsOutOfRange
            | Refusal::TooManyInvitations
            | Refusal::BatchAnswered
            | Refusal::TooManyOptOuts
            | Refusal::NotRestorable
            | Refusal::NotPurgeable
            | Refusal::LastOwner
            | Refusal::IdOutOfRange
            | Refusal::IdTaken
            | Refusal::UidTaken
            | Refusal::SubjectTaken
            | Refusal::UsernameTaken
            | Refusal::EmailTaken
            | Refusal::SlugTaken
            | Refusal::TokenNameTaken
            | Refusal::ClientTaken
            | Refusal::ScopeNotGranted
            | Refusal::AdministratorsOnly => refused(&format!("error-{}", refusal.code()), refusal.rule()),
        }
    }

    /// The endpoint was called more often than one address may.
    pub(super) fn called_too_often(wait_secs: i64) -> Self {
        let error = format!(
            "Error, too many requests. Please slow down. You must wait {wait_secs} seconds before trying this endpoint \
             again. [error-too-many-requests]"
        );
        Self::plain(StatusCode::TOO_MANY_REQUESTS, &error)
    }

    pub(super) fn too_many_requests() -> Self {
        let error = "Error, too many requests. Please slow down. [error-too-many-requests]";
        Self::plain(StatusCode::TOO_MANY_REQUESTS, error)
    }

    pub(super) fn server_error() -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }

    pub(super) fn unavailable() -> Self {
        Self::plain(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable")
    }

    fn plain(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({ "success": false, "error": error }) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        // The content type is exactly `application/json`: clients compare it, and one parses nothing else.
        let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
        let mut response = (self.status, headers, Json(self.body)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<StoreError> for Answer {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded | StoreError::Unavailable(_) | StoreError::TimedOut => Self::unavailable(),
            StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Bug { .. } => Self::server_error(),
        }
    }
}

impl From<NoCaller> for Answer {
    fn from(reason: NoCaller) -> Self {
        match reason {
            // All alike: the answer does not tell what was wrong.
            NoCaller::Unauthenticated(_) => Self::not_logged_in(),
            NoCaller::Unknowable(error) => error.into(),
            NoCaller::IssuerFault(_) => Self::unavailable(),
        }
    }
}

impl From<HashingError> for Answer {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Overloaded => Self::unavailable(),
            HashingError::Broken => {
                tracing::error!(%error, "a password could not be checked");
                Self::server_error()
            }
        }
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TimedOut => Self::unavailable(),
            Fault::Panicked => Self::server_error(),
        }
    }
}

#[cfg(test)]
mod tests {
    use guestlist_core::Timestamp;

    use super::*;

    fn told(refusal: Refusal) -> (u16, Value) {
        let answer = Answer::of_refusal(refusal, "someMethod");
        (answer.status.as_u16(), answer.body)
    }

    #[test]
    fn a_refusal_that_the_api_has_no_words_for_is_told_in_its_form() {
        let body = json!({
            "success": false,
            "error": "A group is handed over to a member who is not one of its owners. [error-already-owner]",
            "errorType": "error-already-owner",
            "details": { "method": "someMethod" },
        });
        assert_eq!(told(Refusal::AlreadyOwner), (400, body));
    }

    #[test]
    fn who_asks_too_often_is_told_to_slow_down() {
        let error = "Error, too many requests. Please slow down. [error-too-many-requests]";
        let until = Timestamp::from_millis(0);
        assert_eq!(told(Refusal::DailyQuotaSpent(until)), (429, json!({ "success": false, "error": error })));
    }

    #[test]
    fn a_private_group_does_not_exist_for_who_was_not_invited() {
        assert_eq!(told(Refusal::ByInvitationOnly), told(Refusal::GroupNotFound));
    }
}
