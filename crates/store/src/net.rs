//! The changes of a whole batch, reduced to what is left to write: of several changes to one thing, the last.

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::change::DayCount;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash};
use guestlist_core::group::{Group, Tally};
use guestlist_core::history::{Event, Head, Stream};
use guestlist_core::ids::{GroupId, InvitationId, LinkId, TokenId, UserId};
use guestlist_core::invitation::{Invitation, InvitationToken, InvitationTokenHash};
use guestlist_core::link::Link;
use guestlist_core::mail::{DeadAddress, Mail, MailId};
use guestlist_core::member::Membership;
use guestlist_core::names::EmailKey;
use guestlist_core::opt_out::{InvitationsFrom, OptOut, PersonHash};
use guestlist_core::request::JoinRequest;
use guestlist_core::user::{User, UserEmail};
use guestlist_core::{Change, Timestamp};

use crate::terms::{AnswerKey, KeptAnswer};

/// The rows to write, by table and in order of their keys.
#[derive(Debug, Default)]
pub(crate) struct NetChanges {
    pub(crate) users: BTreeMap<UserId, User>,
    /// `None` for one that nobody has any more.
    pub(crate) emails: BTreeMap<EmailKey, Option<UserEmail>>,
    pub(crate) passwords: BTreeMap<UserId, PasswordHash>,
    /// But for their tallies, which matter only where the group is new.
    pub(crate) groups: BTreeMap<GroupId, Group>,
    pub(crate) tallies: BTreeMap<GroupId, Tally>,
    /// `None` for a membership that ended.
    pub(crate) memberships: BTreeMap<(GroupId, UserId), Option<Membership>>,
    pub(crate) invitations: BTreeMap<InvitationId, Invitation>,
    pub(crate) invitation_tokens: BTreeMap<InvitationTokenHash, InvitationToken>,
    pub(crate) mails: BTreeMap<MailId, Mail>,
    /// `None` for one that is written to again.
    pub(crate) dead_addresses: BTreeMap<EmailKey, Option<DeadAddress>>,
    pub(crate) links: BTreeMap<LinkId, Link>,
    pub(crate) requests: BTreeMap<(GroupId, UserId), JoinRequest>,
    pub(crate) day_counts: BTreeMap<UserId, DayCount>,
    /// `None` for one that was taken back.
    pub(crate) opt_outs: BTreeMap<(PersonHash, InvitationsFrom), Option<OptOut>>,
    /// Groups to forget with everything in them, before anything is written.
    pub(crate) purged_groups: BTreeSet<GroupId>,
    /// In the order in which they happened; those of one history are without gaps.
    pub(crate) events: Vec<Event>,
    /// Clients to remove, with their tokens, before any is written: a client of the same id may follow.
    pub(crate) removed_clients: BTreeSet<ClientId>,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) tokens: BTreeMap<TokenId, AccessToken>,
    pub(crate) issuer_key: Option<IssuerKey>,
    /// What to answer if the same request comes again.
    pub(crate) answers: BTreeMap<AnswerKey, KeptAnswer>,
    /// Since when answers are kept: some of the older ones are forgotten along with whatever is written.
    pub(crate) answers_since: Option<Timestamp>,
}

impl NetChanges {
    /// Adds what one command changes, after those before it.
    pub(crate) fn add(&mut self, change: Change) {
        match change {
            Change::User(user) => drop(self.users.insert(user.id, user)),
            Change::UserEmail(email) => drop(self.emails.insert(email.email.key().clone(), Some(email))),
            Change::UserEmailEnded(address) => drop(self.emails.insert(address, None)),
            Change::Password(user, hash) => drop(self.passwords.insert(user, hash)),
            Change::Group(group) => drop(self.groups.insert(group.id, group)),
            Change::Membership(member) => drop(self.memberships.insert((member.group, member.user), Some(member))),
            Change::MembershipEnded(group, user) => drop(self.memberships.insert((group, user), None)),
            Change::Invitation(invitation) => drop(self.invitations.insert(invitation.id, invitation)),
            Change::Tally(group, tally) => drop(self.tallies.insert(group, tally)),
            Change::InvitationToken(token) => drop(self.invitation_tokens.insert(token.hash, token)),
            Change::Mail(mail) => drop(self.mails.insert(mail.id, mail)),
            Change::DeadAddress(dead) => drop(self.dead_addresses.insert(dead.address.clone(), Some(dead))),
            Change::AddressRevived(address) => drop(self.dead_addresses.insert(address, None)),
            Change::Link(link) => drop(self.links.insert(link.id, link)),
            Change::JoinRequest(request) => drop(self.requests.insert((request.group, request.user), request)),
            Change::DayCount(count) => drop(self.day_counts.insert(count.inviter, count)),
            Change::OptOut(opt_out) => drop(self.opt_outs.insert((opt_out.person, opt_out.from), Some(opt_out))),
            Change::OptOutEnded(person, from) => drop(self.opt_outs.insert((person, from), None)),
            Change::GroupPurged(id) => self.purge(id),
            Change::Event(event) => self.events.push(*event),
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

    /// Nothing of the group is left to be written, and what is stored of it goes.
    fn purge(&mut self, id: GroupId) {
        self.groups.remove(&id);
        self.tallies.remove(&id);
        self.memberships.retain(|(group, _), _| *group != id);
        let gone = |invitation: &Invitation| invitation.group == id;
        let invitations = &self.invitations;
        self.invitation_tokens.retain(|_, token| !invitations.get(&token.invitation).is_some_and(gone));
        self.invitations.retain(|_, invitation| !gone(invitation));
        self.links.retain(|_, link| link.group != id);
        self.mails.retain(|_, mail| mail.group != id);
        self.requests.retain(|(group, _), _| *group != id);
        self.events.retain(|event| event.stream != Stream::Group(id));
        self.purged_groups.insert(id);
    }

    /// Where the histories stand that go on.
    pub(crate) fn heads(&self) -> BTreeMap<Stream, Head> {
        self.events.iter().map(|event| (event.stream, event.head())).collect()
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.emails.is_empty()
            && self.passwords.is_empty()
            && self.groups.is_empty()
            && self.tallies.is_empty()
            && self.memberships.is_empty()
            && self.invitations.is_empty()
            && self.invitation_tokens.is_empty()
            && self.mails.is_empty()
            && self.dead_addresses.is_empty()
            && self.links.is_empty()
            && self.requests.is_empty()
            && self.day_counts.is_empty()
            && self.opt_outs.is_empty()
            && self.purged_groups.is_empty()
            && self.events.is_empty()
            && self.removed_clients.is_empty()
            && self.clients.is_empty()
            && self.tokens.is_empty()
            && self.issuer_key.is_none()
            && self.answers.is_empty()
            && self.answers_since.is_none()
    }
}
