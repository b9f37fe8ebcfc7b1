//! Whether a link lets anybody in.

use guestlist_core::link::LinkState;
use guestlist_identity::token::PlainToken;
use guestlist_store::StoreError;
use guestlist_store::rooms::RoomLink;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Endpoint, Login, OpenCall, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::LINKS;
use crate::App;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/validateInviteToken",
    verb: Verb::Post,
    login: Login::NotNeeded,
    naming: Naming::Nothing,
    fields: &[Field::required("token", Kind::Text, "The `_id` of a link.")],
    calls_max: CALLS_MAX,
    tag: LINKS,
    summary: "Tells whether a link is good",
    description: "To anybody who holds it.",
    answer: success::<Valid>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve_anybody(handle)
}

async fn handle(call: OpenCall) -> Result<Answer, Answer> {
    let found = find(&call.app, &call.params.text("token").unwrap_or_default()).await?;
    let now = call.app.now();
    let valid = found.is_some_and(|found| found.group.deleted_at.is_none() && found.link.state(now) == LinkState::Open);
    Ok(Answer::ok(Valid { valid }))
}

/// The link whose secret this is, even if its group is gone. One by which people only ask to come in is none to this API.
pub(super) async fn find(app: &App, token: &str) -> Result<Option<RoomLink>, StoreError> {
    let Ok(secret) = PlainToken::presented(token) else { return Ok(None) };
    let found = app.store.read().link_anywhere(secret.link_hash()).await?;
    Ok(found.filter(|found| found.link.revoked_at.is_none() && !found.link.needs_approval))
}

/// Whether it does.
#[derive(Debug, Serialize, ToSchema)]
struct Valid {
    valid: bool,
}
