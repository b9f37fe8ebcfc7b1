//! The provider's keys: kept while they are good, and fetched by one at a time.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::{IssuerFault, Unverified};
use guestlist_identity::jwt::{KeySet, Unsigned};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::discovery::{Metadata, unusable};
use crate::fetch::Fetch;
use crate::settings::ProviderSettings;

/// After so long, keys that are known are looked at again, beside the requests that use them: one that was withdrawn is
/// good no more.
const LOOK_AGAIN_AFTER: Duration = Duration::from_mins(10);

/// What is known of a provider.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) metadata: Metadata,
    pub(crate) keys: KeySet,
    fetched_at: Instant,
}

/// Keeps what is known.
pub(crate) struct Keys {
    known: RwLock<Option<Arc<Known>>>,
    /// When it was last asked for, and what came of it. Whoever holds this asks.
    last: Mutex<Option<(Instant, Result<(), IssuerFault>)>>,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { known: RwLock::default(), last: Mutex::default() }
    }

    pub(crate) fn known(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, with a key that may have signed `token`. An unknown key is asked for at most once in a while; a
    /// provider that cannot be asked then is told as such.
    pub(crate) async fn of(
        &self,
        token: &Unsigned<'_>,
        fetch: &Fetch,
        settings: &ProviderSettings,
    ) -> Result<Arc<Known>, Unverified> {
        let fitting = || self.known().filter(|known| known.keys.may_have_signed(token));
        if let Some(known) = fitting() {
            return Ok(known);
        }
        let mut last = self.last.lock().await;
        // Somebody may have fetched it meanwhile.
        if let Some(known) = fitting() {
            return Ok(known);
        }
        match *last {
            Some((at, Err(fault))) if at.elapsed() < settings.pause => return Err(fault.into()),
            Some((at, Ok(()))) if at.elapsed() < settings.pause => {}
            _ => {
                let fetched = self.fetch(fetch, settings).await;
                *last = Some((Instant::now(), fetched));
                fetched?;
            }
        }
        fitting().ok_or_else(|| Unauthenticated::Unknown.into())
    }

    /// Whether it is time to look at the keys again.
    pub(crate) fn are_old(&self) -> bool {
        self.known().is_none_or(|known| known.fetched_at.elapsed() >= LOOK_AGAIN_AFTER)
    }

    /// Looks at the keys again, unless somebody does already or did lately; how the last look ended.
    pub(crate) async fn look_again(&self, fetch: &Fetch, settings: &ProviderSettings) -> Result<(), IssuerFault> {
        let Ok(mut last) = self.last.try_lock() else { return Ok(()) };
        match *last {
            Some((at, ended)) if at.elapsed() < settings.pause => ended,
            _ => {
                let fetched = self.fetch(fetch, settings).await;
                *last = Some((Instant::now(), fetched));
                fetched
            }
        }
    }

    async fn fetch(&self, fetch: &Fetch, settings: &ProviderSettings) -> Result<(), IssuerFault> {
        let asked = timeout(fetch.deadline(), async {
            let metadata = Metadata::fetch(fetch, &settings.issuer).await?;
            let json = fetch.json(fetch.client().get(metadata.jwks.clone())).await?;
            let keys = KeySet::parse(&json, &settings.demands);
            let keys = keys.ok_or_else(|| unusable(&settings.issuer, "it has no key that may sign tokens"))?;
            Ok(Known { metadata, keys, fetched_at: Instant::now() })
        });
        let known = asked.await.unwrap_or(Err(IssuerFault::TimedOut))?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
        Ok(())
    }
}
