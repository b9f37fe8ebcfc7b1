//! Commands about invite links.

use super::Needs;
use super::invitations::Expiry;
use crate::group::GroupRef;
use crate::ids::{LinkId, UserId};
use crate::link::{LinkHash, LinkRef};
use crate::member::RoleSet;
use crate::user::UserRef;

/// See [`Command::CreateLink`](super::Command::CreateLink).
#[derive(Debug, Clone)]
pub struct CreateLink {
    /// Who makes it.
    pub by: UserId,
    /// Where to.
    pub group: GroupRef,
    /// Its name in lists.
    pub id: LinkId,
    /// What the secret in its address will be looked up by.
    pub hash: LinkHash,
    /// The roles that come with it.
    pub roles: RoleSet,
    /// How many people it lets in, at least 1; any number if absent.
    pub uses_max: Option<i64>,
    /// How long it lives.
    pub expiry: Expiry,
    /// Whether whoever comes by it only asks to join.
    pub needs_approval: bool,
}

impl CreateLink {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}

/// See [`Command::RevokeLink`](super::Command::RevokeLink).
#[derive(Debug, Clone)]
pub struct RevokeLink {
    /// Who takes it back.
    pub by: UserId,
    /// Which.
    pub link: LinkId,
}

impl RevokeLink {
    pub(super) fn needs(&self) -> Needs {
        Needs { users: vec![UserRef::Id(self.by)], links: vec![LinkRef::Id(self.link)], ..Needs::default() }
    }
}

/// See [`Command::UseLink`](super::Command::UseLink).
#[derive(Debug, Clone)]
pub struct UseLink {
    /// Who comes.
    pub by: UserId,
    /// By which link: only who knows its secret can.
    pub link: LinkHash,
}

impl UseLink {
    pub(super) fn needs(&self) -> Needs {
        Needs { users: vec![UserRef::Id(self.by)], links: vec![LinkRef::Hash(self.link)], ..Needs::default() }
    }
}
