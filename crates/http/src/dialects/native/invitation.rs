//! Invitations: how they are shown.

use guestlist_core::Timestamp;
use guestlist_core::invitation::{Invitation, InvitationState, Invitee};
use guestlist_store::InvitationView;
use serde::Serialize;
use utoipa::ToSchema;

use super::group::GroupTag;
use super::user::UserTag;
use super::words::{InvitationStateWord, LanguageWord, RoleWord, roles};
use crate::time::iso;

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationBody {
    id: String,
    group_id: i64,
    /// Only where invitations are looked at, like `inviter` and `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group: Option<GroupTag>,
    /// Who invited, last.
    inviter_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    inviter: Option<UserTag>,
    /// The account invited; null if it was an address.
    #[schema(required)]
    user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserTag>,
    /// The address invited; null if it was an account.
    #[schema(required)]
    email: Option<String>,
    /// What comes with acceptance.
    roles: Vec<RoleWord>,
    /// In which to write to the person; null if the inviter chose none.
    #[schema(required)]
    language: Option<LanguageWord>,
    /// The inviter's own words.
    #[schema(required)]
    note: Option<String>,
    state: InvitationStateWord,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last sent.
    #[schema(format = DateTime)]
    sent_at: String,
    /// When somebody first opened the link that was mailed with it.
    #[schema(format = DateTime, required)]
    seen_at: Option<String>,
    /// When it ends by itself; null for never.
    #[schema(format = DateTime, required)]
    expires_at: Option<String>,
    /// When it was answered, revoked, or ended by itself; null while it is pending.
    #[schema(format = DateTime, required)]
    closed_at: Option<String>,
}

impl InvitationBody {
    /// As those see it who have just changed it.
    pub(super) fn of(invitation: &Invitation) -> Self {
        Self::in_state(invitation, invitation.state)
    }

    /// As whoever looks at it at `now` sees it.
    pub(super) fn seen(view: &InvitationView, now: Timestamp) -> Self {
        Self {
            group: Some(GroupTag::of(&view.group)),
            inviter: Some(UserTag::of(&view.inviter)),
            user: view.invitee.as_ref().map(UserTag::of),
            ..Self::in_state(&view.invitation, view.invitation.state_at(now))
        }
    }

    fn in_state(invitation: &Invitation, state: InvitationState) -> Self {
        let (user, email) = match &invitation.invitee {
            Invitee::User(id) => (Some(id.get()), None),
            Invitee::Email(email) => (None, Some(email.to_string())),
        };
        let is_over = invitation.state != state;
        Self {
            id: invitation.id.to_string(),
            group_id: invitation.group.get(),
            group: None,
            inviter_id: invitation.inviter.get(),
            inviter: None,
            user_id: user,
            user: None,
            email,
            roles: roles(invitation.roles),
            language: invitation.language.map(LanguageWord::from),
            note: invitation.note.as_ref().map(ToString::to_string),
            state: state.into(),
            created_at: iso(invitation.created_at),
            sent_at: iso(invitation.sent_at),
            seen_at: invitation.seen_at.map(iso),
            expires_at: invitation.expires_at.map(iso),
            // One whose time ran out ended then, even before that is recorded.
            closed_at: invitation.closed_at.or(invitation.expires_at.filter(|_| is_over)).map(iso),
        }
    }
}
