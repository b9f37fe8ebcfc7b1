//! Points in time as clients read them.

use guestlist_core::Timestamp;

/// ISO 8601 in UTC with milliseconds, such as `2026-01-02T03:04:05.678Z`. A time beyond the calendar (year 9999) is
/// shown as the calendar's end.
pub(crate) fn iso(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_a_z() {
        assert_eq!(iso(Timestamp::from_millis(1_767_323_045_678)), "2026-01-02T03:04:05.678Z");
        assert_eq!(iso(Timestamp::from_millis(1_767_323_045_000)), "2026-01-02T03:04:05.000Z");
        assert_eq!(iso(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
    }
}
