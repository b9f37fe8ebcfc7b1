//! What the document of this API says beside its operations.

use serde_json::{Value, json};
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{Modify, OpenApi as _};

use super::answer::Answer;
use super::endpoint::{Endpoint, Login, Verb};
use super::params::{Field, Kind, Naming};
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
        (name = "Roles", description = "Who may do more in a group."),
        (name = "Settings", description = "What a group is like."),
        (name = "Links", description = "Links that let in whoever has them."),
        (name = "Users", description = "People with an account."),
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
        let all = [not_logged_in, login_failed, not_permitted(), refused(), too_large(), too_many()];
        failure::add_schemas(document, all.into_iter().chain(server_failures()));
    }
}

/// All operations of these endpoints, in the document.
pub(super) fn document<'e>(prefix: &str, endpoints: impl Iterator<Item = &'e Endpoint>) -> OpenApi {
    let mut document = Api::openapi();
    let mut schemas = Vec::new();
    for endpoint in endpoints {
        let method = match endpoint.verb {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Delete => HttpMethod::Delete,
        };
        let item = PathItem::new(method, operation(endpoint, &mut schemas));
        document.paths.paths.entry(format!("{prefix}/{}", endpoint.path)).or_default().merge_operations(item);
    }
    document.components.get_or_insert_default().schemas.extend(schemas);
    document
}

fn operation(endpoint: &Endpoint, schemas: &mut Vec<(String, RefOr<Schema>)>) -> Operation {
    let answer = ContentBuilder::new().schema(Some((endpoint.answer)(schemas))).build();
    let answer = ResponseBuilder::new().description("All is well.").content("application/json", answer);
    let id = endpoint.path.trim_start_matches("v1/").split('/').next().unwrap_or_default();
    // Two ways to the same are told apart.
    let id = match (endpoint.path, endpoint.verb) {
        ("v1/info", _) => "v1.info",
        ("v1/logout", Verb::Get) => "logout.get",
        _ => id,
    };
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .tag(endpoint.tag)
        .summary(Some(endpoint.summary))
        .description(Some(endpoint.description))
        .response("200", answer);
    let failures = failure::responses(failures(endpoint));
    let operation =
        failures.into_iter().fold(operation, |operation, (status, failure)| operation.response(status, failure));
    let operation = match endpoint.login {
        Login::NotNeeded => operation.security(SecurityRequirement::default()),
        Login::Needed | Login::With(_) => operation,
    };
    match endpoint.verb {
        Verb::Get => operation.parameters(Some(query(endpoint))).build(),
        Verb::Post if endpoint.fields.is_empty() && !endpoint.naming.is_of_room() => operation.build(),
        Verb::Post => {
            let content = ContentBuilder::new().schema(Some(body(endpoint))).build();
            let body = RequestBodyBuilder::new()
                .content("application/json", content.clone())
                .content("application/x-www-form-urlencoded", content);
            operation.request_body(Some(body.build())).build()
        }
        Verb::Delete => {
            let id = ParameterBuilder::new().name("_id").parameter_in(ParameterIn::Path).required(Required::True);
            let id = id.schema(Some(text("Which."))).description(Some("Which."));
            operation.parameter(id).build()
        }
    }
}

fn failures(endpoint: &Endpoint) -> Vec<Failure> {
    let [not_logged_in, login_failed] = unauthenticated();
    let mut failures: Vec<_> = server_failures().into_iter().chain([refused(), too_many()]).collect();
    match endpoint.login {
        Login::NotNeeded if endpoint.path == "v1/login" => failures.push(login_failed),
        Login::NotNeeded => {}
        Login::Needed | Login::With(_) => failures.extend([not_logged_in, not_permitted()]),
    }
    if endpoint.verb == Verb::Post {
        failures.push(too_large());
    }
    failures
}

fn query(endpoint: &Endpoint) -> Vec<Parameter> {
    let room = |name, about| Field::optional(name, Kind::Text, about);
    let rooms = [
        room("roomId", "The group's `_id`: this or `roomName`."),
        room("roomName", "The group's `name`: this or `roomId`."),
    ];
    let rooms = rooms.into_iter().filter(|_| endpoint.naming.is_of_room());
    let parameters = rooms.chain(endpoint.fields.iter().copied()).map(|field| {
        let name = if field.kind == Kind::Texts { format!("{}[]", field.name) } else { field.name.to_owned() };
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(if field.is_required { Required::True } else { Required::False })
            .description(Some(field.about))
            .schema(Some(schema(&field)))
            .build()
    });
    parameters.collect()
}

fn body(endpoint: &Endpoint) -> RefOr<Schema> {
    let is_strict = matches!(endpoint.naming, Naming::Nothing | Naming::Room | Naming::AnyRoom);
    let with = |room: Option<&str>| {
        let object = endpoint.fields.iter().fold(ObjectBuilder::new(), |object, field| {
            let object = object.property(field.name, schema(field));
            if field.is_required { object.required(field.name) } else { object }
        });
        let object = match room {
            Some(room) => object.property(room, text("The group.")).required(room),
            None => object,
        };
        if is_strict { object.additional_properties(Some(AdditionalProperties::FreeForm(false))) } else { object }
    };
    if endpoint.naming.is_of_room() {
        OneOfBuilder::new().item(with(Some("roomId"))).item(with(Some("roomName"))).into()
    } else {
        with(None).into()
    }
}

fn schema(field: &Field) -> RefOr<Schema> {
    let of = |kind: Type| text(field.about).schema_type(kind);
    let or_null = |kind: Type| text(field.about).schema_type(SchemaType::from_iter([kind, Type::Null]));
    let texts = |kind: SchemaType| {
        let list = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
        list.schema_type(kind).description(Some(field.about))
    };
    match field.kind {
        Kind::Text if field.is_required => of(Type::String).into(),
        Kind::Text => or_null(Type::String).into(),
        Kind::NonEmptyText => of(Type::String).min_length(Some(1)).into(),
        Kind::Texts => texts(Type::Array.into()).into(),
        Kind::NullableTexts => texts(SchemaType::from_iter([Type::Array, Type::Null])).into(),
        Kind::Integer => of(Type::Integer).into(),
        Kind::Flag => or_null(Type::Boolean).into(),
        Kind::Object => of(Type::Object).into(),
        Kind::NullableObject => or_null(Type::Object).into(),
        Kind::Any => ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(field.about)).into(),
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
    let schema = ObjectBuilder::new()
        .property("success", always::<false>())
        .required("success")
        .property("error", text("When to try again."))
        .required("error");
    let description =
        "The endpoint was called too often, or the caller has invited as many people as one may in a day.";
    Failure { schema: schema.into(), ..fixed(&Answer::too_many_requests(), "TooManyRequests", description) }
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

/// What whoever lacks a right gets, where it is looked at before all else or told by its status.
fn not_permitted() -> Failure {
    let schema = ObjectBuilder::new()
        .property("success", always::<false>())
        .required("success")
        .property("error", text("What is missing."))
        .required("error");
    let description = "The caller may not call this, or not for others.";
    Failure { schema: schema.into(), ..fixed(&Answer::not_permitted(), "NotPermitted", description) }
}

/// Everything that the domain or a schema says no to.
fn refused() -> Failure {
    let details = ObjectBuilder::new()
        .property("method", text("The name of the server's inner method."))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    let schema = ObjectBuilder::new()
        .property("success", always::<false>())
        .required("success")
        .property("error", text("The reason and, in brackets, the code; or the complaints of the validator."))
        .required("error")
        .property(
            "errorType",
            text("The code, for programs: `invalid-params` and `error-invalid-params` if it is a parameter.")
                .schema_type(SchemaType::from_iter([Type::String, Type::Integer])),
        )
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
