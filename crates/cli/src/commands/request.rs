//! `guestlist request`: those who want to join a group.

use clap::Subcommand;
use guestlist_core::command::{ApproveRequest, Join, RejectRequest, WithdrawRequest};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::GroupId;
use guestlist_core::request::JoinRequest;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;

use crate::acting::Acting;
use crate::commands::member::role_names;
use crate::names;
use crate::output::{self, Listing, Show};
use crate::standing::Stands;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List those who ask to join, and those who wait for a seat
    List {
        /// A number, a uid or a slug
        group: String,
    },
    /// Join a public group, or ask to join one that takes requests
    Join(Own),
    /// Let somebody in who asked to join
    Approve(Whose),
    /// Turn somebody down who asked to join, or who waits for a seat
    Reject(Whose),
    /// Take one's own request back
    Withdraw(Own),
}

/// A group, and who asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Own {
    /// A number, a uid or a slug
    group: String,
    #[command(flatten)]
    acting: Acting,
}

/// Somebody's request.
#[derive(Debug, clap::Args)]
pub(crate) struct Whose {
    /// A number, a uid or a slug
    group: String,
    /// Who asked: a number, a uid, a username or an e-mail address
    user: String,
    #[command(flatten)]
    acting: Acting,
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::List { group } => list(names::group(store, &group).await?.group.id, store, json).await,
        Command::Join(Own { group, acting }) => {
            // By name: a private group that takes no requests does not exist for strangers.
            let group = names::group_ref(&group);
            let joined = acting.ask(store, |by| Join { by, group }).await?;
            output::one(&Stands::of(joined.group, joined.standing), json)
        }
        Command::Approve(Whose { group, user, acting }) => {
            let group = names::group(store, &group).await?.group.id;
            let user = UserRef::Id(names::user(store, &user).await?.id);
            let approved = acting.ask(store, |by| ApproveRequest { by, group: GroupRef::Id(group), user }).await?;
            output::one(&Stands::of(group, approved.standing), json)
        }
        Command::Reject(Whose { group, user, acting }) => {
            let group = GroupRef::Id(names::group(store, &group).await?.group.id);
            let user = names::user(store, &user).await?;
            let who = UserRef::Id(user.id);
            let rejected = acting.ask(store, |by| RejectRequest { by, group, user: who }).await?;
            output::one(&Entry::of(&user, &rejected.0), json)
        }
        Command::Withdraw(Own { group, acting }) => {
            let group = GroupRef::Id(names::group(store, &group).await?.group.id);
            let withdrawn = acting.ask(store, |by| WithdrawRequest { by, group }).await?.0;
            let user = names::user(store, &withdrawn.user.to_string()).await?;
            output::one(&Entry::of(&user, &withdrawn), json)
        }
    }
}

async fn list(group: GroupId, store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<Entry>(json);
    let mut after = None;
    loop {
        let page = store.read().requests(group, PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|found| listing.add(&Entry::of(&found.user, &found.request)))?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let page = store.read().waiting(group, PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|found| listing.add(&Entry::of(&found.user, &found.request)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

/// A request as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    user: i64,
    username: Option<String>,
    name: Option<String>,
    state: &'static str,
    place: Option<i64>,
    roles: Vec<&'static str>,
    created_at: String,
    closed_at: Option<String>,
}

impl Entry {
    fn of(user: &User, request: &JoinRequest) -> Self {
        Self {
            user: user.id.get(),
            username: user.username.as_ref().map(ToString::to_string),
            name: user.name.as_ref().map(ToString::to_string),
            state: request.state.as_str(),
            place: request.place,
            roles: role_names(request.roles),
            created_at: output::time(request.created_at),
            closed_at: request.closed_at.map(output::time),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["user", "username", "name", "state", "roles", "asked"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.user.to_string(),
            self.username.clone().unwrap_or_default(),
            self.name.clone().unwrap_or_default(),
            self.state.to_owned(),
            self.roles.join(" "),
            self.created_at.clone(),
        ]
    }
}
