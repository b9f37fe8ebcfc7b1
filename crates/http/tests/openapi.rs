//! The documents themselves. That every answer is as its document says is checked wherever a test sends a request.

use std::collections::HashSet;

use guestlist_http::openapi::Dialect;
use guestlist_testing::{TestApp, contract};
use serde_json::Value;

fn document(dialect: Dialect) -> Value {
    serde_json::from_str(dialect.document()).expect("a document is JSON")
}

/// The operations of a document, with how a test names each.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("a document has paths").iter();
    let operations = paths.flat_map(|(path, item)| {
        let operations = item.as_object().expect("a path has operations").iter();
        operations.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_operation_of_a_document_is_served_and_answers_strangers_as_described() {
    let app = TestApp::new().await;
    for dialect in Dialect::ALL {
        for operation in contract::operations(dialect) {
            let path = operation.path.replace(['{', '}'], "");
            // The reply is held to the document as every other is.
            let reply = app.request(&operation.method, &path).body("{}").send().await;
            let expected = match (dialect, path.as_str()) {
                (Dialect::Rocketchat, "/api/info" | "/api/v1/info") => 200,
                // Whoever may call without a login is told what is missing.
                (Dialect::Rocketchat, "/api/v1/users.register" | "/api/v1/validateInviteToken")
                | (Dialect::Quran | Dialect::QuranRooms, _) => 400,
                (Dialect::Native | Dialect::Rocketchat, _) => 401,
                (Dialect::QuranLegacy, _) => 403,
            };
            assert_eq!(reply.status, expected, "{} {path}: {}", operation.method, reply.text);
        }
    }
}

#[test]
fn a_document_is_openapi_3_1_and_names_each_operation_once() {
    for dialect in Dialect::ALL {
        let document = document(dialect);
        assert_eq!(document["openapi"], "3.1.0", "{dialect:?}");
        let mut ids = HashSet::new();
        for (name, operation) in operations(&document) {
            let text = |field: &str| operation[field].as_str().is_some_and(|text| !text.is_empty());
            assert!(text("summary") && operation["tags"][0].is_string(), "{name} says what it is for");
            assert!(
                text("operationId") && ids.insert(operation["operationId"].to_string()),
                "{name} has a name of its own"
            );
            let is_protected = operation.get("security").or_else(|| document.get("security")).is_some();
            assert!(is_protected, "{name} says which credentials it takes");
        }
    }
}

#[test]
fn every_reference_leads_to_something() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(address) = fields.get("$ref").and_then(Value::as_str) {
                    let target = address.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                    assert!(target.is_some(), "{address} leads nowhere");
                }
                fields.values().for_each(|field| check(field, document));
            }
            Value::Array(list) => list.iter().for_each(|entry| check(entry, document)),
            _ => {}
        }
    }
    for dialect in Dialect::ALL {
        let document = document(dialect);
        check(&document, &document);
    }
}

#[test]
fn every_example_of_an_answer_is_as_its_schema_says() {
    for dialect in Dialect::ALL {
        let count = contract::check_examples(dialect);
        assert!(count > 0 || dialect == Dialect::Native, "{dialect:?} has examples");
    }
}

#[tokio::test]
async fn the_documents_and_a_page_that_needs_no_other_server_are_at_docs() {
    let app = TestApp::new().await;
    for dialect in Dialect::ALL {
        let reply = app.request("GET", &format!("/docs/{}.json", dialect.as_str())).send().await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
        assert_eq!(reply.text, dialect.document());
    }

    let page = app.request("GET", "/docs").send().await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'; "));
    let parts = page.text.split(['"', '\'']).filter(|text| text.starts_with("docs/")).collect::<Vec<_>>();
    assert_eq!(parts.len(), 5, "{parts:?}");
    for part in parts {
        assert_eq!(app.request("GET", &format!("/{part}")).download().await.0, 200, "{part}");
    }
    assert!(!page.text.contains("//"), "nothing comes from another server");

    let settings = app.request("GET", "/docs/swagger-initializer.js").send().await;
    for dialect in Dialect::ALL {
        assert!(settings.text.contains(&format!("\"docs/{}.json\"", dialect.as_str())), "{}", settings.text);
    }
    assert_eq!(app.request("GET", "/docs/nothing.js").send().await.status, 404);
}
