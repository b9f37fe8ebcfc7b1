//! Where the rows come from: a file, a pipe or standard input, looked at before anything is believed of it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use guestlist_core::member::RoleSet;
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::header::{Header, separator};
use super::people::{Failure, People, Person};
use super::records::{Item, Records};
use super::resume::RENEWED;

/// People who are invited by one command.
const CHUNK: usize = 1000;

/// What is looked at before the first row.
const HEAD_MAX: u64 = 64 * 1024;

/// Some rows of a file.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) people: Vec<Person>,
    pub(super) failures: Vec<Failure>,
    pub(super) blank: u64,
    /// Where the next chunk begins.
    pub(super) end: Position,
    /// How much of the file that is.
    pub(super) bytes: u64,
}

/// A place in a file, by what comes before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Position {
    /// Rows and blank lines before it.
    pub(super) items: u64,
    /// Lines before it.
    pub(super) lines: u64,
    /// SHA-256 over all of them, in hexadecimal digits.
    pub(super) fingerprint: String,
}

/// A file whose first line makes sense.
pub(super) struct Source {
    name: String,
    records: Records<Box<dyn BufRead>>,
    people: People,
    hash: Sha256,
    items: u64,
}

/// What is known about a file once its first line was read.
pub(super) struct Known {
    pub(super) columns: Vec<String>,
    pub(super) ignored: Vec<String>,
}

/// Reads the file on a thread of its own, which may block for as long as a pipe is silent; gives what the first line says,
/// then the chunks behind `from`.
pub(super) fn read(
    path: &Path,
    roles: RoleSet,
    from: Option<Position>,
) -> (oneshot::Receiver<anyhow::Result<Known>>, mpsc::Receiver<anyhow::Result<Chunk>>) {
    let (first, header) = oneshot::channel();
    // While one chunk is invited, the next is read, and one more.
    let (chunks, taken) = mpsc::channel(1);
    let path = path.to_owned();
    std::thread::spawn(move || {
        let mut source = match Source::open(&path, roles) {
            Ok(source) => source,
            Err(error) => return drop(first.send(Err(error))),
        };
        let found = &source.people.header;
        let ignored = found.ignored().into_iter().map(str::to_owned).collect();
        let _ = first.send(Ok(Known { columns: found.columns.clone(), ignored }));
        let mut skipped = from.map_or(Ok(()), |from| source.skip_to(&from));
        loop {
            let chunk = std::mem::replace(&mut skipped, Ok(())).and_then(|()| source.chunk());
            let is_over = chunk.as_ref().map_or(true, |chunk| chunk.is_none());
            if let Some(chunk) = chunk.transpose()
                && chunks.blocking_send(chunk).is_err()
            {
                return;
            }
            if is_over {
                return;
            }
        }
    });
    (header, taken)
}

/// How large the file is, if that can be known.
pub(super) fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len())
}

impl Source {
    fn open(path: &Path, roles: RoleSet) -> anyhow::Result<Self> {
        let is_stdin = path == Path::new("-");
        let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
        let mut input: Box<dyn Read> = if is_stdin {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).with_context(|| format!("{name} cannot be read; check its name"))?)
        };
        let head = head(&mut input).with_context(|| format!("{name} cannot be read"))?;
        let text = plain(&head).map_err(|error| anyhow!("{name} {error}"))?;
        let separator = separator(text);
        let rest: Box<dyn BufRead> = Box::new(BufReader::new(Cursor::new(text.to_vec()).chain(input)));
        let mut records = Records::new(rest, separator);
        let header = loop {
            match records.next().with_context(|| format!("{name} cannot be read"))? {
                Some(Item::Row { line, fields }) => break Header::read(line, &fields),
                Some(Item::Blank) => {}
                Some(Item::Broken { line, why, .. }) => break Err(anyhow!("line {line}: {why}; correct it")),
                None => bail!("{name} has no line but blank ones; its first line names the columns, such as: email"),
            }
        };
        let header = header.with_context(|| format!("{name} cannot be used"))?;
        let mut hash = Sha256::new();
        for name in &header.columns {
            update(&mut hash, name.as_bytes());
        }
        Ok(Self { name, records, people: People::new(header, roles), hash, items: 0 })
    }

    /// The next chunk; nothing at the end of the file.
    fn chunk(&mut self) -> anyhow::Result<Option<Chunk>> {
        let mut chunk = Chunk::default();
        let is_full = |chunk: &Chunk| chunk.people.len() == CHUNK || chunk.failures.len() == CHUNK;
        while !is_full(&chunk) {
            let Some(item) = self.item()? else { break };
            match item {
                Item::Blank => chunk.blank += 1,
                Item::Row { line, fields } => match self.people.read(line, fields) {
                    Ok(person) => chunk.people.push(person),
                    Err(failure) => chunk.failures.push(failure),
                },
                Item::Broken { line, fields, why } => {
                    let reason = why.to_owned();
                    chunk.failures.push(Failure { line, reason, is_duplicate: false, fields });
                }
            }
        }
        chunk.end = self.position();
        chunk.bytes = self.records.bytes();
        let is_empty = chunk.people.is_empty() && chunk.failures.is_empty() && chunk.blank == 0;
        Ok((!is_empty).then_some(chunk))
    }

    /// Goes to where an earlier command stopped, and makes sure that what comes before is what it has seen.
    fn skip_to(&mut self, from: &Position) -> anyhow::Result<()> {
        while self.items < from.items {
            let Some(item) = self.item()? else { break };
            if let Item::Row { line, fields } = item {
                // To know it again when it comes once more.
                let _ = self.people.read(line, fields);
            }
        }
        if self.position().fingerprint != from.fingerprint {
            bail!(
                "{} was changed before line {} since the invite that broke off there; give it back its old lines, or begin \
                 anew with --restart: {RENEWED}",
                self.name,
                from.lines + 1
            );
        }
        Ok(())
    }

    fn item(&mut self) -> anyhow::Result<Option<Item>> {
        let item = self.records.next().with_context(|| format!("{} cannot be read further", self.name))?;
        if let Some(item) = &item {
            self.items += 1;
            match item {
                Item::Blank => update(&mut self.hash, b""),
                Item::Row { fields, .. } | Item::Broken { fields, .. } => {
                    for field in fields {
                        update(&mut self.hash, field);
                    }
                }
            }
            self.hash.update(b"\n");
        }
        Ok(item)
    }

    fn position(&self) -> Position {
        let fingerprint = hex::encode(self.hash.clone().finalize());
        Position { items: self.items, lines: self.records.lines(), fingerprint }
    }
}

fn update(hash: &mut Sha256, field: &[u8]) {
    hash.update(field.len().to_be_bytes());
    hash.update(field);
}

/// The beginning of the input: its first line, at least, unless that is too long.
fn head(input: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut part = [0; 4096];
    let mut input = input.take(HEAD_MAX);
    loop {
        match input.read(&mut part) {
            Ok(0) => return Ok(head),
            Ok(read) => head.extend_from_slice(&part[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if head.trim_ascii_start().contains(&b'\n') {
            return Ok(head);
        }
    }
}

/// The beginning without a mark of its encoding, if it is text in UTF-8 as far as that can be told.
fn plain(head: &[u8]) -> Result<&[u8], &'static str> {
    if head.is_empty() {
        return Err("is empty; its first line names the columns, such as: email");
    }
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return Err("is in UTF-16, from line 1 on; save it as CSV in UTF-8");
    }
    if head.starts_with(b"PK\x03\x04") {
        return Err("is a spreadsheet or an archive, from line 1 on; save the sheet as CSV in UTF-8");
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let first = text.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
    match first.iter().position(|byte| *byte == 0) {
        None => Ok(text),
        // Every other byte of English in UTF-16 is zero.
        Some(0 | 1) => Err("is in UTF-16 or a binary file, from line 1 on; save it as CSV in UTF-8"),
        Some(_) => Err("is a binary file: it has bytes in line 1 that no text has; save it as CSV in UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_in_utf_8_is_told_by_its_beginning() {
        let told = |head: &[u8]| plain(head).unwrap_err();
        assert!(told(b"").starts_with("is empty"));
        assert!(told(b"\xFF\xFEe\0m\0").starts_with("is in UTF-16"));
        assert!(told(b"\0e\0m").starts_with("is in UTF-16 or"));
        assert!(told(b"e\0m\0").starts_with("is in UTF-16 or"));
        assert!(told(b"PK\x03\x04\0").starts_with("is a spreadsheet"));
        assert!(told(b"\x7FELF\x02\x01\x01\0").starts_with("is a binary file"));
        assert_eq!(plain(b"\xEF\xBB\xBFemail"), Ok(b"email".as_slice()));
    }
}
