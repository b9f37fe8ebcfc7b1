//! How often one address may call one endpoint of Rocket.Chat's API: so many times in a window that begins with the first
//! call. Each node counts for itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use guestlist_core::Timestamp;
use guestlist_core::ports::Clock;

/// The length of a window.
const WINDOW_MILLIS: i64 = 60_000;

/// So many windows are kept before those that are over are forgotten.
const WINDOWS_KEPT: usize = 4096;

/// Counts the calls of each address to each endpoint.
pub struct ChatLimit {
    clock: Arc<dyn Clock>,
    windows: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    open: HashMap<(IpAddr, &'static str), Window>,
    /// When so many are open, those that are over are forgotten.
    swept_at: usize,
}

#[derive(Clone, Copy)]
struct Window {
    ends_at: Timestamp,
    calls: u32,
}

/// How a call stands to the limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    limit: u32,
    remaining: u32,
    resets_at: Timestamp,
    /// Of a call too many: the seconds until the next one may be made.
    pub(crate) wait_secs: Option<i64>,
}

impl ChatLimit {
    /// Nobody has called yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, windows: Mutex::default() }
    }

    /// Counts a call of `endpoint`, of which there may be `limit` in a window.
    pub(crate) fn count(&self, peer: IpAddr, endpoint: &'static str, limit: u32) -> Standing {
        let now = self.clock.now();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.sweep(now);
        let new = Window { ends_at: Timestamp::from_millis(now.as_millis().saturating_add(WINDOW_MILLIS)), calls: 0 };
        let window = windows.open.entry((peer, endpoint)).or_insert(new);
        if now >= window.ends_at {
            *window = new;
        }
        let is_too_many = window.calls >= limit;
        window.calls = window.calls.saturating_add(u32::from(!is_too_many));
        let left = window.ends_at.as_millis().saturating_sub(now.as_millis());
        Standing {
            limit,
            remaining: limit.saturating_sub(window.calls),
            resets_at: window.ends_at,
            wait_secs: is_too_many.then_some(left.saturating_add(999) / 1000),
        }
    }
}

impl Windows {
    fn sweep(&mut self, now: Timestamp) {
        if self.open.len() > self.swept_at.max(WINDOWS_KEPT) {
            self.open.retain(|_, window| now < window.ends_at);
            // Seldom enough to cost next to nothing, however many are open at once.
            self.swept_at = 2 * self.open.len();
        }
    }
}

impl Standing {
    /// Tells the caller how they stand.
    pub(crate) fn tell(self, response: &mut Response) {
        let told = [
            ("x-ratelimit-limit", i64::from(self.limit)),
            ("x-ratelimit-remaining", i64::from(self.remaining)),
            ("x-ratelimit-reset", self.resets_at.as_millis()),
        ];
        for (name, number) in told {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use guestlist_testing::FakeClock;

    use super::*;

    #[test]
    fn windows_that_are_over_are_forgotten() {
        let clock = Arc::new(FakeClock::default());
        let limit = ChatLimit::new(clock.clone());
        let open = || limit.windows.lock().unwrap_or_else(PoisonError::into_inner).open.len();
        let call = |n: u32| limit.count(IpAddr::from(Ipv4Addr::from_bits(n)), "x", 10);
        let many = u32::try_from(WINDOWS_KEPT).unwrap_or(0) + 1;
        (0..many).map(call).for_each(drop);
        assert_eq!(open(), WINDOWS_KEPT + 1);
        clock.advance_millis(60_000);
        call(0);
        assert_eq!(open(), 1);
    }
}
