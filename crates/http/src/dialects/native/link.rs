//! Invite links: how they are shown.

use guestlist_core::Timestamp;
use guestlist_core::link::{Link, LinkState};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{RoleWord, roles};
use crate::time::iso;

/// An invite link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Link)]
pub(super) struct LinkBody {
    id: String,
    group_id: i64,
    creator_id: i64,
    /// What comes with it.
    roles: Vec<RoleWord>,
    /// How many people it lets in at the most; null for any number.
    #[schema(required)]
    uses_max: Option<i64>,
    /// How many it let in, or put before those who approve.
    uses: i64,
    /// Whether whoever comes by it only asks to join.
    needs_approval: bool,
    state: LinkStateWord,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends by itself; null for never.
    #[schema(format = DateTime, required)]
    expires_at: Option<String>,
    #[schema(format = DateTime, required)]
    revoked_at: Option<String>,
    /// Whoever has it can use the link. Shown once, when the link is made, and stored as a hash only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
    /// The address to hand on. Shown once, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
}

impl LinkBody {
    pub(super) fn of(link: &Link, now: Timestamp) -> Self {
        Self {
            id: link.id.to_string(),
            group_id: link.group.get(),
            creator_id: link.creator.get(),
            roles: roles(link.roles),
            uses_max: link.uses_max,
            uses: link.uses,
            needs_approval: link.needs_approval,
            state: link.state(now).into(),
            created_at: iso(link.created_at),
            expires_at: link.expires_at.map(iso),
            revoked_at: link.revoked_at.map(iso),
            secret: None,
            url: None,
        }
    }

    /// As it is shown once to whoever has just made it.
    pub(super) fn made(link: &Link, secret: &str, public_url: &str) -> Self {
        let url = Some(format!("{public_url}/join/{secret}"));
        Self { secret: Some(secret.to_owned()), url, ..Self::of(link, link.created_at) }
    }
}

/// Whether a link still lets people in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkState)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkStateWord {
    /// It does.
    Open,
    /// Taken back by the group.
    Revoked,
    /// Its time is over.
    Expired,
    /// As many people came by it as may.
    UsedUp,
}

impl From<LinkState> for LinkStateWord {
    fn from(state: LinkState) -> Self {
        match state {
            LinkState::Open => Self::Open,
            LinkState::Revoked => Self::Revoked,
            LinkState::Expired => Self::Expired,
            LinkState::UsedUp => Self::UsedUp,
        }
    }
}
