//! Requests to join: how they are shown.

use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_store::Requester;
use serde::Serialize;
use utoipa::ToSchema;

use super::user::UserTag;
use super::words::{RoleWord, roles};
use crate::time::iso;

/// Somebody's wish to join a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinRequest)]
pub(super) struct RequestBody {
    group_id: i64,
    user_id: i64,
    /// Only where requests are looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserTag>,
    /// What comes with it: the roles of the link or the invitation by which they came.
    roles: Vec<RoleWord>,
    state: RequestStateWord,
    /// The place in the line for a seat, lower ones first; null for those who never waited.
    #[schema(required)]
    place: Option<i64>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was settled.
    #[schema(format = DateTime, required)]
    closed_at: Option<String>,
}

impl RequestBody {
    pub(super) fn of(request: &JoinRequest) -> Self {
        Self {
            group_id: request.group.get(),
            user_id: request.user.get(),
            user: None,
            roles: roles(request.roles),
            state: request.state.into(),
            place: request.place,
            created_at: iso(request.created_at),
            closed_at: request.closed_at.map(iso),
        }
    }

    pub(super) fn seen(requester: &Requester) -> Self {
        Self { user: Some(UserTag::of(&requester.user)), ..Self::of(&requester.request) }
    }
}

/// What became of a request to join.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinRequestState)]
#[serde(rename_all = "snake_case")]
pub(super) enum RequestStateWord {
    /// Waiting for somebody to approve it.
    Pending,
    /// Waiting for a seat.
    Waiting,
    /// The person is, or was, a member by it.
    Admitted,
    /// Turned down by the group.
    Rejected,
    /// Taken back by whoever asked.
    Withdrawn,
}

impl From<RequestState> for RequestStateWord {
    fn from(state: RequestState) -> Self {
        match state {
            RequestState::Pending => Self::Pending,
            RequestState::Waiting => Self::Waiting,
            RequestState::Admitted => Self::Admitted,
            RequestState::Rejected => Self::Rejected,
            RequestState::Withdrawn => Self::Withdrawn,
        }
    }
}
