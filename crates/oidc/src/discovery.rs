//! Where things are at a provider (OpenID Connect Discovery 1.0, 3 and 4).

use guestlist_identity::issuer::IssuerFault;
use reqwest::Url as Address;
use serde::Deserialize;

use crate::fetch::Fetch;
use crate::settings::Url;

const PATH: &str = "/.well-known/openid-configuration";

/// What a provider says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Metadata {
    /// Its name in tokens, byte by byte.
    pub(crate) issuer: String,
    pub(crate) jwks: Address,
    pub(crate) introspection: Option<Address>,
    pub(crate) userinfo: Option<Address>,
}

#[derive(Deserialize)]
struct Wire {
    issuer: String,
    jwks_uri: String,
    introspection_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
}

impl Metadata {
    pub(crate) async fn fetch(fetch: &Fetch, provider: &Url) -> Result<Self, IssuerFault> {
        let json = fetch.json(fetch.client().get(provider.below(PATH))).await?;
        let wire: Wire =
            serde_json::from_value(json).map_err(|_| unusable(provider, "its description lacks a part"))?;
        // Whoever answers in the name of another is not asked (4.3).
        if !provider.is(&wire.issuer) {
            return Err(unusable(provider, "it describes another issuer than the one that is set"));
        }
        let told = |text: &str| provider.told(text);
        Ok(Self {
            jwks: told(&wire.jwks_uri).ok_or_else(|| unusable(provider, "its jwks_uri is no safe address"))?,
            introspection: wire.introspection_endpoint.as_deref().and_then(told),
            userinfo: wire.userinfo_endpoint.as_deref().and_then(told),
            issuer: wire.issuer,
        })
    }
}

pub(crate) fn unusable(provider: &Url, why: &'static str) -> IssuerFault {
    tracing::warn!(%provider, why, "the identity provider cannot be used");
    IssuerFault::Unusable
}
