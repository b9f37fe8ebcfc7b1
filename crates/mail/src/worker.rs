//! The worker: takes mail that is due, writes it, gives it away, and records what became of it.
//!
//! Any number of nodes may have one. What one has taken is its own for as long as it says so every few seconds; what it has
//! given away it records at once, so that only a death in the moment between may send a mail twice.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Fuse, FusedFuture as _, FutureExt as _};
use futures_util::stream::FuturesUnordered;
use guestlist_core::command::{KeepMail, MailResult, SettleMail, TakeMail};
use guestlist_core::ids::GroupId;
use guestlist_core::mail::{Letter, MailId, MailKind, Reply};
use guestlist_core::ports::{Clock, Entropy};
use guestlist_identity::token::PlainToken;
use guestlist_store::{Store, StoreError, chain};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use crate::message::{Message, Parts, Sender, Unsendable};
use crate::render::{Links, TemplateError, Templates};
use crate::transport::{Transport, Undelivered};

/// Mails under way at the same time.
pub const AT_ONCE: usize = 32;

/// How often the queue is looked at. Reading it costs one look-up by index.
const LOOK: Duration = Duration::from_millis(250);

/// How often whoever sends says that they are still at it: three times within the lease.
const KEEP: Duration = Duration::from_secs(15);

/// The longest time for which nothing is tried while no mail server can be used.
const PAUSE_MAX: Duration = Duration::from_mins(1);

/// How long what is under way may take once the worker is to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Everything that a worker needs.
pub struct Worker {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// For the secrets in mails.
    pub entropy: Arc<dyn Entropy>,
    /// How mails are written.
    pub templates: Templates,
    /// Where they go.
    pub transport: Transport,
    /// Who sends them.
    pub sender: Sender,
    /// The name of who sends, for people.
    pub installation: String,
    /// The address under which people reach the server, without a slash at the end.
    pub public_url: String,
    /// Is told of every mail that left.
    pub told: Box<dyn Fn(&Sent<'_>) + Send + Sync>,
}

/// A mail that left.
#[derive(Debug)]
pub struct Sent<'a> {
    /// Which.
    pub mail: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// The group that it is about.
    pub group: GroupId,
    /// The page that its button opens: a secret. To be shown to nobody but whoever tries guestlist out.
    pub link: Option<&'a str>,
    /// The file that it was written to, if it was.
    pub file: Option<PathBuf>,
}

/// What a worker keeps in mind.
struct Shift<'w> {
    worker: &'w Worker,
    store: &'w Store,
    /// What is under way.
    held: Mutex<BTreeSet<MailId>>,
    /// How long the last mail took: one that is not to be sent takes as long.
    pace: Mutex<Duration>,
}

impl Worker {
    /// Sends whatever is due, until `stop`; then ends what is under way, or gives it back.
    pub async fn run(&self, store: &Store, stop: impl Future<Output = ()>) {
        let shift = Shift { worker: self, store, held: Mutex::default(), pace: Mutex::new(Duration::from_millis(50)) };
        let mut stop = std::pin::pin!(stop);
        let mut under_way = FuturesUnordered::new();
        // What is under way goes on while more is taken.
        let mut taking = std::pin::pin!(Fuse::terminated());
        let (mut look, mut keep) = (ticks(LOOK), ticks(KEEP));
        let mut pause = Pause::default();
        // Whether the last look found many: then more wait, and it is looked again as soon as there is room for many.
        let mut has_more = false;
        loop {
            let free = AT_ONCE - under_way.len();
            if has_more && free >= AT_ONCE / 2 && taking.is_terminated() && !pause.is_on() {
                taking.set(shift.take(free).fuse());
            }
            tokio::select! {
                biased;
                () = &mut stop => break,
                taken = &mut taking, if !taking.is_terminated() => {
                    has_more = taken.len() >= AT_ONCE / 2;
                    under_way.extend(taken.into_iter().map(|(letter, secret)| shift.deliver(letter, secret)));
                }
                Some(is_usable) = under_way.next(), if !under_way.is_empty() => pause.learn(is_usable),
                _ = keep.tick(), if !under_way.is_empty() => shift.keep().await,
                _ = look.tick() => if free > 0 && taking.is_terminated() && !pause.is_on() {
                    taking.set(shift.take(free).fuse());
                }
            }
        }
        let rest = async {
            // Left alone, it would be nobody's until its lease is over.
            if !taking.is_terminated() {
                under_way.extend(taking.await.into_iter().map(|(letter, secret)| shift.deliver(letter, secret)));
            }
            while under_way.next().await.is_some() {}
        };
        if timeout(GRACE, rest).await.is_err() {
            tracing::warn!(mails = under_way.len(), "mail under way is left to whoever sends next");
        }
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl Shift<'_> {
    /// Takes what is due, at most `free` mails.
    async fn take(&self, free: usize) -> Vec<(Letter, Option<PlainToken>)> {
        match self.try_take(free).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::error!(error = chain(&error), "mail could not be taken; it is tried again");
                vec![]
            }
        }
    }

    async fn try_take(&self, free: usize) -> Result<Vec<(Letter, Option<PlainToken>)>, StoreError> {
        let now = self.worker.clock.now();
        if self.store.read().next_mail_at().await?.is_none_or(|at| at > now) {
            return Ok(vec![]);
        }
        let fresh = || PlainToken::generate(PlainToken::INVITATION_PREFIX, &*self.worker.entropy);
        let secrets: Vec<PlainToken> = (0..free).map(|_| fresh()).collect();
        let take = TakeMail { due_by: now, secrets: secrets.iter().map(PlainToken::invitation_hash).collect() };
        let taken = match self.store.submit(take).await {
            Ok(taken) => taken,
            Err(guestlist_store::Rejection::Failed(error)) => return Err(error),
            Err(guestlist_store::Rejection::Refused(refusal, _)) => {
                return Err(StoreError::bug(format!("taking mail was refused: {}", refusal.code())));
            }
        };
        for (mail, reply) in taken.hopeless {
            self.settle(mail, MailResult::Failed(reply)).await;
        }
        let mut secrets: BTreeMap<[u8; 32], PlainToken> =
            secrets.into_iter().map(|secret| (secret.invitation_hash().0, secret)).collect();
        let letters = taken.letters.into_iter().map(|letter| {
            let secret = letter.secret.and_then(|hash| secrets.remove(&hash.0));
            (letter, secret)
        });
        Ok(letters.collect())
    }

    /// Says of what is under way that it still is.
    async fn keep(&self) {
        let mails: Vec<MailId> = self.held.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        if let Err(error) = self.store.submit(KeepMail { mails }).await {
            tracing::error!(?error, "mail under way may be taken over by somebody else");
        }
    }

    /// Sends one mail and records what became of it. Tells whether the mail server can be used.
    async fn deliver(&self, letter: Letter, secret: Option<PlainToken>) -> bool {
        let mail = letter.mail;
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(mail);
        let (result, is_usable) = self.send(&letter, secret.as_ref()).await;
        self.settle(mail, result).await;
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&mail);
        is_usable
    }

    async fn send(&self, letter: &Letter, secret: Option<&PlainToken>) -> (MailResult, bool) {
        if letter.is_withheld {
            let pace = *self.pace.lock().unwrap_or_else(PoisonError::into_inner);
            sleep(pace).await;
            return (MailResult::Withheld, true);
        }
        let page = secret.map(|secret| format!("{}/invitations/{}", self.worker.public_url, secret.reveal()));
        let message = match self.write(letter, page.as_deref()) {
            Ok(message) => message,
            Err(Unwritten::Unsendable(error)) => return (MailResult::Failed(Reply::of(&error.to_string())), true),
            // Nothing is wrong with the mail: whoever runs guestlist has to mend the template.
            Err(Unwritten::Template(error)) => {
                tracing::error!(error = chain(&error), kind = letter.kind.as_str(), "a mail could not be written");
                return (MailResult::Deferred(Reply::of("the mail could not be written")), true);
            }
        };
        let begun = Instant::now();
        let sent = self.worker.transport.send(&message).await;
        let (mail, kind, attempt) = (letter.mail, letter.kind.as_str(), letter.attempt);
        match sent {
            Ok(()) => {
                *self.pace.lock().unwrap_or_else(PoisonError::into_inner) = begun.elapsed();
                tracing::debug!(%mail, kind, attempt, "a mail was handed over");
                let file = match &self.worker.transport {
                    Transport::Folder(folder) => Some(folder.file(mail)),
                    Transport::Smtp(_) => None,
                };
                let (kind, group) = (letter.kind, letter.group);
                (self.worker.told)(&Sent { mail, kind, group, link: page.as_deref(), file });
                (MailResult::HandedOver, true)
            }
            Err(undelivered) => {
                tracing::warn!(%mail, kind, attempt, error = chain(&undelivered), "a mail was not handed over");
                match undelivered {
                    Undelivered::Unreachable(reply) => (MailResult::Deferred(reply), false),
                    Undelivered::Temporary(reply) => (MailResult::Deferred(reply), true),
                    Undelivered::Permanent(reply) => (MailResult::Failed(reply), true),
                    Undelivered::DeadAddress(reply) => (MailResult::DeadAddress(letter.to.clone(), reply), true),
                }
            }
        }
    }

    fn write(&self, letter: &Letter, page: Option<&str>) -> Result<Message, Unwritten> {
        let open = page.map(str::to_owned);
        let stop = open.clone().filter(|_| letter.kind.invites()).map(|page| format!("{page}#never"));
        let rendered = self.worker.templates.render(letter, &Links { open, stop }, &self.worker.installation)?;
        let parts = Parts {
            mail: letter.mail,
            to: &letter.to,
            name: letter.reader.as_ref(),
            rendered: &rendered,
            unsubscribe: page.filter(|_| letter.kind.invites()),
            at: self.worker.clock.now(),
        };
        Ok(Message::new(&self.worker.sender, &parts)?)
    }

    /// Records what became of a mail, however long that takes: forgotten, it would be sent again.
    async fn settle(&self, mail: MailId, result: MailResult) {
        let mut pause = Duration::from_millis(100);
        while let Err(error) = self.store.submit(SettleMail { mail, result: result.clone() }).await {
            tracing::error!(?error, %mail, "what became of a mail could not be recorded; it is tried again");
            sleep(pause).await;
            pause = (2 * pause).min(Duration::from_secs(5));
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Unwritten {
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
}

/// Nothing is tried for a while after no mail server could be used: for a second, then twice as long each time.
#[derive(Default)]
struct Pause {
    until: Option<Instant>,
    length: Duration,
}

impl Pause {
    fn is_on(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }

    fn learn(&mut self, is_usable: bool) {
        if is_usable {
            *self = Self::default();
        } else if !self.is_on() {
            self.length = (2 * self.length).clamp(Duration::from_secs(1), PAUSE_MAX);
            self.until = Some(Instant::now() + self.length);
            tracing::warn!(seconds = self.length.as_secs(), "no mail is sent for a while: no mail server can be used");
        }
    }
}
