//! What the document of this API says beside its operations.

use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, ToSchema as _};

use super::event::EventBody;
use super::problem::ProblemBody;
use crate::openapi::{header, operations};

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "guestlist",
        description = "Groups, their members and their invitations.\n\n\
            Errors are `application/problem+json` (RFC 9457) with a stable `code`. Lists are pages found by key: go on with \
            `?cursor=` and the `next_cursor` of the page before, until it is null."
    ),
    components(schemas(ProblemBody, EventBody)),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
pub(super) struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let mut http = Http::new(HttpAuthScheme::Bearer);
        http.description = Some("An access token, opaque or signed, whose scopes cover the one that the operation names. A parent covers its children: `guestlist` is good for all.".to_owned());
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(http));
    }
}

/// What every operation may answer, whatever else it does.
const ALWAYS: [(&str, &str); 6] = [
    ("401", "No access token, or none that is valid here."),
    ("403", "The access token is not good for this operation, or its user may not do this."),
    ("429", "You have made too many requests, or have asked for too much of something today."),
    ("500", "Something went wrong in the server, which has logged it."),
    ("503", "Too much work is waiting, or the database is not available."),
    ("504", "The answer took too long."),
];

/// What every change may answer besides.
const WRITING: [(&str, &str); 4] = [
    ("400", "The body is no JSON, or did not arrive whole."),
    ("412", "It has changed since you looked."),
    ("413", "The body is too large."),
    UNREADABLE,
];

const UNREADABLE: (&str, &str) = ("422", "A field, a parameter or a header cannot be used.");
const OTHER_TYPE: (&str, &str) = ("415", "The body is of another content type than JSON.");

/// Adds what holds for all operations: the errors that each may answer, and that every error is a problem. So an
/// operation names only the errors of its own, with a sentence for each.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    for operation in operations(&mut document) {
        let mut errors = ALWAYS.to_vec();
        let has = |name: &str| {
            let mut parameters = operation.parameters.iter().flatten();
            parameters.any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == name))
        };
        if has("dry_run") {
            errors.extend(WRITING);
        } else if has("limit") {
            errors.push(UNREADABLE);
        }
        if operation.request_body.is_some() {
            errors.push(OTHER_TYPE);
        }
        let responses = &mut operation.responses.responses;
        for (status, description) in errors {
            let response = || ResponseBuilder::new().description(description).build().into();
            responses.entry(status.to_owned()).or_insert_with(response);
        }
        for (status, response) in responses {
            let RefOr::T(response) = response else { continue };
            if status.starts_with(['4', '5']) {
                describe_problem(status, response);
            }
            describe_limit(response);
        }
    }
    document
}

/// What is left to whoever calls. Not told to those of whom it is not known who they are.
fn describe_limit(response: &mut Response) {
    for (name, description) in [
        ("RateLimit", "How many requests are left (`r`), and in how many seconds all are back (`t`)."),
        ("RateLimit-Policy", "How many requests (`q`) one user may make in how many seconds (`w`)."),
    ] {
        response.headers.insert(name.to_owned(), header(description, Type::String).into());
    }
}

fn describe_problem(status: &str, response: &mut Response) {
    let problem = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
    response.content.insert("application/problem+json".to_owned(), problem.into());
    let header = match status {
        "401" => Some(("WWW-Authenticate", header("How to authenticate: `Bearer`.", Type::String))),
        "403" => Some(("WWW-Authenticate", header("Which scope would do, if it is that which lacks.", Type::String))),
        "429" | "503" => Some(("Retry-After", header("Seconds to wait before the next try.", Type::Integer))),
        _ => None,
    };
    response.headers.extend(header.map(|(name, header)| (name.to_owned(), header.into())));
}
