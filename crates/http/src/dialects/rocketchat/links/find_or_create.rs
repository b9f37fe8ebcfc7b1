//! A link to a group: the one that the caller has made, or a new one.

use guestlist_core::Refusal;
use guestlist_core::command::{CreateLink, Expiry};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{LinkId, Uid};
use guestlist_core::link::LinkState;
use guestlist_core::member::RoleSet;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::time::Lifetime;
use guestlist_store::rooms::RoomLink;
use guestlist_store::{GroupView, Rejection};
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::wire::{Invite, days};
use super::{LINKS, not_authorized};
use crate::link_secret::Key;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/findOrCreateInvite",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[
        Field::required("rid", Kind::Text, "The group."),
        Field::required("days", Kind::Integer, "How long it lives: 1, 7, 15 or 30, or 0 for ever."),
        Field::required("maxUses", Kind::Integer, "How many it lets in: 1, 5, 10, 25, 50 or 100, or 0 for any number."),
    ],
    calls_max: CALLS_MAX,
    tag: LINKS,
    summary: "Makes a link",
    description: "The caller's own of the same kind is given again as long as it is good.",
    answer: success::<Invite>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "findOrCreateInvite";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let rid = params.text("rid").unwrap_or_default();
    let of_rid =
        |code: &str, reason: &str| Answer::refused(code, reason, Some(json!({ "method": METHOD, "field": "rid" })));
    if rid.is_empty() {
        return Err(of_rid("error-the-field-is-required", "The field rid is required"));
    }
    let view = match Uid::parse(&rid) {
        Some(uid) => app.store.read().group(GroupRef::Uid(uid), Some(caller.id)).await?,
        None => None,
    };
    let membership = view.as_ref().and_then(|view| view.membership.as_ref());
    if !policy::has(app.permissions(), Permission::CreateLink, caller, membership) {
        return Err(not_authorized());
    }
    let view = view.filter(|view| view.membership.is_some());
    let view = view.ok_or_else(|| of_rid("error-invalid-room", "The rid field is invalid"))?;
    let days = params.integer("days").unwrap_or_default();
    if ![0, 1, 7, 15, 30].contains(&days) {
        let reason = "Invite should expire in 1, 7, 15 or 30 days, or send 0 to never expire.";
        return Err(Answer::refused("invalid-number-of-days", reason, None));
    }
    let uses = params.integer("maxUses").unwrap_or_default();
    if ![0, 1, 5, 10, 25, 50, 100].contains(&uses) {
        let reason = "Invite should be valid for 1, 5, 10, 25, 50, 100 or infinite (0) uses.";
        return Err(Answer::refused("invalid-number-of-uses", reason, None));
    }
    let key = Key::load(app).await?;
    let found = match known(&call, &view, &key, days, uses).await? {
        Some(known) => known,
        None => make(&call, view, &key, days, uses).await?,
    };
    Ok(Answer::ok(Invite::with_url(&found, &key, app)?))
}

/// The link of this kind that the caller has made before, if it is still good.
async fn known(call: &Call, view: &GroupView, key: &Key, lives: i64, uses: i64) -> Result<Option<RoomLink>, Answer> {
    let now = call.app.now();
    let made = call.app.store.read().room_links(Some((view.group.id, call.caller.id))).await?;
    for found in made {
        let link = &found.link;
        let is_alike = link.uses_max.unwrap_or(0) == uses && days(link) == lives;
        let is_plain = link.roles == RoleSet::NONE && !link.needs_approval;
        if is_alike && is_plain && link.state(now) == LinkState::Open && key.secret_of(link)?.is_some() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn make(call: &Call, view: GroupView, key: &Key, days: i64, uses: i64) -> Result<RoomLink, Answer> {
    let Call { app, caller, .. } = call;
    let id = LinkId::generate(app.now(), &*app.entropy);
    let create = CreateLink {
        by: caller.id,
        group: GroupRef::Id(view.group.id),
        id,
        hash: key.secret(id)?.link_hash(),
        roles: RoleSet::NONE,
        uses_max: Some(uses).filter(|uses| *uses > 0),
        expiry: match u16::try_from(days) {
            Ok(days @ 1..) => Expiry::After(Lifetime::from_days(days)),
            _ => Expiry::Unlimited,
        },
        needs_approval: false,
    };
    let made = caller.submit(app, create).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::NotAllowed(_), _) => not_authorized(),
        Rejection::Refused(Refusal::GroupArchived, _) => Answer::room_archived(view.group.slug.as_str()),
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    let creator = guestlist_core::user::User::clone(caller);
    Ok(RoomLink { link: made.0, group: view.group, creator })
}
