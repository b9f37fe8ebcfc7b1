//! What a caller learns when the answer is yes.

use crate::credential::{AccessToken, Client, IssuerKey};
use crate::group::Group;
use crate::ids::{GroupId, InvitationId};
use crate::user::User;

/// The outcome of a command, one kind per command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Of `AddUser`.
    UserAdded(UserAdded),
    /// Of `SeeSubject`.
    UserSeen(UserSeen),
    /// Of `DisableUser`.
    UserDisabled(UserDisabled),
    /// Of `CreateGroup`.
    GroupCreated(GroupCreated),
    /// Of `Invite`.
    Invited(Invited),
    /// Of `Accept`.
    Accepted(Accepted),
    /// Of `Decline`.
    Declined(Declined),
    /// Of `RemoveMember`.
    MemberRemoved(MemberRemoved),
    /// Of `AssignRole`.
    RoleAssigned(RoleAssigned),
    /// Of `TakeRole`.
    RoleTaken(RoleTaken),
    /// Of `Leave`.
    Left(Left),
    /// Of `IssueToken`.
    TokenIssued(TokenIssued),
    /// Of `RevokeToken`.
    TokenRevoked(TokenRevoked),
    /// Of `AddClient`.
    ClientAdded(ClientAdded),
    /// Of `RemoveClient`.
    ClientRemoved(ClientRemoved),
    /// Of `AdoptIssuerKey`.
    IssuerKeyAdopted(IssuerKeyAdopted),
}

/// The account that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAdded(pub User);

/// The account behind the subject, new or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSeen(pub User);

/// The account that is now off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDisabled(pub User);

/// The group that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCreated(pub Group);

/// What became of each person named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The group.
    pub group: GroupId,
    /// One row per target, in the order in which they were named.
    pub rows: Vec<InviteRow>,
}

/// What became of one person named in an `Invite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteRow {
    /// A member now.
    Added,
    /// Has a new invitation.
    Invited(InvitationId),
    /// Had an invitation; its deadline was moved on.
    Renewed(InvitationId),
    /// Was a member before; nothing changed.
    AlreadyMember,
    /// There is no such user; nothing changed.
    UserUnknown,
}

/// The membership that an acceptance stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Where the person belongs now.
    pub group: GroupId,
    /// False if they were a member already.
    pub is_new_member: bool,
}

/// The invitation is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Where the person does not want to go.
    pub group: GroupId,
}

/// What was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberRemoved {
    /// A membership, with its roles.
    Member,
    /// A pending invitation: the person was not a member.
    Invitation,
}

/// The member holds the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleAssigned {
    /// False if they held it before.
    pub has_changed: bool,
}

/// The member does not hold the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleTaken {
    /// False if they did not hold it before.
    pub has_changed: bool,
}

/// The person is no member any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left;

/// The stored form of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIssued(pub AccessToken);

/// The token as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRevoked(pub AccessToken);

/// The client as registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAdded(pub Client);

/// The client that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRemoved(pub Client);

/// The key in use: the one offered, or the one that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerKeyAdopted(pub IssuerKey);
