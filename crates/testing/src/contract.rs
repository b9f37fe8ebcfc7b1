//! Holds every answer to the document of the API that gave it: the route, the method, the status, the type of the content
//! and its whole body must be there as they are. A field that a document does not name is one too many.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use axum::http::header::CONTENT_TYPE;
use guestlist_http::openapi::Dialect;
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::closed::closed;
use crate::reply::Reply;

/// What a document says of one operation.
pub struct Operation {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/v1/groups/{groupId}`.
    pub path: String,
    /// By status.
    answers: BTreeMap<String, Answer>,
}

/// What a document says of an operation's answers with one status.
struct Answer {
    /// By media type.
    bodies: BTreeMap<String, Body>,
}

/// A body as a document describes it.
struct Body {
    /// Where the schema is.
    schema: String,
    examples: Vec<Value>,
    validator: OnceLock<Validator>,
}

impl Body {
    fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let options = jsonschema::options().with_registry(&REGISTRY).should_validate_formats(true);
            options.build(&json!({ "$ref": self.schema })).unwrap_or_else(|error| panic!("{}: {error}", self.schema))
        })
    }

    /// What is wrong with `value`.
    fn errors(&self, value: &Value) -> Vec<String> {
        let errors = self.validator().iter_errors(value);
        errors.map(|error| format!("{error} at {:?}", error.instance_path().to_string())).collect()
    }
}

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let registry = Registry::new();
    let registry = Dialect::ALL
        .into_iter()
        .fold(registry, |registry, dialect| registry.add(address(dialect), closed(parsed(dialect))).unwrap());
    registry.prepare().unwrap()
});

fn address(dialect: Dialect) -> String {
    format!("urn:guestlist:{}", dialect.as_str())
}

fn parsed(dialect: Dialect) -> Value {
    serde_json::from_str(dialect.document()).expect("a document is JSON")
}

/// The operations of a document.
#[must_use]
pub fn operations(dialect: Dialect) -> &'static [Operation] {
    static OPERATIONS: [OnceLock<Vec<Operation>>; 5] = [const { OnceLock::new() }; 5];
    OPERATIONS[dialect as usize].get_or_init(|| {
        let document = parsed(dialect);
        let paths = document["paths"].as_object().expect("a document has paths").iter();
        let operations = paths.flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        });
        operations.map(|(path, method, operation)| Operation::read(dialect, path, method, operation)).collect()
    })
}

impl Operation {
    fn read(dialect: Dialect, path: &str, method: &str, operation: &Value) -> Self {
        let place = format!("{}#/paths/{}/{method}/responses", address(dialect), escaped(path));
        let answers = operation["responses"].as_object().unwrap().iter().map(|(status, answer)| {
            let bodies = answer["content"].as_object().into_iter().flatten().map(|(media_type, content)| {
                let schema = format!("{place}/{status}/content/{}/schema", escaped(media_type));
                let examples =
                    content["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
                let examples = content.get("example").into_iter().chain(examples).cloned().collect();
                (media_type.clone(), Body { schema, examples, validator: OnceLock::new() })
            });
            (status.clone(), Answer { bodies: bodies.collect() })
        });
        Self { method: method.to_uppercase(), path: path.to_owned(), answers: answers.collect() }
    }

    /// How many parts of the path are variable, if `parts` can be this operation's path.
    fn matches(&self, parts: &[&str]) -> Option<usize> {
        let mut given = parts.iter();
        let mut variable = 0;
        for ours in self.path.split('/') {
            match given.next() {
                Some(theirs) if ours == *theirs => {}
                Some(_) if ours.starts_with('{') => variable += 1,
                _ => return None,
            }
        }
        given.next().is_none().then_some(variable)
    }
}

/// Fails unless the document of the API to which `path` belongs describes this very answer.
///
/// What no API answers is passed over: `/healthz`, or the page of the documents.
///
/// # Panics
///
/// If it does not.
pub fn hold(method: &str, path: &str, reply: &Reply) {
    if let Err(complaint) = check(method, path, reply) {
        panic!("{method} {path} answered {} {}, but its document {complaint}", reply.status, reply.text);
    }
}

fn check(method: &str, path: &str, reply: &Reply) -> Result<(), String> {
    // Slashes are forgiven before the routes are looked at.
    let path = path.split('?').next().unwrap_or_default();
    let path = path.split('/').filter(|part| !part.is_empty()).fold(String::new(), |path, part| path + "/" + part);
    // Rooms are served in two places, and described in one of them.
    let is_room = path.starts_with("/auth/v1/rooms") || path.starts_with("/auth/v1/users");
    let path = if is_room { path.replacen("/auth", Dialect::QuranRooms.prefix(), 1) } else { path };
    let is_below =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(dialect) = Dialect::ALL.into_iter().find(|dialect| is_below(dialect.prefix())) else { return Ok(()) };

    let here = closest(operations(dialect), &path);
    // Where there is a GET, there is a HEAD.
    let documented = if method == "HEAD" { "GET" } else { method };
    let Some(operation) = here.iter().find(|operation| operation.method == documented) else {
        // Of a path that there is, our own API says that it does not take the method; others may deny it.
        let is_there = !here.is_empty();
        let may_be_denied = !is_there || dialect != Dialect::Native;
        let is_not_found = reply.status == 404 && may_be_denied || reply.status == 405 && is_there;
        return if is_not_found { Ok(()) } else { Err("knows no such operation".to_owned()) };
    };
    let answer = operation.answers.get(&reply.status.to_string()).ok_or("knows no such status")?;
    if answer.bodies.is_empty() {
        return if reply.text.is_empty() { Ok(()) } else { Err("knows no body".to_owned()) };
    }
    let content_type = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    let body = answer.bodies.get(media_type).ok_or_else(|| format!("knows no {content_type:?}"))?;
    if !media_type.ends_with("json") || method == "HEAD" {
        return Ok(());
    }
    // Of lines of JSON the schema is that of each.
    let values = if media_type == "application/x-ndjson" { reply.text.lines().collect() } else { vec![&*reply.text] };
    for value in values {
        let value = serde_json::from_str(value).map_err(|error| format!("wants JSON: {error}"))?;
        let errors = body.errors(&value);
        if !errors.is_empty() {
            return Err(format!("says otherwise: {errors:#?}"));
        }
    }
    Ok(())
}

/// The operations of `path`: of those that could be meant, the ones with the fewest variable parts.
fn closest<'o>(operations: &'o [Operation], path: &str) -> Vec<&'o Operation> {
    let parts: Vec<_> = path.split('/').collect();
    let here = operations.iter().filter_map(|operation| Some((operation.matches(&parts)?, operation)));
    let fewest = here.clone().map(|(variable, _)| variable).min();
    here.filter(|(variable, _)| Some(*variable) == fewest).map(|(_, operation)| operation).collect()
}

/// Fails unless every example of an answer is as its schema says. Returns how many there are.
///
/// # Panics
///
/// If one is not.
#[must_use]
pub fn check_examples(dialect: Dialect) -> usize {
    let answers = operations(dialect).iter().flat_map(|operation| operation.answers.values());
    let bodies = answers.flat_map(|answer| answer.bodies.values());
    let examples = bodies.flat_map(|body| body.examples.iter().map(move |example| (body, example)));
    examples.map(|(body, example)| assert_eq!(body.errors(example), [""; 0], "{}", body.schema)).count()
}

/// A part of a JSON pointer in the fragment of an address.
fn escaped(part: &str) -> String {
    let part = part.replace('~', "~0").replace('/', "~1");
    part.replace('{', "%7B").replace('}', "%7D").replace(' ', "%20")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::*;

    const PROBLEM: &str =
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"code":"token_missing","detail":"No."}"#;

    fn is_held(method: &str, path: &str, status: u16, content_type: &'static str, text: &str) -> bool {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let reply = Reply { status, headers, text: text.to_owned() };
        std::panic::catch_unwind(|| hold(method, path, &reply)).is_ok()
    }

    #[test]
    fn an_answer_holds_if_its_document_describes_it_and_not_otherwise() {
        let mine = "/guestlist/v1/invitations";
        let problem = "application/problem+json";
        assert!(is_held("GET", mine, 401, problem, PROBLEM));
        assert!(is_held("GET", "//guestlist/v1//invitations/?limit=1", 401, problem, PROBLEM), "slashes are forgiven");

        let with_a_field_more = PROBLEM.replace('{', r#"{"secret":1,"#);
        assert!(!is_held("GET", mine, 401, problem, &with_a_field_more));
        assert!(!is_held("GET", mine, 401, problem, &PROBLEM.replace(r#""status":401,"#, "")), "a field less");
        assert!(!is_held("GET", mine, 401, problem, &PROBLEM.replace("401", r#""401""#)), "a field of another type");
        assert!(!is_held("GET", mine, 401, problem, "No."), "no JSON");
        assert!(!is_held("GET", mine, 401, "application/json", PROBLEM), "another content type");
        assert!(!is_held("GET", mine, 418, problem, PROBLEM), "another status");
    }

    #[test]
    fn what_no_document_knows_does_not_exist() {
        for (path, status) in [("/guestlist/v1/nothing", 404), ("/guestlist/v1/invitations", 405), ("/healthz", 200)] {
            assert!(is_held("DELETE", path, status, "text/plain", "No."), "{path} {status}");
        }
        for (path, status) in [
            ("/guestlist/v1/nothing", 200),
            ("/guestlist/v1/nothing", 405),
            ("/guestlist/v1/invitations", 200),
            ("/guestlist/v1/invitations", 404),
        ] {
            assert!(!is_held("DELETE", path, status, "text/plain", "No."), "{path} {status}");
        }
    }
}
