//! Commands about members and their roles.

use super::Needs;
use crate::group::GroupRef;
use crate::ids::UserId;
use crate::member::Role;
use crate::user::UserRef;

/// See [`Command::RemoveMember`](super::Command::RemoveMember).
#[derive(Debug, Clone)]
pub struct RemoveMember {
    /// Who removes.
    pub by: UserId,
    /// From where.
    pub group: GroupRef,
    /// Whom.
    pub user: UserRef,
    /// Whether no owner is removed, not even where there is another: the way of Quran Foundation's API.
    pub spares_owners: bool,
}

impl RemoveMember {
    pub(super) fn needs(&self) -> Needs {
        // A seat may come free for the first of those who wait.
        Needs { waiting: 1, ..Needs::concerning(&self.group, self.by, &self.user) }
    }
}

/// See [`Command::AssignRole`](super::Command::AssignRole).
#[derive(Debug, Clone)]
pub struct AssignRole {
    /// Who gives.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// To whom.
    pub user: UserRef,
    /// What.
    pub role: Role,
}

impl AssignRole {
    pub(super) fn needs(&self) -> Needs {
        Needs::concerning(&self.group, self.by, &self.user)
    }
}

/// See [`Command::TakeRole`](super::Command::TakeRole).
#[derive(Debug, Clone)]
pub struct TakeRole {
    /// Who takes.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// From whom.
    pub user: UserRef,
    /// What.
    pub role: Role,
}

impl TakeRole {
    pub(super) fn needs(&self) -> Needs {
        Needs::concerning(&self.group, self.by, &self.user)
    }
}

/// See [`Command::SetAdmin`](super::Command::SetAdmin).
#[derive(Debug, Clone)]
pub struct SetAdmin {
    /// Who says so.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// Whom.
    pub user: UserRef,
    /// Whether they are one from now on.
    pub is_admin: bool,
}

impl SetAdmin {
    pub(super) fn needs(&self) -> Needs {
        Needs::concerning(&self.group, self.by, &self.user)
    }
}

/// See [`Command::Leave`](super::Command::Leave).
#[derive(Debug, Clone)]
pub struct Leave {
    /// Who goes.
    pub by: UserId,
    /// From where.
    pub group: GroupRef,
}

impl Leave {
    pub(super) fn needs(&self) -> Needs {
        Needs { waiting: 1, ..Needs::in_group(&self.group, self.by) }
    }
}
