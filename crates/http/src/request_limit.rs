//! How many requests one caller may make, told as in IETF draft-ietf-httpapi-ratelimit-headers-10.
//!
//! Each node counts for itself: this keeps one caller from using up what is there for all. What must never be exceeded,
//! such as invitations in a day, is a rule and counted in the database.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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
use guestlist_core::credential::ClientId;
use guestlist_core::ids::UserId;
use guestlist_core::ports::Clock;

use crate::App;
use crate::stream_limit::Streams;

/// Requests that one caller may make in [`WINDOW_SECS`], all at once or one after the other.
const REQUESTS_MAX: NonZeroU32 = NonZeroU32::new(600).expect("600 is not 0");

/// The length of the window, in seconds.
const WINDOW_SECS: u32 = 60;

/// After so many requests those are forgotten who have made none lately, so that there are never more callers to remember
/// than requests in between.
const FORGET_EVERY: u32 = 4096;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Whose requests are counted together: those of a user or, where clients are told apart, of a user through one client, and
/// of a client without a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Payer {
    user: Option<UserId>,
    client: Option<ClientId>,
}

impl Payer {
    pub(crate) const fn user(user: UserId) -> Self {
        Self { user: Some(user), client: None }
    }

    pub(crate) const fn through(client: Option<ClientId>, user: Option<UserId>) -> Self {
        Self { user, client }
    }
}

/// Counts the requests of each caller, and the streams of events that users read.
pub struct RequestLimit {
    callers: RateLimiter<Payer, HashMapStateStore<Payer>, Wall, StateInformationMiddleware>,
    clock: Wall,
    counted: AtomicU32,
    pub(crate) streams: Arc<Streams>,
}

/// What is left to somebody.
#[derive(Debug, Clone, Copy)]
struct Left {
    requests: u32,
    /// Seconds until all are back.
    all_in_secs: u64,
}

impl Left {
    /// All that was spent is given back, evenly, over the window.
    fn of(requests: u32) -> Self {
        let spent = u64::from(REQUESTS_MAX.get().saturating_sub(requests));
        let all_in_secs = (spent * u64::from(WINDOW_SECS)).div_ceil(u64::from(REQUESTS_MAX.get()));
        Self { requests, all_in_secs }
    }
}

impl RequestLimit {
    /// Nobody has made a request yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = Wall::new(clock);
        let callers = RateLimiter::new(Quota::per_minute(REQUESTS_MAX), HashMapStateStore::default(), clock.clone());
        Self { callers, clock, counted: AtomicU32::new(0), streams: Arc::default() }
    }

    /// Counts so many requests of `payer`, if they may make all of them: otherwise says from when on they may.
    fn count(&self, payer: &Payer, requests: NonZeroU32) -> Result<Left, Timestamp> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.callers.retain_recent();
            self.callers.shrink_to_fit();
        }
        let wait = match self.callers.check_key_n(payer, requests) {
            Ok(Ok(state)) => return Ok(Left::of(state.remaining_burst_capacity())),
            Ok(Err(not_until)) => not_until.wait_time_from(self.clock.now()),
            // More than there ever are at once: nobody asks for so many.
            Err(_) => Duration::from_secs(WINDOW_SECS.into()),
        };
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Err(Timestamp::from_millis(self.clock.wall.now().as_millis().saturating_add(millis)))
    }
}

/// Our clock as the limiter reads it: how much time has passed. One that is set back goes on from there.
#[derive(Clone)]
struct Wall {
    wall: Arc<dyn Clock>,
    passed: Arc<Mutex<Passed>>,
}

struct Passed {
    since_start: Duration,
    looked_at: Timestamp,
}

impl Wall {
    fn new(wall: Arc<dyn Clock>) -> Self {
        let passed = Passed { since_start: Duration::ZERO, looked_at: wall.now() };
        Self { wall, passed: Arc::new(Mutex::new(passed)) }
    }
}

impl GovernorClock for Wall {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.wall.now();
        let millis = now.as_millis().saturating_sub(passed.looked_at.as_millis());
        passed.since_start += Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        passed.looked_at = now;
        passed.since_start
    }
}

/// Among the extensions of a request: where to note what is left to its caller.
#[derive(Clone, Default)]
struct Meter(Arc<Mutex<Option<Left>>>);

impl Meter {
    fn noted(&self) -> std::sync::MutexGuard<'_, Option<Left>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts so many requests of `payer`; an error says from when on they may make them.
pub(crate) fn count(app: &App, payer: &Payer, requests: NonZeroU32, extensions: &Extensions) -> Result<(), Timestamp> {
    let Some(limit) = &app.request_limit else { return Ok(()) };
    let result = limit.count(payer, requests);
    if let Some(meter) = extensions.get::<Meter>() {
        let mut noted = meter.noted();
        // Who may not make several has those left that they had.
        *noted = result.ok().or(*noted).or(Some(Left::of(0)));
    }
    result.map(|_| ())
}

/// Tells whoever calls what is left to them.
pub(crate) async fn tell(mut request: Request, next: Next) -> Response {
    let meter = Meter::default();
    request.extensions_mut().insert(meter.clone());
    let mut response = next.run(request).await;
    let left = *meter.noted();
    if let Some(left) = left {
        let policy = format!("\"requests\";q={REQUESTS_MAX};w={WINDOW_SECS}");
        let limit = format!("\"requests\";r={};t={}", left.requests, left.all_in_secs);
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
        let made = users
            .by_ref()
            .take(FORGET_EVERY as usize - 1)
            .filter(|user| limit.count(&Payer::user(*user), NonZeroU32::MIN).is_ok())
            .count();
        assert_eq!((made, limit.callers.len()), (FORGET_EVERY as usize - 1, FORGET_EVERY as usize - 1));
        clock.advance_millis(60_000);
        assert!(users.next().is_some_and(|user| limit.count(&Payer::user(user), NonZeroU32::MIN).is_ok()));
        assert_eq!(limit.callers.len(), 1);
    }
}
