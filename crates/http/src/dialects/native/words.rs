//! The words that this API uses for what there are only a few of.

use std::borrow::Cow;

use guestlist_core::invitation::InvitationState;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::outcome::Standing;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::openapi::one_of;

/// A role.
#[derive(Debug, Serialize)]
pub(super) struct RoleWord(&'static str);

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        Self(role.as_str())
    }
}

impl PartialSchema for RoleWord {
    fn schema() -> RefOr<Schema> {
        one_of("What somebody may do in a group besides belonging to it.", Role::ALL.map(Role::as_str))
    }
}

impl ToSchema for RoleWord {
    fn name() -> Cow<'static, str> {
        "Role".into()
    }
}

/// The names of some roles, highest first.
pub(super) fn roles(roles: RoleSet) -> Vec<RoleWord> {
    roles.iter().map(RoleWord::from).collect()
}

/// Roles, as clients name them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoleList(pub(super) RoleSet);

impl<'de> Deserialize<'de> for RoleList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        let roles: Option<Vec<Role>> = names.iter().map(|name| Role::parse(name)).collect();
        let form = || D::Error::custom(format!("name roles out of {}", Role::ALL.map(Role::as_str).join(", ")));
        roles.map(|roles| Self(RoleSet::of(&roles))).ok_or_else(form)
    }
}

/// The state of an invitation.
#[derive(Debug, Serialize)]
pub(super) struct InvitationStateWord(&'static str);

impl From<InvitationState> for InvitationStateWord {
    fn from(state: InvitationState) -> Self {
        Self(state.as_str())
    }
}

impl PartialSchema for InvitationStateWord {
    fn schema() -> RefOr<Schema> {
        one_of("What became of an invitation.", InvitationState::ALL.map(InvitationState::as_str))
    }
}

impl ToSchema for InvitationStateWord {
    fn name() -> Cow<'static, str> {
        "InvitationState".into()
    }
}

/// How somebody stands to a group that they wanted to join.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Standing)]
#[serde(rename_all = "snake_case")]
pub(super) enum StandingWord {
    /// A member since just now.
    Joined,
    /// A member before.
    AlreadyMember,
    /// On the waiting list of a full group.
    Waiting,
    /// To be let in by those who run the group.
    Requested,
}

impl From<Standing> for StandingWord {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Joined => Self::Joined,
            Standing::AlreadyMember => Self::AlreadyMember,
            Standing::Waiting => Self::Waiting,
            Standing::Requested => Self::Requested,
        }
    }
}
