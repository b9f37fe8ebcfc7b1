//! Taking mail that is due: what is not wanted any more is dropped, the rest is made into letters. For a while nobody else
//! takes them.
//!
//! Nothing here is told in a history: whoever takes mail holds no group. What becomes of a letter is told when it is settled.

use super::{Decision, holder, living};
use crate::change::Change;
use crate::command::TakeMail;
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::invitation::{Invitation, InvitationRef, InvitationToken, InvitationTokenHash, Invitee};
use crate::language::Languages;
use crate::mail::{LEASE, Letter, Mail, MailKind, MailState, OWNERS_MAX, Recipient, Reply, Try, TryKind};
use crate::member::RoleSet;
use crate::names::Email;
use crate::opt_out::{InvitationsFrom, Person};
use crate::outcome::MailTaken;
use crate::request::RequestState;
use crate::time::Timestamp;
use crate::user::{User, UserRef};

pub(super) fn decide(ask: &TakeMail, facts: &Facts, now: Timestamp) -> Decision<MailTaken> {
    let mut taken = Taking { facts, now, changes: vec![], outcome: MailTaken { letters: vec![], hopeless: vec![] } };
    for (mail, secret) in facts.due_mail(ask.due_by.min(now)).into_iter().zip(&ask.secrets) {
        taken.one(mail, *secret);
    }
    Decision { outcome: taken.outcome, changes: taken.changes }
}

struct Taking<'f> {
    facts: &'f Facts,
    now: Timestamp,
    changes: Vec<Change>,
    outcome: MailTaken,
}

/// What a mail is about, as far as it is still wanted.
struct Matter<'f> {
    group: &'f Group,
    invitation: Option<&'f Invitation>,
    person: Option<&'f User>,
    expires_at: Option<Timestamp>,
}

impl<'f> Taking<'f> {
    fn one(&mut self, mail: &'f Mail, secret: InvitationTokenHash) {
        let Some(matter) = self.matter(mail) else {
            let dropped = Mail { state: MailState::Dropped, due_at: None, ..mail.clone() };
            return self.changes.push(Change::Mail(dropped));
        };
        match &mail.to {
            Recipient::Owners => self.split_among_owners(mail),
            Recipient::User(id) => {
                let reader = self.facts.user(&UserRef::Id(*id)).filter(|user| user.is_active());
                let address = reader.and_then(|reader| self.facts.address_of(reader.id)).cloned();
                self.address(mail, &matter, reader, address, secret);
            }
            Recipient::Address(address) => {
                let reader = self.facts.user(&UserRef::Email(address.clone()));
                self.address(mail, &matter, reader, Some(address.clone()), secret);
            }
        }
    }

    /// `None` if there is no reason any more to write.
    fn matter(&self, mail: &Mail) -> Option<Matter<'f>> {
        let group = living(self.facts, &GroupRef::Id(mail.group)).ok()?;
        let user = |id| self.facts.user(&UserRef::Id(id));
        let about = mail.about.and_then(user);
        let invitation = mail.invitation.map(|id| self.facts.invitation(&InvitationRef::Id(id)));
        let (person, expires_at) = match mail.kind {
            MailKind::Invitation | MailKind::Reminder | MailKind::SignIn => {
                let open = invitation??;
                if !open.is_open(self.now) || !group.is_active() {
                    return None;
                }
                (user(open.inviter), open.expires_at)
            }
            MailKind::Accepted => (Some(about?), None),
            MailKind::Request => {
                let asks = about.and_then(|about| self.facts.request(group.id, about.id));
                asks.filter(|asks| asks.state == RequestState::Pending)?;
                (Some(about?), None)
            }
            MailKind::Approved => (None, None),
            MailKind::OwnershipOffered => {
                let offer = group.offer.filter(|offer| Recipient::User(offer.to) == mail.to);
                let offer = offer.filter(|offer| self.now < offer.expires_at)?;
                (about, Some(offer.expires_at))
            }
        };
        Some(Matter { group, invitation: invitation.flatten(), person, expires_at })
    }

    /// To each of them a mail of their own, which is due at once.
    fn split_among_owners(&mut self, mail: &Mail) {
        for owner in self.facts.owners_in(mail.group).take(usize::from(OWNERS_MAX)) {
            let to = Recipient::User(owner);
            let own = Mail::new(mail.kind, mail.group, to, mail.invitation, mail.about, mail.created_at, self.now);
            self.changes.push(Change::Mail(own));
        }
        self.changes.push(Change::Mail(Mail { state: MailState::Dropped, due_at: None, ..mail.clone() }));
    }

    fn address(
        &mut self,
        mail: &Mail,
        matter: &Matter<'_>,
        reader: Option<&User>,
        address: Option<Email>,
        secret: InvitationTokenHash,
    ) {
        // Whoever had it last did not say what became of it.
        let is_interrupted = mail.state == MailState::Sending;
        let lost = is_interrupted.then_some(Try { at: self.now, what: TryKind::Interrupted, reply: None });
        let until = Some(self.now + LEASE);
        let sending = match lost {
            Some(lost) => mail.after(lost, MailState::Sending, until),
            None => Mail { state: MailState::Sending, due_at: until, ..mail.clone() },
        };
        let attempt = sending.attempts() + 1;
        self.changes.push(Change::Mail(sending));

        let Some(to) = address else {
            return self.outcome.hopeless.push((mail.id, Reply::of("the account has no verified address")));
        };
        if let Some(dead) = self.facts.dead_address(to.key()) {
            let reply = dead.reply.clone().unwrap_or_else(|| Reply::of("nobody reads mail at this address"));
            return self.outcome.hopeless.push((mail.id, reply));
        }
        let is_withheld = mail.kind.invites() && matter.invitation.is_some_and(|invitation| self.refuses(invitation));
        let secret = matter.invitation.filter(|_| !is_withheld).and_then(|invitation| {
            let holder = match mail.kind {
                MailKind::Invitation | MailKind::Reminder => None,
                MailKind::SignIn => Some(reader?.id),
                _ => return None,
            };
            let token = InvitationToken { hash: secret, invitation: invitation.id, holder, created_at: self.now };
            self.changes.push(Change::InvitationToken(token));
            Some(secret)
        });
        let invitation = matter.invitation.filter(|_| mail.kind.invites());
        let languages = Languages::of(
            invitation.and_then(|invitation| invitation.language),
            reader.and_then(|reader| reader.language),
            matter.group.language,
        );
        self.outcome.letters.push(Letter {
            mail: mail.id,
            kind: mail.kind,
            group: mail.group,
            attempt,
            is_withheld,
            to,
            reader: reader.and_then(|reader| reader.name.clone()),
            languages,
            group_name: matter.group.name.clone(),
            person: matter.person.and_then(called),
            roles: invitation.map_or(RoleSet::NONE, |invitation| invitation.roles),
            note: invitation.and_then(|invitation| invitation.note.clone()),
            expires_at: matter.expires_at,
            secret,
        });
    }

    /// Whether the person invited refuses it for good.
    fn refuses(&self, invitation: &Invitation) -> bool {
        let from = [
            InvitationsFrom::Everyone,
            InvitationsFrom::Group(invitation.group),
            InvitationsFrom::Inviter(invitation.inviter),
        ];
        let mut persons = match holder::invitee(invitation, self.facts) {
            Some(user) => self.facts.persons(user.id),
            None => vec![],
        };
        if let Invitee::Email(email) = &invitation.invitee {
            persons.push(Person::Address(email.key().clone()));
        }
        let hashes = persons.iter().filter_map(|person| self.facts.hash(person));
        hashes.flat_map(|hash| self.facts.opt_outs(&hash).collect::<Vec<_>>()).any(|out| from.contains(&out.from))
    }
}

/// What somebody is called: by their name or, without one, by their username.
fn called(user: &User) -> Option<String> {
    let name = user.name.as_ref().map(|name| name.as_str());
    name.or(user.username.as_ref().map(|name| name.as_str())).map(str::to_owned)
}
