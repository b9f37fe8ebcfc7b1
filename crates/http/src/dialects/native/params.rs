//! Parameters of a query string, other than those of pages.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::Timestamp;
use guestlist_core::invitation::InvitationState;
use utoipa::IntoParams;

use super::problem::Problem;
use super::words::InvitationStateWord;
use crate::App;

/// The last value that the query string has for `name`.
pub(super) fn param<'p>(parts: &'p Parts, name: &str) -> Option<Cow<'p, str>> {
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    query.filter(|(found, _)| found == name).last().map(|(_, value)| value)
}

/// Reads a parameter that may be left out.
fn read<T>(parts: &Parts, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    param(parts, name).map(|text| parse(&text).ok_or(Problem::InvalidParameter(name))).transpose()
}

/// At which time to look.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct At {
    /// The instant to look at (RFC 3339); the present if left out.
    #[param(value_type = String, required = false, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub(super) at: Option<Timestamp>,
}

impl FromRequestParts<App> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let instant = |text: &str| text.parse().ok().map(jiff::Timestamp::as_millisecond);
        Ok(Self { at: read(parts, "at", instant)?.map(Timestamp::from_millis) })
    }
}

/// In which state.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct InState {
    /// The state of the invitations; pending ones if left out.
    #[param(value_type = InvitationStateWord, required = false)]
    pub(super) state: InvitationState,
}

impl FromRequestParts<App> for InState {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let state = read(parts, "state", InvitationState::parse)?;
        Ok(Self { state: state.unwrap_or(InvitationState::Pending) })
    }
}
