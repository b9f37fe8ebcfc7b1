//! The provider as an issuer of tokens.

use std::sync::Arc;

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::{Issuer, IssuerFault, Unverified};
use guestlist_identity::jwt::{AccessClaims, Remembered, Unsigned};
use guestlist_identity::person::{Person, PersonClaims};
use serde::Deserialize;
use tokio::time::Instant;

use crate::fetch::Fetch;
use crate::introspection;
use crate::keys::{Keys, Known};
use crate::settings::ProviderSettings;

/// An identity provider. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Parts>);

struct Parts {
    settings: ProviderSettings,
    fetch: Fetch,
    keys: Keys,
    verified: Remembered<AccessClaims>,
    active: Remembered<()>,
}

impl Provider {
    /// A provider that nobody has asked yet. Fails if the system has no usable TLS.
    pub fn new(settings: ProviderSettings) -> Result<Self, reqwest::Error> {
        Ok(Self(Arc::new(Parts {
            fetch: Fetch::new(settings.deadline)?,
            settings,
            keys: Keys::new(),
            verified: Remembered::default(),
            active: Remembered::default(),
        })))
    }

    /// Looks at the provider's keys, so that the first request finds them, unless somebody does already or did lately. Says how
    /// the last look ended; why is logged.
    pub async fn look(&self) -> Result<(), IssuerFault> {
        self.0.look().await
    }
}

impl Parts {
    /// Looks at the keys, or waits for whoever does. In a task of its own: clients that ask and go away again must not set off
    /// one look after the other.
    async fn look(self: &Arc<Self>) -> Result<(), IssuerFault> {
        let (parts, since) = (Arc::clone(self), Instant::now());
        let looking = tokio::spawn(async move {
            let before = parts.keys.known();
            let ended = parts.keys.look(since, &parts.fetch, &parts.settings).await;
            parts.forget_if_changed(before.as_deref());
            ended
        });
        looking.await.unwrap_or(Err(IssuerFault::Unusable))
    }

    /// Old keys are looked at beside the request, which goes on with those that are known.
    fn keep_up(self: &Arc<Self>) {
        if self.keys.are_old() {
            let parts = Arc::clone(self);
            tokio::spawn(async move { parts.look().await });
        }
    }

    /// What is known, with a key that may have signed the token. A provider that cannot be asked for it is told as such.
    async fn keys_of(self: &Arc<Self>, token: &Unsigned<'_>) -> Result<Arc<Known>, Unverified> {
        if let Some(known) = self.keys.of(token) {
            return Ok(known);
        }
        let looked = self.look().await;
        match self.keys.of(token) {
            Some(known) => Ok(known),
            None => looked.map_or_else(|fault| Err(fault.into()), |()| Err(Unauthenticated::Unknown.into())),
        }
    }

    /// What a key has signed that is there no more is not remembered to be good.
    fn forget_if_changed(&self, before: Option<&Known>) {
        if let (Some(before), Some(now)) = (before, self.keys.known())
            && !now.keys.is_like(&before.keys)
        {
            self.verified.clear();
        }
    }

    /// What the provider tells of the user of a token.
    async fn ask(&self, token: &str, claims: &AccessClaims) -> Option<Person> {
        let endpoint = self.keys.known()?.metadata.userinfo.clone()?;
        let json = self.fetch.json(self.fetch.client().get(endpoint).bearer_auth(token)).await.ok()?;
        let UserInfo { sub, person } = serde_json::from_value(json).ok()?;
        // An answer about somebody else must not be used (5.3.2).
        let is_theirs = claims.subject.as_ref().is_some_and(|subject| subject.as_str() == sub);
        is_theirs.then(|| person.person())
    }

    async fn check(self: &Arc<Self>, token: &str, now: Timestamp) -> Result<AccessClaims, Unverified> {
        let unsigned = Unsigned::read(token, &self.settings.demands)?;
        // Nobody is asked for the sake of a token that says itself that it is another's.
        if !self.settings.issuer.is(unsigned.issuer()) {
            return Err(Unauthenticated::Unknown.into());
        }
        let known = self.keys_of(&unsigned).await?;
        let mut claims = known.keys.verify(&unsigned, &known.metadata.issuer, &self.settings.demands, now)?;
        claims.scopes = claims.scopes.named();
        Ok(claims)
    }
}

#[async_trait]
impl Issuer for Provider {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Unverified> {
        let parts = &self.0;
        let claims = match parts.verified.get(token, now) {
            Some(known) => known.unless_over(now)?,
            None => {
                let claims = parts.check(token, now).await?;
                parts.verified.insert(token, claims.clone(), now);
                claims
            }
        };
        parts.keep_up();
        if let (Some(by), Some(known)) = (&parts.settings.introspector, parts.keys.known()) {
            // One that is not active is asked about again the next time.
            if parts.active.get(token, now).is_none() {
                introspection::insist(token, by, &known.metadata, &parts.fetch, &parts.settings.issuer).await?;
                parts.active.insert(token, (), now);
            }
        }
        Ok(claims)
    }

    /// What the token tells of the user and, where its scopes let it, the provider (OpenID Connect Core 1.0, 5.3). That is an
    /// extra: where it cannot be had, the account is made without.
    async fn person(&self, token: &str, claims: &AccessClaims) -> Person {
        let known = claims.person.clone();
        let is_whole = known.name.is_some() && known.email.is_some();
        if is_whole || !["email", "profile"].into_iter().any(|scope| claims.scopes.cover(scope)) {
            return known;
        }
        known.or(self.0.ask(token, claims).await.unwrap_or_default())
    }

    fn knows_registered_clients_only(&self) -> bool {
        false
    }
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    person: PersonClaims,
}
