//! Asking for a change on the command line.

use guestlist_core::Origin;
use guestlist_core::command::Ask;
use guestlist_core::origin::Via;
use guestlist_store::{Rejection, Store};

use crate::refusal::explain;

/// Carries out a command that was given on the command line, as its events will tell.
pub(crate) async fn ask<A: Ask>(store: &Store, command: A) -> anyhow::Result<A::Outcome> {
    submit(store, command).await.map_err(explain)
}

/// The same, with the rejection as it is, for whoever has more to ask.
pub(crate) async fn submit<A: Ask>(store: &Store, command: A) -> Result<A::Outcome, Rejection> {
    store.submit_from(&Origin::of(Via::CommandLine), command).await
}

/// Says what would become of a command, and changes nothing.
pub(crate) async fn rehearse<A: Ask>(store: &Store, command: A) -> anyhow::Result<A::Outcome> {
    store.rehearse(command).await.map_err(explain)
}
