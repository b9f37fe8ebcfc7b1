//! The checksum of a table: one text per row, the same whatever the engine, hashed in the order of the keys.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Copied;
use super::tables::{Row, Value};

/// What was hashed so far.
#[derive(Default)]
pub(crate) struct Digest {
    hash: Sha256,
    rows: u64,
    /// Used again for every row.
    text: String,
}

impl Digest {
    /// Goes on with the next rows.
    pub(crate) fn add(&mut self, rows: &[Row]) {
        for row in rows {
            self.text.clear();
            for value in row {
                write_canonical(&mut self.text, value);
            }
            self.text.push('\n');
            self.hash.update(self.text.as_bytes());
        }
        self.rows += rows.len() as u64;
    }

    pub(crate) fn finish(self, table: &'static str) -> Copied {
        Copied { table, rows: self.rows, checksum: hex::encode(self.hash.finalize()) }
    }
}

/// A letter for the kind, then the value. A text goes with its length in bytes, so that no two rows have one text.
fn write_canonical(text: &mut String, value: &Value) {
    let written = match value {
        Value::Null => write!(text, "-;"),
        Value::Number(number) => write!(text, "n{number};"),
        Value::Flag(flag) => write!(text, "f{};", u8::from(*flag)),
        Value::Text(value) => write!(text, "t{}:{value};", value.len()),
        Value::Bytes(bytes) => write!(text, "b{};", hex::encode(bytes)),
        Value::Uuid(uuid) => write!(text, "u{};", uuid.simple()),
    };
    // Writing to a string cannot fail.
    debug_assert!(written.is_ok());
}
