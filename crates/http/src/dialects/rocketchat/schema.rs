//! What the document of this API says beside its operations.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Response, Schema};
use utoipa::{IntoResponses, Modify, PartialSchema, ToSchema};

use super::answer::Answer;
use crate::openapi::always;
use crate::openapi::failure::{self, Failure};

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rocket.Chat's private groups",
        description = "Rocket.Chat's REST API of version 8.8, as far as it manages private groups, as guestlist answers it. \
            Refusals are mostly status 400 with an `errorType`, even where a group is missing or a right is."
    ),
    tags(
        (name = "Groups", description = "Private groups, and who belongs to them."),
        (name = "Login", description = "The caller."),
        (name = "Server", description = "The server."),
    ),
    security(("X-Auth-Token" = [], "X-User-Id" = [])),
    modifiers(&Beside)
)]
pub(super) struct Api;

struct Beside;

impl Modify for Beside {
    fn modify(&self, document: &mut OpenApi) {
        let token = "A token of the user, as `login` gives it, or one with the scope `rocketchat`.";
        let id = "The `_id` of the user whose token it is.";
        let components = document.components.get_or_insert_default();
        for (name, description) in [("X-Auth-Token", token), ("X-User-Id", id)] {
            let key = ApiKey::Header(ApiKeyValue::with_description(name, description));
            components.add_security_scheme(name, SecurityScheme::ApiKey(key));
        }
        let [not_logged_in, login_failed] = unauthenticated();
        let all = [not_logged_in, login_failed, refused(), too_large(), too_many()];
        failure::add_schemas(document, all.into_iter().chain(server_failures()));
    }
}

/// What every operation may answer, whatever else it does.
pub(super) struct ServerFailures;

impl IntoResponses for ServerFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses(server_failures())
    }
}

/// The same, where a login is needed.
pub(super) struct Failures;

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let [not_logged_in, _] = unauthenticated();
        failure::responses(server_failures().into_iter().chain([not_logged_in]))
    }
}

/// What operations with parameters may answer besides.
pub(super) struct RefusedFailures;

impl IntoResponses for RefusedFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses([refused()])
    }
}

/// What operations with a body may answer besides.
pub(super) struct BodyFailures;

impl IntoResponses for BodyFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses([too_large()])
    }
}

/// What operations whose number is limited may answer besides.
pub(super) struct TooManyFailures;

impl IntoResponses for TooManyFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        failure::responses([too_many()])
    }
}

/// What a login may answer besides.
pub(super) struct LoginFailures;

impl IntoResponses for LoginFailures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let [_, login_failed] = unauthenticated();
        failure::responses([login_failed, refused()])
    }
}

fn server_failures() -> [Failure; 2] {
    let unavailable = "Too much work is waiting, or the database is away.";
    [
        fixed(&Answer::server_error(), "InternalServerError", "Something went wrong in the server."),
        Failure { tells_when: true, ..fixed(&Answer::unavailable(), "ServiceUnavailable", unavailable) },
    ]
}

fn too_large() -> Failure {
    fixed(&Answer::too_large(), "TooLarge", "The body is larger than 64 KiB.")
}

fn too_many() -> Failure {
    fixed(&Answer::too_many_requests(), "TooManyRequests", "The caller has invited as many people as one may in a day.")
}

/// The two ways not to be let in.
fn unauthenticated() -> [Failure; 2] {
    let anonymous = "A header is missing, or the two are not the id and a token of one user. Which it is, is not told.";
    let failed = ObjectBuilder::new()
        .property("success", always::<false>())
        .required("success")
        .property("status", Schema::from(constant(&json!("error"))))
        .required("status")
        .property("error", text("The code."))
        .required("error")
        .property("message", text("The reason."))
        .required("message");
    let not_let_in = "Nobody has this name and this password, or they may not log in.";
    [
        fixed(&Answer::not_logged_in(), "NotLoggedIn", anonymous),
        Failure { schema: failed.into(), ..fixed(&Answer::login_failed(), "LoginFailed", not_let_in) },
    ]
}

/// Everything that the domain or a schema says no to.
fn refused() -> Failure {
    let details = ObjectBuilder::new()
        .property("method", text("The name of the server's inner method."))
        .property("helperMethod", text("The name of the server's inner method."));
    let schema = ObjectBuilder::new()
        .property("success", always::<false>())
        .required("success")
        .property("error", text("The reason and, in brackets, the code; or the complaints of the validator."))
        .required("error")
        .property(
            "errorType",
            text("The code, for programs: `invalid-params` and `error-invalid-params` if it is a parameter."),
        )
        .required("errorType")
        .property("details", details);
    let example = Answer::refused("error-not-allowed", "Not allowed", Some(json!({ "method": "addUsersToRoom" })));
    let description = "The parameters are wrong, the group is not the caller's, or the caller may not do this.";
    Failure { schema: schema.into(), ..fixed(&example, "Refused", description) }
}

/// An answer whose body is always the same.
fn fixed(answer: &Answer, name: &'static str, description: &'static str) -> Failure {
    let (status, example) = (answer.status, answer.body.clone());
    let fields = answer.body.as_object().into_iter().flatten();
    let schema = fields.fold(ObjectBuilder::new(), |schema, (name, value)| {
        schema.property(name, Schema::from(constant(value))).required(name)
    });
    Failure { status, name, description, schema: schema.into(), example, tells_when: false }
}

fn constant(value: &Value) -> ObjectBuilder {
    let kind = if value.is_boolean() { Type::Boolean } else { Type::String };
    ObjectBuilder::new().schema_type(kind).enum_values(Some([value.clone()]))
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

/// The body of `groups.invite`.
pub(super) struct InviteBody;

impl PartialSchema for InviteBody {
    fn schema() -> RefOr<Schema> {
        let name = |description| text(description).schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let names = |description: &str| {
            let list = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
            list.schema_type(SchemaType::from_iter([Type::Array, Type::Null])).description(Some(description))
        };
        let by = |title: &str, room: &str, description: &str| {
            ObjectBuilder::new()
                .title(Some(title))
                .property(room, text(description))
                .required(room)
                .property("userId", name("The `_id` of a user."))
                .property("username", name("The name of a user, unless there is a `userId`."))
                .property("user", name("The same as `username`."))
                .property("userIds", names("The `_id` of several users."))
                .property("usernames", names("The names of several users, unless there are `userIds`."))
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        OneOfBuilder::new()
            .description(Some("The group, and at least one user."))
            .item(by("InviteByRoomId", "roomId", "The group's `_id` or `name`."))
            .item(by("InviteByRoomName", "roomName", "The group's `name` or `_id`."))
            .examples([json!({ "roomId": "ByehQjC44FwMeiLbX", "userId": "rbAXPnMktTFbNpwtJ" })])
            .into()
    }
}

impl ToSchema for InviteBody {
    fn name() -> Cow<'static, str> {
        "Invite".into()
    }
}

/// The body of `login`.
pub(super) struct LoginBody;

impl PartialSchema for LoginBody {
    fn schema() -> RefOr<Schema> {
        let digest = ObjectBuilder::new()
            .title(Some("PasswordDigest"))
            .property("digest", text("The SHA-256 of the password, in lower-case hex."))
            .required("digest")
            .property("algorithm", Schema::from(constant(&json!("sha-256"))))
            .required("algorithm");
        let wrapped = ObjectBuilder::new()
            .title(Some("UserName"))
            .property("username", text("A username."))
            .property("email", text("An address."));
        let user = OneOfBuilder::new().item(text("A username, or an address if it has an @.")).item(wrapped);
        ObjectBuilder::new()
            .description(Some("A name and a `password`, or a token in `resume`."))
            .property("user", user)
            .property("username", text("A username, if there is no text `user`."))
            .property("email", text("An address, if there is neither."))
            .property("password", OneOfBuilder::new().item(text("The password.")).item(digest))
            .property("resume", text("A token that is still good."))
            .examples([json!({ "user": "maryam", "password": "correct horse battery staple" })])
            .into()
    }
}

impl ToSchema for LoginBody {
    fn name() -> Cow<'static, str> {
        "LoginRequest".into()
    }
}
