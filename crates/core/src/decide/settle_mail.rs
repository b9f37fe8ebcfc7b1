//! What becomes of mail: kept while it is being sent, settled or tried again, and what is reported of it afterwards.

use super::{Decision, refuse_invitations, require_administrator};
use crate::change::Change;
use crate::command::{KeepMail, MailResult, Report, ReportMail, ReviveAddress, SettleMail};
use crate::facts::Facts;
use crate::mail::{DeadAddress, LEASE, Mail, MailState, Recipient, Reply, TRIED_FOR, Try, TryKind, next_attempt};
use crate::names::EmailKey;
use crate::opt_out::Person;
use crate::outcome::{AddressRevived, MailKept, MailReported, MailSettled};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::UserRef;

pub(super) fn keep(ask: &KeepMail, facts: &Facts, now: Timestamp) -> Decision<MailKept> {
    let mut ids = ask.mails.clone();
    ids.sort_unstable();
    ids.dedup();
    let until = Some(now + LEASE);
    let is_kept = |mail: &&Mail| mail.state == MailState::Sending && mail.due_at != until;
    let sending = ids.iter().filter_map(|id| facts.mail(*id)).filter(is_kept);
    let changes = sending.map(|mail| Change::Mail(Mail { due_at: until, ..mail.clone() })).collect();
    Decision { outcome: MailKept, changes }
}

pub(super) fn settle(ask: &SettleMail, facts: &Facts, now: Timestamp) -> Decision<MailSettled> {
    // Settled by somebody else, who took it over too early: the first word counts.
    let Some(mail) = facts.mail(ask.mail).filter(|mail| mail.state.is_open()) else {
        return Decision::unchanged(MailSettled);
    };
    let attempt = |what, reply: Option<&Reply>| Try { at: now, what, reply: reply.cloned() };
    let mut dead = None;
    let settled = match &ask.result {
        MailResult::HandedOver => mail.after(attempt(TryKind::HandedOver, None), MailState::HandedOver, None),
        MailResult::Withheld => mail.after(attempt(TryKind::HandedOver, None), MailState::Withheld, None),
        MailResult::Deferred(reply) if now < mail.created_at + TRIED_FOR => {
            let again = next_attempt(mail.id, mail.attempts() + 1, now);
            mail.after(attempt(TryKind::Deferred, Some(reply)), MailState::Queued, Some(again))
        }
        MailResult::Deferred(reply) | MailResult::Failed(reply) => {
            mail.after(attempt(TryKind::Failed, Some(reply)), MailState::Failed, None)
        }
        MailResult::DeadAddress(address, reply) => {
            dead = Some(dead_address(address.key().clone(), Some(reply.clone()), now));
            mail.after(attempt(TryKind::Failed, Some(reply)), MailState::Failed, None)
        }
        MailResult::Untried => Mail { state: MailState::Queued, due_at: Some(now), ..mail.clone() },
    };
    Decision { outcome: MailSettled, changes: std::iter::once(Change::Mail(settled)).chain(dead).collect() }
}

/// A mail that is gone, with its group, is not to be told of.
pub(super) fn report(ask: &ReportMail, facts: &Facts, now: Timestamp) -> Result<Decision<MailReported>, Refusal> {
    require_administrator(ask.by, facts)?;
    let is_first = |mail: &&Mail| !matches!(mail.state, MailState::Bounced | MailState::Complained);
    let Some(mail) = facts.mail(ask.mail).filter(is_first) else {
        return Ok(Decision::unchanged(MailReported { is_news: false }));
    };
    let (what, state) = match ask.report {
        Report::HardBounce | Report::SoftBounce => (TryKind::Bounced, MailState::Bounced),
        Report::Complaint => (TryKind::Complained, MailState::Complained),
    };
    let reply = match ask.report {
        Report::HardBounce => Some(Reply::of_dead_address(ask.reply.as_ref())),
        Report::SoftBounce | Report::Complaint => ask.reply.clone(),
    };
    let reported = mail.after(Try { at: now, what, reply: reply.clone() }, state, None);
    let mut changes = vec![Change::Mail(reported)];
    match ask.report {
        Report::HardBounce => {
            let address = address(mail, facts);
            changes.extend(address.map(|address| dead_address(address, reply, now)));
        }
        Report::SoftBounce => {}
        Report::Complaint => {
            let person = match &mail.to {
                Recipient::User(id) => Some(Person::User(*id)),
                Recipient::Address(email) => Some(match facts.user(&UserRef::Email(email.clone())) {
                    Some(user) => Person::User(user.id),
                    None => Person::Address(email.key().clone()),
                }),
                Recipient::Owners => None,
            };
            changes.extend(person.and_then(|person| refuse_invitations::of_everyone(&person, facts, now)));
        }
    }
    Ok(Decision { outcome: MailReported { is_news: true }, changes })
}

pub(super) fn revive(ask: &ReviveAddress, facts: &Facts) -> Result<Decision<AddressRevived>, Refusal> {
    require_administrator(ask.by, facts)?;
    let dead = facts.dead_address(ask.address.key());
    let changes = dead.map(|dead| Change::AddressRevived(dead.address.clone())).into_iter().collect();
    Ok(Decision { outcome: AddressRevived, changes })
}

fn address(mail: &Mail, facts: &Facts) -> Option<EmailKey> {
    match &mail.to {
        Recipient::User(id) => facts.address_of(*id).map(|address| address.key().clone()),
        Recipient::Address(email) => Some(email.key().clone()),
        Recipient::Owners => None,
    }
}

const fn dead_address(address: EmailKey, reply: Option<Reply>, since: Timestamp) -> Change {
    Change::DeadAddress(DeadAddress { address, since, reply })
}
