//! Taking a link back.

use axum::http::StatusCode;
use guestlist_core::Refusal;
use guestlist_core::command::RevokeLink;
use guestlist_core::ids::LinkId;
use guestlist_core::link::LinkRef;
use guestlist_identity::token::PlainToken;
use guestlist_store::Rejection;
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, bare};
use super::super::params::Naming;
use super::{LINKS, require_all};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/removeInvite/{_id}",
    verb: Verb::Delete,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: LINKS,
    summary: "Takes a link back",
    description: "Whoever has come by it stays. For administrators.",
    answer: bare::<bool>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "removeInvite";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    require_all(&call)?;
    let unknown = || Answer::refused_by(METHOD, "invalid-invitation-id", "Invalid Invitation _id");
    let id = call.params.text("_id").unwrap_or_default();
    let which = match LinkId::parse(&id) {
        Some(id) => LinkRef::Id(id),
        None => LinkRef::Hash(PlainToken::presented(&id).map_err(|_| unknown())?.link_hash()),
    };
    let link = call.app.store.read().link(which).await?;
    let link = link.filter(|link| link.revoked_at.is_none()).ok_or_else(unknown)?;
    let revoke = RevokeLink { by: call.caller.id, link: link.id };
    call.caller.submit(&call.app, revoke).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::LinkNotFound, _) => unknown(),
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    Ok(Answer { status: StatusCode::OK, body: json!(true) })
}
