//! Instants and spans of time as people write them on the command line.

use anyhow::{Context as _, anyhow, bail};
use guestlist_core::Timestamp;
use guestlist_core::command::Expiry;
use guestlist_core::time::Lifetime;

/// What to write for a span of time.
const SPAN: &str = "write a number and one of d, h, m, s; or `never`";

/// What to write for an instant.
const INSTANT: &str =
    "write 2026-11-26T09:30:00Z, 2026-11-26 (its very beginning, in UTC), or how long ago: -90m, -12h, -1d";

/// How long something shall live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    For(Lifetime),
    Never,
}

impl Span {
    /// Reads `14d`, `12h`, `15m`, `90s` or `never`.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        if text == "never" { Ok(Self::Never) } else { lifetime(text).map(Self::For) }
    }

    /// The same as commands take it.
    pub(crate) const fn expiry(self) -> Expiry {
        match self {
            Self::For(lifetime) => Expiry::After(lifetime),
            Self::Never => Expiry::Never,
        }
    }
}

/// Reads a number and a unit of time.
pub(crate) fn lifetime(text: &str) -> anyhow::Result<Lifetime> {
    let (number, secs) = match text.split_at_checked(text.len().saturating_sub(1)) {
        Some((number, "d")) => (number, 86_400),
        Some((number, "h")) => (number, 3600),
        Some((number, "m")) => (number, 60),
        Some((number, "s")) => (number, 1),
        _ => bail!(SPAN),
    };
    let number: u32 = number.parse().context(SPAN)?;
    let secs = number.checked_mul(secs).filter(|secs| *secs > 0).context("it has to be from 1s to 49710d")?;
    Ok(Lifetime::from_secs(secs))
}

/// An instant, given by itself or by how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instant {
    At(Timestamp),
    Ago(Lifetime),
}

impl Instant {
    /// Reads an instant of RFC 3339, a date, or `-1d` and the like.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        if let Some(span) = text.strip_prefix('-') {
            return lifetime(span).map(Self::Ago).map_err(|_| anyhow!(INSTANT));
        }
        let date = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
        let instant = match date {
            Some(date) => jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok(),
            None => text.parse().ok(),
        };
        let instant: jiff::Timestamp = instant.ok_or_else(|| anyhow!(INSTANT))?;
        Ok(Self::At(Timestamp::from_millis(instant.as_millisecond())))
    }

    /// The instant itself.
    pub(crate) fn when(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(span) => now - span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_span_is_a_number_and_a_unit() {
        let secs = |text| match Span::parse(text) {
            Ok(Span::For(lifetime)) => Some(lifetime.as_secs()),
            Ok(Span::Never) | Err(_) => None,
        };
        assert_eq!(secs("30d"), Some(2_592_000));
        assert_eq!(secs("12h"), Some(43_200));
        assert_eq!(secs("15m"), Some(900));
        assert_eq!(secs("90s"), Some(90));
        for odd in ["", "d", "0d", "-1d", "1.5h", "30", "49711d", "1w", "1é"] {
            assert_eq!(secs(odd), None, "{odd}");
        }
    }

    #[test]
    fn an_instant_is_a_time_a_date_or_a_while_ago() {
        let now = Timestamp::from_millis(1_000_000_000);
        let when = |text| Instant::parse(text).ok().map(|instant| instant.when(now).as_millis());
        assert_eq!(when("1970-01-02T00:00:00Z"), Some(86_400_000));
        assert_eq!(when("1970-01-02T02:00:00.5+02:00"), Some(86_400_500));
        assert_eq!(when("1970-01-02"), Some(86_400_000));
        assert_eq!(when("-1d"), Some(1_000_000_000 - 86_400_000));
        assert_eq!(when("-90m"), Some(1_000_000_000 - 5_400_000));
        for odd in ["", "-", "yesterday", "1970-01-02T00:00:00", "1d", "-0d", "1970-13-01", "19700102"] {
            assert_eq!(when(odd), None, "{odd}");
        }
    }
}
