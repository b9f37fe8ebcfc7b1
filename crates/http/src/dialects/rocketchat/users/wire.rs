//! A user as clients see them.

use std::collections::HashMap;

use guestlist_core::global_role::GlobalRole;
use guestlist_core::ids::UserId;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::{User, UserEmail};
use guestlist_store::StoreError;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::wire::{EmailTag, OFFLINE, offline, username};
use crate::App;
use crate::time::iso;

/// A user. To whoever may not see them in full, a part of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(super) struct Shown {
    #[serde(rename = "_id")]
    id: String,
    username: String,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(schema_with = offline)]
    status: &'static str,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    custom_fields: Option<Map<String, Value>>,
    // What not everybody sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    emails: Option<Vec<EmailTag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    roles: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    created_at: Option<String>,
    #[serde(rename = "_updatedAt", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    updated_at: Option<String>,
}

impl Shown {
    /// As everybody sees them.
    pub(super) fn in_short(user: &User) -> Self {
        let shown = username(user);
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            id: user.uid.to_string(),
            name: user.name.as_ref().map_or_else(|| shown.clone(), ToString::to_string),
            username: shown,
            kind: if user.roles.has(GlobalRole::Bot) { "bot" } else { "user" },
            status: OFFLINE,
            active: user.is_active(),
            nickname: text(user.profile.nickname.as_ref().map(|text| text.as_str())),
            bio: text(user.profile.bio.as_ref().map(|text| text.as_str())),
            status_text: text(user.profile.status_text.as_ref().map(|text| text.as_str())),
            custom_fields: user.profile.custom_fields.as_ref().map(|fields| fields.as_map().clone()),
            emails: None,
            roles: None,
            created_at: None,
            updated_at: None,
        }
    }

    /// As those see them who may see all.
    pub(super) fn in_full(user: &User, emails: &[UserEmail]) -> Self {
        Self {
            emails: Some(emails.iter().map(EmailTag::of).collect()),
            roles: Some(user.all_roles().iter().map(GlobalRole::as_str).collect()),
            created_at: Some(iso(user.created_at)),
            updated_at: Some(iso(user.updated_at)),
            ..Self::in_short(user)
        }
    }

    /// Users as `viewer` may see them, with one question for the addresses of all.
    pub(super) async fn load_all(app: &App, viewer: &User, users: &[User]) -> Result<Vec<Self>, StoreError> {
        let seen = |user: &&User| sees_in_full(app, viewer, user);
        let ids: Vec<UserId> = users.iter().filter(seen).map(|user| user.id).collect();
        let mut emails: HashMap<UserId, Vec<UserEmail>> = ids.iter().map(|id| (*id, vec![])).collect();
        if !ids.is_empty() {
            for email in app.store.read().emails_of(ids).await? {
                emails.entry(email.user).or_default().push(email);
            }
        }
        let shown = users.iter().map(|user| match emails.get(&user.id) {
            Some(emails) => Self::in_full(user, emails),
            None => Self::in_short(user),
        });
        Ok(shown.collect())
    }
}

/// Whether `viewer` sees all of `user`.
pub(super) fn sees_in_full(app: &App, viewer: &User, user: &User) -> bool {
    viewer.id == user.id || policy::has(app.permissions(), Permission::SeeUserInFull, viewer, None)
}

/// An answer about a user.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OneUser {
    pub(super) user: Shown,
}
