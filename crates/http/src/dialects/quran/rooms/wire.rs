//! The shapes of rooms and of the people in them.

use guestlist_core::group::{Group, GroupKind};
use guestlist_core::member::Role;
use guestlist_core::names::Subject;
use guestlist_core::policy;
use guestlist_core::user::User;
use guestlist_store::{GroupView, Member};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::openapi::one_of;
use crate::quran_groups::MISSING_AVATAR;
use crate::time::iso;

/// What kind of place a room is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoomType {
    Group,
    Page,
}

impl From<GroupKind> for RoomType {
    fn from(kind: GroupKind) -> Self {
        match kind {
            GroupKind::Group => Self::Group,
            GroupKind::Page => Self::Page,
        }
    }
}

/// There are no pictures of rooms.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoomPictures {
    #[schema(schema_with = missing)]
    thumb: &'static str,
    #[schema(schema_with = missing)]
    original: &'static str,
}

/// There are no pictures of people, nor of rooms in three sizes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Pictures {
    #[schema(schema_with = missing)]
    small: &'static str,
    #[schema(schema_with = missing)]
    medium: &'static str,
    #[schema(schema_with = missing)]
    large: &'static str,
}

fn missing() -> RefOr<Schema> {
    one_of("Always this.", [MISSING_AVATAR])
}

const ROOM_PICTURES: RoomPictures = RoomPictures { thumb: MISSING_AVATAR, original: MISSING_AVATAR };
const PICTURES: Pictures = Pictures { small: MISSING_AVATAR, medium: MISSING_AVATAR, large: MISSING_AVATAR };

/// A room as lists show it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the API's")]
pub(super) struct RoomListItem {
    #[schema(example = 123, minimum = 1)]
    id: i64,
    #[schema(example = "My Halaqa")]
    name: String,
    /// Empty if there is none.
    description: String,
    #[schema(inline)]
    room_type: RoomType,
    is_active: bool,
    is_verified: bool,
    is_public: bool,
    /// Whether the caller is an owner.
    is_owner: bool,
    /// Whether the caller runs the room.
    is_admin: bool,
    /// The subject of whoever has owned it for the longest time.
    #[schema(example = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b")]
    owner_id: String,
    #[schema(minimum = 0)]
    posts_count: i64,
    /// Whoever was only invited is not counted.
    #[schema(minimum = 0)]
    members_count: i64,
    avatar_urls: RoomPictures,
    /// The name of a group in addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    url: Option<String>,
    #[schema(format = DateTime, example = "2026-04-02T00:00:00.000Z")]
    created_at: String,
    /// Told if there is a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    is_member: Option<bool>,
    /// The name of a page in addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    subdomain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    country: Option<String>,
}

impl RoomListItem {
    /// The room, whose owner is `owner`, as its viewer sees it, if that `is_user`.
    pub(super) fn of(view: &GroupView, owner: &Subject, is_user: bool) -> Self {
        let GroupView { group, membership, .. } = view;
        let membership = membership.as_ref();
        let (url, subdomain) = addresses(group);
        Self {
            id: group.id.get(),
            name: group.name.to_string(),
            description: group.description.to_string(),
            room_type: group.kind.into(),
            is_active: group.is_active(),
            is_verified: is_verified(group),
            is_public: group.is_public,
            is_owner: membership.is_some_and(|membership| membership.roles.has(Role::Owner)),
            is_admin: policy::is_admin(membership),
            owner_id: owner.to_string(),
            posts_count: 0,
            members_count: group.tally.members,
            avatar_urls: ROOM_PICTURES,
            url,
            created_at: iso(group.created_at),
            is_member: is_user.then_some(membership.is_some()),
            subdomain,
            country: group.country.as_ref().map(ToString::to_string),
        }
    }
}

fn addresses(group: &Group) -> (Option<String>, Option<String>) {
    let slug = Some(group.slug.to_string());
    match group.kind {
        GroupKind::Group => (slug, None),
        GroupKind::Page => (None, slug),
    }
}

fn is_verified(group: &Group) -> bool {
    group.is_verified || group.kind == GroupKind::Page
}

/// A room by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomProfile {
    #[serde(flatten)]
    room: RoomListItem,
    /// Whoever has it may come in. Told to those who run the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "private-room-token")]
    private_token: Option<String>,
    /// Always empty: nobody follows anybody here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, max_items = 0)]
    mutual_followers: Option<[RoomUserSearch; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 0)]
    mutual_followers_count: Option<u64>,
}

impl RoomProfile {
    pub(super) fn of(room: RoomListItem, private_token: Option<String>) -> Self {
        let is_told = room.is_member.is_some();
        let (followers, count) = if is_told { (Some([]), Some(0)) } else { (None, None) };
        Self { room, private_token, mutual_followers: followers, mutual_followers_count: count }
    }
}

/// One of the caller's rooms.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserRoom {
    #[schema(minimum = 1)]
    id: i64,
    name: String,
    /// The name of a group in addresses; empty for a page.
    group: String,
    public: bool,
    #[schema(inline)]
    room_type: RoomType,
    verified: bool,
    /// The name of a page in addresses; empty for a group.
    subdomain: String,
    description: String,
    #[schema(minimum = 0)]
    members_count: i64,
    avatar_url: Pictures,
}

impl UserRoom {
    pub(super) fn of(view: &GroupView) -> Self {
        let group = &view.group;
        let (slug, subdomain) = addresses(group);
        Self {
            id: group.id.get(),
            name: group.name.to_string(),
            group: slug.unwrap_or_default(),
            public: group.is_public,
            room_type: group.kind.into(),
            verified: is_verified(group),
            subdomain: subdomain.unwrap_or_default(),
            description: group.description.to_string(),
            members_count: group.tally.members,
            avatar_url: PICTURES,
        }
    }
}

/// What people are called: empty texts for what is not known.
struct Names {
    username: String,
    first: String,
    last: String,
}

impl Names {
    /// The first word of the name, and the rest of it.
    fn of(user: &User) -> Self {
        let name = user.name.as_ref().map(ToString::to_string).unwrap_or_default();
        let (first, last) = name.split_once(char::is_whitespace).unwrap_or((&name, ""));
        Self {
            username: user.username.as_ref().map(ToString::to_string).unwrap_or_default(),
            first: first.to_owned(),
            last: last.trim_start().to_owned(),
        }
    }
}

/// Somebody in a room.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoomMember)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the API's")]
pub(super) struct RoomMember {
    /// Their subject.
    id: String,
    username: String,
    first_name: String,
    last_name: String,
    verified: bool,
    avatar_urls: Pictures,
    /// Whether they run the room; owners do.
    is_admin: bool,
    is_owner: bool,
    is_followed: bool,
    /// Whether they can sign in.
    is_active: bool,
    #[schema(minimum = 0)]
    followers_count: u64,
}

impl RoomMember {
    pub(super) fn of(member: &Member) -> Self {
        let Member { user, membership } = member;
        let names = Names::of(user);
        Self {
            id: user.subject.to_string(),
            username: names.username,
            first_name: names.first,
            last_name: names.last,
            verified: false,
            avatar_urls: PICTURES,
            is_admin: policy::is_admin(Some(membership)),
            is_owner: membership.roles.has(Role::Owner),
            is_followed: false,
            is_active: user.is_active(),
            followers_count: 0,
        }
    }
}

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomUserSearch {
    /// Their subject.
    #[schema(example = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b")]
    id: String,
    avatar_urls: Pictures,
    is_followed: bool,
    username: String,
    first_name: String,
    last_name: String,
    bio: String,
    verified: bool,
    #[schema(minimum = 0)]
    followers_count: u64,
    followed: bool,
    /// Told if a room was named that the caller may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    is_member: Option<bool>,
}

impl RoomUserSearch {
    pub(super) fn of(user: &User, is_member: Option<bool>) -> Self {
        let names = Names::of(user);
        Self {
            id: user.subject.to_string(),
            avatar_urls: PICTURES,
            is_followed: false,
            username: names.username,
            first_name: names.first,
            last_name: names.last,
            bio: user.profile.bio.as_ref().map(|bio| bio.as_str().to_owned()).unwrap_or_default(),
            verified: false,
            followers_count: 0,
            followed: false,
            is_member,
        }
    }
}
