//! Client applications: how they are shown.

use guestlist_core::credential::Client;
use serde::Serialize;
use utoipa::ToSchema;

use crate::time::iso;

/// An application that calls on behalf of users.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub(super) struct ClientBody {
    /// Its OAuth 2 client id.
    id: String,
    /// Empty when nobody gave one.
    name: String,
    /// The most that its tokens may be used for; `*` is everything.
    scopes: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl ClientBody {
    pub(super) fn of(client: &Client) -> Self {
        Self {
            id: client.id.to_string(),
            name: client.name.clone(),
            scopes: client.scopes.iter().map(str::to_owned).collect(),
            created_at: iso(client.created_at),
        }
    }
}
