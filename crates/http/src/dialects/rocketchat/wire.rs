//! Shapes that several endpoints answer with.

use guestlist_core::user::{User, UserEmail};
use guestlist_store::{GroupView, StoreError};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::App;
use crate::time::iso;

/// Members whose names a group is shown with. A larger group is shown without: an answer must not grow with it.
const USERNAMES_MAX: u16 = 100;

/// A private group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Room {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    fname: String,
    t: &'static str,
    msgs: i64,
    users_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    usernames: Option<Vec<String>>,
    u: UserTag,
    ts: String,
    ro: bool,
    default: bool,
    sys_mes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived: Option<bool>,
    #[serde(rename = "_updatedAt")]
    updated_at: String,
}

impl Room {
    pub(super) async fn load(app: &App, view: GroupView) -> Result<Self, StoreError> {
        let group = view.group;
        let usernames = if group.tally.members <= i64::from(USERNAMES_MAX) {
            Some(app.store.read().usernames(group.id, USERNAMES_MAX).await?)
        } else {
            None
        };
        Ok(Self {
            id: group.uid.to_string(),
            name: group.slug.to_string(),
            fname: group.name.to_string(),
            t: "p",
            msgs: group.tally.notices,
            users_count: group.tally.members,
            usernames,
            u: UserTag::of(&view.creator),
            ts: iso(group.created_at),
            ro: false,
            default: false,
            sys_mes: true,
            archived: (!group.is_active()).then_some(true),
            description: Some(group.description.to_string()).filter(|text| !text.is_empty()),
            updated_at: iso(group.tally.updated_at),
        })
    }
}

/// A user, as short as can be.
#[derive(Debug, Serialize)]
pub(super) struct UserTag {
    #[serde(rename = "_id")]
    id: String,
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl UserTag {
    pub(super) fn of(user: &User) -> Self {
        Self { id: user.uid.to_string(), username: username(user), name: user.name.as_ref().map(ToString::to_string) }
    }
}

/// The caller, as `me` and `login` show them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    #[serde(rename = "_id")]
    id: String,
    username: String,
    name: String,
    emails: Vec<EmailTag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    status: &'static str,
    active: bool,
    roles: Vec<&'static str>,
    settings: Settings,
    avatar_url: String,
    #[serde(rename = "isOAuthUser")]
    is_oauth_user: bool,
    services: Services,
    #[serde(rename = "_updatedAt")]
    updated_at: String,
}

#[derive(Debug, Serialize)]
struct EmailTag {
    address: String,
    verified: bool,
}

#[derive(Debug, Default, Serialize)]
struct Settings {
    profile: Map<String, Value>,
    preferences: Map<String, Value>,
    calendar: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct Services {
    password: PasswordService,
}

#[derive(Debug, Serialize)]
struct PasswordService {
    exists: bool,
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
            roles: if user.is_admin { vec!["user", "admin"] } else { vec!["user"] },
            settings: Settings::default(),
            avatar_url: format!("{}/avatar/{username}", app.public_url),
            is_oauth_user: false,
            services: Services { password: PasswordService { exists: has_password } },
            updated_at: iso(user.updated_at),
            username,
        })
    }
}

impl EmailTag {
    fn of(email: &UserEmail) -> Self {
        Self { address: email.email.to_string(), verified: email.is_verified }
    }
}

/// Everybody's status: there is no presence here.
pub(super) const OFFLINE: &str = "offline";

/// The username that clients expect of everybody. Users first seen in a token of the identity provider have none; their
/// id stands for it.
pub(super) fn username(user: &User) -> String {
    user.username.as_ref().map_or_else(|| user.uid.to_string(), ToString::to_string)
}
