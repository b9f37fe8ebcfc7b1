//! The delivery of an invitation, as those who invite are told of it: what became of its mails, and of itself.

use crate::invitation::{Invitation, InvitationState};
use crate::mail::{Mail, MailKind, Reply, TryKind};
use crate::time::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: StepKind,
    /// To which kind of mail, if to one.
    pub mail: Option<MailKind>,
    /// What the mail server said to it, if it said no.
    pub reply: Option<Reply>,
}

/// What can happen on the way of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// A mail waits to be sent.
    Queued,
    /// A mail server took it.
    HandedOver,
    /// No mail server took it this time; it is tried again.
    Deferred,
    /// It was given up: no mail server takes it.
    Failed,
    /// It came back.
    Bounced,
    /// The person, or their mail provider, complained about it.
    Complained,
    /// Somebody opened the link, for the first time.
    Opened,
    /// The person joined.
    Accepted,
    /// The person said no.
    Declined,
    /// It was taken back.
    Revoked,
    /// Nobody answered in time.
    Expired,
}

impl StepKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::HandedOver,
        Self::Deferred,
        Self::Failed,
        Self::Bounced,
        Self::Complained,
        Self::Opened,
        Self::Accepted,
        Self::Declined,
        Self::Revoked,
        Self::Expired,
    ];

    /// Its name, as shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::HandedOver => "handed_over",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Opened => "opened",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    const fn of_try(what: TryKind) -> Option<Self> {
        match what {
            TryKind::HandedOver => Some(Self::HandedOver),
            TryKind::Deferred => Some(Self::Deferred),
            // Somebody else takes it over, and tells how that ended.
            TryKind::Interrupted => None,
            TryKind::Failed => Some(Self::Failed),
            TryKind::Bounced => Some(Self::Bounced),
            TryKind::Complained => Some(Self::Complained),
        }
    }

    const fn of_end(state: InvitationState) -> Option<Self> {
        match state {
            InvitationState::Pending => None,
            InvitationState::Accepted => Some(Self::Accepted),
            InvitationState::Declined => Some(Self::Declined),
            InvitationState::Revoked => Some(Self::Revoked),
            InvitationState::Expired => Some(Self::Expired),
        }
    }
}

impl Step {
    /// Whether nobody reads mail at the address, as its mail server says.
    #[must_use]
    pub fn is_dead_address(&self) -> bool {
        let is_final = matches!(self.what, StepKind::Failed | StepKind::Bounced);
        is_final && self.reply.as_ref().is_some_and(Reply::is_of_dead_address)
    }

    const fn of_invitation(what: StepKind, at: Timestamp) -> Self {
        Self { at, what, mail: None, reply: None }
    }
}

/// What happened to an invitation until `now`, and to the mails about it, in order. Mail that was not sent because the
/// person refuses invitations is told as if it had been.
#[must_use]
pub fn story(invitation: &Invitation, mails: &[Mail], now: Timestamp) -> Vec<Step> {
    let mails = mails.iter().filter(|mail| mail.kind.invites() && mail.invitation == Some(invitation.id));
    let mut steps: Vec<Step> = mails.flat_map(of_mail).collect();
    steps.extend(invitation.seen_at.map(|at| Step::of_invitation(StepKind::Opened, at)));
    // One whose time ran out ended then, even before that is recorded.
    let ended_at = invitation.closed_at.or(invitation.expires_at);
    let end = StepKind::of_end(invitation.state_at(now)).zip(ended_at);
    steps.extend(end.map(|(what, at)| Step::of_invitation(what, at)));
    // Stable: what happened to one mail at one instant stays in order.
    steps.sort_by_key(|step| step.at);
    steps
}

fn of_mail(mail: &Mail) -> impl Iterator<Item = Step> {
    let queued = Step { at: mail.created_at, what: StepKind::Queued, mail: Some(mail.kind), reply: None };
    let tries = mail.tries.iter().filter_map(|attempt| {
        let what = StepKind::of_try(attempt.what)?;
        Some(Step { at: attempt.at, what, mail: Some(mail.kind), reply: attempt.reply.clone() })
    });
    std::iter::once(queued).chain(tries)
}
