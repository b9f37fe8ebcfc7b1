//! What the writer asks of a database. An engine moves facts in and changes out; it holds no rules.

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::{Facts, Needs, Settings};

use crate::error::StoreError;
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer};

/// The writing side of a database: one transaction at a time, owned by the writer's thread.
pub(crate) trait Engine: Send + 'static {
    /// Opens the transaction of a batch, with everything locked that the facts to be loaded may need.
    async fn begin(&mut self) -> Result<(), StoreError>;

    /// Loads the facts that `needs` name, for all commands of the batch together, with a number of statements that
    /// does not depend on how many there are.
    async fn load(&mut self, needs: &[Needs], settings: &Settings) -> Result<Facts, StoreError>;

    /// The answers that are kept under `keys`, of any age. Asked only where there are keys, and after [`Self::load`].
    async fn recall(&mut self, keys: &BTreeSet<AnswerKey>) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError>;

    /// Writes `changes`, again with a fixed number of statements.
    async fn apply(&mut self, changes: &NetChanges) -> Result<(), StoreError>;

    /// Makes the batch durable: when this returns, a power cut loses nothing of it.
    async fn commit(&mut self) -> Result<(), StoreError>;

    /// Gives the transaction up, whatever state it is in, so that the next one starts clean.
    async fn abandon(&mut self);

    /// Leaves the database in good order. Called once, after the last batch.
    async fn close(self);
}
