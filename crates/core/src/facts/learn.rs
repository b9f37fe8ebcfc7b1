//! How facts come to be known: row by row from storage, and by following changes.

use std::collections::HashMap;

use super::Facts;
use crate::change::{Change, DayCount};
use crate::credential::{AccessToken, Client, IssuerKey};
use crate::group::Group;
use crate::history::{Event, Head, Stream};
use crate::ids::{BatchId, GroupId, InvitationId, UserId};
use crate::invitation::{Invitation, InvitationState, InvitationToken, Invitee};
use crate::link::Link;
use crate::mail::{DeadAddress, Mail};
use crate::member::Membership;
use crate::names::EmailKey;
use crate::opt_out::OptOut;
use crate::request::{JoinRequest, RequestState};
use crate::user::{User, UserEmail};

impl Facts {
    /// Learns which number the next new user gets.
    pub const fn learn_next_user_id(&mut self, id: UserId) {
        self.next_user_id = Some(id);
    }

    /// Learns which number the next new group gets.
    pub const fn learn_next_group_id(&mut self, id: GroupId) {
        self.next_group_id = Some(id);
    }

    /// Learns a user.
    pub fn learn_user(&mut self, user: User) {
        // A name that they gave up is free for the next command.
        if let Some(known) = self.users.get(&user.id).filter(|known| known.username != user.username)
            && let Some(username) = &known.username
        {
            self.users_by_username.remove(username.key());
        }
        self.users_by_uid.insert(user.uid.clone(), user.id);
        self.users_by_subject.insert(user.subject.clone(), user.id);
        if let Some(username) = &user.username {
            self.users_by_username.insert(username.key().clone(), user.id);
        }
        self.users.insert(user.id, user);
    }

    /// Learns whose an address is.
    pub fn learn_email(&mut self, email: UserEmail) {
        let key = email.email.key();
        if let Some(before) = self.emails.get(key).and_then(|before| self.verified.get_mut(&before.user)) {
            before.remove(key);
        }
        if email.is_verified {
            self.verified.entry(email.user).or_default().insert(key.clone());
        }
        self.emails.insert(email.email.key().clone(), email);
    }

    fn forget_email(&mut self, address: &EmailKey) {
        if let Some(gone) = self.emails.remove(address)
            && let Some(verified) = self.verified.get_mut(&gone.user)
        {
            verified.remove(address);
        }
    }

    /// Learns a group.
    pub fn learn_group(&mut self, group: Group) {
        // A name that it gave up is free for the next command.
        if let Some(known) = self.groups.get(&group.id).filter(|known| known.slug != group.slug) {
            self.groups_by_slug.remove(&known.slug);
        }
        self.groups_by_uid.insert(group.uid.clone(), group.id);
        self.groups_by_slug.insert(group.slug.clone(), group.id);
        self.groups.insert(group.id, group);
    }

    /// Learns a membership.
    pub fn learn_membership(&mut self, membership: Membership) {
        self.memberships.insert((membership.group, membership.user), membership);
    }

    /// Learns an invitation.
    pub fn learn_invitation(&mut self, invitation: Invitation) {
        let is_pending = invitation.state == InvitationState::Pending;
        match &invitation.invitee {
            Invitee::User(user) => {
                settle(&mut self.pending_by_user, (invitation.group, *user), &invitation, is_pending);
            }
            Invitee::Email(email) => {
                let key = (invitation.group, email.key().clone());
                settle(&mut self.pending_by_email, key, &invitation, is_pending);
            }
        }
        self.invitations.insert(invitation.id, invitation);
    }

    /// Learns that an invitation can be held by a secret.
    pub fn learn_invitation_token(&mut self, token: InvitationToken) {
        self.invitation_tokens.insert(token.hash, token);
    }

    /// Learns a mail.
    pub fn learn_mail(&mut self, mail: Mail) {
        self.mails.insert(mail.id, mail);
    }

    /// Learns that nobody reads mail at an address.
    pub fn learn_dead_address(&mut self, dead: DeadAddress) {
        self.dead_addresses.insert(dead.address.clone(), dead);
    }

    /// Learns a link.
    pub fn learn_link(&mut self, link: Link) {
        self.links_by_hash.insert(link.hash, link.id);
        self.links.insert(link.id, link);
    }

    /// Learns a request to join.
    pub fn learn_request(&mut self, request: JoinRequest) {
        let key = (request.group, request.user);
        let waiting = self.waiting.entry(request.group).or_default();
        if let Some(place) = self.requests.get(&key).and_then(|before| before.place) {
            waiting.remove(&place);
        }
        if let (RequestState::Waiting, Some(place)) = (request.state, request.place) {
            waiting.insert(place, request.user);
        }
        self.requests.insert(key, request);
    }

    /// Learns what an inviter made on their latest day.
    pub fn learn_day_count(&mut self, count: DayCount) {
        self.day_counts.insert(count.inviter, count);
    }

    /// Learns that somebody refuses invitations for good.
    pub fn learn_opt_out(&mut self, opt_out: OptOut) {
        self.opt_outs.entry(opt_out.person).or_default().insert(opt_out.from, opt_out);
    }

    /// Learns the next event of a batch of invitations.
    pub fn learn_batch_event(&mut self, batch: BatchId, event: Event) {
        self.batches.entry(batch).or_default().push(event);
    }

    /// Learns where a history stands.
    pub fn learn_head(&mut self, stream: Stream, head: Head) {
        self.heads.insert(stream, head);
    }

    /// Learns a token.
    pub fn learn_token(&mut self, token: AccessToken) {
        self.tokens_by_hash.insert(token.hash, token.id);
        if let Some(personal) = &token.personal {
            let name = (token.user, personal.name.clone());
            if token.revoked_at.is_none() {
                self.tokens_by_name.insert(name, token.id);
            } else if self.tokens_by_name.get(&name) == Some(&token.id) {
                self.tokens_by_name.remove(&name);
            }
        }
        self.tokens.insert(token.id, token);
    }

    /// Learns a client.
    pub fn learn_client(&mut self, client: Client) {
        self.clients.insert(client.id.clone(), client);
    }

    /// Learns the key of the built-in token issuer.
    pub fn learn_issuer_key(&mut self, key: IssuerKey) {
        self.issuer_key = Some(key);
    }

    /// Follows a change, so that the next decision sees it.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::User(user) => {
                self.next_user_id = self.next_user_id.map(|next| after(next, user.id, UserId::get, UserId::new));
                self.learn_user(user.clone());
            }
            Change::UserEmail(email) => self.learn_email(email.clone()),
            Change::UserEmailEnded(address) => self.forget_email(address),
            // No rule looks at a password.
            Change::Password(..) => {}
            Change::Group(group) => {
                self.next_group_id = self.next_group_id.map(|next| after(next, group.id, GroupId::get, GroupId::new));
                let tally = self.groups.get(&group.id).map_or(group.tally, |known| known.tally);
                self.learn_group(Group { tally, ..group.clone() });
            }
            Change::Tally(group, tally) => {
                if let Some(group) = self.groups.get_mut(group) {
                    group.tally = *tally;
                }
            }
            Change::Membership(membership) => self.learn_membership(membership.clone()),
            Change::MembershipEnded(group, user) => {
                self.memberships.remove(&(*group, *user));
            }
            Change::Invitation(invitation) => self.learn_invitation(invitation.clone()),
            Change::InvitationToken(token) => self.learn_invitation_token(*token),
            Change::Mail(mail) => self.learn_mail(mail.clone()),
            Change::DeadAddress(dead) => self.learn_dead_address(dead.clone()),
            Change::AddressRevived(address) => {
                self.dead_addresses.remove(address);
            }
            Change::Link(link) => self.learn_link(link.clone()),
            Change::JoinRequest(request) => self.learn_request(request.clone()),
            Change::DayCount(count) => self.learn_day_count(*count),
            Change::OptOut(opt_out) => self.learn_opt_out(*opt_out),
            Change::OptOutEnded(person, from) => {
                if let Some(of) = self.opt_outs.get_mut(person) {
                    of.remove(from);
                }
            }
            Change::GroupPurged(group) => self.forget_group(*group),
            Change::Event(event) => {
                self.learn_head(event.stream, event.head());
                if let Some(batch) = event.batch {
                    self.learn_batch_event(batch, (**event).clone());
                }
            }
            Change::Token(token) => self.learn_token(token.clone()),
            Change::Client(client) => self.learn_client(client.clone()),
            Change::ClientRemoved(id) => {
                self.clients.remove(id);
                self.tokens.retain(|_, token| token.client.as_ref() != Some(id));
            }
            Change::IssuerKey(key) => self.learn_issuer_key(key.clone()),
        }
    }

    fn forget_group(&mut self, group: GroupId) {
        if let Some(gone) = self.groups.remove(&group) {
            self.groups_by_uid.remove(&gone.uid);
            self.groups_by_slug.remove(&gone.slug);
        }
        self.memberships.retain(|(of, _), _| *of != group);
        self.invitations.retain(|_, invitation| invitation.group != group);
        self.requests.retain(|(of, _), _| *of != group);
        self.waiting.remove(&group);
        self.links.retain(|_, link| link.group != group);
        self.mails.retain(|_, mail| mail.group != group);
        for events in self.batches.values_mut() {
            events.retain(|event| event.stream != Stream::Group(group));
        }
        self.heads.remove(&Stream::Group(group));
    }
}

fn settle<K: Eq + std::hash::Hash>(
    pending: &mut HashMap<K, InvitationId>,
    key: K,
    invitation: &Invitation,
    is_pending: bool,
) {
    if is_pending {
        pending.insert(key, invitation.id);
    } else if pending.get(&key) == Some(&invitation.id) {
        pending.remove(&key);
    }
}

/// The next number once `used` is in use: numbers are given in sequence, after the highest ever used.
fn after<Id: Copy>(next: Id, used: Id, get: fn(Id) -> i64, new: fn(i64) -> Option<Id>) -> Id {
    if get(used) >= get(next) { new(get(used).saturating_add(1)).unwrap_or(next) } else { next }
}
