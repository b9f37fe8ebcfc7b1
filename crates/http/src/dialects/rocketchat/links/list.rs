//! All links there are.

use axum::http::StatusCode;
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, bare};
use super::super::params::Naming;
use super::wire::Invite;
use super::{LINKS, require_all};
use crate::link_secret::Key;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/listInvites",
    verb: Verb::Get,
    login: Login::Needed,
    naming: Naming::Loose,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: LINKS,
    summary: "Lists all links",
    description: "Those whose time is over, too. For administrators. A link that was made elsewhere is named by an id that \
        lets nobody in.",
    answer: bare::<Vec<Invite>>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    require_all(&call)?;
    let key = Key::load(&call.app).await?;
    let links = call.app.store.read().room_links(None).await?;
    let shown = links.iter().map(|link| Invite::of(link, &key)).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer { status: StatusCode::OK, body: json!(shown) })
}
