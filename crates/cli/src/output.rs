//! What commands print: tables for people, JSON for programs. Data go to standard output, everything else to standard
//! error.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ColumnConstraint, Table, Width};
use guestlist_core::Timestamp;
use serde::Serialize;

/// For what went wrong.
pub(crate) const ALARM: Style = AnsiColor::Red.on_default().bold();

/// For what went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();

/// For what matters most.
pub(crate) const STRONG: Style = Style::new().bold();

/// For what may be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// For what may be pasted.
pub(crate) const CODE: Style = AnsiColor::Cyan.on_default();

/// A thing that can be shown as a row of a table and as a JSON object.
pub(crate) trait Show: Serialize {
    /// The headings of the table.
    const HEADINGS: &'static [&'static str];

    /// The row, one cell for each heading.
    fn cells(&self) -> Vec<String>;
}

/// Rows of a table that are held at a time: a list may have millions.
const ROWS_MAX: usize = 1000;

/// Prints things as they come: one JSON object a line, or a table in parts that are aligned with those before.
pub(crate) struct Listing {
    json: bool,
    table: Table,
    rows: usize,
    /// How wide the columns were so far, with the blanks around them.
    widths: Vec<u16>,
}

impl Listing {
    pub(crate) fn new<T: Show>(json: bool) -> Self {
        let mut table = Table::new();
        let heading = |name: &&str| Cell::new(name.to_uppercase()).add_attribute(Attribute::Bold);
        table.load_style(NOTHING).set_header(T::HEADINGS.iter().map(heading));
        Self { json, table, rows: 0, widths: vec![0; T::HEADINGS.len()] }
    }

    pub(crate) fn add<T: Show>(&mut self, thing: &T) -> anyhow::Result<()> {
        if self.json {
            return object(thing);
        }
        self.table.add_row(thing.cells());
        self.rows += 1;
        if self.rows == ROWS_MAX { self.flush() } else { Ok(()) }
    }

    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.flush()
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let blanks = 2;
        for (width, found) in self.widths.iter_mut().zip(self.table.column_max_content_widths()) {
            *width = (*width).max(found + blanks);
        }
        for (column, width) in self.table.column_iter_mut().zip(&self.widths) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*width)));
        }
        writeln!(anstream::stdout(), "{}", self.table.trim_fmt())?;
        self.table = Table::new();
        self.table.load_style(NOTHING);
        self.rows = 0;
        Ok(())
    }
}

impl Drop for Listing {
    /// What was added before an error is printed, too.
    fn drop(&mut self) {
        // Whatever keeps it from that is less than the error that comes next.
        let _ = self.flush();
    }
}

/// Prints one thing: a JSON object, or one line per heading.
pub(crate) fn one<T: Show>(thing: &T, json: bool) -> anyhow::Result<()> {
    if json {
        return object(thing);
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    for (heading, cell) in T::HEADINGS.iter().zip(thing.cells()) {
        table.add_row([Cell::new(heading).add_attribute(Attribute::Dim), Cell::new(cell)]);
    }
    writeln!(anstream::stdout(), "{}", table.trim_fmt())?;
    Ok(())
}

/// Says something besides the data, to whoever is there.
pub(crate) fn note(text: &str) {
    // Whoever closed standard error does not want to read it.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints a line of data.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    writeln!(anstream::stdout(), "{text}")?;
    Ok(())
}

/// Prints an object for programs.
pub(crate) fn object(thing: &impl Serialize) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string(thing)?)?;
    Ok(())
}

/// A point in time as people and programs read it.
pub(crate) fn time(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    format!("{at:.3}")
}
