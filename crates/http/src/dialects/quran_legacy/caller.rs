//! Who is calling: the token in `o_t_h`, and whether it may be used for the operation.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::credential::Scopes;
use guestlist_core::user::User;
use guestlist_identity::Unauthenticated;

use super::answer::Answer;
use crate::authenticate::{self, NoCaller};
use crate::headers::{Credential, credential};
use crate::{App, quran_groups::GroupScope};

/// A user whose token covers the scope `S`.
pub(super) struct Caller<S>(User, PhantomData<S>);

impl<S> Deref for Caller<S> {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}

impl<S: GroupScope> FromRequestParts<App> for Caller<S> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Answer> {
        let token = match credential(&parts.headers, "o_t_h") {
            Credential::One(token) => token,
            Credential::Missing => return Err(NoCaller::from(Unauthenticated::Missing).into()),
            Credential::Ambiguous => return Err(Answer::invalid("`o_t_h` is invalid")),
        };
        let check = |scopes: &Scopes| {
            if S::is_covered_by(scopes) { Ok(()) } else { Err(Answer::forbidden("Insufficient scope")) }
        };
        let caller = authenticate::by_any(app, token, check).await?;
        Ok(Self(caller.user, PhantomData))
    }
}
