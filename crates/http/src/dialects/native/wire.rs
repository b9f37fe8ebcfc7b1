//! Shapes that several endpoints answer with.

use guestlist_core::group::Group;
use guestlist_core::invitation::Invitee;
use guestlist_core::member::RoleSet;
use guestlist_core::outcome::Standing;
use guestlist_core::user::User;
use guestlist_store::{InvitationView, Member};
use serde::Serialize;

use crate::time::iso;

/// A user, as others see them.
#[derive(Debug, Serialize)]
pub(super) struct UserTag {
    id: i64,
    uid: String,
    subject: String,
    username: Option<String>,
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
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
pub(super) struct InvitationBody {
    id: String,
    group: GroupTag,
    inviter: UserTag,
    /// The person invited, if they have an account.
    user: Option<UserTag>,
    /// The address invited, if it belonged to nobody.
    email: Option<String>,
    roles: Vec<&'static str>,
    state: &'static str,
    created_at: String,
    /// Never, if null.
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
            state: invitation.state.as_str(),
            created_at: iso(invitation.created_at),
            expires_at: invitation.expires_at.map(iso),
        }
    }
}

/// A member of a group.
#[derive(Debug, Serialize)]
pub(super) struct MemberBody {
    user: UserTag,
    roles: Vec<&'static str>,
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

fn roles(roles: RoleSet) -> Vec<&'static str> {
    roles.iter().map(guestlist_core::member::Role::as_str).collect()
}

/// How somebody stands to a group that they wanted to join.
pub(super) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Joined => "joined",
        Standing::AlreadyMember => "already_member",
        Standing::Waiting => "waiting",
        Standing::Requested => "requested",
    }
}
