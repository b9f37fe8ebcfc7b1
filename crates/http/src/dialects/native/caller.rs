//! Who is calling: the bearer of a token, opaque or signed, that is good for this API.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::credential::Scopes;
use guestlist_core::origin::Via;
use guestlist_identity::Unauthenticated;

use super::answer::Problem;
use crate::authenticate::{self, Asker, NoCaller};
use crate::headers::{Credential, credential};
use crate::{App, request_id};

/// What a token must be good for.
const SCOPE: &str = "guestlist";

/// A user whose token covers this API.
pub(super) struct Caller(Asker);

impl Deref for Caller {
    type Target = Asker;

    fn deref(&self) -> &Asker {
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
        let origin = request_id::origin(Via::Native, &parts.extensions);
        Ok(Self(authenticate::by_any(app, origin, token, check).await?))
    }
}
