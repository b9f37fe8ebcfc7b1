//! Who is calling: a token, and the id of the user whose token it is.

use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use guestlist_core::credential::Scopes;
use guestlist_core::origin::Via;
use guestlist_identity::Unauthenticated;

use super::answer::Answer;
use crate::authenticate::{self, Asker, NoCaller};
use crate::headers::{Credential, credential};
use crate::{App, request_id};

/// What a token must be good for. This API has no scopes of its own; a token that was given out for another must not
/// open it.
const SCOPE: &str = "rocketchat";

/// Whether a token of these scopes may be used here. To the caller, one that may not is not known.
pub(super) fn is_good_for_this_api(scopes: &Scopes) -> Result<(), NoCaller> {
    if scopes.cover(SCOPE) { Ok(()) } else { Err(Unauthenticated::Unknown.into()) }
}

/// A user who is logged in.
pub(super) struct Caller(Asker);

impl Deref for Caller {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.0
    }
}

async fn identify(parts: &Parts, app: &App) -> Result<Asker, NoCaller> {
    let header = |name| match credential(&parts.headers, name) {
        Credential::One(value) => Ok(value),
        Credential::Missing | Credential::Ambiguous => Err(Unauthenticated::Missing),
    };
    let (id, token) = (header("x-user-id")?, header("x-auth-token")?);
    let origin = request_id::origin(Via::RocketChat, &parts.extensions);
    let caller = authenticate::by_opaque(app, origin, token, is_good_for_this_api).await?;
    if caller.uid.as_str() != id {
        return Err(Unauthenticated::Unknown.into());
    }
    Ok(caller)
}

impl FromRequestParts<App> for Caller {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Answer> {
        Ok(Self(identify(parts, app).await?))
    }
}

/// For endpoints that tell more to some who are logged in.
impl OptionalFromRequestParts<App> for Caller {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Answer> {
        match identify(parts, app).await {
            Ok(caller) => Ok(Some(Self(caller))),
            Err(NoCaller::Unauthenticated(_)) => Ok(None),
            Err(NoCaller::Unknowable(error)) => Err(error.into()),
        }
    }
}
