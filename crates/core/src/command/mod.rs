//! What somebody asks for, free of any API's wording, and which facts the answer depends on.

mod accounts;
mod credentials;
mod groups;
mod invitations;
mod links;
mod mail;
mod members;
mod requests;

pub use self::accounts::{AddUser, DeleteUser, DisableUser, EnableUser, SeeSubject, UpdateUser, UserPatch};
pub use self::credentials::{AddClient, AdoptIssuerKey, IssueToken, RemoveClient, RevokeToken};
pub use self::groups::{
    AcceptOwnership, ArchiveGroup, ChatPatch, CreateGroup, DeleteGroup, GroupPatch, HideGroup, OfferOwnership,
    PurgeGroup, RestoreGroup, UnarchiveGroup, UpdateGroup, WithdrawOwnership,
};
pub use self::invitations::{
    Accept, Admission, AllowInvitations, ChangeInvitation, Decline, Enrol, ExpireInvitations, Expiry,
    GiveInvitationToken, Invite, RefuseInvitations, RemindInvitees, ResendInvitation, RevokeInvitation, SeeInvitation,
    Target, UndoBatch,
};
pub use self::links::{CreateLink, RevokeLink, UseLink};
pub use self::mail::{KeepMail, MailResult, OfferSignIn, Report, ReportMail, ReviveAddress, SettleMail, TakeMail};
pub use self::members::{AssignRole, Leave, RemoveMember, SetAdmin, TakeRole};
pub use self::requests::{ApproveRequest, Join, RejectRequest, WithdrawRequest};
use crate::credential::{ClientId, TokenRef};
use crate::group::GroupRef;
use crate::ids::{BatchId, UserId};
use crate::invitation::InvitationRef;
use crate::link::LinkRef;
use crate::mail::MailId;
use crate::names::EmailKey;
use crate::outcome::{
    Accepted, AddressRevived, AdminSet, BatchUndone, ClientAdded, ClientRemoved, Declined, Enrolled, GroupArchived,
    GroupCreated, GroupDeleted, GroupHidden, GroupPurged, GroupRestored, GroupUnarchived, GroupUpdated,
    InvitationChanged, InvitationResent, InvitationRevoked, InvitationSeen, InvitationTokenGiven, InvitationsAllowed,
    InvitationsExpired, InvitationsRefused, Invited, InviteesReminded, IssuerKeyAdopted, Joined, Left, LinkCreated,
    LinkRevoked, LinkUsed, MailKept, MailReported, MailSettled, MailTaken, MemberRemoved, Outcome, OwnershipAccepted,
    OwnershipOffered, OwnershipWithdrawn, RequestApproved, RequestRejected, RequestWithdrawn, RoleAssigned, RoleTaken,
    SignInOffered, TokenIssued, TokenRevoked, UserAdded, UserDeleted, UserDisabled, UserEnabled, UserSeen, UserUpdated,
};
use crate::time::Timestamp;
use crate::user::UserRef;

/// Something that can be submitted: it knows what it needs and what it yields.
pub trait Ask: Into<Command> {
    /// What a success tells.
    type Outcome;

    /// This command's share of `outcome`, or `None` if `outcome` belongs to another command.
    fn outcome(outcome: Outcome) -> Option<Self::Outcome>;
}

macro_rules! commands {
    ($($(#[$docs:meta])* $name:ident => $outcome:ident,)*) => {
        /// Every change that can be asked for.
        #[derive(Debug, Clone)]
        pub enum Command {
            $($(#[$docs])* $name($name),)*
        }

        impl Command {
            /// Which facts [`crate::decide()`] must be given.
            #[must_use]
            pub fn needs(&self) -> Needs {
                match self {
                    $(Self::$name(ask) => ask.needs(),)*
                }
            }

            /// The command's name, for logs.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }
        }

        $(
            impl From<$name> for Command {
                fn from(ask: $name) -> Self {
                    Self::$name(ask)
                }
            }

            impl Ask for $name {
                type Outcome = $outcome;

                fn outcome(outcome: Outcome) -> Option<$outcome> {
                    if let Outcome::$outcome(outcome) = outcome { Some(outcome) } else { None }
                }
            }
        )*
    };
}

commands! {
    /// Open an account.
    AddUser => UserAdded,
    /// Find, or make at first sight, the account behind a subject of the identity provider.
    SeeSubject => UserSeen,
    /// Switch an account off.
    DisableUser => UserDisabled,
    /// Switch an account on again.
    EnableUser => UserEnabled,
    /// Change what an account is.
    UpdateUser => UserUpdated,
    /// Delete an account for good.
    DeleteUser => UserDeleted,
    /// Make a group.
    CreateGroup => GroupCreated,
    /// Change a group's name and settings.
    UpdateGroup => GroupUpdated,
    /// Put a group into the archive.
    ArchiveGroup => GroupArchived,
    /// Take a group out of the archive.
    UnarchiveGroup => GroupUnarchived,
    /// Delete a group, so that it can still be restored.
    DeleteGroup => GroupDeleted,
    /// Put a group out of one's own sight, or into it again.
    HideGroup => GroupHidden,
    /// Bring a deleted group back.
    RestoreGroup => GroupRestored,
    /// Forget a deleted group for good.
    PurgeGroup => GroupPurged,
    /// Offer the ownership of a group to a member.
    OfferOwnership => OwnershipOffered,
    /// Take over the ownership of a group.
    AcceptOwnership => OwnershipAccepted,
    /// Take an offer of ownership back, or turn it down.
    WithdrawOwnership => OwnershipWithdrawn,
    /// Bring people into a group, at once or on their acceptance.
    Invite => Invited,
    /// Take the invitations of one command back, while nobody has answered.
    UndoBatch => BatchUndone,
    /// Send an invitation again.
    ResendInvitation => InvitationResent,
    /// Change the role or the end of an invitation.
    ChangeInvitation => InvitationChanged,
    /// Take an invitation back.
    RevokeInvitation => InvitationRevoked,
    /// Give an invitation one more secret to be held by.
    GiveInvitationToken => InvitationTokenGiven,
    /// Record that the time of invitations ran out.
    ExpireInvitations => InvitationsExpired,
    /// Remind people of invitations that they have not answered.
    RemindInvitees => InviteesReminded,
    /// Note that somebody opened the link of an invitation.
    SeeInvitation => InvitationSeen,
    /// Say yes to an invitation.
    Accept => Accepted,
    /// Open an account, and say yes to the invitation that was mailed to its address.
    Enrol => Enrolled,
    /// Mail a link by which somebody can accept an invitation with the account that they have.
    OfferSignIn => SignInOffered,
    /// Say no to an invitation.
    Decline => Declined,
    /// Refuse invitations for good.
    RefuseInvitations => InvitationsRefused,
    /// Take such a refusal back.
    AllowInvitations => InvitationsAllowed,
    /// Make an invite link.
    CreateLink => LinkCreated,
    /// Take an invite link back.
    RevokeLink => LinkRevoked,
    /// Come by an invite link.
    UseLink => LinkUsed,
    /// Come in, or ask to.
    Join => Joined,
    /// Let somebody in who asked to join.
    ApproveRequest => RequestApproved,
    /// Turn somebody down who asked to join, or who waits for a seat.
    RejectRequest => RequestRejected,
    /// Take one's own request to join back.
    WithdrawRequest => RequestWithdrawn,
    /// Take a member, or a pending invitation, away.
    RemoveMember => MemberRemoved,
    /// Give a member a role.
    AssignRole => RoleAssigned,
    /// Take a role from a member.
    TakeRole => RoleTaken,
    /// Make a member one of those who run the group, or no longer. Whoever runs it may: the way of Quran Foundation's API.
    SetAdmin => AdminSet,
    /// Go.
    Leave => Left,
    /// Give out an opaque access token.
    IssueToken => TokenIssued,
    /// End an access token.
    RevokeToken => TokenRevoked,
    /// Register a client application.
    AddClient => ClientAdded,
    /// Remove a client application and its tokens.
    RemoveClient => ClientRemoved,
    /// Take mail that is due, to send it.
    TakeMail => MailTaken,
    /// Go on sending mail that was taken.
    KeepMail => MailKept,
    /// Say what became of a mail that was taken.
    SettleMail => MailSettled,
    /// Note that a mail came back, or that somebody complained about it.
    ReportMail => MailReported,
    /// Write to an address again at which nobody read mail.
    ReviveAddress => AddressRevived,
    /// Sign tokens with this key from now on, unless there is a key already.
    AdoptIssuerKey => IssuerKeyAdopted,
}

impl Command {
    /// The user who asks; none if the operator does, or guestlist itself.
    #[must_use]
    pub const fn actor(&self) -> Option<UserId> {
        match self {
            Self::SeeSubject(_)
            | Self::PurgeGroup(_)
            | Self::GiveInvitationToken(_)
            | Self::ExpireInvitations(_)
            | Self::RemindInvitees(_)
            | Self::SeeInvitation(_)
            | Self::Enrol(_)
            | Self::OfferSignIn(_)
            | Self::TakeMail(_)
            | Self::KeepMail(_)
            | Self::SettleMail(_)
            | Self::AdoptIssuerKey(_) => None,
            Self::AddUser(ask) => ask.by,
            Self::DisableUser(ask) => ask.by,
            Self::EnableUser(ask) => ask.by,
            Self::UpdateUser(ask) => Some(ask.by),
            Self::DeleteUser(ask) => Some(ask.by),
            Self::CreateGroup(ask) => ask.by,
            Self::IssueToken(ask) => ask.by,
            Self::RevokeToken(ask) => ask.by,
            Self::AddClient(ask) => ask.by,
            Self::RemoveClient(ask) => ask.by,
            Self::ReportMail(ask) => ask.by,
            Self::ReviveAddress(ask) => ask.by,
            Self::Accept(ask) => ask.by,
            Self::UpdateGroup(ask) => Some(ask.by),
            Self::ArchiveGroup(ask) => Some(ask.by),
            Self::UnarchiveGroup(ask) => Some(ask.by),
            Self::DeleteGroup(ask) => Some(ask.by),
            Self::HideGroup(ask) => Some(ask.by),
            Self::RestoreGroup(ask) => Some(ask.by),
            Self::OfferOwnership(ask) => Some(ask.by),
            Self::AcceptOwnership(ask) => Some(ask.by),
            Self::WithdrawOwnership(ask) => Some(ask.by),
            Self::Invite(ask) => Some(ask.by),
            Self::UndoBatch(ask) => Some(ask.by),
            Self::ResendInvitation(ask) => Some(ask.by),
            Self::ChangeInvitation(ask) => Some(ask.by),
            Self::RevokeInvitation(ask) => Some(ask.by),
            Self::Decline(ask) => ask.by,
            Self::RefuseInvitations(ask) => ask.by,
            Self::AllowInvitations(ask) => ask.by,
            Self::CreateLink(ask) => Some(ask.by),
            Self::RevokeLink(ask) => Some(ask.by),
            Self::UseLink(ask) => Some(ask.by),
            Self::Join(ask) => Some(ask.by),
            Self::ApproveRequest(ask) => Some(ask.by),
            Self::RejectRequest(ask) => Some(ask.by),
            Self::WithdrawRequest(ask) => Some(ask.by),
            Self::RemoveMember(ask) => Some(ask.by),
            Self::AssignRole(ask) => Some(ask.by),
            Self::TakeRole(ask) => Some(ask.by),
            Self::SetAdmin(ask) => Some(ask.by),
            Self::Leave(ask) => Some(ask.by),
        }
    }

    /// The batch of invitations that it makes, if they shall be undone together.
    #[must_use]
    pub const fn batch(&self) -> Option<BatchId> {
        match self {
            Self::Invite(ask) => ask.batch,
            _ => None,
        }
    }
}

/// The keys of the facts that one command depends on.
///
/// Beyond what is named, these are facts too: the group and the address of each invitation; the group of each link; the
/// addresses of each user, the owner of each address; between each group and user their membership, their request to
/// join, and the pending invitations of the user and of their verified addresses; the membership of whoever offers a
/// group to somebody, or made a link; and the last event of each group.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own: is this a fact too?")]
pub struct Needs {
    /// Groups, by any name.
    pub groups: Vec<GroupRef>,
    /// Users, by any name; an address is a fact even if nobody has it.
    pub users: Vec<UserRef>,
    /// Invitations.
    pub invitations: Vec<InvitationRef>,
    /// Invite links.
    pub links: Vec<LinkRef>,
    /// What happened in these batches, the invitations that it happened to, and all that ties the people it happened to
    /// to the group.
    pub batches: Vec<BatchId>,
    /// Whether one of the groups named here may get the slug that is named here too.
    pub renames: bool,
    /// The first so many of those who wait for a seat in the groups named here, by link or by invitation.
    pub waiting: u16,
    /// The groups of which these users are owners, and their memberships there.
    pub owned_by: Vec<UserRef>,
    /// What these users have invited lately.
    pub days_of: Vec<UserId>,
    /// Whether the users named here refuse the invitations of this inviter, or to the groups named here.
    pub refused_to: Option<UserId>,
    /// All that the users and the holders of the invitations named here refuse.
    pub opt_outs: bool,
    /// Whether something may change that is of no group, such as an account.
    pub installation: bool,
    /// Stored tokens.
    pub tokens: Vec<TokenRef>,
    /// Client applications.
    pub clients: Vec<ClientId>,
    /// Whoever the secrets named here stand for are named, too.
    pub holders: bool,
    /// Mails.
    pub mails: Vec<MailId>,
    /// Mail that is due, and all that there is to write in it.
    pub due_mail: Option<DueMail>,
    /// Whether nobody reads mail at these addresses.
    pub dead_addresses: Vec<EmailKey>,
    /// The key of the built-in token issuer.
    pub issuer_key: bool,
    /// Whether somebody gets a name or an address, by which what follows in the batch may name them.
    pub names_people: bool,
    /// Whether a new user may need a number.
    pub next_user_id: bool,
    /// Whether a new group may need a number.
    pub next_group_id: bool,
}

/// Mail that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueMail {
    /// That which was queued before this instant, and due by it.
    pub by: Timestamp,
    /// The first so many.
    pub number: u16,
}

impl DueMail {
    /// What all commands of a batch need of it together: as many more as the others among them may settle before.
    #[must_use]
    pub fn of(needs: &[Needs]) -> Option<Self> {
        let due = needs
            .iter()
            .filter_map(|need| need.due_mail)
            .reduce(|one, other| Self { by: one.by.max(other.by), number: one.number.saturating_add(other.number) })?;
        let settled: usize = needs.iter().map(|need| need.mails.len()).sum();
        Some(Self { number: due.number.saturating_add(u16::try_from(settled).unwrap_or(u16::MAX)), ..due })
    }
}

impl Needs {
    /// Of somebody who asks for something in a group.
    fn in_group(group: &GroupRef, by: UserId) -> Self {
        Self { groups: vec![group.clone()], users: vec![UserRef::Id(by)], ..Self::default() }
    }

    /// Of somebody who asks for something that concerns another user of a group.
    fn concerning(group: &GroupRef, by: UserId, user: &UserRef) -> Self {
        Self { users: vec![UserRef::Id(by), user.clone()], ..Self::in_group(group, by) }
    }

    /// How many keys there are to look up.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.groups.len()
            + self.users.len()
            + self.invitations.len()
            + self.links.len()
            + self.batches.len()
            + self.waiting as usize
            + self.owned_by.len()
            + self.mails.len()
            + match self.due_mail {
                Some(due) => due.number as usize,
                None => 0,
            }
            + self.tokens.len()
            + self.clients.len()
    }

    /// Whether there is nothing to look up.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
