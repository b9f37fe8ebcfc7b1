//! The reading side: a pool of connections.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType};
use guestlist_core::opt_out::PersonKey;
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row};

use super::connect::{Connector, Pooled, unreachable};
use super::failure;
use crate::error::StoreError;

/// Connections of one node that read.
const READERS: usize = 8;

/// How long a read may wait for a connection.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// How long one read may take. The server gives up a little earlier by itself.
const READ_MAX: Duration = Duration::from_secs(6);

pub(crate) struct Readers {
    pool: Pool,
    pub(super) person_key: PersonKey,
}

impl Readers {
    pub(super) fn open(connector: &Arc<Connector>, person_key: PersonKey) -> Result<Self, StoreError> {
        // A connection on which something failed does not come back, so one that does is clean if it is open at all.
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(connector.config().clone(), Pooled(Arc::clone(connector)), config);
        let pool = Pool::builder(manager)
            .max_size(READERS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT_MAX))
            .create_timeout(Some(WAIT_MAX))
            .recycle_timeout(Some(WAIT_MAX))
            .build();
        let pool = pool.map_err(|error| StoreError::Unavailable(Some(Arc::new(error))))?;
        Ok(Self { pool, person_key })
    }

    /// Runs one statement.
    pub(super) async fn query(&self, sql: &'static str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        let connection = self.connection().await?;
        let read = async {
            let statement = connection.prepare_cached(sql).await.map_err(failure)?;
            connection.query(&statement, params).await.map_err(failure)
        };
        let rows = in_time(read).await;
        noted(rows, connection)
    }

    /// Runs two statements that see the same moment.
    pub(super) async fn query_both(
        &self,
        first: (&'static str, Params<'_>),
        second: (&'static str, Params<'_>),
    ) -> Result<(Vec<Row>, Vec<Row>), StoreError> {
        let mut connection = self.connection().await?;
        let read = async {
            let snapshot = connection.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
            let snapshot = snapshot.read_only(true).start().await.map_err(failure)?;
            let statement = snapshot.prepare_cached(first.0).await.map_err(failure)?;
            let one = snapshot.query(&statement, first.1).await.map_err(failure)?;
            let statement = snapshot.prepare_cached(second.0).await.map_err(failure)?;
            let other = snapshot.query(&statement, second.1).await.map_err(failure)?;
            snapshot.commit().await.map_err(failure)?;
            Ok((one, other))
        };
        let rows = in_time(read).await;
        noted(rows, connection)
    }

    pub(super) async fn connection(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Overloaded,
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => StoreError::TimedOut,
            PoolError::Backend(error) => unreachable(error),
            error @ (PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
                StoreError::Unavailable(Some(Arc::new(error)))
            }
        })
    }
}

type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

async fn in_time<T>(read: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(READ_MAX, read).await.unwrap_or(Err(StoreError::TimedOut))
}

/// Logs a failure, once, where it is known; and parts with a connection on which an answer may still be under way.
pub(super) fn noted<T>(result: Result<T, StoreError>, connection: Object) -> Result<T, StoreError> {
    if let Err(error) = &result {
        tracing::error!(error = crate::chain(error), "the database could not be read");
        drop(Object::take(connection));
    }
    result
}
