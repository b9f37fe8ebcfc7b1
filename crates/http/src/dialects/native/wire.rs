//! Shapes that several endpoints answer with.

use guestlist_core::group::Group;
use guestlist_core::invitation::Invitee;
use guestlist_core::member::RoleSet;
use guestlist_core::user::User;
use guestlist_store::{InvitationView, Member};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{InvitationStateWord, RoleWord};
use crate::time::iso;

/// A user, as others see them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserTag {
    id: i64,
    uid: String,
    subject: String,
    #[schema(required)]
    username: Option<String>,
    #[schema(required)]
    name: Option<String>,
}

impl UserTag {
    fn of(user: &User) -> Self {
        Self {
            id: user.id.get(),
            uid: user.uid.to_string(),
            subject: user.subject.to_string(),
            username: user.username.as_ref().map(ToString::to_string),
            name: user.name.as_ref().map(ToString::to_string),
        }
    }
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
    fn of(group: &Group) -> Self {
        Self {
            id: group.id.get(),
            uid: group.uid.to_string(),
            slug: group.slug.to_string(),
            name: group.name.to_string(),
        }
    }
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationBody {
    id: String,
    group: GroupTag,
    inviter: UserTag,
    /// The person invited, if they have an account.
    #[schema(required)]
    user: Option<UserTag>,
    /// The address invited, if it belonged to nobody.
    #[schema(required)]
    email: Option<String>,
    roles: Vec<RoleWord>,
    state: InvitationStateWord,
    #[schema(format = DateTime)]
    created_at: String,
    /// Never, if null.
    #[schema(format = DateTime, required)]
    expires_at: Option<String>,
}

impl InvitationBody {
    pub(super) fn of(view: &InvitationView) -> Self {
        let invitation = &view.invitation;
        Self {
            id: invitation.id.to_string(),
            group: GroupTag::of(&view.group),
            inviter: UserTag::of(&view.inviter),
            user: view.invitee.as_ref().map(UserTag::of),
            email: match &invitation.invitee {
                Invitee::User(_) => None,
                Invitee::Email(email) => Some(email.to_string()),
            },
            roles: roles(invitation.roles),
            state: invitation.state.into(),
            created_at: iso(invitation.created_at),
            expires_at: invitation.expires_at.map(iso),
        }
    }
}

/// A member of a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberBody {
    user: UserTag,
    roles: Vec<RoleWord>,
    #[schema(format = DateTime)]
    joined_at: String,
}

impl MemberBody {
    pub(super) fn of(member: &Member) -> Self {
        Self {
            user: UserTag::of(&member.user),
            roles: roles(member.membership.roles),
            joined_at: iso(member.membership.joined_at),
        }
    }
}

fn roles(roles: RoleSet) -> Vec<RoleWord> {
    roles.iter().map(RoleWord::from).collect()
}
