//! The changes of a whole batch, reduced to what is left to write: of several changes to one thing, the last.

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::Change;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash};
use guestlist_core::group::Group;
use guestlist_core::ids::{GroupId, InvitationId, TokenId, UserId};
use guestlist_core::invitation::Invitation;
use guestlist_core::member::Membership;
use guestlist_core::names::EmailKey;
use guestlist_core::user::{User, UserEmail};

/// The rows to write, by table and in order of their keys.
#[derive(Debug, Default)]
pub(crate) struct NetChanges {
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) emails: BTreeMap<EmailKey, UserEmail>,
    pub(crate) passwords: BTreeMap<UserId, PasswordHash>,
    pub(crate) groups: BTreeMap<GroupId, Group>,
    /// `None` for a membership that ended.
    pub(crate) memberships: BTreeMap<(GroupId, UserId), Option<Membership>>,
    pub(crate) invitations: BTreeMap<InvitationId, Invitation>,
    /// Clients to remove, with their tokens, before any is written: a client of the same id may follow.
    pub(crate) removed_clients: BTreeSet<ClientId>,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) tokens: BTreeMap<TokenId, AccessToken>,
    pub(crate) issuer_key: Option<IssuerKey>,
}

impl NetChanges {
    /// Adds what one command changes, after those before it.
    pub(crate) fn add(&mut self, change: Change) {
        match change {
            Change::User(user) => drop(self.users.insert(user.id, user)),
            Change::UserEmail(email) => drop(self.emails.insert(email.email.key().clone(), email)),
            Change::Password(user, hash) => drop(self.passwords.insert(user, hash)),
            Change::Group(group) => drop(self.groups.insert(group.id, group)),
            Change::Membership(member) => drop(self.memberships.insert((member.group, member.user), Some(member))),
            Change::MembershipEnded(group, user) => drop(self.memberships.insert((group, user), None)),
            Change::Invitation(invitation) => drop(self.invitations.insert(invitation.id, invitation)),
            Change::Client(client) => drop(self.clients.insert(client.id.clone(), client)),
            Change::ClientRemoved(id) => {
                self.tokens.retain(|_, token| token.client.as_ref() != Some(&id));
                self.clients.remove(&id);
                self.removed_clients.insert(id);
            }
            Change::Token(token) => drop(self.tokens.insert(token.id, token)),
            Change::IssuerKey(key) => self.issuer_key = Some(key),
        }
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.emails.is_empty()
            && self.passwords.is_empty()
            && self.groups.is_empty()
            && self.memberships.is_empty()
            && self.invitations.is_empty()
            && self.removed_clients.is_empty()
            && self.clients.is_empty()
            && self.tokens.is_empty()
            && self.issuer_key.is_none()
    }
}
