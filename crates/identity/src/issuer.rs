//! Whoever vouches for signed tokens.

use async_trait::async_trait;
use guestlist_core::Timestamp;

use crate::error::Unauthenticated;
use crate::jwt::AccessClaims;
use crate::person::Person;

/// An issuer of signed access tokens: the one inside guestlist, or an identity provider elsewhere.
#[async_trait]
pub trait Issuer: Send + Sync {
    /// Checks a token that a request presents: signature, issuer, times, and that it is an access token.
    async fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Unverified>;

    /// What the issuer tells of the user. Asked when they are met for the first time, with a token that was verified.
    async fn person(&self, token: &str, claims: &AccessClaims) -> Person;

    /// Whether it makes tokens for clients only that are registered in guestlist.
    fn knows_registered_clients_only(&self) -> bool;
}

/// Why a token is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// It is not good.
    #[error(transparent)]
    NotGood(#[from] Unauthenticated),
    /// Whether it is good could not be found out.
    #[error(transparent)]
    Unknowable(#[from] IssuerFault),
}

/// Why an issuer elsewhere could not be asked. Never an answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IssuerFault {
    /// It is not there, refuses, or answers nonsense.
    #[error("the identity provider cannot be used")]
    Unusable,
    /// It does not answer in time.
    #[error("the identity provider does not answer in time")]
    TimedOut,
}
