//! An offer to join a group, made to one person.

use std::fmt;

use crate::ids::{GroupId, InvitationId, UserId};
use crate::language::Language;
use crate::member::RoleSet;
use crate::names::{Email, Note};
use crate::opt_out::Person;
use crate::time::{Lifetime, Timestamp, is_over};

/// An invitation. A person is never given a second one while the first is pending; only somebody who verifies an address
/// that was invited too may hold two for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its name in links and lists.
    pub id: InvitationId,
    /// Where to.
    pub group: GroupId,
    /// Whom.
    pub invitee: Invitee,
    /// Who invited, last.
    pub inviter: UserId,
    /// The roles that come with acceptance.
    pub roles: RoleSet,
    /// The language in which to write to the person, if the inviter chose one.
    pub language: Option<Language>,
    /// The inviter's own words.
    pub note: Option<Note>,
    /// What became of it.
    pub state: InvitationState,
    /// When it was first made.
    pub created_at: Timestamp,
    /// When it was last sent, which is also when it was made for the first time.
    pub sent_at: Timestamp,
    /// The instant at which it is dead, if still pending; never if absent.
    pub expires_at: Option<Timestamp>,
    /// When the person is to be reminded, if they give no sign of life until then. Absent once that is done, or no use.
    pub remind_at: Option<Timestamp>,
    /// When somebody first opened the link that was mailed with it.
    pub seen_at: Option<Timestamp>,
    /// When it left the state of pending.
    pub closed_at: Option<Timestamp>,
    /// Who closed it. Absent if time did, the operator, or somebody without an account.
    pub closed_by: Option<UserId>,
}

impl Invitation {
    /// Whether it can still be answered. At the very instant of `expires_at` it cannot.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state_at(now) == InvitationState::Pending
    }

    /// The state as people see it: one whose time ran out is expired, even before that is recorded.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> InvitationState {
        match self.state {
            InvitationState::Pending if is_over(self.expires_at, now) => InvitationState::Expired,
            state => state,
        }
    }

    /// When to remind somebody of an invitation that is sent now and ends at `end`: after two thirds of the time, and two
    /// days before the end at the earliest. Not at all if that is a day or less.
    #[must_use]
    pub fn reminder(now: Timestamp, end: Option<Timestamp>) -> Option<Timestamp> {
        const LATEST: Lifetime = Lifetime::from_days(2);
        const SHORTEST: Lifetime = Lifetime::from_days(1);
        let end = end.filter(|end| *end > now + SHORTEST)?;
        let third = (end.as_millis() - now.as_millis()) / 3;
        Some(Timestamp::from_millis(end.as_millis() - third.min(LATEST.as_millis())))
    }

    /// The same pending invitation, closed by `by` in `state` at `now`; or as expired at its instant, if that has
    /// passed.
    #[must_use]
    pub fn closed(&self, state: InvitationState, by: Option<UserId>, now: Timestamp) -> Self {
        match self.expires_at {
            Some(end) if now >= end => {
                Self { state: InvitationState::Expired, closed_at: Some(end), closed_by: None, ..self.clone() }
            }
            _ => Self { state, closed_at: Some(now), closed_by: by, ..self.clone() },
        }
    }
}

/// SHA-256 of the secret in the address that is mailed with an invitation: the only form of it that is stored or looked
/// up. An invitation may have several, one for each sending.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationTokenHash(pub [u8; 32]);

impl fmt::Debug for InvitationTokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationTokenHash(..)")
    }
}

/// One secret that stands for an invitation, until that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvitationToken {
    /// What it is looked up by.
    pub hash: InvitationTokenHash,
    /// Which invitation.
    pub invitation: InvitationId,
    /// Who holds it, if it was mailed to somebody with an account so that they may answer by that: not for long.
    pub holder: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl InvitationToken {
    /// How long a secret stands for the account of its holder.
    pub const HELD_FOR: Lifetime = Lifetime::from_secs(1800);

    /// Whose account it stands for at `now`.
    #[must_use]
    pub fn holder_at(&self, now: Timestamp) -> Option<UserId> {
        self.holder.filter(|_| now < self.created_at + Self::HELD_FOR)
    }
}

/// Names one invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InvitationRef {
    /// By its name in lists: only for the person invited, and for the group.
    Id(InvitationId),
    /// By the hash of a secret that was mailed: who holds that, holds the invitation.
    Token(InvitationTokenHash),
}

/// Whom an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitee {
    /// Someone with an account.
    User(UserId),
    /// Whoever has this address.
    Email(Email),
}

impl Invitee {
    /// The same, as standing refusals know them.
    #[must_use]
    pub fn person(&self) -> Person {
        match self {
            Self::User(id) => Person::User(*id),
            Self::Email(email) => Person::Address(email.key().clone()),
        }
    }
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationState {
    /// Waiting for an answer.
    Pending,
    /// The person is, or was, a member by it.
    Accepted,
    /// The person said no.
    Declined,
    /// Taken back by the group.
    Revoked,
    /// Nobody answered in time.
    Expired,
}

impl InvitationState {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state's name in English lower case, as shown and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}
