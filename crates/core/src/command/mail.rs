//! Commands about mail.

use super::{DueMail, Needs};
use crate::ids::UserId;
use crate::invitation::{InvitationRef, InvitationTokenHash};
use crate::mail::{MailId, Reply};
use crate::names::Email;
use crate::time::Timestamp;
use crate::user::UserRef;

/// See [`Command::TakeMail`](super::Command::TakeMail). Asked by guestlist itself, whenever it has nothing else to send.
#[derive(Debug, Clone)]
pub struct TakeMail {
    /// What was queued before this instant and due by it, which is now: what is queued along with the command is not
    /// looked at.
    pub due_by: Timestamp,
    /// What secrets will be looked up by: as many mails are taken, whether each needs one or not.
    pub secrets: Vec<InvitationTokenHash>,
}

impl TakeMail {
    pub(super) fn needs(&self) -> Needs {
        let number = u16::try_from(self.secrets.len()).unwrap_or(u16::MAX);
        Needs { due_mail: Some(DueMail { by: self.due_by, number }), installation: true, ..Needs::default() }
    }
}

/// See [`Command::KeepMail`](super::Command::KeepMail). Asked by guestlist itself, while it sends.
#[derive(Debug, Clone)]
pub struct KeepMail {
    /// What is still being sent.
    pub mails: Vec<MailId>,
}

impl KeepMail {
    pub(super) fn needs(&self) -> Needs {
        Needs { mails: self.mails.clone(), ..Needs::default() }
    }
}

/// See [`Command::SettleMail`](super::Command::SettleMail). Asked by guestlist itself, for every mail that it has taken.
#[derive(Debug, Clone)]
pub struct SettleMail {
    /// Which mail.
    pub mail: MailId,
    /// What became of it.
    pub result: MailResult,
}

/// What became of an attempt to send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailResult {
    /// A mail server took it.
    HandedOver,
    /// It was not to be sent; it only took as long.
    Withheld,
    /// Nobody took it this time.
    Deferred(Reply),
    /// Nobody will take it.
    Failed(Reply),
    /// Nobody reads mail at this address.
    DeadAddress(Email, Reply),
    /// It was not tried.
    Untried,
}

impl SettleMail {
    pub(super) fn needs(&self) -> Needs {
        Needs { mails: vec![self.mail], ..Needs::default() }
    }
}

/// See [`Command::ReportMail`](super::Command::ReportMail).
#[derive(Debug, Clone)]
pub struct ReportMail {
    /// The administrator who asks; whoever receives what comes back, and has made sure that it is not forged, if absent.
    pub by: Option<UserId>,
    /// Which mail.
    pub mail: MailId,
    /// What is reported.
    pub report: Report,
    /// What the mail server said.
    pub reply: Option<Reply>,
}

/// What can be reported of a mail that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Report {
    /// It came back for good: nobody reads mail at the address.
    HardBounce,
    /// It came back, but another one may arrive.
    SoftBounce,
    /// The person, or their mail provider, complained. That is taken as a refusal of all invitations.
    Complaint,
}

impl ReportMail {
    pub(super) fn needs(&self) -> Needs {
        let is_refusal = self.report == Report::Complaint;
        Needs {
            users: self.by.map(UserRef::Id).into_iter().collect(),
            mails: vec![self.mail],
            opt_outs: is_refusal,
            installation: is_refusal,
            ..Needs::default()
        }
    }
}

/// See [`Command::ReviveAddress`](super::Command::ReviveAddress).
#[derive(Debug, Clone)]
pub struct ReviveAddress {
    /// The administrator who asks; the operator if absent.
    pub by: Option<UserId>,
    /// Which.
    pub address: Email,
}

impl ReviveAddress {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            users: self.by.map(UserRef::Id).into_iter().collect(),
            dead_addresses: vec![self.address.key().clone()],
            ..Needs::default()
        }
    }
}

/// See [`Command::OfferSignIn`](super::Command::OfferSignIn). The answer is the same whether there is such an account or
/// not.
#[derive(Debug, Clone)]
pub struct OfferSignIn {
    /// The invitation, by its secret.
    pub invitation: InvitationTokenHash,
    /// An address of the account.
    pub address: Email,
}

impl OfferSignIn {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            users: vec![UserRef::Email(self.address.clone())],
            invitations: vec![InvitationRef::Token(self.invitation)],
            ..Needs::default()
        }
    }
}
