//! Errors that an API tells always alike.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::Value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::schema::{OneOf, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema};

use super::header;

/// An error, for the document. Several may have one status.
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// What it is called among the schemas.
    pub(crate) name: &'static str,
    /// When it is given.
    pub(crate) description: &'static str,
    pub(crate) schema: RefOr<Schema>,
    pub(crate) example: Value,
    /// Whether `Retry-After` goes with it.
    pub(crate) tells_when: bool,
}

/// Puts the failures' schemas among those of the document.
pub(crate) fn add_schemas(document: &mut OpenApi, failures: impl IntoIterator<Item = Failure>) {
    let components = document.components.get_or_insert_default();
    components.schemas.extend(failures.into_iter().map(|failure| (failure.name.to_owned(), failure.schema)));
}

/// The failures as answers, by status.
pub(crate) fn responses(failures: impl IntoIterator<Item = Failure>) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status = BTreeMap::<_, Vec<Failure>>::new();
    for failure in failures {
        by_status.entry(failure.status.as_str().to_owned()).or_default().push(failure);
    }
    by_status.into_iter().map(|(status, failures)| (status, response(&failures).into())).collect()
}

fn response(failures: &[Failure]) -> Response {
    let description = failures.iter().map(|failure| failure.description).collect::<Vec<_>>().join(" ");
    let tells_when = failures.iter().any(|failure| failure.tells_when);
    let reference = |failure: &Failure| RefOr::<Schema>::from(Ref::from_schema_name(failure.name));
    let content = match failures {
        [only] => ContentBuilder::new().schema(Some(reference(only))).example(Some(only.example.clone())),
        several => {
            let mut schema = OneOf::new();
            schema.items = several.iter().map(reference).collect();
            let example = |failure: &Failure| ExampleBuilder::new().value(Some(failure.example.clone())).build();
            let examples = several.iter().map(|failure| (failure.name, example(failure)));
            ContentBuilder::new().schema(Some(Schema::from(schema))).examples_from_iter(examples)
        }
    };
    let response = ResponseBuilder::new().description(description).content("application/json", content.build());
    if tells_when {
        response.header("Retry-After", header("Seconds to wait before the next try.", Type::Integer)).build()
    } else {
        response.build()
    }
}
