//! Inviting everybody in a CSV file, a chunk at a time: read, invite, write the failures, note how far it is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use guestlist_core::Refusal;
use guestlist_core::command::{Admission, Expiry, Invite, Target};
use guestlist_core::explain::Explanation;
use guestlist_core::ids::{BatchId, GroupId, uuid_v4};
use guestlist_core::member::RoleSet;
use guestlist_core::permission::Permission;
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
    let named = failures.map(|path| std::path::absolute(path).map(|path| path.display().to_string()));
    let named = named.transpose().context("--failures names no file")?;
    let note_path = beside("resume.json");
    let note = match (terms.dry_run, restart) {
        (false, false) => Note::resume(&note_path, &terms.to_string(), named.as_deref())?,
        (false, true) => None,
        (true, false) if note_path.exists() => {
            bail!("an invite of this file broke off, which a rehearsal cannot go on with; finish it without --dry-run")
        }
        (true, _) => {
            let of_note = Note::read(&note_path)?.map(|note| note.failures_path(&beside("failures.csv")));
            if of_note.is_some_and(|of_note| failures.is_some_and(|failures| is_same(failures, &of_note))) {
                bail!("--failures names the file of an invite that broke off; name another for the rehearsal");
            }
            None
        }
    };
    let usual = beside(if terms.dry_run { "rehearsal.failures.csv" } else { "failures.csv" });
    let failures = failures.map_or(usual, Path::to_owned);
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
    let failures = match &note {
        Some(note) => Failures::resume(&failures, known.columns, note.failures_bytes)?,
        None => Failures::new(&failures, known.columns)?,
    };
    let note = note.unwrap_or_else(|| {
        let seed = uuid_v4(&SystemEntropy).to_string();
        Note::new(seed, SystemClock.now(), terms.to_string(), named)
    });
    let mut import = Import { terms, store, has_begun: false, failures, note, note_path };
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
pub(super) fn tell_how_to_undo(batches: &[String], group: GroupId) {
    let undo = |batch: &String| format!("guestlist invitation undo {group} {batch} --as USER");
    let undo: Vec<_> = batches.iter().map(undo).collect();
    let separator = if undo.len() == 1 { " " } else { "\n  " };
    output::note(&format!("to take it back while nobody has answered:{separator}{}", undo.join(separator)));
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
    /// Whether this command has invited anybody, or may have.
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
        let people = chunk.people.len();
        if people > 0 && self.note.needs_batch(people) {
            self.note.begin_batch(BatchId::generate(SystemClock.now(), &SystemEntropy));
            self.save()?;
        }

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
        self.note.in_batch += people;
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
            language: self.terms.language,
            note: self.terms.note.clone(),
            by: self.terms.by,
            group: self.terms.group_ref(),
            targets: people.iter().map(target).collect(),
            roles,
            admission: Admission::OnAcceptance(self.terms.expiry),
            batch: Some(self.note.batch()?),
        };
        let answer =
            if self.terms.dry_run { self.store.rehearse(invite).await } else { submit(self.store, invite).await };
        // Whether a command that failed was carried out is not always known.
        self.has_begun |= !matches!(answer, Err(Rejection::Refused(..)));
        let invited = match answer {
            Ok(invited) => invited,
            // The inviter may invite, but not as what these rows say. What is meant for all is no matter of some rows.
            Err(Rejection::Refused(Refusal::NotAllowed(what), why))
                if what != Permission::Invite && roles != self.terms.roles =>
            {
                for person in people {
                    counts.add(&Answer::Refused(&why));
                    failed.push(refused(person, &why));
                }
                return Ok(());
            }
            Err(rejection) => return Err(refusal::explain(rejection)),
        };
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
        if self.forget_if_untouched() {
            return anyhow!("stopped before anybody was invited; run it again to begin");
        }
        let lines = self.note.done.lines;
        let told = format!("stopped behind line {lines}; run the same command again to go on there");
        if self.has_begun { Partly(told).into() } else { anyhow!(told) }
    }

    /// What went wrong, and that it can be gone on with, if something was done.
    fn broken(&self, error: anyhow::Error) -> anyhow::Error {
        if self.forget_if_untouched() {
            return error;
        }
        let lines = self.note.done.lines;
        let told = format!(
            "all up to line {lines} was done, and perhaps some behind it; mend what follows, and run the same command again \
             to go on"
        );
        if self.has_begun { error.context(Partly(told)) } else { error.context(told) }
    }

    /// Whether there is nothing to go on with; then nothing is left of the note either.
    fn forget_if_untouched(&self) -> bool {
        let is_untouched = self.note.is_new() && !self.has_begun;
        if is_untouched && !self.terms.dry_run {
            // Going on with it would be beginning anew.
            let _ = std::fs::remove_file(&self.note_path);
        }
        is_untouched || self.terms.dry_run
    }

    fn finish(self, json: bool) -> anyhow::Result<()> {
        let counts = self.note.counts;
        let failures = self.failures.path().map(|path| path.display().to_string());
        let summary = Summary {
            group: self.terms.group.get(),
            batches: if self.terms.dry_run { vec![] } else { self.note.batches },
            counts,
            failures: failures.clone(),
            dry_run: self.terms.dry_run,
        };
        output::one(&summary, json)?;
        if !self.terms.dry_run {
            std::fs::remove_file(&self.note_path).with_context(|| {
                format!("all is done, but {} cannot be removed; remove it", self.note_path.display())
            })?;
        }
        if self.terms.dry_run {
            output::note("this was a rehearsal: nobody was invited");
            if counts.rows > 1000 {
                output::note("each thousand was looked at by itself: seats and limits may run out in what comes later");
            }
        } else if counts.invited + counts.renewed + counts.joined > 0 {
            tell_how_to_undo(&summary.batches, self.terms.group);
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
            Expiry::Usual => {}
            Expiry::After(lifetime) => write!(f, ", expires {}s", lifetime.as_secs())?,
            Expiry::Never | Expiry::Unlimited => f.write_str(", expires never")?,
        }
        if let Some(language) = self.language {
            write!(f, ", language {}", language.as_str())?;
        }
        match &self.note {
            Some(note) => write!(f, ", note {:?}", note.as_str()),
            None => Ok(()),
        }
    }
}

/// What an invite came to, as it is printed.
#[derive(Debug, Serialize)]
struct Summary {
    group: i64,
    /// What can be taken back, each by itself.
    batches: Vec<String>,
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
        "batches",
    ];

    fn cells(&self) -> Vec<String> {
        let Counts { rows, invited, renewed, joined, already_members, waiting, refused, unreadable, duplicates, blank } =
            self.counts;
        let counts = [rows, invited, renewed, joined, already_members, waiting, refused, unreadable, duplicates, blank];
        let counts = counts.into_iter().map(|count| count.to_string());
        counts.chain([self.failures.clone().unwrap_or_default(), self.batches.join("\n")]).collect()
    }
}
