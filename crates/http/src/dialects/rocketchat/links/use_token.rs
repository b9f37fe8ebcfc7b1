//! Coming in by a link.

use guestlist_core::Refusal;
use guestlist_core::command::UseLink;
use guestlist_core::link::LinkState;
use guestlist_core::outcome::Standing;
use guestlist_store::Rejection;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::wire::kind;
use super::{LINKS, validate};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/useInviteToken",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[Field::required("token", Kind::Text, "The `_id` of a link.")],
    calls_max: CALLS_MAX,
    tag: LINKS,
    summary: "Comes in by a link",
    description: "As a plain member. Whoever is in already uses nothing up.",
    answer: success::<Come>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let token = call.params.text("token").unwrap_or_default();
    if token.is_empty() {
        return Err(invalid("useInviteToken", "token"));
    }
    let found = validate::find(&call.app, &token).await?;
    let found = found.ok_or_else(|| invalid("validateInviteToken", "token"))?;
    let (link, group) = (found.link, found.group);
    if group.deleted_at.is_some() {
        let details = json!({ "method": "validateInviteToken", "field": "rid" });
        return Err(Answer::refused("error-invalid-room", "The invite token is invalid.", Some(details)));
    }
    // Before anything else, even for who is in already.
    closed(link.state(call.app.now()))?;
    let come = UseLink { by: call.caller.id, link: link.hash };
    let come = call.caller.submit(&call.app, come).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::LinkNotFound, _) => invalid("validateInviteToken", "token"),
        Rejection::Refused(Refusal::LinkClosed(state), _) => {
            closed(state).err().unwrap_or_else(|| invalid("validateInviteToken", "token"))
        }
        Rejection::Refused(Refusal::GroupArchived, _) => Answer::room_archived(group.slug.as_str()),
        rejection => Answer::rejected(rejection, "useInviteToken"),
    })?;
    match come.standing {
        Standing::Joined | Standing::AlreadyMember => {
            let room = Room {
                rid: group.uid.to_string(),
                fname: group.name.to_string(),
                name: group.slug.to_string(),
                t: kind(&group),
            };
            Ok(Answer::ok(Come { room }))
        }
        // There is no seat, or somebody has to say yes. This API has no word for who waits.
        Standing::Waiting | Standing::Requested => {
            Err(Answer::refused_by("useInviteToken", "error-user-limit-exceeded", "User Limit Exceeded"))
        }
    }
}

fn closed(state: LinkState) -> Result<(), Answer> {
    let expired = |field: &str| {
        let details = json!({ "method": "validateInviteToken", "field": field });
        Err(Answer::refused("error-invite-expired", "The invite token has expired.", Some(details)))
    };
    match state {
        LinkState::Open => Ok(()),
        LinkState::Expired => expired("expires"),
        LinkState::UsedUp => expired("maxUses"),
        LinkState::Revoked => Err(invalid("validateInviteToken", "token")),
    }
}

fn invalid(method: &str, field: &str) -> Answer {
    let details = json!({ "method": method, "field": field });
    Answer::refused("error-invalid-token", "The invite token is invalid.", Some(details))
}

/// Where the link leads.
#[derive(Debug, Serialize, ToSchema)]
struct Come {
    room: Room,
}

/// A group, as short as can be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoomTag)]
struct Room {
    rid: String,
    fname: String,
    name: String,
    t: &'static str,
}
