//! Telling those who listen what happens, as it is committed, on this node or on another.
//!
//! One task per node, which runs only while somebody listens, reads new events from the database and hands them to all
//! listeners. Each listener begins in the database, at its own place and at its own pace, and joins the others when
//! there is nothing left to catch up with. Nothing is kept for anybody but a bounded number of pages for all together:
//! who falls behind those is sent away, and comes back by the cursor of the last event seen.

mod cursor;
mod listener;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guestlist_core::history::Stream;
use tokio::sync::{Notify, Semaphore, broadcast};
use tokio::task::JoinHandle;

pub use self::cursor::{Cursor, NotACursor, Told};
pub use self::listener::{Gone, Listener};
use crate::error::StoreError;
use crate::query::Queries;

/// Listeners of one node. Further ones are refused.
const LISTENERS_MAX: usize = 1000;

/// Events that are read and handed on together.
const PAGE_EVENTS: u16 = 256;

/// Pages that wait for listeners to take them. A listener may be so far behind, and no further.
const PAGES_MAX: usize = 32;

/// How often to look whether another node, or another process, has written something.
const POLL: Duration = Duration::from_millis(200);

/// How long to rest after a look, however much is being written here: listeners would rather have a page than an event.
const REST: Duration = Duration::from_millis(20);

/// How long to wait after the database failed.
const RETRY: Duration = Duration::from_secs(1);

/// What happens, for those who listen.
pub(crate) struct Feed {
    shared: Arc<Shared>,
    seats: Arc<Semaphore>,
}

struct Shared {
    queries: Arc<dyn Queries>,
    /// That there may be something new, or that the feed is closed.
    news: Notify,
    channel: Mutex<Channel>,
}

struct Channel {
    /// Absent once the feed is closed.
    sender: Option<broadcast::Sender<News>>,
    /// Who reads and sends. Ends by itself when nobody listens any more.
    task: Option<JoinHandle<()>>,
}

/// What all listeners are sent.
#[derive(Clone)]
enum News {
    /// Everything that is committed from now on will be sent. What was before has to be read.
    Begun,
    /// What was committed, in order.
    Page(Page),
}

type Page = Arc<[Arc<Told>]>;

impl Feed {
    pub(crate) fn new(queries: Arc<dyn Queries>) -> Self {
        let channel = Channel { sender: Some(broadcast::Sender::new(PAGES_MAX)), task: None };
        let shared = Shared { queries, news: Notify::new(), channel: Mutex::new(channel) };
        Self { shared: Arc::new(shared), seats: Arc::new(Semaphore::new(LISTENERS_MAX)) }
    }

    /// Something was committed here.
    pub(crate) fn wake(&self) {
        self.shared.news.notify_one();
    }

    /// Begins to listen to one history, or to all, behind a cursor or, without one, at the end. `None` if the cursor is
    /// of another history, or of an event that there never was.
    pub(crate) async fn listen(
        &self,
        to: Option<Stream>,
        after: Option<Cursor>,
    ) -> Result<Option<Listener>, StoreError> {
        if self.shared.channel().sender.is_none() {
            return Err(StoreError::Unavailable(None));
        }
        let seat = Arc::clone(&self.seats).try_acquire_owned().map_err(|_| StoreError::Overloaded)?;
        let last = self.shared.queries.last_cursor(to).await?;
        let start = after.unwrap_or_else(|| if to.is_none() { last.end_of_its_commit() } else { last });
        let is_ours = to.is_none_or(|stream| stream == start.stream || start == Cursor::START);
        let is_past = if to.is_none() { start.position <= last.position } else { start <= last };
        Ok((is_ours && is_past).then(|| Listener::new(Arc::clone(&self.shared), to, start, seat)))
    }

    /// Ends what all listeners hear. Nobody can listen any more.
    pub(crate) fn close(&self) {
        self.shared.channel().sender = None;
        self.wake();
    }
}

impl Shared {
    fn channel(&self) -> MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is sent from now on. `None` once the feed is closed.
    fn join(self: &Arc<Self>) -> Option<broadcast::Receiver<News>> {
        let mut channel = self.channel();
        let receiver = channel.sender.as_ref()?.subscribe();
        if channel.task.as_ref().is_none_or(JoinHandle::is_finished) {
            channel.task = Some(tokio::spawn(tell(Arc::clone(self))));
        }
        Some(receiver)
    }

    /// Sends to all who listen. `false` if nobody does: then the task is over, and the next listener begins another.
    fn send(&self, news: News) -> bool {
        let mut channel = self.channel();
        // Nobody can begin to listen while the channel is locked.
        let is_heard = channel.sender.as_ref().is_some_and(|sender| sender.send(news).is_ok());
        if !is_heard {
            channel.task = None;
        }
        is_heard
    }

    fn is_heard(&self) -> bool {
        let mut channel = self.channel();
        let is_heard = channel.sender.as_ref().is_some_and(|sender| sender.receiver_count() > 0);
        if !is_heard {
            channel.task = None;
        }
        is_heard
    }
}

/// Reads what is committed, and sends it, while anybody listens.
async fn tell(shared: Arc<Shared>) {
    let mut last = loop {
        match shared.queries.last_cursor(None).await {
            Ok(last) => break last,
            // It has been logged where it was read.
            Err(_) => tokio::time::sleep(RETRY).await,
        }
        if !shared.is_heard() {
            return;
        }
    };
    if !shared.send(News::Begun) {
        return;
    }
    loop {
        let Ok(found) = shared.queries.events_behind(None, last, PAGE_EVENTS).await else {
            tokio::time::sleep(RETRY).await;
            if !shared.is_heard() {
                return;
            }
            continue;
        };
        let is_full = found.len() == usize::from(PAGE_EVENTS);
        if let Some(newest) = found.last() {
            last = newest.cursor;
            if !shared.send(News::Page(found.into_iter().map(Arc::new).collect())) {
                return;
            }
        }
        if !is_full {
            tokio::time::sleep(REST).await;
            // Both a timeout and news are reasons to look.
            let _ = tokio::time::timeout(POLL, shared.news.notified()).await;
            if !shared.is_heard() {
                return;
            }
        }
    }
}
