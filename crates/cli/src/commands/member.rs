//! `guestlist member` and `guestlist members`: who belongs to a group, and in which roles.

use clap::Subcommand;
use guestlist_core::Timestamp;
use guestlist_core::command::{AssignRole, Leave, RemoveMember, TakeRole};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::GroupId;
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::outcome::MemberRemoved;
use guestlist_core::ports::Clock as _;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;

use crate::acting::Acting;
use crate::names;
use crate::output::{self, Listing, Show};
use crate::times::Instant;
use crate::wiring::SystemClock;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the members of a group, now or at an instant
    List(List),
    /// Take somebody out of a group: a member, or whoever is invited, asks to join or waits for a seat
    Remove(Whom),
    /// Leave a group
    Leave {
        /// A number, a uid or a slug
        group: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Give a member a role
    GiveRole(RoleOf),
    /// Take a role from a member
    TakeRole(RoleOf),
}

/// Members of a group.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// A number, a uid or a slug
    group: String,
    /// When: an instant such as 2026-11-26T09:30:00Z, a date (its beginning, in UTC), or how long ago, such as -1d or -12h
    /// [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = Instant::parse, allow_hyphen_values = true)]
    at: Option<Instant>,
}

/// A user and a group.
#[derive(Debug, clap::Args)]
pub(crate) struct Whom {
    /// A number, a uid or a slug
    group: String,
    /// A number, a uid, a username or an e-mail address
    user: String,
    #[command(flatten)]
    acting: Acting,
}

/// A role of a member.
#[derive(Debug, clap::Args)]
pub(crate) struct RoleOf {
    #[command(flatten)]
    whom: Whom,
    /// owner, moderator or leader
    #[arg(value_parser = parse_role)]
    role: Role,
}

/// Reads the name of a role.
pub(crate) fn parse_role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).ok_or("write owner, moderator or leader")
}

/// The names of roles, as they are printed.
pub(crate) fn role_names(roles: RoleSet) -> Vec<&'static str> {
    roles.iter().map(Role::as_str).collect()
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::List(args) => list(args, store, json).await,
        Command::Remove(whom) => {
            let (group, user) = whom.find(store).await?;
            let removed = whom.acting.ask(store, |by| RemoveMember { by, group, user, spares_owners: false }).await?;
            output::one(&Removed::of(removed), json)
        }
        Command::Leave { group, acting } => {
            let group = GroupRef::Id(names::group(store, &group).await?.group.id);
            acting.ask(store, |by| Leave { by, group }).await?;
            output::one(&Removed { removed: "member" }, json)
        }
        Command::GiveRole(RoleOf { whom, role }) => {
            let (group, user) = whom.find(store).await?;
            let assigned = whom.acting.ask(store, |by| AssignRole { by, group, user, role }).await?;
            output::one(&RoleChange { role: role.as_str(), changed: assigned.has_changed }, json)
        }
        Command::TakeRole(RoleOf { whom, role }) => {
            let (group, user) = whom.find(store).await?;
            let taken = whom.acting.ask(store, |by| TakeRole { by, group, user, role }).await?;
            output::one(&RoleChange { role: role.as_str(), changed: taken.has_changed }, json)
        }
    }
}

impl Whom {
    async fn find(&self, store: &Store) -> anyhow::Result<(GroupRef, UserRef)> {
        let group = names::group(store, &self.group).await?.group.id;
        Ok((GroupRef::Id(group), UserRef::Id(names::user(store, &self.user).await?.id)))
    }
}

/// `guestlist members`: who is a member now, or was at an instant.
pub(crate) async fn list(args: List, store: &Store, json: bool) -> anyhow::Result<()> {
    match args.at {
        None => now(&args.group, store, json).await,
        Some(instant) => {
            let group = names::group(store, &args.group).await?.group.id;
            at(group, instant.when(SystemClock.now()), store, json).await
        }
    }
}

/// Lists those who are members now.
pub(crate) async fn now(group: &str, store: &Store, json: bool) -> anyhow::Result<()> {
    let group = names::group(store, group).await?.group.id;
    let mut listing = Listing::new::<Entry>(json);
    let mut after = None;
    loop {
        let page = store.read().members(group, PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|member| listing.add(&Entry::of(&member.user, &member.membership)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

async fn at(group: GroupId, at: Timestamp, store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<Entry>(json);
    let mut after = None;
    loop {
        let page = store.read().members_at(group, at, PageRequest { after, limit: 500 }).await?;
        // Accounts are never taken away, and both are in order of the users' numbers.
        let users = store.read().users_by_id(page.items.iter().map(|membership| membership.user).collect()).await?;
        users.iter().zip(&page.items).try_for_each(|(user, membership)| listing.add(&Entry::of(user, membership)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

/// A member as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    id: i64,
    uid: String,
    subject: String,
    username: Option<String>,
    name: Option<String>,
    roles: Vec<&'static str>,
    joined_at: String,
}

impl Entry {
    fn of(user: &User, membership: &Membership) -> Self {
        Self {
            id: user.id.get(),
            uid: user.uid.to_string(),
            subject: user.subject.to_string(),
            username: user.username.as_ref().map(ToString::to_string),
            name: user.name.as_ref().map(ToString::to_string),
            roles: role_names(membership.roles),
            joined_at: output::time(membership.joined_at),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["id", "uid", "username", "name", "roles", "joined"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.uid.clone(),
            self.username.clone().unwrap_or_default(),
            self.name.clone().unwrap_or_default(),
            self.roles.join(" "),
            self.joined_at.clone(),
        ]
    }
}

/// What was taken away, as it is printed.
#[derive(Debug, Serialize)]
struct Removed {
    removed: &'static str,
}

impl Removed {
    const fn of(removed: MemberRemoved) -> Self {
        Self {
            removed: match removed {
                MemberRemoved::Member => "member",
                MemberRemoved::Invitation => "invitation",
                MemberRemoved::Request => "request",
            },
        }
    }
}

impl Show for Removed {
    const HEADINGS: &'static [&'static str] = &["removed"];

    fn cells(&self) -> Vec<String> {
        vec![self.removed.to_owned()]
    }
}

/// What became of a role, as it is printed.
#[derive(Debug, Serialize)]
struct RoleChange {
    role: &'static str,
    changed: bool,
}

impl Show for RoleChange {
    const HEADINGS: &'static [&'static str] = &["role", "changed"];

    fn cells(&self) -> Vec<String> {
        vec![self.role.to_owned(), if self.changed { "yes" } else { "no: it was so before" }.to_owned()]
    }
}
