//! `guestlist invitation`: offers to join a group, made to one person each.

mod several;
mod show;

use anyhow::anyhow;
use clap::{Subcommand, ValueEnum};
use guestlist_core::command::{Accept, ChangeInvitation, Decline, UndoBatch};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{BatchId, GroupId, InvitationId};
use guestlist_core::invitation::{InvitationRef, InvitationState};
use guestlist_core::member::RoleSet;
use guestlist_core::ports::Clock as _;
use guestlist_store::page::PageRequest;
use guestlist_store::{InvitationView, Store};
use serde::Serialize;

use self::several::{Resend, Revoke};
use self::show::{Entry, Told};
use crate::acting::Acting;
use crate::commands::member::parse_role;
use crate::names;
use crate::output::{self, Listing, Show};
use crate::standing::Stands;
use crate::times::Span;
use crate::wiring::SystemClock;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the invitations of a group
    List {
        /// A number, a uid or a slug
        group: String,
        /// What became of them
        #[arg(long, value_enum, default_value = "pending")]
        state: State,
    },
    /// Show an invitation, and what became of its mails
    Show {
        /// The invitation's id, as `invitation list` shows it
        #[arg(value_parser = parse_id)]
        id: InvitationId,
    },
    /// Send invitations again, each at most once an hour
    Resend(Resend),
    /// Take invitations back
    Revoke(Revoke),
    /// Change the role or the end of a pending invitation
    Change(Change),
    /// Accept an invitation
    Accept(One),
    /// Decline an invitation
    Decline(One),
    /// Take back what one `invite` did, while nobody in it has answered
    Undo {
        /// A number, a uid or a slug
        group: String,
        /// The batch, as `invite` printed it
        batch: String,
        #[command(flatten)]
        acting: Acting,
    },
}

/// An invitation, and who asks.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The invitation's id, as `invitation list` shows it
    #[arg(value_parser = parse_id)]
    id: InvitationId,
    #[command(flatten)]
    acting: Acting,
}

/// New values of an invitation.
#[derive(Debug, clap::Args)]
pub(crate) struct Change {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    values: Values,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Values {
    /// The role that comes with it: owner, moderator, leader, or member for none
    #[arg(long, value_parser = parse_roles)]
    role: Option<RoleSet>,
    /// How long it lives from now on, such as 14d or 12h, or `never`
    #[arg(long, value_parser = Span::parse)]
    expires: Option<Span>,
}

/// Which invitations to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    Pending,
    Accepted,
    Declined,
    Revoked,
    Expired,
    All,
}

/// Reads an invitation's id.
pub(crate) fn parse_id(text: &str) -> anyhow::Result<InvitationId> {
    InvitationId::parse(text).ok_or_else(|| anyhow!("write an id as `invitation list` shows it"))
}

/// Reads the role that comes with an invitation.
pub(crate) fn parse_roles(text: &str) -> Result<RoleSet, &'static str> {
    if text == "member" {
        return Ok(RoleSet::NONE);
    }
    let role = parse_role(text).map_err(|_| "write owner, moderator, leader or member")?;
    Ok(RoleSet::of(&[role]))
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::List { group, state } => list(names::group(store, &group).await?.group.id, state, store, json).await,
        Command::Show { id } => {
            let view = find(id, store).await?;
            let mails = store.read().mails_about(view.group.id, id).await?;
            Told::of(&view, &mails).print(json)
        }
        Command::Resend(resend) => resend.run(store, json).await,
        Command::Revoke(revoke) => revoke.run(store, json).await,
        Command::Change(Change { one, values }) => {
            let (roles, expiry) = (values.role, values.expires.map(Span::expiry));
            let make = |by| ChangeInvitation { by, invitation: one.id, roles, expiry };
            let changed = one.acting.ask(store, make).await?.0;
            let view = find(one.id, store).await?;
            output::one(&Entry::of(&InvitationView { invitation: changed, ..view }), json)
        }
        Command::Accept(One { id, acting }) => {
            let accepted = acting
                .ask(store, |by| Accept { by: Some(by), invitation: InvitationRef::Id(id), is_secret_enough: false })
                .await?;
            output::one(&Stands::of(accepted.group, accepted.standing), json)
        }
        Command::Decline(One { id, acting }) => {
            let declined = acting.ask(store, |by| Decline { by: Some(by), invitation: InvitationRef::Id(id) }).await?;
            output::one(&Declined { group: declined.group.get(), declined: true }, json)
        }
        Command::Undo { group, batch, acting } => {
            let batch = BatchId::parse(&batch).ok_or_else(|| {
                anyhow!("{batch:?} is no batch; `invite` printed it, and `guestlist history` shows it")
            })?;
            let group = GroupRef::Id(names::group(store, &group).await?.group.id);
            let undone = acting.ask(store, |by| UndoBatch { by, group, batch }).await?;
            output::one(&Undone { undone: undone.undone }, json)
        }
    }
}

async fn find(id: InvitationId, store: &Store) -> anyhow::Result<InvitationView> {
    let view = store.read().invitation(InvitationRef::Id(id)).await?;
    view.ok_or_else(|| anyhow!("there is no invitation {id}; `guestlist invitation list GROUP` shows which there are"))
}

async fn list(group: GroupId, wanted: State, store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<Entry>(json);
    let now = SystemClock.now();
    // Those whose time has run out are stored as pending until that is recorded.
    let stored: &[InvitationState] = match wanted {
        State::Pending => &[InvitationState::Pending],
        State::Accepted => &[InvitationState::Accepted],
        State::Declined => &[InvitationState::Declined],
        State::Revoked => &[InvitationState::Revoked],
        State::Expired => &[InvitationState::Expired, InvitationState::Pending],
        State::All => &InvitationState::ALL,
    };
    let fits = |view: &InvitationView| match (wanted, view.invitation.state_at(now)) {
        (State::Pending, state) => state == InvitationState::Pending,
        (State::Expired, state) => state == InvitationState::Expired,
        _ => true,
    };
    for state in stored {
        let mut after = None;
        loop {
            let page = store.read().invitations(group, *state, PageRequest { after, limit: 500 }).await?;
            page.items.iter().filter(|view| fits(view)).try_for_each(|view| listing.add(&Entry::of(view)))?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    listing.finish()
}

/// What was declined, as it is printed.
#[derive(Debug, Serialize)]
struct Declined {
    group: i64,
    declined: bool,
}

impl Show for Declined {
    const HEADINGS: &'static [&'static str] = &["group", "declined"];

    fn cells(&self) -> Vec<String> {
        vec![self.group.to_string(), "yes".to_owned()]
    }
}

/// How much was undone, as it is printed.
#[derive(Debug, Serialize)]
struct Undone {
    undone: usize,
}

impl Show for Undone {
    const HEADINGS: &'static [&'static str] = &["undone"];

    fn cells(&self) -> Vec<String> {
        vec![self.undone.to_string()]
    }
}
