//! What can go wrong between a command and its storage.

use std::error::Error;
use std::sync::Arc;

use guestlist_core::Refusal;
use guestlist_core::explain::Explanation;

/// The storage could not do its work. Not the caller's fault; the operator finds the cause in the log.
///
/// Cheap to clone, since a failed batch fails everybody in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The queue is full, or no reader came free in time. Trying again later helps.
    #[error("too much work is waiting")]
    Overloaded,
    /// The database cannot be reached, or not be written to, or the store is shutting down.
    #[error("the database is not available")]
    Unavailable(#[source] Option<Cause>),
    /// The database did not answer within the time limit.
    #[error("the database took too long")]
    TimedOut,
    /// Somebody else changed what was being decided on. Deciding again helps.
    #[error("somebody else was faster")]
    Conflict(#[source] Cause),
    /// A stored value that no version of guestlist writes.
    #[error("the column {column} of the table {table} has an impossible value in the row {key}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key, as text.
        key: String,
    },
    /// Something that cannot happen unless guestlist is wrong.
    #[error("{what}")]
    Bug {
        /// What was being done.
        what: String,
        /// What the layer below said.
        #[source]
        cause: Option<Cause>,
    },
}

/// What the layer below said.
pub(crate) type Cause = Arc<dyn Error + Send + Sync>;

impl StoreError {
    /// A bug without a deeper cause.
    #[must_use]
    pub fn bug(what: impl Into<String>) -> Self {
        Self::Bug { what: what.into(), cause: None }
    }

    /// Whether one command of a batch may be to blame, so that the others deserve another try.
    #[must_use]
    pub const fn blames_one_command(&self) -> bool {
        matches!(self, Self::Corrupt { .. } | Self::Bug { .. } | Self::Conflict(_))
    }
}

/// Why a submitted command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Rejection {
    /// The rules say no.
    #[error("refused: {0:?}")]
    Refused(Refusal, Box<Explanation>),
    /// The storage failed. The command may or may not have been written if the failure came with the commit itself.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

/// The whole chain of causes in one line, for the log.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
