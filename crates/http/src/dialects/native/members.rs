//! Who belongs to a group.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::Refusal;
use guestlist_core::command::{Leave, RemoveMember};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::UserId;
use guestlist_core::outcome::{Left, MemberRemoved};
use guestlist_core::version::{Version, Versioned};
use guestlist_store::Member;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::group;
use super::member::MemberBody;
use super::page::{List, Paging};
use super::params::At;
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{MembersRead, MembersWrite};
use super::user;
use super::write::{IfMatch, Write};
use crate::App;
use crate::path::{Segment, Segments};

/// The members of a group, now or at an instant, in the order of their numbers.
#[utoipa::path(
    get,
    path = "/groups/{group}/members",
    operation_id = "list_members",
    tag = "Members",
    security(("bearer" = ["guestlist.members.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Paging, At),
    responses(
        (status = 200, description = "A page of members.", body = List<MemberBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn list(
    caller: Caller<MembersRead>,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
    At { at }: At,
) -> Result<Answer<List<MemberBody>>, Problem> {
    let request = paging.request(UserId::parse)?;
    let view = group::find(&app, &caller, &name).await?;
    Ok(Answer::of(match at {
        Some(at) => List::of(app.store.read().members_at(view.group.id, at, request).await?, MemberBody::of),
        None => List::of(app.store.read().members(view.group.id, request).await?, MemberBody::seen),
    }))
}

/// A member of a group.
#[utoipa::path(
    get,
    path = "/groups/{group}/members/{user}",
    operation_id = "get_member",
    tag = "Members",
    security(("bearer" = ["guestlist.members.read"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("user" = String, Path, description = "The user's number or uid, or `me`."),
    ),
    responses(
        (status = 200, description = "The member.", body = MemberBody),
        (status = 404, description = "There is no such group, or you may not see it; or no such member."),
    )
)]
pub(super) async fn show(
    caller: Caller<MembersRead>,
    app: State<App>,
    Segments([group, user]): Segments<2>,
) -> Result<Answer<MemberBody>, Problem> {
    let view = group::find(&app, &caller, &group).await?;
    let who = user::named(&caller, &user).ok_or(Refusal::MemberNotFound)?;
    let user = app.store.read().user(who).await?.ok_or(Refusal::MemberNotFound)?;
    let theirs = app.store.read().group(GroupRef::Id(view.group.id), Some(user.id)).await?;
    let membership = theirs.and_then(|view| view.membership).ok_or(Refusal::MemberNotFound)?;
    let version = Version::of_member(&membership);
    Ok(Answer::of(MemberBody::seen(&Member { user, membership })).versioned(version))
}

/// What was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Removed {
    removed: RemovedWord,
}

/// What somebody had in a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Removal)]
#[serde(rename_all = "snake_case")]
enum RemovedWord {
    /// A membership, with its roles.
    Member,
    /// A pending invitation: the person was no member.
    Invitation,
    /// A request to join, or a place in the line for a seat.
    Request,
}

/// Removes somebody from a group, or takes back what would let them in. Of oneself: leaves it.
#[utoipa::path(
    delete,
    path = "/groups/{group}/members/{user}",
    operation_id = "remove_member",
    tag = "Members",
    security(("bearer" = ["guestlist.members.write"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("user" = String, Path, description = "The user's number or uid, or `me`."),
        Write, IfMatch,
    ),
    responses(
        (status = 200, description = "What was taken away.", body = Removed),
        (status = 404, description = "There is no such group, or you may not see it; or no such member."),
        (status = 409, description = "The last owner stays."),
    )
)]
pub(super) async fn remove(
    caller: Caller<MembersWrite>,
    app: State<App>,
    Segments([group, user]): Segments<2>,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&group);
    let user = user::named(&caller, &user).ok_or(Refusal::MemberNotFound)?;
    let write = write.of(Versioned::Member(group.clone(), user.clone()));
    let by = caller.id;
    if user::is(&caller, &user) {
        let left = |Left| Reply::ok(&Removed { removed: RemovedWord::Member });
        return write.submit(&app, &caller, Leave { by, group }, left).await;
    }
    let removed = |removed| {
        let removed = match removed {
            MemberRemoved::Member => RemovedWord::Member,
            MemberRemoved::Invitation => RemovedWord::Invitation,
            MemberRemoved::Request => RemovedWord::Request,
        };
        Reply::ok(&Removed { removed })
    };
    write.submit(&app, &caller, RemoveMember { by, group, user, spares_owners: false }, removed).await
}
