//! Commands about requests to join.

use super::Needs;
use crate::group::GroupRef;
use crate::ids::UserId;
use crate::user::UserRef;

/// See [`Command::Join`](super::Command::Join).
#[derive(Debug, Clone)]
pub struct Join {
    /// Who wants in.
    pub by: UserId,
    /// Where to.
    pub group: GroupRef,
}

impl Join {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}

/// See [`Command::ApproveRequest`](super::Command::ApproveRequest).
#[derive(Debug, Clone)]
pub struct ApproveRequest {
    /// Who approves.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// Whose request.
    pub user: UserRef,
}

impl ApproveRequest {
    pub(super) fn needs(&self) -> Needs {
        settling(&self.group, self.by, &self.user)
    }
}

/// See [`Command::RejectRequest`](super::Command::RejectRequest).
#[derive(Debug, Clone)]
pub struct RejectRequest {
    /// Who turns it down.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// Whose request.
    pub user: UserRef,
}

impl RejectRequest {
    pub(super) fn needs(&self) -> Needs {
        settling(&self.group, self.by, &self.user)
    }
}

/// See [`Command::WithdrawRequest`](super::Command::WithdrawRequest).
#[derive(Debug, Clone)]
pub struct WithdrawRequest {
    /// Who takes their own request back.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
}

impl WithdrawRequest {
    pub(super) fn needs(&self) -> Needs {
        Needs { waiting: 1, ..Needs::in_group(&self.group, self.by) }
    }
}

/// One of those who wait may go, and then the next in order is not the first that is stored any more.
fn settling(group: &GroupRef, by: UserId, user: &UserRef) -> Needs {
    Needs { waiting: 1, ..Needs::concerning(group, by, user) }
}
