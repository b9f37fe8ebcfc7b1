//! Storage: commands go in through the writer, questions are answered by the readers.
//!
//! [`Store`] is all that the rest of guestlist sees. Behind it, the writer decides commands in batches, one durable
//! commit each (`writer.rs`, `batch.rs`), and an engine moves rows (`engine.rs`, `sqlite/`). Nothing outside this
//! crate knows SQL, and nothing inside it knows a rule.

mod about;
mod batch;
mod columns;
pub mod directory;
mod engine;
mod error;
pub mod feed;
mod keys;
mod net;
pub mod page;
mod postgres;
pub mod query;
pub mod rooms;
mod sqlite;
mod sweep;
pub mod terms;
pub mod transfer;
mod writer;

use std::path::Path;
use std::sync::Arc;

use guestlist_core::command::Ask;
use guestlist_core::history::Stream;
use guestlist_core::ports::Clock;
use guestlist_core::{Origin, Outcome, Settings};

use crate::batch::{Circumstances, Order};
pub use crate::error::{Rejection, StoreError, chain};
use crate::feed::{Cursor, Feed, Listener};
use crate::postgres::Postgres;
use crate::query::Queries;
pub use crate::query::{GroupView, InvitationView, MailQueue, Member, Refuser, Requester, Roster, RosterSearch};
use crate::sqlite::Sqlite;
pub use crate::sweep::Swept;
use crate::terms::{Submitted, Terms};
use crate::writer::Writer;

/// An open database.
pub struct Store {
    writer: Writer,
    queries: Arc<dyn Queries>,
    feed: Feed,
    settings: Settings,
}

impl Store {
    /// Opens the SQLite database at `path`, making or upgrading it where needed. Other processes may use the same
    /// file at the same time.
    pub fn open_sqlite(path: &Path, clock: Arc<dyn Clock>, settings: Settings) -> Result<Self, StoreError> {
        let sqlite = Sqlite::open(path)?;
        let queries = Arc::new(sqlite.readers()?);
        let writer = Writer::start(sqlite.writer()?, Circumstances { clock, settings: settings.clone() })?;
        Ok(Self { writer, feed: Feed::new(queries.clone()), queries, settings })
    }

    /// Connects to the PostgreSQL database that `url` names, making or upgrading its tables where needed. Any number of
    /// nodes may use the same database at the same time.
    pub async fn open_postgres(url: &str, clock: Arc<dyn Clock>, settings: Settings) -> Result<Self, StoreError> {
        let postgres = Postgres::open(url).await?;
        let queries = Arc::new(postgres.readers()?);
        let writer = Writer::start(postgres.writer(), Circumstances { clock, settings: settings.clone() })?;
        Ok(Self { writer, feed: Feed::new(queries.clone()), queries, settings })
    }

    /// Carries out a command of guestlist's own. When this returns `Ok`, the change is durable.
    ///
    /// Dropping the future takes the command back only if its batch has not begun.
    pub async fn submit<A: Ask>(&self, ask: A) -> Result<A::Outcome, Rejection> {
        self.submit_from(&Origin::default(), ask).await
    }

    /// The same for a command that came from somewhere, which its events will tell.
    pub async fn submit_from<A: Ask>(&self, origin: &Origin, ask: A) -> Result<A::Outcome, Rejection> {
        self.submit_under(origin, Terms::default(), ask).await.and_then(done)
    }

    /// The same under terms.
    pub async fn submit_under<A: Ask>(
        &self,
        origin: &Origin,
        terms: Terms,
        ask: A,
    ) -> Result<Submitted<A::Outcome>, Rejection> {
        let order = Order { command: ask.into(), origin: origin.clone(), terms };
        let submitted = self.writer.submit(order).await?;
        self.feed.wake();
        submitted.try_map(own::<A>)
    }

    /// Says what would become of a command now, and writes nothing.
    pub async fn rehearse<A: Ask>(&self, ask: A) -> Result<A::Outcome, Rejection> {
        let terms = Terms { is_rehearsal: true, ..Terms::default() };
        self.submit_under(&Origin::default(), terms, ask).await.and_then(done)
    }

    /// What the operator has decided, as the rules look at it.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where to ask questions.
    #[must_use]
    pub fn read(&self) -> &dyn Queries {
        &*self.queries
    }

    /// Listens to what happens in one history, or in all: what is behind the cursor `after` first, then what is new,
    /// whichever node commits it. Without a cursor only what is new. `None` if the cursor is of another history, or of
    /// an event that there never was. A node has at most 1,000 listeners; further ones are refused as overload.
    pub async fn listen(&self, to: Option<Stream>, after: Option<Cursor>) -> Result<Option<Listener>, StoreError> {
        self.feed.listen(to, after).await
    }

    /// Has all who listen hear no more, and nobody listen again. Everything else goes on.
    pub fn end_listening(&self) {
        self.feed.close();
    }

    /// Whether commands and questions would be answered.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if self.writer.is_closed() {
            return Err(StoreError::Unavailable(None));
        }
        self.queries.ping().await
    }

    /// Takes no more commands and waits until those queued are answered. Blocks. Reading goes on, listening does not.
    pub fn close(&self) {
        self.feed.close();
        self.writer.close();
    }
}

fn done<O>(submitted: Submitted<O>) -> Result<O, Rejection> {
    match submitted {
        Submitted::Done(outcome) => Ok(outcome),
        Submitted::Answered { .. } | Submitted::ChangedMeanwhile | Submitted::KeyReused => {
            Err(StoreError::bug("a command was held to terms that it did not have").into())
        }
    }
}

fn own<A: Ask>(outcome: Outcome) -> Result<A::Outcome, Rejection> {
    A::outcome(outcome).ok_or_else(|| StoreError::bug("a command was answered with another's outcome").into())
}
