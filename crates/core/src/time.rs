//! Points in time and spans between them, as integers of UTC milliseconds: the one unit of the whole system.

use std::ops::{Add, Sub};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `millis` milliseconds after the Unix epoch, or before it when negative.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Midnight in UTC, so many days after the Unix epoch.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self(days.saturating_mul(86_400_000))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Days of UTC since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_days(self) -> i64 {
        self.0.div_euclid(86_400_000)
    }
}

/// Whether something with this end, or none, is dead at `now`. At the very instant of its end it is.
#[must_use]
pub fn is_over(end: Option<Timestamp>, now: Timestamp) -> bool {
    end.is_some_and(|end| now >= end)
}

/// The earlier of two ends, of which none is the latest.
#[must_use]
pub fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (end, None) | (None, end) => end,
    }
}

/// The later of two ends, of which none is the latest.
#[must_use]
pub fn later(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    Some(one?.max(other?))
}

impl Add<Lifetime> for Timestamp {
    type Output = Self;

    /// Saturates at the end of time instead of wrapping into the past.
    fn add(self, span: Lifetime) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Lifetime> for Timestamp {
    type Output = Self;

    /// Saturates at the beginning of time.
    fn sub(self, span: Lifetime) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

/// How long something lasts, in milliseconds. Never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(i64);

impl Lifetime {
    /// A span of `secs` seconds.
    #[must_use]
    pub const fn from_secs(secs: u32) -> Self {
        Self(secs as i64 * 1000)
    }

    /// A span of `days` days of 24 hours.
    #[must_use]
    pub const fn from_days(days: u16) -> Self {
        Self(days as i64 * 86_400_000)
    }

    /// The span in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The span in whole seconds, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0 / 1000
    }
}
