//! The APIs that guestlist speaks, one folder each.

mod native;
mod quran;
mod quran_legacy;
mod rocketchat;

use axum::Router;

use crate::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(quran_legacy::routes())
        .merge(quran::routes())
        .merge(rocketchat::routes())
        .merge(native::routes())
}
