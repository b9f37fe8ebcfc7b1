//! The writer: a bounded queue, and one thread that empties it batch by batch.
//!
//! It takes what is queued at the moment and never waits for more, so a lone command waits for just its own commit,
//! while under load one commit serves everybody who came during the one before.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::batch::{self, Circumstances, Done, Order, Verdict};
use crate::engine::Engine;
use crate::error::{Rejection, StoreError};

/// Commands that may wait. More are refused, not queued: at some tens of thousands a second this is a tenth of a
/// second's work, and a longer queue would only make everybody wait longer.
const QUEUE_MAX: usize = 4096;

/// Commands that one transaction carries at the most.
const BATCH_MAX: usize = 512;

/// Facts that one transaction looks up at the most, unless a single command needs more.
const NEEDS_MAX: usize = 8192;

pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    stop: Arc<Notify>,
    /// Absent once the writer is closed.
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Job {
    order: Order,
    answer: oneshot::Sender<Verdict>,
}

impl Writer {
    /// Starts the thread that owns `engine`.
    pub(crate) fn start<E: Engine>(engine: E, around: Circumstances) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        // A runtime of the thread's own: an engine may block, or wait for a network, without holding up anybody else.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Unavailable(Some(Arc::new(error))))?;
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || runtime.block_on(serve(engine, around, queue, stopped)))
            .map_err(|error| StoreError::Unavailable(Some(Arc::new(error))))?;
        Ok(Self { jobs, stop, thread: Mutex::new(Some(thread)) })
    }

    /// Queues `order` and waits until it is durable or rejected.
    pub(crate) async fn submit(&self, order: Order) -> Result<Done, Rejection> {
        let (answer, verdict) = oneshot::channel();
        self.jobs.try_send(Job { order, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable(None),
        })?;
        verdict.await.map_err(|_| StoreError::Unavailable(None))?
    }

    /// Whether the thread has ended, or is about to.
    pub(crate) fn is_closed(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Takes no more commands and returns once those queued are answered. Closing twice is closing once.
    pub(crate) fn close(&self) {
        self.stop.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer ended with a panic");
        }
    }
}

async fn serve<E: Engine>(mut engine: E, around: Circumstances, mut queue: mpsc::Receiver<Job>, stop: Arc<Notify>) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    loop {
        let taken = tokio::select! {
            biased;
            () = stop.notified() => {
                queue.close();
                continue;
            }
            taken = queue.recv_many(&mut jobs, BATCH_MAX) => taken,
        };
        // An empty queue that nobody can fill any more.
        if taken == 0 {
            return engine.close().await;
        }
        // Nobody waits for these any more: after a stall, work that still matters must not stand behind them.
        jobs.retain(|job| !job.answer.is_closed());
        while !jobs.is_empty() {
            let orders: Vec<&Order> = jobs[..fitting(&jobs)].iter().map(|job| &job.order).collect();
            let verdicts = batch::run(&mut engine, &around, &orders).await;
            for (job, verdict) in jobs.drain(..verdicts.len()).zip(verdicts) {
                // Whoever asked may have gone meanwhile; what they asked for is done all the same.
                let _ = job.answer.send(verdict);
            }
        }
    }
}

/// How many of the first jobs one transaction can carry: at least one.
fn fitting(jobs: &[Job]) -> usize {
    let mut needs = 0;
    let fits = jobs.iter().take_while(|job| {
        needs += job.order.command.needs().len();
        needs <= NEEDS_MAX
    });
    fits.count().max(1)
}

#[cfg(test)]
mod tests;
