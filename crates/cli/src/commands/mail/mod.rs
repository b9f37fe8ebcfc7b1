//! `guestlist mail`: what is written to people, and what comes back.

mod bounce;
pub(crate) mod check;

use clap::Subcommand;
use guestlist_core::command::ReviveAddress;
use guestlist_core::names::Email;
use guestlist_store::Store;
use serde::Serialize;

use crate::acting::Care;
use crate::config::File;
use crate::output::{self, Show};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write every mail in every language, and tell what is wrong with any
    ///
    /// To nobody: for whoever has templates or words of their own. --database is not looked at.
    Check(check::Args),
    /// Tell how much mail waits to be sent
    Queue,
    /// Take in mail that came back, and complaints
    ///
    /// What came back is shown to whoever invited, and addresses at which nobody reads mail are not written to again. Whoever
    /// complains is sent no invitations any more. What is no report about a mail of this installation is passed over.
    Bounce(bounce::Args),
    /// Write to an address again at which nobody read mail
    Revive {
        /// Which
        #[arg(value_parser = Email::parse)]
        address: Email,
        #[command(flatten)]
        care: Care,
    },
}

pub(crate) async fn run(command: Command, store: &Store, file: &File, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Check(check) => check.run(file, json),
        Command::Queue => {
            let queue = store.read().mail_queue().await?;
            output::one(&Queue { mails: queue.mails, first_due_at: queue.first_due_at.map(output::time) }, json)
        }
        Command::Bounce(bounce) => bounce.run(store, json).await,
        Command::Revive { address, care } => {
            let shown = address.to_string();
            care.ask(store, ReviveAddress { by: None, address }).await?;
            output::one(&Revived { address: shown }, json)
        }
    }
}

/// What waits to be sent, as it is printed.
#[derive(Debug, Serialize)]
struct Queue {
    mails: u64,
    first_due_at: Option<String>,
}

impl Show for Queue {
    const HEADINGS: &'static [&'static str] = &["mails", "first due"];

    fn cells(&self) -> Vec<String> {
        vec![self.mails.to_string(), self.first_due_at.clone().unwrap_or_default()]
    }
}

/// An address that is written to again, as it is printed.
#[derive(Debug, Serialize)]
struct Revived {
    address: String,
}

impl Show for Revived {
    const HEADINGS: &'static [&'static str] = &["written to again"];

    fn cells(&self) -> Vec<String> {
        vec![self.address.clone()]
    }
}
