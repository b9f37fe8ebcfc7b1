//! Who is calling: the signed token in `x-auth-token`, issued to the client in `x-client-id`, and whether it may be
//! used for the operation.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::origin::Via;

use super::answer::Answer;
use crate::authenticate::{self, Asker};
use crate::headers::{Credential, credential};
use crate::quran_groups::RequiredScope;
use crate::request_limit::Payer;
use crate::{App, request_id, request_limit};

/// A user whose token covers the scope `S`.
pub(super) struct Caller<S>(Asker, PhantomData<S>);

/// A user, or an application without one, whose token covers the scope `S`.
pub(super) struct Viewer<S>(Option<Asker>, PhantomData<S>);

impl<S> Viewer<S> {
    /// The user, if there is one.
    pub(super) const fn user(&self) -> Option<&Asker> {
        self.0.as_ref()
    }
}

impl<S> Deref for Caller<S> {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.0
    }
}

impl<S: RequiredScope> FromRequestParts<App> for Caller<S> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Answer> {
        let Viewer(caller, scope) = Viewer::<S>::from_request_parts(parts, app).await?;
        Ok(Self(caller.ok_or(Answer::Unauthorized)?, scope))
    }
}

impl<S: RequiredScope> FromRequestParts<App> for Viewer<S> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Answer> {
        // Missing headers are a bad request here, not a failure to authenticate: clients renew their token at 401.
        let Credential::One(token) = credential(&parts.headers, "x-auth-token") else {
            return Err(Answer::InvalidRequest);
        };
        let Credential::One(client) = credential(&parts.headers, "x-client-id") else {
            return Err(Answer::InvalidRequest);
        };
        let origin = request_id::origin(Via::Quran, &parts.extensions);
        let check = |issued_to: &ClientId, scopes: &Scopes| {
            if issued_to.as_str() != client {
                return Err(Answer::Forbidden);
            }
            let is_covered = !app.enforces_scopes || S::is_covered_by(scopes);
            if is_covered { Ok(()) } else { Err(Answer::InsufficientScope) }
        };
        let caller = authenticate::by_jwt_of_anybody(app, origin, token, check).await?;
        // The client is the one of the token by now.
        let payer = Payer::through(ClientId::parse(client).ok(), caller.as_ref().map(|caller| caller.id));
        request_limit::count(app, &payer, NonZeroU32::MIN, &parts.extensions).map_err(Answer::RateLimitExceeded)?;
        Ok(Self(caller, PhantomData))
    }
}
