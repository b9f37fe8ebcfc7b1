//! An invitation as it is printed.

use guestlist_core::ids::UserId;
use guestlist_core::invitation::Invitee;
use guestlist_core::ports::Clock as _;
use guestlist_store::InvitationView;
use serde::Serialize;

use crate::commands::member::role_names;
use crate::names::label;
use crate::output::{self, Show};
use crate::wiring::SystemClock;

/// An invitation as it is printed.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    id: String,
    group: i64,
    user: Option<i64>,
    username: Option<String>,
    email: Option<String>,
    inviter: i64,
    roles: Vec<&'static str>,
    state: &'static str,
    created_at: String,
    sent_at: String,
    expires_at: Option<String>,
    closed_at: Option<String>,
    closed_by: Option<i64>,
    #[serde(skip)]
    to: String,
    #[serde(skip)]
    by: String,
}

impl Entry {
    pub(super) fn of(view: &InvitationView) -> Self {
        let invitation = &view.invitation;
        let (user, email) = match &invitation.invitee {
            Invitee::User(id) => (Some(id.get()), None),
            Invitee::Email(email) => (None, Some(email.to_string())),
        };
        Self {
            id: invitation.id.to_string(),
            group: invitation.group.get(),
            user,
            username: view.invitee.as_ref().and_then(|user| user.username.as_ref()).map(ToString::to_string),
            email,
            inviter: invitation.inviter.get(),
            roles: role_names(invitation.roles),
            state: invitation.state_at(SystemClock.now()).as_str(),
            created_at: output::time(invitation.created_at),
            sent_at: output::time(invitation.sent_at),
            expires_at: invitation.expires_at.map(output::time),
            closed_at: invitation.closed_at.map(output::time),
            closed_by: invitation.closed_by.map(UserId::get),
            to: invited(view),
            by: label(&view.inviter),
        }
    }
}

/// Who is invited, in a word.
pub(super) fn invited(view: &InvitationView) -> String {
    match (&view.invitation.invitee, &view.invitee) {
        (Invitee::Email(email), _) => email.to_string(),
        (Invitee::User(_), Some(user)) => label(user),
        (Invitee::User(id), None) => format!("user {id}"),
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["id", "to", "by", "roles", "state", "sent", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.to.clone(),
            self.by.clone(),
            self.roles.join(" "),
            self.state.to_owned(),
            self.sent_at.clone(),
            self.expires_at.clone().unwrap_or_else(|| "never".to_owned()),
        ]
    }
}
