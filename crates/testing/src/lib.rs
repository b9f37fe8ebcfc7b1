//! For tests only: a whole guestlist without a socket, whose clock and chance the test owns.
#![expect(clippy::expect_used, clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test may panic")]

mod app;
pub mod certificates;
mod closed;
pub mod contract;
mod people;
mod ports;
pub mod postgres;
mod reply;
pub mod smtp;

pub use app::{ORIGIN, Request, TestApp};
pub use people::{Group, Person};
pub use ports::{FakeClock, SeededEntropy};
pub use reply::Reply;
