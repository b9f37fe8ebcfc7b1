//! The few names that there are, so that steps meet.

use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, Uid, UserId};
use guestlist_core::names::{Email, Slug, Subject, Username};

pub(crate) fn user_id(n: i64) -> UserId {
    UserId::new(n).unwrap()
}

pub(crate) fn user_uid(n: i64) -> Uid {
    Uid::parse(&format!("uid-p{n}")).unwrap()
}

pub(crate) fn subject(n: i64) -> Subject {
    Subject::parse(&format!("sub-p{n}")).unwrap()
}

pub(crate) fn username(n: i64) -> Username {
    Username::parse(&format!("p{n}")).unwrap()
}

pub(crate) fn address(n: i64) -> Email {
    Email::parse(&format!("p{n}@example.org")).unwrap()
}

pub(crate) fn group_id(n: i64) -> GroupId {
    GroupId::new(n).unwrap()
}

pub(crate) fn group(n: i64) -> GroupRef {
    GroupRef::Id(group_id(n))
}

pub(crate) fn group_uid(n: i64) -> Uid {
    Uid::parse(&format!("uid-g{n}")).unwrap()
}

pub(crate) fn slug(n: i64) -> Slug {
    Slug::parse(&format!("g{n}")).unwrap()
}

/// A slug that reads like the uid of a group, for look-ups by either.
pub(crate) fn twisted_slug(n: i64) -> Slug {
    Slug::parse(group_uid(n).as_str()).unwrap()
}
