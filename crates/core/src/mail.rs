//! Mail that guestlist sends: what is queued, what became of it, and what there is to write in it.

use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::ids::{GroupId, InvitationId, UserId};
use crate::invitation::InvitationTokenHash;
use crate::language::Languages;
use crate::member::RoleSet;
use crate::names::{DisplayName, Email, EmailKey, Note};
use crate::time::{Lifetime, Timestamp};

/// Names one mail: all the same however often it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailId(Uuid);

impl MailId {
    /// The mail of this kind about these, queued at this instant. Of what it is about, not of chance: what causes a mail
    /// twice causes it once.
    #[must_use]
    pub fn of(
        kind: MailKind,
        group: GroupId,
        to: &Recipient,
        invitation: Option<InvitationId>,
        about: Option<UserId>,
        at: Timestamp,
    ) -> Self {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        part(kind.as_str());
        part(&group.to_string());
        match to {
            Recipient::User(user) => part(&format!("user {user}")),
            Recipient::Address(email) => part(&format!("address {}", email.key().as_str())),
            Recipient::Owners => part("owners"),
        }
        part(&invitation.map(|id| id.to_string()).unwrap_or_default());
        part(&about.map(|id| id.to_string()).unwrap_or_default());
        part(&at.as_millis().to_string());
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize()[..16]);
        Self(uuid::Builder::from_custom_bytes(id).into_uuid())
    }

    /// Of its 16 bytes.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }

    /// Reads the usual form of a UUID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    /// Somebody is invited.
    Invitation,
    /// Their invitation is about to expire.
    Reminder,
    /// To the inviter: somebody accepted.
    Accepted,
    /// To those who own the group: somebody asks to join.
    Request,
    /// Somebody who asked or waited is a member now.
    Approved,
    /// Somebody is offered the ownership of a group.
    OwnershipOffered,
    /// Somebody wants to accept an invitation with the account that they have.
    SignIn,
}

impl MailKind {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 7] = [
        Self::Invitation,
        Self::Reminder,
        Self::Accepted,
        Self::Request,
        Self::Approved,
        Self::OwnershipOffered,
        Self::SignIn,
    ];

    /// Its name, as shown and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::Accepted => "accepted",
            Self::Request => "request",
            Self::Approved => "approved",
            Self::OwnershipOffered => "ownership_offered",
            Self::SignIn => "sign_in",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it asks somebody to answer an invitation. Whoever refuses invitations is not sent these, and what becomes
    /// of them is told to those who invite.
    #[must_use]
    pub const fn invites(self) -> bool {
        matches!(self, Self::Invitation | Self::Reminder)
    }
}

/// To whom a mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Someone with an account, at the first of their verified addresses.
    User(UserId),
    /// Whoever reads mail at this address.
    Address(Email),
    /// Those who own the group, each in a mail of their own.
    Owners,
}

/// The most owners of one group that are written to about one thing.
pub const OWNERS_MAX: u16 = 10;

/// One mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its name.
    pub id: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// The group that it is about.
    pub group: GroupId,
    /// Where it goes.
    pub to: Recipient,
    /// The invitation that it is about.
    pub invitation: Option<InvitationId>,
    /// The other person that it is about: who accepted, asks, or offers.
    pub about: Option<UserId>,
    /// What became of it.
    pub state: MailState,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it is to be looked at next; absent once it is settled. While it is being sent, this is when somebody else may
    /// take it over.
    pub due_at: Option<Timestamp>,
    /// What happened to it so far, in order: [`Mail::TRIES_MAX`] at the most, of which the earliest are forgotten first.
    pub tries: Vec<Try>,
}

impl Mail {
    /// How many attempts are remembered. In the time that a mail is tried for there are fewer.
    pub const TRIES_MAX: usize = 64;

    /// A mail that is due at `due_at`, and that nothing has happened to.
    #[must_use]
    pub fn new(
        kind: MailKind,
        group: GroupId,
        to: Recipient,
        invitation: Option<InvitationId>,
        about: Option<UserId>,
        now: Timestamp,
        due_at: Timestamp,
    ) -> Self {
        let id = MailId::of(kind, group, &to, invitation, about, now);
        let (state, due_at) = (MailState::Queued, Some(due_at));
        Self { id, kind, group, to, invitation, about, state, created_at: now, due_at, tries: vec![] }
    }

    /// How often it was given to a mail server, or may have been.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.tries.iter().filter(|attempt| attempt.what.is_attempt()).count()
    }

    /// What happened to it last, as far as it is told: that somebody did not come back who was sending it is not.
    #[must_use]
    pub fn told(&self) -> Option<&Try> {
        self.tries.iter().rev().find(|attempt| attempt.what != TryKind::Interrupted)
    }

    /// The same after something happened to it.
    #[must_use]
    pub fn after(&self, attempt: Try, state: MailState, due_at: Option<Timestamp>) -> Self {
        let forgotten = (self.tries.len() + 1).saturating_sub(Self::TRIES_MAX);
        let tries = self.tries.iter().skip(forgotten).cloned().chain([attempt]).collect();
        Self { state, due_at, tries, ..self.clone() }
    }
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailState {
    /// Waits to be sent, for the first time or again.
    Queued,
    /// Somebody is sending it.
    Sending,
    /// A mail server took it.
    HandedOver,
    /// Not sent, because the person refuses invitations. Shown as [`Self::HandedOver`] to everybody: nobody learns who
    /// refuses.
    Withheld,
    /// Given up: nobody took it.
    Failed,
    /// It came back.
    Bounced,
    /// The person, or their mail provider, complained about it.
    Complained,
    /// Not sent, because there was no reason any more: the invitation was taken back or answered, say.
    Dropped,
}

impl MailState {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::HandedOver,
        Self::Withheld,
        Self::Failed,
        Self::Bounced,
        Self::Complained,
        Self::Dropped,
    ];

    /// Its name, as shown: that of another state where nobody is to know.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::HandedOver | Self::Withheld => "handed_over",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Dropped => "dropped",
        }
    }

    /// Whether it is still to be sent.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Sending)
    }
}

/// Something that happened to a mail on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: TryKind,
    /// What the mail server said to it, if it said no.
    pub reply: Option<Reply>,
}

/// What can happen to a mail on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TryKind {
    /// A mail server took it.
    HandedOver,
    /// Not this time; it is tried again.
    Deferred,
    /// Whoever was sending it did not come back, so that it may have been taken; it is tried again.
    Interrupted,
    /// Given up.
    Failed,
    /// It came back.
    Bounced,
    /// The person, or their mail provider, complained about it.
    Complained,
}

impl TryKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::HandedOver, Self::Deferred, Self::Interrupted, Self::Failed, Self::Bounced, Self::Complained];

    /// Its name, as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HandedOver => "handed_over",
            Self::Deferred => "deferred",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == text)
    }

    const fn is_attempt(self) -> bool {
        matches!(self, Self::HandedOver | Self::Deferred | Self::Interrupted | Self::Failed)
    }
}

/// What a mail server said, or why it could not be asked: one line of at most 500 characters, without any address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(String);

impl Reply {
    /// Longest reply that is kept, in characters; the rest is cut off.
    pub const MAX_CHARS: usize = 500;

    /// Takes a server's words. Whoever sees them may not know the address of the person whom they invited by account, so
    /// whatever could be one is left out.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.map(|word| if word.contains('@') { "(address)" } else { word }).collect();
        Self(words.join(" ").chars().take(Self::MAX_CHARS).collect())
    }

    /// The same words, as such that say that nobody reads mail at the address: with an enhanced code before them if they
    /// have none that does.
    #[must_use]
    pub fn of_dead_address(reply: Option<&Self>) -> Self {
        match reply {
            Some(reply) if reply.is_of_dead_address() => reply.clone(),
            Some(reply) => Self::of(&format!("5.1.1 {}", reply.as_str())),
            None => Self("5.1.1".to_owned()),
        }
    }

    /// Whether it says that nobody reads mail at the address: by the enhanced status code among its first words (RFC 3463,
    /// 3.2 and 3.3; RFC 7505). Without one, a server may just as well mean us.
    #[must_use]
    pub fn is_of_dead_address(&self) -> bool {
        const CODES: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];
        self.0.split_whitespace().take(3).any(|word| CODES.contains(&word))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address at which nobody reads mail, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadAddress {
    /// Which, in its comparable form.
    pub address: EmailKey,
    /// Since when that is known.
    pub since: Timestamp,
    /// What was said of it.
    pub reply: Option<Reply>,
}

/// Everything that one mail is made of, given to who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Which mail.
    pub mail: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// The group that it is about.
    pub group: GroupId,
    /// Which attempt this is, from 1.
    pub attempt: usize,
    /// Whether nothing is to be sent, because the person refuses invitations, while all else goes its usual way.
    pub is_withheld: bool,
    /// Where to.
    pub to: Email,
    /// The reader's name, if they have an account with one.
    pub reader: Option<DisplayName>,
    /// In which languages.
    pub languages: Languages,
    /// The group's name.
    pub group_name: DisplayName,
    /// The name of the other person: who invites, accepted, asks, or offers. Absent if they have none, or there is nobody.
    pub person: Option<String>,
    /// The roles that come with acceptance.
    pub roles: RoleSet,
    /// The inviter's own words, of an invitation.
    pub note: Option<Note>,
    /// When the offer ends, of an invitation, a reminder or an offer of ownership.
    pub expires_at: Option<Timestamp>,
    /// What the secret in it will be looked up by, where there is one.
    pub secret: Option<InvitationTokenHash>,
}

/// The time for which a mail is tried.
pub const TRIED_FOR: Lifetime = Lifetime::from_days(3);

/// How long whoever sends a mail has it for themselves, unless they say that they are still at it.
pub const LEASE: Lifetime = Lifetime::from_secs(45);

/// When to try again after `attempts` that did not succeed, the last of them at `now`: after a minute, then twice as long
/// each time up to four hours, give or take a fifth, so that what failed together is not tried together.
#[must_use]
pub fn next_attempt(mail: MailId, attempts: usize, now: Timestamp) -> Timestamp {
    const FIRST: i64 = 60_000;
    const LONGEST: i64 = 4 * 3_600_000;
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(8);
    let pause = (FIRST << doublings).min(LONGEST);
    let digest = Sha256::digest(format!("{mail} {attempts}"));
    // From four fifths to six fifths, in steps of a thousandth.
    let share = 800 + i64::from(u16::from_be_bytes([digest[0], digest[1]]) % 401);
    Timestamp::from_millis(now.as_millis().saturating_add(pause * share / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_one_line_without_addresses() {
        let reply = Reply::of("550 5.1.1 <amina@example.org>:\r\n User\tunknown\0 in table");
        assert_eq!(reply.as_str(), "550 5.1.1 (address) User unknown in table");
        assert_eq!(Reply::of(&"é ".repeat(600)).as_str().chars().count(), Reply::MAX_CHARS);
    }

    #[test]
    fn an_enhanced_code_tells_that_an_address_is_dead() {
        for dead in ["550 5.1.1 (address) User unknown", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.1"] {
            assert!(Reply::of(dead).is_of_dead_address(), "{dead}");
        }
        for other in ["550 5.7.1 no", "550 no such user here", "452 4.2.2 full", "", "550 5.1.11"] {
            assert!(!Reply::of(other).is_of_dead_address(), "{other}");
        }
    }

    #[test]
    fn pauses_double_up_to_four_hours_and_differ_from_mail_to_mail() {
        let now = Timestamp::from_millis(0);
        let pauses = |n: u128| -> Vec<i64> {
            let mail = MailId::from_uuid(Uuid::from_u128(n));
            (1..=12).map(|attempts| next_attempt(mail, attempts, now).as_millis() / 1000).collect()
        };
        for n in 0..100 {
            for (attempt, pause) in pauses(n).into_iter().enumerate() {
                let usual = (60_i64 << attempt).min(4 * 3600);
                assert!((usual * 4 / 5..=usual * 6 / 5).contains(&pause), "attempt {attempt}: {pause} of {usual}");
            }
        }
        assert_ne!(pauses(1), pauses(2));
        assert_eq!(pauses(1), pauses(1));
    }

    #[test]
    fn a_mail_remembers_a_bounded_number_of_attempts() {
        let group = GroupId::new(1).expect("a number");
        let to = Recipient::Owners;
        let mut mail =
            Mail::new(MailKind::Request, group, to, None, None, Timestamp::from_millis(0), Timestamp::from_millis(0));
        for at in 0..200 {
            let attempt = Try { at: Timestamp::from_millis(at), what: TryKind::Deferred, reply: None };
            mail = mail.after(attempt, MailState::Queued, None);
        }
        assert_eq!(mail.tries.len(), Mail::TRIES_MAX);
        assert_eq!(mail.tries.last().map(|attempt| attempt.at.as_millis()), Some(199));
    }
}
