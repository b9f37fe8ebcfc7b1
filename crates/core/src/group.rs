//! A group and the questions it answers about itself.

use crate::ids::{GroupId, Uid, UserId};
use crate::names::{DisplayName, Slug};
use crate::time::Timestamp;

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Number, used by the integer APIs.
    pub id: GroupId,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// Unique name in addresses.
    pub slug: Slug,
    /// Name for people.
    pub name: DisplayName,
    /// What it is about; empty when nobody said.
    pub description: String,
    /// Ordinary group or page.
    pub kind: GroupKind,
    /// Public groups can be seen and joined by everybody.
    pub is_public: bool,
    /// Marked as genuine by the operator.
    pub is_verified: bool,
    /// Since when it is archived; it keeps its members meanwhile.
    pub archived_at: Option<Timestamp>,
    /// Who made it. Never changes, even when the owners do.
    pub creator: UserId,
    /// Members, owners and disabled users included, pending invitations not.
    pub members_count: i64,
    /// Members that hold the role of owner.
    pub owners_count: i64,
    /// The notices that Rocket.Chat writes into a room ("user added", "role given"), which its clients see as `msgs`.
    pub notices_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it or its membership last changed.
    pub updated_at: Timestamp,
}

impl Group {
    /// Whether it is in use, that is, not archived.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.archived_at.is_none()
    }
}

/// What kind of place a group is. Pages cannot be created here, but stored ones are served like groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// An ordinary group.
    Group,
    /// A page: its slug is a subdomain.
    Page,
}

/// Names one group, in any of the ways that an API may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupRef {
    /// By number.
    Id(GroupId),
    /// By Rocket.Chat id.
    Uid(Uid),
    /// By slug.
    Slug(Slug),
    /// By Rocket.Chat id or, when none matches, by slug: Rocket.Chat's looser look-up.
    UidOrSlug(String),
}
