//! What stands behind a change.

use crate::command::Command;
use crate::ids::{BatchId, UserId};
use crate::origin::Origin;

/// Who and what stands behind the changes of one command, for the events.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// The user who asked; the operator, or time, if absent.
    pub actor: Option<UserId>,
    /// Where the command came from.
    pub origin: &'a Origin,
    /// The batch of invitations that the command made.
    pub batch: Option<BatchId>,
}

impl<'a> Cause<'a> {
    /// What stands behind the changes of `command`, which came from `origin`.
    #[must_use]
    pub const fn of(command: &Command, origin: &'a Origin) -> Self {
        Self { actor: command.actor(), origin, batch: command.batch() }
    }
}
