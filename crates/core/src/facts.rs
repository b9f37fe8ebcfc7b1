//! The few rows that decisions depend on, held in memory for the length of one batch.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::change::{Change, DayCount};
use crate::command::Needs;
use crate::credential::{AccessToken, Client, ClientId, IssuerKey, TokenHash, TokenRef};
use crate::group::{Group, GroupRef};
use crate::history::{Event, Head, Stream, Thing};
use crate::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use crate::invitation::{Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee};
use crate::link::{Link, LinkHash, LinkRef};
use crate::member::{Membership, Role};
use crate::names::{EmailKey, Slug, Subject, UsernameKey};
use crate::opt_out::{InvitationsFrom, OptOut, Person, PersonHash, PersonKey};
use crate::request::{JoinRequest, RequestState};
use crate::settings::Settings;
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
    invitations_by_token: HashMap<InvitationTokenHash, InvitationId>,
    pending_by_user: HashMap<(GroupId, UserId), InvitationId>,
    pending_by_email: HashMap<(GroupId, EmailKey), InvitationId>,
    requests: HashMap<(GroupId, UserId), JoinRequest>,
    waiting: HashMap<GroupId, BTreeMap<i64, UserId>>,
    links: HashMap<LinkId, Link>,
    links_by_hash: HashMap<LinkHash, LinkId>,
    day_counts: HashMap<UserId, DayCount>,
    opt_outs: HashMap<PersonHash, BTreeMap<InvitationsFrom, OptOut>>,
    batches: HashMap<BatchId, Vec<Event>>,
    heads: HashMap<Stream, Head>,
    tokens: HashMap<TokenId, AccessToken>,
    tokens_by_hash: HashMap<TokenHash, TokenId>,
    clients: HashMap<ClientId, Client>,
    issuer_key: Option<IssuerKey>,
    next_user_id: Option<UserId>,
    next_group_id: Option<GroupId>,
}

/// The people whose standing refusals a batch depends on, once users and invitations are known.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refusers {
    /// Whether the person refuses everyone, the group, or the inviter.
    pub towards: BTreeSet<(PersonHash, GroupId, UserId)>,
    /// All that the person refuses.
    pub all: BTreeSet<PersonHash>,
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
            InvitationRef::Token(hash) => self.invitations_by_token.get(hash)?,
        };
        self.invitations.get(id)
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
    pub fn learn_invitation_token(&mut self, token: &InvitationToken) {
        self.invitations_by_token.insert(token.hash, token.invitation);
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
            Change::InvitationToken(token) => self.learn_invitation_token(token),
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
        for events in self.batches.values_mut() {
            events.retain(|event| event.stream != Stream::Group(group));
        }
        self.heads.remove(&Stream::Group(group));
    }

    /// All groups learned so far: those whose last event is a fact too.
    pub fn group_ids(&self) -> impl Iterator<Item = GroupId> {
        self.groups.keys().copied()
    }

    /// Everybody learned so far: those whose addresses are facts too.
    pub fn user_ids(&self) -> impl Iterator<Item = UserId> {
        self.users.keys().copied()
    }

    /// Once users and addresses are known: the users whose groups are facts, if they own them.
    #[must_use]
    pub fn owners(&self, needs: &[Needs]) -> BTreeSet<UserId> {
        let named = needs.iter().flat_map(|need| &need.owned_by);
        let mut owners: BTreeSet<_> = named.filter_map(|who| self.user(who)).map(|user| user.id).collect();
        if needs.iter().any(|need| !need.owned_by.is_empty()) {
            owners.extend(self.newcomers(needs).users);
        }
        owners
    }

    /// Once groups, users, addresses, invitations and batches are known: the pairs whose memberships and pending
    /// invitations the commands depend on.
    #[must_use]
    pub fn pairs(&self, needs: &[Needs]) -> Pairs {
        let mut pairs = Pairs::default();
        let newcomers = self.newcomers(needs);
        let renamed = self.renamed(needs);
        for need in needs {
            let named: Vec<_> = need.users.iter().filter_map(|who| self.user(who)).map(|user| user.id).collect();
            for group in self.groups_meant(need, &renamed) {
                let offer = self.groups.get(&group).and_then(|group| group.offer);
                pairs.users.extend(offer.map(|offer| (group, offer.from)));
                for user in named.iter().chain(&newcomers.users) {
                    self.pair(group, *user, &mut pairs);
                }
                let addresses = need.users.iter().filter_map(address_of);
                pairs
                    .emails
                    .extend(addresses.chain(newcomers.addresses.iter().copied()).map(|key| (group, key.clone())));
            }
            let links = need.links.iter().filter_map(|which| self.link(which));
            pairs.users.extend(links.map(|link| (link.group, link.creator)));
            for event in need.batches.iter().flat_map(|batch| self.batch(*batch)) {
                if let (Stream::Group(group), Some(user)) = (event.stream, self.met(&event.thing)) {
                    self.pair(group, user, &mut pairs);
                }
            }
        }
        pairs
    }

    fn pair(&self, group: GroupId, user: UserId, pairs: &mut Pairs) {
        pairs.users.insert((group, user));
        let addresses = self.verified.get(&user).into_iter().flatten();
        pairs.emails.extend(addresses.map(|address| (group, address.clone())));
    }

    /// Whom something happened to in a batch of invitations.
    fn met(&self, thing: &Thing) -> Option<UserId> {
        match thing {
            Thing::Member(user) | Thing::Request(user) => Some(*user),
            Thing::Invitation(id) => match &self.invitations.get(id)?.invitee {
                Invitee::User(user) => Some(*user),
                Invitee::Email(email) => self.emails.get(email.key()).map(|email| email.user),
            },
            _ => None,
        }
    }

    /// Who gets an account or an address in this batch: what follows may name them by it.
    fn newcomers<'n>(&self, needs: &'n [Needs]) -> Newcomers<'n> {
        let named = || needs.iter().filter(|need| need.next_user_id).flat_map(|need| &need.users);
        Newcomers {
            users: named().filter_map(|who| self.user(who)).map(|user| user.id).collect(),
            addresses: named().filter_map(address_of).collect(),
        }
    }

    /// The groups that get another slug in this batch, or whose slug becomes another's.
    fn renamed(&self, needs: &[Needs]) -> BTreeSet<GroupId> {
        needs.iter().filter(|need| need.renames).flat_map(|need| self.groups_of(need)).collect()
    }

    /// The groups that a command names, by themselves or by what is in them. A text may be the uid of one and the slug
    /// of another.
    pub(crate) fn groups_of(&self, need: &Needs) -> BTreeSet<GroupId> {
        let invitations = need.invitations.iter().filter_map(|which| self.invitation(which));
        let links = need.links.iter().filter_map(|which| self.link(which));
        let groups = need.groups.iter().filter_map(|group| self.group(group)).map(|group| group.id);
        let slugs = need.groups.iter().filter_map(|group| match group {
            GroupRef::UidOrSlug(text) => self.groups_by_slug.get(&Slug::parse(text).ok()?).copied(),
            _ => None,
        });
        let inside = invitations.map(|found| found.group).chain(links.map(|link| link.group));
        groups.chain(slugs).chain(inside).collect()
    }

    /// The groups that a command may mean once those before it in the batch have given new names.
    fn groups_meant(&self, need: &Needs, renamed: &BTreeSet<GroupId>) -> BTreeSet<GroupId> {
        let mut groups = self.groups_of(need);
        if need.groups.iter().any(|group| matches!(group, GroupRef::Slug(_) | GroupRef::UidOrSlug(_))) {
            groups.extend(renamed);
        }
        groups
    }

    /// Once groups, invitations and links are known: how many of those who wait for a seat are facts, by group.
    #[must_use]
    pub fn waiting_needed(&self, needs: &[Needs]) -> BTreeMap<GroupId, i64> {
        let mut wanted = BTreeMap::new();
        let renamed = self.renamed(needs);
        for need in needs.iter().filter(|need| need.waiting > 0) {
            for group in self.groups_meant(need, &renamed) {
                *wanted.entry(group).or_default() += i64::from(need.waiting);
            }
        }
        // Nobody waits in most groups.
        wanted.retain(|group, _| self.groups.get(group).is_some_and(|group| group.tally.waiting > 0));
        wanted
    }

    /// Once groups, users, addresses and invitations are known: whose standing refusals are facts.
    #[must_use]
    pub fn refusers(&self, needs: &[Needs]) -> Refusers {
        let mut refusers = Refusers::default();
        let newcomers = self.newcomers(needs);
        let renamed = self.renamed(needs);
        let has_new_groups = needs.iter().any(|need| need.next_group_id);
        for need in needs.iter().filter(|need| need.opt_outs || need.refused_to.is_some()) {
            let named = need.users.iter().filter_map(|who| self.user(who)).map(|user| user.id);
            let users = named.chain(newcomers.users.iter().copied());
            let addresses = newcomers.addresses.iter().map(|address| Person::Address((*address).clone()));
            let persons = users.flat_map(|user| self.persons(user)).chain(addresses);
            let hashes: BTreeSet<_> = persons.filter_map(|person| self.hash(&person)).collect();
            if let Some(inviter) = need.refused_to {
                for group in self.groups_meant(need, &renamed) {
                    refusers.towards.extend(hashes.iter().map(|hash| (*hash, group, inviter)));
                }
            }
            // Of a group that is made in this batch, nobody knows the number yet.
            if need.opt_outs || has_new_groups {
                let invitations = need.invitations.iter().filter_map(|which| self.invitation(which));
                refusers.all.extend(invitations.filter_map(|found| self.hash(&found.invitee.person())));
                refusers.all.extend(hashes);
            }
        }
        refusers
    }
}

struct Newcomers<'n> {
    /// Those who have an account already.
    users: BTreeSet<UserId>,
    addresses: BTreeSet<&'n EmailKey>,
}

const fn address_of(who: &UserRef) -> Option<&EmailKey> {
    if let UserRef::Email(email) = who { Some(email.key()) } else { None }
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
