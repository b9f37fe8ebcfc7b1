//! One batch: load the facts of all its commands, decide them one after the other, write, commit once, answer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;
use guestlist_core::ports::Clock;
use guestlist_core::{Command, Needs, Outcome, decide};

use crate::engine::Engine;
use crate::error::{Rejection, StoreError, chain};
use crate::net::NetChanges;

/// How often a batch is decided anew because another node changed what it was about.
const ATTEMPTS_MAX: usize = 4;

/// What became of one command.
pub(crate) type Verdict = Result<Outcome, Rejection>;

/// Carries out `commands` in order and returns one verdict each. When it returns, every `Ok` is durable.
///
/// A batch that fails as a whole because of something the facts could not show is run again one command at a time, so
/// that only the guilty one fails.
pub(crate) async fn run<E: Engine>(engine: &mut E, clock: &dyn Clock, commands: &[&Command]) -> Vec<Verdict> {
    match undisturbed(engine, clock, commands).await {
        Ok(verdicts) => verdicts,
        Err(error) if commands.len() > 1 && error.blames_one_command() => {
            tracing::warn!(error = chain(&error), commands = commands.len(), "a batch failed; running it one by one");
            let mut verdicts = Vec::with_capacity(commands.len());
            for (done, command) in commands.iter().enumerate() {
                match undisturbed(engine, clock, &[command]).await {
                    Ok(verdict) => verdicts.extend(verdict),
                    Err(error) if error.blames_one_command() => verdicts.extend(failed(&error, &[command])),
                    // The database is gone: asking it again for each of the others would only take longer.
                    Err(error) => {
                        verdicts.extend(failed(&error, &commands[done..]));
                        break;
                    }
                }
            }
            verdicts
        }
        Err(error) => failed(&error, commands),
    }
}

fn failed(error: &StoreError, commands: &[&Command]) -> Vec<Verdict> {
    let first = commands.first().map_or("", |command| command.name());
    tracing::error!(error = chain(error), commands = commands.len(), first, "commands could not be written");
    commands.iter().map(|_| Err(Rejection::Failed(error.clone()))).collect()
}

/// Attempts until nobody else interferes, but not for ever.
async fn undisturbed<E: Engine>(
    engine: &mut E,
    clock: &dyn Clock,
    commands: &[&Command],
) -> Result<Vec<Verdict>, StoreError> {
    for _ in 1..ATTEMPTS_MAX {
        match contained(engine, clock, commands).await {
            Err(StoreError::Conflict(cause)) => {
                tracing::debug!(cause = %cause, commands = commands.len(), "a batch is decided again");
            }
            result => return result,
        }
    }
    match contained(engine, clock, commands).await {
        // Nobody is faster time and again: the stored data themselves stand against it.
        Err(StoreError::Conflict(cause)) => {
            Err(StoreError::Bug { what: "a change conflicts with what is stored".to_owned(), cause: Some(cause) })
        }
        result => result,
    }
}

/// One attempt. However it fails, a panic included, the engine is ready for the next.
async fn contained<E: Engine>(
    engine: &mut E,
    clock: &dyn Clock,
    commands: &[&Command],
) -> Result<Vec<Verdict>, StoreError> {
    let attempt = AssertUnwindSafe(attempt(engine, clock, commands)).catch_unwind().await;
    let result = attempt.unwrap_or_else(|_| Err(StoreError::bug("a panic while a batch was written")));
    if result.is_err() {
        engine.abandon().await;
    }
    result
}

async fn attempt<E: Engine>(
    engine: &mut E,
    clock: &dyn Clock,
    commands: &[&Command],
) -> Result<Vec<Verdict>, StoreError> {
    let needs: Vec<Needs> = commands.iter().map(|command| command.needs()).collect();
    engine.begin().await?;
    let mut facts = engine.load(&needs).await?;
    let now = clock.now();
    let mut net = NetChanges::default();
    let verdicts = commands.iter().map(|command| {
        // Deciding only reads, so a panic leaves nothing half done: it costs its own command and no other.
        let decision = catch_unwind(AssertUnwindSafe(|| decide(command, &facts, now)))
            .map_err(|_| StoreError::bug(format!("a panic while {} was decided", command.name())))??;
        for change in decision.changes {
            facts.apply(&change);
            net.add(change);
        }
        Ok(decision.outcome)
    });
    let verdicts = verdicts.collect();
    if !net.is_empty() {
        engine.apply(&net).await?;
    }
    engine.commit().await?;
    Ok(verdicts)
}

#[cfg(test)]
mod tests;
