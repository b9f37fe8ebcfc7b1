//! What is noted beside a CSV file while it is invited, so that the same command goes on after a break.
//!
//! The note is written after every chunk, so at most one chunk was invited that it does not tell of. That one is invited
//! again, which renews it. To count it right all the same, the ids of invitations are made of a seed, the line and the
//! number of the attempt: who was invited by an earlier attempt is known by theirs.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use guestlist_core::Timestamp;
use guestlist_core::ids::{BatchId, InvitationId};
use guestlist_core::ports::Entropy;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::answers::Counts;
use super::source::Position;

/// The most people in one batch: taking a batch back is one command, and one transaction of the database.
const BATCH_MAX: usize = 10_000;

/// What becomes of those who are invited by a second invite, too; for messages.
pub(super) const RENEWED: &str = "whoever has an invitation keeps that one, renewed";

/// Where an invite stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Note {
    /// Of which the ids of its invitations are made.
    seed: String,
    /// Under which its invitations can be undone, in the order of the file.
    pub(super) batches: Vec<String>,
    /// People in the last of them.
    pub(super) in_batch: usize,
    began_at: i64,
    /// How often it was begun or resumed.
    attempt: u32,
    /// On which terms, for people and for comparison.
    terms: String,
    pub(super) done: Position,
    pub(super) counts: Counts,
    /// Where the failures are written, if somebody said.
    failures: Option<String>,
    /// How long that file is.
    pub(super) failures_bytes: u64,
}

impl Note {
    /// Of an invite that begins now.
    pub(super) fn new(seed: String, now: Timestamp, terms: String, failures: Option<String>) -> Self {
        Self {
            seed,
            batches: vec![],
            in_batch: 0,
            began_at: now.as_millis(),
            attempt: 1,
            terms,
            done: Position::default(),
            counts: Counts::default(),
            failures,
            failures_bytes: 0,
        }
    }

    /// The note of an earlier command that broke off, if there is one; it must have been given the same terms, and the same
    /// file for failures.
    pub(super) fn resume(path: &Path, terms: &str, failures: Option<&str>) -> anyhow::Result<Option<Self>> {
        let Some(mut note) = Self::read(path)? else { return Ok(None) };
        if note.terms != terms {
            bail!(
                "an invite of this file broke off that was given other terms ({}); give the same, or begin anew with --restart: \
                 {RENEWED}",
                note.terms
            );
        }
        if note.failures.as_deref() != failures {
            let advice =
                note.failures.map_or_else(|| "without --failures".to_owned(), |path| format!("with --failures {path}"));
            bail!("the invite of this file that broke off writes its failures elsewhere; go on {advice}");
        }
        note.attempt += 1;
        Ok(Some(note))
    }

    /// Where its failures are written, which is usually `usual`.
    pub(super) fn failures_path(&self, usual: &Path) -> PathBuf {
        self.failures.as_ref().map_or_else(|| usual.to_owned(), PathBuf::from)
    }

    /// The note that is there, if one is.
    pub(super) fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        let note: Self = serde_json::from_slice(&text).with_context(|| {
            format!("{} is no note of an invite that broke off; begin anew with --restart", path.display())
        })?;
        Ok(Some(note))
    }

    /// Puts it in the place of the note before, whole or not at all.
    pub(super) fn save(&self, path: &Path) -> anyhow::Result<()> {
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let save = || -> std::io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            std::fs::rename(&new, path)?;
            sync_folder(path)
        };
        save().with_context(|| {
            format!(
                "{} cannot be written, so a break could not be mended; copy the CSV file to a folder where it can",
                path.display()
            )
        })
    }

    /// Whether no command has gone on with it, and nothing is done.
    pub(super) const fn is_new(&self) -> bool {
        self.attempt == 1 && self.done.items == 0
    }

    /// Whether so many more people would be too many for the last batch, or there is none.
    pub(super) fn needs_batch(&self, people: usize) -> bool {
        self.batches.is_empty() || self.in_batch + people > BATCH_MAX
    }

    /// Begins another batch. To be saved before anybody is invited under it.
    pub(super) fn begin_batch(&mut self, batch: BatchId) {
        self.batches.push(batch.to_string());
        self.in_batch = 0;
    }

    /// The batch under which people are invited now.
    pub(super) fn batch(&self) -> anyhow::Result<BatchId> {
        let last = self.batches.last().and_then(|batch| BatchId::parse(batch));
        last.context("the note of the invite that broke off names no batch; begin anew with --restart")
    }

    /// The id of the invitation that the person in `line` is given, if they are given one.
    pub(super) fn invitation(&self, line: u64) -> InvitationId {
        self.invitation_of(self.attempt, line)
    }

    /// Whether an earlier attempt has given the person in `line` this invitation.
    pub(super) fn is_ours(&self, id: InvitationId, line: u64) -> bool {
        (1..self.attempt).any(|attempt| self.invitation_of(attempt, line) == id)
    }

    fn invitation_of(&self, attempt: u32, line: u64) -> InvitationId {
        let digest = Sha256::new()
            .chain_update(self.seed.as_bytes())
            .chain_update(attempt.to_be_bytes())
            .chain_update(line.to_be_bytes())
            .finalize();
        let chance = Chance { line, digest: digest.into() };
        InvitationId::generate(Timestamp::from_millis(self.began_at), &chance)
    }
}

/// Makes sure that the folder of a new file knows it after a power cut, too.
pub(super) fn sync_folder(of: &Path) -> std::io::Result<()> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new(".")))?.sync_all() {
        // Some network file systems do not offer it.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => Ok(()),
        result => result,
    }
}

/// Chance that comes again, since ids are no secrets; behind the number of the line, so that lists are in the order of the
/// file.
struct Chance {
    line: u64,
    digest: [u8; 32],
}

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        // A UUID of version 7 keeps the lower 4 bits of the first byte, the lower 6 of the third, and all of the others.
        let bits = |from: u32, mask: u64| u8::try_from((self.line >> from) & mask).unwrap_or(0);
        let line = [bits(30, 0x0f), bits(22, 0xff), bits(16, 0x3f), bits(8, 0xff), bits(0, 0xff)];
        bytes.iter_mut().zip(line.into_iter().chain(self.digest)).for_each(|(byte, chance)| *byte = chance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_the_lines_and_differ_from_one_attempt_to_the_next() {
        let first = Note::new("seed".to_owned(), Timestamp::from_millis(1_000_000), String::new(), None);
        let second = Note { attempt: 2, ..first.clone() };
        let ids: Vec<_> = [1, 2, 255, 256, 65_536, 1_000_000, 5_000_000].map(|line| first.invitation(line)).into();
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
        assert_ne!(first.invitation(7), second.invitation(7));
        assert!(second.is_ours(first.invitation(7), 7) && !second.is_ours(second.invitation(7), 7));
        assert!(!second.is_ours(first.invitation(7), 8) && !first.is_ours(first.invitation(7), 7));
    }

    #[test]
    fn a_batch_has_ten_thousand_people_at_the_most() {
        let mut note = Note::new("seed".to_owned(), Timestamp::from_millis(0), String::new(), None);
        assert!(note.needs_batch(0) && note.batch().is_err());
        let batch = BatchId::parse("01a21617-95ac-76eb-8922-c52033eef055").unwrap();
        note.begin_batch(batch);
        assert_eq!(note.batch().ok(), Some(batch));
        note.in_batch = 9000;
        assert!(!note.needs_batch(1000) && note.needs_batch(1001));
        let before = note.invitation(7);
        note.begin_batch(BatchId::parse("01a21617-95ac-7008-b5aa-64c0694e0650").unwrap());
        assert!(!note.needs_batch(10_000) && note.invitation(7) == before);
    }
}
