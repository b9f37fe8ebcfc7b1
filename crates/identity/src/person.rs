//! What an issuer tells of a user besides who they are.

use guestlist_core::names::{DisplayName, Email};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A user as an issuer knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their name for people.
    pub name: Option<DisplayName>,
    /// An address that the issuer vouches for.
    pub email: Option<Email>,
}

impl Person {
    /// What is known here or, where that is nothing, there.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { name: self.name.or(other.name), email: self.email.or(other.email) }
    }
}

/// The same as claims (OpenID Connect Core 1.0, 5.1), in a token or told by a provider. Whatever is of an odd form is not known.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PersonClaims {
    #[serde(default, skip_serializing_if = "Value::is_null")]
    name: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    given_name: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    family_name: Value,
    /// So Quran Foundation's provider has it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    first_name: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    last_name: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    email: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    email_verified: Value,
}

impl PersonClaims {
    /// Who that is. An address that was not verified is none.
    #[must_use]
    pub fn person(&self) -> Person {
        let parts = |first: &Value, last: &Value| {
            let parts: Vec<_> = [first, last].into_iter().filter_map(Value::as_str).collect();
            DisplayName::parse(&parts.join(" ")).ok()
        };
        let name = self.name.as_str().and_then(|name| DisplayName::parse(name).ok());
        let name = name.or_else(|| parts(&self.given_name, &self.family_name));
        // Some providers write it as a text.
        let is_verified = self.email_verified == true || self.email_verified == "true";
        let email = self.email.as_str().filter(|_| is_verified).and_then(|email| Email::parse(email).ok());
        Person { name: name.or_else(|| parts(&self.first_name, &self.last_name)), email }
    }
}

impl From<&Person> for PersonClaims {
    fn from(person: &Person) -> Self {
        let text = |text: Option<String>| text.map_or(Value::Null, Value::from);
        Self {
            name: text(person.name.as_ref().map(ToString::to_string)),
            email: text(person.email.as_ref().map(ToString::to_string)),
            email_verified: person.email.as_ref().map_or(Value::Null, |_| true.into()),
            ..Self::default()
        }
    }
}
