//! `guestlist client`: applications that call on behalf of users.

use anyhow::anyhow;
use clap::Subcommand;
use guestlist_core::command::{AddClient, RemoveClient};
use guestlist_core::credential::{Client, ClientId, Scopes};
use guestlist_store::Store;
use serde::Serialize;

use crate::acting::Care;
use crate::output::{self, Listing, Show};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register a client
    Add {
        /// Its OAuth 2 client id
        #[arg(long)]
        id: String,
        /// Its name for people
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// The most that its tokens may be used for, separated by blanks; * is everything
        #[arg(long, default_value = "*")]
        scopes: String,
        #[command(flatten)]
        care: Care,
    },
    /// List all clients
    List,
    /// Remove a client; its tokens stop working
    Remove {
        /// Its OAuth 2 client id
        id: String,
        #[command(flatten)]
        care: Care,
    },
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Add { id, name, scopes, care } => {
            let scopes =
                Scopes::parse(&scopes).map_err(|error| anyhow!("one of the scopes {error}; {}", Scopes::FORM))?;
            let added = care.ask(store, AddClient { by: None, id: parse(&id)?, name, scopes }).await?;
            output::one(&Entry::of(&added.0), json)
        }
        Command::List => {
            let mut listing = Listing::new::<Entry>(json);
            let clients = store.read().clients().await?;
            clients.iter().try_for_each(|client| listing.add(&Entry::of(client)))?;
            listing.finish()
        }
        Command::Remove { id, care } => {
            let removed = care.ask(store, RemoveClient { by: None, id: parse(&id)? }).await?;
            output::one(&Entry::of(&removed.0), json)
        }
    }
}

fn parse(id: &str) -> anyhow::Result<ClientId> {
    ClientId::parse(id).map_err(|error| anyhow!("the client id {id:?} {error}; {}", ClientId::FORM))
}

/// A client as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    name: String,
    scopes: String,
    created_at: String,
}

impl Entry {
    fn of(client: &Client) -> Self {
        Self {
            id: client.id.to_string(),
            name: client.name.clone(),
            scopes: client.scopes.to_string(),
            created_at: output::time(client.created_at),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["id", "name", "scopes", "created"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone(), self.scopes.clone(), self.created_at.clone()]
    }
}
