//! Who asks for a change, and whether it shall really be made.

use guestlist_core::command::Ask;
use guestlist_core::ids::UserId;
use guestlist_store::Store;

use crate::ask::{ask, rehearse};
use crate::{names, output};

/// Whether a change shall really be made.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Care {
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl Care {
    /// Carries a command out, or rehearses it.
    pub(crate) async fn ask<A: Ask>(self, store: &Store, command: A) -> anyhow::Result<A::Outcome> {
        if !self.dry_run {
            return ask(store, command).await;
        }
        let outcome = rehearse(store, command).await?;
        output::note("this was a rehearsal: nothing was changed");
        Ok(outcome)
    }
}

/// A user who asks for a change.
#[derive(Debug, clap::Args)]
pub(crate) struct Acting {
    /// Who does it: a number, a uid, a username or an e-mail address
    #[arg(long = "as", value_name = "USER")]
    by: String,
    #[command(flatten)]
    pub(crate) care: Care,
}

impl Acting {
    /// The user.
    pub(crate) async fn user(&self, store: &Store) -> anyhow::Result<UserId> {
        Ok(names::user(store, &self.by).await?.id)
    }

    /// Carries out, or rehearses, the command that `make` gives for the user.
    pub(crate) async fn ask<A: Ask>(
        &self,
        store: &Store,
        make: impl FnOnce(UserId) -> A,
    ) -> anyhow::Result<A::Outcome> {
        self.care.ask(store, make(self.user(store).await?)).await
    }
}
