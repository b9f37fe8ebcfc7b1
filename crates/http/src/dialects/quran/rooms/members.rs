//! Who is in a room, who runs it, and who goes.

use axum::extract::State;
use guestlist_core::command::{RemoveMember, SetAdmin};
use guestlist_core::group::GroupRef;
use guestlist_core::names::Subject;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::{Answer, FieldFault};
use super::super::caller::{Caller, Viewer};
use super::super::schema::Failures;
use super::fields::{Body, Fields, flag, room_id};
use super::page::{Page, Paging, Size};
use super::query::Query;
use super::schema::{BodyFailures, FieldFailures};
use super::scope::{Admin, ReadMembers, RemoveMembers};
use super::wire::RoomMember;
use super::{ROOMS, room};
use crate::App;
use crate::json::Field;
use crate::openapi::always;
use crate::path::{Segment, Segments};

/// Lists the members of a room
///
/// Owners first, then admins, then the others; of a private room to its members only.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/members",
    operation_id = "listRoomMembers",
    tag = ROOMS,
    params(("id" = String, Path, description = "The room's number.", example = "1234"), Paging),
    responses((status = 200, description = "A page of members.", body = Page<RoomMember>), Failures, FieldFailures)
)]
pub(super) async fn list(
    viewer: Viewer<ReadMembers>,
    app: State<App>,
    Segment(id): Segment,
    mut query: Query,
) -> Result<Answer, Answer> {
    let paging = Paging::read(&mut query, &Size::Usually(10));
    query.end().map_err(Answer::UnprocessableFields)?;
    let view = app.store.read().group(room::by_id(&id)?, viewer.user().map(|user| user.id)).await?;
    let view = view.filter(|view| policy::may_see(&view.group, view.membership.as_ref()));
    let group = view.ok_or(Answer::NotFound)?.group.id;
    let (members, total) = app.store.read().members_by_rank(group, policy::ADMINS, paging.stretch()).await?;
    Ok(Answer::ok(Page::of(paging, total, members.iter().map(RoomMember::of).collect())))
}

/// Always this.
#[derive(Serialize, ToSchema)]
struct Done {
    #[schema(schema_with = always::<true>)]
    success: bool,
}

/// Removes somebody from a room
///
/// Those who run the room may remove everybody but its owners, and everybody else themselves. Who was only invited is invited
/// no more.
#[utoipa::path(
    delete,
    path = "/v1/rooms/{id}/members/{userId}",
    operation_id = "removeRoomMember",
    tag = ROOMS,
    params(
        ("id" = String, Path, description = "The room's number.", example = "1234"),
        ("userId" = String, Path, description = "The member's subject.", example = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b"),
    ),
    responses((status = 200, description = "Removed, or no longer invited.", body = Done), Failures)
)]
pub(super) async fn remove(
    caller: Caller<RemoveMembers>,
    app: State<App>,
    Segments([id, user]): Segments<2>,
) -> Result<Answer, Answer> {
    let group = room::by_id(&id)?;
    let user = UserRef::Subject(Subject::parse(&user).map_err(|_| Answer::NotFound)?);
    caller.submit(&app, RemoveMember { by: caller.id, group, user, spares_owners: true }).await?;
    Ok(Answer::ok(Done { success: true }))
}

/// Who shall run a room, or no longer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what the body is, which is read field by field")]
#[serde(rename_all = "camelCase")]
struct AdminsAccess {
    #[schema(minimum = 1)]
    room_id: i64,
    /// The member's subject.
    user_id: String,
    /// Give the rights, or take them.
    admin: bool,
}

/// Says who runs a room
///
/// Only those who run it may, and it is no mistake if it is so already. An owner's rights cannot be taken.
#[utoipa::path(
    post,
    path = "/v1/rooms/admins-access",
    operation_id = "setRoomAdmin",
    tag = ROOMS,
    request_body = AdminsAccess,
    responses((status = 200, description = "So it is now.", body = Done), Failures, BodyFailures, FieldFailures)
)]
pub(super) async fn admins_access(caller: Caller<Admin>, app: State<App>, body: Body) -> Result<Answer, Answer> {
    let mut fields = Fields::of(body.object()?);
    let group = fields.required("roomId", room_id);
    let user = fields.required("userId", subject);
    let is_admin = fields.required("admin", flag);
    fields.end().map_err(Answer::UnprocessableFields)?;
    let (Some(group), Some(user), Some(is_admin)) = (group, user, is_admin) else {
        return Err(Answer::InvalidRequest);
    };
    let (group, user) = (GroupRef::Id(group), UserRef::Subject(user));
    caller.submit(&app, SetAdmin { by: caller.id, group, user, is_admin }).await?;
    Ok(Answer::ok(Done { success: true }))
}

fn subject(field: &Field<'_>) -> Result<Subject, FieldFault> {
    let text = field.as_text().ok_or(FieldFault::Invalid)?;
    Subject::parse(&text).map_err(|_| FieldFault::Invalid)
}
