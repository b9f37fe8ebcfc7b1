//! Every schema once.

use serde_json::{Map, Value, json};

/// The document with references to the schemas that have a name, wherever one is spelled out. A generic type spells out
/// what it is made of, and a client would get a type of its own for that.
pub(crate) fn shared(mut document: Value) -> Value {
    let named = document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    let is_object = |schema: &Value| schema.get("properties").is_some();
    let named: Map<_, _> = named.into_iter().filter(|(_, schema)| is_object(schema)).collect();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.values_mut().for_each(|schema| refer_within(schema, &named));
    }
    if let Some(paths) = document.get_mut("paths") {
        refer_within(paths, &named);
    }
    document
}

fn refer_within(value: &mut Value, named: &Map<String, Value>) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| refer(field, named)),
        Value::Array(list) => list.iter_mut().for_each(|entry| refer(entry, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn refer(value: &mut Value, named: &Map<String, Value>) {
    match named.iter().find(|(_, schema)| *schema == value) {
        Some((name, _)) => *value = json!({ "$ref": format!("#/components/schemas/{name}") }),
        None => refer_within(value, named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_name_is_referred_to_by_it() {
        let person = json!({ "properties": { "name": { "type": "string" } } });
        let list = json!({ "properties": { "data": { "type": "array", "items": person } } });
        let document =
            json!({ "paths": { "/a": list }, "components": { "schemas": { "Person": person, "List": list } } });
        let list = json!({ "properties": { "data": { "type": "array", "items": { "$ref": "#/components/schemas/Person" } } } });
        let expected = json!({
            "paths": { "/a": { "$ref": "#/components/schemas/List" } },
            "components": { "schemas": { "Person": person, "List": list } },
        });
        assert_eq!(shared(document), expected);
    }
}
