//! A room's private token: the secret of a link that lets in whoever holds it. It is one of the links of the room, so that
//! whoever runs it can see its uses and take it back; another is made the next time that somebody who may looks.

use axum::extract::State;
use guestlist_core::Refusal;
use guestlist_core::command::{CreateLink, Expiry, UseLink};
use guestlist_core::group::{GroupKind, GroupRef};
use guestlist_core::ids::LinkId;
use guestlist_core::link::LinkRef;
use guestlist_core::member::RoleSet;
use guestlist_core::outcome::Standing;
use guestlist_core::policy;
use guestlist_identity::token::PlainToken;
use guestlist_store::directory::STANDING_LINKS_MAX;
use guestlist_store::{GroupView, Rejection};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::{Answer, FieldFault};
use super::super::caller::Caller;
use super::super::schema::Failures;
use super::invitation::faulty;
use super::schema::BadFields;
use super::scope::Invite;
use super::{ROOMS, room};
use crate::App;
use crate::authenticate::Asker;
use crate::link_secret::Key;
use crate::openapi::always;
use crate::path::Segments;

/// The room that somebody came into.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameIn {
    #[schema(minimum = 1, example = 42)]
    room_id: i64,
    #[schema(schema_with = always::<true>)]
    success: bool,
    /// Whether the caller was not in it before.
    is_new_member: bool,
}

/// Comes into a group by its private token
///
/// Which is not used up by that.
#[utoipa::path(
    get,
    path = "/v1/rooms/group/{url}/accept/{token}",
    operation_id = "joinGroupByPrivateToken",
    tag = ROOMS,
    params(
        ("url" = String, Path, description = "The group's name in addresses.", example = "my-halaqa"),
        ("token" = String, Path, description = "Its private token.", example = "private-room-token"),
    ),
    responses((status = 200, description = "A member, now or before.", body = CameIn), Failures, BadFields)
)]
pub(super) async fn accept_in_group(
    caller: Caller<Invite>,
    app: State<App>,
    Segments([url, token]): Segments<2>,
) -> Result<Answer, Answer> {
    come(&app, &caller, GroupKind::Group, &url, &token).await
}

/// Comes into a page by its private token
///
/// Which is not used up by that.
#[utoipa::path(
    get,
    path = "/v1/rooms/page/{subdomain}/accept/{token}",
    operation_id = "joinPageByPrivateToken",
    tag = ROOMS,
    params(
        ("subdomain" = String, Path, description = "The page's name in addresses.", example = "my-page"),
        ("token" = String, Path, description = "Its private token.", example = "private-room-token"),
    ),
    responses((status = 200, description = "A member, now or before.", body = CameIn), Failures, BadFields)
)]
pub(super) async fn accept_in_page(
    caller: Caller<Invite>,
    app: State<App>,
    Segments([subdomain, token]): Segments<2>,
) -> Result<Answer, Answer> {
    come(&app, &caller, GroupKind::Page, &subdomain, &token).await
}

async fn come(app: &App, caller: &Asker, kind: GroupKind, address: &str, token: &str) -> Result<Answer, Answer> {
    let invalid = || faulty(FieldFault::Invalid);
    let view = room::by_address(app, kind, address, Some(caller)).await?.ok_or_else(invalid)?;
    let hash = PlainToken::presented(token).map_err(|_| invalid())?.link_hash();
    let link = app.store.read().link(LinkRef::Hash(hash)).await?;
    let is_of_room = link.is_some_and(|link| link.group == view.group.id && link.is_standing());
    if !is_of_room {
        return Err(invalid());
    }
    let ask = UseLink { by: caller.id, link: hash };
    let came = caller.submit(app, ask).await.map_err(|rejection| match rejection {
        Rejection::Refused(
            Refusal::LinkNotFound
            | Refusal::LinkClosed(_)
            | Refusal::GroupArchived
            | Refusal::GroupFull
            | Refusal::WaitingListFull,
            _,
        ) => invalid(),
        rejection => rejection.into(),
    })?;
    let is_new_member = came.standing == Standing::Joined;
    Ok(Answer::ok(CameIn { room_id: came.group.get(), success: true, is_new_member }))
}

/// The private token of a room, if the viewer may know it; made if there is none yet.
pub(super) async fn of_room(app: &App, view: &GroupView, viewer: &Asker) -> Result<Option<String>, Answer> {
    if !policy::is_admin(view.membership.as_ref()) {
        return Ok(None);
    }
    let key = Key::load(app).await?;
    let links = app.store.read().standing_links(view.group.id).await?;
    for link in &links {
        if let Some(secret) = key.secret_of(link)? {
            return Ok(Some(secret.reveal().to_owned()));
        }
    }
    // Where there are so many that one more would not be found again, none is made.
    if links.len() >= STANDING_LINKS_MAX {
        return Ok(None);
    }
    let id = LinkId::generate(app.now(), &*app.entropy);
    let secret = key.secret(id)?;
    let make = CreateLink {
        by: viewer.id,
        group: GroupRef::Id(view.group.id),
        id,
        hash: secret.link_hash(),
        roles: RoleSet::NONE,
        uses_max: None,
        expiry: Expiry::Unlimited,
        needs_approval: false,
    };
    match viewer.submit(app, make).await {
        Ok(_) => Ok(Some(secret.reveal().to_owned())),
        // Where nobody may make a link, or nobody could come in by it, there is no token.
        Err(Rejection::Refused(Refusal::NotAllowed(_) | Refusal::GroupArchived, _)) => Ok(None),
        Err(rejection) => Err(rejection.into()),
    }
}
