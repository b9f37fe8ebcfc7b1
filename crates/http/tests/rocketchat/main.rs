//! The Rocket.Chat API from the outside: requests as its clients send them, answers compared whole.
//!
//! What is wanted is what Rocket.Chat 8.8 does. The numbers in comments are sections of the contract that describes it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod access_tokens;
mod creating;
mod credentials;
mod greeting;
mod groups_info;
mod groups_invite;
mod groups_members;
mod info;
mod limit;
mod links;
mod lists;
mod login;
mod matrix;
mod me;
mod support;
mod transport;
mod users;
