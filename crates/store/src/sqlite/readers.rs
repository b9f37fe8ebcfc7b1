//! The reading side: a few read-only connections, each used by one blocking thread at a time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{failure, open_for_reading};
use crate::error::StoreError;

/// Connections, and so reads at the same time.
const READERS: usize = 4;

/// How long a read may wait for a connection.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// How long one read may take. A longer one would keep the write-ahead log from shrinking.
const READ_MAX: Duration = Duration::from_secs(5);

pub(crate) struct Readers {
    pool: Arc<Pool>,
    permits: Arc<Semaphore>,
}

struct Pool {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let connections: Result<Vec<_>, _> = (0..READERS).map(|_| open_for_reading(path)).collect();
        let pool = Pool { path: path.to_owned(), free: Mutex::new(connections?) };
        Ok(Self { pool: Arc::new(pool), permits: Arc::new(Semaphore::new(READERS)) })
    }

    /// Runs a `read` that may take a while on a connection of its own, on a thread that may block.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| StoreError::Overloaded)?.map_err(|_| StoreError::Unavailable(None))?;
        let pool = Arc::clone(&self.pool);
        let task = tokio::task::spawn_blocking(move || {
            let result = pool.read(read);
            drop(permit);
            result
        });
        noted(task.await.unwrap_or_else(|_| Err(StoreError::bug("a panic while the database was read"))))
    }

    /// Runs a `read` of a few rows by their keys. It takes some microseconds, less than handing it to another thread
    /// and waiting for that to wake up; so it runs at once, on the caller's thread, if a connection is free.
    pub(super) async fn point<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.permits.try_acquire() {
            Ok(_permit) => noted(self.pool.read(read)),
            Err(_) => self.run(read).await,
        }
    }
}

/// Logs a failure, once, where it is known.
fn noted<T>(result: Result<T, StoreError>) -> Result<T, StoreError> {
    if let Err(error) = &result {
        tracing::error!(error = crate::chain(error), "the database could not be read");
    }
    result
}

impl Pool {
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // A connection is missing if a read on it panicked.
        let mut connection = idle.map_or_else(|| open_for_reading(&self.path), Ok)?;
        let deadline = Instant::now() + READ_MAX;
        connection.progress_handler(10_000, Some(move || Instant::now() > deadline)).map_err(failure)?;
        let result = read(&connection);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }
}
