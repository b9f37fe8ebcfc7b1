//! Reading as Rocket.Chat's clients do, who count their way through lists. Everybody else pages by key, see
//! [`Queries`](crate::query::Queries).

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use guestlist_core::credential::AccessToken;
use guestlist_core::group::Group;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::link::{Link, LinkHash};
use guestlist_core::mail::DeadAddress;
use guestlist_core::names::EmailKey;
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person, PersonHash, PersonKey};
use guestlist_core::user::{User, UserEmail};

use crate::error::StoreError;
use crate::query::{GroupView, Member, Roster};

/// What those clients ask.
#[async_trait]
pub trait RoomQueries: Send + Sync {
    /// A numbered stretch of the private groups that there are, or of those that somebody is in; archived ones included.
    async fn rooms(&self, search: RoomSearch) -> Result<Rooms, StoreError>;

    /// The usernames of the members of several groups, in alphabetical order. A member without one is named by uid.
    /// Complete, so ask for small groups only.
    async fn usernames_in(&self, groups: Vec<GroupId>) -> Result<Vec<(GroupId, String)>, StoreError>;

    /// The members of a group who hold a role, by username. Complete, however many there are.
    async fn role_holders(&self, group: GroupId) -> Result<Vec<Member>, StoreError>;

    /// How many members of a group can sign in.
    async fn active_members(&self, group: GroupId) -> Result<u64, StoreError>;

    /// A numbered stretch of the users, by username, then number.
    async fn people(&self, search: PeopleSearch) -> Result<Roster, StoreError>;

    /// The addresses of several users, in alphabetical order.
    async fn emails_of(&self, users: Vec<UserId>) -> Result<Vec<UserEmail>, StoreError>;

    /// Those of the addresses that no invitation is to go to: nobody reads mail there, or whoever does refuses everybody's.
    async fn closed_addresses(&self, addresses: Vec<EmailKey>) -> Result<BTreeSet<EmailKey>, StoreError>;

    /// The tokens that a user gave out to themselves under a name and that are not revoked, oldest first. Complete, however
    /// many there are.
    async fn personal_tokens(&self, user: UserId) -> Result<Vec<AccessToken>, StoreError>;

    /// The link that this secret stands for, in any state, and even if its group is deleted.
    async fn link_anywhere(&self, hash: LinkHash) -> Result<Option<RoomLink>, StoreError>;

    /// Who has been a member of a group for the longest time, of those who can sign in, but for this user.
    async fn longest_member(&self, group: GroupId, except: UserId) -> Result<Option<UserId>, StoreError>;

    /// How many administrators can sign in.
    async fn active_admins(&self) -> Result<u64, StoreError>;

    /// What the secrets of links are made of whose address is shown again.
    async fn link_key(&self) -> Result<[u8; 32], StoreError>;

    /// The links to groups in any state but revoked, oldest first, with where they lead and who made them: all there
    /// are, or those that somebody made to one group. Complete, however many there are.
    async fn room_links(&self, by: Option<(GroupId, UserId)>) -> Result<Vec<RoomLink>, StoreError>;
}

/// Which groups to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomSearch {
    /// Only those that this user is in.
    pub member: Option<UserId>,
    /// In which order; what is alike comes in order of the numbers.
    pub order: RoomOrder,
    /// From the end.
    pub is_descending: bool,
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to return at the most.
    pub limit: u32,
}

/// What groups are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomOrder {
    /// The slug, byte by byte.
    Slug,
    /// The name, without regard to case.
    Name,
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// How many members it has.
    Members,
    /// How many notices were written into it.
    Notices,
}

/// A stretch of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rooms {
    /// The groups. Who looks at them is no member, unless only their own were asked for.
    pub rooms: Vec<GroupView>,
    /// How many there are in all.
    pub total: u64,
}

/// Which users to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleSearch {
    /// Only whose username or name contains this, without regard to case.
    pub filter: Option<String>,
    /// Only who has this address, without regard to case.
    pub email: Option<String>,
    /// Only who can sign in.
    pub is_active: bool,
    /// Only who is in a group with this user.
    pub beside: Option<UserId>,
    /// From Z to A.
    pub is_descending: bool,
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to return at the most.
    pub limit: u32,
}

/// A link, where it leads, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomLink {
    /// The link.
    pub link: Link,
    /// Where to.
    pub group: Group,
    /// Who made it.
    pub creator: User,
}

/// Whose refusal closes which address: that of whoever reads mail there, and that of the account it is one of.
pub(crate) fn closers(addresses: &[EmailKey], owners: &[UserEmail], key: &PersonKey) -> Vec<(PersonHash, EmailKey)> {
    let readers = addresses.iter().map(|address| (Person::Address(address.clone()), address.clone()));
    let verified = owners.iter().filter(|owner| owner.is_verified);
    let accounts = verified.map(|owner| (Person::User(owner.user), owner.email.key().clone()));
    readers.chain(accounts).map(|(person, address)| (PersonHash::of(key, &person), address)).collect()
}

/// The addresses that are closed, by what their readers refuse and by what came back from them.
pub(crate) fn closed(
    closers: Vec<(PersonHash, EmailKey)>,
    opt_outs: &[OptOut],
    dead: Vec<DeadAddress>,
) -> BTreeSet<EmailKey> {
    let refusing = opt_outs.iter().filter(|opt_out| opt_out.from == InvitationsFrom::Everyone);
    let refusing: HashSet<_> = refusing.map(|opt_out| opt_out.person).collect();
    let refused = closers.into_iter().filter(|(person, _)| refusing.contains(person)).map(|(_, address)| address);
    refused.chain(dead.into_iter().map(|dead| dead.address)).collect()
}

/// A statement for each order there is, out of a macro that makes one of it.
macro_rules! in_every_order {
    ($search:expr, $statement:ident) => {
        match ($search.order, $search.is_descending) {
            (RoomOrder::Slug, false) => $statement!("g.slug", "ASC"),
            (RoomOrder::Slug, true) => $statement!("g.slug", "DESC"),
            (RoomOrder::Name, false) => $statement!("g.name_key", "ASC"),
            (RoomOrder::Name, true) => $statement!("g.name_key", "DESC"),
            (RoomOrder::CreatedAt, false) => $statement!("g.created_at", "ASC"),
            (RoomOrder::CreatedAt, true) => $statement!("g.created_at", "DESC"),
            (RoomOrder::UpdatedAt, false) => $statement!("g.updated_at", "ASC"),
            (RoomOrder::UpdatedAt, true) => $statement!("g.updated_at", "DESC"),
            (RoomOrder::Members, false) => $statement!("g.members_count", "ASC"),
            (RoomOrder::Members, true) => $statement!("g.members_count", "DESC"),
            (RoomOrder::Notices, false) => $statement!("g.notices_count", "ASC"),
            (RoomOrder::Notices, true) => $statement!("g.notices_count", "DESC"),
        }
    };
}
pub(crate) use in_every_order;
