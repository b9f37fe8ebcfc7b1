//! What the tables look like to both engines: which columns make a thing, in which order, and how states are stored.

use guestlist_core::invitation::InvitationState;

/// The columns of a user, in the order in which both engines read them, of the table under the given alias. Likewise the
/// others.
#[rustfmt::skip] // one column a line would bury the list
macro_rules! user_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".uid, ", $t, ".subject, ", $t, ".username, ", $t, ".name, ", $t, ".is_admin, ", $t,
            ".disabled_at, ", $t, ".created_at, ", $t, ".updated_at"
        )
    };
}
pub(crate) const USER_COLUMNS: usize = 9;

#[rustfmt::skip]
macro_rules! group_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".uid, ", $t, ".slug, ", $t, ".name, ", $t, ".description, ", $t, ".is_page, ", $t,
            ".is_public, ", $t, ".is_verified, ", $t, ".archived_at, ", $t, ".creator_id, ", $t, ".members_count, ",
            $t, ".owners_count, ", $t, ".notices_count, ", $t, ".created_at, ", $t, ".updated_at"
        )
    };
}
pub(crate) const GROUP_COLUMNS: usize = 15;

#[rustfmt::skip]
macro_rules! membership_columns {
    ($t:literal) => {
        concat!($t, ".group_id, ", $t, ".user_id, ", $t, ".roles, ", $t, ".joined_at")
    };
}

#[rustfmt::skip]
macro_rules! invitation_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".group_id, ", $t, ".user_id, ", $t, ".email, ", $t, ".inviter_id, ", $t, ".roles, ",
            $t, ".state, ", $t, ".created_at, ", $t, ".expires_at, ", $t, ".closed_at"
        )
    };
}
pub(crate) const INVITATION_COLUMNS: usize = 10;

#[rustfmt::skip]
macro_rules! token_columns {
    ($t:literal) => {
        concat!(
            $t, ".id, ", $t, ".hash, ", $t, ".user_id, ", $t, ".client_id, ", $t, ".scopes, ", $t, ".created_at, ",
            $t, ".expires_at, ", $t, ".revoked_at"
        )
    };
}
pub(crate) const TOKEN_COLUMNS: usize = 8;

pub(crate) use {group_columns, invitation_columns, membership_columns, token_columns, user_columns};

/// The stored form of a state.
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
pub(crate) const fn state_from(number: u8) -> Option<InvitationState> {
    Some(match number {
        0 => InvitationState::Pending,
        1 => InvitationState::Accepted,
        2 => InvitationState::Declined,
        3 => InvitationState::Revoked,
        4 => InvitationState::Expired,
        _ => return None,
    })
}
