//! The queue before an engine that stops where the test wants it to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as std_mpsc;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use guestlist_core::command::RevokeToken;
use guestlist_core::credential::{TokenHash, TokenRef};
use guestlist_core::{Command, Facts, Needs, Origin, Refusal, Settings};
use guestlist_testing::FakeClock;

use super::*;
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer, Terms};

/// An engine that knows nothing, says when it arrives at a commit, and waits there for the word.
struct Gated {
    arrived: std_mpsc::Sender<()>,
    gate: std_mpsc::Receiver<()>,
    batches: Arc<Mutex<Vec<usize>>>,
    panics_at_commit: bool,
    is_closed: Arc<AtomicBool>,
}

impl Engine for Gated {
    async fn begin(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn load(&mut self, needs: &[Needs], _: &Settings) -> Result<Facts, StoreError> {
        self.batches.lock().unwrap().push(needs.len());
        Ok(Facts::default())
    }

    async fn recall(&mut self, _: &BTreeSet<AnswerKey>) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError> {
        Ok(BTreeMap::new())
    }

    async fn apply(&mut self, _: &NetChanges) -> Result<(), StoreError> {
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        let _ = self.arrived.send(());
        // An open gate is one that nobody stands at any more.
        let _ = self.gate.recv();
        assert!(!self.panics_at_commit, "the engine breaks");
        Ok(())
    }

    async fn abandon(&mut self) {
        assert!(!self.panics_at_commit, "the engine breaks for good");
    }

    async fn close(self) {
        self.is_closed.store(true, Ordering::SeqCst);
    }
}

/// The test's side of the gate.
struct Gate {
    arrived: std_mpsc::Receiver<()>,
    open: std_mpsc::Sender<()>,
    batches: Arc<Mutex<Vec<usize>>>,
    is_closed: Arc<AtomicBool>,
}

impl Gate {
    fn batches(&self) -> Vec<usize> {
        self.batches.lock().unwrap().clone()
    }
}

fn start() -> (Writer, Gate) {
    start_with(false)
}

fn start_with(panics_at_commit: bool) -> (Writer, Gate) {
    let (arrived_sender, arrived) = std_mpsc::channel();
    let (open, gate) = std_mpsc::channel();
    let batches = Arc::default();
    let is_closed = Arc::default();
    let engine = Gated {
        arrived: arrived_sender,
        gate,
        batches: Arc::clone(&batches),
        panics_at_commit,
        is_closed: Arc::clone(&is_closed),
    };
    let around = Circumstances { clock: Arc::new(FakeClock::default()), settings: Settings::default() };
    let writer = Writer::start(engine, around).unwrap();
    (writer, Gate { arrived, open, batches, is_closed })
}

/// A command that every empty database refuses.
fn order() -> Order {
    let command = Command::from(RevokeToken { by: None, token: TokenRef::Hash(TokenHash([0; 32])) });
    Order { command, origin: Origin::default(), terms: Terms::default() }
}

#[track_caller]
fn check_answered(verdict: &Verdict) {
    assert!(matches!(verdict, Err(Rejection::Refused(Refusal::TokenNotFound, _))), "{verdict:?}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn nobody_is_answered_before_the_commit() {
    let (writer, gate) = start();
    block_on(async {
        let mut ask = Box::pin(writer.submit(order()));
        assert!(ask.as_mut().now_or_never().is_none());
        gate.arrived.recv().unwrap();
        // All that is left is the commit.
        assert!(ask.as_mut().now_or_never().is_none());
        gate.open.send(()).unwrap();
        check_answered(&ask.await);
    });
    writer.close();
}

#[test]
fn what_comes_while_a_batch_is_written_goes_together_into_the_next() {
    let (writer, gate) = start();
    block_on(async {
        let mut first = Box::pin(writer.submit(order()));
        assert!(first.as_mut().now_or_never().is_none());
        gate.arrived.recv().unwrap();
        let mut others: Vec<_> = (0..BATCH_MAX + 10).map(|_| Box::pin(writer.submit(order()))).collect();
        assert!(others.iter_mut().all(|ask| ask.as_mut().now_or_never().is_none()));
        gate.open.send(()).unwrap();
        gate.arrived.recv().unwrap();
        check_answered(&first.await);
        assert!(others.iter_mut().all(|ask| ask.as_mut().now_or_never().is_none()));
        for _ in 0..2 {
            gate.open.send(()).unwrap();
        }
        for verdict in join_all(others).await {
            check_answered(&verdict);
        }
    });
    assert_eq!(gate.batches(), [1, BATCH_MAX, 10]);
    writer.close();
}

#[test]
fn a_full_queue_refuses_at_once_and_takes_again_when_there_is_room() {
    let (writer, gate) = start();
    let overloaded = |verdict| matches!(verdict, Some(Err(Rejection::Failed(StoreError::Overloaded))));
    block_on(async {
        let mut asks = vec![Box::pin(writer.submit(order()))];
        assert!(asks[0].as_mut().now_or_never().is_none());
        gate.arrived.recv().unwrap();
        asks.extend((0..QUEUE_MAX).map(|_| Box::pin(writer.submit(order()))));
        assert!(asks.iter_mut().all(|ask| ask.as_mut().now_or_never().is_none()));
        assert!(overloaded(writer.submit(order()).now_or_never()));
        assert!(overloaded(writer.submit(order()).now_or_never()));

        gate.open.send(()).unwrap();
        gate.arrived.recv().unwrap();
        // One batch was taken out, so as many find room.
        asks.extend((0..BATCH_MAX).map(|_| Box::pin(writer.submit(order()))));
        assert!(asks[QUEUE_MAX + 1..].iter_mut().all(|ask| ask.as_mut().now_or_never().is_none()));
        assert!(overloaded(writer.submit(order()).now_or_never()));

        drop(gate.open);
        for verdict in join_all(asks).await {
            check_answered(&verdict);
        }
    });
    let batches = gate.batches.lock().unwrap().clone();
    assert_eq!(batches.iter().sum::<usize>(), 1 + QUEUE_MAX + BATCH_MAX);
    writer.close();
}

#[test]
fn closing_answers_all_that_was_queued_before_it_returns() {
    let (writer, gate) = start();
    let mut answers = Vec::new();
    for n in 0..1000 {
        let (answer, verdict) = oneshot::channel();
        assert!(writer.jobs.try_send(Job { order: order(), answer }).is_ok());
        answers.push(verdict);
        if n == 0 {
            gate.arrived.recv().unwrap();
        }
    }
    let closing = std::thread::spawn(move || writer.close());
    assert!(!gate.is_closed.load(Ordering::SeqCst));
    assert!(answers.iter_mut().all(|verdict| verdict.try_recv().is_err()));
    drop(gate.open);
    closing.join().unwrap();
    assert!(gate.is_closed.load(Ordering::SeqCst), "the engine is closed after the last answer");
    for mut verdict in answers {
        check_answered(&verdict.try_recv().unwrap());
    }
    assert_eq!(*gate.batches.lock().unwrap(), [1, BATCH_MAX, 999 - BATCH_MAX]);
}

#[test]
fn who_goes_away_takes_back_what_has_not_begun_and_nothing_else() {
    let (writer, gate) = start();
    block_on(async {
        let mut begun = Box::pin(writer.submit(order()));
        assert!(begun.as_mut().now_or_never().is_none());
        gate.arrived.recv().unwrap();
        // These wait behind it. The first of them, and whoever asked for what has begun, go away.
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(writer.submit(order()))).collect();
        assert!(waiting.iter_mut().all(|ask| ask.as_mut().now_or_never().is_none()));
        drop((begun, waiting.remove(0)));
        drop(gate.open);
        for verdict in join_all(waiting).await {
            check_answered(&verdict);
        }
        // A batch of which nobody is left is no batch.
        assert_eq!(*gate.batches.lock().unwrap(), [1, 2]);
    });
    writer.close();
}

#[test]
fn when_all_have_gone_away_the_next_are_served() {
    let (writer, gate) = start();
    block_on(async {
        let mut first = Box::pin(writer.submit(order()));
        assert!(first.as_mut().now_or_never().is_none());
        gate.arrived.recv().unwrap();
        for _ in 0..BATCH_MAX {
            assert!(writer.submit(order()).now_or_never().is_none());
        }
        let mut last = Box::pin(writer.submit(order()));
        assert!(last.as_mut().now_or_never().is_none());
        drop(gate.open);
        check_answered(&first.await);
        check_answered(&last.await);
    });
    assert_eq!(*gate.batches.lock().unwrap(), [1, 1]);
    writer.close();
}

#[test]
fn an_engine_that_breaks_for_good_leaves_nobody_waiting() {
    let (writer, gate) = start_with(true);
    let unavailable = |verdict| matches!(verdict, Err(Rejection::Failed(StoreError::Unavailable(None))));
    block_on(async {
        let mut first = Box::pin(writer.submit(order()));
        assert!(first.as_mut().now_or_never().is_none());
        gate.arrived.recv().unwrap();
        let mut queued = Box::pin(writer.submit(order()));
        assert!(queued.as_mut().now_or_never().is_none());
        drop(gate.open);
        assert!(unavailable(first.await));
        assert!(unavailable(queued.await));
        assert!(unavailable(writer.submit(order()).await));
    });
    writer.close();
}

#[test]
fn a_closed_writer_takes_no_more_and_may_be_closed_again() {
    let (writer, gate) = start();
    writer.close();
    writer.close();
    let late = writer.submit(order()).now_or_never();
    assert!(matches!(late, Some(Err(Rejection::Failed(StoreError::Unavailable(None))))));
    assert_eq!(gate.batches(), [0; 0]);
}
