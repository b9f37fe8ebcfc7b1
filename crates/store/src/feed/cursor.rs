//! Places in the order of all events.

use std::fmt;
use std::str::FromStr;

use guestlist_core::history::{Event, Stream};

/// The place of one event among all of the installation. Whoever has seen everything up to a cursor misses nothing by
/// going on behind it: no event is ever added before one that could be read.
///
/// Events of one history are in the order of their numbers; those of one commit are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// Grows from commit to commit; 0 for events that are older than positions.
    pub position: i64,
    /// Whose history the event belongs to.
    pub stream: Stream,
    /// The number of the event there.
    pub seq: i64,
}

impl Cursor {
    /// Before all events.
    pub const START: Self = Self { position: 0, stream: Stream::Installation, seq: 0 };

    /// Behind all events of the same commit, naming none of them: whoever begins to listen to everything is not told in which
    /// group something happened last.
    #[must_use]
    pub(crate) fn end_of_its_commit(self) -> Self {
        // No group has this number: they go up to 2^53.
        Self { stream: Stream::from_number(i64::MAX).unwrap_or(self.stream), seq: 0, ..self }
    }
}

/// As clients keep it: `POSITION.GROUP.NUMBER`, where the history of the installation is group 0.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.position, self.stream.number(), self.seq)
    }
}

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let number = |text: &str| {
            // A sign, which the standard library would take, is none of ours.
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            if is_plain { text.parse::<i64>().map_err(|_| NotACursor) } else { Err(NotACursor) }
        };
        let mut parts = text.splitn(3, '.').map(number);
        let mut next = || parts.next().unwrap_or(Err(NotACursor));
        let (position, stream, seq) = (next()?, next()?, next()?);
        Ok(Self { position, stream: Stream::from_number(stream).ok_or(NotACursor)?, seq })
    }
}

/// An event and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its place among all events.
    pub cursor: Cursor,
    /// What happened.
    pub event: Event,
}

impl Told {
    pub(crate) const fn at(position: i64, event: Event) -> Self {
        Self { cursor: Cursor { position, stream: event.stream, seq: event.seq }, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for text in ["0.0.0", "7.0.3", "9223372036854775807.12.1"] {
            assert_eq!(text.parse::<Cursor>().map(|cursor| cursor.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn anything_else_is_no_cursor() {
        for text in [
            "",
            ".",
            "1.2",
            "1.2.3.4",
            "1..3",
            "-1.2.3",
            "+1.2.3",
            "1.-2.3",
            "a.b.c",
            "1.2.3 ",
            "9223372036854775808.1.1",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }

    #[test]
    fn cursors_are_ordered_by_commit_then_by_history_then_by_number() {
        let texts = ["0.0.0", "0.0.2", "0.3.1", "1.0.1", "1.2.9", "1.10.1", "2.0.0"];
        let cursors: Vec<Cursor> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert!(cursors.is_sorted());
    }
}
