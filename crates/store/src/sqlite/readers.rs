//! The reading side: a few read-only connections, each used by one blocking thread at a time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use guestlist_core::opt_out::PersonKey;
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
    person_key: PersonKey,
}

struct Pool {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn open(path: &Path, person_key: PersonKey) -> Result<Self, StoreError> {
        let connections: Result<Vec<_>, _> = (0..READERS).map(|_| open_for_reading(path)).collect();
        let pool = Pool { path: path.to_owned(), free: Mutex::new(connections?) };
        Ok(Self { pool: Arc::new(pool), permits: Arc::new(Semaphore::new(READERS)), person_key })
    }

    /// The key under which people are hashed.
    pub(super) const fn person_key(&self) -> PersonKey {
        self.person_key
    }

    /// Runs a `read` that may take a while on a connection of its own, on a thread that may block.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.on_a_thread(Some(READ_MAX), read).await
    }

    /// Runs a `read` of everything there is, for an operator who will wait for it.
    pub(super) async fn run_to_the_end<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.on_a_thread(None, read).await
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        time: Option<Duration>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| StoreError::Overloaded)?.map_err(|_| StoreError::Unavailable(None))?;
        let pool = Arc::clone(&self.pool);
        let task = tokio::task::spawn_blocking(move || {
            let result = pool.read(time, read);
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
            Ok(_permit) => noted(self.pool.read(Some(READ_MAX), read)),
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
    fn read<T>(
        &self,
        time: Option<Duration>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // A connection is missing if a read on it panicked.
        let mut connection = idle.map_or_else(|| open_for_reading(&self.path), Ok)?;
        let deadline = time.map(|time| Instant::now() + time);
        let is_over = move || deadline.is_some_and(|deadline| Instant::now() > deadline);
        connection.progress_handler(10_000, Some(is_over)).map_err(failure)?;
        let result = read(&connection);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }
}
