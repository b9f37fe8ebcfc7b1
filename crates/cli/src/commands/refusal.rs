//! `guestlist refusal`: whose invitations somebody refuses for good.

use clap::Subcommand;
use guestlist_core::command::{AllowInvitations, RefuseInvitations};
use guestlist_core::opt_out::{InvitationsFrom, OptOut};
use guestlist_store::{Refuser, Store};
use serde::Serialize;

use crate::acting::Acting;
use crate::names;
use crate::output::{self, Listing, Show};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List whose invitations a user refuses
    List {
        /// A number, a uid, a username or an e-mail address
        user: String,
    },
    /// Refuse all further invitations to a group, of an inviter, or of everyone
    Add(Whose),
    /// Allow them again
    Remove(Whose),
}

/// Whose invitations.
#[derive(Debug, clap::Args)]
pub(crate) struct Whose {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct From {
    /// Those to this group: a number, a uid or a slug
    #[arg(long)]
    group: Option<String>,
    /// Those of this inviter: a number, a uid, a username or an e-mail address
    #[arg(long, value_name = "USER")]
    inviter: Option<String>,
    /// Everybody's
    #[arg(long)]
    everyone: bool,
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::List { user } => {
            let user = names::user(store, &user).await?.id;
            let mut refused = store.read().opt_outs(Refuser::User(user)).await?;
            refused.sort_by_key(|found| found.created_at);
            let mut listing = Listing::new::<Entry>(json);
            for found in &refused {
                listing.add(&Entry::of(found))?;
            }
            listing.finish()
        }
        Command::Add(Whose { from, acting }) => {
            let from = from.find(store).await?;
            acting.ask(store, |by| RefuseInvitations { by: Some(by), invitation: None, from }).await?;
            output::one(&Change { from: shown(from), refused: true }, json)
        }
        Command::Remove(Whose { from, acting }) => {
            let from = from.find(store).await?;
            acting.ask(store, |by| AllowInvitations { by: Some(by), invitation: None, from }).await?;
            output::one(&Change { from: shown(from), refused: false }, json)
        }
    }
}

impl From {
    async fn find(&self, store: &Store) -> anyhow::Result<InvitationsFrom> {
        Ok(match (&self.group, &self.inviter) {
            (Some(group), _) => InvitationsFrom::Group(names::group(store, group).await?.group.id),
            (None, Some(user)) => InvitationsFrom::Inviter(names::user(store, user).await?.id),
            (None, None) => InvitationsFrom::Everyone,
        })
    }
}

fn shown(from: InvitationsFrom) -> String {
    match from {
        InvitationsFrom::Everyone => "everyone".to_owned(),
        InvitationsFrom::Group(id) => format!("group {id}"),
        InvitationsFrom::Inviter(id) => format!("inviter {id}"),
    }
}

/// A refusal for good as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    from: String,
    created_at: String,
}

impl Entry {
    fn of(found: &OptOut) -> Self {
        Self { from: shown(found.from), created_at: output::time(found.created_at) }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["from", "since"];

    fn cells(&self) -> Vec<String> {
        vec![self.from.clone(), self.created_at.clone()]
    }
}

/// What is so from now on, as it is printed.
#[derive(Debug, Serialize)]
struct Change {
    from: String,
    refused: bool,
}

impl Show for Change {
    const HEADINGS: &'static [&'static str] = &["from", "refused"];

    fn cells(&self) -> Vec<String> {
        vec![self.from.clone(), if self.refused { "yes" } else { "no" }.to_owned()]
    }
}
