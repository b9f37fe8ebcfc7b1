//! What chat clients keep about a group beyond what everybody else looks at: Rocket.Chat's room settings.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::names::{Description, NameError};

/// The settings of a room. They decide nothing here but who may see the members of a broadcast room.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChatSettings {
    /// What is talked about at the moment; absent until somebody says, empty once somebody took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Description>,
    /// What everybody shall read. Absent and empty as the topic is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announcement: Option<Description>,
    /// Whether only some may write.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_read_only: bool,
    /// Whether those who are in it do not see each other. Such a room is read-only, and stays what it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_broadcast: bool,
    /// Whatever a client wants to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<CustomFields>,
}

impl ChatSettings {
    /// The stored form: JSON, or nothing where all is as at the start.
    #[must_use]
    pub fn to_stored(&self) -> Option<String> {
        // Texts, flags and what came as JSON: there is nothing in it that JSON could not hold.
        (*self != Self::default()).then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads the stored form; `None` if no version of guestlist writes it.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// What chat clients keep about a user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// What friends call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<ShortText<120>>,
    /// What they say of themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<ShortText<260>>,
    /// What they are doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_text: Option<ShortText<120>>,
    /// Whatever a client wants to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<CustomFields>,
}

impl Profile {
    /// The stored form: JSON, or nothing where nothing is kept.
    #[must_use]
    pub fn to_stored(&self) -> Option<String> {
        (*self != Self::default()).then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads the stored form; `None` if no version of guestlist writes it.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A text of at most so many Unicode code points; of the control characters, line breaks and tabs are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ShortText<const MAX_CHARS: usize>(Description);

impl<const MAX_CHARS: usize> ShortText<MAX_CHARS> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<const MAX_CHARS: usize> TryFrom<String> for ShortText<MAX_CHARS> {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        if text.chars().count() > MAX_CHARS {
            return Err(NameError::TooLong { max: MAX_CHARS });
        }
        Description::parse(&text).map(Self)
    }
}

/// A JSON object of at most 10,000 bytes that a client keeps beside a group or a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct CustomFields(Map<String, Value>);

impl CustomFields {
    /// The longest that is accepted, in bytes of its JSON.
    pub const MAX_BYTES: usize = 10_000;

    /// The object.
    #[must_use]
    pub const fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl TryFrom<Map<String, Value>> for CustomFields {
    type Error = NameError;

    fn try_from(fields: Map<String, Value>) -> Result<Self, NameError> {
        let text = serde_json::to_string(&fields).map_err(|_| NameError::Malformed)?;
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong { max: Self::MAX_BYTES });
        }
        Ok(Self(fields))
    }
}

impl From<CustomFields> for Map<String, Value> {
    fn from(fields: CustomFields) -> Self {
        fields.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_from_their_stored_form() {
        let mut fields = Map::new();
        fields.insert("a".to_owned(), Value::from(vec![1, 2]));
        let settings = ChatSettings {
            topic: Description::parse("").ok(),
            announcement: Description::parse("at\nnoon").ok(),
            is_read_only: true,
            is_broadcast: true,
            custom_fields: CustomFields::try_from(fields).ok(),
        };
        let stored = settings.to_stored().unwrap_or_default();
        assert_eq!(ChatSettings::from_stored(&stored), Some(settings));
        assert_eq!(ChatSettings::default().to_stored(), None);
    }

    #[test]
    fn what_a_client_keeps_is_bounded() {
        let of = |length: usize| {
            let mut fields = Map::new();
            fields.insert("a".to_owned(), Value::from("x".repeat(length)));
            CustomFields::try_from(fields)
        };
        let around = r#"{"a":""}"#.len();
        assert!(of(CustomFields::MAX_BYTES - around).is_ok());
        assert_eq!(of(CustomFields::MAX_BYTES - around + 1), Err(NameError::TooLong { max: 10_000 }));
    }
}
