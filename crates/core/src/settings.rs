//! What the operator decides for the whole installation.

use crate::permission::Permissions;
use crate::time::Lifetime;

/// The operator's settings that rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long an invitation or a link lives if nobody says.
    pub usual_lifetime: Lifetime,
    /// The longest that an invitation or a link may live; without it, one may live for ever.
    pub longest_lifetime: Option<Lifetime>,
    /// Bounds on how much is invited; none, for imports and benchmarks.
    pub quotas: Option<Quotas>,
    /// The most members that any group may have.
    pub members_max: Option<i64>,
    /// Who may do what.
    pub permissions: Permissions,
    /// How long mail waits before it leaves, so that what is undone meanwhile is never sent. Without it, no mail is sent.
    pub hold_mail: Option<Lifetime>,
}

/// Bounds on how much is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Invitations of one group that are pending at the same time.
    pub pending_per_group: i64,
    /// New invitations by one inviter in one day of UTC.
    pub made_per_day: i64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { pending_per_group: 10_000, made_per_day: 10_000 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            usual_lifetime: Lifetime::from_days(7),
            longest_lifetime: Some(Lifetime::from_days(366)),
            quotas: Some(Quotas::default()),
            members_max: None,
            permissions: Permissions::default(),
            hold_mail: Some(Lifetime::from_secs(0)),
        }
    }
}

/// The time between two sendings of one invitation.
pub const RESEND_PAUSE: Lifetime = Lifetime::from_secs(3600);

/// How long a deleted group can be restored.
pub const GRACE: Lifetime = Lifetime::from_days(30);

/// How long somebody has to take over a group that was offered to them.
pub const OFFER_LIFETIME: Lifetime = Lifetime::from_days(7);

/// The most people that wait for a seat in one group.
pub const WAITING_MAX: u16 = 1000;

/// The most that one person refuses for good, beyond which only everyone is left to refuse.
pub const OPT_OUTS_MAX: usize = 1000;
