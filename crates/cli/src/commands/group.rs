//! `guestlist group`: groups.

use anyhow::anyhow;
use clap::Subcommand;
use guestlist_core::command::CreateGroup;
use guestlist_core::group::Group;
use guestlist_core::ids::{GroupId, Uid};
use guestlist_core::names::{Description, DisplayName, Slug};
use guestlist_core::user::UserRef;
use guestlist_store::page::PageRequest;
use guestlist_store::{Member, Store};
use serde::Serialize;

use crate::ask::ask;
use crate::names;
use crate::output::{self, Listing, Show};
use crate::wiring::SystemEntropy;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a group
    Add(Add),
    /// List all groups
    List,
    /// Show a group
    Show {
        /// A number, a uid or a slug
        group: String,
    },
    /// List the members of a group
    Members {
        /// A number, a uid or a slug
        group: String,
    },
}

/// A new group.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Its name for people
    #[arg(long)]
    name: String,
    /// Who owns it: a number, a uid, a username or an e-mail address
    #[arg(long, value_name = "USER")]
    owner: String,
    /// Its name in addresses [default: made of its name]
    #[arg(long)]
    slug: Option<String>,
    /// What it is about
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// Its number [default: the next free one]
    #[arg(long)]
    id: Option<i64>,
    /// Its id for Rocket.Chat clients [default: a new one]
    #[arg(long)]
    uid: Option<String>,
    /// Let everybody see and join it
    #[arg(long)]
    public: bool,
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => output::one(&Entry::of(&add.run(store).await?), json),
        Command::List => list(store, json).await,
        Command::Show { group } => output::one(&Entry::of(&names::group(store, &group).await?.group), json),
        Command::Members { group } => members(names::group(store, &group).await?.group.id, store, json).await,
    }
}

async fn list(store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<Entry>(json);
    let mut after = None;
    loop {
        let page = store.read().groups(PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|group| listing.add(&Entry::of(group)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

async fn members(group: GroupId, store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<MemberEntry>(json);
    let mut after = None;
    loop {
        let page = store.read().members(group, PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|member| listing.add(&MemberEntry::of(member)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

impl Add {
    async fn run(self, store: &Store) -> anyhow::Result<Group> {
        let name = DisplayName::parse(&self.name)
            .map_err(|error| anyhow!("the name {:?} {error}; {}", self.name, DisplayName::FORM))?;
        let slug = match self.slug {
            Some(slug) => Slug::parse(&slug).map_err(|error| anyhow!("the slug {slug:?} {error}; {}", Slug::FORM))?,
            None => Slug::from_name(&name)
                .ok_or_else(|| anyhow!("no slug can be made of the name {:?}; give one with --slug", self.name))?,
        };
        let create = CreateGroup {
            by: None,
            owner: UserRef::Id(names::user(store, &self.owner).await?.id),
            id: self
                .id
                .map(|id| GroupId::new(id).ok_or_else(|| anyhow!("--id takes a number from 1 up")))
                .transpose()?,
            uid: match self.uid {
                Some(uid) => Uid::parse(&uid).ok_or_else(|| anyhow!("--uid takes letters, digits and . _ -"))?,
                None => Uid::generate(&SystemEntropy),
            },
            slug,
            name,
            description: Description::parse(&self.description)
                .map_err(|error| anyhow!("the description {error}; {}", Description::FORM))?,
            is_public: self.public,
        };
        Ok(ask(store, create).await?.0)
    }
}

/// A group as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    id: i64,
    uid: String,
    slug: String,
    name: String,
    description: String,
    public: bool,
    archived: bool,
    members: i64,
    created_at: String,
}

impl Entry {
    fn of(group: &Group) -> Self {
        Self {
            id: group.id.get(),
            uid: group.uid.to_string(),
            slug: group.slug.to_string(),
            name: group.name.to_string(),
            description: group.description.to_string(),
            public: group.is_public,
            archived: !group.is_active(),
            members: group.tally.members,
            created_at: output::time(group.created_at),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["id", "uid", "slug", "name", "members", "access", "state", "created"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.uid.clone(),
            self.slug.clone(),
            self.name.clone(),
            self.members.to_string(),
            if self.public { "public" } else { "private" }.to_owned(),
            if self.archived { "archived" } else { "active" }.to_owned(),
            self.created_at.clone(),
        ]
    }
}

/// A member as it is printed.
#[derive(Debug, Serialize)]
struct MemberEntry {
    id: i64,
    uid: String,
    subject: String,
    username: Option<String>,
    name: Option<String>,
    roles: Vec<&'static str>,
    joined_at: String,
}

impl MemberEntry {
    fn of(member: &Member) -> Self {
        Self {
            id: member.user.id.get(),
            uid: member.user.uid.to_string(),
            subject: member.user.subject.to_string(),
            username: member.user.username.as_ref().map(ToString::to_string),
            name: member.user.name.as_ref().map(ToString::to_string),
            roles: member.membership.roles.iter().map(guestlist_core::member::Role::as_str).collect(),
            joined_at: output::time(member.membership.joined_at),
        }
    }
}

impl Show for MemberEntry {
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
