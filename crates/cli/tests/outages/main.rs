//! What is begun is finished, and what was acknowledged stays, whatever stops or fails. These tests wait for much of their
//! time, and so they wait together.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
#[path = "../support/mod.rs"]
mod support;

mod faults;
mod shutdown;
