//! One batch: load the facts of all its commands, decide them one after the other, write, commit once, answer.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::FutureExt as _;
use guestlist_core::explain::{Explanation, Remedy, explain};
use guestlist_core::history::Cause;
use guestlist_core::ports::Clock;
use guestlist_core::{Change, Command, Decision, Facts, Needs, Origin, Outcome, Settings, Timestamp, decide, history};

use crate::engine::Engine;
use crate::error::{Rejection, StoreError, chain};
use crate::net::NetChanges;
use crate::terms::{AnswerKey, KeptAnswer, Once, Submitted, Terms};

/// How often a batch is decided anew because another node changed what it was about.
const ATTEMPTS_MAX: usize = 4;

/// A command on its way, and how to take it.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) command: Command,
    pub(crate) origin: Origin,
    pub(crate) terms: Terms,
}

impl Order {
    fn once(&self) -> Option<&Once> {
        self.terms.once.as_ref().filter(|_| !self.terms.is_rehearsal)
    }

    fn is_as_expected(&self, facts: &Facts) -> bool {
        self.terms.expected.as_ref().is_none_or(|expected| expected.is_met(facts))
    }
}

/// What every batch looks at besides the facts.
pub(crate) struct Circumstances {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
}

/// What became of one command.
pub(crate) type Verdict = Result<Done, Rejection>;

/// A command that did not fail and was not refused.
pub(crate) type Done = Submitted<Outcome>;

/// Carries out `orders` in order and returns one verdict each. When it returns, every `Ok` is durable.
///
/// A batch that fails as a whole because of something the facts could not show is run again one command at a time, so
/// that only the guilty one fails.
pub(crate) async fn run<E: Engine>(engine: &mut E, around: &Circumstances, orders: &[&Order]) -> Vec<Verdict> {
    match undisturbed(engine, around, orders).await {
        Ok(verdicts) => verdicts,
        Err(error) if orders.len() > 1 && error.blames_one_command() => {
            tracing::warn!(error = chain(&error), commands = orders.len(), "a batch failed; running it one by one");
            let mut verdicts = Vec::with_capacity(orders.len());
            for (done, order) in orders.iter().enumerate() {
                match undisturbed(engine, around, &[order]).await {
                    Ok(verdict) => verdicts.extend(verdict),
                    Err(error) if error.blames_one_command() => verdicts.extend(failed(&error, &[order])),
                    // The database is gone: asking it again for each of the others would only take longer.
                    Err(error) => {
                        verdicts.extend(failed(&error, &orders[done..]));
                        break;
                    }
                }
            }
            verdicts
        }
        Err(error) => failed(&error, orders),
    }
}

fn failed(error: &StoreError, orders: &[&Order]) -> Vec<Verdict> {
    let first = orders.first().map_or("", |order| order.command.name());
    tracing::error!(error = chain(error), commands = orders.len(), first, "commands could not be written");
    orders.iter().map(|_| Err(Rejection::Failed(error.clone()))).collect()
}

/// Attempts until nobody else interferes, but not for ever.
async fn undisturbed<E: Engine>(
    engine: &mut E,
    around: &Circumstances,
    orders: &[&Order],
) -> Result<Vec<Verdict>, StoreError> {
    for _ in 1..ATTEMPTS_MAX {
        match contained(engine, around, orders).await {
            Err(StoreError::Conflict(cause)) => {
                tracing::debug!(cause = %cause, commands = orders.len(), "a batch is decided again");
            }
            result => return result,
        }
    }
    match contained(engine, around, orders).await {
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
    around: &Circumstances,
    orders: &[&Order],
) -> Result<Vec<Verdict>, StoreError> {
    let attempt = AssertUnwindSafe(attempt(engine, around, orders)).catch_unwind().await;
    let result = attempt.unwrap_or_else(|_| Err(StoreError::bug("a panic while a batch was written")));
    if result.is_err() {
        engine.abandon().await;
    }
    result
}

async fn attempt<E: Engine>(
    engine: &mut E,
    around: &Circumstances,
    orders: &[&Order],
) -> Result<Vec<Verdict>, StoreError> {
    let needs: Vec<Needs> = orders.iter().map(|order| order.command.needs()).collect();
    engine.begin().await?;
    let mut facts = engine.load(&needs, &around.settings).await?;
    let now = around.clock.now();
    let keys: BTreeSet<AnswerKey> = orders.iter().filter_map(|order| Some(order.once()?.key)).collect();
    let kept = if keys.is_empty() { BTreeMap::new() } else { engine.recall(&keys).await? };
    let mut net = NetChanges::default();
    let verdicts = orders.iter().map(|order| match order.once() {
        None => carry_out(order, &mut facts, &mut net, now),
        Some(once) => match net.answers.get(&once.key).or_else(|| kept.get(&once.key)) {
            Some(known) if known.created_at > KeptAnswer::cutoff(now) => Ok(again(once, known)),
            _ => carry_out_once(order, once, &mut facts, &mut net, now),
        },
    });
    let verdicts = verdicts.collect();
    // Answers go out of date by themselves, as invitations do.
    let is_sweep = orders.iter().any(|order| matches!(order.command, Command::ExpireInvitations(_)));
    if is_sweep || !net.answers.is_empty() {
        net.answers_since = Some(KeptAnswer::cutoff(now));
    }
    if !net.is_empty() {
        engine.apply(&net).await?;
    }
    engine.commit().await?;
    Ok(verdicts)
}

/// Decides one command and, unless it is a rehearsal, notes what it changes.
fn carry_out(order: &Order, facts: &mut Facts, net: &mut NetChanges, now: Timestamp) -> Verdict {
    let decision = judge(&order.command, facts, now)?;
    if !order.is_as_expected(facts) {
        return Ok(Submitted::ChangedMeanwhile);
    }
    let outcome = decision.outcome;
    if !order.terms.is_rehearsal {
        note(order, decision.changes, facts, net, now);
    }
    Ok(Submitted::Done(outcome))
}

/// The same for the first request with its key: the answer is kept along with what changes, if it is one to keep.
fn carry_out_once(order: &Order, once: &Once, facts: &mut Facts, net: &mut NetChanges, now: Timestamp) -> Verdict {
    let answer = match judge(&order.command, facts, now) {
        Ok(_) if !order.is_as_expected(facts) => return Ok(Submitted::ChangedMeanwhile),
        Ok(decision) => {
            let answer = made(once, Ok(&decision.outcome))?;
            note(order, decision.changes, facts, net, now);
            let Some(answer) = answer else { return Ok(Submitted::Done(decision.outcome)) };
            answer
        }
        Err(rejection) => match &rejection {
            Rejection::Refused(_, why) if why.remedy != Remedy::Time => made(once, Err(why))?.ok_or(rejection)?,
            _ => return Err(rejection),
        },
    };
    let kept = KeptAnswer { request: once.request, answer: answer.clone(), created_at: now };
    net.answers.insert(once.key, kept);
    Ok(Submitted::Answered { answer, is_replay: false })
}

/// What a request with a key gets that is not the first with it.
fn again(once: &Once, known: &KeptAnswer) -> Done {
    if known.request == once.request {
        Submitted::Answered { answer: known.answer.clone(), is_replay: true }
    } else {
        Submitted::KeyReused
    }
}

/// A panic costs its own command and no other: nothing is noted of it yet.
fn made(once: &Once, result: Result<&Outcome, &Explanation>) -> Result<Option<Vec<u8>>, StoreError> {
    let answer = catch_unwind(AssertUnwindSafe(|| (once.answer)(result)));
    answer.unwrap_or_else(|_| Err(StoreError::bug("a panic while an answer was made")))
}

fn note(order: &Order, changes: Vec<Change>, facts: &mut Facts, net: &mut NetChanges, now: Timestamp) {
    let cause = Cause::of(&order.command, &order.origin);
    for change in history::record(changes, facts, &cause, now) {
        net.add(change);
    }
}

/// Deciding only reads, so a panic leaves nothing half done: it costs its own command and no other.
fn judge(command: &Command, facts: &Facts, now: Timestamp) -> Result<Decision, Rejection> {
    let verdict = catch_unwind(AssertUnwindSafe(|| {
        decide(command, facts, now)
            .map_err(|refusal| Rejection::Refused(refusal, Box::new(explain(refusal, command, facts))))
    }));
    verdict.map_err(|_| StoreError::bug(format!("a panic while {} was decided", command.name())))?
}

#[cfg(test)]
mod tests;
