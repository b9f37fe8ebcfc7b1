//! What a caller learns when the answer is yes.

use crate::credential::{AccessToken, Client, IssuerKey};
use crate::explain::Explanation;
use crate::group::{Group, OwnershipOffer};
use crate::ids::{GroupId, InvitationId, UserId};
use crate::invitation::Invitation;
use crate::link::Link;
use crate::mail::{Letter, MailId, Reply};
use crate::refusal::Refusal;
use crate::request::JoinRequest;
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
    /// Of `EnableUser`.
    UserEnabled(UserEnabled),
    /// Of `UpdateUser`.
    UserUpdated(UserUpdated),
    /// Of `DeleteUser`.
    UserDeleted(UserDeleted),
    /// Of `CreateGroup`.
    GroupCreated(GroupCreated),
    /// Of `UpdateGroup`.
    GroupUpdated(GroupUpdated),
    /// Of `ArchiveGroup`.
    GroupArchived(GroupArchived),
    /// Of `UnarchiveGroup`.
    GroupUnarchived(GroupUnarchived),
    /// Of `DeleteGroup`.
    GroupDeleted(GroupDeleted),
    /// Of `HideGroup`.
    GroupHidden(GroupHidden),
    /// Of `RestoreGroup`.
    GroupRestored(GroupRestored),
    /// Of `PurgeGroup`.
    GroupPurged(GroupPurged),
    /// Of `OfferOwnership`.
    OwnershipOffered(OwnershipOffered),
    /// Of `AcceptOwnership`.
    OwnershipAccepted(OwnershipAccepted),
    /// Of `WithdrawOwnership`.
    OwnershipWithdrawn(OwnershipWithdrawn),
    /// Of `Invite`.
    Invited(Invited),
    /// Of `UndoBatch`.
    BatchUndone(BatchUndone),
    /// Of `ResendInvitation`.
    InvitationResent(InvitationResent),
    /// Of `ChangeInvitation`.
    InvitationChanged(InvitationChanged),
    /// Of `RevokeInvitation`.
    InvitationRevoked(InvitationRevoked),
    /// Of `GiveInvitationToken`.
    InvitationTokenGiven(InvitationTokenGiven),
    /// Of `ExpireInvitations`.
    InvitationsExpired(InvitationsExpired),
    /// Of `RemindInvitees`.
    InviteesReminded(InviteesReminded),
    /// Of `SeeInvitation`.
    InvitationSeen(InvitationSeen),
    /// Of `Accept`.
    Accepted(Accepted),
    /// Of `Enrol`.
    Enrolled(Enrolled),
    /// Of `OfferSignIn`.
    SignInOffered(SignInOffered),
    /// Of `Decline`.
    Declined(Declined),
    /// Of `RefuseInvitations`.
    InvitationsRefused(InvitationsRefused),
    /// Of `AllowInvitations`.
    InvitationsAllowed(InvitationsAllowed),
    /// Of `CreateLink`.
    LinkCreated(LinkCreated),
    /// Of `RevokeLink`.
    LinkRevoked(LinkRevoked),
    /// Of `UseLink`.
    LinkUsed(LinkUsed),
    /// Of `Join`.
    Joined(Joined),
    /// Of `ApproveRequest`.
    RequestApproved(RequestApproved),
    /// Of `RejectRequest`.
    RequestRejected(RequestRejected),
    /// Of `WithdrawRequest`.
    RequestWithdrawn(RequestWithdrawn),
    /// Of `RemoveMember`.
    MemberRemoved(MemberRemoved),
    /// Of `AssignRole`.
    RoleAssigned(RoleAssigned),
    /// Of `TakeRole`.
    RoleTaken(RoleTaken),
    /// Of `SetAdmin`.
    AdminSet(AdminSet),
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
    /// Of `TakeMail`.
    MailTaken(MailTaken),
    /// Of `KeepMail`.
    MailKept(MailKept),
    /// Of `SettleMail`.
    MailSettled(MailSettled),
    /// Of `ReportMail`.
    MailReported(MailReported),
    /// Of `ReviveAddress`.
    AddressRevived(AddressRevived),
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

/// The account that is on again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEnabled(pub User);

/// The account as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserUpdated(pub User);

/// The account is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserDeleted;

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
    /// An explanation of each refusal among the rows, once.
    pub why: Vec<Explanation>,
}

/// What became of one person named in an `Invite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteRow {
    /// A member now.
    Added,
    /// Has a new invitation.
    Invited(InvitationId),
    /// Had an invitation; its end is no nearer than before, and not before the one asked for.
    Renewed(InvitationId),
    /// Was a member before; nothing changed.
    AlreadyMember,
    /// Waits for a seat already, or does so now because they had asked to join; there is nothing to answer.
    Waiting,
    /// Not invited, for this reason; nothing changed.
    Refused(Refusal),
}

/// How somebody stands to a group that they wanted to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A member now.
    Joined,
    /// A member, as before.
    AlreadyMember,
    /// In line for a seat, behind those who came before.
    Waiting,
    /// Waiting for somebody to approve it.
    Requested,
}

/// What an acceptance led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Where the person wanted to go.
    pub group: GroupId,
    /// How they stand to it now.
    pub standing: Standing,
}

/// How many people are reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteesReminded {
    /// Those whose time had come.
    pub reminded: usize,
}

/// It is noted, now or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationSeen;

/// The account that was opened, and what its acceptance led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The account.
    pub user: User,
    /// Where the person wanted to go.
    pub group: GroupId,
    /// How they stand to it now.
    pub standing: Standing,
}

/// If there is such an account, a mail is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInOffered;

/// What there is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTaken {
    /// What to send now.
    pub letters: Vec<Letter>,
    /// What is taken too, but has nowhere to go, with the reason to give for it.
    pub hopeless: Vec<(MailId, Reply)>,
}

/// It is still whoever's that sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailKept;

/// It is noted, if the mail was not settled before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailSettled;

/// It is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailReported {
    /// Whether it was not known before. It is not news of a mail that is gone, with its group.
    pub is_news: bool,
}

/// The address is written to again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRevived;

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
    /// A request to join, or a place in the line for a seat.
    Request,
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

/// The member runs the group, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminSet {
    /// False if it was so before.
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

/// The group as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupUpdated(pub Group);

/// The group as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupArchived(pub Group);

/// The group as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupUnarchived(pub Group);

/// The group, which can be restored for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDeleted(pub Group);

/// The group is, or is not, in the member's sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupHidden {
    /// False if it was so before.
    pub has_changed: bool,
}

/// The group as it is again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRestored(pub Group);

/// The group is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPurged;

/// The offer as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnershipOffered(pub OwnershipOffer);

/// The caller is an owner now, and whoever offered it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnershipAccepted {
    /// Who was an owner before.
    pub from: UserId,
}

/// There is no offer any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnershipWithdrawn;

/// The batch is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchUndone {
    /// Invitations and memberships that are as before again.
    pub undone: usize,
}

/// The invitation as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationResent(pub Invitation);

/// The invitation as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationChanged(pub Invitation);

/// The invitation as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRevoked(pub Invitation);

/// The invitation that the secret stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationTokenGiven(pub Invitation);

/// How many invitations expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationsExpired {
    /// Those now recorded as expired that were not before.
    pub expired: usize,
}

/// The person refuses these invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationsRefused;

/// The person does not refuse these invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationsAllowed;

/// The link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCreated(pub Link);

/// The link as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRevoked(pub Link);

/// What coming by a link led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkUsed {
    /// Where the link leads.
    pub group: GroupId,
    /// How the person stands to it now.
    pub standing: Standing,
}

/// What wanting in led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Where the person wanted to go.
    pub group: GroupId,
    /// How they stand to it now.
    pub standing: Standing,
}

/// What an approval led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestApproved {
    /// How the person stands to the group now.
    pub standing: Standing,
}

/// The request is turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRejected(pub JoinRequest);

/// The request is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestWithdrawn(pub JoinRequest);
