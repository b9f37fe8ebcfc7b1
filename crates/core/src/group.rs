//! A group and the questions it answers about itself.

use crate::chat::ChatSettings;
use crate::ids::{GroupId, Uid, UserId};
use crate::language::Language;
use crate::names::{Country, Description, DisplayName, Slug};
use crate::settings::Settings;
use crate::time::Timestamp;

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "settings that have nothing to do with each other")]
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
    pub description: Description,
    /// The language that people are written to in, if nothing is known of them.
    pub language: Option<Language>,
    /// What chat clients keep about it.
    pub chat: ChatSettings,
    /// Where its people are, in the words of those who run it.
    pub country: Option<Country>,
    /// Ordinary group or page.
    pub kind: GroupKind,
    /// Public groups can be seen and joined by everybody.
    pub is_public: bool,
    /// Marked as genuine by the operator.
    pub is_verified: bool,
    /// Whether strangers who know of it may ask to join. Public groups need no asking.
    pub takes_requests: bool,
    /// Whether whoever holds the secret that was mailed to an address may accept with any account; else only the one that
    /// has verified the address.
    pub is_token_enough: bool,
    /// The most members it may have; any number, as far as the operator allows, if absent.
    pub members_max: Option<i64>,
    /// Since when it is archived; it keeps its members meanwhile.
    pub archived_at: Option<Timestamp>,
    /// Since when it is deleted; it can be restored for a while.
    pub deleted_at: Option<Timestamp>,
    /// To whom it was offered, while they have not answered.
    pub offer: Option<OwnershipOffer>,
    /// Who made it. Never changes, even when the owners do.
    pub creator: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// What follows from its members, invitations and requests.
    pub tally: Tally,
}

/// What can be counted about a group. Kept beside it so that nobody has to count; never decided, always derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Members, owners and disabled users included, pending invitations not.
    pub members: i64,
    /// Members that hold the role of owner.
    pub owners: i64,
    /// Invitations stored as pending, which includes those whose time ran out without anybody having looked.
    pub invitations: i64,
    /// People who wait for a seat.
    pub waiting: i64,
    /// The last place given to somebody who waits.
    pub last_place: i64,
    /// The notices that Rocket.Chat writes into a room ("user added", "role given"), which its clients see as `msgs`.
    pub notices: i64,
    /// When the group or its membership last changed.
    pub updated_at: Timestamp,
}

impl Tally {
    /// Of a group that was just made, and that nobody is in yet.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self { members: 0, owners: 0, invitations: 0, waiting: 0, last_place: 0, notices: 0, updated_at: now }
    }
}

impl Group {
    /// Whether it is in use, that is, not archived.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.archived_at.is_none()
    }

    /// How many members it may have: by its own limit and the operator's.
    #[must_use]
    pub fn seats(&self, settings: &Settings) -> i64 {
        [self.members_max, settings.members_max].into_iter().flatten().min().unwrap_or(i64::MAX)
    }
}

/// An owner's offer to hand the group over. They stop being its owner once it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnershipOffer {
    /// Who offers.
    pub from: UserId,
    /// Who may take it.
    pub to: UserId,
    /// When it was made.
    pub offered_at: Timestamp,
    /// The instant at which it is void.
    pub expires_at: Timestamp,
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
