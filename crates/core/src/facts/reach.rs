//! How far the needs of commands reach: which further rows are facts too, once those that are named are known.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Facts;
use crate::command::Needs;
use crate::group::GroupRef;
use crate::history::{Stream, Thing};
use crate::ids::{GroupId, UserId};
use crate::invitation::{InvitationRef, Invitee};
use crate::mail::{Mail, Recipient};
use crate::names::{EmailKey, Slug};
use crate::opt_out::{Person, PersonHash};
use crate::user::UserRef;

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
            let holders = self.holders(need);
            for group in self.groups_meant(need, &renamed) {
                let offer = self.groups.get(&group).and_then(|group| group.offer);
                pairs.users.extend(offer.map(|offer| (group, offer.from)));
                for user in named.iter().chain(&newcomers.users).chain(&holders) {
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

    /// Whoever the secrets stand for that a command names, if they are named with them.
    fn holders(&self, need: &Needs) -> BTreeSet<UserId> {
        let named = need.invitations.iter().filter(|_| need.holders);
        let holders = named.filter_map(|which| match which {
            InvitationRef::Token(hash) => self.invitation_token(hash)?.holder,
            InvitationRef::Id(_) => None,
        });
        let invitations = need.invitations.iter().filter(|_| need.holders).filter_map(|which| self.invitation(which));
        let invitees = invitations.filter_map(|found| match &found.invitee {
            Invitee::User(user) => Some(*user),
            Invitee::Email(email) => self.emails.get(email.key()).map(|email| email.user),
        });
        holders.chain(invitees).collect()
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

    /// Who gets an account, a name or an address in this batch: what follows may name them by it.
    fn newcomers<'n>(&'n self, needs: &'n [Needs]) -> Newcomers<'n> {
        let naming = || needs.iter().filter(|need| need.names_people);
        let named = || naming().flat_map(|need| &need.users);
        // Whoever enrols has the address that was invited.
        let invited = naming().flat_map(|need| &need.invitations).filter_map(|which| self.invitation(which));
        let invited = invited.filter_map(|found| match &found.invitee {
            Invitee::Email(email) => Some(email.key()),
            Invitee::User(_) => None,
        });
        Newcomers {
            users: named().filter_map(|who| self.user(who)).map(|user| user.id).collect(),
            addresses: named().filter_map(address_of).chain(invited).collect(),
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
                let readers = need.mails.iter().filter_map(|id| self.mail(*id)).flat_map(|mail| self.readers(mail));
                refusers.all.extend(readers.filter_map(|person| self.hash(&person)));
                refusers.all.extend(hashes);
            }
        }
        refusers
    }
}

impl Facts {
    /// Once mail that is due is known, and all that it is about: whose standing refusals it depends on.
    #[must_use]
    pub fn refusers_of_mail(&self) -> BTreeSet<(PersonHash, GroupId, UserId)> {
        let mut refusers = BTreeSet::new();
        for mail in self.mails.values().filter(|mail| mail.kind.invites() && mail.state.is_open()) {
            let invitation = mail.invitation.and_then(|id| self.invitation(&InvitationRef::Id(id)));
            let Some(invitation) = invitation else { continue };
            let hashes = self.readers(mail).into_iter().filter_map(|person| self.hash(&person));
            refusers.extend(hashes.map(|hash| (hash, invitation.group, invitation.inviter)));
        }
        refusers
    }

    /// Everything that the reader of a mail is known as towards invitations.
    fn readers(&self, mail: &Mail) -> Vec<Person> {
        match &mail.to {
            Recipient::User(user) => self.persons(*user),
            Recipient::Address(email) => {
                let owner = self.user(&UserRef::Email(email.clone())).map(|user| self.persons(user.id));
                owner.into_iter().flatten().chain([Person::Address(email.key().clone())]).collect()
            }
            Recipient::Owners => vec![],
        }
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
