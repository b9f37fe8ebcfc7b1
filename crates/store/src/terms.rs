//! Under which terms a command is to be carried out: for real or as a rehearsal, only if nothing has changed, at most once.

use std::fmt;

use guestlist_core::command::Ask;
use guestlist_core::explain::Explanation;
use guestlist_core::ids::UserId;
use guestlist_core::time::Lifetime;
use guestlist_core::version::Expected;
use guestlist_core::{Outcome, Timestamp};

use crate::error::StoreError;

/// The terms of one command. By default it is simply carried out.
#[derive(Debug, Default)]
pub struct Terms {
    /// Decide it like any other, but write nothing of it.
    pub is_rehearsal: bool,
    /// What must be as whoever asks has seen it. Looked at only where the rules say yes, so that it tells nobody of things
    /// that they may not know of.
    pub expected: Option<Expected>,
    /// Carry it out at most once. Of no effect on a rehearsal.
    pub once: Option<Once>,
}

/// What came of a command under its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted<O> {
    /// It is carried out, or was rehearsed. Under a key, too, if the answer is not kept.
    Done(O),
    /// This is to be answered: the command is carried out, or was refused, now or the first time that this key came.
    Answered {
        /// What [`Once`] made of it, the first time.
        answer: Vec<u8>,
        /// Whether that was another time.
        is_replay: bool,
    },
    /// Nothing is done: what was expected is not so.
    ChangedMeanwhile,
    /// Nothing is done: the key was used for another request.
    KeyReused,
}

impl<O> Submitted<O> {
    pub(crate) fn try_map<P, E>(self, map: impl FnOnce(O) -> Result<P, E>) -> Result<Submitted<P>, E> {
        Ok(match self {
            Self::Done(outcome) => Submitted::Done(map(outcome)?),
            Self::Answered { answer, is_replay } => Submitted::Answered { answer, is_replay },
            Self::ChangedMeanwhile => Submitted::ChangedMeanwhile,
            Self::KeyReused => Submitted::KeyReused,
        })
    }
}

/// How long an answer is kept.
pub const ANSWERS_KEPT: Lifetime = Lifetime::from_secs(86_400);

/// Names the one time that a request is to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerKey {
    /// Who asks: the keys of different people have nothing to do with each other.
    pub user: UserId,
    /// Hash of the key that they chose.
    pub hash: [u8; 32],
}

/// Carries a request out at most once within [`ANSWERS_KEPT`], whatever happens in between: its answer is written in the
/// same transaction as what it changes, and given again to whoever comes with the same key. Answers that a repetition
/// would find out of date by themselves, such as that a quota is spent until midnight, are not kept; nor are failures.
pub struct Once {
    pub(crate) key: AnswerKey,
    pub(crate) request: [u8; 32],
    pub(crate) answer: AnswerMaker,
}

type AnswerMaker = Box<dyn Fn(Result<&Outcome, &Explanation>) -> Result<Option<Vec<u8>>, StoreError> + Send + Sync>;

impl Once {
    /// `request` is a hash of all that is asked: the same key with another one is a mistake. `answer` makes the bytes to
    /// keep, quickly, since the batch waits for it; `None` if they are not to be kept, because a repetition should be looked
    /// at anew.
    pub fn new<A: Ask>(
        key: AnswerKey,
        request: [u8; 32],
        answer: impl Fn(Result<A::Outcome, &Explanation>) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let answer: AnswerMaker = Box::new(move |result| match result {
            Ok(outcome) => {
                let outcome = A::outcome(outcome.clone());
                Ok(answer(Ok(outcome.ok_or_else(|| StoreError::bug("an answer was to be made of another outcome"))?)))
            }
            Err(why) => Ok(answer(Err(why))),
        });
        Self { key, request, answer }
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("user", &self.key.user).finish_non_exhaustive()
    }
}

/// An answer as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeptAnswer {
    /// Of which request.
    pub(crate) request: [u8; 32],
    /// The bytes.
    pub(crate) answer: Vec<u8>,
    /// Since when.
    pub(crate) created_at: Timestamp,
}

impl KeptAnswer {
    /// Answers from this instant or before are not given again at `now`.
    pub(crate) fn cutoff(now: Timestamp) -> Timestamp {
        now - ANSWERS_KEPT
    }
}

impl fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptAnswer({} bytes, {:?})", self.answer.len(), self.created_at)
    }
}
