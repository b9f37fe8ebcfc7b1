//! What the document of this API says beside its operations.

use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, ToSchema as _};

use super::answer::ProblemBody;
use super::event::EventBody;
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
        http.description = Some("An access token, opaque or signed, whose scopes cover `guestlist`.".to_owned());
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(http));
    }
}

/// What every operation may answer, whatever else it does.
const ALWAYS: [(&str, &str); 5] = [
    ("401", "No access token, or none that is valid here."),
    ("403", "The access token is not good for this operation, or its user may not do this."),
    ("500", "Something went wrong in the server, which has logged it."),
    ("503", "Too much work is waiting, or the database is not available."),
    ("504", "The answer took too long."),
];

/// Adds what holds for all operations: the errors that each may answer, and that every error is a problem. So an
/// operation names only the errors of its own, with a sentence for each.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    for operation in operations(&mut document) {
        let responses = &mut operation.responses.responses;
        for (status, description) in ALWAYS {
            let response = || ResponseBuilder::new().description(description).build().into();
            responses.entry(status.to_owned()).or_insert_with(response);
        }
        for (status, response) in responses {
            if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
                describe_problem(status, response);
            }
        }
    }
    document
}

fn describe_problem(status: &str, response: &mut Response) {
    let problem = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
    response.content.insert("application/problem+json".to_owned(), problem.into());
    let header = match status {
        "401" => Some(("WWW-Authenticate", header("How to authenticate: `Bearer`.", Type::String))),
        "429" | "503" => Some(("Retry-After", header("Seconds to wait before the next try.", Type::Integer))),
        _ => None,
    };
    response.headers.extend(header.map(|(name, header)| (name.to_owned(), header.into())));
}
