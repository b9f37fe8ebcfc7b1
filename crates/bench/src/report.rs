//! What people and programs read: one line per number of connections.

use std::time::Duration;

use serde_json::{Value, json};

use crate::load::{Measured, WARM_UP};

const COLUMNS: [&str; 8] = [
    "connections",
    "bare axum req/s",
    "bare sqlite rows/s",
    "guestlist inv/s",
    "p50 ms",
    "p99 ms",
    "guestlist / bare axum",
    "guestlist / bare sqlite",
];

/// No cell is narrower, so that a latency of a minute still stands under its heading.
const CELL_CHARS_MIN: usize = 9;

/// All parts measured with the same number of connections.
pub(crate) struct Row {
    pub(crate) connections: u16,
    pub(crate) measured: Duration,
    pub(crate) bare_axum: Measured,
    pub(crate) bare_sqlite_per_second: f64,
    pub(crate) guestlist: Measured,
}

impl Row {
    /// One line under [`header`].
    pub(crate) fn to_line(&self) -> String {
        line(
            &COLUMNS,
            &[
                self.connections.to_string(),
                format!("{:.0}", self.bare_axum.per_second()),
                format!("{:.0}", self.bare_sqlite_per_second),
                format!("{:.0}", self.guestlist.per_second()),
                format!("{:.3}", self.guestlist.percentile_ms(50)),
                format!("{:.3}", self.guestlist.percentile_ms(99)),
                format!("{:.3}", self.to_bare_axum()),
                format!("{:.3}", self.to_bare_sqlite()),
            ],
        )
    }

    /// One object on one line.
    pub(crate) fn to_json(&self) -> String {
        json!({
            "connections": self.connections,
            "seconds": self.measured.as_secs(),
            "bare_axum": served(&self.bare_axum),
            "bare_sqlite": { "per_second": rounded(self.bare_sqlite_per_second) },
            "guestlist": served(&self.guestlist),
            "guestlist_to_bare_axum": rounded(self.to_bare_axum()),
            "guestlist_to_bare_sqlite": rounded(self.to_bare_sqlite()),
        })
        .to_string()
    }

    fn to_bare_axum(&self) -> f64 {
        self.guestlist.per_second() / self.bare_axum.per_second()
    }

    fn to_bare_sqlite(&self) -> f64 {
        self.guestlist.per_second() / self.bare_sqlite_per_second
    }
}

/// The table's first line.
pub(crate) fn header() -> String {
    line(&COLUMNS, &COLUMNS.map(str::to_owned))
}

/// Tells a waiting person, on standard error, what is going to happen.
pub(crate) fn preface(measured: Duration) {
    if cfg!(debug_assertions) {
        eprintln!("note: this load program is a debug build and slows down what it measures; build it with --release");
    }
    eprintln!("each part: {measured:?} after {WARM_UP:?} of warm-up");
}

const MAIL_COLUMNS: [&str; 5] =
    ["mails", "bare dialogues mails/s", "guestlist mails/s", "guestlist / bare", "peak memory MiB"];

/// What the same mail server took from a bare client and from guestlist.
pub(crate) struct MailRow {
    pub(crate) mails: u32,
    pub(crate) bare_per_second: f64,
    /// From the start of the server to the last mail.
    pub(crate) per_second: f64,
    /// Of guestlist.
    pub(crate) peak_mebibytes: u64,
}

impl MailRow {
    /// The headings and a line under them.
    pub(crate) fn to_table(&self) -> String {
        let cells = [
            self.mails.to_string(),
            format!("{:.0}", self.bare_per_second),
            format!("{:.0}", self.per_second),
            format!("{:.3}", self.per_second / self.bare_per_second),
            self.peak_mebibytes.to_string(),
        ];
        format!("{}\n{}", line(&MAIL_COLUMNS, &MAIL_COLUMNS.map(str::to_owned)), line(&MAIL_COLUMNS, &cells))
    }

    /// One object on one line.
    pub(crate) fn to_json(&self) -> String {
        json!({
            "mails": self.mails,
            "bare": { "per_second": rounded(self.bare_per_second) },
            "guestlist": { "per_second": rounded(self.per_second), "peak_mebibytes": self.peak_mebibytes },
            "guestlist_to_bare": rounded(self.per_second / self.bare_per_second),
        })
        .to_string()
    }
}

const POSTGRES_COLUMNS: [&str; 8] = [
    "connections",
    "pgbench, one group, inv/s",
    "pgbench, a group each, inv/s",
    "guestlist inv/s",
    "p50 ms",
    "p99 ms",
    "guestlist / one group",
    "guestlist / a group each",
];

/// What the same PostgreSQL gave to pgbench and to guestlist.
pub(crate) struct PostgresRow {
    pub(crate) connections: u16,
    pub(crate) measured: Duration,
    /// All clients of pgbench invite to the same group, as those of guestlist do, and wait for each other's lock.
    pub(crate) one_group_per_second: f64,
    /// Each client has a group of its own, so that none waits for a lock.
    pub(crate) group_each_per_second: f64,
    pub(crate) guestlist: Measured,
}

impl PostgresRow {
    /// The headings and a line under them.
    pub(crate) fn to_table(&self) -> String {
        let cells = [
            self.connections.to_string(),
            format!("{:.0}", self.one_group_per_second),
            format!("{:.0}", self.group_each_per_second),
            format!("{:.0}", self.guestlist.per_second()),
            format!("{:.3}", self.guestlist.percentile_ms(50)),
            format!("{:.3}", self.guestlist.percentile_ms(99)),
            format!("{:.3}", self.to_one_group()),
            format!("{:.3}", self.to_group_each()),
        ];
        format!(
            "{}\n{}",
            line(&POSTGRES_COLUMNS, &POSTGRES_COLUMNS.map(str::to_owned)),
            line(&POSTGRES_COLUMNS, &cells)
        )
    }

    /// One object on one line.
    pub(crate) fn to_json(&self) -> String {
        json!({
            "connections": self.connections,
            "seconds": self.measured.as_secs(),
            "pgbench_one_group": { "per_second": rounded(self.one_group_per_second) },
            "pgbench_group_each": { "per_second": rounded(self.group_each_per_second) },
            "guestlist": served(&self.guestlist),
            "guestlist_to_pgbench_one_group": rounded(self.to_one_group()),
            "guestlist_to_pgbench_group_each": rounded(self.to_group_each()),
        })
        .to_string()
    }

    fn to_one_group(&self) -> f64 {
        self.guestlist.per_second() / self.one_group_per_second
    }

    fn to_group_each(&self) -> f64 {
        self.guestlist.per_second() / self.group_each_per_second
    }
}

/// Tells a waiting person, on standard error, what one part gave.
pub(crate) fn progress(connections: u16, part: &str, measured: &Measured) {
    eprintln!(
        "{connections} connections, {part}: {:.0}/s, p50 {:.3} ms, p99 {:.3} ms, max {:.3} ms",
        measured.per_second(),
        measured.percentile_ms(50),
        measured.percentile_ms(99),
        measured.percentile_ms(100),
    );
}

/// How many per second, for `count` in `time`.
pub(crate) fn rate(count: usize, time: Duration) -> f64 {
    // More than four thousand million of anything would take this program days.
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

fn line<const N: usize>(columns: &[&str; N], cells: &[String; N]) -> String {
    let aligned = columns.iter().zip(cells).map(|(column, cell)| {
        let width = column.len().max(CELL_CHARS_MIN);
        format!("{cell:>width$}")
    });
    aligned.collect::<Vec<_>>().join(" | ")
}

fn served(measured: &Measured) -> Value {
    json!({
        "per_second": rounded(measured.per_second()),
        "p50_ms": measured.percentile_ms(50),
        "p99_ms": measured.percentile_ms(99),
        "max_ms": measured.percentile_ms(100),
    })
}

/// Four decimals: more would be noise, and ratios need some.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// The lines that the scenario `rocketchat` prints.
pub(crate) fn rocketchat(rows: &[(String, Measured)], json: bool) -> Vec<String> {
    let line = |(name, measured): &(String, Measured)| {
        let (rate, p50, p99) = (measured.per_second(), measured.percentile_ms(50), measured.percentile_ms(99));
        if json {
            serde_json::json!({ "what": name, "per_second": rate, "p50_ms": p50, "p99_ms": p99 }).to_string()
        } else {
            format!("{name:<42} {rate:>8.0}/s   p50 {p50:>7.2} ms   p99 {p99:>7.2} ms")
        }
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_under_their_headings() {
        let cells = ["128", "41234", "9876", "8765", "12.345", "98765.432", "0.213", "0.888"].map(str::to_owned);
        let positions = |line: &str| line.match_indices('|').map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(positions(&line(&COLUMNS, &cells)), positions(&header()));
        assert!(header().starts_with("connections | bare axum req/s | bare sqlite rows/s | guestlist inv/s | "));
    }
}
