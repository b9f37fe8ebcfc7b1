//! Giving and taking roles.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::Refusal;
use guestlist_core::command::{AssignRole, TakeRole};
use guestlist_core::member::Role;
use guestlist_core::outcome::{RoleAssigned, RoleTaken};
use guestlist_core::version::Versioned;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use super::reply::Reply;
use super::scope::MembersWrite;
use super::words::RoleWord;
use super::write::{IfMatch, Write};
use super::{group, user};
use crate::App;
use crate::path::Segments;

/// Whether a member holds a role.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoleHeld {
    role: RoleWord,
    is_held: bool,
    /// Whether it was otherwise before.
    has_changed: bool,
}

/// Gives a member a role. For owners.
#[utoipa::path(
    put,
    path = "/groups/{group}/members/{user}/roles/{role}",
    operation_id = "assign_role",
    tag = "Members",
    security(("bearer" = ["guestlist.members.write"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("user" = String, Path, description = "The user's number or uid, or `me`."),
        ("role" = RoleWord, Path, description = "The role."),
        Write, IfMatch,
    ),
    responses(
        (status = 200, description = "The member holds the role.", body = RoleHeld),
        (status = 404, description = "There is no such group, or you may not see it; or no such member or role."),
    )
)]
pub(super) async fn assign(
    caller: Caller<MembersWrite>,
    app: State<App>,
    Segments([group, user, role]): Segments<3>,
    write: Write,
) -> Result<Response, Problem> {
    let role = Role::parse(&role).ok_or(Problem::NoSuchRole)?;
    let group = group::named(&group);
    let user = user::named(&caller, &user).ok_or(Refusal::MemberNotFound)?;
    let write = write.of(Versioned::Member(group.clone(), user.clone()));
    let assigned =
        move |RoleAssigned { has_changed }| Reply::ok(&RoleHeld { role: role.into(), is_held: true, has_changed });
    write.submit(&app, &caller, AssignRole { by: caller.id, group, user, role }, assigned).await
}

/// Takes a role from a member. For owners.
#[utoipa::path(
    delete,
    path = "/groups/{group}/members/{user}/roles/{role}",
    operation_id = "take_role",
    tag = "Members",
    security(("bearer" = ["guestlist.members.write"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("user" = String, Path, description = "The user's number or uid, or `me`."),
        ("role" = RoleWord, Path, description = "The role."),
        Write, IfMatch,
    ),
    responses(
        (status = 200, description = "The member does not hold the role.", body = RoleHeld),
        (status = 404, description = "There is no such group, or you may not see it; or no such member or role."),
        (status = 409, description = "The last owner stays one."),
    )
)]
pub(super) async fn take(
    caller: Caller<MembersWrite>,
    app: State<App>,
    Segments([group, user, role]): Segments<3>,
    write: Write,
) -> Result<Response, Problem> {
    let role = Role::parse(&role).ok_or(Problem::NoSuchRole)?;
    let group = group::named(&group);
    let user = user::named(&caller, &user).ok_or(Refusal::MemberNotFound)?;
    let write = write.of(Versioned::Member(group.clone(), user.clone()));
    let taken =
        move |RoleTaken { has_changed }| Reply::ok(&RoleHeld { role: role.into(), is_held: false, has_changed });
    write.submit(&app, &caller, TakeRole { by: caller.id, group, user, role }, taken).await
}
