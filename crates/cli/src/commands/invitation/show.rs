//! An invitation as it is printed.

use guestlist_core::delivery::{Step, story};
use guestlist_core::ids::UserId;
use guestlist_core::invitation::Invitee;
use guestlist_core::language::Language;
use guestlist_core::mail::{Mail, MailKind};
use guestlist_core::ports::Clock as _;
use guestlist_store::InvitationView;
use serde::Serialize;

use crate::commands::member::role_names;
use crate::names::label;
use crate::output::{self, Listing, Show};
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
    language: Option<&'static str>,
    note: Option<String>,
    state: &'static str,
    created_at: String,
    sent_at: String,
    seen_at: Option<String>,
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
            language: invitation.language.map(Language::as_str),
            note: invitation.note.as_ref().map(ToString::to_string),
            state: invitation.state_at(SystemClock.now()).as_str(),
            created_at: output::time(invitation.created_at),
            sent_at: output::time(invitation.sent_at),
            seen_at: invitation.seen_at.map(output::time),
            expires_at: invitation.expires_at.map(output::time),
            closed_at: invitation.closed_at.map(output::time),
            closed_by: invitation.closed_by.map(UserId::get),
            to: invited(view),
            by: label(&view.inviter),
        }
    }
}

/// An invitation, and what became of its mails, as they are printed.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    #[serde(flatten)]
    invitation: Entry,
    delivery: Vec<StepRow>,
}

impl Told {
    pub(super) fn of(view: &InvitationView, mails: &[Mail]) -> Self {
        let story = story(&view.invitation, mails, SystemClock.now());
        Self { invitation: Entry::of(view), delivery: story.iter().map(StepRow::of).collect() }
    }

    /// As one object, or as the invitation and a table below it.
    pub(super) fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            return output::object(self);
        }
        output::one(&self.invitation, false)?;
        if let Some(note) = &self.invitation.note {
            output::line(&format!("\n{note}"))?;
        }
        if self.delivery.is_empty() {
            return Ok(());
        }
        output::line("")?;
        let mut listing = Listing::new::<StepRow>(false);
        self.delivery.iter().try_for_each(|step| listing.add(step))?;
        listing.finish()
    }
}

/// One thing that happened to an invitation, as it is printed.
#[derive(Debug, Serialize)]
struct StepRow {
    at: String,
    what: &'static str,
    mail: Option<&'static str>,
    reply: Option<String>,
    is_dead_address: bool,
}

impl StepRow {
    fn of(step: &Step) -> Self {
        Self {
            at: output::time(step.at),
            what: step.what.as_str(),
            mail: step.mail.map(MailKind::as_str),
            reply: step.reply.as_ref().map(|reply| reply.as_str().to_owned()),
            is_dead_address: step.is_dead_address(),
        }
    }
}

impl Show for StepRow {
    const HEADINGS: &'static [&'static str] = &["at", "what", "mail", "why"];

    fn cells(&self) -> Vec<String> {
        let reply = self.reply.clone().unwrap_or_default();
        let why = if self.is_dead_address { format!("this address does not exist: {reply}") } else { reply };
        vec![self.at.clone(), self.what.to_owned(), self.mail.unwrap_or_default().to_owned(), why]
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
