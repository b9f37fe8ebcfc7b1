//! The few rows that decisions depend on, held in memory for the length of one batch.

mod learn;
mod reach;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use self::reach::{Pairs, Refusers};
use crate::change::DayCount;
use crate::credential::{AccessToken, Client, ClientId, IssuerKey, TokenHash, TokenName, TokenRef};
use crate::group::{Group, GroupRef};
use crate::history::{Event, Head, Stream};
use crate::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use crate::invitation::{Invitation, InvitationRef, InvitationToken, InvitationTokenHash, Invitee};
use crate::link::{Link, LinkHash, LinkRef};
use crate::mail::{DeadAddress, Mail, MailId};
use crate::member::{Membership, Role};
use crate::names::{Email, EmailKey, Slug, Subject, UsernameKey};
use crate::opt_out::{InvitationsFrom, OptOut, Person, PersonHash, PersonKey};
use crate::request::JoinRequest;
use crate::settings::Settings;
use crate::time::Timestamp;
use crate::user::{User, UserEmail, UserRef};

/// Everything that the commands of a batch need to know. An engine fills it from storage in a fixed number of steps;
/// afterwards it follows the changes, so that each command sees what those before it did.
#[derive(Debug, Default)]
pub struct Facts {
    settings: Settings,
    person_key: Option<PersonKey>,
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
    invitation_tokens: HashMap<InvitationTokenHash, InvitationToken>,
    pending_by_user: HashMap<(GroupId, UserId), InvitationId>,
    pending_by_email: HashMap<(GroupId, EmailKey), InvitationId>,
    requests: HashMap<(GroupId, UserId), JoinRequest>,
    waiting: HashMap<GroupId, BTreeMap<i64, UserId>>,
    links: HashMap<LinkId, Link>,
    links_by_hash: HashMap<LinkHash, LinkId>,
    mails: HashMap<MailId, Mail>,
    dead_addresses: HashMap<EmailKey, DeadAddress>,
    day_counts: HashMap<UserId, DayCount>,
    opt_outs: HashMap<PersonHash, BTreeMap<InvitationsFrom, OptOut>>,
    batches: HashMap<BatchId, Vec<Event>>,
    heads: HashMap<Stream, Head>,
    tokens: HashMap<TokenId, AccessToken>,
    tokens_by_hash: HashMap<TokenHash, TokenId>,
    tokens_by_name: HashMap<(UserId, TokenName), TokenId>,
    clients: HashMap<ClientId, Client>,
    issuer_key: Option<IssuerKey>,
    next_user_id: Option<UserId>,
    next_group_id: Option<GroupId>,
}

impl Facts {
    /// Nothing but the operator's settings and the key under which people are hashed.
    #[must_use]
    pub fn of(settings: Settings, person_key: PersonKey) -> Self {
        Self { settings, person_key: Some(person_key), ..Self::default() }
    }

    /// Learns what the operator allows.
    #[cfg(feature = "testing")]
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// What the operator allows.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The user that `who` names. An address names its user only if verified.
    #[must_use]
    pub fn user(&self, who: &UserRef) -> Option<&User> {
        let id = match who {
            UserRef::Id(id) => id,
            // Who is gone is known by number, and by the subject that somebody may still come with.
            UserRef::Uid(uid) => {
                let user = self.users.get(self.users_by_uid.get(uid)?)?;
                return user.deleted_at.is_none().then_some(user);
            }
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

    /// The addresses of `user`, verified or not.
    pub fn emails_of(&self, user: UserId) -> impl Iterator<Item = &UserEmail> {
        let mut own: Vec<_> = self.emails.values().filter(|email| email.user == user).collect();
        own.sort_by_key(|email| email.email.key());
        own.into_iter()
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

    /// The groups that this user owns; complete when a command's needs say so.
    pub fn owned_by(&self, user: UserId) -> impl Iterator<Item = (&Group, &Membership)> {
        let owned = move |member: &&Membership| member.user == user && member.roles.has(Role::Owner);
        let mut owned: Vec<_> = self.memberships.values().filter(owned).collect();
        owned.sort_by_key(|member| member.group);
        owned.into_iter().filter_map(|member| Some((self.groups.get(&member.group)?, member)))
    }

    /// An invitation in any state.
    #[must_use]
    pub fn invitation(&self, which: &InvitationRef) -> Option<&Invitation> {
        let id = match which {
            InvitationRef::Id(id) => id,
            InvitationRef::Token(hash) => &self.invitation_tokens.get(hash)?.invitation,
        };
        self.invitations.get(id)
    }

    /// A secret that stands for an invitation.
    #[must_use]
    pub fn invitation_token(&self, hash: &InvitationTokenHash) -> Option<&InvitationToken> {
        self.invitation_tokens.get(hash)
    }

    /// Where to write to `user`: the first of their verified addresses.
    #[must_use]
    pub fn address_of(&self, user: UserId) -> Option<&Email> {
        let first = self.verified.get(&user)?.first()?;
        self.emails.get(first).map(|email| &email.email)
    }

    /// Those who own a group, in order of their coming; complete up to the number that is written to, when a command's needs
    /// say so.
    pub fn owners_in(&self, group: GroupId) -> impl Iterator<Item = UserId> {
        let owns = |member: &&Membership| member.group == group && member.roles.has(Role::Owner);
        let mut owners: Vec<_> = self.memberships.values().filter(owns).collect();
        owners.sort_by_key(|member| (member.joined_at, member.user));
        owners.into_iter().map(|member| member.user)
    }

    /// A mail in any state.
    #[must_use]
    pub fn mail(&self, id: MailId) -> Option<&Mail> {
        self.mails.get(&id)
    }

    /// What was queued before this instant and due by it, in order; loaded when a command's needs say so.
    #[must_use]
    pub fn due_mail(&self, by: Timestamp) -> Vec<&Mail> {
        let is_due = |mail: &&Mail| mail.created_at < by && mail.due_at.is_some_and(|at| at <= by);
        let mut due: Vec<_> = self.mails.values().filter(is_due).collect();
        due.sort_by_key(|mail| (mail.due_at, mail.id));
        due
    }

    /// What is known of an address at which nobody reads mail.
    #[must_use]
    pub fn dead_address(&self, address: &EmailKey) -> Option<&DeadAddress> {
        self.dead_addresses.get(address)
    }

    /// An invite link in any state.
    #[must_use]
    pub fn link(&self, which: &LinkRef) -> Option<&Link> {
        let id = match which {
            LinkRef::Id(id) => id,
            LinkRef::Hash(hash) => self.links_by_hash.get(hash)?,
        };
        self.links.get(id)
    }

    /// The latest request of `user` to join `group`.
    #[must_use]
    pub fn request(&self, group: GroupId, user: UserId) -> Option<&JoinRequest> {
        self.requests.get(&(group, user))
    }

    /// Those who wait for a seat in `group`, in order; as many as a command's needs say.
    pub fn waiting(&self, group: GroupId) -> impl Iterator<Item = &JoinRequest> {
        let places = self.waiting.get(&group).into_iter().flat_map(BTreeMap::values);
        places.filter_map(move |user| self.requests.get(&(group, *user)))
    }

    /// How many invitations `inviter` made on a day; loaded when a command's needs say so.
    #[must_use]
    pub fn made_on(&self, inviter: UserId, day: i64) -> i64 {
        self.day_counts.get(&inviter).filter(|count| count.day == day).map_or(0, |count| count.made)
    }

    /// Everything that `user` is known as towards invitations.
    #[must_use]
    pub fn persons(&self, user: UserId) -> Vec<Person> {
        let addresses = self.verified.get(&user).into_iter().flatten();
        std::iter::once(Person::User(user)).chain(addresses.cloned().map(Person::Address)).collect()
    }

    /// A person's hash; `None` only where a test gave no key.
    #[must_use]
    pub fn hash(&self, person: &Person) -> Option<PersonHash> {
        self.person_key.as_ref().map(|key| PersonHash::of(key, person))
    }

    /// Whether `user` refuses invitations of `inviter` to `group`; loaded when a command's needs say so.
    #[must_use]
    pub fn refuses(&self, user: UserId, group: GroupId, inviter: UserId) -> bool {
        let from = [InvitationsFrom::Everyone, InvitationsFrom::Group(group), InvitationsFrom::Inviter(inviter)];
        let hashes = self.persons(user).into_iter().filter_map(|person| self.hash(&person));
        hashes.filter_map(|hash| self.opt_outs.get(&hash)).any(|of| from.iter().any(|from| of.contains_key(from)))
    }

    /// What a person refuses for good; loaded when a command's needs say so.
    pub fn opt_outs(&self, person: &PersonHash) -> impl Iterator<Item = &OptOut> {
        self.opt_outs.get(person).into_iter().flat_map(BTreeMap::values)
    }

    /// What happened in a batch of invitations, in order; empty if there is no such batch.
    #[must_use]
    pub fn batch(&self, id: BatchId) -> &[Event] {
        self.batches.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Where a history stands.
    #[must_use]
    pub fn head(&self, stream: Stream) -> Head {
        self.heads.get(&stream).copied().unwrap_or_default()
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
            TokenRef::Named(user, name) => self.tokens_by_name.get(&(*user, name.clone()))?,
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
}
