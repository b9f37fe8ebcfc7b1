//! A storage in memory: what an engine keeps, and what it loads for a batch.

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::change::{Change, DayCount};
use guestlist_core::command::{DueMail, Needs};
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, TokenRef};
use guestlist_core::facts::Refusers;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Event, Head, Stream, Thing};
use guestlist_core::ids::{GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::{
    Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee,
};
use guestlist_core::link::{Link, LinkRef};
use guestlist_core::mail::{DeadAddress, Mail, MailId, OWNERS_MAX, Recipient};
use guestlist_core::member::{Membership, Role};
use guestlist_core::names::{EmailKey, Slug};
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person, PersonHash};
use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_core::world::PERSON_KEY;
use guestlist_core::{Facts, Settings};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Storage {
    pub(crate) settings: Settings,
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) emails: BTreeMap<EmailKey, UserEmail>,
    pub(crate) groups: BTreeMap<GroupId, Group>,
    pub(crate) members: BTreeMap<(GroupId, UserId), Membership>,
    pub(crate) invitations: BTreeMap<InvitationId, Invitation>,
    pub(crate) secrets: BTreeMap<InvitationTokenHash, InvitationToken>,
    pub(crate) mails: BTreeMap<MailId, Mail>,
    pub(crate) dead_addresses: BTreeMap<EmailKey, DeadAddress>,
    pub(crate) links: BTreeMap<LinkId, Link>,
    pub(crate) requests: BTreeMap<(GroupId, UserId), JoinRequest>,
    pub(crate) day_counts: BTreeMap<UserId, DayCount>,
    pub(crate) opt_outs: BTreeMap<(PersonHash, InvitationsFrom), OptOut>,
    pub(crate) events: BTreeMap<i64, Vec<Event>>,
    pub(crate) tokens: BTreeMap<TokenId, AccessToken>,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) issuer_key: Option<IssuerKey>,
    pub(crate) last_user: i64,
    pub(crate) last_group: i64,
}

impl Storage {
    pub(crate) fn write(&mut self, change: &Change) {
        match change.clone() {
            Change::User(user) => {
                self.last_user = self.last_user.max(user.id.get());
                self.users.insert(user.id, user);
            }
            Change::UserEmail(email) => {
                self.emails.insert(email.email.key().clone(), email);
            }
            Change::UserEmailEnded(address) => {
                self.emails.remove(&address);
            }
            Change::Group(group) => {
                self.last_group = self.last_group.max(group.id.get());
                let tally = self.groups.get(&group.id).map_or(group.tally, |known| known.tally);
                self.groups.insert(group.id, Group { tally, ..group });
            }
            Change::Tally(group, tally) => self.groups.get_mut(&group).unwrap().tally = tally,
            Change::Membership(member) => {
                self.members.insert((member.group, member.user), member);
            }
            Change::MembershipEnded(group, user) => {
                self.members.remove(&(group, user));
            }
            Change::Invitation(invitation) => {
                self.invitations.insert(invitation.id, invitation);
            }
            Change::InvitationToken(token) => {
                self.secrets.insert(token.hash, token);
            }
            Change::Mail(mail) => {
                self.mails.insert(mail.id, mail);
            }
            Change::DeadAddress(dead) => {
                self.dead_addresses.insert(dead.address.clone(), dead);
            }
            Change::AddressRevived(address) => {
                self.dead_addresses.remove(&address);
            }
            Change::Link(link) => {
                self.links.insert(link.id, link);
            }
            Change::JoinRequest(request) => {
                self.requests.insert((request.group, request.user), request);
            }
            Change::DayCount(count) => {
                self.day_counts.insert(count.inviter, count);
            }
            Change::OptOut(opt_out) => {
                self.opt_outs.insert((opt_out.person, opt_out.from), opt_out);
            }
            Change::OptOutEnded(person, from) => {
                self.opt_outs.remove(&(person, from));
            }
            Change::GroupPurged(group) => self.purge(group),
            Change::Event(event) => self.events.entry(event.stream.number()).or_default().push(*event),
            Change::Token(token) => {
                self.tokens.insert(token.id, token);
            }
            Change::Client(client) => {
                self.clients.insert(client.id.clone(), client);
            }
            Change::ClientRemoved(id) => {
                self.clients.remove(&id);
                self.tokens.retain(|_, token| token.client.as_ref() != Some(&id));
            }
            Change::IssuerKey(key) => self.issuer_key = Some(key),
            Change::Password(..) => {}
        }
    }

    fn purge(&mut self, group: GroupId) {
        self.groups.remove(&group);
        self.members.retain(|(of, _), _| *of != group);
        self.invitations.retain(|_, invitation| invitation.group != group);
        self.secrets.retain(|_, secret| self.invitations.contains_key(&secret.invitation));
        self.mails.retain(|_, mail| mail.group != group);
        self.links.retain(|_, link| link.group != group);
        self.requests.retain(|(of, _), _| *of != group);
        self.events.remove(&Stream::Group(group).number());
    }

    pub(crate) fn head(&self, stream: Stream) -> Head {
        self.events.get(&stream.number()).and_then(|events| events.last()).map(Event::head).unwrap_or_default()
    }

    /// Those who wait for a seat, in order.
    pub(crate) fn waiting(&self, group: GroupId) -> Vec<&JoinRequest> {
        let mut waiting: Vec<_> = self.requests.values().filter(|request| request.group == group).collect();
        waiting.retain(|request| request.state == RequestState::Waiting);
        waiting.sort_by_key(|request| request.place);
        waiting
    }

    pub(crate) fn members_of(&self, group: GroupId) -> impl Iterator<Item = &Membership> {
        self.members.values().filter(move |member| member.group == group)
    }

    /// Who the invitee is by now: a user, or still an address that nobody has verified.
    pub(crate) fn person(&self, invitee: &Invitee) -> Person {
        match invitee {
            Invitee::User(user) => Person::User(*user),
            Invitee::Email(email) => match self.emails.get(email.key()).filter(|email| email.is_verified) {
                Some(owned) => Person::User(owned.user),
                None => Person::Address(email.key().clone()),
            },
        }
    }

    /// All that there is.
    pub(crate) fn everything(&self) -> Facts {
        let mut facts = self.nothing();
        facts.learn_next_user_id(UserId::new(self.last_user + 1).unwrap());
        facts.learn_next_group_id(GroupId::new(self.last_group + 1).unwrap());
        self.users.values().for_each(|user| facts.learn_user(user.clone()));
        self.emails.values().for_each(|email| facts.learn_email(email.clone()));
        self.groups.values().for_each(|group| facts.learn_group(group.clone()));
        self.members.values().for_each(|member| facts.learn_membership(member.clone()));
        self.invitations.values().for_each(|invitation| facts.learn_invitation(invitation.clone()));
        self.secrets.values().for_each(|secret| facts.learn_invitation_token(*secret));
        self.mails.values().for_each(|mail| facts.learn_mail(mail.clone()));
        self.dead_addresses.values().for_each(|dead| facts.learn_dead_address(dead.clone()));
        self.links.values().for_each(|link| facts.learn_link(link.clone()));
        self.requests.values().for_each(|request| facts.learn_request(request.clone()));
        self.day_counts.values().for_each(|count| facts.learn_day_count(*count));
        self.opt_outs.values().for_each(|opt_out| facts.learn_opt_out(*opt_out));
        self.tokens.values().for_each(|token| facts.learn_token(token.clone()));
        self.clients.values().for_each(|client| facts.learn_client(client.clone()));
        self.issuer_key.iter().for_each(|key| facts.learn_issuer_key(key.clone()));
        for event in self.events.values().flatten() {
            facts.learn_head(event.stream, event.head());
            event.batch.into_iter().for_each(|batch| facts.learn_batch_event(batch, event.clone()));
        }
        facts
    }

    /// What an engine loads: what `needs` names, step by step what that names in turn and, of each pair of group and
    /// person among it, what ties them.
    pub(crate) fn load(&self, needs: &[Needs]) -> Facts {
        let mut loader = Loader { stored: self, facts: self.nothing(), users: vec![], groups: vec![] };
        let met = loader.named(needs);
        loader.between(needs, &met);
        loader.others(needs);
        loader.due(needs);
        loader.facts
    }

    fn nothing(&self) -> Facts {
        Facts::of(self.settings.clone(), PERSON_KEY)
    }
}

struct Loader<'a> {
    stored: &'a Storage,
    facts: Facts,
    users: Vec<UserRef>,
    groups: Vec<GroupRef>,
}

impl Loader<'_> {
    /// Batches name invitations and people, invitations and links name groups and addresses, addresses name users, and
    /// users name the groups that they own. Gives who became a member by a batch, and where.
    fn named(&mut self, needs: &[Needs]) -> BTreeSet<(GroupId, UserId)> {
        let mut met = BTreeSet::new();
        let mut invitations: Vec<_> = needs.iter().flat_map(|need| need.invitations.clone()).collect();
        for batch in needs.iter().flat_map(|need| &need.batches).collect::<BTreeSet<_>>() {
            let told = self.stored.events.values().flatten().filter(|event| event.batch == Some(*batch));
            for event in told {
                match (event.stream, &event.thing) {
                    (_, Thing::Invitation(id)) => invitations.push(InvitationRef::Id(*id)),
                    (Stream::Group(group), Thing::Member(user) | Thing::Request(user)) => {
                        self.users.push(UserRef::Id(*user));
                        met.insert((group, *user));
                    }
                    _ => {}
                }
                self.facts.learn_batch_event(*batch, event.clone());
            }
        }
        for which in invitations {
            self.invitation(which);
        }
        for mail in needs.iter().flat_map(|need| &need.mails).filter_map(|id| self.stored.mails.get(id)) {
            self.groups.push(GroupRef::Id(mail.group));
            self.reader(mail);
            self.facts.learn_mail(mail.clone());
        }
        for which in needs.iter().flat_map(|need| &need.links) {
            let is_meant = |link: &&Link| *which == LinkRef::Id(link.id) || *which == LinkRef::Hash(link.hash);
            if let Some(link) = self.stored.links.values().find(is_meant) {
                self.groups.push(GroupRef::Id(link.group));
                self.facts.learn_link(link.clone());
            }
        }
        self.users.extend(needs.iter().flat_map(|need| need.users.clone()));
        for who in std::mem::take(&mut self.users) {
            self.user(&who);
        }
        let owners = self.facts.owners(needs);
        for member in self.stored.members.values().filter(|member| owners.contains(&member.user)) {
            if member.roles.has(Role::Owner) {
                self.groups.push(GroupRef::Id(member.group));
                self.facts.learn_membership(member.clone());
            }
        }
        self.groups.extend(needs.iter().flat_map(|need| need.groups.clone()));
        for which in std::mem::take(&mut self.groups) {
            let found = self.stored.groups.values().filter(|group| names(&which, group));
            found.for_each(|group| self.facts.learn_group(group.clone()));
        }
        met
    }

    fn invitation(&mut self, which: InvitationRef) {
        let id = match which {
            InvitationRef::Id(id) => Some(id),
            InvitationRef::Token(hash) => self.stored.secrets.get(&hash).map(|secret| {
                self.facts.learn_invitation_token(*secret);
                self.users.extend(secret.holder.map(UserRef::Id));
                secret.invitation
            }),
        };
        if let Some(invitation) = id.and_then(|id| self.stored.invitations.get(&id)) {
            self.groups.push(GroupRef::Id(invitation.group));
            self.users.push(match &invitation.invitee {
                Invitee::User(user) => UserRef::Id(*user),
                Invitee::Email(email) => UserRef::Email(email.clone()),
            });
            self.facts.learn_invitation(invitation.clone());
        }
    }

    fn reader(&mut self, mail: &Mail) {
        match &mail.to {
            Recipient::User(user) => self.users.push(UserRef::Id(*user)),
            Recipient::Address(email) => self.users.push(UserRef::Email(email.clone())),
            Recipient::Owners => {}
        }
    }

    /// What is due, and what it is about.
    fn due(&mut self, needs: &[Needs]) {
        let Some(due) = DueMail::of(needs) else { return };
        let is_due = |mail: &&Mail| mail.created_at < due.by && mail.due_at.is_some_and(|at| at <= due.by);
        let mut mails: Vec<_> = self.stored.mails.values().filter(is_due).collect();
        mails.sort_by_key(|mail| (mail.due_at, mail.id));
        mails.truncate(due.number.into());
        let known: BTreeSet<_> = self.facts.group_ids().collect();
        for mail in mails {
            self.reader(mail);
            self.users.extend(mail.about.map(UserRef::Id));
            if let Some(invitation) = mail.invitation.and_then(|id| self.stored.invitations.get(&id)) {
                self.users.push(UserRef::Id(invitation.inviter));
                self.facts.learn_invitation(invitation.clone());
            }
            if !known.contains(&mail.group) {
                self.facts.learn_group(self.stored.groups[&mail.group].clone());
            }
            let request = mail.about.and_then(|about| self.stored.requests.get(&(mail.group, about)));
            if let Some(request) = request {
                self.facts.learn_request(request.clone());
            }
            if mail.to == Recipient::Owners {
                let mut owners: Vec<_> = self.stored.members_of(mail.group).collect();
                owners.retain(|member| member.roles.has(Role::Owner));
                owners.sort_by_key(|member| (member.joined_at, member.user));
                owners.truncate(OWNERS_MAX.into());
                for owner in owners {
                    self.facts.learn_membership(owner.clone());
                }
            }
            self.facts.learn_mail(mail.clone());
        }
        for who in std::mem::take(&mut self.users) {
            self.user(&who);
        }
        self.stored.dead_addresses.values().for_each(|dead| self.facts.learn_dead_address(dead.clone()));
        for (person, group, inviter) in self.facts.refusers_of_mail() {
            let from = [InvitationsFrom::Everyone, InvitationsFrom::Group(group), InvitationsFrom::Inviter(inviter)];
            let found = from.into_iter().filter_map(|from| self.stored.opt_outs.get(&(person, from)));
            found.for_each(|opt_out| self.facts.learn_opt_out(*opt_out));
        }
    }

    /// A user with all addresses, or the owner of an address, verified or not.
    fn user(&mut self, who: &UserRef) {
        let users = &self.stored.users;
        let user = match who {
            UserRef::Id(id) => users.get(id),
            UserRef::Uid(uid) => users.values().find(|user| user.uid == *uid),
            UserRef::Subject(subject) => users.values().find(|user| user.subject == *subject),
            UserRef::Username(name) => users.values().find(|user| user.username.as_ref() == Some(name)),
            UserRef::Email(email) => self.stored.emails.get(email.key()).and_then(|owned| users.get(&owned.user)),
        };
        if let Some(user) = user {
            let addresses = self.stored.emails.values().filter(|email| email.user == user.id);
            addresses.for_each(|email| self.facts.learn_email(email.clone()));
            self.facts.learn_user(user.clone());
        }
    }

    fn between(&mut self, needs: &[Needs], met: &BTreeSet<(GroupId, UserId)>) {
        let mut pairs = self.facts.pairs(needs);
        pairs.users.extend(met);
        for (group, user) in met {
            for person in self.facts.persons(*user) {
                if let Person::Address(address) = person {
                    pairs.emails.insert((*group, address));
                }
            }
        }
        let stored = self.stored;
        for pair in &pairs.users {
            stored.members.get(pair).into_iter().for_each(|member| self.facts.learn_membership(member.clone()));
            stored.requests.get(pair).into_iter().for_each(|request| self.facts.learn_request(request.clone()));
        }
        let pending = stored.invitations.values().filter(|invitation| invitation.state == InvitationState::Pending);
        let named = pending.filter(|invitation| match &invitation.invitee {
            Invitee::User(user) => pairs.users.contains(&(invitation.group, *user)),
            Invitee::Email(email) => pairs.emails.contains(&(invitation.group, email.key().clone())),
        });
        named.for_each(|invitation| self.facts.learn_invitation(invitation.clone()));
        for (group, count) in self.facts.waiting_needed(needs) {
            let first = stored.waiting(group).into_iter().take(usize::try_from(count).unwrap());
            first.for_each(|request| self.facts.learn_request(request.clone()));
        }
        let Refusers { towards, all } = self.facts.refusers(needs);
        for (person, group, inviter) in towards {
            let from = [InvitationsFrom::Everyone, InvitationsFrom::Group(group), InvitationsFrom::Inviter(inviter)];
            let found = from.into_iter().filter_map(|from| stored.opt_outs.get(&(person, from)));
            found.for_each(|opt_out| self.facts.learn_opt_out(*opt_out));
        }
        let found = stored.opt_outs.values().filter(|opt_out| all.contains(&opt_out.person));
        found.for_each(|opt_out| self.facts.learn_opt_out(*opt_out));
    }

    fn others(&mut self, needs: &[Needs]) {
        let stored = self.stored;
        let groups: Vec<_> = self.facts.group_ids().map(Stream::Group).collect();
        let installation = needs.iter().any(|need| need.installation).then_some(Stream::Installation);
        for stream in groups.into_iter().chain(installation) {
            self.facts.learn_head(stream, stored.head(stream));
        }
        for need in needs {
            let counts = need.days_of.iter().filter_map(|user| stored.day_counts.get(user));
            counts.for_each(|count| self.facts.learn_day_count(*count));
            let is_named = |token: &&AccessToken| {
                need.tokens.contains(&TokenRef::Id(token.id)) || need.tokens.contains(&TokenRef::Hash(token.hash))
            };
            stored.tokens.values().filter(is_named).for_each(|token| self.facts.learn_token(token.clone()));
            let dead = need.dead_addresses.iter().filter_map(|address| stored.dead_addresses.get(address));
            dead.for_each(|dead| self.facts.learn_dead_address(dead.clone()));
            let clients = need.clients.iter().filter_map(|id| stored.clients.get(id));
            clients.for_each(|client| self.facts.learn_client(client.clone()));
            if need.issuer_key {
                stored.issuer_key.iter().for_each(|key| self.facts.learn_issuer_key(key.clone()));
            }
            if need.next_user_id {
                self.facts.learn_next_user_id(UserId::new(stored.last_user + 1).unwrap());
            }
            if need.next_group_id {
                self.facts.learn_next_group_id(GroupId::new(stored.last_group + 1).unwrap());
            }
        }
    }
}

/// Whether `which` may mean the group; a text that is one group's uid and another's slug may mean both.
fn names(which: &GroupRef, group: &Group) -> bool {
    match which {
        GroupRef::Id(id) => group.id == *id,
        GroupRef::Uid(uid) => group.uid == *uid,
        GroupRef::Slug(slug) => group.slug == *slug,
        GroupRef::UidOrSlug(text) => {
            Uid::parse(text).as_ref() == Some(&group.uid) || Slug::parse(text).as_ref() == Ok(&group.slug)
        }
    }
}
