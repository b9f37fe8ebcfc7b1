//! The engine for many nodes: PostgreSQL, one connection that writes and a pool that reads, per node.
//!
//! Nodes agree by locks: a batch locks the rows of its groups in order of their numbers before it looks at anything in
//! them, so two nodes never wait for each other in a circle and never decide on facts that change under them. What
//! belongs to no group, such as an account, is changed by one node at a time. What no lock covers, unique names above
//! all, the constraints catch, and the command is decided again.

mod answers;
mod audit;
mod changes;
mod connect;
mod directory;
mod facts;
mod link;
mod mails;
mod queries;
mod readers;
mod rooms;
mod rows;
mod schema;
mod tls;
pub(crate) mod transfer;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use guestlist_core::opt_out::PersonKey;
use guestlist_core::{Facts, Needs, Settings};
use tokio_postgres::error::SqlState;

use self::changes::Writes;
use self::connect::Connector;
use self::link::Link;
use self::readers::Readers;
use crate::engine::Engine;
use crate::error::StoreError;
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer};

/// How long one step of a batch may take. The server gives up a little earlier by itself, so that its word is heard.
const STEP_MAX: Duration = Duration::from_secs(6);

/// A database with the present schema.
pub(crate) struct Postgres {
    connector: Arc<Connector>,
    person_key: PersonKey,
}

impl Postgres {
    /// Connects to the database that `url` names and brings its schema up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let connector = Arc::new(Connector::new(url)?);
        schema::migrate(&connector).await?;
        let person_key = schema::person_key(&connector).await?;
        Ok(Self { connector, person_key })
    }

    pub(crate) fn writer(&self) -> PostgresWriter {
        let Self { connector, person_key } = self;
        PostgresWriter {
            connector: Arc::clone(connector),
            person_key: *person_key,
            link: None,
            unsent: Writes::default(),
        }
    }

    pub(crate) fn readers(&self) -> Result<Readers, StoreError> {
        Readers::open(&self.connector, self.person_key)
    }
}

/// The writing side of one node.
pub(crate) struct PostgresWriter {
    connector: Arc<Connector>,
    person_key: PersonKey,
    /// Absent before the first batch, and after a failure that left the connection in doubt.
    link: Option<Link>,
    /// Kept back to travel with the commit.
    unsent: Writes,
}

impl Engine for PostgresWriter {
    async fn begin(&mut self) -> Result<(), StoreError> {
        if self.link.as_ref().is_none_or(Link::is_closed) {
            self.link = Some(in_time(Link::connect(&self.connector)).await?);
        }
        Ok(())
    }

    async fn load(&mut self, needs: &[Needs], settings: &Settings) -> Result<Facts, StoreError> {
        let link = self.link.as_ref().ok_or(StoreError::Unavailable(None))?;
        in_time(Box::pin(facts::load(link, needs, settings, self.person_key))).await
    }

    async fn recall(&mut self, keys: &BTreeSet<AnswerKey>) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError> {
        let link = self.link.as_ref().ok_or(StoreError::Unavailable(None))?;
        in_time(answers::recall(link, keys)).await
    }

    async fn apply(&mut self, changes: &NetChanges) -> Result<(), StoreError> {
        self.unsent = Writes::of(changes);
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        let link = self.link.as_ref().ok_or(StoreError::Unavailable(None))?;
        let writes = std::mem::take(&mut self.unsent);
        in_time(writes.commit(link)).await
    }

    async fn abandon(&mut self) {
        self.unsent = Writes::default();
        // Whatever may still be under way on the connection ends with it; a rollback might wait behind it.
        self.link = None;
    }

    async fn close(self) {}
}

/// Bounds a step, so that a network that swallows everything is a failure and not a halt.
async fn in_time<T>(step: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(STEP_MAX, step).await.unwrap_or(Err(StoreError::TimedOut))
}

/// What an error of the driver or the server means to whoever asked.
fn failure(error: tokio_postgres::Error) -> StoreError {
    let state = error.code().cloned();
    let is_closed = error.is_closed();
    let cause = Arc::new(error);
    let Some(state) = state else {
        // Not the server's word but the connection's end, or a value of an unexpected type.
        let is_io = is_closed || std::error::Error::source(&*cause).is_some_and(|source| source.is::<std::io::Error>());
        return if is_io {
            StoreError::Unavailable(Some(cause))
        } else {
            StoreError::Bug { what: "the database was misunderstood".to_owned(), cause: Some(cause) }
        };
    };
    match state {
        // The last two: another node has taken a name, or removed what was referred to, since the facts were loaded.
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::UNIQUE_VIOLATION
        | SqlState::FOREIGN_KEY_VIOLATION => StoreError::Conflict(cause),
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => StoreError::TimedOut,
        SqlState::READ_ONLY_SQL_TRANSACTION
        | SqlState::INVALID_PASSWORD
        | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => StoreError::Unavailable(Some(cause)),
        // Classes 08 connection, 53 resources, 57 operator intervention, 58 system error, 3D unknown database.
        state if ["08", "53", "57", "58", "3D"].iter().any(|class| state.code().starts_with(class)) => {
            StoreError::Unavailable(Some(cause))
        }
        _ => StoreError::Bug { what: "a statement failed".to_owned(), cause: Some(cause) },
    }
}
