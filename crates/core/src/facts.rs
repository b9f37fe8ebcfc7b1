//! The few rows that decisions depend on, held in memory for the length of one batch.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::change::Change;
use crate::command::Needs;
use crate::credential::{AccessToken, Client, ClientId, IssuerKey, TokenHash, TokenRef};
use crate::group::{Group, GroupRef};
use crate::ids::{GroupId, InvitationId, TokenId, Uid, UserId};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::member::Membership;
use crate::names::{EmailKey, Slug, Subject, UsernameKey};
use crate::user::{User, UserEmail, UserRef};

/// Everything that the commands of a batch need to know. An engine fills it from storage in a fixed number of steps;
/// afterwards it follows the changes, so that each command sees what those before it did.
#[derive(Debug, Default)]
pub struct Facts {
    users: HashMap<UserId, User>,
    users_by_uid: HashMap<Uid, UserId>,
    users_by_subject: HashMap<Subject, UserId>,
    users_by_username: HashMap<UsernameKey, UserId>,
    emails: HashMap<EmailKey, UserEmail>,
    verified: HashMap<UserId, BTreeSet<EmailKey>>,
    groups: HashMap<GroupId, Group>,
    groups_by_uid: HashMap<Uid, GroupId>,
    groups_by_slug: HashMap<Slug, GroupId>,
    memberships: HashMap<(GroupId, UserId), Membership>,
    invitations: HashMap<InvitationId, Invitation>,
    pending_by_user: HashMap<(GroupId, UserId), InvitationId>,
    pending_by_email: HashMap<(GroupId, EmailKey), InvitationId>,
    tokens: HashMap<TokenId, AccessToken>,
    tokens_by_hash: HashMap<TokenHash, TokenId>,
    clients: HashMap<ClientId, Client>,
    issuer_key: Option<IssuerKey>,
    next_user_id: Option<UserId>,
    next_group_id: Option<GroupId>,
}

/// The pairs of group and person whose memberships and pending invitations a batch depends on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// People with an account.
    pub users: HashSet<(GroupId, UserId)>,
    /// Addresses.
    pub emails: HashSet<(GroupId, EmailKey)>,
}

impl Facts {
    /// The user that `who` names. An address names its user only if verified.
    #[must_use]
    pub fn user(&self, who: &UserRef) -> Option<&User> {
        let id = match who {
            UserRef::Id(id) => id,
            UserRef::Uid(uid) => self.users_by_uid.get(uid)?,
            UserRef::Subject(subject) => self.users_by_subject.get(subject)?,
            UserRef::Username(name) => self.users_by_username.get(name.key())?,
            UserRef::Email(email) => &self.emails.get(email.key()).filter(|email| email.is_verified)?.user,
        };
        self.users.get(id)
    }

    /// Who has this address, verified or not.
    #[must_use]
    pub fn owner_of(&self, address: &EmailKey) -> Option<&UserEmail> {
        self.emails.get(address)
    }

    /// The group that `which` names.
    #[must_use]
    pub fn group(&self, which: &GroupRef) -> Option<&Group> {
        let id = match which {
            GroupRef::Id(id) => id,
            GroupRef::Uid(uid) => self.groups_by_uid.get(uid)?,
            GroupRef::Slug(slug) => self.groups_by_slug.get(slug)?,
            GroupRef::UidOrSlug(text) => {
                let by_uid = Uid::parse(text).and_then(|uid| self.groups_by_uid.get(&uid));
                by_uid.or_else(|| self.groups_by_slug.get(&Slug::parse(text).ok()?))?
            }
        };
        self.groups.get(id)
    }

    /// The membership of `user` in `group`.
    #[must_use]
    pub fn membership(&self, group: GroupId, user: UserId) -> Option<&Membership> {
        self.memberships.get(&(group, user))
    }

    /// An invitation in any state.
    #[must_use]
    pub fn invitation(&self, id: InvitationId) -> Option<&Invitation> {
        self.invitations.get(&id)
    }

    /// The invitations of this person to this group that are stored as pending; they may have expired by now. For a
    /// user these are the one made to the account and those made to addresses before the user had verified them.
    pub fn pending_invitations<'f>(
        &'f self,
        group: GroupId,
        invitee: &'f Invitee,
    ) -> impl Iterator<Item = &'f Invitation> {
        let (by_user, addresses) = match invitee {
            Invitee::User(user) => (self.pending_by_user.get(&(group, *user)), self.verified.get(user)),
            Invitee::Email(_) => (None, None),
        };
        let address = match invitee {
            Invitee::User(_) => None,
            Invitee::Email(email) => Some(email.key()),
        };
        let addresses = addresses.into_iter().flatten().chain(address);
        let by_email = addresses.filter_map(move |key| self.pending_by_email.get(&(group, key.clone())));
        by_user.into_iter().chain(by_email).filter_map(|id| self.invitations.get(id))
    }

    /// A stored token in any state.
    #[must_use]
    pub fn token(&self, which: &TokenRef) -> Option<&AccessToken> {
        let id = match which {
            TokenRef::Id(id) => id,
            TokenRef::Hash(hash) => self.tokens_by_hash.get(hash)?,
        };
        self.tokens.get(id)
    }

    /// A registered client.
    #[must_use]
    pub fn client(&self, id: &ClientId) -> Option<&Client> {
        self.clients.get(id)
    }

    /// The key of the built-in token issuer, once there is one.
    #[must_use]
    pub const fn issuer_key(&self) -> Option<&IssuerKey> {
        self.issuer_key.as_ref()
    }

    /// The number that the next new user gets; loaded when a command's needs say so.
    #[must_use]
    pub const fn next_user_id(&self) -> Option<UserId> {
        self.next_user_id
    }

    /// The number that the next new group gets; loaded when a command's needs say so.
    #[must_use]
    pub const fn next_group_id(&self) -> Option<GroupId> {
        self.next_group_id
    }

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

    /// Learns a group.
    pub fn learn_group(&mut self, group: Group) {
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

    /// Learns a token.
    pub fn learn_token(&mut self, token: AccessToken) {
        self.tokens_by_hash.insert(token.hash, token.id);
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
            // No rule looks at a password.
            Change::Password(..) => {}
            Change::Group(group) => {
                self.next_group_id = self.next_group_id.map(|next| after(next, group.id, GroupId::get, GroupId::new));
                self.learn_group(group.clone());
            }
            Change::Membership(membership) => self.learn_membership(membership.clone()),
            Change::MembershipEnded(group, user) => {
                self.memberships.remove(&(*group, *user));
            }
            Change::Invitation(invitation) => self.learn_invitation(invitation.clone()),
            Change::Token(token) => self.learn_token(token.clone()),
            Change::Client(client) => self.learn_client(client.clone()),
            Change::ClientRemoved(id) => {
                self.clients.remove(id);
                self.tokens.retain(|_, token| token.client.as_ref() != Some(id));
            }
            Change::IssuerKey(key) => self.learn_issuer_key(key.clone()),
        }
    }

    /// Everybody learned so far: those whose addresses are facts too.
    pub fn user_ids(&self) -> impl Iterator<Item = UserId> {
        self.users.keys().copied()
    }

    /// Once groups, users, addresses and invitations are known: the pairs whose memberships and pending invitations
    /// the commands depend on.
    #[must_use]
    pub fn pairs(&self, needs: &[Needs]) -> Pairs {
        let mut pairs = Pairs::default();
        // Who gets an account in this batch may be named by their new number, name and so on in what follows.
        let newcomers = needs.iter().filter(|need| need.next_user_id).flat_map(|need| &need.users);
        let newcomers: Vec<_> = newcomers
            .filter_map(|who| if let UserRef::Email(email) = who { Some(email.key()) } else { None })
            .collect();
        for need in needs {
            let invitations = need.invitations.iter().filter_map(|id| self.invitation(*id));
            let groups = need.groups.iter().filter_map(|group| self.group(group)).map(|group| group.id);
            for group in groups.chain(invitations.map(|invitation| invitation.group)) {
                pairs.emails.extend(newcomers.iter().map(|address| (group, (*address).clone())));
                for who in &need.users {
                    if let Some(user) = self.user(who) {
                        pairs.users.insert((group, user.id));
                        let addresses = self.verified.get(&user.id).into_iter().flatten();
                        pairs.emails.extend(addresses.map(|address| (group, address.clone())));
                    }
                    if let UserRef::Email(email) = who {
                        pairs.emails.insert((group, email.key().clone()));
                    }
                }
            }
        }
        pairs
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
