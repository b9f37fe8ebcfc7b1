//! Mail as files, for whoever has no mail server yet.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use guestlist_core::mail::{MailId, Reply};

use crate::message::Message;
use crate::transport::Undelivered;

/// A folder of `.eml` files, one for each mail, readable by its owner only.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Writes to `path`, which is made when the first mail is written.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file of a mail.
    #[must_use]
    pub fn file(&self, mail: MailId) -> PathBuf {
        self.path.join(format!("{mail}.eml"))
    }

    /// Writes the mail. It is there whole, or not at all; written twice, it is one file.
    pub(crate) async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        let (folder, file, bytes) = (self.path.clone(), self.file(message.mail), message.bytes.clone());
        let written = tokio::task::spawn_blocking(move || write(&folder, &file, &bytes)).await;
        let written = written.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        written.map_err(|error| {
            let what = format!("the folder {} cannot be written to: {error}", self.path.display());
            Undelivered::Unreachable(Reply::of(&what))
        })
    }
}

fn write(folder: &Path, file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = file.with_extension("unfinished");
    let mut out = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&unfinished, file)?;
    // The name has to be on the disk as well.
    std::fs::File::open(folder)?.sync_all()
}
