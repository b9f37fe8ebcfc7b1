//! One who listens: first to what is stored, then to what is new.

use std::sync::Arc;

use guestlist_core::history::Stream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, broadcast};

use super::{Cursor, News, Page, Shared, Told};
use crate::error::StoreError;

/// Events that a listener reads from the database, and holds, at a time.
const PAGE_EVENTS: u16 = 100;

/// Hears the events of one history, or of all, each once and in order.
pub struct Listener {
    shared: Arc<Shared>,
    to: Option<Stream>,
    /// Of the last event that was heard.
    cursor: Cursor,
    page: Page,
    /// How much of the page was looked at.
    taken: usize,
    /// Absent while there is something to catch up with.
    live: Option<broadcast::Receiver<News>>,
    _seat: OwnedSemaphorePermit,
}

/// Why there is nothing more to hear. Whoever comes back with the cursor of the last event that they heard misses nothing.
#[derive(Debug, thiserror::Error)]
pub enum Gone {
    /// The listener fell too far behind.
    #[error("more has happened than waits for a slow listener")]
    TooSlow,
    /// The store is being closed.
    #[error("the store is being closed")]
    Closed,
    /// What is stored could not be read.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

impl Listener {
    pub(super) fn new(shared: Arc<Shared>, to: Option<Stream>, start: Cursor, seat: OwnedSemaphorePermit) -> Self {
        Self { shared, to, cursor: start, page: Arc::new([]), taken: 0, live: None, _seat: seat }
    }

    /// Of the last event that was heard or, before the first, where hearing begins.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Waits for the next event. Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Result<Arc<Told>, Gone> {
        loop {
            while let Some(told) = self.page.get(self.taken).cloned() {
                self.taken += 1;
                // What is sent may have been read already, and is of all histories.
                if told.cursor > self.cursor && self.to.is_none_or(|stream| stream == told.cursor.stream) {
                    self.cursor = told.cursor;
                    return Ok(told);
                }
            }
            let page = match &mut self.live {
                None => self.catch_up().await?,
                Some(live) => match live.recv().await {
                    Ok(News::Page(page)) => page,
                    Ok(News::Begun) => {
                        self.live = None;
                        continue;
                    }
                    Err(RecvError::Lagged(_)) => return Err(Gone::TooSlow),
                    Err(RecvError::Closed) => return Err(Gone::Closed),
                },
            };
            (self.page, self.taken) = (page, 0);
        }
    }

    /// Reads what is stored behind the cursor and, if that is all, joins the others.
    async fn catch_up(&mut self) -> Result<Page, Gone> {
        // Joined before it is read: what is not there yet will be sent.
        let live = self.shared.join().ok_or(Gone::Closed)?;
        let found = self.shared.queries.events_behind(self.to, self.cursor, PAGE_EVENTS).await?;
        if found.len() < usize::from(PAGE_EVENTS) {
            self.live = Some(live);
        }
        Ok(found.into_iter().map(Arc::new).collect())
    }
}
