//! Who is calling: the signed token in `x-auth-token`, issued to the client in `x-client-id`, and whether it may be
//! used for the operation.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::user::User;
use guestlist_identity::jwt::AccessClaims;

use super::answer::Answer;
use crate::headers::{Credential, credential};
use crate::quran_groups::GroupScope;
use crate::{App, authenticate};

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
        // Missing headers are a bad request here, not a failure to authenticate: clients renew their token at 401.
        let Credential::One(token) = credential(&parts.headers, "x-auth-token") else {
            return Err(Answer::InvalidRequest);
        };
        let Credential::One(client) = credential(&parts.headers, "x-client-id") else {
            return Err(Answer::InvalidRequest);
        };
        let check = |claims: &AccessClaims| {
            if claims.client.as_str() != client {
                return Err(Answer::Forbidden);
            }
            if S::is_covered_by(&claims.scopes) { Ok(()) } else { Err(Answer::InsufficientScope) }
        };
        let caller = authenticate::by_jwt(app, token, check).await?;
        Ok(Self(caller.user, PhantomData))
    }
}
