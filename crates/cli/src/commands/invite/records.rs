//! From bytes to the rows of a CSV file (RFC 4180), with the number of the line that each begins on. A row that cannot be
//! read is one item like any other, and the next line is the beginning of the next.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// The most bytes of one row; of one that is longer, nothing is kept.
const BYTES_MAX: usize = 64 * 1024;

/// The most lines of one row: beyond it, a quotation mark was forgotten.
const LINES_MAX: usize = 100;

/// The most fields of one row.
const FIELDS_MAX: usize = 1024;

/// The fields of a row, as bytes: nothing is known yet about their encoding.
pub(super) type Fields = Vec<Vec<u8>>;

/// What is found between two line breaks that end a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Row {
        line: u64,
        fields: Fields,
    },
    /// A line with nothing in it, or nothing but separators.
    Blank,
    /// What could not be read, and why.
    Broken {
        line: u64,
        fields: Fields,
        why: &'static str,
    },
}

/// The rows of a file, one after the other.
pub(super) struct Records<R> {
    input: R,
    parser: Reader,
    /// Lines that were read and turned out not to belong to the row before them.
    again: VecDeque<Line>,
    /// Lines handed out so far.
    line: u64,
    bytes: u64,
    output: Vec<u8>,
    ends: Vec<usize>,
}

enum Line {
    Text(Vec<u8>),
    TooLong,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R, separator: u8) -> Self {
        // A carriage return before a line break is taken off by hand; any other one is part of a field.
        let parser = ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(b'\n')).build();
        let (output, ends) = (vec![0; BYTES_MAX + 1], vec![0; FIELDS_MAX]);
        Self { input, parser, again: VecDeque::new(), line: 0, bytes: 0, output, ends }
    }

    /// How many bytes were read so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many lines there were so far.
    pub(super) const fn lines(&self) -> u64 {
        self.line
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Item>> {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        let (mut written, mut fields) = (0, 0);
        self.parser.reset();
        let begin = self.line + 1;
        loop {
            let text = match self.read_line()? {
                Some(Line::Text(text)) => text,
                Some(Line::TooLong) if taken.is_empty() => {
                    return Ok(Some(Item::Broken {
                        line: begin,
                        fields: vec![],
                        why: "the line is longer than 64 KiB",
                    }));
                }
                None if taken.is_empty() => return Ok(None),
                Some(Line::TooLong) => {
                    self.again.push_front(Line::TooLong);
                    return Ok(Some(self.unclosed(begin, taken)));
                }
                None => return Ok(Some(self.unclosed(begin, taken))),
            };
            if taken.is_empty() && text.trim_ascii().is_empty() {
                return Ok(Some(Item::Blank));
            }
            if written + text.len() > BYTES_MAX || taken.len() == LINES_MAX {
                taken.push(text);
                return Ok(Some(self.unclosed(begin, taken)));
            }
            let mut rest = text.as_slice();
            let result = loop {
                let (result, read, wrote, ended) =
                    self.parser.read_record(rest, &mut self.output[written..], &mut self.ends[fields..]);
                rest = &rest[read..];
                (written, fields) = (written + wrote, fields + ended);
                if result != ReadRecordResult::InputEmpty || rest.is_empty() {
                    break result;
                }
            };
            taken.push(text);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record => return Ok(Some(self.row(begin, fields))),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull | ReadRecordResult::End => {
                    return Ok(Some(Item::Broken {
                        line: begin,
                        fields: vec![],
                        why: "there are more than 1024 fields",
                    }));
                }
            }
        }
    }

    fn row(&self, line: u64, count: usize) -> Item {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let fields: Fields =
            starts.zip(&self.ends[..count]).map(|(start, end)| self.output[start..*end].to_vec()).collect();
        if fields.iter().all(|field| field.trim_ascii().is_empty()) { Item::Blank } else { Item::Row { line, fields } }
    }

    /// The line `begin` has a quotation mark that is not closed: what comes after it is read by itself.
    fn unclosed(&mut self, begin: u64, mut taken: Vec<Vec<u8>>) -> Item {
        self.line = begin;
        for text in taken.drain(1..).rev() {
            self.again.push_front(Line::Text(text));
        }
        let mut first = taken.pop().unwrap_or_default();
        first.truncate(first.len().saturating_sub(1));
        Item::Broken { line: begin, fields: vec![first], why: "a quotation mark is opened and not closed" }
    }

    /// The next line, with a line break at its end whether it had one or not.
    fn read_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.again.pop_front() {
            self.line += 1;
            return Ok(Some(line));
        }
        let mut text = Vec::new();
        let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.bytes += u64::try_from(read).unwrap_or(0);
        if text.len() == BYTES_MAX && !text.ends_with(b"\n") {
            self.skip_line()?;
            return Ok(Some(Line::TooLong));
        }
        if text.pop_if(|last| *last == b'\n').is_some() {
            text.pop_if(|last| *last == b'\r');
        }
        text.push(b'\n');
        Ok(Some(Line::Text(text)))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let (used, is_over) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(used);
            self.bytes += u64::try_from(used).unwrap_or(0);
            if is_over {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &[u8]) -> Vec<Item> {
        let mut records = Records::new(text, b',');
        std::iter::from_fn(|| records.next().unwrap()).collect()
    }

    fn row(line: u64, fields: &[&str]) -> Item {
        Item::Row { line, fields: fields.iter().map(|field| field.as_bytes().to_vec()).collect() }
    }

    #[test]
    fn every_row_knows_the_line_that_it_begins_on() {
        let text = b"a,b\r\n\r\n\"two\nlines\",x\n , \n\"say \"\"hi\"\"\",y";
        let expected =
            [row(1, &["a", "b"]), Item::Blank, row(3, &["two\nlines", "x"]), Item::Blank, row(6, &["say \"hi\"", "y"])];
        assert_eq!(items(text), expected);
        assert_eq!(items(b""), []);
    }

    #[test]
    fn a_forgotten_quotation_mark_costs_one_row_only() {
        let mut text = b"a\n\"b\n".to_vec();
        text.extend((0..300).flat_map(|n| format!("c{n}\n").into_bytes()));
        let found = items(&text);
        assert_eq!(found.len(), 302);
        let broken =
            Item::Broken { line: 2, fields: vec![b"\"b".to_vec()], why: "a quotation mark is opened and not closed" };
        assert_eq!((&found[0], &found[1], &found[2]), (&row(1, &["a"]), &broken, &row(3, &["c0"])));
        assert_eq!(found[301], row(302, &["c299"]));
        assert_eq!(items(b"a\n\"b")[1], broken);
    }

    #[test]
    fn a_line_without_end_costs_no_memory_and_one_row_only() {
        let mut text = b"a\n".to_vec();
        text.resize(1 << 20, b'x');
        text.extend(b"\nb\n");
        let broken = Item::Broken { line: 2, fields: vec![], why: "the line is longer than 64 KiB" };
        assert_eq!(items(&text), [row(1, &["a"]), broken, row(3, &["b"])]);
        let many = ",".repeat(2000);
        assert!(matches!(
            items(format!("{many}x\nb\n").as_bytes())[..],
            [Item::Broken { line: 1, .. }, Item::Row { .. }]
        ));
    }
}
