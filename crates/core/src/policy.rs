//! Who may do what.

use crate::credential::{Client, Scopes};
use crate::group::Group;
use crate::ids::UserId;
use crate::invitation::{Invitation, Invitee};
use crate::member::{Membership, Role, RoleSet};
use crate::permission::{Permission, Permissions};
use crate::refusal::Refusal;
use crate::user::{User, UserEmail};

/// Whether `user` may do `what` in the group to which `membership` ties them. Outsiders may do nothing, not even
/// administrators.
#[must_use]
pub fn may(permissions: &Permissions, what: Permission, user: &User, membership: Option<&Membership>) -> bool {
    membership.is_some() && has(permissions, what, user, membership)
}

/// Whether `user` has the permission by what they are anywhere or in the group to which `membership` ties them, if it does:
/// some things are also done from outside.
#[must_use]
pub fn has(permissions: &Permissions, what: Permission, user: &User, membership: Option<&Membership>) -> bool {
    let holders = permissions.holders(what);
    let in_group = membership.is_some_and(|membership| membership.roles.overlaps(holders.in_group));
    user.is_active() && (in_group || user.all_roles().overlaps(holders.everywhere))
}

/// Whether `user` may bring others at once into the private group to which `membership` ties them, if it does.
#[must_use]
pub fn may_admit(permissions: &Permissions, user: &User, membership: Option<&Membership>) -> bool {
    may(permissions, Permission::Invite, user, membership)
        || has(permissions, Permission::InviteFromOutside, user, membership)
}

/// Whether `user` may remove others from the group to which `membership` ties them, if it does.
#[must_use]
pub fn may_remove(permissions: &Permissions, user: &User, membership: Option<&Membership>) -> bool {
    has(permissions, Permission::RemoveMember, user, membership)
        && (membership.is_some() || has(permissions, Permission::RemoveFromOutside, user, membership))
}

/// Whether `user` may take `gone` out of any group: whoever may delete accounts clears up behind those who are switched off.
#[must_use]
pub fn may_clear_up(permissions: &Permissions, user: &User, gone: &User) -> bool {
    !gone.is_active() && has(permissions, Permission::DeleteUser, user, None)
}

/// Insists that `user` has the permission by what they are anywhere.
pub fn require_anywhere(permissions: &Permissions, what: Permission, user: &User) -> Result<(), Refusal> {
    has(permissions, what, user, None).then_some(()).ok_or(Refusal::AdministratorsOnly)
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
pub fn require(
    permissions: &Permissions,
    what: Permission,
    user: &User,
    membership: Option<&Membership>,
) -> Result<(), Refusal> {
    may(permissions, what, user, membership).then_some(()).ok_or(Refusal::NotAllowed(what))
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

/// Whether someone with this `membership`, or none, may see what a group is: whoever was invited may, to make up their mind.
#[must_use]
pub const fn may_see_profile(group: &Group, membership: Option<&Membership>, is_invited: bool) -> bool {
    may_see(group, membership) || is_invited
}

/// Whether the group exists for someone who only knows private groups they belong to. The way of Rocket.Chat, where not
/// even administrators see more.
#[must_use]
pub fn is_private_to(permissions: &Permissions, group: &Group, user: &User, membership: Option<&Membership>) -> bool {
    let sees = [Permission::SeeGroups, Permission::SeeJoinedGroups];
    !group.is_public && sees.into_iter().any(|what| may(permissions, what, user, membership))
}

/// Whether `user` counts as an administrator of the group towards clients: whoever may invite there.
#[must_use]
pub fn runs_group(permissions: &Permissions, user: &User, membership: Option<&Membership>) -> bool {
    may(permissions, Permission::Invite, user, membership)
}

/// The roles of those whom Quran Foundation's API calls admins of a group.
pub const ADMINS: RoleSet = RoleSet::of(&[Role::Owner, Role::Moderator]);

/// Whether someone with this `membership`, or none, is an admin in that sense.
#[must_use]
pub fn is_admin(membership: Option<&Membership>) -> bool {
    membership.is_some_and(|membership| membership.roles.overlaps(ADMINS))
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
    permissions: &Permissions,
    invitation: &Invitation,
    user: &User,
    emails: &[UserEmail],
    membership: Option<&Membership>,
) -> bool {
    let is_theirs = match &invitation.invitee {
        Invitee::User(id) => *id == user.id,
        Invitee::Email(email) => emails.iter().any(|own| own.is_verified && own.email == *email),
    };
    user.is_active() && is_theirs || may(permissions, Permission::Invite, user, membership)
}

/// Whether an invitation was made to another account than `user`'s, so that holding its secret is of no use to them. One that
/// was made to an address is bound to nobody.
#[must_use]
pub fn is_bound_to_another(invitation: &Invitation, user: UserId) -> bool {
    matches!(invitation.invitee, Invitee::User(id) if id != user)
}

/// Whether `user` may see the links of a group to which `membership` ties them: they let people in there.
#[must_use]
pub fn may_see_link(permissions: &Permissions, user: &User, membership: Option<&Membership>) -> bool {
    may(permissions, Permission::Invite, user, membership)
}

/// Whether `user` may take back the links of a group to which `membership` ties them, if it does: they see them, or may make
/// links wherever they are.
#[must_use]
pub fn may_revoke_link(permissions: &Permissions, user: &User, membership: Option<&Membership>) -> bool {
    may_see_link(permissions, user, membership) || has(permissions, Permission::CreateLink, user, None)
}
