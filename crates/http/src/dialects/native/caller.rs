//! Who is calling: the bearer of a token, opaque or signed, that is good for the operation.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::credential::Scopes;
use guestlist_core::origin::Via;
use guestlist_identity::Unauthenticated;

use super::problem::Problem;
use super::scope::Scope;
use crate::authenticate::{self, Asker, NoCaller};
use crate::headers::{Credential, credential};
use crate::request_limit::Payer;
use crate::{App, request_id, request_limit};

/// A user whose token covers the scope `S`, and who has not made too many requests.
pub(super) struct Caller<S> {
    asker: Asker,
    scope: PhantomData<fn() -> S>,
}

impl<S> Deref for Caller<S> {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.asker
    }
}

impl<S: Scope> Caller<S> {
    /// Who presents a request. Says so as often as it is asked: an answer that goes on for long has to know whether its
    /// reader may still have it.
    pub(super) async fn behind(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let Credential::One(value) = credential(&parts.headers, "authorization") else {
            return Err(Problem::Unauthenticated(Unauthenticated::Missing));
        };
        // The scheme's name is compared without case (RFC 9110, 11.1).
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(NoCaller::from(Unauthenticated::Malformed).into()),
        };
        let check = |scopes: &Scopes| scopes.cover(S::NAME).then_some(()).ok_or(Problem::InsufficientScope(S::NAME));
        let origin = request_id::origin(Via::Native, &parts.extensions);
        let asker = authenticate::by_any(app, origin, token, check).await?;
        Ok(Self { asker, scope: PhantomData })
    }
}

impl<S: Scope> FromRequestParts<App> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Self::behind(parts, app).await?;
        request_limit::count(app, &Payer::user(caller.id), NonZeroU32::MIN, &parts.extensions)
            .map_err(Problem::TooManyRequests)?;
        Ok(caller)
    }
}
