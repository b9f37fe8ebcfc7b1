//! What became of those who were invited, counted.

use guestlist_core::explain::Explanation;
use guestlist_core::ids::InvitationId;
use guestlist_core::outcome::{InviteRow, Invited};
use serde::{Deserialize, Serialize};

/// What became of one person.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer<'a> {
    Invited(InvitationId),
    Renewed(InvitationId),
    Joined,
    AlreadyMember,
    Waiting,
    Refused(&'a Explanation),
}

/// The answers of an outcome, each refusal with its explanation.
pub(super) fn of(invited: &Invited) -> impl Iterator<Item = anyhow::Result<Answer<'_>>> {
    invited.rows.iter().map(|row| {
        Ok(match row {
            InviteRow::Added => Answer::Joined,
            InviteRow::Invited(id) => Answer::Invited(*id),
            InviteRow::Renewed(id) => Answer::Renewed(*id),
            InviteRow::AlreadyMember => Answer::AlreadyMember,
            InviteRow::Waiting => Answer::Waiting,
            InviteRow::Refused(refusal) => {
                let why = invited.why.iter().find(|why| why.refusal == *refusal);
                Answer::Refused(
                    why.ok_or_else(|| anyhow::anyhow!("a refusal came without its explanation; report this"))?,
                )
            }
        })
    })
}

impl Answer<'_> {
    /// Its name, as it is printed.
    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::Invited(_) => "invited",
            Self::Renewed(_) => "renewed",
            Self::Joined => "joined",
            Self::AlreadyMember => "already_member",
            Self::Waiting => "waiting",
            Self::Refused(_) => "refused",
        }
    }

    /// The invitation, if there is one.
    pub(super) fn invitation(&self) -> Option<String> {
        match self {
            Self::Invited(id) | Self::Renewed(id) => Some(id.to_string()),
            Self::Joined | Self::AlreadyMember | Self::Waiting | Self::Refused(_) => None,
        }
    }
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) invited: u64,
    /// Had an invitation.
    pub(super) renewed: u64,
    /// Had asked to join.
    pub(super) joined: u64,
    pub(super) already_members: u64,
    /// In line for a seat.
    pub(super) waiting: u64,
    /// The rules say no.
    pub(super) refused: u64,
    /// Said not, or not properly, whom to invite.
    pub(super) unreadable: u64,
    pub(super) duplicates: u64,
    pub(super) blank: u64,
}

impl Counts {
    pub(super) const fn add(&mut self, answer: &Answer<'_>) {
        self.rows += 1;
        *match answer {
            Answer::Invited(_) => &mut self.invited,
            Answer::Renewed(_) => &mut self.renewed,
            Answer::Joined => &mut self.joined,
            Answer::AlreadyMember => &mut self.already_members,
            Answer::Waiting => &mut self.waiting,
            Answer::Refused(_) => &mut self.refused,
        } += 1;
    }

    /// The rows that came to nothing.
    pub(super) const fn failed(&self) -> u64 {
        self.refused + self.unreadable + self.duplicates
    }
}
