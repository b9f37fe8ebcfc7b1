//! Documents as strict as they can be read.
//!
//! A document leaves its answers open where new fields may come one day, so that clients expect them. A test that checks
//! today's answers wants no others than are described today.

use serde_json::{Map, Value};

/// The document with every object closed that does not say itself whether it has further fields.
pub(crate) fn closed(mut document: Value) -> Value {
    let open = document.clone();
    close(&mut document, &open, Role::Whole);
    document
}

/// What a schema is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It describes a value alone.
    Whole,
    /// It describes a value together with others: only they all know all fields.
    Part,
}

fn close(value: &mut Value, open: &Value, role: Role) {
    match value {
        Value::Object(schema) => close_object(schema, open, role),
        Value::Array(list) => list.iter_mut().for_each(|value| close(value, open, Role::Whole)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn close_object(schema: &mut Map<String, Value>, open: &Value, role: Role) {
    let has_fields = schema.get("properties").is_some_and(Value::is_object);
    let is_composed = schema.get("allOf").is_some_and(Value::is_array);
    let is_one_of_several = has_fields || is_composed || role == Role::Part;
    let says_so = ["additionalProperties", "unevaluatedProperties"].iter().any(|name| schema.contains_key(*name));
    for (name, value) in schema.iter_mut() {
        match (name.as_str(), value) {
            ("example" | "examples" | "default" | "enum" | "const", _) => {}
            ("properties", Value::Object(fields)) => {
                fields.values_mut().for_each(|field| close(field, open, Role::Whole));
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) if name == "allOf" || is_one_of_several => {
                for part in parts {
                    close_part(part, open);
                }
            }
            (_, value) => close(value, open, Role::Whole),
        }
    }
    if role == Role::Whole && (has_fields || is_composed) && !says_so {
        schema.insert("unevaluatedProperties".to_owned(), false.into());
    }
}

/// Closes what is within a part, which itself has to stay open. What it refers to is closed elsewhere, so it is put in
/// its place.
fn close_part(part: &mut Value, open: &Value) {
    if let Some(pointer) = part.get("$ref").and_then(Value::as_str).and_then(|address| address.strip_prefix('#')) {
        *part = open.pointer(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}")).clone();
    }
    close(part, open, Role::Part);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_closed_unless_it_says_otherwise() {
        let document = json!({ "a": { "properties": { "b": { "properties": {} } } }, "c": { "properties": {}, "additionalProperties": true } });
        let expected = json!({
            "a": { "properties": { "b": { "properties": {}, "unevaluatedProperties": false } }, "unevaluatedProperties": false },
            "c": { "properties": {}, "additionalProperties": true },
        });
        assert_eq!(closed(document), expected);
    }

    #[test]
    fn what_is_composed_is_closed_as_a_whole() {
        let part = json!({ "properties": { "x": {} } });
        let document =
            json!({ "part": part, "whole": { "allOf": [{ "$ref": "#/part" }, { "properties": { "y": {} } }] } });
        let closed = closed(document);
        let expected = json!({ "allOf": [part, { "properties": { "y": {} } }], "unevaluatedProperties": false });
        assert_eq!(closed["whole"], expected);
        assert_eq!(closed["part"]["unevaluatedProperties"], false);
    }
}
