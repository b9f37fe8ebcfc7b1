//! JSON objects as clients send them, looked at field by field.
//!
//! Ordinary deserialisation gives one error for the whole body. The documented answers name the field, and tell a
//! missing one from a mistyped one; and a number such as `1e400` is well-formed JSON that no type of ours can hold. So
//! a body is first split into its fields, and each is read on its own.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The fields of a JSON object, in the order in which they were sent. No two have the same name.
#[derive(Debug)]
pub(crate) struct Object<'b> {
    fields: Vec<(String, &'b RawValue)>,
}

/// Why a body is not an object to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAnObject {
    /// It is no JSON, or an object that names one field twice, which could mean either.
    Malformed,
    /// It is JSON, but an array, a text, a number …
    OtherValue,
}

impl<'b> Object<'b> {
    pub(crate) fn parse(body: &'b [u8]) -> Result<Self, NotAnObject> {
        let raw: &RawValue = serde_json::from_slice(body).map_err(|_| NotAnObject::Malformed)?;
        if !raw.get().starts_with('{') {
            return Err(NotAnObject::OtherValue);
        }
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        deserializer.deserialize_map(Fields).map_err(|_| NotAnObject::Malformed)
    }

    /// The field's value; `None` if it was not sent. An explicit `null` is a value.
    pub(crate) fn get(&self, name: &str) -> Option<Field<'b>> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| Field(value.get()))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }
}

/// Reads any JSON value; `None` if it is malformed. Of fields with the same name the last counts.
///
/// `serde_json` would read a [`Value`] by itself, but takes an object with one peculiar key for the JSON text in its
/// value: a client could write one thing for us and another for whoever else looks at the request.
pub(crate) fn value(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().map(|Plain(value)| value)
}

struct Plain(Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor).map(Self)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Value, S::Error> {
        let mut list = Vec::new();
        while let Some(Plain(value)) = seq.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Value, M::Error> {
        let mut fields = serde_json::Map::new();
        while let Some((name, Plain(value))) = map.next_entry::<String, Plain>()? {
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

/// The value of one field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'b>(&'b str);

impl Field<'_> {
    pub(crate) fn as_text(&self) -> Option<String> {
        serde_json::from_str(self.0).ok()
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        serde_json::from_str(self.0).ok()
    }

    pub(crate) fn as_texts(&self) -> Option<Vec<String>> {
        serde_json::from_str(self.0).ok()
    }

    pub(crate) fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// A number that is an integer in the sense of JSON Schema (`153.0` and `1.53e2` are) and fits 64 bits with sign.
    /// Exactly the one that is written, not the nearest that a floating point number can hold.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        let (mantissa, exponent) = self.0.split_once(['e', 'E']).unwrap_or((self.0, "0"));
        let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        if !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = all.trim_start_matches('0');
        let leading = i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            return Some(0);
        }
        // How many digits stand before the point once the exponent is applied.
        let before_point =
            i64::try_from(whole.len()).ok()?.checked_sub(leading)?.checked_add(exponent.parse().ok()?)?;
        let before_point = usize::try_from(before_point).ok().filter(|count| (digits.len()..=19).contains(count))?;
        format!("{sign}{digits:0<before_point$}").parse().ok()
    }
}

struct Fields;

impl<'b> Visitor<'b> for Fields {
    type Value = Object<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'b>>(self, mut map: M) -> Result<Object<'b>, M::Error> {
        let mut fields = Vec::new();
        let mut seen = HashSet::new();
        while let Some((name, value)) = map.next_entry::<String, &'b RawValue>()? {
            if !seen.insert(name.clone()) {
                return Err(de::Error::custom("a field occurs twice"));
            }
            fields.push((name, value));
        }
        Ok(Object { fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(json: &str) -> Option<i64> {
        let body = format!(r#"{{"n": {json} }}"#);
        let object = Object::parse(body.as_bytes()).map(|object| object.get("n").map(|field| field.as_integer()));
        object.ok().flatten().flatten()
    }

    #[test]
    fn integers_may_be_written_as_json_schema_allows() {
        assert_eq!(integer("153"), Some(153));
        assert_eq!(integer("153.0"), Some(153));
        assert_eq!(integer("1.53e2"), Some(153));
        assert_eq!(integer("-1"), Some(-1));
        assert_eq!(integer("0.153e3"), Some(153));
        assert_eq!(integer("15300e-2"), Some(153));
        assert_eq!(integer("1.53E+2"), Some(153));
        assert_eq!(integer("-0.0"), Some(0));
        assert_eq!(integer("0e99999999999999999999"), Some(0));
        assert_eq!(integer("9007199254740993.0"), Some(9_007_199_254_740_993));
        assert_eq!(integer("9.2e18"), Some(9_200_000_000_000_000_000));
        assert_eq!(integer("9223372036854775807.0"), Some(i64::MAX));
        assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
        for other in [
            "153.5",
            "\"153\"",
            "true",
            "null",
            "[153]",
            "9223372036854775808",
            "9223372036854775807.5",
            "2.00000000000000000001",
            "1e-1",
            "1e400",
            "-1e400",
            "1e99999999999999999999",
            "{}",
        ] {
            assert_eq!(integer(other), None, "{other}");
        }
    }

    #[test]
    fn a_value_is_what_is_written_even_under_the_peculiar_key_of_the_parser() {
        let text = r#"{"a":[1,-2,1.5,true,null,"x"],"$serde_json::private::RawValue":"{\"b\":1}","a":[]}"#;
        let value = value(text.as_bytes()).map(|value| value.to_string());
        assert_eq!(value.as_deref(), Some(r#"{"a":[],"$serde_json::private::RawValue":"{\"b\":1}"}"#));
    }

    #[test]
    fn a_body_that_is_no_object_says_in_which_way() {
        let parse = |body: &str| Object::parse(body.as_bytes()).map(|object| object.names().count());
        assert_eq!(parse("{}"), Ok(0));
        assert_eq!(parse(" {\"a\":1,\"b\":{\"c\":[2]}} "), Ok(2));
        for broken in ["", "{", "{}{}", "{\"a\":1,\"a\":1}", "{\"a\"}", "{'a':1}", "nope", "\u{0}", "{\"a\":01}"] {
            assert_eq!(parse(broken), Err(NotAnObject::Malformed), "{broken:?}");
        }
        for other in ["[]", "null", "\"x\"", "1", "true", " [1]"] {
            assert_eq!(parse(other), Err(NotAnObject::OtherValue), "{other:?}");
        }
        assert_eq!(Object::parse(b"{\"a\":\"\xff\"}").err(), Some(NotAnObject::Malformed));
    }
}
