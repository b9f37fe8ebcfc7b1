//! How often one invitation may have a link to sign in mailed: each goes to an address that somebody typed.

use std::num::NonZeroU32;

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use guestlist_core::ids::InvitationId;

/// Links in an hour.
const LINKS_MAX: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");

/// Beyond so many invitations, those are forgotten that asked for none lately.
const REMEMBERED: usize = 4096;

/// Counts the links of each invitation. Each node counts for itself.
pub(crate) struct LinkLimit(RateLimiter<InvitationId, HashMapStateStore<InvitationId>, DefaultClock>);

impl Default for LinkLimit {
    fn default() -> Self {
        Self(RateLimiter::hashmap(Quota::per_hour(LINKS_MAX)))
    }
}

impl LinkLimit {
    /// Counts one more, if it may be.
    pub(crate) fn count(&self, invitation: InvitationId) -> bool {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&invitation).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use guestlist_core::world::group;

    use super::*;

    #[test]
    fn the_sixth_link_within_an_hour_is_one_too_many_and_others_are_not_held_up() {
        let world = group("circle");
        let limit = LinkLimit::default();
        let (one, other) = (world.fresh_invitation(0), world.fresh_invitation(1));
        assert!((0..5).all(|_| limit.count(one)));
        assert!(!limit.count(one));
        assert!(limit.count(other));
    }
}
