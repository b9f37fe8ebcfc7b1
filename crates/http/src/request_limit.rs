//! How many requests one user may make, told as in IETF draft-ietf-httpapi-ratelimit-headers-10.
//!
//! Each node counts for itself: this keeps one caller from using up what is there for all. What must never be exceeded,
//! such as invitations in a day, is a rule and counted in the database.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{Extensions, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use guestlist_core::Timestamp;
use guestlist_core::ids::UserId;
use guestlist_core::ports::Clock;

use crate::App;

/// Requests that one user may make in [`WINDOW_SECS`], all at once or one after the other.
const REQUESTS_MAX: NonZeroU32 = NonZeroU32::new(600).expect("600 is not 0");

/// The length of the window, in seconds.
const WINDOW_SECS: u32 = 60;

/// After so many requests those are forgotten who have made none lately, so that there are never more users to remember
/// than requests in between.
const FORGET_EVERY: u32 = 4096;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Counts the requests of each user.
pub struct RequestLimit {
    users: RateLimiter<UserId, HashMapStateStore<UserId>, Wall, StateInformationMiddleware>,
    clock: Wall,
    counted: AtomicU32,
}

/// What is left to somebody.
#[derive(Debug, Clone, Copy)]
struct Left {
    requests: u32,
    /// Seconds until there is more.
    more_in_secs: u64,
}

impl RequestLimit {
    /// Nobody has made a request yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = Wall(clock);
        let users = RateLimiter::new(Quota::per_minute(REQUESTS_MAX), HashMapStateStore::default(), clock.clone());
        Self { users, clock, counted: AtomicU32::new(0) }
    }

    /// Counts one request of `user`, if they may make it: otherwise says what is left, nothing, and for how long.
    fn count(&self, user: UserId) -> Result<Left, (Left, Timestamp)> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.users.retain_recent();
            self.users.shrink_to_fit();
        }
        match self.users.check_key(&user) {
            Ok(state) => {
                let requests = state.remaining_burst_capacity();
                let spent = u64::from(REQUESTS_MAX.get().saturating_sub(requests));
                // All that was spent is given back, evenly, over the window.
                let more_in_secs = (spent * u64::from(WINDOW_SECS)).div_ceil(u64::from(REQUESTS_MAX.get()));
                Ok(Left { requests, more_in_secs })
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now());
                let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                let until = Timestamp::from_millis(self.clock.0.now().as_millis().saturating_add(millis));
                let more_in_secs = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err((Left { requests: 0, more_in_secs }, until))
            }
        }
    }
}

/// Our clock as the limiter reads it. One that goes back stands still until it has caught up.
#[derive(Clone)]
struct Wall(Arc<dyn Clock>);

impl GovernorClock for Wall {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_millis()).unwrap_or(0))
    }
}

/// Among the extensions of a request: where to note what is left to its caller.
#[derive(Clone, Default)]
struct Meter(Arc<OnceLock<Left>>);

/// Counts one request of `user`; an error says from when on they may make another.
pub(crate) fn count(app: &App, user: UserId, extensions: &Extensions) -> Result<(), Timestamp> {
    let Some(limit) = &app.request_limit else { return Ok(()) };
    let (left, result) = match limit.count(user) {
        Ok(left) => (left, Ok(())),
        Err((left, until)) => (left, Err(until)),
    };
    if let Some(Meter(noted)) = extensions.get() {
        // A request has one caller.
        let _ = noted.set(left);
    }
    result
}

/// Tells whoever calls what is left to them.
pub(crate) async fn tell(mut request: Request, next: Next) -> Response {
    let meter = Meter::default();
    request.extensions_mut().insert(meter.clone());
    let mut response = next.run(request).await;
    if let Some(left) = meter.0.get() {
        let policy = format!("\"requests\";q={REQUESTS_MAX};w={WINDOW_SECS}");
        let limit = format!("\"requests\";r={};t={}", left.requests, left.more_in_secs);
        for (name, value) in [(POLICY, policy), (LIMIT, limit)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use guestlist_testing::FakeClock;

    use super::*;

    #[test]
    fn those_who_have_made_no_request_lately_are_forgotten() {
        let clock = Arc::new(FakeClock::default());
        let limit = RequestLimit::new(clock.clone());
        let mut users = (1..).map_while(UserId::new);
        let made = users.by_ref().take(FORGET_EVERY as usize - 1).filter(|user| limit.count(*user).is_ok()).count();
        assert_eq!((made, limit.users.len()), (FORGET_EVERY as usize - 1, FORGET_EVERY as usize - 1));
        clock.advance_millis(60_000);
        assert!(users.next().is_some_and(|user| limit.count(user).is_ok()));
        assert_eq!(limit.users.len(), 1);
    }
}
