//! Who is calling: the bearer of a token, opaque or signed, that is good for this API.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::credential::Scopes;
use guestlist_core::user::User;
use guestlist_identity::Unauthenticated;

use super::answer::Problem;
use crate::App;
use crate::authenticate::{self, NoCaller};
use crate::headers::{Credential, credential};

/// What a token must be good for.
const SCOPE: &str = "guestlist";

/// A user whose token covers this API.
pub(super) struct Caller(User);

impl Deref for Caller {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Credential::One(value) = credential(&parts.headers, "authorization") else {
            return Err(Problem::Unauthenticated(Unauthenticated::Missing));
        };
        // The scheme's name is compared without case (RFC 9110, 11.1).
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(NoCaller::from(Unauthenticated::Malformed).into()),
        };
        let check = |scopes: &Scopes| if scopes.cover(SCOPE) { Ok(()) } else { Err(Problem::InsufficientScope) };
        let caller = authenticate::by_any(app, token, check).await?;
        Ok(Self(caller.user))
    }
}
