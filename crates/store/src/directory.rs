//! Reading as Quran Foundation's clients do: rooms and people by numbered pages. Everybody else pages by key, see
//! [`Queries`](crate::query::Queries).

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::group::GroupKind;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::link::Link;
use guestlist_core::member::RoleSet;
use guestlist_core::names::Subject;

use crate::error::StoreError;
use crate::query::{GroupView, Member, Roster};

/// What those clients ask.
#[async_trait]
pub trait DirectoryQueries: Send + Sync {
    /// A numbered stretch of groups.
    async fn directory(&self, search: DirectorySearch) -> Result<Directory, StoreError>;

    /// Who has been an owner of each of these groups for the longest time; for a group without owners, who made it.
    async fn heads(&self, groups: Vec<GroupId>) -> Result<HashMap<GroupId, Subject>, StoreError>;

    /// A numbered stretch of a group's members, whether or not they can sign in: owners first, then those with `admins`,
    /// then the others; each by the time of joining, then number.
    async fn members_by_rank(
        &self,
        group: GroupId,
        admins: RoleSet,
        stretch: Stretch,
    ) -> Result<(Vec<Member>, u64), StoreError>;

    /// A numbered stretch of those who can sign in and whose username or name contains `text`, without regard to case; of all,
    /// if there is none. By username or, without one, by name.
    async fn people_by_name(&self, text: Option<String>, stretch: Stretch) -> Result<Roster, StoreError>;

    /// Those of these users who are members of a group.
    async fn members_among(&self, group: GroupId, users: Vec<UserId>) -> Result<BTreeSet<UserId>, StoreError>;

    /// Whether there is an open invitation to a group for a user, made to the account or to one of its verified addresses.
    async fn is_invited(&self, group: GroupId, user: UserId, now: Timestamp) -> Result<bool, StoreError>;

    /// The [standing](Link::is_standing) links to a group, oldest first; at most [`STANDING_LINKS_MAX`].
    async fn standing_links(&self, group: GroupId) -> Result<Vec<Link>, StoreError>;
}

/// The most standing links of a group that are looked at.
pub const STANDING_LINKS_MAX: usize = 100;

/// Which part of a list to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to return at the most.
    pub limit: u32,
}

/// Which groups to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectorySearch {
    /// Out of which.
    pub among: Among,
    /// Only whose name contains this, without regard to case; among public groups, whose name or description does.
    pub text: Option<String>,
    /// In which order; what is alike comes in order of the numbers.
    pub order: DirectoryOrder,
    /// Which part of them.
    pub stretch: Stretch,
}

/// Groups to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Those of which `user` is a member; if there are `roles`, with one of these.
    Joined {
        /// Whose.
        user: UserId,
        /// What they must be there; just a member if absent.
        roles: Option<RoleSet>,
    },
    /// The public ones that are in use.
    Public {
        /// Who looks, if somebody does.
        viewer: Option<UserId>,
        /// Only of this kind.
        kind: Option<GroupKind>,
    },
}

/// What groups are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryOrder {
    /// The name, without regard to case.
    Name,
    /// The same from the end.
    NameDescending,
    /// Those first that changed last, or whose membership did.
    Activity,
}

/// A stretch of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The groups, as whoever looks sees them.
    pub groups: Vec<GroupView>,
    /// How many match in all.
    pub total: u64,
}

/// A statement for each order there is, out of a macro that makes one of it.
macro_rules! in_directory_order {
    ($order:expr, $statement:ident) => {
        match $order {
            DirectoryOrder::Name => $statement!("g.name_key, g.id"),
            DirectoryOrder::NameDescending => $statement!("g.name_key DESC, g.id"),
            DirectoryOrder::Activity => $statement!("g.updated_at DESC, g.id"),
        }
    };
}
pub(crate) use in_directory_order;
