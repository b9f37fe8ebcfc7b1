//! Inviting everybody in a CSV file, a chunk at a time: read, invite, write the failures, note how far it is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use guestlist_core::command::{Admission, Expiry, Invite, Target};
use guestlist_core::explain::Explanation;
use guestlist_core::ids::{BatchId, GroupId};
use guestlist_core::member::RoleSet;
use guestlist_core::ports::Clock as _;
use guestlist_store::{Rejection, Store};
use serde::Serialize;

use super::Terms;
use super::answers::{self, Answer, Counts};
use super::failures::Failures;
use super::people::{Failure, Person};
use super::progress::Progress;
use super::resume::Note;
use super::source::{self, Chunk};
use crate::ask::submit;
use crate::commands::member::role_names;
use crate::ending::Partly;
use crate::output::{self, Show};
use crate::refusal;
use crate::wiring::{SystemClock, SystemEntropy};

pub(super) async fn run(
    file: &Path,
    failures: Option<&Path>,
    restart: bool,
    terms: Terms,
    store: &Store,
    json: bool,
) -> anyhow::Result<()> {
    let beside = |ending: &str| beside(file, ending);
    if failures.is_some_and(|failures| is_same(failures, file)) {
        bail!("--failures names the file that is read; name another, it is written anew");
    }
    let failures = failures.map_or_else(|| beside("failures.csv"), Path::to_owned);
    let note_path = beside("resume.json");
    let note = if restart { None } else { Note::resume(&note_path, &terms.to_string())? };
    if terms.dry_run && note.is_some() {
        bail!("an invite of this file broke off; finish it by the same command without --dry-run, or add --restart");
    }
    if note.is_some() && file == Path::new("-") {
        output::note("going on with what broke off: standard input has to give the same again");
    }
    let from = note.as_ref().map(|note| note.done.clone()).filter(|done| done.items > 0);
    let (known, mut chunks) = source::read(file, terms.roles, from.clone());
    let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
    let known = tokio::select! {
        known = known => known.context("the file could not be read")??,
        _ = &mut stop => bail!("stopped before anybody was invited; run it again to begin"),
    };
    if !known.ignored.is_empty() {
        output::note(&format!("columns that nothing is read from: {}", known.ignored.join(", ")));
    }
    let mut import = Import {
        terms,
        store,
        failures: match &note {
            Some(note) => Failures::resume(&failures, known.columns, note.failures_bytes)?,
            None => Failures::new(&failures, known.columns)?,
        },
        note: match note {
            Some(note) => note,
            None => {
                let now = SystemClock.now();
                Note::new(BatchId::generate(now, &SystemEntropy), now, terms.to_string())
            }
        },
        note_path,
        has_begun: false,
    };
    if let Some(from) = from {
        output::note(&format!("going on behind line {}, where an earlier invite of this file broke off", from.lines));
    }
    import.save()?;
    let progress = Progress::new(source::size(file));
    loop {
        let chunk = tokio::select! {
            biased;
            _ = &mut stop => return Err(import.stopped()),
            chunk = chunks.recv() => chunk,
        };
        let Some(chunk) = chunk else { break };
        let result = match chunk {
            Ok(chunk) => import.invite(chunk, &progress).await,
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            return Err(import.broken(error));
        }
    }
    drop(progress);
    import.finish(json)
}

/// Whether both are one file, by whatever names.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A file beside the one that is read, with another ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    if file == Path::new("-") { PathBuf::from(format!("stdin.{ending}")) } else { file.with_extension(ending) }
}

/// Says how all of it can be taken back.
pub(super) fn tell_how_to_undo(batch: BatchId, group: GroupId) {
    output::note(&format!(
        "to take it back while nobody has answered: guestlist invitation undo {group} {batch} --as USER"
    ));
}

fn refused(person: Person, why: &Explanation) -> Failure {
    Failure { line: person.line, reason: refusal::line(why), is_duplicate: false, fields: person.fields }
}

struct Import<'a> {
    terms: Terms,
    store: &'a Store,
    failures: Failures,
    note: Note,
    note_path: PathBuf,
    /// Whether this command has invited anybody.
    has_begun: bool,
}

impl Import<'_> {
    async fn invite(&mut self, mut chunk: Chunk, progress: &Progress) -> anyhow::Result<()> {
        let mut counts = self.note.counts;
        let mut failed = std::mem::take(&mut chunk.failures);
        for failure in &failed {
            counts.rows += 1;
            *if failure.is_duplicate { &mut counts.duplicates } else { &mut counts.unreadable } += 1;
        }
        counts.blank += chunk.blank;

        // A command gives all of its people the same roles. First those that most have: if the inviter may invite nobody,
        // that shows before anybody is invited.
        let mut next = Some(self.terms.roles);
        while let Some(roles) = next {
            let (some, others): (Vec<_>, _) = chunk.people.into_iter().partition(|person| person.roles == roles);
            chunk.people = others;
            if !some.is_empty() {
                self.invite_as(roles, some, &mut counts, &mut failed).await?;
            }
            next = chunk.people.first().map(|person| person.roles);
        }
        failed.sort_by_key(|failure| failure.line);
        for failure in &failed {
            self.failures.add(failure.line, &failure.reason, &failure.fields)?;
        }
        self.note.failures_bytes = self.failures.flush()?;
        self.note.counts = counts;
        self.note.done = chunk.end;
        self.save()?;
        progress.show(chunk.bytes, &counts);
        Ok(())
    }

    async fn invite_as(
        &mut self,
        roles: RoleSet,
        people: Vec<Person>,
        counts: &mut Counts,
        failed: &mut Vec<Failure>,
    ) -> anyhow::Result<()> {
        let target =
            |person: &Person| Target { who: person.who.clone(), invitation: self.note.invitation(person.line) };
        let invite = Invite {
            by: self.terms.by,
            group: self.terms.group_ref(),
            targets: people.iter().map(target).collect(),
            roles,
            admission: Admission::OnAcceptance(self.terms.expiry),
            batch: Some(self.note.batch()?),
        };
        let answer =
            if self.terms.dry_run { self.store.rehearse(invite).await } else { submit(self.store, invite).await };
        let invited = match answer {
            Ok(invited) => invited,
            // The inviter may give the role that was meant for all, but not the one that these rows name.
            Err(Rejection::Refused(_, why)) if roles != self.terms.roles => {
                for person in people {
                    counts.add(&Answer::Refused(&why));
                    failed.push(refused(person, &why));
                }
                return Ok(());
            }
            Err(rejection) => return Err(refusal::explain(rejection)),
        };
        self.has_begun = true;
        for (person, answer) in people.into_iter().zip(answers::of(&invited)) {
            let answer = match answer? {
                Answer::Renewed(id) if self.note.is_ours(id, person.line) => Answer::Invited(id),
                answer => answer,
            };
            counts.add(&answer);
            if let Answer::Refused(why) = answer {
                failed.push(refused(person, why));
            }
        }
        Ok(())
    }

    fn save(&self) -> anyhow::Result<()> {
        if self.terms.dry_run { Ok(()) } else { self.note.save(&self.note_path) }
    }

    fn stopped(&self) -> anyhow::Error {
        anyhow!("stopped behind line {}; run the same command again to go on there", self.note.done.lines)
    }

    /// What went wrong, and that it can be gone on with, if something was done.
    fn broken(&self, error: anyhow::Error) -> anyhow::Error {
        if self.note.done.items == 0 && !self.has_begun {
            // There is nothing to go on with.
            let _ = std::fs::remove_file(&self.note_path);
            return error;
        }
        let lines = self.note.done.lines;
        error.context(format!(
            "all up to line {lines} was done; mend what follows, and run the same command again to go on"
        ))
    }

    fn finish(self, json: bool) -> anyhow::Result<()> {
        if !self.terms.dry_run {
            std::fs::remove_file(&self.note_path).with_context(|| {
                format!("all is done, but {} cannot be removed; remove it", self.note_path.display())
            })?;
        }
        let batch = self.note.batch()?;
        let counts = self.note.counts;
        let failures = self.failures.path().map(|path| path.display().to_string());
        let summary = Summary {
            group: self.terms.group.get(),
            batch: batch.to_string(),
            counts,
            failures: failures.clone(),
            dry_run: self.terms.dry_run,
        };
        output::one(&summary, json)?;
        if self.terms.dry_run {
            output::note("this was a rehearsal: nobody was invited");
            if counts.rows > 1000 {
                output::note("each thousand was looked at by itself: seats and limits may run out in what comes later");
            }
        } else if counts.invited + counts.renewed + counts.joined > 0 {
            tell_how_to_undo(batch, self.terms.group);
        }
        let Some(failures) = failures else { return Ok(()) };
        let advice = format!("{failures} says which and why; correct the rows there and invite that file");
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        Partly::unless_whole(number(counts.failed()), number(counts.rows), &advice)
    }
}

impl std::fmt::Display for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "group {}, as user {}", self.group, self.by)?;
        for role in role_names(self.roles) {
            write!(f, ", role {role}")?;
        }
        match self.expiry {
            Expiry::Usual => Ok(()),
            Expiry::After(lifetime) => write!(f, ", expires {}s", lifetime.as_secs()),
            Expiry::Never => f.write_str(", expires never"),
        }
    }
}

/// What an invite came to, as it is printed.
#[derive(Debug, Serialize)]
struct Summary {
    group: i64,
    batch: String,
    #[serde(flatten)]
    counts: Counts,
    failures: Option<String>,
    dry_run: bool,
}

impl Show for Summary {
    const HEADINGS: &'static [&'static str] = &[
        "rows",
        "invited",
        "renewed",
        "joined",
        "already members",
        "waiting for a seat",
        "refused",
        "unreadable",
        "duplicates",
        "blank lines",
        "failures in",
        "batch",
    ];

    fn cells(&self) -> Vec<String> {
        let Counts { rows, invited, renewed, joined, already_members, waiting, refused, unreadable, duplicates, blank } =
            self.counts;
        let counts = [rows, invited, renewed, joined, already_members, waiting, refused, unreadable, duplicates, blank];
        let counts = counts.into_iter().map(|count| count.to_string());
        counts.chain([self.failures.clone().unwrap_or_default(), self.batch.clone()]).collect()
    }
}
