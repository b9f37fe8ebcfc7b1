//! The authenticated user and client behind a request.

use guestlist_core::Timestamp;
use guestlist_core::credential::{AccessToken, ClientId, Scopes};
use guestlist_core::user::User;

use crate::error::Unauthenticated;

/// A user who has proved who they are, and what they may use this request for. Having one is the proof: it is only
/// made here.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub user: User,
    /// The client application that the token was given to, if it was given to one.
    pub client: Option<ClientId>,
    /// For what.
    pub scopes: Scopes,
    /// Until when; `None` if until revoked.
    pub expires_at: Option<Timestamp>,
}

impl Caller {
    /// The caller behind a stored token, if it is good at `now`.
    pub fn by_token(token: AccessToken, user: User, now: Timestamp) -> Result<Self, Unauthenticated> {
        // Whoever is switched off is signed out by that, but told that they are off.
        let is_signed_out = user.is_active() && user.signed_out_at.is_some_and(|at| token.created_at <= at);
        if token.revoked_at.is_some() || is_signed_out {
            return Err(Unauthenticated::Revoked);
        }
        if token.expires_at.is_some_and(|expires_at| now >= expires_at) {
            return Err(Unauthenticated::Expired);
        }
        Self::active(user, token.client, token.scopes, token.expires_at)
    }

    /// The caller behind the verified claims of a signed token.
    pub fn by_jwt(
        user: User,
        client: ClientId,
        scopes: Scopes,
        expires_at: Timestamp,
    ) -> Result<Self, Unauthenticated> {
        Self::active(user, Some(client), scopes, Some(expires_at))
    }

    fn active(
        user: User,
        client: Option<ClientId>,
        scopes: Scopes,
        expires_at: Option<Timestamp>,
    ) -> Result<Self, Unauthenticated> {
        if user.is_active() { Ok(Self { user, client, scopes, expires_at }) } else { Err(Unauthenticated::Disabled) }
    }
}
