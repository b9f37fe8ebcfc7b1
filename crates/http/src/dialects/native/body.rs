//! The bytes of a body to the fields of a request. What is wrong is told by its JSON pointer (RFC 6901).

use std::fmt;
use std::marker::PhantomData;

use axum::http::{HeaderMap, header};
use guestlist_core::command::Expiry;
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::ids::UserId;
use guestlist_core::names::{Country, Description, DisplayName, Email, NameError, Note, Slug, Subject, Username};
use guestlist_core::time::Lifetime;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::{Path, Segment};

use super::problem::Problem;

/// Longest sentence of the parser that is passed on, in characters: it may quote what it was sent.
const SENTENCE_MAX: usize = 200;

/// Reads a request out of a JSON body.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Well-formed first: only what is cannot be blamed on a field.
    let text = std::str::from_utf8(bytes).map_err(|error| Problem::MalformedBody(error.to_string()))?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| Problem::MalformedBody(error.to_string()))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let read: Result<Object<T>, _> = serde_path_to_error::deserialize(&mut json);
    read.map(|Object(request)| request).map_err(|error| {
        let pointer = pointer(error.path());
        Problem::InvalidField { pointer, detail: sentence(&error.into_inner()) }
    })
}

/// Something that is written as an object only. By itself it could be written as an array, too.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}

/// Whether a body is meant as JSON. One without a content type is.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return true };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    kind.eq_ignore_ascii_case("application")
        && (subtype.eq_ignore_ascii_case("json") || subtype.to_ascii_lowercase().ends_with("+json"))
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                let key: String = key.chars().take(SENTENCE_MAX).collect();
                key.replace('~', "~0").replace('/', "~1")
            }
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

/// What the parser says, without where: the pointer tells.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    as_sentence(&text.chars().take(SENTENCE_MAX).collect::<String>())
}

/// `text`, beginning with a capital and ending with a full stop.
pub(super) fn as_sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

/// A field that may be left out, but not be null.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A list of no more than `MAX` entries. What comes after those is not looked at.
pub(super) fn up_to<'de, const MAX: usize, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    from.deserialize_seq(ListVisitor::<MAX, T>(PhantomData))
}

struct ListVisitor<const MAX: usize, T>(PhantomData<fn() -> T>);

impl<'de, const MAX: usize, T: Deserialize<'de>> Visitor<'de> for ListVisitor<MAX, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MAX}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while list.len() < MAX {
            let Some(entry) = entries.next_element()? else { return Ok(list) };
            list.push(entry);
        }
        match entries.next_element::<IgnoredAny>()? {
            None => Ok(list),
            Some(_) => Err(de::Error::custom(format_args!("write at most {MAX}"))),
        }
    }
}

/// Something that is written as a text of a certain form.
pub(super) trait Name: Sized {
    /// What to write, for people who wrote something else.
    const FORM: &'static str;

    /// Reads the text.
    fn parse(text: &str) -> Result<Self, NameError>;
}

macro_rules! names {
    ($($name:ident)*) => {
        $(impl Name for $name {
            const FORM: &'static str = $name::FORM;

            fn parse(text: &str) -> Result<Self, NameError> {
                $name::parse(text)
            }
        })*
    };
}

names! { ClientId Country Description DisplayName Email Note Slug Subject Username }

/// A text, parsed.
#[derive(Debug)]
pub(super) struct Parsed<T>(pub(super) T);

impl<'de, T: Name> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        T::parse(&text).map(Self).map_err(|_| de::Error::custom(T::FORM))
    }
}

/// A name, or null for none.
#[derive(Debug, Deserialize)]
#[serde(transparent, bound = "T: Name")]
pub(super) struct OrNull<T>(Option<Parsed<T>>);

impl<T> OrNull<T> {
    pub(super) fn name(self) -> Option<T> {
        self.0.map(|Parsed(name)| name)
    }
}

/// The number of a user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Id(pub(super) UserId);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Integer(number) = Integer::deserialize(from)?;
        UserId::new(number).map(Self).ok_or_else(|| de::Error::custom("write a number from 1 on"))
    }
}

/// An integer in the sense of JSON Schema: `3.0` is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Integer(pub(super) i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_i64(IntegerVisitor).map(Self)
    }
}

struct IntegerVisitor;

impl Visitor<'_> for IntegerVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<i64, E> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && (-EXACT..=EXACT).contains(&number) {
            #[expect(clippy::cast_possible_truncation, reason = "whole, and within what both hold exactly")]
            return Ok(number as i64);
        }
        Err(E::invalid_value(de::Unexpected::Float(number), &self))
    }
}

/// A bound on something: no bound if null.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AtMost(pub(super) Option<i64>);

impl<'de> Deserialize<'de> for AtMost {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let max: Option<Integer> = Deserialize::deserialize(from)?;
        Ok(Self(max.map(|Integer(max)| max)))
    }
}

/// How long something shall live: so many seconds, or for ever if null.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExpiresIn(pub(super) Option<Lifetime>);

impl<'de> Deserialize<'de> for ExpiresIn {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Some(Integer(secs)) = Option::deserialize(from)? else { return Ok(Self(None)) };
        let secs = u32::try_from(secs).ok().filter(|secs| *secs > 0);
        let secs = secs.ok_or_else(|| de::Error::custom("write a number of seconds from 1 to 4294967295, or null"))?;
        Ok(Self(Some(Lifetime::from_secs(secs))))
    }
}

impl From<ExpiresIn> for Expiry {
    fn from(ExpiresIn(lifetime): ExpiresIn) -> Self {
        lifetime.map_or(Self::Never, Self::After)
    }
}

/// Scopes, one by one.
#[derive(Debug)]
pub(super) struct ScopeList(pub(super) Scopes);

impl<'de> Deserialize<'de> for ScopeList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = Vec::<String>::deserialize(from)?;
        Scopes::try_from(list).map(Self).map_err(|_| de::Error::custom("write words of letters, digits and signs"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default, deserialize_with = "present")]
        number: Option<Integer>,
        #[serde(default)]
        #[expect(dead_code, reason = "read only")]
        list: Vec<Inner>,
        #[serde(default, deserialize_with = "up_to::<2, _, _>")]
        #[expect(dead_code, reason = "read only")]
        short: Vec<Integer>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read only")]
    struct Inner {
        slug: Parsed<Slug>,
    }

    fn wrong(body: &str) -> (String, String) {
        match parse::<Sample>(body.as_bytes()) {
            Err(Problem::InvalidField { pointer, detail }) => (pointer, detail),
            other => panic!("{body}: {other:?}"),
        }
    }

    fn told(pointer: &str, detail: &str) -> (String, String) {
        (pointer.to_owned(), detail.to_owned())
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place() {
        let form = format!("{}.", Slug::FORM.replacen('w', "W", 1));
        assert_eq!(wrong(r#"{"list":[{"slug":"a"},{"slug":"a b"}]}"#), told("/list/1/slug", &form));
        assert_eq!(wrong(r#"{"list":[{}]}"#), told("/list/0", "Missing field `slug`."));
        assert_eq!(wrong(r#"{"number":"1"}"#).0, "/number");
        assert_eq!(wrong(r#"{"number":null}"#).0, "/number");
        assert_eq!(wrong(r#"{"number":1e400}"#).0, "/number");
        assert_eq!(wrong(r#"{"number":1.5}"#).0, "/number");
        assert_eq!(wrong("[]").0, "");
        assert_eq!(
            wrong(r#"{"a/b~c":1}"#),
            told("/a~1b~0c", "Unknown field `a/b~c`, expected one of `number`, `list`, `short`.")
        );
        assert!(parse::<Sample>(br#"{"short":[1,2]}"#).is_ok());
        // What is beyond is not even read.
        assert_eq!(wrong(r#"{"short":[1,2,"x"]}"#), told("/short", "Write at most 2."));
        assert_eq!(wrong(r#"{"short":[1,"x",3]}"#).0, "/short/1");
        assert_eq!(wrong(r#"{"number":1,"number":1}"#).1, "Duplicate field `number`.");
    }

    #[test]
    fn a_whole_number_may_be_written_as_json_schema_allows() {
        for (body, wanted) in [("3", 3), ("3.0", 3), ("3e2", 300), ("-9007199254740992.0", -9_007_199_254_740_992)] {
            let sample: Result<Sample, _> = parse(format!(r#"{{"number":{body}}}"#).as_bytes());
            assert_eq!(sample.ok().and_then(|sample| sample.number).map(|number| number.0), Some(wanted), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_malformed_and_another_type_is_not_read() {
        for body in ["", "{", "nope", "{\"number\":01}", "{}{}"] {
            let read = parse::<Sample>(body.as_bytes());
            assert!(matches!(read, Err(Problem::MalformedBody(_))), "{body}");
        }
        let read = parse::<Sample>(b"{\"number\":\"\xff\"}");
        assert!(matches!(read, Err(Problem::MalformedBody(_))));
        for (kind, is_read) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("application/x-www-form-urlencoded", false),
            ("text/json", false),
            ("json", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
            assert_eq!(is_json(&headers), is_read, "{kind}");
        }
    }
}
