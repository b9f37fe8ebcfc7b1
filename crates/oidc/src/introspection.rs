//! Asking the provider what has become of a token (RFC 7662), so that one that was revoked is good no more.

use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::{IssuerFault, Unverified};
use serde::Deserialize;

use crate::discovery::{Metadata, unusable};
use crate::fetch::Fetch;
use crate::settings::{Introspector, Url};

#[derive(Deserialize)]
struct Answer {
    active: bool,
    token_use: Option<String>,
}

/// Insists that a token is an active access token by what the provider says.
pub(crate) async fn insist(
    token: &str,
    by: &Introspector,
    metadata: &Metadata,
    fetch: &Fetch,
    provider: &Url,
) -> Result<(), Unverified> {
    let endpoint = metadata.introspection.clone();
    let endpoint = endpoint.ok_or_else(|| unusable(provider, "it has no introspection_endpoint"))?;
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
    Ok(())
}
