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
    /// A text; numbers and booleans count as their spelling, and null as absent.
    Text,
    /// A text with something in it.
    NonEmptyText,
    /// An array of texts.
    Texts,
    /// An array of texts, or null.
    NullableTexts,
    /// An integer, or a text that spells one.
    Integer,
    /// Yes or no, or a text or number that stands for one; null counts as absent.
    Flag,
    /// An object.
    Object,
    /// An object, or null.
    NullableObject,
    /// Whatever it is, the endpoint looks at it by itself.
    Any,
}

/// A parameter of an endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    /// What it is for.
    pub(super) about: &'static str,
}

impl Field {
    pub(super) const fn required(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, is_required: true, about }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, is_required: false, about }
    }
}

/// How a group must be named, besides the fields of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// Not at all. What is none of the fields is refused.
    Nothing,
    /// Not at all. What is none of the fields is passed over.
    Loose,
    /// Not at all. There is no schema: the endpoint makes what it can of whatever is sent.
    Unchecked,
    /// By `roomId` or by `roomName`. What is neither these nor the fields is refused.
    Room,
    /// By `roomId` or by `roomName`. What is neither these nor the fields is passed over.
    LooseRoom,
    /// By `roomId`, by `roomName`, or by both, where the id wins. What is none of the fields is refused.
    AnyRoom,
}

impl Naming {
    /// Whether a group is named.
    pub(super) const fn is_of_room(self) -> bool {
        matches!(self, Self::Room | Self::LooseRoom | Self::AnyRoom)
    }
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
    pub(super) fn with_lists(mut self, fields: &[Field]) -> Self {
        for field in fields.iter().filter(|field| matches!(field.kind, Kind::Texts | Kind::NullableTexts)) {
            if let Some(value @ Value::String(_)) = self.fields.get_mut(field.name) {
                *value = Value::Array(vec![value.take()]);
            }
        }
        self
    }

    /// Checks the parameters. The error is the text that the validator gives.
    pub(super) fn check(&self, naming: Naming, fields: &[Field]) -> Result<(), String> {
        match naming {
            Naming::Unchecked => Ok(()),
            Naming::Nothing => self.check_object(None, true, fields),
            Naming::Loose => self.check_object(None, false, fields),
            Naming::Room => self.check_room(true, fields),
            Naming::LooseRoom => self.check_room(false, fields),
            Naming::AnyRoom => {
                let room = |name| Field::optional(name, Kind::Text, "");
                let fields: Vec<_> = fields.iter().copied().chain(["roomId", "roomName"].map(room)).collect();
                self.check_room(true, &fields)
            }
        }
    }

    fn check_room(&self, is_strict: bool, fields: &[Field]) -> Result<(), String> {
        const NOT_ONE: &str = "must match exactly one schema in oneOf";
        let one_of = ["roomId", "roomName"].map(|room| self.check_object(Some(room), is_strict, fields));
        match one_of {
            [Ok(()), Ok(())] if !is_strict => Err(NOT_ONE.to_owned()),
            [Ok(()), _] | [_, Ok(())] => Ok(()),
            [Err(by_id), Err(by_name)] => Err(format!("{by_id}\n{by_name}\n{NOT_ONE}")),
        }
    }

    fn check_object(&self, room: Option<&str>, is_strict: bool, fields: &[Field]) -> Result<(), String> {
        if self.is_array {
            return Err("must be object".to_owned());
        }
        let required = room.into_iter().chain(fields.iter().filter(|field| field.is_required).map(|field| field.name));
        for name in required {
            if !self.fields.contains_key(name) {
                return Err(format!("must have required property '{name}'"));
            }
        }
        let kind = |name: &str| match fields.iter().find(|field| field.name == name) {
            Some(field) => Some(field.kind),
            None => (room == Some(name)).then_some(Kind::Text),
        };
        if is_strict && self.fields.keys().any(|name| kind(name).is_none()) {
            return Err("must NOT have additional properties".to_owned());
        }
        self.fields.iter().try_for_each(|(name, value)| kind(name).map_or(Ok(()), |kind| kind.check(value)))
    }

    /// The text of a parameter; `None` if it was not sent or is null.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        spelled(self.fields.get(name)?)
    }

    /// The same, unless nothing is in it but blanks.
    pub(super) fn filled(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    /// The texts of an array; `None` if it was not sent or is null.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        Some(self.fields.get(name)?.as_array()?.iter().filter_map(spelled).collect())
    }

    /// The integer of a parameter; `None` if it was not sent.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        integer(self.fields.get(name)?)
    }

    /// The yes or no of a parameter; `None` if it was not sent or is null.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        flag(self.fields.get(name)?)
    }

    /// The object of a parameter; `None` if it was not sent or is null.
    pub(super) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.fields.get(name)?.as_object()
    }

    /// A parameter as it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Adds what the path says.
    pub(super) fn insert(&mut self, name: &str, value: String) {
        self.fields.insert(name.to_owned(), value.into());
    }
}

impl Kind {
    fn check(self, value: &Value) -> Result<(), String> {
        let is_text = |value: &Value| value.is_null() || spelled(value).is_some();
        let (fits, name) = match self {
            Self::Any => return Ok(()),
            Self::NullableTexts | Self::NullableObject if value.is_null() => return Ok(()),
            Self::NonEmptyText if value.is_null() || value.as_str() == Some("") => {
                return Err("must NOT have fewer than 1 characters".to_owned());
            }
            Self::Text | Self::NonEmptyText => (is_text(value), "string"),
            Self::Integer => (integer(value).is_some(), "integer"),
            Self::Flag => (value.is_null() || flag(value).is_some(), "boolean"),
            Self::Object | Self::NullableObject => (value.is_object(), "object"),
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

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.as_str() {
            // One client spells them as Python does.
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        },
        _ => match value.as_i64()? {
            1 => Some(true),
            0 => Some(false),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const USERS: &[Field] =
        &[Field::optional("userId", Kind::Text, ""), Field::optional("userIds", Kind::NullableTexts, "")];
    const NAME: &[Field] = &[Field::required("name", Kind::NonEmptyText, ""), Field::optional("open", Kind::Flag, "")];

    fn complaint(naming: Naming, fields: &[Field], sent: Value) -> String {
        Params::of(Some(sent)).check(naming, fields).err().unwrap_or_default()
    }

    #[test]
    fn complaints_are_worded_as_the_validator_words_them() {
        let told = |sent| complaint(Naming::Room, USERS, sent);
        assert_eq!(
            told(json!({})),
            "must have required property 'roomId'\nmust have required property 'roomName'\nmust match exactly one \
             schema in oneOf"
        );
        assert_eq!(
            told(json!({ "roomId": "a", "roomName": "b" })),
            "must NOT have additional properties\nmust NOT have additional properties\nmust match exactly one schema \
             in oneOf"
        );
        assert!(told(json!({ "roomId": "a", "userIds": "bob" })).starts_with("must be array\n"));
        assert!(told(json!({ "roomId": "a", "userIds": [{}] })).starts_with("must be string\n"));
        assert!(told(json!({ "roomId": ["a"] })).starts_with("must be string\n"));
    }

    #[test]
    fn what_is_loose_passes_over_what_it_does_not_know() {
        let told = |sent| complaint(Naming::LooseRoom, NAME, sent);
        assert_eq!(told(json!({ "roomId": "a", "name": "b", "other": {} })), "");
        assert_eq!(
            told(json!({ "roomId": "a", "roomName": "a", "name": "b" })),
            "must match exactly one schema in oneOf"
        );
        assert!(told(json!({ "roomId": "a" })).starts_with("must have required property 'name'\n"));
        assert_eq!(complaint(Naming::Loose, NAME, json!({ "name": "b", "other": 1 })), "");
        assert_eq!(
            complaint(Naming::Nothing, NAME, json!({ "name": "b", "other": 1 })),
            "must NOT have additional properties"
        );
        assert_eq!(complaint(Naming::Nothing, NAME, json!([])), "must be object");
    }

    #[test]
    fn an_empty_text_is_none_where_something_must_be_in_it() {
        let told = |sent| complaint(Naming::Nothing, NAME, sent);
        assert_eq!(told(json!({ "name": "" })), "must NOT have fewer than 1 characters");
        assert_eq!(told(json!({ "name": " " })), "");
        assert_eq!(told(json!({ "name": "a", "open": "maybe" })), "must be boolean");
        for open in [json!("true"), json!(1), json!("True"), json!(null)] {
            assert_eq!(told(json!({ "name": "a", "open": open })), "");
        }
    }

    #[test]
    fn scalars_count_as_their_spelling_and_null_as_absent() {
        let fields = json!({ "roomId": 5, "userId": true, "userIds": null });
        assert_eq!(complaint(Naming::Room, USERS, fields.clone()), "");
        let params = Params::of(Some(fields));
        assert_eq!(params.text("roomId").as_deref(), Some("5"));
        assert_eq!(params.text("userId").as_deref(), Some("true"));
        assert_eq!(params.texts("userIds"), None);
    }

    #[test]
    fn query_strings_have_arrays_in_brackets() {
        let status = [Field::optional("status", Kind::Texts, "")];
        let params = Params::decode(b"status[]=online&status[]=away&roomId=x+y%20z&&count=7").with_lists(&status);
        assert_eq!(params.texts("status"), Some(vec!["online".into(), "away".into()]));
        assert_eq!(params.text("roomId").as_deref(), Some("x y z"));
        assert_eq!(params.integer("count"), Some(7));
        assert_eq!(Params::decode(b"status=online").with_lists(&status).texts("status"), Some(vec!["online".into()]));
    }
}
