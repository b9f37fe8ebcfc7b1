//! `guestlist mail bounce`: what came back is noted.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use guestlist_core::command::{Report, ReportMail};
use guestlist_mail::bounce::{self, BYTES_MAX, Returned};
use guestlist_mail::verp::Seal;
use guestlist_store::Store;
use serde::Serialize;

use crate::ask::ask;
use crate::output::{Listing, Show};

/// What to take in.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files with one mail each; - for standard input
    #[arg(value_name = "FILE", required_unless_present = "maildir")]
    files: Vec<PathBuf>,

    /// A Maildir: what is new in it is taken in, and marked as seen
    #[arg(long, value_name = "FOLDER")]
    maildir: Option<PathBuf>,
}

impl Args {
    pub(super) async fn run(&self, store: &Store, json: bool) -> anyhow::Result<()> {
        let seal = Seal::new(store.read().mail_key().await?);
        let mut listing = Listing::new::<Row>(json);
        for file in &self.files {
            listing.add(&take_in(file, &seal, store).await?)?;
        }
        if let Some(maildir) = &self.maildir {
            for file in new_in(maildir)? {
                listing.add(&take_in(&file, &seal, store).await?)?;
                mark_as_seen(&file, maildir)?;
            }
        }
        listing.finish()
    }
}

async fn take_in(file: &Path, seal: &Seal, store: &Store) -> anyhow::Result<Row> {
    let name = file.display().to_string();
    let bytes = read(file).with_context(|| format!("{name} could not be read"))?;
    let Returned { mail, report, reply } = match bounce::read(&bytes, seal) {
        Ok(returned) => returned,
        Err(why) => return Ok(Row { file: name, result: "passed_over", mail: None, why: Some(why.to_string()) }),
    };
    let why = reply.as_ref().map(|reply| reply.as_str().to_owned());
    let reported = ask(store, ReportMail { by: None, mail, report, reply }).await?;
    let result = match report {
        _ if !reported.is_news => "known",
        Report::HardBounce => "hard_bounce",
        Report::SoftBounce => "soft_bounce",
        Report::Complaint => "complaint",
    };
    Ok(Row { file: name, result, mail: Some(mail.to_string()), why })
}

/// Reads no more than is looked at.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let input: Box<dyn Read> = if file == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    let mut bytes = Vec::new();
    input.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What nobody has looked at yet, in the order of the names, which begin with the time.
fn new_in(maildir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let new = maildir.join("new");
    let entries = fs::read_dir(&new).with_context(|| format!("{} is no Maildir", maildir.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// As all programs do that read a Maildir: from `new` to `cur`, with the flag S.
fn mark_as_seen(file: &Path, maildir: &Path) -> anyhow::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let seen = maildir.join("cur").join(format!("{name}:2,S"));
    fs::rename(file, &seen).with_context(|| format!("{} could not be moved to cur", file.display()))
}

/// What became of one file, as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    result: &'static str,
    mail: Option<String>,
    why: Option<String>,
}

impl Show for Row {
    const HEADINGS: &'static [&'static str] = &["file", "result", "mail", "why"];

    fn cells(&self) -> Vec<String> {
        let cell = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![self.file.clone(), self.result.to_owned(), cell(&self.mail), cell(&self.why)]
    }
}
