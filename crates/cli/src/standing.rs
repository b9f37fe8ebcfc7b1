//! How somebody stands to a group that they wanted to join, as it is printed.

use guestlist_core::ids::GroupId;
use guestlist_core::outcome::Standing;
use serde::Serialize;

use crate::output::Show;

/// What an acceptance, a link, a wish to join or an approval led to.
#[derive(Debug, Serialize)]
pub(crate) struct Stands {
    group: i64,
    standing: &'static str,
}

impl Stands {
    pub(crate) const fn of(group: GroupId, standing: Standing) -> Self {
        let standing = match standing {
            Standing::Joined => "joined",
            Standing::AlreadyMember => "already_member",
            Standing::Waiting => "waiting",
            Standing::Requested => "requested",
        };
        Self { group: group.get(), standing }
    }
}

impl Show for Stands {
    const HEADINGS: &'static [&'static str] = &["group", "standing"];

    fn cells(&self) -> Vec<String> {
        vec![self.group.to_string(), self.standing.replace('_', " ")]
    }
}
