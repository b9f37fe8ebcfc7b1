//! Groups: how a path names one, and how they are shown.

use guestlist_core::Refusal;
use guestlist_core::explain::Explanation;
use guestlist_core::group::{Group, GroupKind, GroupRef, OwnershipOffer};
use guestlist_core::ids::GroupId;
use guestlist_core::member::Membership;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::User;
use guestlist_store::GroupView;
use serde::Serialize;
use utoipa::ToSchema;

use super::member::OwnMembership;
use super::problem::Problem;
use super::user::UserTag;
use super::words::LanguageWord;
use crate::App;
use crate::time::iso;

/// The group that a path names: a number, a uid or a slug.
pub(super) fn named(text: &str) -> GroupRef {
    GroupId::parse(text).map_or_else(|| GroupRef::UidOrSlug(text.to_owned()), GroupRef::Id)
}

/// The group that `name` means, if `viewer` may see it. Otherwise it does not exist.
pub(super) async fn find(app: &App, viewer: &User, name: &str) -> Result<GroupView, Problem> {
    let view = app.store.read().group(named(name), Some(viewer.id)).await?;
    let view = view.filter(|view| policy::may_see(&view.group, view.membership.as_ref()));
    Ok(view.ok_or(Refusal::GroupNotFound)?)
}

/// The same, if `viewer` lets people in there.
pub(super) async fn find_to_invite(app: &App, viewer: &User, name: &str) -> Result<GroupView, Problem> {
    let view = find(app, viewer, name).await?;
    require(app, Permission::Invite, viewer, view.membership.as_ref())?;
    Ok(view)
}

/// Insists that `viewer`, who may see the group to which `membership` ties them, may do `what` there.
pub(super) fn require(
    app: &App,
    what: Permission,
    viewer: &User,
    membership: Option<&Membership>,
) -> Result<(), Problem> {
    let permissions = app.permissions();
    let refused = |_| Explanation::of_missing_right(permissions, what, membership).into();
    policy::require(permissions, what, viewer, membership).map_err(refused)
}

/// A group, as short as can be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupTag {
    id: i64,
    uid: String,
    slug: String,
    name: String,
}

impl GroupTag {
    pub(super) fn of(group: &Group) -> Self {
        Self {
            id: group.id.get(),
            uid: group.uid.to_string(),
            slug: group.slug.to_string(),
            name: group.name.to_string(),
        }
    }
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
#[expect(clippy::struct_excessive_bools, reason = "settings that have nothing to do with each other")]
pub(super) struct GroupBody {
    id: i64,
    uid: String,
    /// Unique name in addresses.
    slug: String,
    name: String,
    description: String,
    kind: Kind,
    /// In which people are written to of whom no language is known; null for English.
    #[schema(required)]
    language: Option<LanguageWord>,
    /// Where its people are, in the words of those who run it; null while nobody said.
    #[schema(required)]
    country: Option<String>,
    /// Whether everybody may see and join it.
    is_public: bool,
    /// Whether the operator marked it as genuine.
    is_verified: bool,
    /// Whether strangers may ask to join.
    takes_requests: bool,
    /// Whether the secret that was mailed is enough to accept an invitation.
    is_token_enough: bool,
    /// The most members; null for any number.
    #[schema(required)]
    members_max: Option<i64>,
    members_count: i64,
    creator_id: i64,
    /// Only where the group is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    creator: Option<UserTag>,
    /// To whom the group is offered; null if to nobody, or if the caller is no member.
    #[schema(required)]
    ownership_offer: Option<OfferBody>,
    /// The caller's own; only where the group is looked at, by a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    membership: Option<OwnMembership>,
    /// Since when it is archived.
    #[schema(format = DateTime, required)]
    archived_at: Option<String>,
    /// Since when it is deleted; it can be restored for 30 days.
    #[schema(format = DateTime, required)]
    deleted_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When the group or its membership last changed.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl GroupBody {
    /// As those see it who have just changed it.
    pub(super) fn of(group: &Group) -> Self {
        Self {
            id: group.id.get(),
            uid: group.uid.to_string(),
            slug: group.slug.to_string(),
            name: group.name.to_string(),
            description: group.description.to_string(),
            kind: match group.kind {
                GroupKind::Group => Kind::Group,
                GroupKind::Page => Kind::Page,
            },
            language: group.language.map(LanguageWord::from),
            country: group.country.as_ref().map(ToString::to_string),
            is_public: group.is_public,
            is_verified: group.is_verified,
            takes_requests: group.takes_requests,
            is_token_enough: group.is_token_enough,
            members_max: group.members_max,
            members_count: group.tally.members,
            creator_id: group.creator.get(),
            creator: None,
            ownership_offer: group.offer.as_ref().map(OfferBody::of),
            membership: None,
            archived_at: group.archived_at.map(iso),
            deleted_at: group.deleted_at.map(iso),
            created_at: iso(group.created_at),
            updated_at: iso(group.tally.updated_at),
        }
    }

    /// As whoever looks at it sees it.
    pub(super) fn seen(view: &GroupView) -> Self {
        let body = Self::of(&view.group);
        let membership = view.membership.as_ref();
        Self {
            creator: Some(UserTag::of(&view.creator)),
            ownership_offer: body.ownership_offer.filter(|_| policy::may_see_offer(membership)),
            membership: membership.map(OwnMembership::of),
            ..body
        }
    }
}

/// What kind of place a group is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupKind)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// An ordinary group.
    Group,
    /// A page: its slug is a subdomain.
    Page,
}

/// An owner's offer to hand a group over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnershipOffer)]
pub(super) struct OfferBody {
    from_id: i64,
    to_id: i64,
    #[schema(format = DateTime)]
    offered_at: String,
    /// At this instant it is void.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl OfferBody {
    pub(super) fn of(offer: &OwnershipOffer) -> Self {
        Self {
            from_id: offer.from.get(),
            to_id: offer.to.get(),
            offered_at: iso(offer.offered_at),
            expires_at: iso(offer.expires_at),
        }
    }
}
