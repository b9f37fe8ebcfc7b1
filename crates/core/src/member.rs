//! Who belongs to a group, and with which roles.

use crate::ids::{GroupId, UserId};
use crate::time::Timestamp;

/// A user in a group. One without any role is a plain member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: GroupId,
    /// The member.
    pub user: UserId,
    /// Roles beyond being a member.
    pub roles: RoleSet,
    /// Since when.
    pub joined_at: Timestamp,
    /// Whether they have put the group out of their own sight, in Rocket.Chat's list of rooms. Nobody else's business, and so
    /// not told in the history.
    pub is_hidden: bool,
}

impl Membership {
    /// That of somebody who has just come in.
    #[must_use]
    pub const fn new(group: GroupId, user: UserId, roles: RoleSet, joined_at: Timestamp) -> Self {
        Self { group, user, roles, joined_at, is_hidden: false }
    }
}

/// A role in one group. Quran Foundation calls a moderator "admin".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May do everything in the group; a living group has at least one.
    Owner,
    /// Invites and removes people.
    Moderator,
    /// A title without rights.
    Leader,
}

impl Role {
    /// All roles, highest first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Moderator, Self::Leader];

    /// The role's name in English lower case, as stored, logged and shown by Rocket.Chat.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Moderator => "moderator",
            Self::Leader => "leader",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Owner => 1,
            Self::Moderator => 2,
            Self::Leader => 4,
        }
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// No role: a plain member.
    pub const NONE: Self = Self(0);

    /// The set of just `roles`.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [role, others @ ..] = rest {
            bits |= role.bit();
            rest = others;
        }
        Self(bits)
    }

    /// Whether `role` is among them.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// The set with `role` added.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// The set with `role` taken away.
    #[must_use]
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !role.bit())
    }

    /// The roles of either set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The roles that only one of the two sets has.
    #[must_use]
    pub const fn differing(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// Whether the two sets share a role.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The roles, highest first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// The stored form: owner 1, moderator 2, leader 4, added up.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Reads the stored form; `None` if it has a bit that stands for no role.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits < 8 { Some(Self(bits)) } else { None }
    }
}
