//! How many mails go to one domain at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// As many as most large providers take from one sender.
const AT_ONCE: usize = 4;

/// A lane for each domain that mail goes to at the moment; there are never more than mails under way.
#[derive(Default)]
pub(super) struct Lanes(Mutex<HashMap<String, Weak<Semaphore>>>);

impl Lanes {
    /// Waits for a place in the lane of `domain`, and holds it until the permit is dropped. `None` never happens: nobody
    /// closes a lane.
    pub(super) async fn of(&self, domain: &str) -> Option<OwnedSemaphorePermit> {
        let lane = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.retain(|_, lane| lane.strong_count() > 0);
            let known = lanes.get(domain).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let lane = Arc::new(Semaphore::new(AT_ONCE));
                lanes.insert(domain.to_owned(), Arc::downgrade(&lane));
                lane
            })
        };
        lane.acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fifth_to_one_domain_waits_and_others_do_not() {
        let lanes = Lanes::default();
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.push(lanes.of("example.org").await);
        }
        let mut fifth = std::pin::pin!(lanes.of("example.org"));
        let now = |lane: std::task::Poll<Option<OwnedSemaphorePermit>>| lane.is_ready();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(!now(fifth.as_mut().poll(&mut context)));
        assert!(lanes.of("example.com").await.is_some());
        held.pop();
        assert!(now(fifth.as_mut().poll(&mut context)));
    }

    #[tokio::test]
    async fn a_lane_that_nobody_uses_is_forgotten() {
        let lanes = Lanes::default();
        for n in 0..100 {
            drop(lanes.of(&format!("{n}.example.org")).await);
        }
        assert!(lanes.0.lock().expect("nobody panicked").len() <= 1);
    }
}
