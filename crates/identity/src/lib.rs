//! Who is calling? Opaque tokens, JSON Web Tokens, passwords: checked here, never stored here.
//!
//! This crate works on what a request presents and what storage says about it; it reaches for neither itself.

pub mod caller;
pub mod issuer;
pub mod jwt;
pub mod password;
pub mod person;
pub mod seal;
pub mod token;

mod error;

pub use caller::Caller;
pub use error::Unauthenticated;
