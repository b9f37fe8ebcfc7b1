//! The provider's keys: kept while they are good, and fetched by one at a time.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use guestlist_identity::issuer::IssuerFault;
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
    /// When the last look ended, and how. Whoever holds this looks.
    last: Mutex<Option<(Instant, Result<(), IssuerFault>)>>,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { known: RwLock::default(), last: Mutex::default() }
    }

    pub(crate) fn known(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, if a key is known that may have signed `token`.
    pub(crate) fn of(&self, token: &Unsigned<'_>) -> Option<Arc<Known>> {
        self.known().filter(|known| known.keys.may_have_signed(token))
    }

    /// Whether it is time to look at the keys again, and nobody does.
    pub(crate) fn are_old(&self) -> bool {
        let is_old = self.known().is_none_or(|known| known.fetched_at.elapsed() >= LOOK_AGAIN_AFTER);
        is_old && self.last.try_lock().is_ok()
    }

    /// Looks at the keys, unless somebody has done so after `since` or lately; tells how the last look ended.
    ///
    /// To be called where nobody can drop it: a look that was broken off would not count.
    pub(crate) async fn look(
        &self,
        since: Instant,
        fetch: &Fetch,
        settings: &ProviderSettings,
    ) -> Result<(), IssuerFault> {
        let mut last = self.last.lock().await;
        match *last {
            Some((at, ended)) if at >= since || at.elapsed() < settings.pause => ended,
            _ => {
                let ended = self.fetch(fetch, settings).await;
                *last = Some((Instant::now(), ended));
                ended
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
