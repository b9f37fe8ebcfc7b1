//! How a command ends, as its exit code tells programs.

use std::fmt;

/// Some of what was asked was done, and some was not, or may not have been: the exit code is 3.
#[derive(Debug)]
pub(crate) struct Partly(pub(crate) String);

impl Partly {
    /// An error if something failed, of another kind if everything did.
    pub(crate) fn unless_whole(failed: usize, all: usize, advice: &str) -> anyhow::Result<()> {
        if failed == 0 {
            Ok(())
        } else if failed == all {
            Err(anyhow::anyhow!("all {all} failed; {advice}"))
        } else {
            Err(Self(format!("{failed} of {all} failed; {advice}")).into())
        }
    }
}

impl fmt::Display for Partly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Partly {}

/// What the exit codes say; for the help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused or failed: nothing was changed, and standard error says why and what to do;
     for `doctor`, something was found
  2  the command line itself is wrong
  3  done in part: some of several were refused, and the output says which and why; or it was
     stopped or broke off on the way, and standard error says how to go on";
