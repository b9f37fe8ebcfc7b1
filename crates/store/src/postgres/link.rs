//! The writer's connection, with its statements prepared.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::task::JoinHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::connect::Connector;
use super::{answers, changes, facts, failure, mails};
use crate::error::StoreError;

/// All that the writer does is look rows up by their keys. A plan that was made while the tables were small, or before
/// anybody counted their rows, must not read them whole once they are large.
const BY_INDEX: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

pub(super) struct Link {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    driver: JoinHandle<()>,
}

/// A parameter of a statement.
pub(super) type Param<'a> = &'a (dyn ToSql + Sync);

impl Link {
    pub(super) async fn connect(connector: &Arc<Connector>) -> Result<Self, StoreError> {
        let (client, driver) = connector.connect().await?;
        client.batch_execute(BY_INDEX).await.map_err(failure)?;
        let all = facts::STATEMENTS.iter().chain(changes::PURGES).chain(changes::STATEMENTS);
        let all = all.chain(answers::STATEMENTS).chain(mails::STATEMENTS).copied();
        let prepared = all.map(async |sql| Ok((sql, client.prepare(sql).await.map_err(failure)?)));
        let statements = try_join_all(prepared).await?.into_iter().collect();
        Ok(Self { client, statements, driver })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs a plain command, such as `BEGIN`.
    pub(super) async fn command(&self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).await.map_err(failure)
    }

    /// Runs one of the prepared statements. Several calls that are polled together travel together, in that order.
    pub(super) async fn query(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>, StoreError> {
        self.client.query(self.statement(sql)?, params).await.map_err(failure)
    }

    /// As [`Self::query`], for statements that return nothing.
    pub(super) async fn execute(&self, sql: &'static str, params: &[Param<'_>]) -> Result<(), StoreError> {
        self.client.execute(self.statement(sql)?, params).await.map(drop).map_err(failure)
    }

    fn statement(&self, sql: &'static str) -> Result<&Statement, StoreError> {
        self.statements.get(sql).ok_or_else(|| StoreError::bug("a statement was not prepared"))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Closes the socket at once; the server rolls back what was not committed.
        self.driver.abort();
    }
}
