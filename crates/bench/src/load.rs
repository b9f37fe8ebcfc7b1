//! Load: many connections that ask as fast as they are answered, every answer checked, every latency kept.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;

use crate::connection::{Answer, Connection};
use crate::http::NumberedRequest;

/// Time before the measured part in which pools, caches and files grow to their working size.
pub(crate) const WARM_UP: Duration = Duration::from_secs(1);

/// How long the last answers may take after the measured time before we call the server stuck.
const STUCK_AFTER: Duration = Duration::from_secs(20);

/// The measured time within a run. Whatever is completed in it counts; what comes earlier or later does not.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    start: Instant,
    end: Instant,
}

impl Window {
    /// Begins after the warm-up, which begins now.
    pub(crate) fn after_warm_up(measured: Duration) -> Self {
        let start = Instant::now() + WARM_UP;
        Self { start, end: start + measured }
    }

    pub(crate) fn contains(self, instant: Instant) -> bool {
        instant >= self.start && !self.is_over(instant)
    }

    pub(crate) fn is_over(self, instant: Instant) -> bool {
        instant >= self.end
    }
}

pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: u16,
    pub(crate) measured: Duration,
    pub(crate) request: NumberedRequest,
    /// The only body that counts as success, together with status 200.
    pub(crate) expected_body: &'static [u8],
}

/// What a run of a load gave.
pub(crate) struct Measured {
    /// All successes, those of the warm-up and those after the measured time included.
    pub(crate) answered: u64,
    /// Latencies of the successes in the measured time, in microseconds, sorted.
    latencies_us: Vec<u32>,
    time: Duration,
}

impl Measured {
    /// Of these latencies, in microseconds, in this time.
    pub(crate) fn of(mut latencies_us: Vec<u32>, time: Duration) -> Self {
        latencies_us.sort_unstable();
        let answered = u64::try_from(latencies_us.len()).unwrap_or(u64::MAX);
        Self { answered, latencies_us, time }
    }

    pub(crate) fn per_second(&self) -> f64 {
        crate::report::rate(self.latencies_us.len(), self.time)
    }

    /// The latency that `percent` of the measured requests did not exceed; 100 gives the longest.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = (self.latencies_us.len() * percent).div_ceil(100).max(1);
        self.latencies_us.get(rank - 1).map_or(f64::NAN, |&latency_us| f64::from(latency_us) / 1000.0)
    }
}

/// Opens all connections, then loads them until the measured time is over and the last request is answered.
///
/// No request is ever abandoned, so after success the server has been asked exactly `answered` times.
pub(crate) async fn run(load: Load) -> Result<Measured> {
    let mut connections = Vec::new();
    for _ in 0..load.connections {
        connections.push(Connection::open(load.address).await?);
    }

    let numbers = Arc::new(AtomicU64::new(1));
    let window = Window::after_warm_up(load.measured);
    let mut clients = JoinSet::new();
    for connection in connections {
        let (request, numbers) = (load.request.clone(), Arc::clone(&numbers));
        let client = Client { connection, request, numbers, expected_body: load.expected_body };
        clients.spawn(client.ask_during(window));
    }

    let mut total = Tally::default();
    let collected = async {
        // The first error ends the run; dropping the set stops the other connections.
        while let Some(ended) = clients.join_next().await {
            total.add(ended.context("a connection's task panicked")??);
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(WARM_UP + load.measured + STUCK_AFTER, collected)
        .await
        .with_context(|| format!("a request was not answered within {STUCK_AFTER:?}: the server is stuck"))??;

    ensure!(!total.latencies_us.is_empty(), "no answer came in the measured time; measure more --seconds");
    total.latencies_us.sort_unstable();
    Ok(Measured { answered: total.answered, latencies_us: total.latencies_us, time: load.measured })
}

struct Client {
    connection: Connection,
    request: NumberedRequest,
    /// Shared by all clients, so that no two requests name the same target.
    numbers: Arc<AtomicU64>,
    expected_body: &'static [u8],
}

#[derive(Default)]
struct Tally {
    answered: u64,
    latencies_us: Vec<u32>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.answered += other.answered;
        self.latencies_us.extend(other.latencies_us);
    }
}

impl Client {
    async fn ask_during(mut self, window: Window) -> Result<Tally> {
        let mut tally = Tally::default();
        let mut asked_at = Instant::now();
        while !window.is_over(asked_at) {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            let answer = self.connection.exchange(self.request.numbered(number)).await?;
            check(&answer, self.expected_body)?;
            let answered_at = Instant::now();
            tally.answered += 1;
            if window.contains(answered_at) {
                let latency = answered_at - asked_at;
                tally.latencies_us.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
            }
            asked_at = answered_at;
        }
        Ok(tally)
    }
}

fn check(answer: &Answer<'_>, expected_body: &[u8]) -> Result<()> {
    ensure!(
        answer.status == 200 && answer.body == expected_body,
        "expected status 200 and the body {:?}, but got status {} and the body {:?}",
        String::from_utf8_lossy(expected_body),
        answer.status,
        String::from_utf8_lossy(answer.body),
    );
    ensure!(!answer.closes, "the server closes a connection after a success; keep-alive is what is measured");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(latencies_us: Vec<u32>) -> Measured {
        Measured { answered: 0, latencies_us, time: Duration::from_secs(2) }
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let hundred = measured((1..=100).map(|ms| ms * 1000).collect());
        assert!(near(hundred.percentile_ms(50), 50.0));
        assert!(near(hundred.percentile_ms(99), 99.0));
        assert!(near(hundred.percentile_ms(100), 100.0));
        let one = measured(vec![7]);
        assert!(near(one.percentile_ms(50), 0.007) && near(one.percentile_ms(99), 0.007));
    }

    #[test]
    fn the_rate_counts_only_the_measured_time() {
        assert!(near(measured(vec![1; 10]).per_second(), 5.0));
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let before = Instant::now();
        let moment = Duration::from_nanos(1);
        let window = Window { start: before + moment, end: before + 3 * moment };
        assert!(!window.contains(before) && window.contains(before + moment));
        assert!(window.contains(before + 2 * moment) && !window.contains(before + 3 * moment));
        assert!(!window.is_over(before + 2 * moment) && window.is_over(before + 3 * moment));
    }
}
