//! Somebody who wants to join a group: waiting for an approval, or for a seat.

use crate::ids::{GroupId, UserId};
use crate::member::RoleSet;
use crate::time::Timestamp;

/// The latest wish of one user to join one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// Where to.
    pub group: GroupId,
    /// Who wants in.
    pub user: UserId,
    /// The roles that come with it: those of the link or the invitation by which they came.
    pub roles: RoleSet,
    /// What became of it.
    pub state: RequestState,
    /// The place in the order of those who wait for a seat; lower ones come first. Absent for those who never waited.
    pub place: Option<i64>,
    /// When they asked.
    pub created_at: Timestamp,
    /// When it was settled.
    pub closed_at: Option<Timestamp>,
    /// Who settled it, if anybody did.
    pub closed_by: Option<UserId>,
}

impl JoinRequest {
    /// Whether it is still to be settled.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, RequestState::Pending | RequestState::Waiting)
    }

    /// The same request, settled.
    #[must_use]
    pub fn closed(&self, state: RequestState, by: Option<UserId>, now: Timestamp) -> Self {
        Self { state, closed_at: Some(now), closed_by: by, ..self.clone() }
    }
}

/// What became of a request to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// Waiting for somebody to approve it.
    Pending,
    /// Approved, or invited, and waiting for a seat.
    Waiting,
    /// The person is, or was, a member by it.
    Admitted,
    /// Turned down by the group.
    Rejected,
    /// Taken back by whoever asked.
    Withdrawn,
}

impl RequestState {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Waiting, Self::Admitted, Self::Rejected, Self::Withdrawn];

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state's name in English lower case, as shown and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}
