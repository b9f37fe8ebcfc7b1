//! Groups: the caller's own, one at a time, and their life from the making to the deletion.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{
    ArchiveGroup, ChatPatch, CreateGroup, DeleteGroup, GroupPatch, RestoreGroup, UnarchiveGroup, UpdateGroup,
};
use guestlist_core::group::Group;
use guestlist_core::ids::{GroupId, Uid};
use guestlist_core::names::{Country, Description, DisplayName, Slug};
use guestlist_core::outcome::{
    GroupArchived, GroupCreated, GroupDeleted, GroupRestored, GroupUnarchived, GroupUpdated,
};
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use guestlist_core::version::{Version, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::PREFIX;
use super::answer::Answer;
use super::body::{AtMost, Id, OrNull, Parsed, present};
use super::caller::Caller;
use super::group::{self, GroupBody};
use super::page::{List, Paging};
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{GroupsRead, GroupsWrite};
use super::words::{LanguageChoice, LanguageTag, LanguageWord};
use super::write::{IfMatch, Write};
use crate::App;
use crate::path::Segment;

/// The groups that the caller belongs to, in the order of their numbers.
#[utoipa::path(
    get,
    path = "/groups",
    operation_id = "list_groups",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.read"])),
    params(Paging),
    responses((status = 200, description = "A page of groups.", body = List<GroupBody>))
)]
pub(super) async fn list(
    caller: Caller<GroupsRead>,
    app: State<App>,
    paging: Paging,
) -> Result<Answer<List<GroupBody>>, Problem> {
    let page = app.store.read().groups_joined(caller.id, paging.request(GroupId::parse)?).await?;
    Ok(Answer::of(List::of(page, GroupBody::seen)))
}

/// A group that the caller belongs to, or a public one.
#[utoipa::path(
    get,
    path = "/groups/{group}",
    operation_id = "get_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug.")),
    responses(
        (status = 200, description = "The group.", body = GroupBody),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn show(
    caller: Caller<GroupsRead>,
    app: State<App>,
    Segment(name): Segment,
) -> Result<Answer<GroupBody>, Problem> {
    let view = group::find(&app, &caller, &name).await?;
    let answer = Answer::of(GroupBody::seen(&view));
    // The version tells that an offer came or went.
    let is_told = policy::may_see_offer(view.membership.as_ref());
    Ok(if is_told { answer.versioned(Version::of_group(&view.group)) } else { answer })
}

/// A new group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGroup {
    /// For people.
    #[schema(value_type = String, min_length = 1, max_length = 120)]
    name: Parsed<DisplayName>,
    /// Unique name in addresses; made of the name, or by chance, if left out.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._-]{1,100}$")]
    slug: Option<Parsed<Slug>>,
    /// What it is about.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 10_000)]
    description: Option<Parsed<Description>>,
    /// In which people are written to of whom no language is known.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = LanguageWord, required = false)]
    language: Option<LanguageTag>,
    /// Whether everybody may see and join it.
    #[serde(default)]
    is_public: bool,
    /// Who becomes its owner: the caller or, for administrators, anybody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = i64, required = false, minimum = 1)]
    owner_id: Option<Id>,
}

/// Makes a group. The caller becomes its owner.
#[utoipa::path(
    post,
    path = "/groups",
    operation_id = "create_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(Write),
    request_body = NewGroup,
    responses(
        (status = 201, description = "The group.", body = GroupBody),
        (status = 404, description = "There is no such owner."),
        (status = 409, description = "The slug is taken."),
    )
)]
pub(super) async fn create(caller: Caller<GroupsWrite>, app: State<App>, write: Write) -> Result<Response, Problem> {
    let NewGroup { name: Parsed(name), slug, description, language, is_public, owner_id } = write.read()?;
    let uid = Uid::generate(&*app.entropy);
    let slug = slug.map(|Parsed(slug)| slug).or_else(|| Slug::from_name(&name));
    let ask = CreateGroup {
        by: Some(caller.id),
        owner: UserRef::Id(owner_id.map_or(caller.id, |Id(id)| id)),
        id: None,
        slug: slug.unwrap_or_else(|| Slug::from(&uid)),
        uid,
        name,
        description: description.map(|Parsed(text)| text).unwrap_or_default(),
        language: language.map(|LanguageTag(language)| language),
        is_public,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    };
    write
        .submit(&app, &caller, ask, |GroupCreated(group)| {
            Reply::created(&format!("{PREFIX}/groups/{}", group.id), &GroupBody::of(&group))
                .versioned(Version::of_group(&group))
        })
        .await
}

/// New values for some of a group's settings. What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupChange {
    /// For people.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    name: Option<Parsed<DisplayName>>,
    /// Unique name in addresses.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._-]{1,100}$")]
    slug: Option<Parsed<Slug>>,
    /// What it is about.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 10_000)]
    description: Option<Parsed<Description>>,
    /// In which people are written to of whom no language is known; null for English.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<LanguageWord>, required = false)]
    language: Option<LanguageChoice>,
    /// Where its people are; null if that is not to be known.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60)]
    country: Option<OrNull<Country>>,
    /// Whether everybody may see and join it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_public: Option<bool>,
    /// Whether strangers may ask to join.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    takes_requests: Option<bool>,
    /// Whether the secret that was mailed is enough to accept an invitation.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_token_enough: Option<bool>,
    /// The most members; null for any number.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, required = false, minimum = 1)]
    members_max: Option<AtMost>,
}

impl From<GroupChange> for GroupPatch {
    fn from(change: GroupChange) -> Self {
        Self {
            slug: change.slug.map(|Parsed(slug)| slug),
            name: change.name.map(|Parsed(name)| name),
            description: change.description.map(|Parsed(text)| text),
            language: change.language.map(|LanguageChoice(language)| language),
            country: change.country.map(OrNull::name),
            is_public: change.is_public,
            takes_requests: change.takes_requests,
            is_token_enough: change.is_token_enough,
            members_max: change.members_max.map(|AtMost(max)| max),
            chat: ChatPatch::default(),
        }
    }
}

/// Changes a group's name and settings. For owners and moderators.
#[utoipa::path(
    patch,
    path = "/groups/{group}",
    operation_id = "update_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    request_body = GroupChange,
    responses(
        (status = 200, description = "The group as it is now.", body = GroupBody),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 409, description = "The slug is taken."),
    )
)]
pub(super) async fn change(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let patch = write.read::<GroupChange>()?.into();
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    write.submit(&app, &caller, UpdateGroup { by: caller.id, group, patch }, |GroupUpdated(group)| now(&group)).await
}

/// Deletes a group. It can be restored for 30 days; then it is forgotten with everything in it. For owners.
#[utoipa::path(
    delete,
    path = "/groups/{group}",
    operation_id = "delete_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    responses(
        (status = 200, description = "The group as it was, and when it was deleted.", body = GroupBody),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn delete(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    write
        .submit(&app, &caller, DeleteGroup { by: caller.id, group, frees_slug: false }, |GroupDeleted(group)| {
            now(&group)
        })
        .await
}

/// Brings a deleted group back. For owners.
#[utoipa::path(
    post,
    path = "/groups/{group}/restore",
    operation_id = "restore_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    responses(
        (status = 200, description = "The group as it is again.", body = GroupBody),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 409, description = "It was deleted too long ago."),
    )
)]
pub(super) async fn restore(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    write.submit(&app, &caller, RestoreGroup { by: caller.id, group }, |GroupRestored(group)| now(&group)).await
}

/// Puts a group into the archive: it keeps its members and takes nobody in. For owners.
#[utoipa::path(
    post,
    path = "/groups/{group}/archive",
    operation_id = "archive_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    responses(
        (status = 200, description = "The group as it is now.", body = GroupBody),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn archive(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    write.submit(&app, &caller, ArchiveGroup { by: caller.id, group }, |GroupArchived(group)| now(&group)).await
}

/// Takes a group out of the archive. For owners.
#[utoipa::path(
    post,
    path = "/groups/{group}/unarchive",
    operation_id = "unarchive_group",
    tag = "Groups",
    security(("bearer" = ["guestlist.groups.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write, IfMatch),
    responses(
        (status = 200, description = "The group as it is now.", body = GroupBody),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn unarchive(
    caller: Caller<GroupsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let group = group::named(&name);
    let write = write.of(Versioned::Group(group.clone()));
    write.submit(&app, &caller, UnarchiveGroup { by: caller.id, group }, |GroupUnarchived(group)| now(&group)).await
}

fn now(group: &Group) -> Reply {
    Reply::ok(&GroupBody::of(group)).versioned(Version::of_group(group))
}
