//! Parameters of a query string. What an operation does not know is ignored; of a repeated one the last counts.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::super::answer::{Faults, FieldFault};

/// What stands behind the question mark, and what is wrong with it.
pub(super) struct Query {
    values: HashMap<String, String>,
    faults: Faults,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self { values: pairs.into_owned().collect(), faults: Faults::default() })
    }
}

impl Query {
    /// A text; nothing if it is empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).filter(|text| !text.is_empty()).cloned()
    }

    /// What `read` makes of a parameter, if that is there.
    pub(super) fn read<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = read(self.values.get(name)?);
        if value.is_none() {
            self.faults.add(name, FieldFault::Invalid);
        }
        value
    }

    /// What was wrong, if anything was.
    pub(super) fn end(self) -> Result<(), Faults> {
        self.faults.none()
    }
}
