//! Handing a group over.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::command::{AcceptOwnership, OfferOwnership, WithdrawOwnership};
use guestlist_core::outcome::{OwnershipAccepted, OwnershipOffered, OwnershipWithdrawn};
use guestlist_core::user::UserRef;
use guestlist_core::version::Versioned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Id;
use super::caller::Caller;
use super::group::{self, OfferBody};
use super::problem::Problem;
use super::reply::Reply;
use super::scope::GroupsWrite;
use super::write::{IfMatch, Write};
use crate::App;
use crate::path::Segment;

/// Whom to hand a group over to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOffer {
    /// A member who is not one of its owners.
    #[schema(value_type = i64, minimum = 1)]
    to_id: Id,
}

/// Offers the group to a member, who has 7 days to accept. For owners.
#[utoipa::path(
    put,
    path = "/groups/{group}/ownership_offer",
    operation_id = "offer_ownership",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    request_body = NewOffer,
    responses(
        (status = 200, description = "The offer; an earlier one is void.", body = OfferBody),
        (status = 404, description = "There is no such group or member."),
        (status = 409, description = "The member is an owner."),
    )
)]
pub(super) async fn offer(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let NewOffer { to_id: Id(to) } = write.read()?;
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    let ask = OfferOwnership { by: caller.id, group, to: UserRef::Id(to) };
    write.submit(&app, &caller, ask, |OwnershipOffered(offer)| Reply::ok(&OfferBody::of(&offer))).await
}

/// Takes an offer back, or turns it down.
#[utoipa::path(
    delete,
    path = "/groups/{group}/ownership_offer",
    operation_id = "withdraw_ownership_offer",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    responses(
        (status = 204, description = "There is no offer any more."),
        (status = 404, description = "There is no such group, or no offer that is yours to end."),
    )
)]
pub(super) async fn withdraw(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    let ask = WithdrawOwnership { by: caller.id, group };
    write.submit(&app, &caller, ask, |OwnershipWithdrawn| Reply::done()).await
}

/// Who owned a group before.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TakenOver {
    /// Who offered it, and is a plain member now.
    previous_owner_id: i64,
}

/// Takes the group over: the caller becomes an owner, and whoever offered it stops being one.
#[utoipa::path(
    post,
    path = "/groups/{group}/ownership_offer/accept",
    operation_id = "accept_ownership",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    responses(
        (status = 200, description = "The caller is an owner.", body = TakenOver),
        (status = 404, description = "There is no such group, or nobody offers it to you."),
    )
)]
pub(super) async fn accept(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    let ask = AcceptOwnership { by: caller.id, group };
    write
        .submit(&app, &caller, ask, |OwnershipAccepted { from }| {
            Reply::ok(&TakenOver { previous_owner_id: from.get() })
        })
        .await
}
