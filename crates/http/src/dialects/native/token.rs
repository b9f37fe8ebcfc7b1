//! Access tokens: how they are shown.

use guestlist_core::credential::AccessToken;
use serde::Serialize;
use utoipa::ToSchema;

use crate::time::iso;

/// An access token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenBody {
    id: String,
    user_id: i64,
    /// The client application that it was issued to; null if to none.
    #[schema(required)]
    client_id: Option<String>,
    /// What it is good for; `*` is everything.
    scopes: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends by itself; null for never.
    #[schema(format = DateTime, required)]
    expires_at: Option<String>,
    #[schema(format = DateTime, required)]
    revoked_at: Option<String>,
    /// What to send as `Authorization: Bearer SECRET`. Shown once, when the token is issued, and stored as a hash only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

impl TokenBody {
    pub(super) fn of(token: &AccessToken) -> Self {
        Self {
            id: token.id.to_string(),
            user_id: token.user.get(),
            client_id: token.client.as_ref().map(ToString::to_string),
            scopes: token.scopes.iter().map(str::to_owned).collect(),
            created_at: iso(token.created_at),
            expires_at: token.expires_at.map(iso),
            revoked_at: token.revoked_at.map(iso),
            secret: None,
        }
    }

    /// As it is shown once to whoever has just asked for it.
    pub(super) fn issued(token: &AccessToken, secret: &str) -> Self {
        Self { secret: Some(secret.to_owned()), ..Self::of(token) }
    }
}
