//! What happens because time passes: invitations expire, people are reminded of them before, and deleted groups are
//! forgotten.

use guestlist_core::command::{ExpireInvitations, Invite, PurgeGroup, RemindInvitees};
use guestlist_core::settings::GRACE;
use guestlist_core::{Refusal, Timestamp};

use crate::Store;
use crate::error::{Rejection, StoreError};

/// What one sweep found to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Invitations now recorded as expired.
    pub invitations: usize,
    /// Groups now forgotten.
    pub groups: usize,
    /// People reminded of their invitations.
    pub reminded: usize,
}

impl Store {
    /// Records everything that is due at `now`. Any number of nodes may do so at the same time, and nothing depends on
    /// how often: what is dead is dead before it is recorded.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        loop {
            let invitations = self.read().due_invitations(now, Invite::TARGETS_MAX).await?;
            let found = invitations.len();
            let expired = unless_refused(self.submit(ExpireInvitations { invitations }).await)?;
            let expired = expired.map_or(0, |expired| expired.expired);
            swept.invitations += expired;
            // None of them, if the clock went back meanwhile: then they are not due any more.
            if found < Invite::TARGETS_MAX || expired == 0 {
                break;
            }
        }
        loop {
            let invitations = self.read().invitations_to_remind(now, Invite::TARGETS_MAX).await?;
            let found = invitations.len();
            let reminded = unless_refused(self.submit(RemindInvitees { invitations }).await)?;
            let reminded = reminded.map_or(0, |reminded| reminded.reminded);
            swept.reminded += reminded;
            if found < Invite::TARGETS_MAX || reminded == 0 {
                break;
            }
        }
        for group in self.read().deleted_groups(now - GRACE).await? {
            match unless_refused(self.submit(PurgeGroup { group }).await) {
                Ok(purged) => swept.groups += usize::from(purged.is_some()),
                // One that is too big to be forgotten at once must not keep the others.
                Err(error) => tracing::error!(error = crate::chain(&error), %group, "a group could not be forgotten"),
            }
        }
        Ok(swept)
    }
}

/// Another node may have been faster.
fn unless_refused<T>(result: Result<T, Rejection>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(Rejection::Refused(refusal, _)) => {
            tracing::debug!(refusal = Refusal::code(refusal), "somebody else swept");
            Ok(None)
        }
        Err(Rejection::Failed(error)) => Err(error),
    }
}
