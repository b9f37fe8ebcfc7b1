//! What is wrong with a body, whatever it asks for.

use serde_json::json;

use crate::support::{Circle, invalid_field, problem};

const GROUPS: &str = "/guestlist/v1/groups";

#[tokio::test]
async fn a_body_that_is_no_json_is_told_where() {
    let circle = Circle::new().await;
    for (body, detail) in [
        ("", "The body is no JSON: EOF while parsing a value at line 1 column 0."),
        ("{\"name\":", "The body is no JSON: EOF while parsing a value at line 1 column 8."),
        ("nope", "The body is no JSON: expected ident at line 1 column 2."),
        ("{}{}", "The body is no JSON: trailing characters at line 1 column 3."),
    ] {
        let reply = circle.app.request("POST", GROUPS).bearer(&circle.amina).body(body).send().await;
        reply.assert(400, problem(400, "body_malformed", detail));
    }
    let odd =
        circle.app.request("POST", GROUPS).bearer(&circle.amina).body(b"{\"name\":\"\xff\"}".as_slice()).send().await;
    assert_eq!((odd.status, &odd.json()["code"]), (400, &json!("body_malformed")));
}

#[tokio::test]
async fn a_field_that_is_wrong_is_told_by_its_pointer() {
    let circle = Circle::new().await;
    for (body, pointer, detail) in [
        ("{}", "", "Missing field `name`."),
        ("{\"name\":5}", "/name", "Invalid type: integer `5`, expected a string."),
        ("{\"name\":\"x\",\"name\":\"y\"}", "", "Duplicate field `name`."),
        ("[]", "", "Invalid type: sequence, expected an object."),
        ("null", "", "Invalid type: null, expected an object."),
        ("{\"name\":\"\\ud800\"}", "/name", "Unexpected end of hex escape."),
        ("{\"name\":\"x\",\"owner_id\":1e400}", "/owner_id", "Number out of range."),
    ] {
        let reply = circle.app.request("POST", GROUPS).bearer(&circle.amina).body(body).send().await;
        reply.assert(422, invalid_field(pointer, detail));
    }
    // A peculiar key of the parser is a field like any other.
    let peculiar = r#"{"name":{"$serde_json::private::RawValue":"\"x\""}}"#;
    let reply = circle.app.request("POST", GROUPS).bearer(&circle.amina).body(peculiar).send().await;
    assert_eq!((reply.status, &reply.json()["pointer"]), (422, &json!("/name")));
}

#[tokio::test]
async fn a_body_may_be_left_out_or_null_where_nothing_in_it_is_needed() {
    let circle = Circle::new().await;
    for path in ["/guestlist/v1/groups/1/links", "/guestlist/v1/tokens"] {
        for body in ["", "null", " null\n", "{}"] {
            let reply = circle.app.request("POST", path).bearer(&circle.amina).body(body).send().await;
            assert_eq!((path, body, reply.status), (path, body, 201));
        }
    }
    let reply = circle.app.request("POST", GROUPS).bearer(&circle.amina).body("null").send().await;
    reply.assert(422, invalid_field("", "Invalid type: null, expected an object."));
}

#[tokio::test]
async fn a_body_is_of_json_and_not_too_large() {
    let circle = Circle::new().await;
    let send = |kind: &'static str, body: String| {
        circle.app.request("POST", GROUPS).bearer(&circle.amina).header("content-type", kind).body(body).send()
    };
    let detail = "Send the body as `Content-Type: application/json`.";
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"] {
        send(kind, "{}".to_owned()).await.assert(415, problem(415, "unsupported_media_type", detail));
    }
    assert_eq!(send("application/json; charset=utf-8", r#"{"name":"x"}"#.to_owned()).await.status, 201);
    let detail = "The body is too large. Send less at once.";
    let large = send("application/json", " ".repeat(64 * 1024 + 1)).await;
    large.assert(413, problem(413, "body_too_large", detail));
}
