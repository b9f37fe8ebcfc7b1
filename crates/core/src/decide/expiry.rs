//! When something ends that somebody asks to live so long.

use crate::command::Expiry;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::time::Timestamp;

/// The end of something that begins at `now`, within what the operator allows; `None` is never.
pub(super) fn end(expiry: Expiry, settings: &Settings, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
    match (expiry, settings.longest_lifetime) {
        (Expiry::Usual, longest) => {
            let usual = longest.map_or(settings.usual_lifetime, |longest| longest.min(settings.usual_lifetime));
            Ok(Some(now + usual))
        }
        (Expiry::After(lifetime), _) if lifetime.as_millis() == 0 => Err(Refusal::EndInThePast),
        (Expiry::After(lifetime), Some(longest)) if lifetime > longest => Err(Refusal::LifetimeTooLong(longest)),
        (Expiry::After(lifetime), _) => Ok(Some(now + lifetime)),
        (Expiry::Never, Some(longest)) => Err(Refusal::LifetimeTooLong(longest)),
        (Expiry::Never, None) | (Expiry::Unlimited, _) => Ok(None),
    }
}
