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
        Needs { groups: vec![self.group.clone()], users: vec![UserRef::Id(self.by)], ..Needs::default() }
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
        Needs { groups: vec![self.group.clone()], users: vec![UserRef::Id(self.by)], waiting: 1, ..Needs::default() }
    }
}

/// One of those who wait may go, and then the next in order is not the first that is stored any more.
fn settling(group: &GroupRef, by: UserId, user: &UserRef) -> Needs {
    Needs { groups: vec![group.clone()], users: vec![UserRef::Id(by), user.clone()], waiting: 1, ..Needs::default() }
}
