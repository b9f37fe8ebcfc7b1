//! Mail: what it says, how it is sent, and the worker that sends it.

pub mod bounce;
pub mod folder;
pub mod greeter;
pub mod message;
pub mod render;
pub mod smtp;
mod transport;
pub mod verp;
pub mod worker;

pub use self::transport::{Transport, Undelivered};
