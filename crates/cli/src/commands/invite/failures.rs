//! The file of those rows that failed: the line, the reason, and the row as it was.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::records::Fields;
use super::resume::{RENEWED, sync_folder};

/// The columns before those of the rows.
const COLUMNS: [&str; 2] = ["line", "reason"];

/// The file, made with the first row.
pub(super) struct Failures {
    path: PathBuf,
    columns: Vec<String>,
    file: Option<csv::Writer<File>>,
}

impl Failures {
    /// An empty one, in place of one that an earlier command may have left there. Nothing else is taken away.
    pub(super) fn new(path: &Path, columns: Vec<String>) -> anyhow::Result<Self> {
        match is_ours(path) {
            Ok(true) => std::fs::remove_file(path).with_context(|| written(path))?,
            Ok(false) => bail!(
                "{} is no file of failures of an earlier invite, so it is left alone; remove it, or name another file with \
                 --failures",
                path.display()
            ),
            // Where there is no folder, that shall show before anybody is invited.
            Err(error) if error.kind() == ErrorKind::NotFound => sync_folder(path).with_context(|| written(path))?,
            Err(error) => return Err(error).with_context(|| written(path)),
        }
        Ok(Self { path: path.to_owned(), columns, file: None })
    }

    /// The one of a command that broke off when it had `bytes`.
    pub(super) fn resume(path: &Path, columns: Vec<String>, bytes: u64) -> anyhow::Result<Self> {
        if bytes == 0 {
            return Self::new(path, columns);
        }
        let mut file = File::options().write(true).open(path).with_context(|| written(path))?;
        if file.metadata()?.len() < bytes {
            bail!(
                "{} has lost rows since the invite that broke off; begin anew with --restart: {RENEWED}",
                path.display()
            );
        }
        // What it has more was written for rows that are now done again.
        file.set_len(bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { path: path.to_owned(), columns, file: Some(writer(file)) })
    }

    /// Adds a row.
    pub(super) fn add(&mut self, line: u64, reason: &str, fields: &Fields) -> anyhow::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let file = File::create(&self.path).and_then(|file| sync_folder(&self.path).map(|()| writer(file)));
                let mut file = file.with_context(|| written(&self.path))?;
                file.write_record(COLUMNS.into_iter().chain(self.columns.iter().map(String::as_str)))?;
                self.file.insert(file)
            }
        };
        let line = line.to_string();
        let fields = fields.iter().map(Vec::as_slice);
        let row = [line.as_bytes(), reason.as_bytes()].into_iter().chain(fields);
        file.write_record(row).with_context(|| written(&self.path))
    }

    /// Makes sure that all rows are on the disk, and says how long the file is now.
    pub(super) fn flush(&mut self) -> anyhow::Result<u64> {
        let Some(file) = &mut self.file else { return Ok(0) };
        file.flush().with_context(|| written(&self.path))?;
        let mut file = file.get_ref();
        file.sync_data().with_context(|| written(&self.path))?;
        Ok(file.stream_position()?)
    }

    /// Where they are, if there are any.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| &*self.path)
    }
}

/// Whether a file is empty, or begins as ours do.
fn is_ours(path: &Path) -> std::io::Result<bool> {
    if !std::fs::metadata(path)?.is_file() {
        return Ok(false);
    }
    let ours = format!("{},", COLUMNS.join(","));
    let mut begin = Vec::new();
    File::open(path)?.take(ours.len() as u64).read_to_end(&mut begin)?;
    Ok(begin.is_empty() || begin == ours.as_bytes())
}

fn writer(file: File) -> csv::Writer<File> {
    csv::WriterBuilder::new().flexible(true).from_writer(file)
}

fn written(path: &Path) -> String {
    format!("{} cannot be written; name another file with --failures", path.display())
}
