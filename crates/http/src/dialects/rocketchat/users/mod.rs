//! `users.*`: people with an account.

mod account;
mod autocomplete;
mod create;
mod delete;
mod info;
mod list;
mod register;
mod relinquish;
mod send_invitation;
mod set_active;
mod update;
mod wire;

use super::endpoint::Served;

/// The tag under which the document has them.
const USERS: &str = "Users";

pub(super) fn endpoints() -> [Served; 9] {
    [
        create::served(),
        register::served(),
        info::served(),
        list::served(),
        update::served(),
        set_active::served(),
        delete::served(),
        autocomplete::served(),
        send_invitation::served(),
    ]
}
