//! Sending several invitations again, or taking several back: each by itself, so that one that cannot be does not keep the
//! others.

use futures_util::future::join_all;
use guestlist_core::command::{Ask, Expiry, ResendInvitation, RevokeInvitation};
use guestlist_core::ids::{GroupId, InvitationId};
use guestlist_core::ports::Clock as _;
use guestlist_core::settings::RESEND_PAUSE;
use guestlist_store::page::PageRequest;
use guestlist_store::{Rejection, Store};
use serde::Serialize;
use serde_json::Value;

use super::parse_id;
use crate::acting::Acting;
use crate::ask::submit;
use crate::ending::Partly;
use crate::names;
use crate::output::{self, Listing, Show};
use crate::refusal;
use crate::times::Span;
use crate::wiring::SystemClock;

/// Invitations to send again.
#[derive(Debug, clap::Args)]
pub(crate) struct Resend {
    #[command(flatten)]
    which: Which,
    /// How long they live from now on, such as 14d or 12h, or `never`; an end is never brought nearer [default: as is usual]
    #[arg(long, value_parser = Span::parse)]
    expires: Option<Span>,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The invitations' ids, as `invitation list` shows them
    #[arg(value_name = "ID", value_parser = parse_id)]
    ids: Vec<InvitationId>,
    /// All in this group that nobody has answered and that were not sent within the last hour: a number, a uid or a slug
    #[arg(long, value_name = "GROUP")]
    silent: Option<String>,
}

/// Invitations to take back.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    /// The invitations' ids, as `invitation list` shows them
    #[arg(value_name = "ID", value_parser = parse_id, required = true)]
    ids: Vec<InvitationId>,
    #[command(flatten)]
    acting: Acting,
}

impl Resend {
    pub(super) async fn run(self, store: &Store, json: bool) -> anyhow::Result<()> {
        let by = self.acting.user(store).await?;
        let expiry = self.expires.map_or(Expiry::Usual, Span::expiry);
        let resend = |invitation| ResendInvitation { by, invitation, expiry };
        let mut many = Many::new(store, self.acting.care.dry_run, json);
        let asked = match &self.which.silent {
            None => many.ask(&self.which.ids, resend, "resent").await,
            Some(group) => {
                let group = names::group(store, group).await?.group.id;
                silent(group, store, async |ids| many.ask(ids, resend, "resent").await).await
            }
        };
        many.finish(asked)
    }
}

/// Hands over, page by page, the invitations of a group that wait for an answer and may be sent again.
async fn silent(
    group: GroupId,
    store: &Store,
    mut resend: impl AsyncFnMut(&[InvitationId]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let mut recent = 0;
    let mut after = None;
    loop {
        let page = store.read().open_invitations(group, now, PageRequest { after, limit: 200 }).await?;
        let due = page.items.iter().filter(|view| view.invitation.sent_at + RESEND_PAUSE <= now);
        let due: Vec<_> = due.map(|view| view.invitation.id).collect();
        recent += page.items.len() - due.len();
        resend(&due).await?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if recent > 0 {
        output::note(&format!("left out: {recent} that were sent within the last hour"));
    }
    Ok(())
}

impl Revoke {
    pub(super) async fn run(self, store: &Store, json: bool) -> anyhow::Result<()> {
        let by = self.acting.user(store).await?;
        let mut many = Many::new(store, self.acting.care.dry_run, json);
        let asked = many.ask(&self.ids, |invitation| RevokeInvitation { by, invitation }, "revoked").await;
        many.finish(asked)
    }
}

/// The same command for many invitations, with a line of output for each.
struct Many<'a> {
    store: &'a Store,
    dry_run: bool,
    listing: Listing,
    all: usize,
    refused: usize,
}

impl<'a> Many<'a> {
    fn new(store: &'a Store, dry_run: bool, json: bool) -> Self {
        Self { store, dry_run, listing: Listing::new::<Row>(json), all: 0, refused: 0 }
    }

    async fn ask<A: Ask>(
        &mut self,
        ids: &[InvitationId],
        make: impl Fn(InvitationId) -> A,
        done: &'static str,
    ) -> anyhow::Result<()> {
        // Together, so that they share a commit; few enough for the queue.
        for some in ids.chunks(200) {
            let answers = some.iter().map(async |id| {
                let command = make(*id);
                if self.dry_run { self.store.rehearse(command).await } else { submit(self.store, command).await }
            });
            let answers = join_all(answers).await;
            let mut failed = None;
            for (id, answer) in some.iter().zip(answers) {
                let why = match answer {
                    Ok(_) => None,
                    Err(Rejection::Refused(_, why)) => Some(why),
                    Err(Rejection::Failed(error)) => {
                        failed = Some(error);
                        continue;
                    }
                };
                self.all += 1;
                self.refused += usize::from(why.is_some());
                self.listing.add(&Row {
                    id: id.to_string(),
                    result: if why.is_some() { "refused" } else { done },
                    reason: why.as_ref().map(|why| refusal::line(why)),
                    refusal: why.map(|why| refusal::object(&why)),
                })?;
            }
            if let Some(error) = failed {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Ends with what was asked, as far as it came.
    fn finish(self, asked: anyhow::Result<()>) -> anyhow::Result<()> {
        self.listing.finish()?;
        if self.dry_run {
            output::note("this was a rehearsal: nothing was changed");
        }
        if let Err(error) = asked {
            let is_begun = self.refused < self.all && !self.dry_run;
            let told = "what is listed was done; mend what follows, and ask for the others again";
            return Err(if is_begun { error.context(Partly(told.to_owned())) } else { error });
        }
        Partly::unless_whole(self.refused, self.all, "the reasons are beside them")
    }
}

/// What became of one invitation, as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    result: &'static str,
    #[serde(skip)]
    reason: Option<String>,
    refusal: Option<Value>,
}

impl Show for Row {
    const HEADINGS: &'static [&'static str] = &["id", "result", "reason"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.result.to_owned(), self.reason.clone().unwrap_or_default()]
    }
}
