//! Holding a history against what is stored: no gap, no broken link, and nothing that no event tells of.

use std::collections::HashMap;
use std::fmt;

use sha2::{Digest as _, Sha256};

use super::record::{MemberRecord, TokenRecord};
use super::{Event, EventHash, Head, Record, Stream, Thing};
use crate::change::Change;
use crate::credential::ClientId;
use crate::group::Tally;
use crate::invitation::InvitationState;
use crate::member::Role;
use crate::notices::Announced;
use crate::request::RequestState;
use crate::time::Timestamp;

/// Takes all events of one history in order, then everything that is stored, and tells what does not fit. Its memory is
/// bound by how many things there are, not by how often they changed.
#[derive(Debug)]
pub struct Audit {
    stream: Stream,
    head: Head,
    /// The fold of the events so far: each thing by the digest of its record.
    records: HashMap<Thing, Digest>,
    /// The tokens among them, by the client that they go with.
    tokens: HashMap<ClientId, Vec<Thing>>,
    notices: Notices,
    updated_at: Option<Timestamp>,
    counted: Counted,
    tally: Option<Tally>,
    findings: Vec<Finding>,
}

type Digest = [u8; 32];

#[derive(Debug, Default)]
struct Counted {
    members: i64,
    owners: i64,
    invitations: i64,
    waiting: i64,
    last_place: i64,
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An event is missing: this one comes where another number was due.
    Gap {
        /// The number that was due.
        due: i64,
        /// The number that came.
        found: i64,
    },
    /// The event is not what was written, or not what was written there.
    BrokenChain {
        /// Its number.
        seq: i64,
    },
    /// The event tells of another state before it than the events before do.
    Discontinuous {
        /// Its number.
        seq: i64,
    },
    /// The last event is not the one that was noted as the last.
    WrongHead,
    /// The events tell of something that is not stored.
    Missing(Thing),
    /// Something is stored of which no event tells.
    Untold(Thing),
    /// What is stored is not as the events tell.
    Different(Thing),
    /// The counters of the group are not what there is to count.
    Miscounted {
        /// Which counter.
        counter: &'static str,
        /// What is stored.
        stored: i64,
        /// What there is.
        counted: i64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { due, found } => write!(f, "event {due} is missing: event {found} comes in its place"),
            Self::BrokenChain { seq } => write!(f, "event {seq}, or the one before it, is not what was written"),
            Self::Discontinuous { seq } => {
                write!(f, "event {seq} begins from a state that the events before it do not tell")
            }
            Self::WrongHead => f.write_str("the last event is not the one that was noted as the last"),
            Self::Missing(thing) => write!(f, "{thing} is told but not stored"),
            Self::Untold(thing) => write!(f, "{thing} is stored but not told"),
            Self::Different(thing) => write!(f, "{thing} is stored otherwise than it is told"),
            Self::Miscounted { counter, stored, counted } => {
                write!(f, "the counter {counter} says {stored}, and there are {counted}")
            }
        }
    }
}

/// What Rocket.Chat writes into a room. The events do not tell all of it: who was there from the start is not announced, but
/// others may have come in the same instant; and settings are announced only since guestlist knows of rooms.
#[derive(Debug, Default)]
struct Notices {
    member_events: i64,
    /// When the group was made, as long as only joins of that instant have followed.
    start: Option<Timestamp>,
    joined_at_start: i64,
    founders: i64,
    settings: i64,
}

impl Notices {
    fn count(&mut self, event: &Event) {
        if let (Thing::Group(_), Some(after)) = (&event.thing, &event.after) {
            match &event.before {
                None => self.start = Some(event.at),
                Some(before) => {
                    self.start = None;
                    let change = Announced::read(before).zip(Announced::read(after));
                    self.settings += change.map_or(0, |(before, after)| before.notices_to(&after));
                }
            }
        }
        if event.member().is_none() {
            return;
        }
        self.member_events += 1;
        self.start = self.start.filter(|start| *start == event.at && event.before.is_none());
        if self.start.is_some() {
            // Who makes a group is the first to be in it, and owns it.
            if self.joined_at_start == 0 && event.after.as_deref().is_some_and(MemberRecord::owns) {
                self.founders = 1;
            }
            self.joined_at_start += 1;
        }
    }

    /// The number that the events allow for which is nearest to the stored one.
    fn nearest(&self, stored: i64) -> i64 {
        let least = self.member_events - self.joined_at_start;
        stored.clamp(least, (self.member_events - self.founders + self.settings).max(least))
    }
}

impl Audit {
    /// Of a history from its beginning.
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            head: Head::default(),
            records: HashMap::new(),
            tokens: HashMap::new(),
            notices: Notices::default(),
            updated_at: None,
            counted: Counted::default(),
            tally: None,
            findings: Vec::new(),
        }
    }

    /// Follows the next event.
    pub fn event(&mut self, event: &Event) {
        let due = self.head.seq + 1;
        if event.seq != due {
            self.findings.push(Finding::Gap { due, found: event.seq });
        }
        if event.stream != self.stream || event.hash != event.expected_hash(&self.head.hash) {
            self.findings.push(Finding::BrokenChain { seq: event.seq });
        }
        if self.records.get(&event.thing).copied() != event.before.as_deref().map(digest) {
            self.findings.push(Finding::Discontinuous { seq: event.seq });
        }
        match &event.after {
            Some(text) => {
                self.records.insert(event.thing.clone(), digest(text));
                if let (Thing::Token(_), Some(client)) = (&event.thing, TokenRecord::client_of(text)) {
                    self.tokens.entry(client).or_default().push(event.thing.clone());
                }
            }
            None => {
                self.records.remove(&event.thing);
                // No event tells of each token that goes with its client.
                if let Thing::Client(client) = &event.thing {
                    for token in self.tokens.remove(client).unwrap_or_default() {
                        self.records.remove(&token);
                    }
                }
            }
        }
        self.notices.count(event);
        if matches!(event.thing, Thing::Member(_) | Thing::Group(_)) {
            self.updated_at = Some(event.at);
        }
        self.head = event.head();
    }

    /// Looks at something that is stored, given as the change that would bring it about.
    pub fn stored(&mut self, change: &Change) {
        self.count(change);
        let Some(Record { thing, text: Some(text), .. }) = Record::of(change) else { return };
        match self.records.remove(&thing) {
            None => self.findings.push(Finding::Untold(thing)),
            Some(told) if told != digest(&text) => self.findings.push(Finding::Different(thing)),
            Some(_) => {}
        }
    }

    fn count(&mut self, change: &Change) {
        let counted = &mut self.counted;
        match change {
            Change::Group(group) => self.tally = Some(group.tally),
            Change::Membership(member) => {
                counted.members += 1;
                counted.owners += i64::from(member.roles.has(Role::Owner));
            }
            Change::Invitation(invitation) => {
                counted.invitations += i64::from(invitation.state == InvitationState::Pending);
            }
            Change::JoinRequest(request) => {
                counted.waiting += i64::from(request.state == RequestState::Waiting);
                counted.last_place = counted.last_place.max(request.place.unwrap_or(0));
            }
            _ => {}
        }
    }

    /// What does not fit, once all events and everything stored were given. `head` is where the history was noted to
    /// stand.
    #[must_use]
    pub fn finish(mut self, head: Head) -> Vec<Finding> {
        if self.head != head {
            self.findings.push(Finding::WrongHead);
        }
        let mut missing: Vec<_> = self.records.into_keys().collect();
        missing.sort();
        self.findings.extend(missing.into_iter().map(Finding::Missing));
        if let Some(tally) = self.tally {
            let Counted { members, owners, invitations, waiting, last_place } = self.counted;
            let updated_at = self.updated_at.map_or(0, Timestamp::as_millis);
            let counters = [
                ("members", tally.members, members),
                ("owners", tally.owners, owners),
                ("invitations", tally.invitations, invitations),
                ("waiting", tally.waiting, waiting),
                // Places of people who are back for another reason are not stored any more.
                ("last_place", tally.last_place, tally.last_place.max(last_place)),
                ("notices", tally.notices, self.notices.nearest(tally.notices)),
                ("updated_at", tally.updated_at.as_millis(), updated_at),
            ];
            let wrong = counters.into_iter().filter(|(_, stored, counted)| stored != counted);
            self.findings.extend(wrong.map(|(counter, stored, counted)| Finding::Miscounted {
                counter,
                stored,
                counted,
            }));
        }
        self.findings
    }
}

fn digest(text: &str) -> Digest {
    Sha256::digest(text).into()
}

/// The hash of an event in the form in which people compare it: 64 hexadecimal digits.
impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
