//! Commands about invitations.

use super::Needs;
use crate::credential::PasswordHash;
use crate::group::GroupRef;
use crate::ids::{BatchId, InvitationId, Uid, UserId};
use crate::invitation::{InvitationRef, InvitationTokenHash};
use crate::language::Language;
use crate::member::RoleSet;
use crate::names::{DisplayName, Note, Subject};
use crate::opt_out::InvitationsFrom;
use crate::settings::WAITING_MAX;
use crate::time::Lifetime;
use crate::user::UserRef;

/// See [`Command::Invite`](super::Command::Invite).
#[derive(Debug, Clone)]
pub struct Invite {
    /// Who invites.
    pub by: UserId,
    /// Where to.
    pub group: GroupRef,
    /// Whom. The outcome has one row for each, in this order.
    pub targets: Vec<Target>,
    /// The roles that they shall have.
    pub roles: RoleSet,
    /// How the invite takes effect.
    pub admission: Admission,
    /// Under which name it can be undone; not at all if absent.
    pub batch: Option<BatchId>,
    /// The language in which to write to them, if the inviter knows.
    pub language: Option<Language>,
    /// The inviter's own words to them.
    pub note: Option<Note>,
}

/// One person to invite.
#[derive(Debug, Clone)]
pub struct Target {
    /// Whom.
    pub who: UserRef,
    /// The id of the invitation, should a new one be made.
    pub invitation: InvitationId,
}

/// How an invite takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The person is a member at once, archived groups included. The way of Rocket.Chat.
    Direct,
    /// The person is a member once they accept; refused in archived groups. The way of Quran Foundation.
    OnAcceptance(Expiry),
}

/// How long an invitation or a link shall live, within what the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// As long as is usual in this installation.
    Usual,
    /// So long.
    After(Lifetime),
    /// For ever.
    Never,
    /// For ever, whatever the operator allows: the way of Rocket.Chat, whose clients ask for it with a number of 0 days.
    Unlimited,
}

impl Invite {
    /// Targets that one command takes at the most.
    pub const TARGETS_MAX: usize = 1000;

    pub(super) fn needs(&self) -> Needs {
        // Refused whatever the facts are, so none are loaded.
        if self.targets.len() > Self::TARGETS_MAX {
            return Needs::default();
        }
        let targets = self.targets.iter().map(|target| target.who.clone());
        let is_direct = self.admission == Admission::Direct;
        Needs {
            groups: vec![self.group.clone()],
            users: std::iter::once(UserRef::Id(self.by)).chain(targets).collect(),
            days_of: if is_direct { vec![] } else { vec![self.by] },
            refused_to: is_direct.then_some(self.by),
            ..Needs::default()
        }
    }
}

/// See [`Command::UndoBatch`](super::Command::UndoBatch).
#[derive(Debug, Clone)]
pub struct UndoBatch {
    /// Who takes it back.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// What.
    pub batch: BatchId,
}

impl UndoBatch {
    pub(super) fn needs(&self) -> Needs {
        // Everybody brought in may go, and nobody knows yet how many that are.
        let waiting = WAITING_MAX;
        Needs { batches: vec![self.batch], waiting, ..Needs::in_group(&self.group, self.by) }
    }
}

/// See [`Command::ResendInvitation`](super::Command::ResendInvitation).
#[derive(Debug, Clone)]
pub struct ResendInvitation {
    /// Who sends it again.
    pub by: UserId,
    /// Which.
    pub invitation: InvitationId,
    /// How long it shall live from now on. An end that was given is never brought nearer.
    pub expiry: Expiry,
}

impl ResendInvitation {
    pub(super) fn needs(&self) -> Needs {
        about(Some(self.by), InvitationRef::Id(self.invitation))
    }
}

/// See [`Command::ChangeInvitation`](super::Command::ChangeInvitation).
#[derive(Debug, Clone)]
pub struct ChangeInvitation {
    /// Who changes it.
    pub by: UserId,
    /// Which.
    pub invitation: InvitationId,
    /// The roles that come with it from now on; as before if absent.
    pub roles: Option<RoleSet>,
    /// How long it shall live from now on, shorter or longer; as before if absent.
    pub expiry: Option<Expiry>,
}

impl ChangeInvitation {
    pub(super) fn needs(&self) -> Needs {
        about(Some(self.by), InvitationRef::Id(self.invitation))
    }
}

/// See [`Command::RevokeInvitation`](super::Command::RevokeInvitation).
#[derive(Debug, Clone)]
pub struct RevokeInvitation {
    /// Who takes it back.
    pub by: UserId,
    /// Which.
    pub invitation: InvitationId,
}

impl RevokeInvitation {
    pub(super) fn needs(&self) -> Needs {
        about(Some(self.by), InvitationRef::Id(self.invitation))
    }
}

/// See [`Command::GiveInvitationToken`](super::Command::GiveInvitationToken). Asked by guestlist itself, for every mail.
#[derive(Debug, Clone)]
pub struct GiveInvitationToken {
    /// Which invitation.
    pub invitation: InvitationId,
    /// What the secret will be looked up by.
    pub hash: InvitationTokenHash,
}

impl GiveInvitationToken {
    pub(super) fn needs(&self) -> Needs {
        Needs { installation: true, ..about(None, InvitationRef::Id(self.invitation)) }
    }
}

/// See [`Command::ExpireInvitations`](super::Command::ExpireInvitations). Asked by guestlist itself, from time to time.
#[derive(Debug, Clone)]
pub struct ExpireInvitations {
    /// Those whose time may have run out; the others stay as they are.
    pub invitations: Vec<InvitationId>,
}

impl ExpireInvitations {
    pub(super) fn needs(&self) -> Needs {
        Needs { invitations: self.invitations.iter().copied().map(InvitationRef::Id).collect(), ..Needs::default() }
    }
}

/// See [`Command::RemindInvitees`](super::Command::RemindInvitees). Asked by guestlist itself, from time to time.
#[derive(Debug, Clone)]
pub struct RemindInvitees {
    /// Those of whose invitations it may be time to be reminded; the others are left alone.
    pub invitations: Vec<InvitationId>,
}

impl RemindInvitees {
    pub(super) fn needs(&self) -> Needs {
        Needs { invitations: self.invitations.iter().copied().map(InvitationRef::Id).collect(), ..Needs::default() }
    }
}

/// See [`Command::SeeInvitation`](super::Command::SeeInvitation). Asked by the page that the link leads to.
#[derive(Debug, Clone)]
pub struct SeeInvitation {
    /// Which, by its secret.
    pub invitation: InvitationTokenHash,
}

impl SeeInvitation {
    pub(super) fn needs(&self) -> Needs {
        about(None, InvitationRef::Token(self.invitation))
    }
}

/// See [`Command::Enrol`](super::Command::Enrol).
#[derive(Debug, Clone)]
pub struct Enrol {
    /// The invitation, by the secret that was mailed to the address.
    pub invitation: InvitationTokenHash,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// Subject at the identity provider.
    pub subject: Subject,
    /// Name for people.
    pub name: DisplayName,
    /// For signing in with a password.
    pub password: PasswordHash,
    /// The language that they read.
    pub language: Option<Language>,
}

impl Enrol {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            users: vec![UserRef::Uid(self.uid.clone()), UserRef::Subject(self.subject.clone())],
            names_people: true,
            next_user_id: true,
            installation: true,
            ..about(None, InvitationRef::Token(self.invitation))
        }
    }
}

/// See [`Command::Accept`](super::Command::Accept).
#[derive(Debug, Clone)]
pub struct Accept {
    /// Who accepts. Absent for whoever holds the invitation's secret: then the account that it stands for accepts.
    pub by: Option<UserId>,
    /// Which invitation.
    pub invitation: InvitationRef,
    /// Whether holding the secret is enough, whatever the group asks for. The way of Quran Foundation's API, whose access
    /// tokens tell no address: who has received the mail has proved enough.
    pub is_secret_enough: bool,
}

impl Accept {
    pub(super) fn needs(&self) -> Needs {
        Needs { holders: self.by.is_none(), ..about(self.by, self.invitation) }
    }
}

/// See [`Command::Decline`](super::Command::Decline).
#[derive(Debug, Clone)]
pub struct Decline {
    /// Who declines. Absent for somebody without an account, who holds the invitation's secret.
    pub by: Option<UserId>,
    /// Which invitation.
    pub invitation: InvitationRef,
}

impl Decline {
    pub(super) fn needs(&self) -> Needs {
        about(self.by, self.invitation)
    }
}

/// See [`Command::RefuseInvitations`](super::Command::RefuseInvitations).
#[derive(Debug, Clone)]
pub struct RefuseInvitations {
    /// Who refuses. Absent for somebody without an account, who holds the secret of `invitation`.
    pub by: Option<UserId>,
    /// An invitation that occasions it; it is declined along with it, if it is still pending.
    pub invitation: Option<InvitationRef>,
    /// Whose invitations are refused.
    pub from: InvitationsFrom,
}

impl RefuseInvitations {
    pub(super) fn needs(&self) -> Needs {
        refusing(self.by, self.invitation)
    }
}

/// See [`Command::AllowInvitations`](super::Command::AllowInvitations).
#[derive(Debug, Clone)]
pub struct AllowInvitations {
    /// Who allows them again. Absent for somebody without an account, who holds the secret of `invitation`.
    pub by: Option<UserId>,
    /// The invitation that somebody without an account holds; of no use to others.
    pub invitation: Option<InvitationRef>,
    /// Whose invitations are allowed.
    pub from: InvitationsFrom,
}

impl AllowInvitations {
    pub(super) fn needs(&self) -> Needs {
        refusing(self.by, self.invitation)
    }
}

fn about(by: Option<UserId>, invitation: InvitationRef) -> Needs {
    Needs { users: by.map(UserRef::Id).into_iter().collect(), invitations: vec![invitation], ..Needs::default() }
}

fn refusing(by: Option<UserId>, invitation: Option<InvitationRef>) -> Needs {
    Needs {
        users: by.map(UserRef::Id).into_iter().collect(),
        invitations: invitation.into_iter().collect(),
        opt_outs: true,
        installation: true,
        ..Needs::default()
    }
}
