//! From a presented token to a caller: what `identity` checks, with what `store` knows.

use std::ops::Deref;

use guestlist_core::Origin;
use guestlist_core::command::{Ask, SeeSubject};
use guestlist_core::credential::{Client, ClientId, Grant, Scopes};
use guestlist_core::ids::Uid;
use guestlist_core::names::Subject;
use guestlist_core::user::User;
use guestlist_identity::issuer::{IssuerFault, Unverified};
use guestlist_identity::jwt::AccessClaims;
use guestlist_identity::person::Person;
use guestlist_identity::token::PlainToken;
use guestlist_identity::{Caller, Unauthenticated};
use guestlist_store::query::Bearer;
use guestlist_store::terms::{Submitted, Terms};
use guestlist_store::{Rejection, StoreError};

use crate::App;

/// An authenticated user, and where what they ask for comes from.
pub(crate) struct Asker {
    user: User,
    grant: Grant,
    origin: Origin,
}

impl Asker {
    fn new(caller: Caller, origin: Origin) -> Self {
        let grant = Grant { scopes: caller.scopes, expires_at: caller.expires_at };
        Self { user: caller.user, grant, origin: Origin { client: caller.client, ..origin } }
    }

    /// What the token is good for, and until when.
    pub(crate) const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The client application that the token was given to, if it was given to one.
    pub(crate) const fn client(&self) -> Option<&ClientId> {
        self.origin.client.as_ref()
    }

    /// Carries out a command, whose events tell where it came from.
    pub(crate) async fn submit<A: Ask>(&self, app: &App, ask: A) -> Result<A::Outcome, Rejection> {
        app.store.submit_from(&self.origin, ask).await
    }

    /// The same under terms.
    pub(crate) async fn submit_under<A: Ask>(
        &self,
        app: &App,
        terms: Terms,
        ask: A,
    ) -> Result<Submitted<A::Outcome>, Rejection> {
        app.store.submit_under(&self.origin, terms, ask).await
    }
}

impl Deref for Asker {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

/// Why there is no caller.
#[derive(Debug)]
pub(crate) enum NoCaller {
    /// The request does not tell who is calling.
    Unauthenticated(Unauthenticated),
    /// It could not be found out.
    Unknowable(StoreError),
    /// Likewise, for the identity provider's sake.
    IssuerFault(IssuerFault),
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

impl From<Unverified> for NoCaller {
    fn from(reason: Unverified) -> Self {
        match reason {
            Unverified::NotGood(reason) => Self::Unauthenticated(reason),
            Unverified::Unknowable(fault) => Self::IssuerFault(fault),
        }
    }
}

/// The caller behind one of guestlist's own opaque tokens, if its scopes pass `check`.
pub(crate) async fn by_opaque<E: From<NoCaller>>(
    app: &App,
    origin: Origin,
    presented: &str,
    check: impl FnOnce(&Scopes) -> Result<(), E>,
) -> Result<Asker, E> {
    let caller = opaque(app, presented).await?;
    check(&caller.scopes)?;
    Ok(Asker::new(caller, origin))
}

async fn opaque(app: &App, presented: &str) -> Result<Caller, NoCaller> {
    let hash = PlainToken::presented(presented)?.hash();
    let (token, user) = app.store.read().token(hash).await?.ok_or(Unauthenticated::Unknown)?;
    Ok(Caller::by_token(token, user, app.now())?)
}

/// The caller behind a signed token, if its client and scopes pass `check`. A user whom guestlist meets for the first time gets
/// an account, but not by a token that is good for nothing here.
pub(crate) async fn by_jwt<E: From<NoCaller>>(
    app: &App,
    origin: Origin,
    presented: &str,
    check: impl FnOnce(&ClientId, &Scopes) -> Result<(), E>,
) -> Result<Asker, E> {
    let bearer = by_jwt_of_anybody(app, origin, presented, check).await?;
    bearer.ok_or_else(|| NoCaller::from(Unauthenticated::NoUser).into())
}

/// The same, where an application may call as well, for which there is no user.
pub(crate) async fn by_jwt_of_anybody<E: From<NoCaller>>(
    app: &App,
    origin: Origin,
    presented: &str,
    check: impl FnOnce(&ClientId, &Scopes) -> Result<(), E>,
) -> Result<Option<Asker>, E> {
    let claims = app.issuer.verify(presented, app.now()).await.map_err(NoCaller::from)?;
    let known = known(app, &claims).await.map_err(NoCaller::from)?;
    let scopes = granted(app, known.client, &claims).map_err(NoCaller::from)?;
    check(&claims.client, &scopes)?;
    let Some(subject) = claims.subject.clone() else { return Ok(None) };
    let user = match known.user {
        Some(user) => user,
        None => welcome(app, &origin, presented, subject, &claims).await?,
    };
    let caller = Caller::by_jwt(user, claims.client, scopes, claims.expires_at).map_err(NoCaller::from)?;
    Ok(Some(Asker::new(caller, origin)))
}

/// The caller behind either kind of token, told apart by the two dots of a signed one, if its scopes pass `check`.
pub(crate) async fn by_any<E: From<NoCaller>>(
    app: &App,
    origin: Origin,
    presented: &str,
    check: impl FnOnce(&Scopes) -> Result<(), E>,
) -> Result<Asker, E> {
    if presented.bytes().filter(|byte| *byte == b'.').count() == 2 {
        by_jwt(app, origin, presented, |_, scopes| check(scopes)).await
    } else {
        by_opaque(app, origin, presented, check).await
    }
}

/// What is known here of the user and the client of a token.
async fn known(app: &App, claims: &AccessClaims) -> Result<Bearer, StoreError> {
    let client = claims.client.clone();
    match claims.subject.clone() {
        Some(subject) => app.store.read().bearer(subject, client).await,
        None => Ok(Bearer { user: None, client: app.store.read().client(client).await? }),
    }
}

/// Opens an account for somebody who is met for the first time.
async fn welcome(
    app: &App,
    origin: &Origin,
    token: &str,
    subject: Subject,
    claims: &AccessClaims,
) -> Result<User, NoCaller> {
    let Person { name, email } = app.issuer.person(token, claims).await;
    let see = SeeSubject { subject, uid: Uid::generate(&*app.entropy), name, email };
    let origin = Origin { client: Some(claims.client.clone()), ..origin.clone() };
    Ok(app.store.submit_from(&origin, see).await.map_err(first_sight_failed)?.0)
}

/// What a token is good for: no more than its client may have, if that is registered here.
///
/// The built-in issuer signs for registered clients only. The token of one that was removed is good no more, not even if
/// another is registered under the same id.
fn granted(app: &App, client: Option<Client>, claims: &AccessClaims) -> Result<Scopes, Unauthenticated> {
    let is_of_registered_clients = app.issuer.knows_registered_clients_only();
    match client {
        Some(client) if is_of_registered_clients && claims.issued_at.as_secs() < client.created_at.as_secs() => {
            Err(Unauthenticated::Revoked)
        }
        Some(client) => Ok(claims.scopes.within(&client.scopes)),
        None if is_of_registered_clients => Err(Unauthenticated::Revoked),
        None => Ok(claims.scopes.clone()),
    }
}

fn first_sight_failed(rejection: Rejection) -> NoCaller {
    match rejection {
        Rejection::Failed(error) => NoCaller::Unknowable(error),
        // Only a new id that is taken, or numbers used up: neither is the caller's doing.
        Rejection::Refused(refusal, _) => {
            tracing::error!(?refusal, "a new account could not be made");
            NoCaller::Unknowable(StoreError::bug("a new account could not be made"))
        }
    }
}
