//! Asking for a change on the operator's behalf.

use guestlist_core::Origin;
use guestlist_core::command::Ask;
use guestlist_core::origin::Via;
use guestlist_store::Store;

use crate::refusal::explain;

/// Carries out a command that was given on the command line, as its events will tell.
pub(crate) async fn ask<A: Ask>(store: &Store, command: A) -> anyhow::Result<A::Outcome> {
    store.submit_from(&Origin::of(Via::CommandLine), command).await.map_err(explain)
}
