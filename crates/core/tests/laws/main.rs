//! What holds after any sequence of commands, whoever asks.

#![expect(clippy::unwrap_used, reason = "a test whose own names are wrong shall stop")]

mod answers;
mod batches;
mod clerk;
mod groups;
mod invitations;
mod names;
mod needs;
mod state;
mod steps;
mod storage;
mod town;

use guestlist_core::{Command, Decision, Refusal, Settings};
use proptest::prelude::*;

use crate::steps::{Pause, Step};
use crate::town::Town;

/// How many histories each law is held against.
pub(crate) fn histories(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Runs `steps` one after the other and shows the town after each.
pub(crate) fn play(
    settings: Settings,
    steps: &[(Pause, Step)],
    mut look: impl FnMut(&Town, &Command, &Result<Decision, Refusal>) -> Result<(), TestCaseError>,
) -> Result<Town, TestCaseError> {
    let mut town = Town::new(settings);
    for (pause, step) in steps {
        town.wait(*pause);
        for command in town.commands([step]) {
            let decided = town.run(&command);
            look(&town, &command, &decided)?;
        }
    }
    Ok(town)
}
