//! Quran Foundation's rooms from the outside. The expectations are those of the contract (4, 5, 7, 8, 9, 12).

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]
#![expect(clippy::needless_pass_by_value, reason = "bodies are written where they are sent or compared")]

mod credentials;
mod door;
mod groups;
mod invitation;
mod invite;
mod lists;
mod members;
mod pages;
mod people;
mod private_token;
mod profile;
mod story;
mod support;
