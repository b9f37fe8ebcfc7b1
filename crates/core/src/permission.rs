//! What somebody may be allowed to do, and who is. The names, and who has what if the operator does not say otherwise, are
//! those of Rocket.Chat; the rules are the same for every API.

use crate::global_role::{GlobalRole, GlobalRoles};
use crate::member::{Role, RoleSet};

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Bring people in: invite them, make links, approve requests, and see who is on the way.
    Invite,
    /// Bring people at once into groups that one is not in.
    InviteFromOutside,
    /// Remove members and withdraw invitations.
    RemoveMember,
    /// Remove members of groups that one is not in.
    RemoveFromOutside,
    /// Change the group's name, its settings and its limits.
    ChangeGroup,
    /// Archive the group and take it out of the archive.
    ArchiveGroup,
    /// Take the group out of the archive by Rocket.Chat's API, which has a right of its own for it.
    UnarchiveRoom,
    /// Delete the group and restore it.
    DeleteGroup,
    /// Make and unmake owners.
    SetOwner,
    /// Make and unmake moderators.
    SetModerator,
    /// Make and unmake leaders.
    SetLeader,
    /// Make invite links.
    CreateLink,
    /// See the members of a broadcast room.
    SeeBroadcastMembers,
    /// Make groups.
    CreateGroup,
    /// Make a private group public by Rocket.Chat's API.
    PublishGroup,
    /// Leave groups.
    LeaveGroup,
    /// See the private groups that one is in.
    SeeGroups,
    /// See the private groups that one is in, for programs.
    SeeJoinedGroups,
    /// List all groups there are.
    SeeAllGroups,
    /// Bring everybody with an account into a group that one is in.
    AddEverybody,
    /// Open accounts.
    CreateUser,
    /// Change the accounts of others.
    ChangeUser,
    /// Make and unmake administrators.
    AssignAdmin,
    /// Delete accounts.
    DeleteUser,
    /// Switch accounts off and on.
    SwitchUserOff,
    /// See the addresses and roles of others.
    SeeUserInFull,
    /// List the users there are.
    SeeUsers,
    /// Find users with whom one shares no group.
    SeePeopleOutside,
    /// See which groups others are in.
    SeeGroupsOfUsers,
    /// Invite addresses to the installation.
    InviteToServer,
    /// See which version runs.
    SeeStatistics,
    /// Make access tokens for oneself.
    CreateToken,
    /// Call Rocket.Chat's API as often as one likes.
    CallWithoutLimit,
}

impl Permission {
    /// All there are.
    pub const ALL: [Self; 33] = [
        Self::Invite,
        Self::InviteFromOutside,
        Self::RemoveMember,
        Self::RemoveFromOutside,
        Self::ChangeGroup,
        Self::ArchiveGroup,
        Self::UnarchiveRoom,
        Self::DeleteGroup,
        Self::SetOwner,
        Self::SetModerator,
        Self::SetLeader,
        Self::CreateLink,
        Self::SeeBroadcastMembers,
        Self::CreateGroup,
        Self::PublishGroup,
        Self::LeaveGroup,
        Self::SeeGroups,
        Self::SeeJoinedGroups,
        Self::SeeAllGroups,
        Self::AddEverybody,
        Self::CreateUser,
        Self::ChangeUser,
        Self::AssignAdmin,
        Self::DeleteUser,
        Self::SwitchUserOff,
        Self::SeeUserInFull,
        Self::SeeUsers,
        Self::SeePeopleOutside,
        Self::SeeGroupsOfUsers,
        Self::InviteToServer,
        Self::SeeStatistics,
        Self::CreateToken,
        Self::CallWithoutLimit,
    ];

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
            Self::InviteFromOutside => "invite-from-outside",
            Self::RemoveMember => "remove-member",
            Self::RemoveFromOutside => "remove-from-outside",
            Self::ChangeGroup => "change-group",
            Self::ArchiveGroup => "archive-group",
            Self::UnarchiveRoom => "unarchive-room",
            Self::DeleteGroup => "delete-group",
            Self::SetOwner => "set-owner",
            Self::SetModerator => "set-moderator",
            Self::SetLeader => "set-leader",
            Self::CreateLink => "create-link",
            Self::SeeBroadcastMembers => "see-broadcast-members",
            Self::CreateGroup => "create-group",
            Self::PublishGroup => "publish-group",
            Self::LeaveGroup => "leave-group",
            Self::SeeGroups => "see-groups",
            Self::SeeJoinedGroups => "see-joined-groups",
            Self::SeeAllGroups => "see-all-groups",
            Self::AddEverybody => "add-everybody",
            Self::CreateUser => "create-user",
            Self::ChangeUser => "change-user",
            Self::AssignAdmin => "assign-admin",
            Self::DeleteUser => "delete-user",
            Self::SwitchUserOff => "switch-user-off",
            Self::SeePeopleOutside => "see-people-outside",
            Self::SeeGroupsOfUsers => "see-groups-of-users",
            Self::InviteToServer => "invite-to-server",
            Self::SeeUserInFull => "see-user-in-full",
            Self::SeeUsers => "see-users",
            Self::SeeStatistics => "see-statistics",
            Self::CreateToken => "create-token",
            Self::CallWithoutLimit => "call-without-limit",
        }
    }

    /// The name that Rocket.Chat gives it, by which the operator says who has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invite => "add-user-to-joined-room",
            Self::InviteFromOutside => "add-user-to-any-p-room",
            Self::RemoveMember => "remove-user",
            Self::RemoveFromOutside => "kick-user-from-any-p-room",
            Self::ChangeGroup => "edit-room",
            Self::ArchiveGroup => "archive-room",
            Self::UnarchiveRoom => "unarchive-room",
            Self::DeleteGroup => "delete-p",
            Self::SetOwner => "set-owner",
            Self::SetModerator => "set-moderator",
            Self::SetLeader => "set-leader",
            Self::CreateLink => "create-invite-links",
            Self::SeeBroadcastMembers => "view-broadcast-member-list",
            Self::CreateGroup => "create-p",
            Self::PublishGroup => "create-c",
            Self::LeaveGroup => "leave-p",
            Self::SeeGroups => "view-p-room",
            Self::SeeJoinedGroups => "view-joined-room",
            Self::SeeAllGroups => "view-room-administration",
            Self::AddEverybody => "add-all-to-room",
            Self::CreateUser => "create-user",
            Self::ChangeUser => "edit-other-user-info",
            Self::AssignAdmin => "assign-admin-role",
            Self::DeleteUser => "delete-user",
            Self::SwitchUserOff => "edit-other-user-active-status",
            Self::SeePeopleOutside => "view-outside-room",
            Self::SeeGroupsOfUsers => "view-other-user-channels",
            Self::InviteToServer => "bulk-register-user",
            Self::SeeUserInFull => "view-full-other-user-info",
            Self::SeeUsers => "view-d-room",
            Self::SeeStatistics => "view-statistics",
            Self::CreateToken => "create-personal-access-tokens",
            Self::CallWithoutLimit => "api-bypass-rate-limit",
        }
    }

    /// Reads that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.name() == name)
    }

    /// Who has it unless the operator says otherwise.
    const fn usual_holders(self) -> Holders {
        use GlobalRole::{Admin, Anonymous, App, Bot, Guest, User};
        match self {
            Self::Invite | Self::RemoveMember | Self::ChangeGroup | Self::CreateLink | Self::SeeBroadcastMembers => {
                Holders::of(&[Admin], &[Role::Owner, Role::Moderator])
            }
            Self::InviteFromOutside | Self::RemoveFromOutside => Holders::of(&[], &[]),
            Self::ArchiveGroup | Self::DeleteGroup | Self::SetOwner | Self::SetModerator | Self::SetLeader => {
                Holders::of(&[Admin], &[Role::Owner])
            }
            Self::UnarchiveRoom
            | Self::SeeAllGroups
            | Self::AddEverybody
            | Self::CreateUser
            | Self::ChangeUser
            | Self::AssignAdmin
            | Self::DeleteUser
            | Self::SeeGroupsOfUsers
            | Self::InviteToServer
            | Self::SwitchUserOff
            | Self::SeeUserInFull
            | Self::SeeStatistics => Holders::of(&[Admin], &[]),
            Self::CreateGroup | Self::PublishGroup => Holders::of(&[Admin, User, Bot, App], &[]),
            Self::LeaveGroup => Holders::of(&[Admin, User, Bot, Anonymous, App], &[]),
            Self::SeeGroups => Holders::of(&[Admin, User, Anonymous, Guest], &[]),
            Self::SeeJoinedGroups => Holders::of(&[Guest, Bot, App, Anonymous], &[]),
            Self::SeeUsers => Holders::of(&[Admin, User, Bot, App, Guest], &[]),
            Self::SeePeopleOutside => Holders::of(&[Admin, User], &[Role::Owner, Role::Moderator]),
            Self::CreateToken => Holders::of(&[Admin, User], &[]),
            Self::CallWithoutLimit => Holders::of(&[Admin, Bot, App], &[]),
        }
    }
}

/// The roles that have a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holders {
    /// Whoever has one of these everywhere.
    pub everywhere: GlobalRoles,
    /// Whoever has one of these in the group.
    pub in_group: RoleSet,
}

impl Holders {
    const fn of(everywhere: &[GlobalRole], in_group: &[Role]) -> Self {
        Self { everywhere: GlobalRoles::of(everywhere), in_group: RoleSet::of(in_group) }
    }

    /// Reads the names of roles; an error is the first that is none.
    pub fn parse<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, &'n str> {
        let mut holders = Self::of(&[], &[]);
        for name in names {
            match (GlobalRole::parse(name), Role::parse(name)) {
                (Some(role), _) => holders.everywhere = holders.everywhere.with(role),
                (None, Some(role)) => holders.in_group = holders.in_group.with(role),
                (None, None) => return Err(name),
            }
        }
        Ok(holders)
    }
}

/// Who has which permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions([Holders; Permission::ALL.len()]);

impl Default for Permissions {
    fn default() -> Self {
        Self(Permission::ALL.map(Permission::usual_holders))
    }
}

impl Permissions {
    /// The roles that have it.
    #[must_use]
    pub fn holders(&self, what: Permission) -> Holders {
        // In the order of all there are, which is the order of their declaration.
        self.0.get(what as usize).copied().unwrap_or(what.usual_holders())
    }

    /// Gives a permission to just these.
    pub fn set(&mut self, what: Permission, holders: Holders) {
        if let Some(held) = self.0.get_mut(what as usize) {
            *held = holders;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_has_its_own_place_and_name() {
        for (place, permission) in Permission::ALL.into_iter().enumerate() {
            assert_eq!(permission as usize, place);
            assert_eq!(Permission::parse(permission.name()), Some(permission));
        }
    }

    #[test]
    fn the_operator_says_who_has_what() {
        let mut permissions = Permissions::default();
        let holders = Holders::parse(["bot", "leader"]).unwrap_or(Holders::of(&[], &[]));
        permissions.set(Permission::Invite, holders);
        assert_eq!(permissions.holders(Permission::Invite), Holders::of(&[GlobalRole::Bot], &[Role::Leader]));
        assert_eq!(permissions.holders(Permission::RemoveMember), Permission::RemoveMember.usual_holders());
        assert_eq!(Holders::parse(["owner", "boss"]), Err("boss"));
    }
}
