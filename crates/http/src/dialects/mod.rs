//! The APIs that guestlist speaks, one folder each.

pub(crate) mod native;
pub(crate) mod quran;
pub(crate) mod quran_legacy;
pub(crate) mod rocketchat;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::{App, origins};

pub(crate) fn routes(app: &App) -> Router<App> {
    let quran = quran_legacy::routes().merge(quran::routes());
    Router::new()
        .merge(quran.layer(from_fn_with_state(Arc::clone(&app.origins), origins::allow)))
        .merge(rocketchat::routes())
        .merge(native::routes())
}
