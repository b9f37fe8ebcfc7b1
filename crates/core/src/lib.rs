//! The rules of guestlist, and nothing else.
//!
//! Every change is a [`Command`]: what somebody asks, free of any API's wording. Deciding it is a pure
//! function of the few rows it needs:
//!
//! ```text
//! decide(&Command, &Facts, now) -> Result<Decision { outcome, changes }, Refusal>
//! ```
//!
//! [`Command::needs`] says which [`Facts`] to load, the [`Change`]s say what to write, the [`Outcome`] is what the
//! caller learns, and a [`Refusal`] is an expected "no". This crate must never know about HTTP, SQL, threads, the
//! system's clock or its random numbers: time comes in as an argument, and whatever must be random arrives inside
//! the command.

pub mod change;
pub mod chat;
pub mod command;
pub mod credential;
pub mod decide;
pub mod delivery;
pub mod explain;
pub mod facts;
pub mod global_role;
pub mod group;
pub mod history;
pub mod ids;
pub mod invitation;
pub mod language;
pub mod link;
pub mod mail;
pub mod member;
pub mod names;
mod notices;
pub mod opt_out;
pub mod origin;
pub mod outcome;
pub mod permission;
pub mod policy;
pub mod ports;
#[cfg(feature = "testing")]
pub mod provoke;
pub mod refusal;
pub mod request;
pub mod settings;
pub mod time;
pub mod user;
pub mod version;
#[cfg(feature = "testing")]
pub mod world;

pub use change::Change;
pub use command::{Command, Needs};
pub use decide::{Decision, decide};
pub use facts::Facts;
pub use origin::Origin;
pub use outcome::Outcome;
pub use refusal::Refusal;
pub use settings::Settings;
pub use time::Timestamp;
