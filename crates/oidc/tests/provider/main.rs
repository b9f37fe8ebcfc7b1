//! An identity provider from guestlist's side: what its tokens must be, when it is asked, and what happens when it fails.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]
#![expect(clippy::needless_pass_by_value, reason = "claims are written where they are signed")]

mod failures;
mod introspection;
mod keys;
mod person;
mod support;
mod tokens;
