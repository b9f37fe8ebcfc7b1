//! An offer to join a group, made to one person.

use crate::ids::{GroupId, InvitationId, UserId};
use crate::member::RoleSet;
use crate::names::Email;
use crate::time::Timestamp;

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
    /// Who invited, first.
    pub inviter: UserId,
    /// The roles that come with acceptance.
    pub roles: RoleSet,
    /// What became of it.
    pub state: InvitationState,
    /// When it was first made.
    pub created_at: Timestamp,
    /// The instant at which it is dead, if still pending.
    pub expires_at: Timestamp,
    /// When it left the state of pending.
    pub closed_at: Option<Timestamp>,
}

impl Invitation {
    /// Whether it can still be answered. At the very instant of `expires_at` it cannot.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == InvitationState::Pending && now < self.expires_at
    }

    /// The same pending invitation, closed in `state` at `now`; or as expired at its instant, if that has passed.
    #[must_use]
    pub fn closed(&self, state: InvitationState, now: Timestamp) -> Self {
        let (state, at) = if self.is_open(now) { (state, now) } else { (InvitationState::Expired, self.expires_at) };
        Self { state, closed_at: Some(at), ..self.clone() }
    }
}

/// Whom an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitee {
    /// Someone with an account.
    User(UserId),
    /// Whoever has this address.
    Email(Email),
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
