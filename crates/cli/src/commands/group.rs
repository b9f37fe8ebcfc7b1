//! `guestlist group`: groups.

use anyhow::anyhow;
use clap::Subcommand;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{
    AcceptOwnership, ArchiveGroup, ChatPatch, CreateGroup, DeleteGroup, GroupPatch, OfferOwnership, RestoreGroup,
    UnarchiveGroup, UpdateGroup, WithdrawOwnership,
};
use guestlist_core::group::{Group, GroupRef, OwnershipOffer};
use guestlist_core::ids::{GroupId, Uid};
use guestlist_core::language::Language;
use guestlist_core::names::{Country, Description, DisplayName, Slug};
use guestlist_core::user::UserRef;
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;

use crate::acting::{Acting, Care};
use crate::commands::member;
use crate::config::Switch;
use crate::names::{self, parse, parse_language};
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
    /// Change a group's name and settings
    Update(Box<Update>),
    /// Put a group into the archive: it keeps its members and takes nobody in
    Archive(Which),
    /// Take a group out of the archive
    Unarchive(Which),
    /// Delete a group; it can be restored for 30 days
    Delete(Which),
    /// Bring a deleted group back
    Restore(Which),
    /// Offer the ownership of a group to one of its members
    Offer {
        #[command(flatten)]
        which: Which,
        /// Who shall own it: a number, a uid, a username or an e-mail address
        #[arg(long, value_name = "USER")]
        to: String,
    },
    /// Take over a group that was offered
    TakeOver(Which),
    /// Take the offer of a group back, or turn it down
    WithdrawOffer(Which),
}

/// A group, and who asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// A number, a uid or a slug
    group: String,
    #[command(flatten)]
    acting: Acting,
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
    /// The language to write to people in who have none of their own: en, ar, ur, id, tr, fr, de or es
    #[arg(long, value_parser = parse_language)]
    language: Option<Language>,
    /// Its number [default: the next free one]
    #[arg(long)]
    id: Option<i64>,
    /// Its id for Rocket.Chat clients [default: a new one]
    #[arg(long)]
    uid: Option<String>,
    /// Let everybody see and join it
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    care: Care,
}

/// New settings of a group. What is not given stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Update {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    changes: Changes,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// Its name for people
    #[arg(long)]
    name: Option<String>,
    /// Its name in addresses
    #[arg(long)]
    slug: Option<String>,
    /// What it is about
    #[arg(long)]
    description: Option<String>,
    /// The language to write to people in who have none of their own: en, ar, ur, id, tr, fr, de or es
    #[arg(long, value_parser = parse_language)]
    language: Option<Language>,
    /// Where its people are
    #[arg(long)]
    country: Option<String>,
    /// Let everybody see and join it
    #[arg(long, conflicts_with = "private")]
    public: bool,
    /// Let only members see it
    #[arg(long)]
    private: bool,
    /// Whether strangers may ask to join
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    requests: Option<Switch>,
    /// Whether the secret that was mailed is enough to accept, with any account
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    token_enough: Option<Switch>,
    /// The most members that it may have, or `none`
    #[arg(long, value_name = "NUMBER", value_parser = Seats::parse)]
    seats: Option<Seats>,
}

/// How many members a group may have.
#[derive(Debug, Clone, Copy)]
enum Seats {
    AtMost(i64),
    AnyNumber,
}

impl Seats {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "none" => Ok(Self::AnyNumber),
            text => text.parse().map(Self::AtMost).map_err(|_| "write a whole number, or none"),
        }
    }
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => output::one(&Entry::of(&add.run(store).await?), json),
        Command::List => list(store, json).await,
        Command::Show { group } => output::one(&Entry::of(&names::group(store, &group).await?.group), json),
        Command::Members { group } => member::now(&group, store, json).await,
        Command::Update(update) => {
            let patch = update.changes.patch()?;
            let group = update.which.group(store).await?;
            let update = update.which.acting.ask(store, |by| UpdateGroup { by, group, patch }).await?;
            output::one(&Entry::of(&update.0), json)
        }
        Command::Archive(which) => {
            let group = which.group(store).await?;
            let archived = which.acting.ask(store, |by| ArchiveGroup { by, group }).await?;
            output::one(&Entry::of(&archived.0), json)
        }
        Command::Unarchive(which) => {
            let group = which.group(store).await?;
            let unarchived = which.acting.ask(store, |by| UnarchiveGroup { by, group }).await?;
            output::one(&Entry::of(&unarchived.0), json)
        }
        Command::Delete(which) => {
            let group = which.group(store).await?;
            let deleted = which.acting.ask(store, |by| DeleteGroup { by, group, frees_slug: false }).await?;
            output::one(&Entry::of(&deleted.0), json)
        }
        Command::Restore(which) => {
            let group = names::group_ref(&which.group);
            let restored = which.acting.ask(store, |by| RestoreGroup { by, group }).await?;
            output::one(&Entry::of(&restored.0), json)
        }
        Command::Offer { which, to } => {
            let group = which.group(store).await?;
            let to = UserRef::Id(names::user(store, &to).await?.id);
            let offer = which.acting.ask(store, |by| OfferOwnership { by, group, to }).await?.0;
            output::one(&Offer::of(&offer), json)
        }
        Command::TakeOver(which) => {
            let group = which.group(store).await?;
            let accepted = which.acting.ask(store, |by| AcceptOwnership { by, group }).await?;
            output::one(&TakenOver { taken_over_from: accepted.from.get() }, json)
        }
        Command::WithdrawOffer(which) => {
            let group = which.group(store).await?;
            which.acting.ask(store, |by| WithdrawOwnership { by, group }).await?;
            output::one(&Withdrawn { offer: "withdrawn" }, json)
        }
    }
}

impl Which {
    async fn group(&self, store: &Store) -> anyhow::Result<GroupRef> {
        Ok(GroupRef::Id(names::group(store, &self.group).await?.group.id))
    }
}

impl Changes {
    fn patch(self) -> anyhow::Result<GroupPatch> {
        let is_on = |switch: Switch| switch == Switch::On;
        Ok(GroupPatch {
            country: parse("country", self.country, Country::parse, Country::FORM)?.map(Some),
            language: self.language.map(Some),
            slug: parse("slug", self.slug, Slug::parse, Slug::FORM)?,
            name: parse("name", self.name, DisplayName::parse, DisplayName::FORM)?,
            description: parse("description", self.description, Description::parse, Description::FORM)?,
            is_public: (self.public || self.private).then_some(self.public),
            takes_requests: self.requests.map(is_on),
            is_token_enough: self.token_enough.map(is_on),
            members_max: self.seats.map(|seats| match seats {
                Seats::AtMost(most) => Some(most),
                Seats::AnyNumber => None,
            }),
            chat: ChatPatch::default(),
        })
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
            language: self.language,
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
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        };
        Ok(self.care.ask(store, create).await?.0)
    }
}

/// A group as it is printed.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "settings that have nothing to do with each other")]
struct Entry {
    id: i64,
    uid: String,
    slug: String,
    name: String,
    description: String,
    country: Option<String>,
    public: bool,
    archived: bool,
    requests: bool,
    token_enough: bool,
    seats: Option<i64>,
    members: i64,
    invitations: i64,
    waiting: i64,
    offer: Option<Offer>,
    created_at: String,
    deleted_at: Option<String>,
}

impl Entry {
    fn of(group: &Group) -> Self {
        Self {
            id: group.id.get(),
            uid: group.uid.to_string(),
            slug: group.slug.to_string(),
            name: group.name.to_string(),
            description: group.description.to_string(),
            country: group.country.as_ref().map(ToString::to_string),
            public: group.is_public,
            archived: !group.is_active(),
            requests: group.takes_requests,
            token_enough: group.is_token_enough,
            seats: group.members_max,
            members: group.tally.members,
            invitations: group.tally.invitations,
            waiting: group.tally.waiting,
            offer: group.offer.as_ref().map(Offer::of),
            created_at: output::time(group.created_at),
            deleted_at: group.deleted_at.map(output::time),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] =
        &["id", "uid", "slug", "name", "members", "seats", "invited", "access", "state", "created"];

    fn cells(&self) -> Vec<String> {
        let access = match (self.public, self.requests) {
            (true, _) => "public",
            (false, true) => "on request",
            (false, false) => "private",
        };
        let state = match (&self.deleted_at, self.archived) {
            (Some(_), _) => "deleted",
            (None, true) => "archived",
            (None, false) => "active",
        };
        vec![
            self.id.to_string(),
            self.uid.clone(),
            self.slug.clone(),
            self.name.clone(),
            self.members.to_string(),
            self.seats.map(|seats| seats.to_string()).unwrap_or_default(),
            self.invitations.to_string(),
            access.to_owned(),
            state.to_owned(),
            self.created_at.clone(),
        ]
    }
}

/// An offer as it is printed.
#[derive(Debug, Serialize)]
struct Offer {
    from: i64,
    to: i64,
    offered_at: String,
    expires_at: String,
}

impl Offer {
    fn of(offer: &OwnershipOffer) -> Self {
        Self {
            from: offer.from.get(),
            to: offer.to.get(),
            offered_at: output::time(offer.offered_at),
            expires_at: output::time(offer.expires_at),
        }
    }
}

impl Show for Offer {
    const HEADINGS: &'static [&'static str] = &["from", "to", "offered", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![self.from.to_string(), self.to.to_string(), self.offered_at.clone(), self.expires_at.clone()]
    }
}

/// Who owned a group before, as it is printed.
#[derive(Debug, Serialize)]
struct TakenOver {
    taken_over_from: i64,
}

impl Show for TakenOver {
    const HEADINGS: &'static [&'static str] = &["taken over from"];

    fn cells(&self) -> Vec<String> {
        vec![self.taken_over_from.to_string()]
    }
}

/// What became of an offer, as it is printed.
#[derive(Debug, Serialize)]
struct Withdrawn {
    offer: &'static str,
}

impl Show for Withdrawn {
    const HEADINGS: &'static [&'static str] = &["offer"];

    fn cells(&self) -> Vec<String> {
        vec![self.offer.to_owned()]
    }
}
