//! Invite links.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::command::{CreateLink, Expiry, RevokeLink, UseLink};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::LinkId;
use guestlist_core::link::LinkRef;
use guestlist_core::outcome::{LinkCreated, LinkRevoked, LinkUsed};
use guestlist_core::version::{Version, Versioned};
use guestlist_core::{Refusal, policy};
use guestlist_identity::token::PlainToken;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PREFIX;
use super::answer::Answer;
use super::body::{AtMost, ExpiresIn, present};
use super::caller::Caller;
use super::group;
use super::link::LinkBody;
use super::page::{List, Paging};
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{LinksRead, LinksWrite};
use super::words::StandingWord;
use super::words::{RoleList, RoleWord};
use super::write::{IfMatch, Write};
use crate::App;
use crate::path::Segment;

/// A group's invite links in any state, oldest first. For owners and moderators.
#[utoipa::path(
    get,
    path = "/groups/{group}/links",
    operation_id = "list_links",
    tag = "Links",
    security(("bearer" = ["guestlist.links.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging),
    responses(
        (status = 200, description = "A page of links.", body = List<LinkBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn list(
    caller: Caller<LinksRead>,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<LinkBody>>, Problem> {
    let (now, request) = (app.now(), paging.request(LinkId::parse)?);
    let view = group::find_to_invite(&app, &caller, &name).await?;
    let page = app.store.read().links(view.group.id, request).await?;
    Ok(Answer::of(List::of(page, |link| LinkBody::of(link, now))))
}

/// An invite link. For owners and moderators of its group.
#[utoipa::path(
    get,
    path = "/links/{link}",
    operation_id = "get_link",
    tag = "Links",
    security(("bearer" = ["guestlist.links.read"])),
    params(("link" = String, Path, description = "The link's id.")),
    responses(
        (status = 200, description = "The link.", body = LinkBody),
        (status = 404, description = "There is no such link for you."),
    )
)]
pub(super) async fn show(
    caller: Caller<LinksRead>,
    app: State<App>,
    Segment(link): Segment,
) -> Result<Answer<LinkBody>, Problem> {
    let id = LinkId::parse(&link).ok_or(Refusal::LinkNotFound)?;
    let link = app.store.read().link(LinkRef::Id(id)).await?.ok_or(Refusal::LinkNotFound)?;
    let group = app.store.read().group(GroupRef::Id(link.group), Some(caller.id)).await?;
    let membership = group.and_then(|view| view.membership);
    if !policy::may_see_link(app.permissions(), &caller, membership.as_ref()) {
        return Err(Refusal::LinkNotFound.into());
    }
    let version = Version::of_link(&link);
    Ok(Answer::of(LinkBody::of(&link, app.now())).versioned(version))
}

/// A new invite link.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    /// What comes with it. Giving a role takes the right to.
    #[serde(default)]
    #[schema(value_type = Vec<RoleWord>, required = false)]
    roles: RoleList,
    /// How many people it lets in; any number if left out.
    #[serde(default)]
    #[schema(value_type = Option<i64>, required = false, minimum = 1)]
    uses_max: AtMost,
    /// How long it lives, in seconds; null for ever. As long as is usual if left out.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, required = false, minimum = 1, maximum = 4_294_967_295_i64)]
    expires_in: Option<ExpiresIn>,
    /// Whether whoever comes by it only asks to join.
    #[serde(default)]
    needs_approval: bool,
}

/// Makes an invite link. Its secret and its address are shown this once. For owners and moderators.
#[utoipa::path(
    post,
    path = "/groups/{group}/links",
    operation_id = "create_link",
    tag = "Links",
    security(("bearer" = ["guestlist.links.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write),
    request_body(content = Option<NewLink>),
    responses(
        (status = 201, description = "The link, with its secret.", body = LinkBody),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 409, description = "The group is archived."),
    )
)]
pub(super) async fn create(
    caller: Caller<LinksWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let NewLink { roles: RoleList(roles), uses_max: AtMost(uses_max), expires_in, needs_approval } =
        write.read_if_any()?;
    let secret = PlainToken::generate(PlainToken::LINK_PREFIX, &*app.entropy);
    let ask = CreateLink {
        by: caller.id,
        group: group::named(&name),
        id: LinkId::generate(app.now(), &*app.entropy),
        hash: secret.link_hash(),
        roles,
        uses_max,
        expiry: expires_in.map_or(Expiry::Usual, Expiry::from),
        needs_approval,
    };
    let public_url = app.public_url.clone();
    write
        .submit(&app, &caller, ask, move |LinkCreated(link)| {
            let body = LinkBody::made(&link, secret.reveal(), &public_url);
            Reply::created(&format!("{PREFIX}/links/{}", link.id), &body).versioned(Version::of_link(&link))
        })
        .await
}

/// Takes an invite link back. For owners and moderators.
#[utoipa::path(
    delete,
    path = "/links/{link}",
    operation_id = "revoke_link",
    tag = "Links",
    security(("bearer" = ["guestlist.links.write"])),
    params(("link" = String, Path, description = "The link's id."), Write, IfMatch),
    responses(
        (status = 200, description = "The link, which lets nobody in any more.", body = LinkBody),
        (status = 404, description = "There is no such link for you."),
    )
)]
pub(super) async fn revoke(
    caller: Caller<LinksWrite>,
    app: State<App>,
    Segment(link): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let link = LinkId::parse(&link).ok_or(Refusal::LinkNotFound)?;
    let now = app.now();
    let write = write.of(Versioned::Link(LinkRef::Id(link)));
    write
        .submit(&app, &caller, RevokeLink { by: caller.id, link }, move |LinkRevoked(link)| {
            Reply::ok(&LinkBody::of(&link, now)).versioned(Version::of_link(&link))
        })
        .await
}

/// What somebody came by.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkUse {
    /// The last part of the link's address.
    secret: String,
}

/// How somebody stands to a group that they wanted to join.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Joined)]
pub(super) struct JoinedBody {
    pub(super) group_id: i64,
    pub(super) standing: StandingWord,
}

/// Comes into a group by an invite link, or asks to.
#[utoipa::path(
    post,
    path = "/links/use",
    operation_id = "use_link",
    tag = "Links",
    security(("bearer" = ["guestlist.links.write"])),
    params(Write),
    request_body = LinkUse,
    responses(
        (status = 200, description = "How the caller stands to the group now.", body = JoinedBody),
        (status = 404, description = "There is no such link."),
        (status = 409, description = "The link lets nobody in any more, or the group takes nobody."),
    )
)]
pub(super) async fn come_by(caller: Caller<LinksWrite>, app: State<App>, write: Write) -> Result<Response, Problem> {
    let LinkUse { secret } = write.read()?;
    // What cannot be a secret is that of no link.
    let link = PlainToken::presented(&secret).map_err(|_| Refusal::LinkNotFound)?.link_hash();
    write
        .submit(&app, &caller, UseLink { by: caller.id, link }, |LinkUsed { group, standing }| {
            Reply::ok(&JoinedBody { group_id: group.get(), standing: standing.into() })
        })
        .await
}
