//! What the document of this API says beside its operations.

use std::collections::BTreeMap;

use guestlist_core::Timestamp;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
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
        title = "Quran Foundation's groups, legacy",
        description = "Quran Foundation's group API of 2023 to 2025, as guestlist answers it. Slashes at the end of a path are \
            forgiven. Every failure to authenticate is a 403."
    ),
    tags((name = "Groups", description = "Groups and pages, and who is invited to them.")),
    security(("o_t_h" = [])),
    modifiers(&Beside)
)]
pub(super) struct Api;

struct Beside;

impl Modify for Beside {
    fn modify(&self, document: &mut OpenApi) {
        let token = "An access token, opaque or signed, with the scope `group.read`, `group.update` or `room`; to change \
                     anything, with one of the latter two.";
        let token = ApiKey::Header(ApiKeyValue::with_description("o_t_h", token));
        document.components.get_or_insert_default().add_security_scheme("o_t_h", SecurityScheme::ApiKey(token));
        failure::add_schemas(document, failures().into_iter().chain(body_failures()));
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

fn failures() -> [Failure; 5] {
    [
        told(&Answer::forbidden("Token expired"), "ForbiddenError", "No token, none that is good here, or no right."),
        told(&Answer::not_found(), "NotFoundError", "What the request names does not exist."),
        told(
            &Answer::invalid("`userId` is invalid"),
            "ValidationError",
            "What the request says is wrong, or too late.",
        ),
        too_many(),
        told(&Answer::server_error(), "ServerError", "Nothing that the caller can cure."),
    ]
}

fn body_failures() -> [Failure; 1] {
    [told(&Answer::too_large(), "PayloadTooLargeError", "The body is larger than 64 KiB.")]
}

fn too_many() -> Failure {
    let too_many = Answer::too_many_requests(Timestamp::from_millis(0));
    let description = "Too many requests, or as many people invited as one may in a day.";
    Failure { tells_when: true, ..told(&too_many, "TooManyRequestsError", description) }
}

/// An answer as the example of all with its `code`.
fn told(answer: &Answer, code: &'static str, description: &'static str) -> Failure {
    let error = ObjectBuilder::new()
        .property("code", one_of("Fixed for each status.", [code]))
        .required("code")
        .property("message", ObjectBuilder::new().schema_type(Type::String))
        .required("message");
    let schema = ObjectBuilder::new()
        .property("success", always::<false>())
        .required("success")
        .property("error", error)
        .required("error")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let example = answer.body.clone();
    Failure { status: answer.status, name: code, description, schema: schema.into(), example, tells_when: false }
}
