//! `guestlist link`: addresses by which whoever holds them comes in.

use anyhow::anyhow;
use clap::Subcommand;
use guestlist_core::Timestamp;
use guestlist_core::command::{CreateLink, Expiry, RevokeLink, UseLink};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, LinkId};
use guestlist_core::link::Link;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::ports::Clock as _;
use guestlist_identity::token::PlainToken;
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;

use crate::acting::Acting;
use crate::commands::member::{parse_role, role_names};
use crate::config::{Addresses, File};
use crate::names;
use crate::output::{self, Listing, Show};
use crate::standing::Stands;
use crate::times::Span;
use crate::wiring::{SystemClock, SystemEntropy};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a link, and print its address: it is not shown again
    ///
    /// No page answers at that address until a later version: until then people come in with the secret at its end, by
    /// `guestlist link use` or by POST /guestlist/v1/links/use.
    Add(Add),
    /// List the links of a group, without the secrets in them
    List {
        /// A number, a uid or a slug
        group: String,
    },
    /// Take a link back
    Revoke {
        /// The link's id, as `link list` shows it
        id: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Come by a link
    Use {
        /// The link's address, or the secret at its end
        address: String,
        #[command(flatten)]
        acting: Acting,
    },
}

/// A new link.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// A number, a uid or a slug
    group: String,
    #[command(flatten)]
    acting: Acting,
    /// A role that comes with it: owner, moderator or leader
    #[arg(long, value_parser = parse_role)]
    role: Option<Role>,
    /// How long it lives, such as 14d or 12h, or `never`, to live until revoked [default: as invitations do]
    #[arg(long, value_parser = Span::parse)]
    expires: Option<Span>,
    /// How many people it lets in [default: any number]
    #[arg(long, value_name = "NUMBER")]
    uses: Option<i64>,
    /// Let nobody in at once: who comes by it asks to join
    #[arg(long)]
    approval: bool,
    #[command(flatten)]
    addresses: Addresses,
}

/// The secret in a link's address, or given by itself.
pub(crate) fn secret(address: &str) -> anyhow::Result<PlainToken> {
    let secret = address.rsplit('/').next().unwrap_or_default();
    PlainToken::presented(secret)
        .map_err(|_| anyhow!("this is no address of a link; paste the whole of it, or the secret at its end"))
}

pub(crate) async fn run(command: Command, store: &Store, file: &File, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => add.run(store, file, json).await,
        Command::List { group } => list(names::group(store, &group).await?.group.id, store, json).await,
        Command::Revoke { id, acting } => {
            let link =
                LinkId::parse(&id).ok_or_else(|| anyhow!("{id:?} is no link id; `guestlist link list` shows ids"))?;
            let revoked = acting.ask(store, |by| RevokeLink { by, link }).await?;
            output::one(&Entry::of(&revoked.0, SystemClock.now()), json)
        }
        Command::Use { address, acting } => {
            let secret = secret(&address)?;
            let used = acting.ask(store, |by| UseLink { by, link: secret.link_hash() }).await?;
            output::one(&Stands::of(used.group, used.standing), json)
        }
    }
}

impl Add {
    async fn run(self, store: &Store, file: &File, json: bool) -> anyhow::Result<()> {
        let public_url = self.addresses.public_url(file)?;
        let public_url = public_url.unwrap_or_else(|| format!("http://{}", self.addresses.listen(file)));
        let group = GroupRef::Id(names::group(store, &self.group).await?.group.id);
        let secret = PlainToken::generate(PlainToken::LINK_PREFIX, &SystemEntropy);
        let make = |by| CreateLink {
            by,
            group,
            id: LinkId::generate(SystemClock.now(), &SystemEntropy),
            hash: secret.link_hash(),
            roles: self.role.map_or(RoleSet::NONE, |role| RoleSet::of(&[role])),
            uses_max: self.uses,
            expiry: self.expires.map_or(Expiry::Usual, Span::expiry),
            needs_approval: self.approval,
        };
        let link = self.acting.ask(store, make).await?.0;
        if self.acting.care.dry_run {
            // A secret that opens nothing would only be mistaken for one that does.
            return output::one(&Entry::of(&link, SystemClock.now()), json);
        }
        let address = format!("{public_url}/join/{}", secret.reveal());
        if !json {
            return output::line(&address);
        }
        let mut object = serde_json::to_value(Entry::of(&link, SystemClock.now()))?;
        object["secret"] = secret.reveal().into();
        object["address"] = address.into();
        output::line(&object.to_string())
    }
}

async fn list(group: GroupId, store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<Entry>(json);
    let now = SystemClock.now();
    let mut after = None;
    loop {
        let page = store.read().links(group, PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|link| listing.add(&Entry::of(link, now)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

/// A link as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    group: i64,
    creator: i64,
    roles: Vec<&'static str>,
    state: &'static str,
    uses: i64,
    uses_max: Option<i64>,
    approval: bool,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl Entry {
    fn of(link: &Link, now: Timestamp) -> Self {
        Self {
            id: link.id.to_string(),
            group: link.group.get(),
            creator: link.creator.get(),
            roles: role_names(link.roles),
            state: link.state(now).as_str(),
            uses: link.uses,
            uses_max: link.uses_max,
            approval: link.needs_approval,
            created_at: output::time(link.created_at),
            expires_at: link.expires_at.map(output::time),
            revoked_at: link.revoked_at.map(output::time),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["id", "by", "state", "uses", "roles", "leads to", "created", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.creator.to_string(),
            self.state.to_owned(),
            self.uses_max.map_or_else(|| self.uses.to_string(), |max| format!("{} of {max}", self.uses)),
            self.roles.join(" "),
            if self.approval { "a request" } else { "membership" }.to_owned(),
            self.created_at.clone(),
            self.expires_at.clone().unwrap_or_else(|| "never".to_owned()),
        ]
    }
}
