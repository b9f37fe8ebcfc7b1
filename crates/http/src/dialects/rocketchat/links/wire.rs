//! A link as it is shown.

use guestlist_core::link::Link;
use guestlist_core::time::Timestamp;
use guestlist_store::StoreError;
use guestlist_store::rooms::RoomLink;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::link_secret::Key;
use crate::time::iso;

/// A link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invite {
    /// What is presented to come in, of a link that was made by this API.
    #[serde(rename = "_id")]
    id: String,
    /// The same, under the name that it will have.
    #[serde(rename = "inviteToken", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// The group.
    rid: String,
    /// Who made it.
    user_id: String,
    /// How long it lives; 0 is for ever.
    days: i64,
    /// How many it lets in; 0 is any number.
    max_uses: i64,
    uses: i64,
    created_at: String,
    #[serde(rename = "_updatedAt")]
    updated_at: String,
    #[schema(required)]
    expires: Option<String>,
    /// The address to hand out, when it was just asked for.
    url: String,
}

impl Invite {
    /// One that was just asked for, with its address.
    pub(super) fn with_url(found: &RoomLink, key: &Key, app: &App) -> Result<Self, StoreError> {
        let shown = Self::of(found, key)?;
        let url = format!("{}/invite/{}", app.public_url, shown.id);
        Ok(Self { url, ..shown })
    }

    pub(super) fn of(found: &RoomLink, key: &Key) -> Result<Self, StoreError> {
        let link = &found.link;
        let secret = key.secret_of(link)?.map(|secret| secret.reveal().to_owned());
        Ok(Self {
            id: secret.clone().unwrap_or_else(|| link.id.to_string()),
            token: secret,
            rid: found.group.uid.to_string(),
            user_id: found.creator.uid.to_string(),
            days: days(link),
            max_uses: link.uses_max.unwrap_or(0),
            uses: link.uses,
            created_at: iso(link.created_at),
            updated_at: iso(link.created_at),
            expires: link.expires_at.map(iso),
            url: String::new(),
        })
    }
}

/// How many days a link lives from its making on, at least begun; 0 if for ever.
pub(super) fn days(link: &Link) -> i64 {
    const DAY: i64 = 86_400_000;
    let millis = |end: Timestamp| end.as_millis().saturating_sub(link.created_at.as_millis());
    link.expires_at.map_or(0, |end| millis(end).saturating_add(DAY - 1) / DAY)
}
