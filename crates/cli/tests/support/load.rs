//! Several connections, each with one invitation in flight, to be interrupted in the middle.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::http::{Connection, request};
use super::process::{LOOK_EVERY, PATIENCE};

/// Senders at work.
pub(crate) struct Load {
    answers: Arc<AtomicUsize>,
    /// Held by senders for reading while they send; whoever holds it for writing knows that every request is wholly
    /// sent or not begun.
    is_over: Arc<RwLock<bool>>,
    senders: Vec<JoinHandle<Sent>>,
}

/// What one sender did.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// What was answered with 200.
    pub(crate) answered: BTreeSet<String>,
    /// What was in flight when the connection ended, and how it ended.
    pub(crate) unanswered: Option<(String, String)>,
}

impl Load {
    /// Starts `connections` senders of requests that `write` makes of a name of their own, `ROUND-SENDER-NUMBER`.
    pub(crate) fn start(
        address: SocketAddr,
        connections: u32,
        round: &str,
        write: impl Fn(u32, u32) -> Vec<u8> + Clone + Send + 'static,
    ) -> Self {
        let answers = Arc::new(AtomicUsize::new(0));
        let is_over = Arc::new(RwLock::new(false));
        let senders = (0..connections).map(|sender| {
            let (answers, is_over, write) = (Arc::clone(&answers), Arc::clone(&is_over), write.clone());
            let (round, mut connection) = (round.to_owned(), Connection::open(address));
            thread::spawn(move || {
                let mut sent = Sent::default();
                for number in 0_u32.. {
                    let name = format!("{round}-{sender}-{number}");
                    let bytes = write(sender, number);
                    let sending = {
                        let is_over = is_over.read().unwrap_or_else(PoisonError::into_inner);
                        if *is_over {
                            break;
                        }
                        connection.send(&bytes)
                    };
                    match sending.and_then(|()| connection.receive()) {
                        Ok(answer) => assert_eq!(answer.status, 200, "{answer:?}"),
                        Err(error) => {
                            sent.unanswered = Some((name, error.to_string()));
                            break;
                        }
                    }
                    sent.answered.insert(name);
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                sent
            })
        });
        let senders = senders.collect();
        Self { answers, is_over, senders }
    }

    /// Starts senders of invitations of `ROUND-SENDER-NUMBER@example.org` to group 1.
    pub(crate) fn of_invitations(address: SocketAddr, connections: u32, round: &str, token: &str) -> Self {
        let (stem, token) = (round.to_owned(), token.to_owned());
        Self::start(address, connections, round, move |sender, number| {
            let body = format!(r#"{{"email":"{stem}-{sender}-{number}@example.org"}}"#);
            request("PUT", "/v1/groups/1/inviteUser", &[("o_t_h", &token)], Some(&body))
        })
    }

    /// Waits until so many requests were answered.
    #[track_caller]
    pub(crate) fn wait_for(&self, answers: usize) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let have = self.answers.load(Ordering::Relaxed);
            if have >= answers {
                return;
            }
            assert!(Instant::now() < deadline, "only {have} answers of {answers}");
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Does something at a moment at which every request is wholly sent or not begun, and lets no further one begin.
    pub(crate) fn end_with<T>(&self, act: impl FnOnce() -> T) -> T {
        let mut is_over = self.is_over.write().unwrap_or_else(PoisonError::into_inner);
        *is_over = true;
        act()
    }

    /// Waits until every sender has ended.
    #[track_caller]
    pub(crate) fn finish(self) -> Vec<Sent> {
        let join = |sender: JoinHandle<Sent>| sender.join().expect("a sender meets 200 or the end of its connection");
        self.senders.into_iter().map(join).collect()
    }
}
