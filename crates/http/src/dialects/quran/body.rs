//! From bytes to the fields of a request.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use guestlist_core::user::UserRef;

use super::answer::Answer;
use crate::json::Object;
use crate::limits::{self, BodyFault};
use crate::{App, quran_groups};

/// The body of `inviteUser`.
pub(super) struct Invitee(pub(super) UserRef);

impl FromRequest<App> for Invitee {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &App) -> Result<Self, Answer> {
        Ok(Self(quran_groups::invitee(&Object::parse(&read(request).await?)?)?))
    }
}

/// The body of `assignAsAdmin` and `removeUser`.
pub(super) struct Named(pub(super) UserRef);

impl FromRequest<App> for Named {
    type Rejection = Answer;

    async fn from_request(request: Request, _: &App) -> Result<Self, Answer> {
        Ok(Self(quran_groups::user(&Object::parse(&read(request).await?)?)?))
    }
}

/// It is JSON whatever its content type says.
pub(super) async fn read(request: Request) -> Result<Bytes, Answer> {
    limits::read(request.into_body()).await.map_err(|fault| match fault {
        BodyFault::TooLarge => Answer::PayloadTooLarge,
        BodyFault::Broken => Answer::InvalidRequest,
    })
}
