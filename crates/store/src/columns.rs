//! What the tables look like to both engines: which columns make a thing, in which order, and how states are stored.

use guestlist_core::history::Thing;
use guestlist_core::ids::{GroupId, InvitationId, UserId};
use guestlist_core::invitation::InvitationState;
use guestlist_core::mail::{MailKind, MailState, Recipient, Reply, Try, TryKind};
use guestlist_core::names::Email;
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::request::RequestState;
use guestlist_core::{Facts, Timestamp};

use crate::error::StoreError;

/// The columns of a user, in the order in which both engines read them, of the table under the given alias. Likewise the
/// others.
#[rustfmt::skip] // one column a line would bury the list
macro_rules! user_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".uid, ", $t, ".subject, ", $t, ".username, ", $t, ".name, ", $t, ".language, ", $t,
            ".is_admin, ", $t, ".roles, ", $t, ".profile, ", $t, ".signed_out_at, ", $t,
            ".deleted_at, ", $t, ".disabled_at, ", $t, ".created_at, ", $t, ".updated_at"
        )
    };
}
pub(crate) const USER_COLUMNS: usize = 14;

#[rustfmt::skip]
macro_rules! group_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".uid, ", $t, ".slug, ", $t, ".name, ", $t, ".description, ", $t, ".language, ", $t,
            ".chat, ", $t, ".country, ", $t, ".is_page, ", $t, ".is_public, ", $t, ".is_verified, ", $t, ".takes_requests, ", $t, ".is_token_enough, ", $t,
            ".members_max, ", $t, ".archived_at, ", $t, ".deleted_at, ", $t, ".offer_from, ", $t, ".offer_to, ", $t,
            ".offered_at, ", $t, ".offer_expires_at, ", $t, ".creator_id, ", $t, ".created_at, ", $t,
            ".members_count, ", $t, ".owners_count, ", $t, ".invitations_count, ", $t, ".waiting_count, ", $t,
            ".last_place, ", $t, ".notices_count, ", $t, ".updated_at"
        )
    };
}
pub(crate) const GROUP_COLUMNS: usize = 29;

#[rustfmt::skip]
macro_rules! membership_columns {
    ($t:literal) => {
        concat!($t, ".group_id, ", $t, ".user_id, ", $t, ".roles, ", $t, ".joined_at, ", $t, ".is_hidden")
    };
}

#[rustfmt::skip]
macro_rules! invitation_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".group_id, ", $t, ".user_id, ", $t, ".email, ", $t, ".inviter_id, ", $t, ".roles, ",
            $t, ".language, ", $t, ".note, ", $t, ".state, ", $t, ".created_at, ", $t, ".sent_at, ", $t, ".expires_at, ", $t, ".remind_at, ", $t,
            ".seen_at, ", $t, ".closed_at, ", $t, ".closed_by"
        )
    };
}
pub(crate) const INVITATION_COLUMNS: usize = 16;

#[rustfmt::skip]
macro_rules! request_columns {
    ($t:literal) => {
        concat!(
            $t, ".group_id, ", $t, ".user_id, ", $t, ".roles, ", $t, ".state, ", $t, ".place, ", $t, ".created_at, ",
            $t, ".closed_at, ", $t, ".closed_by"
        )
    };
}
pub(crate) const REQUEST_COLUMNS: usize = 8;

#[rustfmt::skip]
macro_rules! mail_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".kind, ", $t, ".group_id, ", $t, ".user_id, ", $t, ".email, ", $t, ".invitation_id, ",
            $t, ".about_id, ", $t, ".state, ", $t, ".created_at, ", $t, ".due_at, ", $t, ".tries"
        )
    };
}

#[rustfmt::skip]
macro_rules! link_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".group_id, ", $t, ".hash, ", $t, ".creator_id, ", $t, ".roles, ", $t, ".uses_max, ", $t,
            ".uses, ", $t, ".needs_approval, ", $t, ".created_at, ", $t, ".expires_at, ", $t, ".revoked_at, ", $t,
            ".revoked_by"
        )
    };
}

pub(crate) const LINK_COLUMNS: usize = 12;

#[rustfmt::skip]
macro_rules! event_columns {
    ($t:literal) => {
        concat!(
            $t, ".group_id, ", $t, ".seq, ", $t, ".at, ", $t, ".kind, ", $t, ".actor_id, ", $t, ".via, ", $t,
            ".client, ", $t, ".request, ", $t, ".batch_id, ", $t, ".thing, ", $t, ".record_before, ", $t,
            ".record_after, ", $t, ".hash"
        )
    };
}

pub(crate) const EVENT_COLUMNS: usize = 13;

#[rustfmt::skip]
macro_rules! token_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".hash, ", $t, ".user_id, ", $t, ".client_id, ", $t, ".scopes, ", $t, ".created_at, ",
            $t, ".expires_at, ", $t, ".revoked_at, ", $t, ".name, ", $t, ".last_part, ", $t, ".skips_second_factor"
        )
    };
}
pub(crate) const TOKEN_COLUMNS: usize = 11;

pub(crate) use {
    event_columns, group_columns, invitation_columns, link_columns, mail_columns, membership_columns, request_columns,
    token_columns, user_columns,
};

/// The stored form of an invitation's state.
pub(crate) const fn state_number(state: InvitationState) -> u8 {
    match state {
        InvitationState::Pending => 0,
        InvitationState::Accepted => 1,
        InvitationState::Declined => 2,
        InvitationState::Revoked => 3,
        InvitationState::Expired => 4,
    }
}

/// Reads the stored form.
pub(crate) fn state_from(number: u8) -> Option<InvitationState> {
    InvitationState::ALL.into_iter().find(|state| state_number(*state) == number)
}

/// The stored form of a request's state.
pub(crate) const fn request_state_number(state: RequestState) -> u8 {
    match state {
        RequestState::Pending => 0,
        RequestState::Waiting => 1,
        RequestState::Admitted => 2,
        RequestState::Rejected => 3,
        RequestState::Withdrawn => 4,
    }
}

/// Reads the stored form.
pub(crate) fn request_state_from(number: u8) -> Option<RequestState> {
    RequestState::ALL.into_iter().find(|state| request_state_number(*state) == number)
}

/// The stored form of what a mail is for.
pub(crate) fn mail_kind_number(kind: MailKind) -> u8 {
    position(&MailKind::ALL, kind)
}

/// Reads the stored form.
pub(crate) fn mail_kind_from(number: u8) -> Option<MailKind> {
    MailKind::ALL.get(usize::from(number)).copied()
}

/// The stored form of what became of a mail.
pub(crate) fn mail_state_number(state: MailState) -> u8 {
    position(&MailState::ALL, state)
}

/// Reads the stored form.
pub(crate) fn mail_state_from(number: u8) -> Option<MailState> {
    MailState::ALL.get(usize::from(number)).copied()
}

fn position<T: Copy + PartialEq>(all: &[T], one: T) -> u8 {
    // A list of all there are has each.
    all.iter().position(|known| *known == one).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

/// The stored form of what happened to a mail.
pub(crate) fn tries_text(tries: &[Try]) -> String {
    let tries = tries.iter().map(|attempt| {
        let reply = attempt.reply.as_ref().map(|reply| reply.as_str());
        (attempt.at.as_millis(), attempt.what.as_str(), reply)
    });
    // Numbers and texts: there is nothing in it that JSON could not hold.
    serde_json::to_string(&tries.collect::<Vec<_>>()).unwrap_or_default()
}

/// Reads the stored form.
pub(crate) fn tries_from(text: &str) -> Option<Vec<Try>> {
    let tries: Vec<(i64, String, Option<String>)> = serde_json::from_str(text).ok()?;
    let tries = tries.into_iter().map(|(at, what, reply)| {
        let reply = reply.map(|reply| Reply::of(&reply));
        Some(Try { at: Timestamp::from_millis(at), what: TryKind::parse(&what)?, reply })
    });
    tries.collect()
}

/// To whom a mail goes, by its columns.
pub(crate) fn recipient(user: Option<UserId>, email: Option<Email>) -> Recipient {
    match (user, email) {
        (Some(user), _) => Recipient::User(user),
        (None, Some(email)) => Recipient::Address(email),
        (None, None) => Recipient::Owners,
    }
}

/// The columns of to whom a mail goes.
pub(crate) const fn recipient_columns(to: &Recipient) -> (Option<UserId>, Option<&Email>) {
    match to {
        Recipient::User(user) => (Some(*user), None),
        Recipient::Address(email) => (None, Some(email)),
        Recipient::Owners => (None, None),
    }
}

/// The stored form of whose invitations are refused: a kind, and a number.
pub(crate) const fn invitations_from_numbers(from: InvitationsFrom) -> (u8, i64) {
    match from {
        InvitationsFrom::Everyone => (0, 0),
        InvitationsFrom::Group(id) => (1, id.get()),
        InvitationsFrom::Inviter(id) => (2, id.get()),
    }
}

/// Reads the stored form.
pub(crate) fn invitations_from(kind: u8, id: i64) -> Option<InvitationsFrom> {
    match (kind, id) {
        (0, 0) => Some(InvitationsFrom::Everyone),
        (1, id) => GroupId::new(id).map(InvitationsFrom::Group),
        (2, id) => UserId::new(id).map(InvitationsFrom::Inviter),
        _ => None,
    }
}

/// Reads the stored form of a thing that is an invitation.
pub(crate) fn invitation_named(thing: &str) -> Option<InvitationId> {
    if let Ok(Thing::Invitation(id)) = thing.parse() { Some(id) } else { None }
}

/// Reads a row of `sequences`.
pub(crate) fn learn_sequence(facts: &mut Facts, name: String, next: i64) -> Result<(), StoreError> {
    match name.as_str() {
        "users" => UserId::new(next).map(|id| facts.learn_next_user_id(id)),
        "groups" => GroupId::new(next).map(|id| facts.learn_next_group_id(id)),
        _ => Some(()),
    }
    .ok_or(StoreError::Corrupt { table: "sequences", column: "next", key: name })
}
