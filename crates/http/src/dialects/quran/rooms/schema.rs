//! What the document of the rooms says beside its operations.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr, Response, Schema};
use utoipa::{IntoResponses, Modify};

use super::super::answer::{Answer, Faults, FieldFault, VALIDATION_ERROR};
use super::super::schema as gateway;
use crate::openapi::failure::{self, Failure};
use crate::openapi::{always, one_of};

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Quran Foundation's rooms",
        description = "Quran Foundation's rooms, since late in 2025, as guestlist answers them. The same operations are served \
            below `/auth` as well. Slashes at the end of a path are forgiven, and fields of a body that are not described are \
            ignored. An application without a user may call what lists no need of one: members, profiles, searches."
    ),
    tags(
        (name = "Rooms", description = "Groups and pages, and who is in them."),
        (name = "People", description = "The caller's rooms, and everybody else."),
    ),
    security(("x-auth-token" = [], "x-client-id" = [])),
    modifiers(&Beside)
)]
pub(super) struct Api;

struct Beside;

impl Modify for Beside {
    fn modify(&self, document: &mut OpenApi) {
        let token = "A signed access token with the scope of the operation: `room`, `user`, or one below them such as \
                     `room.invite`.";
        gateway::add_credentials(document, token);
        let ours = [too_large(), bad_fields(), unprocessable()];
        failure::add_schemas(document, gateway::failures().into_iter().chain(ours));
    }
}

/// What operations with a body may answer besides.
pub(super) struct BodyFailures;

impl IntoResponses for BodyFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses([too_large()])
    }
}

/// What operations may answer besides that tell of bad fields as usual.
pub(super) struct FieldFailures;

impl IntoResponses for FieldFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses([unprocessable()])
    }
}

/// What operations may answer that have a 400 of their own for bad fields.
pub(super) struct BadFields;

impl IntoResponses for BadFields {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses([gateway::invalid_request(), bad_fields()])
    }
}

fn too_large() -> Failure {
    let [too_large, _] = gateway::body_failures();
    too_large
}

fn bad_fields() -> Failure {
    let faults = Faults::of("token", FieldFault::Expired);
    let example = faults.details();
    told(&Answer::InvalidFields(faults), "InvalidFields", "What the request says is wrong, or too late.", &example)
}

fn unprocessable() -> Failure {
    let faults = Faults::of("sortBy", FieldFault::Invalid);
    let example = faults.details();
    told(&Answer::UnprocessableFields(faults), "UnprocessableFields", "A field is wrong.", &example)
}

/// An error with its one message and what is wrong with which fields.
fn told(answer: &Answer, name: &'static str, description: &'static str, details: &serde_json::Value) -> Failure {
    let (status, kind, message) = answer.error();
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(FieldFault::NAMES)).build();
    let fields = ObjectBuilder::new().additional_properties(Some(RefOr::<Schema>::from(code)));
    let error = closed()
        .property("code", one_of("Always this.", ["ValidationError"]))
        .required("code")
        .property("message", one_of("Always this.", [VALIDATION_ERROR]))
        .required("message")
        .property("details", fields)
        .required("details");
    let outer = closed().property("success", always::<false>()).required("success");
    let outer = outer.property("error", error).required("error");
    let schema = closed()
        .property("details", outer)
        .required("details")
        .property("message", one_of("Fixed for each type.", [message]))
        .required("message")
        .property("type", one_of("The kind of error, for programs.", [kind]))
        .required("type")
        .property("success", always::<false>())
        .required("success");
    let example = json!({ "details": details, "message": message, "type": kind, "success": false });
    Failure { status, name, description, schema: schema.into(), example, tells_when: false }
}

fn closed() -> ObjectBuilder {
    ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)))
}
