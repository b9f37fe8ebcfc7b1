//! From a presented token to a caller: what `identity` checks, with what `store` knows.

use std::sync::Arc;

use guestlist_core::command::SeeSubject;
use guestlist_core::ids::Uid;
use guestlist_identity::token::PlainToken;
use guestlist_identity::{Caller, Unauthenticated};
use guestlist_store::{Rejection, StoreError};

use crate::App;

/// Why there is no caller.
#[derive(Debug)]
pub(crate) enum NoCaller {
    /// The request does not tell who is calling.
    Unauthenticated(Unauthenticated),
    /// It could not be found out.
    Unknowable(StoreError),
}

impl From<Unauthenticated> for NoCaller {
    fn from(reason: Unauthenticated) -> Self {
        Self::Unauthenticated(reason)
    }
}

impl From<StoreError> for NoCaller {
    fn from(error: StoreError) -> Self {
        Self::Unknowable(error)
    }
}

/// The caller behind one of guestlist's own opaque tokens.
pub(crate) async fn by_opaque(app: &App, presented: &str) -> Result<Caller, NoCaller> {
    let hash = PlainToken::presented(presented)?.hash();
    let (token, user) = app.store.read().token(hash).await?.ok_or(Unauthenticated::Unknown)?;
    Ok(Caller::by_token(token, user, app.now())?)
}

/// The caller behind a signed token. A user whom guestlist meets for the first time gets an account.
pub(crate) async fn by_jwt(app: &App, presented: &str) -> Result<Caller, NoCaller> {
    let claims = app.issuer.verify(presented, app.now())?;
    // The built-in issuer signs for registered clients only: the token of one that was removed is good no more.
    let bearer = app.store.read().bearer(claims.subject.clone(), claims.client.clone()).await?;
    if !bearer.is_client_known {
        return Err(Unauthenticated::Revoked.into());
    }
    let user = if let Some(user) = bearer.user {
        user
    } else {
        let seen = SeeSubject { subject: claims.subject, uid: Uid::generate(&*app.entropy) };
        app.store.submit(seen).await.map_err(first_sight_failed)?.0
    };
    Ok(Caller::by_jwt(user, claims.client, claims.scopes)?)
}

/// The caller behind either kind of token, told apart by the two dots of a signed one.
pub(crate) async fn by_any(app: &App, presented: &str) -> Result<Caller, NoCaller> {
    if presented.bytes().filter(|byte| *byte == b'.').count() == 2 {
        by_jwt(app, presented).await
    } else {
        by_opaque(app, presented).await
    }
}

fn first_sight_failed(rejection: Rejection) -> NoCaller {
    match rejection {
        Rejection::Failed(error) => NoCaller::Unknowable(error),
        // Only a new id that is taken, or numbers used up: neither is the caller's doing.
        Rejection::Refused(refusal) => NoCaller::Unknowable(StoreError::Bug {
            what: "a new account could not be made".to_owned(),
            cause: Some(Arc::new(Rejection::Refused(refusal))),
        }),
    }
}
