//! What happened: every change appends an event to the history of its group, or of the installation.
//!
//! A history has no gaps, and each event carries a hash over itself and the one before, so that whatever is changed,
//! taken out or slipped in afterwards shows. An event holds the record of one thing before and after: folding all of
//! them gives the state back ([`Audit`] does it, and compares). Secrets, and numbers that can be counted, are in no record.

mod audit;
mod cause;
mod kind;
mod record;
mod tell;
mod viewer;

use sha2::{Digest as _, Sha256};

pub use self::audit::{Audit, Finding};
pub use self::cause::Cause;
pub use self::kind::EventKind;
pub use self::record::{InvitationRecord, MemberRecord, Record, RequestRecord, Thing};
pub use self::tell::record;
pub use self::viewer::{Seen, Viewer};
use crate::ids::{BatchId, GroupId, UserId};
use crate::origin::Origin;
use crate::time::Timestamp;

/// Whose history: of one group, or of what belongs to no group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Accounts, tokens, clients, and what people refuse for good.
    Installation,
    /// Everything in one group.
    Group(GroupId),
}

impl Stream {
    /// The stored form: the group's number, or 0.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Installation => 0,
            Self::Group(id) => id.get(),
        }
    }

    /// Reads the stored form.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        if number == 0 { Some(Self::Installation) } else { GroupId::new(number).map(Self::Group) }
    }
}

/// Where a history stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last event, counting from 1; 0 before the first.
    pub seq: i64,
    /// The hash of the last event; all zero before the first.
    pub hash: EventHash,
}

/// SHA-256 over an event and the hash of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventHash(pub [u8; 32]);

/// Something that happened to one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose history it belongs to.
    pub stream: Stream,
    /// Its number there, counting from 1 without gaps.
    pub seq: i64,
    /// When, by the clock of whoever wrote it.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// Who asked for it; absent if the operator did, time, or somebody without an account.
    pub actor: Option<UserId>,
    /// Through what it was asked.
    pub origin: Origin,
    /// The batch of invitations that it belongs to.
    pub batch: Option<BatchId>,
    /// To what it happened.
    pub thing: Thing,
    /// The thing's record before; absent if there was none.
    pub before: Option<String>,
    /// The thing's record after; absent if it is gone.
    pub after: Option<String>,
    /// Over all of this and the hash of the event before.
    pub hash: EventHash,
}

impl Event {
    /// The hash that the event must have if `previous` is that of the one before: SHA-256 over that hash and a JSON array
    /// of all fields.
    #[must_use]
    pub fn expected_hash(&self, previous: &EventHash) -> EventHash {
        let fields = (
            self.stream.number(),
            self.seq,
            self.at.as_millis(),
            self.kind.as_str(),
            self.actor.map(UserId::get),
            self.origin.via.as_str(),
            self.origin.client.as_ref().map(|client| client.as_str()),
            self.origin.request.as_ref().map(|request| request.as_str()),
            self.batch.map(|batch| batch.to_string()),
            self.thing.to_string(),
            &self.before,
            &self.after,
        );
        // Numbers and texts: there is nothing in it that JSON could not hold.
        let fields = serde_json::to_vec(&fields).unwrap_or_default();
        EventHash(Sha256::new().chain_update(previous.0).chain_update(fields).finalize().into())
    }

    /// Where the history stands after it.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }
}
