//! The `guestlist` binary: commands for operators, and the wiring of everything.
//!
//! Exit codes: 0 done; 1 refused or failed, with the reason on standard error; 2 the command line itself is wrong; 3 done
//! in part.

mod acting;
mod args;
mod ask;
mod commands;
mod config;
mod ending;
mod issuer;
mod mail;
mod names;
mod output;
mod permissions;
mod refusal;
mod standing;
mod sweeper;
mod times;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::ending::Partly;

/// A command is made on one thread and freed on another, which the system's allocator does not take well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    match commands::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("{}error:{} {error:#}", output::ALARM.render(), output::ALARM.render_reset());
            if error.is::<Partly>() { ExitCode::from(3) } else { ExitCode::FAILURE }
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
