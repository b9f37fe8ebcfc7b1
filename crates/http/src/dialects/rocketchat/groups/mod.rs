//! `groups.*`: private groups, who belongs to them, and what they are like.

mod add_all;
mod archive;
mod counters;
mod create;
mod delete;
mod holders;
mod info;
mod invite;
mod kick;
mod leave;
mod list;
mod members;
mod name;
mod online;
mod open;
mod roles;
mod settings;

use super::endpoint::Served;

/// The tags under which the document has them.
const GROUPS: &str = "Groups";
const ROLES: &str = "Roles";
const SETTINGS: &str = "Settings";

pub(super) fn endpoints() -> impl Iterator<Item = Served> {
    let groups = [
        create::served(),
        invite::served(),
        kick::served(),
        leave::served(),
        info::served(),
        members::served(),
        add_all::served(),
        delete::served(),
        counters::served(),
        online::served(),
    ];
    groups
        .into_iter()
        .chain(list::served())
        .chain(holders::served())
        .chain(archive::served())
        .chain(open::served())
        .chain(roles::served())
        .chain(settings::served())
}
