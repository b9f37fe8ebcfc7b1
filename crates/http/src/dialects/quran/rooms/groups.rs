//! Making and changing groups.

use axum::extract::State;
use guestlist_core::Refusal;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{CreateGroup, GroupPatch, UpdateGroup};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::names::{Country, Description, DisplayName, NameError, Slug};
use guestlist_core::user::UserRef;
use guestlist_store::Rejection;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::answer::{Answer, Faults, FieldFault};
use super::super::caller::Caller;
use super::super::schema::Failures;
use super::fields::{Body, Fields, flag, room_id, text};
use super::schema::{BadFields, BodyFailures, FieldFailures};
use super::scope::{Create, Update};
use super::wire::RoomListItem;
use super::{ROOMS, room};
use crate::App;
use crate::json::Field;
use crate::openapi::always;
use crate::quran_groups::Success;

/// Longest name, in Unicode code points.
const NAME_MAX: usize = 50;

/// Longest description, in Unicode code points.
const DESCRIPTION_MAX: usize = 200;

/// Longest name in addresses.
const URL_MAX: usize = 50;

/// A group to make.
#[derive(ToSchema)]
#[schema(as = NewRoom)]
#[expect(dead_code, reason = "says what the body is, which is read field by field")]
struct NewGroup {
    #[schema(min_length = 1, max_length = 50, example = "My Halaqa")]
    name: String,
    /// Its name in addresses: letters, digits and dashes. Upper case is made lower.
    #[schema(min_length = 1, max_length = 50, example = "my-halaqa")]
    url: String,
    #[schema(max_length = 200, required = false, nullable = false)]
    description: Option<String>,
    /// Whether everybody may see and join it. Not, if nothing is said.
    #[schema(required = false, nullable = false)]
    public: Option<bool>,
}

/// Makes a group
///
/// Of which the caller is the owner.
#[utoipa::path(
    post,
    path = "/v1/rooms/groups",
    operation_id = "createGroup",
    tag = ROOMS,
    request_body = NewGroup,
    responses(
        (status = 201, description = "The new group.", body = Success<RoomListItem>),
        Failures,
        BodyFailures,
        BadFields,
        FieldFailures,
    )
)]
pub(super) async fn create(caller: Caller<Create>, app: State<App>, body: Body) -> Result<Answer, Answer> {
    let mut fields = Fields::of(body.object()?);
    let name = fields.required("name", name);
    let url = fields.required("url", url);
    let description = fields.optional("description", description);
    let is_public = fields.optional("public", flag);
    fields.end().map_err(Answer::InvalidFields)?;
    let (Some(name), Some(slug)) = (name, url) else { return Err(Answer::InvalidRequest) };
    let ask = CreateGroup {
        by: Some(caller.id),
        owner: UserRef::Id(caller.id),
        id: None,
        uid: Uid::generate(&*app.entropy),
        slug,
        name,
        description: description.unwrap_or_default(),
        language: None,
        is_public: is_public.unwrap_or(false),
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    };
    let made = caller.submit(&app, ask).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::SlugTaken, _) => Answer::InvalidFields(taken()),
        rejection => rejection.into(),
    })?;
    Ok(Answer::Created(json!(Success::of(room::shown(&app, &made.0, &caller).await?))))
}

/// Changes to a group. What is left out stays as it is.
#[derive(ToSchema)]
#[schema(as = RoomChanges)]
#[expect(dead_code, reason = "says what the body is, which is read field by field")]
struct GroupChanges {
    #[schema(minimum = 1)]
    id: i64,
    #[schema(min_length = 1, max_length = 50, required = false, nullable = false)]
    name: Option<String>,
    #[schema(max_length = 200, required = false, nullable = false)]
    description: Option<String>,
    #[schema(min_length = 1, max_length = 50, required = false, nullable = false)]
    url: Option<String>,
    /// There are no pictures, so there is nothing to remove.
    #[schema(required = false, nullable = false)]
    remove_avatar: Option<bool>,
    /// Where its people are; null if that is not to be known.
    #[schema(min_length = 1, max_length = 60, required = false)]
    country: Option<String>,
    /// Whether everybody may see and join it; as before if null.
    #[schema(required = false)]
    public: Option<bool>,
}

/// A group that was changed.
#[derive(Serialize, ToSchema)]
struct Changed {
    #[schema(schema_with = always::<true>)]
    success: bool,
    room: RoomListItem,
}

/// Changes a group
///
/// For those who run it. Pictures are not kept: `avatar` is refused.
#[utoipa::path(
    patch,
    path = "/v1/rooms/groups",
    operation_id = "updateGroup",
    tag = ROOMS,
    request_body = GroupChanges,
    responses(
        (status = 200, description = "The group as it is now.", body = Changed),
        Failures,
        BodyFailures,
        FieldFailures,
    )
)]
pub(super) async fn update(caller: Caller<Update>, app: State<App>, body: Body) -> Result<Answer, Answer> {
    let mut fields = Fields::of(body.object()?);
    let id = fields.required("id", room_id);
    let name = fields.optional("name", name);
    let description = fields.optional("description", description);
    let slug = fields.optional("url", url);
    fields.optional("removeAvatar", flag);
    let country = fields.optional("country", country);
    let is_public = fields.optional("public", |field| if field.is_null() { Ok(None) } else { flag(field).map(Some) });
    if fields.has("avatar") {
        fields.fault("avatar", FieldFault::Invalid);
    }
    fields.end().map_err(Answer::UnprocessableFields)?;
    let Some(id) = id else { return Err(Answer::InvalidRequest) };
    let patch =
        GroupPatch { slug, name, description, country, is_public: is_public.flatten(), ..GroupPatch::default() };
    let update = UpdateGroup { by: caller.id, group: GroupRef::Id(id), patch };
    let changed = caller.submit(&app, update).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::SlugTaken, _) => Answer::UnprocessableFields(taken()),
        rejection => rejection.into(),
    })?;
    Ok(Answer::ok(Changed { success: true, room: room::shown(&app, &changed.0, &caller).await? }))
}

fn taken() -> Faults {
    Faults::of("url", FieldFault::Duplicate)
}

fn name(field: &Field<'_>) -> Result<DisplayName, FieldFault> {
    DisplayName::parse(&text(field, NAME_MAX)?).map_err(|error| match error {
        NameError::Empty => FieldFault::Missing,
        error => fault(error),
    })
}

fn description(field: &Field<'_>) -> Result<Description, FieldFault> {
    Description::parse(&text(field, DESCRIPTION_MAX)?).map_err(fault)
}

/// In lower case: letters, digits and, between them, dashes.
fn url(field: &Field<'_>) -> Result<Slug, FieldFault> {
    let url = text(field, URL_MAX)?.to_lowercase();
    let is_plain = url.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    match Slug::parse(&url) {
        Ok(slug) if is_plain && !url.starts_with('-') && !url.ends_with('-') => Ok(slug),
        Ok(_) => Err(FieldFault::Invalid),
        Err(error) => Err(fault(error)),
    }
}

fn country(field: &Field<'_>) -> Result<Option<Country>, FieldFault> {
    if field.is_null() {
        return Ok(None);
    }
    let country = Country::parse(&field.as_text().ok_or(FieldFault::Invalid)?);
    country.map(Some).map_err(fault)
}

const fn fault(error: NameError) -> FieldFault {
    match error {
        NameError::Empty => FieldFault::MinLength,
        NameError::TooLong { .. } => FieldFault::MaxLength,
        NameError::Malformed => FieldFault::Invalid,
    }
}
