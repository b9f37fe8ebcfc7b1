//! Who may do what.

use crate::credential::{Client, Scopes};
use crate::group::Group;
use crate::member::{Membership, Role, RoleSet};
use crate::refusal::Refusal;
use crate::user::User;

/// Something that not every member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Invite people, and see who is invited.
    Invite,
    /// Remove members and withdraw invitations.
    RemoveMember,
    /// Make and unmake owners.
    SetOwner,
    /// Make and unmake moderators.
    SetModerator,
    /// Make and unmake leaders.
    SetLeader,
}

impl Permission {
    /// The permission to give and take `role`.
    #[must_use]
    pub const fn to_set(role: Role) -> Self {
        match role {
            Role::Owner => Self::SetOwner,
            Role::Moderator => Self::SetModerator,
            Role::Leader => Self::SetLeader,
        }
    }

    /// The roles that have it. Administrators of the installation have every permission in groups they belong to.
    fn holders(self) -> RoleSet {
        match self {
            Self::Invite | Self::RemoveMember => RoleSet::of(&[Role::Owner, Role::Moderator]),
            Self::SetOwner | Self::SetModerator | Self::SetLeader => RoleSet::of(&[Role::Owner]),
        }
    }
}

/// Whether `user` may do `what` in the group to which `membership` ties them. Outsiders may do nothing, not even
/// administrators.
#[must_use]
pub fn may(what: Permission, user: &User, membership: Option<&Membership>) -> bool {
    user.is_active() && membership.is_some_and(|membership| user.is_admin || membership.roles.overlaps(what.holders()))
}

/// The scopes that a new token of `user` gets: those asked for or, if none are, all that `client` may have; without a
/// client, everything.
pub fn grant(user: &User, client: Option<&Client>, asked: Option<&Scopes>) -> Result<Scopes, Refusal> {
    if !user.is_active() {
        return Err(Refusal::CallerDisabled);
    }
    let most = client.map_or_else(Scopes::all, |client| client.scopes.clone());
    match asked {
        None => Ok(most),
        Some(asked) if most.cover_all(asked) => Ok(asked.clone()),
        Some(_) => Err(Refusal::ScopeNotGranted),
    }
}

/// Whether someone with this `membership`, or none, may see the group and its settings.
#[must_use]
pub const fn may_see(group: &Group, membership: Option<&Membership>) -> bool {
    group.is_public || membership.is_some()
}

/// Whether the group exists for someone who only knows private groups they belong to. The way of Rocket.Chat, where not
/// even administrators see more.
#[must_use]
pub const fn is_private_to(group: &Group, membership: Option<&Membership>) -> bool {
    !group.is_public && membership.is_some()
}

/// Whether `user` counts as an administrator of the group towards clients: whoever may invite there.
#[must_use]
pub fn runs_group(user: &User, membership: Option<&Membership>) -> bool {
    may(Permission::Invite, user, membership)
}
