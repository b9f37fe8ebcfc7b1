//! The mail that follows from changes, whichever command made them. It is queued with them, so that none is lost and none
//! is sent of what did not happen; whether it is still wanted is looked at again when it leaves (`take_mail.rs`).

use crate::change::Change;
use crate::command::Command;
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::{GroupId, InvitationId, UserId};
use crate::invitation::{Invitation, InvitationRef, InvitationState, Invitee};
use crate::mail::{Mail, MailKind, Recipient};
use crate::request::{JoinRequest, RequestState};
use crate::time::Timestamp;

/// Queues what is to be written to people about `changes`, which `command` led to.
pub(super) fn post(changes: &mut Vec<Change>, command: &Command, facts: &Facts, now: Timestamp) {
    let Some(hold) = facts.settings().hold_mail else { return };
    let post = Post { command, facts, now, due_at: now + hold };
    let mails = changes.iter().filter_map(|change| match change {
        Change::Invitation(invitation) => post.of_invitation(invitation),
        Change::JoinRequest(request) => post.of_request(request),
        Change::Group(group) => post.of_group(group),
        _ => None,
    });
    let mails: Vec<_> = mails.map(Change::Mail).collect();
    changes.extend(mails);
}

struct Post<'f> {
    command: &'f Command,
    facts: &'f Facts,
    now: Timestamp,
    due_at: Timestamp,
}

impl Post<'_> {
    fn of_invitation(&self, new: &Invitation) -> Option<Mail> {
        let known = self.facts.invitation(&InvitationRef::Id(new.id));
        let to = match &new.invitee {
            Invitee::User(id) => Recipient::User(*id),
            Invitee::Email(email) => Recipient::Address(email.clone()),
        };
        match new.state {
            InvitationState::Pending => {
                let kind = if matches!(self.command, Command::RemindInvitees(_)) {
                    MailKind::Reminder
                } else if known.is_none_or(|known| known.sent_at < new.sent_at) {
                    MailKind::Invitation
                } else {
                    return None;
                };
                Some(self.mail(kind, new.group, to, Some(new.id), None))
            }
            // Whoever was brought in by others did not accept.
            InvitationState::Accepted if self.is_their_own() => {
                let to = Recipient::User(new.inviter);
                Some(self.mail(MailKind::Accepted, new.group, to, Some(new.id), new.closed_by))
            }
            InvitationState::Accepted
            | InvitationState::Declined
            | InvitationState::Revoked
            | InvitationState::Expired => None,
        }
    }

    /// Whether somebody came in by themselves.
    const fn is_their_own(&self) -> bool {
        matches!(self.command, Command::Accept(_) | Command::Enrol(_) | Command::UseLink(_) | Command::Join(_))
    }

    fn of_request(&self, new: &JoinRequest) -> Option<Mail> {
        let known = self.facts.request(new.group, new.user).map(|known| known.state);
        match new.state {
            RequestState::Pending if known != Some(RequestState::Pending) => {
                Some(self.mail(MailKind::Request, new.group, Recipient::Owners, None, Some(new.user)))
            }
            RequestState::Admitted if known != Some(RequestState::Admitted) && new.closed_by != Some(new.user) => {
                Some(self.mail(MailKind::Approved, new.group, Recipient::User(new.user), None, None))
            }
            _ => None,
        }
    }

    fn of_group(&self, new: &Group) -> Option<Mail> {
        let known = self.facts.group(&GroupRef::Id(new.id)).and_then(|known| known.offer);
        let offer = new.offer.filter(|offer| known != Some(*offer))?;
        Some(self.mail(MailKind::OwnershipOffered, new.id, Recipient::User(offer.to), None, Some(offer.from)))
    }

    fn mail(
        &self,
        kind: MailKind,
        group: GroupId,
        to: Recipient,
        invitation: Option<InvitationId>,
        about: Option<UserId>,
    ) -> Mail {
        Mail::new(kind, group, to, invitation, about, self.now, self.due_at)
    }
}
