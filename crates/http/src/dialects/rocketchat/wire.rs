//! Shapes that several endpoints answer with.

use std::collections::HashMap;

use guestlist_core::global_role::GlobalRole;
use guestlist_core::group::Group;
use guestlist_core::ids::GroupId;
use guestlist_core::user::{User, UserEmail};
use guestlist_store::{GroupView, StoreError};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::App;
use crate::openapi::one_of;
use crate::time::iso;

/// Members whose names a group is shown with. A larger group is shown without: an answer must not grow with it.
const USERNAMES_MAX: i64 = 100;

/// The most groups of a page that are shown with the names of their members.
const WITH_USERNAMES_MAX: usize = 100;

/// What the type of a group is.
fn kinds() -> RefOr<Schema> {
    one_of("Private, or public once it was made so.", [PRIVATE, PUBLIC])
}

const PRIVATE: &str = "p";
const PUBLIC: &str = "c";

/// A private group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
#[serde(rename_all = "camelCase")]
pub(super) struct Room {
    #[serde(rename = "_id")]
    #[schema(example = "rbAXPnMktTFbNpwtJ")]
    id: String,
    /// The name in addresses.
    #[schema(example = "my-halaqa")]
    name: String,
    /// The name for people.
    #[schema(example = "My Halaqa")]
    fname: String,
    #[schema(schema_with = kinds)]
    t: &'static str,
    #[schema(minimum = 0)]
    msgs: i64,
    #[schema(minimum = 0)]
    users_count: i64,
    /// Whose group it is, unless they are more than a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    usernames: Option<Vec<String>>,
    /// Who made it.
    u: UserTag,
    /// When it was made.
    #[schema(format = DateTime, example = "2026-01-02T03:04:05.678Z")]
    ts: String,
    ro: bool,
    default: bool,
    sys_mes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    announcement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    custom_fields: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    broadcast: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    archived: Option<bool>,
    #[serde(rename = "_updatedAt")]
    #[schema(format = DateTime, example = "2026-01-02T03:04:05.678Z")]
    updated_at: String,
}

impl Room {
    pub(super) async fn load(app: &App, view: GroupView) -> Result<Self, StoreError> {
        let rooms = Self::load_all(app, vec![view]).await?;
        rooms.into_iter().next().ok_or_else(|| StoreError::bug("a group was lost on its way"))
    }

    /// Several groups, with one question for the names of all their members.
    pub(super) async fn load_all(app: &App, views: Vec<GroupView>) -> Result<Vec<Self>, StoreError> {
        let is_small = |view: &&GroupView| view.group.tally.members <= USERNAMES_MAX;
        let small: Vec<GroupId> = if views.len() <= WITH_USERNAMES_MAX {
            views.iter().filter(is_small).map(|view| view.group.id).collect()
        } else {
            vec![]
        };
        let mut usernames: HashMap<_, Vec<String>> = small.iter().map(|id| (*id, vec![])).collect();
        if !small.is_empty() {
            for (group, username) in app.store.read().usernames_in(small).await? {
                usernames.entry(group).or_default().push(username);
            }
        }
        Ok(views.into_iter().map(|view| Self::of(usernames.remove(&view.group.id), view)).collect())
    }

    fn of(usernames: Option<Vec<String>>, view: GroupView) -> Self {
        let group = view.group;
        Self {
            id: group.uid.to_string(),
            name: group.slug.to_string(),
            fname: group.name.to_string(),
            t: kind(&group),
            msgs: group.tally.notices,
            users_count: group.tally.members,
            usernames,
            u: UserTag::of(&view.creator),
            ts: iso(group.created_at),
            ro: group.chat.is_read_only,
            default: false,
            sys_mes: true,
            description: Some(group.description.to_string()).filter(|text| !text.is_empty()),
            topic: group.chat.topic.as_ref().map(ToString::to_string),
            announcement: group.chat.announcement.as_ref().map(ToString::to_string),
            custom_fields: group.chat.custom_fields.as_ref().map(|fields| fields.as_map().clone()),
            broadcast: group.chat.is_broadcast.then_some(true),
            archived: (!group.is_active()).then_some(true),
            updated_at: iso(group.tally.updated_at),
        }
    }
}

/// What the type of a group is.
pub(super) const fn kind(group: &Group) -> &'static str {
    if group.is_public { PUBLIC } else { PRIVATE }
}

/// The `_id` of a membership: it has none of its own, so one is made of the two that it ties.
pub(super) fn membership_id(rid: &str, user: &User) -> String {
    hex::encode(&Sha256::digest(format!("{rid} {}", user.uid))[..12])
}

/// A user, as short as can be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserTag {
    #[serde(rename = "_id")]
    id: String,
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
}

impl UserTag {
    pub(super) fn of(user: &User) -> Self {
        Self { id: user.uid.to_string(), username: username(user), name: user.name.as_ref().map(ToString::to_string) }
    }
}

/// The caller, as `me` and `login` show them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    #[serde(rename = "_id")]
    id: String,
    username: String,
    name: String,
    emails: Vec<EmailTag>,
    /// The first address that is verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
    #[schema(schema_with = offline)]
    status: &'static str,
    active: bool,
    roles: Vec<&'static str>,
    settings: Settings,
    avatar_url: String,
    #[serde(rename = "isOAuthUser")]
    is_oauth_user: bool,
    services: Services,
    #[serde(rename = "_updatedAt")]
    #[schema(format = DateTime, example = "2026-01-02T03:04:05.678Z")]
    updated_at: String,
}

/// An address.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EmailTag {
    address: String,
    verified: bool,
}

/// Nothing can be set here.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Settings {
    profile: Map<String, Value>,
    preferences: Map<String, Value>,
    calendar: Map<String, Value>,
}

/// How the user can log in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Services {
    password: PasswordService,
}

/// Whether there is a password.
#[derive(Debug, Serialize, ToSchema)]
struct PasswordService {
    exists: bool,
}

impl Services {
    pub(super) const fn of(has_password: bool) -> Self {
        Self { password: PasswordService { exists: has_password } }
    }
}

impl Me {
    pub(super) async fn load(app: &App, user: &User) -> Result<Self, StoreError> {
        let emails = app.store.read().emails(user.id).await?;
        let has_password = app.store.read().password(user.id).await?.is_some();
        let username = username(user);
        let verified = emails.iter().find(|email| email.is_verified);
        Ok(Self {
            id: user.uid.to_string(),
            name: user.name.as_ref().map_or_else(|| username.clone(), ToString::to_string),
            email: verified.map(|email| email.email.to_string()),
            emails: emails.iter().map(EmailTag::of).collect(),
            status: OFFLINE,
            active: user.is_active(),
            roles: user.all_roles().iter().map(GlobalRole::as_str).collect(),
            settings: Settings::default(),
            avatar_url: format!("{}/avatar/{username}", app.public_url),
            is_oauth_user: false,
            services: Services::of(has_password),
            updated_at: iso(user.updated_at),
            username,
        })
    }
}

impl EmailTag {
    pub(super) fn of(email: &UserEmail) -> Self {
        Self { address: email.email.to_string(), verified: email.is_verified }
    }
}

/// Everybody's status: there is no presence here.
pub(super) const OFFLINE: &str = "offline";

pub(super) fn offline() -> RefOr<Schema> {
    one_of("Everybody's: there is no presence here.", [OFFLINE])
}

/// The username that clients expect of everybody. Users first seen in a token of the identity provider have none; their
/// id stands for it.
pub(super) fn username(user: &User) -> String {
    user.username.as_ref().map_or_else(|| user.uid.to_string(), ToString::to_string)
}

/// An answer about a group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OneGroup {
    pub(super) group: Room,
}
