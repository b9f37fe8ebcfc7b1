//! `guestlist explain`: why the answer is no, or would be.

mod rehearse;
mod rules;

pub(crate) use self::rehearse::{Action, run};
pub(crate) use self::rules::rules;

/// A code, or a command to rehearse.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_value_name = "ACTION")]
pub(crate) struct Args {
    /// The code of a refusal, such as group-full [default: all of them]
    pub(crate) code: Option<String>,
    #[command(subcommand)]
    pub(crate) action: Option<Action>,
}
