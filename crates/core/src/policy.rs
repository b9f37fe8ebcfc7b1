//! Who may do what.

use crate::credential::{Client, Scopes};
use crate::group::Group;
use crate::ids::UserId;
use crate::invitation::{Invitation, Invitee};
use crate::member::{Membership, Role, RoleSet};
use crate::refusal::Refusal;
use crate::user::{User, UserEmail};

/// Something that not every member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Bring people in: invite them, make links, approve requests, and see who is on the way.
    Invite,
    /// Remove members and withdraw invitations.
    RemoveMember,
    /// Change the group's name, its settings and its limits.
    ChangeGroup,
    /// Archive the group and take it out of the archive.
    ArchiveGroup,
    /// Delete the group and restore it.
    DeleteGroup,
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

    /// What it lets its holder do, as a code for logs and clients.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::RemoveMember => "remove-member",
            Self::ChangeGroup => "change-group",
            Self::ArchiveGroup => "archive-group",
            Self::DeleteGroup => "delete-group",
            Self::SetOwner => "set-owner",
            Self::SetModerator => "set-moderator",
            Self::SetLeader => "set-leader",
        }
    }

    /// The roles that have it. Administrators of the installation have every permission in groups they belong to.
    #[must_use]
    pub fn holders(self) -> RoleSet {
        match self {
            Self::Invite | Self::RemoveMember | Self::ChangeGroup => RoleSet::of(&[Role::Owner, Role::Moderator]),
            Self::ArchiveGroup | Self::DeleteGroup | Self::SetOwner | Self::SetModerator | Self::SetLeader => {
                RoleSet::of(&[Role::Owner])
            }
        }
    }
}

/// Whether `user` may do `what` in the group to which `membership` ties them. Outsiders may do nothing, not even
/// administrators.
#[must_use]
pub fn may(what: Permission, user: &User, membership: Option<&Membership>) -> bool {
    user.is_active() && membership.is_some_and(|membership| user.is_admin || membership.roles.overlaps(what.holders()))
}

/// Whether `user` may look after the accounts and clients of the whole installation.
#[must_use]
pub const fn may_administer(user: &User) -> bool {
    user.is_active() && user.is_admin
}

/// Insists on that.
pub fn require_administrator(user: &User) -> Result<(), Refusal> {
    may_administer(user).then_some(()).ok_or(Refusal::AdministratorsOnly)
}

/// Whether `viewer` may see the account of `user`, addresses included.
#[must_use]
pub fn may_see_account(viewer: &User, user: UserId) -> bool {
    viewer.id == user || may_administer(viewer)
}

/// Insists that `user` may do `what` in the group to which `membership` ties them.
pub fn require(what: Permission, user: &User, membership: Option<&Membership>) -> Result<(), Refusal> {
    may(what, user, membership).then_some(()).ok_or(Refusal::NotAllowed(what))
}

/// The scopes that a new token of `user` gets: those asked for or, if none are, all that `client` may have; without a
/// client, everything. Nothing beyond `within`, if that is given.
pub fn grant(
    user: &User,
    client: Option<&Client>,
    within: Option<&Scopes>,
    asked: Option<&Scopes>,
) -> Result<Scopes, Refusal> {
    if !user.is_active() {
        return Err(Refusal::CallerDisabled);
    }
    let most = client.map_or_else(Scopes::all, |client| client.scopes.clone());
    let most = within.map_or(most.clone(), |within| within.within(&most));
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

/// Whether someone with this `membership`, or none, may see to whom a group is offered.
#[must_use]
pub const fn may_see_offer(membership: Option<&Membership>) -> bool {
    membership.is_some()
}

/// Whether `user`, whose addresses are `emails`, may see an invitation to a group to which `membership` ties them: it is
/// theirs, by account or by a verified address, or they let people in there.
#[must_use]
pub fn may_see_invitation(
    invitation: &Invitation,
    user: &User,
    emails: &[UserEmail],
    membership: Option<&Membership>,
) -> bool {
    let is_theirs = match &invitation.invitee {
        Invitee::User(id) => *id == user.id,
        Invitee::Email(email) => emails.iter().any(|own| own.is_verified && own.email == *email),
    };
    user.is_active() && is_theirs || may(Permission::Invite, user, membership)
}

/// Whether `user` may see the links of a group to which `membership` ties them: they let people in there.
#[must_use]
pub fn may_see_link(user: &User, membership: Option<&Membership>) -> bool {
    may(Permission::Invite, user, membership)
}
