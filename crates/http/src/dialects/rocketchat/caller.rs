//! Who is calling: a token, and the id of the user whose token it is.

use std::ops::Deref;

use axum::http::request::Parts;
use guestlist_core::Origin;
use guestlist_core::credential::{Scopes, TokenHash};
use guestlist_core::origin::Via;
use guestlist_identity::Unauthenticated;
use guestlist_identity::token::PlainToken;

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
pub(super) struct Caller {
    asker: Asker,
    token: TokenHash,
}

impl Deref for Caller {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.asker
    }
}

/// Where a request comes from, whoever is calling.
pub(super) fn origin(parts: &Parts) -> Origin {
    request_id::origin(Via::RocketChat, &parts.extensions)
}

impl Caller {
    /// The user whose id and token the headers hold.
    pub(super) async fn identify(parts: &Parts, app: &App) -> Result<Self, NoCaller> {
        let header = |name| match credential(&parts.headers, name) {
            Credential::One(value) => Ok(value),
            Credential::Missing | Credential::Ambiguous => Err(Unauthenticated::Missing),
        };
        let (id, token) = (header("x-user-id")?, header("x-auth-token")?);
        let caller = authenticate::by_opaque(app, origin(parts), token, is_good_for_this_api).await?;
        if caller.uid.as_str() != id {
            return Err(Unauthenticated::Unknown.into());
        }
        Ok(Self { asker: caller, token: PlainToken::presented(token)?.hash() })
    }

    /// The same, for endpoints that tell more to some who are logged in.
    pub(super) async fn identify_if_any(parts: &Parts, app: &App) -> Result<Option<Self>, Answer> {
        match Self::identify(parts, app).await {
            Ok(caller) => Ok(Some(caller)),
            Err(NoCaller::Unauthenticated(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// What the presented token is looked up by.
    pub(super) const fn token(&self) -> TokenHash {
        self.token
    }
}
