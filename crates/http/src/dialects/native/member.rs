//! Members: how they are shown.

use guestlist_core::member::Membership;
use guestlist_store::Member;
use serde::Serialize;
use utoipa::ToSchema;

use super::user::UserTag;
use super::words::{RoleWord, roles};
use crate::time::iso;

/// A member of a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberBody {
    group_id: i64,
    user_id: i64,
    /// Not where a past membership is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserTag>,
    roles: Vec<RoleWord>,
    #[schema(format = DateTime)]
    joined_at: String,
}

impl MemberBody {
    pub(super) fn of(membership: &Membership) -> Self {
        Self {
            group_id: membership.group.get(),
            user_id: membership.user.get(),
            user: None,
            roles: roles(membership.roles),
            joined_at: iso(membership.joined_at),
        }
    }

    pub(super) fn seen(member: &Member) -> Self {
        Self { user: Some(UserTag::of(&member.user)), ..Self::of(&member.membership) }
    }
}

/// The caller's place in a group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnMembership {
    roles: Vec<RoleWord>,
    #[schema(format = DateTime)]
    joined_at: String,
}

impl OwnMembership {
    pub(super) fn of(membership: &Membership) -> Self {
        Self { roles: roles(membership.roles), joined_at: iso(membership.joined_at) }
    }
}
