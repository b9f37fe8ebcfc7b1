//! Asking the provider what has become of a token (RFC 7662), so that one that was revoked is good no more.

use guestlist_core::Timestamp;
use guestlist_core::time::Lifetime;
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::{IssuerFault, Unverified};
use quick_cache::sync::Cache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::discovery::{Metadata, unusable};
use crate::fetch::Fetch;
use crate::settings::{Introspector, ProviderSettings};

/// How long a token that is active is not asked about again.
const ACTIVE_FOR: Lifetime = Lifetime::from_secs(60);

/// The most tokens that are remembered to be active.
const TOKENS_MAX: usize = 10_000;

/// Remembers which tokens were active lately, by their SHA-256.
pub(crate) struct Introspection(Cache<[u8; 32], Timestamp>);

#[derive(Deserialize)]
struct Answer {
    active: bool,
    token_use: Option<String>,
}

impl Introspection {
    pub(crate) fn new() -> Self {
        Self(Cache::new(TOKENS_MAX))
    }

    /// Insists that a token is active at `now`. One that is not is asked about again the next time.
    pub(crate) async fn insist(
        &self,
        token: &str,
        now: Timestamp,
        by: &Introspector,
        metadata: &Metadata,
        fetch: &Fetch,
        settings: &ProviderSettings,
    ) -> Result<(), Unverified> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        if self.0.get(&hash).is_some_and(|until| now < until) {
            return Ok(());
        }
        let endpoint = metadata.introspection.clone();
        let endpoint = endpoint.ok_or_else(|| unusable(&settings.issuer, "it has no introspection_endpoint"))?;
        let request = fetch.client().post(endpoint).basic_auth(&by.client, Some(&by.secret));
        let json = fetch.json(request.form(&[("token", token)])).await?;
        let answer = serde_json::from_value(json);
        let Answer { active, token_use } = answer.map_err(|_| IssuerFault::Unusable)?;
        if !active {
            return Err(Unauthenticated::Revoked.into());
        }
        if token_use.is_some_and(|kind| kind == "refresh_token") {
            return Err(Unauthenticated::Malformed.into());
        }
        self.0.insert(hash, now + ACTIVE_FOR);
        Ok(())
    }
}
