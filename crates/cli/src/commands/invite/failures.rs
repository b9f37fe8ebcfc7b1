//! The file of those rows that failed: the line, the reason, and the row as it was.

use std::fs::File;
use std::io::{ErrorKind, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::records::Fields;

/// The file, made with the first row.
pub(super) struct Failures {
    path: PathBuf,
    columns: Vec<String>,
    file: Option<csv::Writer<File>>,
}

impl Failures {
    /// An empty one, in place of what an earlier command may have left there.
    pub(super) fn new(path: &Path, columns: Vec<String>) -> anyhow::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(|| written(path)),
            _ => Ok(Self { path: path.to_owned(), columns, file: None }),
        }
    }

    /// The one of a command that broke off when it had `bytes`.
    pub(super) fn resume(path: &Path, columns: Vec<String>, bytes: u64) -> anyhow::Result<Self> {
        if bytes == 0 {
            return Self::new(path, columns);
        }
        let mut file = File::options().write(true).open(path).with_context(|| written(path))?;
        if file.metadata()?.len() < bytes {
            bail!(
                "{} has lost rows since the invite that broke off; begin anew with --restart: nobody is invited twice",
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
                let mut file = writer(File::create(&self.path).with_context(|| written(&self.path))?);
                file.write_record(["line", "reason"].into_iter().chain(self.columns.iter().map(String::as_str)))?;
                self.file.insert(file)
            }
        };
        let line = line.to_string();
        let fields = fields.iter().map(|field| String::from_utf8_lossy(field));
        let row = [line.as_str().into(), reason.into()].into_iter().chain(fields);
        file.write_record(row.map(|field| field.into_owned())).with_context(|| written(&self.path))
    }

    /// Makes sure that all rows are in the file, and says how long that is now.
    pub(super) fn flush(&mut self) -> anyhow::Result<u64> {
        let Some(file) = &mut self.file else { return Ok(0) };
        file.flush().with_context(|| written(&self.path))?;
        let mut file = file.get_ref();
        file.flush()?;
        Ok(file.stream_position()?)
    }

    /// Where they are, if there are any.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| &*self.path)
    }
}

fn writer(file: File) -> csv::Writer<File> {
    csv::WriterBuilder::new().flexible(true).from_writer(file)
}

fn written(path: &Path) -> String {
    format!("{} cannot be written; name another file with --failures", path.display())
}
