//! The APIs that guestlist speaks, one folder each.

pub(crate) mod native;
pub(crate) mod quran;
pub(crate) mod quran_legacy;
pub(crate) mod rocketchat;

use axum::Router;

use crate::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(quran_legacy::routes())
        .merge(quran::routes())
        .merge(rocketchat::routes())
        .merge(native::routes())
}
