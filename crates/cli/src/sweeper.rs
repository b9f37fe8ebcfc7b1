//! Recording, from time to time, what happens because time passes.

use std::convert::Infallible;
use std::time::Duration;

use guestlist_http::App;
use guestlist_store::{Swept, chain};
use tokio::time::MissedTickBehavior;

/// Between two sweeps. Nothing depends on it: what is dead is dead before it is recorded.
const EVERY: Duration = Duration::from_secs(30);

/// Sweeps, now and again, until it is dropped.
pub(crate) async fn run(app: &App) -> Infallible {
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match app.store.sweep(app.clock.now()).await {
            Ok(Swept { invitations: 0, groups: 0, reminded: 0 }) => {}
            Ok(Swept { invitations, groups, reminded }) => {
                tracing::info!(invitations, groups, reminded, "recorded what had run out");
            }
            Err(error) => tracing::error!(error = chain(&error), "what has run out is recorded at the next turn"),
        }
    }
}
