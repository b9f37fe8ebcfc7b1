//! Parameters as Rocket.Chat checks them: against a schema, with scalars converted where that helps, and in the words
//! of its validator.

use serde_json::{Map, Value};

/// The fields of a body, or the keys of a query string.
#[derive(Debug, Default)]
pub(super) struct Params {
    fields: Map<String, Value>,
    /// An array was sent instead: it has no fields, and a schema complains of it.
    is_array: bool,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text; numbers and booleans count as their spelling.
    Text,
    /// A text or null.
    NullableText,
    /// An array of texts.
    Texts,
    /// An array of texts, or null.
    NullableTexts,
    /// An integer, or a text that spells one.
    Integer,
}

/// How a group must be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// By `roomId` or by `roomName`.
    One,
    /// By `roomId`, by `roomName`, or by both, where the id wins.
    Any,
}

impl Params {
    /// The fields of a body. One that is malformed, or no object, has none.
    pub(super) fn of(body: Option<Value>) -> Self {
        match body {
            Some(Value::Object(fields)) => Self { fields, is_array: false },
            Some(Value::Array(_)) => Self { fields: Map::new(), is_array: true },
            Some(_) | None => Self::default(),
        }
    }

    /// The keys of a query string or of a form: `key[]=a&key[]=b` is an array.
    pub(super) fn decode(text: &[u8]) -> Self {
        let mut fields = Map::new();
        for (key, value) in form_urlencoded::parse(text) {
            match key.strip_suffix("[]") {
                Some(list) => match fields.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
                    Value::Array(list) => list.push(value.into()),
                    single => *single = Value::Array(vec![single.take(), value.into()]),
                },
                None => drop(fields.insert(key.into_owned(), value.into())),
            }
        }
        Self { fields, is_array: false }
    }

    /// In a query, a single value stands for an array of one.
    pub(super) fn with_lists(mut self, names: &[&str]) -> Self {
        for name in names {
            if let Some(value @ Value::String(_)) = self.fields.get_mut(*name) {
                *value = Value::Array(vec![value.take()]);
            }
        }
        self
    }

    /// Checks the parameters of a call that names a group, besides the given `fields`. The error is the text that the
    /// validator gives.
    pub(super) fn check(&self, naming: Naming, fields: &[(&str, Kind)]) -> Result<(), String> {
        let alternatives = ["roomId", "roomName"].map(|room| self.check_alternative(room, naming, fields));
        match alternatives {
            [Ok(()), _] | [_, Ok(())] => Ok(()),
            [Err(by_id), Err(by_name)] => Err(format!("{by_id}\n{by_name}\nmust match exactly one schema in oneOf")),
        }
    }

    fn check_alternative(&self, room: &str, naming: Naming, fields: &[(&str, Kind)]) -> Result<(), String> {
        if self.is_array {
            return Err("must be object".to_owned());
        }
        if !self.fields.contains_key(room) {
            return Err(format!("must have required property '{room}'"));
        }
        let is_room = |name: &str| name == room || (naming == Naming::Any && matches!(name, "roomId" | "roomName"));
        let kind = |name: &str| match fields.iter().find(|(field, _)| *field == name) {
            Some((_, kind)) => Some(*kind),
            None => is_room(name).then_some(Kind::Text),
        };
        if self.fields.keys().any(|name| kind(name).is_none()) {
            return Err("must NOT have additional properties".to_owned());
        }
        self.fields.iter().try_for_each(|(name, value)| kind(name).map_or(Ok(()), |kind| kind.check(value)))
    }

    /// The text of a parameter; `None` if it was not sent or is null.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        spelled(self.fields.get(name)?)
    }

    /// The texts of an array; `None` if it was not sent or is null.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        Some(self.fields.get(name)?.as_array()?.iter().filter_map(spelled).collect())
    }

    /// The integer of a parameter; `None` if it was not sent.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        integer(self.fields.get(name)?)
    }

    /// A parameter as it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }
}

impl Kind {
    fn check(self, value: &Value) -> Result<(), String> {
        let is_text = |value: &Value| value.is_null() || spelled(value).is_some();
        let (fits, name) = match self {
            Self::Text | Self::NullableText => (is_text(value), "string"),
            Self::Integer => (integer(value).is_some(), "integer"),
            Self::NullableTexts if value.is_null() => return Ok(()),
            Self::Texts | Self::NullableTexts => match value {
                Value::Array(list) => (list.iter().all(is_text), "string"),
                _ => (false, "array"),
            },
        };
        if fits { Ok(()) } else { Err(format!("must be {name}")) }
    }
}

fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const USERS: &[(&str, Kind)] = &[("userId", Kind::NullableText), ("userIds", Kind::NullableTexts)];

    fn check(fields: Value) -> Result<(), String> {
        Params::of(Some(fields)).check(Naming::One, USERS)
    }

    #[test]
    fn complaints_are_worded_as_the_validator_words_them() {
        assert_eq!(
            check(json!({})).unwrap_err(),
            "must have required property 'roomId'\nmust have required property 'roomName'\nmust match exactly one \
             schema in oneOf"
        );
        assert_eq!(
            check(json!({ "roomId": "a", "roomName": "b" })).unwrap_err(),
            "must NOT have additional properties\nmust NOT have additional properties\nmust match exactly one schema \
             in oneOf"
        );
        assert!(check(json!({ "roomId": "a", "userIds": "bob" })).unwrap_err().starts_with("must be array\n"));
        assert!(check(json!({ "roomId": "a", "userIds": [{}] })).unwrap_err().starts_with("must be string\n"));
        assert!(check(json!({ "roomId": ["a"] })).unwrap_err().starts_with("must be string\n"));
    }

    #[test]
    fn scalars_count_as_their_spelling_and_null_as_absent() {
        let fields = json!({ "roomId": 5, "userId": true, "userIds": null });
        assert_eq!(check(fields.clone()), Ok(()));
        let params = Params::of(Some(fields));
        assert_eq!(params.text("roomId").as_deref(), Some("5"));
        assert_eq!(params.text("userId").as_deref(), Some("true"));
        assert_eq!(params.texts("userIds"), None);
    }

    #[test]
    fn query_strings_have_arrays_in_brackets() {
        let params = Params::decode(b"status[]=online&status[]=away&roomId=x+y%20z&&count=7").with_lists(&["status"]);
        assert_eq!(params.texts("status"), Some(vec!["online".into(), "away".into()]));
        assert_eq!(params.text("roomId").as_deref(), Some("x y z"));
        assert_eq!(params.integer("count"), Some(7));
        assert_eq!(
            Params::decode(b"status=online").with_lists(&["status"]).texts("status"),
            Some(vec!["online".into()])
        );
    }
}
