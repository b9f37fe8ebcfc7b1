//! What the document of this API says beside its operations.

use std::collections::BTreeMap;

use guestlist_core::Timestamp;
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Response};
use utoipa::{IntoResponses, Modify};

use super::answer::Answer;
use crate::openapi::failure::{self, Failure};
use crate::openapi::{always, one_of};

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Quran Foundation's groups, gateway",
        description = "Quran Foundation's group API behind its gateway, since 2025, as guestlist answers it. Slashes at the end \
            of a path are forgiven. An error has one message for each type."
    ),
    tags((name = "Groups", description = "Groups and pages, and who is invited to them.")),
    security(("x-auth-token" = [], "x-client-id" = [])),
    modifiers(&Beside)
)]
pub(super) struct Api;

struct Beside;

impl Modify for Beside {
    fn modify(&self, document: &mut OpenApi) {
        let token = "A signed access token with the scope `group.read`, `group.update` or `room`; to change \
                     anything, with one of the latter two.";
        add_credentials(document, token);
        failure::add_schemas(document, failures().into_iter().chain(body_failures()));
    }
}

/// The two headers, of which one holds a `token`.
pub(super) fn add_credentials(document: &mut OpenApi, token: &str) {
    let client = "The id of the client to which the token was issued.";
    let components = document.components.get_or_insert_default();
    for (name, description) in [("x-auth-token", token), ("x-client-id", client)] {
        let key = ApiKey::Header(ApiKeyValue::with_description(name, description));
        components.add_security_scheme(name, SecurityScheme::ApiKey(key));
    }
}

/// What every operation may answer, whatever else it does.
pub(super) struct Failures;

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses(failures())
    }
}

/// What operations with a body may answer besides.
pub(super) struct BodyFailures;

impl IntoResponses for BodyFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses(body_failures())
    }
}

pub(super) fn invalid_request() -> Failure {
    told(&Answer::InvalidRequest, "InvalidRequest", "A credential is missing, or the request cannot be read.")
}

pub(super) fn failures() -> [Failure; 10] {
    [
        invalid_request(),
        told(&Answer::Unauthorized, "Unauthorized", "The token is not valid here, or no longer."),
        told(&Answer::Forbidden, "Forbidden", "The caller may not do this, or the token is another client's."),
        told(&Answer::InsufficientScope, "InsufficientScope", "The token does not have the scope."),
        told(&Answer::NotFound, "NotFound", "What the request names does not exist."),
        too_many(),
        told(&Answer::InternalServerError, "InternalServerError", "Something went wrong in the server."),
        told(&Answer::BadGateway, "BadGateway", "The identity provider cannot be asked."),
        Failure {
            tells_when: true,
            ..told(
                &Answer::ServiceUnavailable,
                "ServiceUnavailable",
                "Too much work is waiting, or the database is away.",
            )
        },
        told(&Answer::GatewayTimeout, "GatewayTimeout", "The answer took too long."),
    ]
}

pub(super) fn body_failures() -> [Failure; 2] {
    [
        told(&Answer::PayloadTooLarge, "PayloadTooLarge", "The body is larger than 64 KiB."),
        told(&Answer::UnprocessableEntity, "UnprocessableEntity", "What the body says is wrong, or too late."),
    ]
}

fn too_many() -> Failure {
    let too_many = Answer::RateLimitExceeded(Timestamp::from_millis(0));
    let description = "Too many requests, or as many people invited as one may in a day.";
    Failure { tells_when: true, ..told(&too_many, "RateLimitExceeded", description) }
}

/// An error with its one message.
fn told(answer: &Answer, name: &'static str, description: &'static str) -> Failure {
    let (status, kind, message) = answer.error();
    let schema = ObjectBuilder::new()
        .property("message", one_of("Fixed for each type.", [message]))
        .required("message")
        .property("type", one_of("The kind of error, for programs.", [kind]))
        .required("type")
        .property("success", always::<false>())
        .required("success")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let example = json!({ "message": message, "type": kind, "success": false });
    Failure { status, name, description, schema: schema.into(), example, tells_when: false }
}
