//! How many streams of events one user may read at once, on each node: nobody takes the seats of all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guestlist_core::ids::UserId;

/// Streams that one user may read at once.
pub(crate) const STREAMS_MAX: u32 = 16;

/// Counts the streams of each user who reads one.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<UserId, u32>>);

/// The seat of one stream, for as long as it is held.
pub(crate) struct Seat {
    streams: Arc<Streams>,
    user: UserId,
}

impl Streams {
    /// A seat for one more stream of `user`, if there is any.
    pub(crate) fn take(self: &Arc<Self>, user: UserId) -> Option<Seat> {
        let mut users = self.users();
        let count = users.entry(user).or_default();
        if *count >= STREAMS_MAX {
            return None;
        }
        *count += 1;
        Some(Seat { streams: Arc::clone(self), user })
    }

    fn users(&self) -> MutexGuard<'_, HashMap<UserId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.streams.users().entry(self.user) {
            *count.get_mut() -= 1;
            // Who reads none is not remembered.
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_once_it_is_left_and_nobody_is_remembered() {
        let streams = Arc::new(Streams::default());
        let user = |n| UserId::new(n).unwrap();
        let mut seats: Vec<_> = (0..STREAMS_MAX).map(|_| streams.take(user(1)).unwrap()).collect();
        assert!(streams.take(user(1)).is_none());
        assert!(streams.take(user(2)).is_some());
        seats.pop();
        assert!(streams.take(user(1)).is_some());
        drop(seats);
        assert!(streams.users().is_empty());
    }
}
