//! From bytes to the fields of a request. Fields that an operation does not know are ignored, as clients send some.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use guestlist_core::ids::GroupId;

use super::super::answer::{Answer, Faults, FieldFault};
use super::super::body;
use crate::App;
use crate::json::{Field, NotAnObject, Object};

/// The body of a request. It is JSON whatever its content type says.
pub(super) struct Body(Bytes);

impl FromRequest<App> for Body {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &App) -> Result<Self, Answer> {
        Ok(Self(body::read(request).await?))
    }
}

impl Body {
    pub(super) fn object(&self) -> Result<Object<'_>, Answer> {
        Object::parse(&self.0).map_err(|reason| match reason {
            NotAnObject::Malformed => Answer::InvalidRequest,
            NotAnObject::OtherValue => Answer::UnprocessableFields(Faults::of("body", FieldFault::Invalid)),
        })
    }
}

/// Reads the fields of a body one by one, and gathers what is wrong with them.
pub(super) struct Fields<'b> {
    object: Object<'b>,
    faults: Faults,
}

impl<'b> Fields<'b> {
    pub(super) fn of(object: Object<'b>) -> Self {
        Self { object, faults: Faults::default() }
    }

    /// What was wrong, if anything was.
    pub(super) fn end(self) -> Result<(), Faults> {
        self.faults.none()
    }

    pub(super) fn fault(&mut self, name: &'static str, fault: FieldFault) {
        self.faults.add(name, fault);
    }

    /// Whether the field was sent at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some()
    }

    /// The field as `read` takes it; nothing if it was not sent, or is faulty.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Field<'b>) -> Result<T, FieldFault>,
    ) -> Option<T> {
        match read(&self.object.get(name)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.add(name, fault);
                None
            }
        }
    }

    /// The same for a field that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Field<'b>) -> Result<T, FieldFault>,
    ) -> Option<T> {
        if !self.has(name) {
            self.faults.add(name, FieldFault::Missing);
        }
        self.optional(name, read)
    }
}

/// A text of at most `max` Unicode code points.
pub(super) fn text(field: &Field<'_>, max: usize) -> Result<String, FieldFault> {
    let text = field.as_text().ok_or(FieldFault::Invalid)?;
    if text.chars().count() > max { Err(FieldFault::MaxLength) } else { Ok(text) }
}

pub(super) fn flag(field: &Field<'_>) -> Result<bool, FieldFault> {
    field.as_bool().ok_or(FieldFault::Invalid)
}

/// The number of a room.
pub(super) fn room_id(field: &Field<'_>) -> Result<GroupId, FieldFault> {
    field.as_integer().and_then(GroupId::new).ok_or(FieldFault::Invalid)
}
