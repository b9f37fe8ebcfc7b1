//! The store against a model: the same rules over facts that hold everything and never leave memory. Whatever people
//! ask or rehearse, in whatever order and however it is cut into batches, both say the same, hold the same, and tell the
//! same history of it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use futures_util::future::join_all;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::ChatPatch;
use guestlist_core::command::HideGroup;
use guestlist_core::command::*;
use guestlist_core::credential::{IssuerKey, PasswordHash, Scopes, TokenHash, TokenRef};
use guestlist_core::explain::{Explanation, explain};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{self, Cause, Event, MemberRecord, Stream};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::{
    Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee,
};
use guestlist_core::language::Language;
use guestlist_core::link::{LinkHash, LinkRef};
use guestlist_core::mail::{Mail, MailId, MailState, Reply};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::names::{Country, Description, DisplayName, Subject};
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person};
use guestlist_core::origin::{RequestId, Via};
use guestlist_core::outcome::Outcome;
use guestlist_core::permission::Permissions;
use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_core::settings::{GRACE, Quotas};
use guestlist_core::time::{Lifetime, Timestamp};
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_core::world::PERSON_KEY;
use guestlist_core::{Change, Command, Facts, Origin, Settings, decide};
use guestlist_store::{MailQueue, Refuser, Rejection, Store, Swept};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestCaseError};
use uuid::Uuid;

use crate::database::{
    self, DAY, Database, Place, Way, account, client_id, email, invitation_id, runtime, slug, username, whole,
};

mod sqlite {
    use super::*;

    proptest! {
        #![proptest_config(replayable(20))]

        #[test]
        fn one_by_one_the_store_and_the_model_agree(settings in settings(), rounds in vec(round(1..2), 20..120)) {
            play(vec![Place::sqlite()], &settings, rounds)?;
        }

        #[test]
        fn sent_all_at_once_the_store_and_the_model_agree(settings in settings(), rounds in vec(round(1..16), 4..20)) {
            play(vec![Place::sqlite()], &settings, rounds)?;
        }
    }
}

/// Both engines at once: step by step they say what the model says, and so the same as each other.
mod postgres {
    use super::*;

    proptest! {
        #![proptest_config(replayable(10))]

        #[test]
        fn one_by_one_the_stores_and_the_model_agree(settings in settings(), rounds in vec(round(1..2), 20..120)) {
            play(vec![Place::postgres(), Place::sqlite()], &settings, rounds)?;
        }

        #[test]
        fn sent_all_at_once_the_stores_and_the_model_agree(settings in settings(), rounds in vec(round(1..16), 4..20)) {
            play(vec![Place::postgres(), Place::sqlite()], &settings, rounds)?;
        }
    }
}

/// Other histories in each run, and the same again for whoever sets the seed that a failure prints.
fn replayable(cases: u32) -> ProptestConfig {
    let given = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    eprintln!("to replay these histories, set MODEL_SEED={seed}");
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(seed), ..ProptestConfig::default() }
}

/// Names are few, so that they meet often.
const PEOPLE: i64 = 7;
const GROUPS: i64 = 3;
const CLIENTS: u8 = 2;

/// Rounds after which everything is compared, besides the last.
const ROUNDS_BETWEEN_LOOKS: usize = 20;

/// What is queued at the same time.
#[derive(Debug, Clone)]
struct Round {
    /// By how much the clock moves before it, in milliseconds.
    pause: i64,
    /// Whether what is due is recorded first.
    is_swept: bool,
    steps: Vec<Step>,
}

/// What somebody asks for, before it is known which ids there are to name.
#[derive(Debug, Clone)]
struct Step {
    /// With ids to be filled in by [`Model::name`].
    command: Command,
    /// Which of the things that there are is meant.
    which: usize,
    /// Whether it is asked by somebody who probably may.
    is_proper: bool,
    origin: Origin,
    is_rehearsal: bool,
}

/// The same with every name filled in.
struct Order {
    command: Command,
    origin: Origin,
    is_rehearsal: bool,
}

type Verdict = Result<Outcome, Explanation>;

/// The model, and the ids that were given out on the way.
struct Model {
    facts: Facts,
    histories: BTreeMap<Stream, Vec<Event>>,
    /// What there is to name. Nobody knows of what is made before its maker was answered.
    known: Ids,
    made: Ids,
    last_id: usize,
}

/// Names and secrets of things.
#[derive(Default)]
struct Ids {
    invitations: Vec<InvitationId>,
    secrets: Vec<InvitationTokenHash>,
    links: Vec<(LinkId, LinkHash)>,
    batches: Vec<(BatchId, GroupRef)>,
    tokens: Vec<(TokenId, TokenHash)>,
    mails: Vec<MailId>,
}

impl Model {
    fn new(settings: Settings) -> Self {
        let mut facts = Facts::of(settings, PERSON_KEY);
        facts.learn_next_user_id(user_id(1));
        facts.learn_next_group_id(group_id(1));
        // Of each kind one that nothing has.
        let known = Ids {
            invitations: vec![invitation_id(0)],
            secrets: vec![secret(0)],
            links: vec![link_names(0)],
            batches: vec![(batch_id(0), GroupRef::Id(group_id(1)))],
            tokens: vec![token_names(0)],
            mails: vec![],
        };
        Self { facts, histories: BTreeMap::new(), known, made: Ids::default(), last_id: 0 }
    }

    fn fresh(&mut self) -> usize {
        self.last_id += 1;
        self.last_id
    }

    /// Everybody was answered.
    fn learn(&mut self) {
        let Ids { invitations, secrets, links, batches, tokens, mails } = std::mem::take(&mut self.made);
        self.known.invitations.extend(invitations);
        self.known.secrets.extend(secrets);
        self.known.links.extend(links);
        self.known.batches.extend(batches);
        self.known.tokens.extend(tokens);
        self.known.mails.extend(mails);
    }

    /// Fills in the ids of things that there are, and of those to be made.
    fn name(&mut self, step: &Step, now: Timestamp) -> Order {
        let mut command = step.command.clone();
        let which = step.which;
        match &mut command {
            Command::Invite(ask) => {
                let batch = batch_id(self.fresh());
                self.made.batches.push((batch, ask.group.clone()));
                ask.batch = Some(batch);
                for target in &mut ask.targets {
                    target.invitation = invitation_id(self.fresh() as u64);
                    self.made.invitations.push(target.invitation);
                }
            }
            Command::UndoBatch(ask) => (ask.batch, ask.group) = pick_known(&self.known.batches, which).clone(),
            Command::ResendInvitation(ask) => ask.invitation = self.some_invitation(which),
            Command::ChangeInvitation(ask) => ask.invitation = self.some_invitation(which),
            Command::RevokeInvitation(ask) => ask.invitation = self.some_invitation(which),
            Command::GiveInvitationToken(ask) => {
                ask.invitation = self.some_invitation(which);
                ask.hash = secret(self.fresh());
                self.made.secrets.push(ask.hash);
            }
            Command::ExpireInvitations(ask) => ask.invitations.clone_from(&self.known.invitations),
            Command::Accept(ask) => ask.invitation = self.held(ask.invitation, which),
            Command::Decline(ask) => ask.invitation = self.held(ask.invitation, which),
            Command::RemindInvitees(ask) => ask.invitations.clone_from(&self.known.invitations),
            Command::SeeInvitation(ask) => ask.invitation = *pick_known(&self.known.secrets, which),
            Command::Enrol(ask) => ask.invitation = *pick_known(&self.known.secrets, which),
            Command::OfferSignIn(ask) => ask.invitation = *pick_known(&self.known.secrets, which),
            Command::TakeMail(ask) => {
                ask.due_by = now;
                for hash in &mut ask.secrets {
                    *hash = secret(self.fresh());
                    self.made.secrets.push(*hash);
                }
            }
            Command::SettleMail(ask) => ask.mail = self.some_mail(which),
            Command::ReportMail(ask) => ask.mail = self.some_mail(which),
            Command::KeepMail(ask) => ask.mails.clone_from(&self.known.mails),
            Command::RefuseInvitations(ask) => ask.invitation = ask.invitation.map(|held| self.held(held, which)),
            Command::AllowInvitations(ask) => ask.invitation = ask.invitation.map(|held| self.held(held, which)),
            Command::CreateLink(ask) => {
                (ask.id, ask.hash) = link_names(self.fresh());
                self.made.links.push((ask.id, ask.hash));
            }
            Command::RevokeLink(ask) => ask.link = pick_known(&self.known.links, which).0,
            Command::UseLink(ask) => ask.link = pick_known(&self.known.links, which).1,
            Command::IssueToken(ask) => {
                (ask.id, ask.hash) = token_names(self.fresh());
                self.made.tokens.push((ask.id, ask.hash));
            }
            Command::RevokeToken(ask) => {
                let (id, hash) = *pick_known(&self.known.tokens, which);
                ask.token = if matches!(ask.token, TokenRef::Id(_)) { TokenRef::Id(id) } else { TokenRef::Hash(hash) };
            }
            _ => {}
        }
        if step.is_proper {
            self.make_proper(&mut command, which);
        }
        Order { command, origin: step.origin.clone(), is_rehearsal: step.is_rehearsal }
    }

    /// Has somebody ask who probably may, and about somebody whom it concerns.
    fn make_proper(&self, command: &mut Command, which: usize) {
        macro_rules! by_an_owner {
            ($($name:ident)*) => {
                match command {
                    $(Command::$name(ask) => ask.by = self.owner(&ask.group).unwrap_or(ask.by),)*
                    _ => {}
                }
            };
        }
        by_an_owner! {
            Invite UndoBatch UpdateGroup ArchiveGroup UnarchiveGroup DeleteGroup HideGroup RestoreGroup OfferOwnership CreateLink
            ApproveRequest RejectRequest RemoveMember AssignRole TakeRole SetAdmin
        }
        let in_charge = |id| self.invitation(id).and_then(|found| self.owner(&GroupRef::Id(found.group)));
        match command {
            Command::ResendInvitation(ask) => ask.by = in_charge(ask.invitation).unwrap_or(ask.by),
            Command::ChangeInvitation(ask) => ask.by = in_charge(ask.invitation).unwrap_or(ask.by),
            Command::RevokeInvitation(ask) => ask.by = in_charge(ask.invitation).unwrap_or(ask.by),
            Command::Accept(ask) => ask.by = ask.by.and_then(|by| self.invitee(ask.invitation).or(Some(by))),
            Command::Decline(ask) => ask.by = ask.by.and_then(|by| self.invitee(ask.invitation).or(Some(by))),
            Command::RevokeLink(ask) => {
                let link = self.facts.link(&LinkRef::Id(ask.link));
                ask.by = link.and_then(|link| self.owner(&GroupRef::Id(link.group))).unwrap_or(ask.by);
            }
            Command::AcceptOwnership(ask) => {
                let offered = self.groups().into_iter().find_map(|group| Some((group.id, group.offer?.to)));
                (ask.group, ask.by) = offered.map_or((ask.group.clone(), ask.by), |(id, to)| (GroupRef::Id(id), to));
            }
            Command::OfferOwnership(ask) => ask.to = self.member(&ask.group, which).unwrap_or(ask.to.clone()),
            Command::RemoveMember(ask) => ask.user = self.member(&ask.group, which).unwrap_or(ask.user.clone()),
            Command::AssignRole(ask) => ask.user = self.member(&ask.group, which).unwrap_or(ask.user.clone()),
            Command::TakeRole(ask) => ask.user = self.member(&ask.group, which).unwrap_or(ask.user.clone()),
            Command::SetAdmin(ask) => ask.user = self.member(&ask.group, which).unwrap_or(ask.user.clone()),
            Command::UseLink(ask) => ask.by = *pick(&self.user_ids().into_iter().collect::<Vec<_>>(), which / 7),
            Command::Leave(ask) => {
                if let Some(UserRef::Id(user)) = self.member(&ask.group, which) {
                    ask.by = user;
                }
            }
            Command::ApproveRequest(ask) => ask.user = self.requester(&ask.group, which).unwrap_or(ask.user.clone()),
            Command::RejectRequest(ask) => ask.user = self.requester(&ask.group, which).unwrap_or(ask.user.clone()),
            Command::WithdrawRequest(ask) => {
                if let Some(UserRef::Id(user)) = self.requester(&ask.group, which) {
                    ask.by = user;
                }
            }
            _ => {}
        }
    }

    /// Mostly one that is pending.
    fn some_invitation(&self, which: usize) -> InvitationId {
        let is_pending = |found: &Invitation| found.state == InvitationState::Pending;
        let pending = |id: &&InvitationId| self.invitation(**id).is_some_and(is_pending);
        let pending: Vec<_> = self.known.invitations.iter().filter(pending).copied().collect();
        if pending.is_empty() || which.is_multiple_of(4) {
            *pick_known(&self.known.invitations, which / 4)
        } else {
            *pick(&pending, which / 4)
        }
    }

    /// Mostly one that is being sent.
    fn some_mail(&self, which: usize) -> MailId {
        let is_sending = |id: &&MailId| self.facts.mail(**id).is_some_and(|mail| mail.state == MailState::Sending);
        let sending: Vec<_> = self.known.mails.iter().filter(is_sending).copied().collect();
        let all = if sending.is_empty() || which.is_multiple_of(4) { &self.known.mails } else { &sending };
        all.get(which / 4 % all.len().max(1)).copied().unwrap_or(mail_id(0))
    }

    fn held(&self, held: InvitationRef, which: usize) -> InvitationRef {
        match held {
            InvitationRef::Id(_) => InvitationRef::Id(self.some_invitation(which)),
            InvitationRef::Token(_) => InvitationRef::Token(*pick_known(&self.known.secrets, which)),
        }
    }

    fn invitation(&self, id: InvitationId) -> Option<&Invitation> {
        self.facts.invitation(&InvitationRef::Id(id))
    }

    fn invitee(&self, held: InvitationRef) -> Option<UserId> {
        match &self.facts.invitation(&held)?.invitee {
            Invitee::User(user) => Some(*user),
            Invitee::Email(email) => self.facts.user(&UserRef::Email(email.clone())).map(|user| user.id),
        }
    }

    fn owner(&self, group: &GroupRef) -> Option<UserId> {
        let members = self.members(self.facts.group(group)?.id);
        members.into_iter().find(|member| member.roles.has(Role::Owner)).map(|member| member.user)
    }

    /// One that is not the owner, if there is one.
    fn member(&self, group: &GroupRef, which: usize) -> Option<UserRef> {
        let owner = self.owner(group)?;
        let mut members = self.members(self.facts.group(group)?.id);
        members.retain(|member| member.user != owner);
        (!members.is_empty()).then(|| UserRef::Id(pick(&members, which).user))
    }

    fn requester(&self, group: &GroupRef, which: usize) -> Option<UserRef> {
        let open = self.requests(self.facts.group(group)?.id, JoinRequest::is_open);
        (!open.is_empty()).then(|| UserRef::Id(pick(&open, which).user))
    }

    fn decide(&mut self, order: &Order, now: Timestamp) -> Verdict {
        let Order { command, origin, is_rehearsal } = order;
        let decision = decide(command, &self.facts, now);
        let decision = decision.map_err(|refusal| explain(refusal, command, &self.facts))?;
        if !is_rehearsal {
            for change in history::record(decision.changes, &mut self.facts, &Cause::of(command, origin), now) {
                match change {
                    Change::Event(event) => self.histories.entry(event.stream).or_default().push(*event),
                    Change::Mail(mail) if !self.knows_mail(mail.id) => self.made.mails.push(mail.id),
                    Change::GroupPurged(group) => drop(self.histories.remove(&Stream::Group(group))),
                    _ => {}
                }
            }
        }
        Ok(decision.outcome)
    }

    fn knows_mail(&self, id: MailId) -> bool {
        self.known.mails.iter().chain(&self.made.mails).any(|known| *known == id)
    }

    /// Records what is due, the groups in the order given.
    fn sweep(&mut self, groups: &[GroupId], now: Timestamp) -> Swept {
        let origin = Origin::default();
        let order = |command| Order { command, origin: origin.clone(), is_rehearsal: false };
        let invitations = self.known.invitations.clone();
        let expire = order(ExpireInvitations { invitations: invitations.clone() }.into());
        let Ok(Outcome::InvitationsExpired(expired)) = self.decide(&expire, now) else { panic!("never refused") };
        let remind = order(RemindInvitees { invitations }.into());
        let Ok(Outcome::InviteesReminded(reminded)) = self.decide(&remind, now) else { panic!("never refused") };
        for group in groups {
            let purge = order(PurgeGroup { group: *group }.into());
            assert_eq!(self.decide(&purge, now), Ok(Outcome::GroupPurged(guestlist_core::outcome::GroupPurged)));
        }
        Swept { invitations: expired.expired, groups: groups.len(), reminded: reminded.reminded }
    }

    // What can be read of it, in the order of the lists.

    fn user_ids(&self) -> BTreeSet<UserId> {
        self.facts.user_ids().collect()
    }

    /// Also the deleted ones.
    fn groups(&self) -> Vec<Group> {
        let ids: BTreeSet<_> = self.facts.group_ids().collect();
        ids.into_iter().filter_map(|id| self.facts.group(&GroupRef::Id(id)).cloned()).collect()
    }

    fn members(&self, group: GroupId) -> Vec<Membership> {
        self.user_ids().into_iter().filter_map(|user| self.facts.membership(group, user).cloned()).collect()
    }

    fn invitations(&self, that: impl Fn(&Invitation) -> bool) -> Vec<Invitation> {
        let found = self.known.invitations.iter().filter_map(|id| self.invitation(*id));
        found.filter(|found| that(found)).cloned().collect()
    }

    fn requests(&self, group: GroupId, that: impl Fn(&JoinRequest) -> bool) -> Vec<JoinRequest> {
        let found = self.user_ids().into_iter().filter_map(|user| self.facts.request(group, user).cloned());
        found.filter(|request| that(request)).collect()
    }

    fn opt_outs(&self, persons: &[Person]) -> Vec<OptOut> {
        let hashes = persons.iter().filter_map(|person| self.facts.hash(person));
        sorted(hashes.flat_map(|hash| self.facts.opt_outs(&hash).copied().collect::<Vec<_>>()).collect())
    }

    fn members_at(&self, group: GroupId, at: Timestamp) -> Vec<Membership> {
        let mut members = BTreeMap::new();
        let events = self.histories.get(&Stream::Group(group)).into_iter().flatten();
        for event in events.take_while(|event| event.at <= at) {
            let Some(user) = event.member() else { continue };
            match event.after.as_deref().and_then(|text| MemberRecord::read(group, user, text)) {
                Some(membership) => drop(members.insert(user, membership)),
                None => drop(members.remove(&user)),
            }
        }
        members.into_values().collect()
    }
}

fn pick<T>(things: &[T], which: usize) -> &T {
    &things[which % things.len()]
}

/// Mostly one that there is: the first is one that there is not.
fn pick_known<T>(things: &[T], which: usize) -> &T {
    if things.len() > 1 && !which.is_multiple_of(10) { pick(&things[1..], which / 10) } else { &things[0] }
}

fn sorted(mut opt_outs: Vec<OptOut>) -> Vec<OptOut> {
    opt_outs.sort_by_key(|opt_out| (opt_out.person, opt_out.from));
    opt_outs
}

/// Sends each round at once: the writers carry out in order what is queued, in batches of their own cutting.
fn play(places: Vec<Place>, settings: &Settings, rounds: Vec<Round>) -> Result<(), TestCaseError> {
    runtime().block_on(async {
        let mut databases = Vec::new();
        for place in places {
            let db = Database::new(place);
            db.set_person_key().await;
            databases.push(db.under(settings.clone()));
        }
        let mut model = Model::new(settings.clone());
        for (n, Round { pause, is_swept, steps }) in std::iter::once(opening()).chain(rounds).enumerate() {
            for db in &databases {
                db.clock.advance_millis(pause);
            }
            let now = databases[0].now();
            if is_swept {
                sweep(&databases, &mut model, now).await?;
            }
            let expect = |step| {
                let order = model.name(step, now);
                let expected = model.decide(&order, now);
                (order, expected)
            };
            let (orders, expected): (Vec<_>, Vec<_>) = steps.iter().map(expect).unzip();
            model.learn();
            for db in &databases {
                let verdicts = join_all(orders.iter().map(|order| submit(&db.store, order))).await;
                for ((order, expected), verdict) in orders.iter().zip(&expected).zip(&verdicts) {
                    prop_assert_eq!(verdict, expected, "{:?}, rehearsed: {}", order.command, order.is_rehearsal);
                }
                if (n + 1) % ROUNDS_BETWEEN_LOOKS == 0 {
                    compare(db, &model).await?;
                }
            }
        }
        for db in databases {
            compare(&db.reopen(), &model).await?;
        }
        Ok(())
    })
}

async fn sweep(databases: &[Database], model: &mut Model, now: Timestamp) -> Result<(), TestCaseError> {
    let deleted = databases[0].store.read().deleted_groups(now - GRACE).await.unwrap();
    let due = model.groups().into_iter().filter(|group| group.deleted_at.is_some_and(|at| now >= at + GRACE));
    let due: BTreeSet<_> = due.map(|group| group.id).collect();
    prop_assert_eq!(deleted.iter().copied().collect::<BTreeSet<_>>(), due);
    let expected = model.sweep(&deleted, now);
    for db in databases {
        prop_assert_eq!(db.store.sweep(now).await.unwrap(), expected);
    }
    Ok(())
}

async fn submit(store: &Store, order: &Order) -> Verdict {
    let way = if order.is_rehearsal { Way::Rehearsed } else { Way::From(&order.origin) };
    match database::submit(store, order.command.clone(), way).await {
        Ok(outcome) => Ok(outcome),
        Err(Rejection::Refused(refusal, why)) => {
            assert_eq!(why.refusal, refusal);
            Err(*why)
        }
        Err(Rejection::Failed(error)) => panic!("{:?}: {}", order.command, guestlist_store::chain(&error)),
    }
}

/// Everything that can be read is what the model holds.
async fn compare(db: &Database, model: &Model) -> Result<(), TestCaseError> {
    compare_accounts(db, model).await?;
    compare_groups(db, model).await?;
    compare_invitations(db, model).await?;
    compare_histories(db, model).await
}

async fn compare_accounts(db: &Database, model: &Model) -> Result<(), TestCaseError> {
    let read = db.store.read();
    let facts = &model.facts;
    let users: Vec<User> =
        model.user_ids().into_iter().filter_map(|id| facts.user(&UserRef::Id(id)).cloned()).collect();
    prop_assert_eq!(&read.users(whole()).await.unwrap().items, &users);
    for user in users {
        let emails: Vec<UserEmail> = facts.emails_of(user.id).cloned().collect();
        prop_assert_eq!(read.emails(user.id).await.unwrap(), emails);
        let opt_outs = sorted(read.opt_outs(Refuser::User(user.id)).await.unwrap());
        prop_assert_eq!(opt_outs, model.opt_outs(&facts.persons(user.id)));
    }
    for (id, hash) in &model.known.tokens {
        let token = read.token(*hash).await.unwrap().map(|(token, _)| token);
        prop_assert_eq!(token.as_ref(), facts.token(&TokenRef::Id(*id)));
    }
    for n in 0..CLIENTS {
        let id = client_id(&format!("c{n}"));
        prop_assert_eq!(read.client(id.clone()).await.unwrap(), facts.client(&id).cloned());
    }
    prop_assert_eq!(read.issuer_key().await.unwrap(), facts.issuer_key().cloned());
    Ok(())
}

async fn compare_groups(db: &Database, model: &Model) -> Result<(), TestCaseError> {
    let read = db.store.read();
    let (living, deleted): (Vec<_>, Vec<_>) = model.groups().into_iter().partition(|group| group.deleted_at.is_none());
    prop_assert_eq!(&read.groups(whole()).await.unwrap().items, &living);
    for group in living {
        let id = group.id;
        let members = read.members(id, whole()).await.unwrap().items;
        let members: Vec<_> = members.into_iter().map(|member| member.membership).collect();
        prop_assert_eq!(&members, &model.members(id));

        let open = read.open_invitations(id, db.now(), whole()).await.unwrap().items;
        let open: Vec<_> = open.into_iter().map(|view| view.invitation).collect();
        prop_assert_eq!(open, model.invitations(|found| found.group == id && found.is_open(db.now())));
        for state in InvitationState::ALL {
            let found = read.invitations(id, state, whole()).await.unwrap().items;
            let found: Vec<_> = found.into_iter().map(|view| view.invitation).collect();
            prop_assert_eq!(found, model.invitations(|found| found.group == id && found.state == state));
        }

        let asking = read.requests(id, whole()).await.unwrap().items;
        let asking: Vec<_> = asking.into_iter().map(|requester| requester.request).collect();
        prop_assert_eq!(asking, model.requests(id, |request| request.state == RequestState::Pending));

        let waiting = read.waiting(id, whole()).await.unwrap().items;
        let waiting: Vec<_> = waiting.into_iter().map(|requester| requester.request).collect();
        let mut expected = model.requests(id, |request| request.state == RequestState::Waiting);
        expected.sort_by_key(|request| request.place);
        prop_assert_eq!(waiting, expected);

        let links = read.links(id, whole()).await.unwrap().items;
        let expected = model.known.links.iter().filter_map(|(link, _)| model.facts.link(&LinkRef::Id(*link)));
        let expected: Vec<_> = expected.filter(|link| link.group == id).cloned().collect();
        prop_assert_eq!(links, expected);
    }
    for group in deleted {
        prop_assert_eq!(read.group(GroupRef::Id(group.id), None).await.unwrap(), None);
    }
    Ok(())
}

async fn compare_invitations(db: &Database, model: &Model) -> Result<(), TestCaseError> {
    let read = db.store.read();
    let facts = &model.facts;
    let is_living = |group| facts.group(&GroupRef::Id(group)).is_some_and(|group| group.deleted_at.is_none());
    let ids = model.known.invitations.iter().copied().map(InvitationRef::Id);
    for which in ids.chain(model.known.secrets.iter().copied().map(InvitationRef::Token)) {
        let found = read.invitation(which).await.unwrap().map(|view| view.invitation);
        prop_assert_eq!(found.as_ref(), facts.invitation(&which).filter(|found| is_living(found.group)));
    }
    for user in model.user_ids() {
        let found = read.invitations_for(user, db.now(), whole()).await.unwrap().items;
        let found: Vec<_> = found.into_iter().map(|view| view.invitation).collect();
        let expected = model.invitations(|open| {
            open.is_open(db.now())
                && model.invitee(InvitationRef::Id(open.id)) == Some(user)
                && is_living(open.group)
                && !facts.refuses(user, open.group, open.inviter)
        });
        prop_assert_eq!(found, expected);
    }
    let mut told: BTreeMap<(GroupId, InvitationId), Vec<Mail>> = BTreeMap::new();
    for mail in model.known.mails.iter().filter_map(|id| facts.mail(*id)) {
        if let Some(invitation) = mail.invitation {
            told.entry((mail.group, invitation)).or_default().push(mail.clone());
        }
    }
    for ((group, invitation), mut mails) in told {
        mails.sort_by_key(|mail| (mail.created_at, mail.id));
        prop_assert_eq!(read.mails_about(group, invitation).await.unwrap(), mails);
    }
    let due = model.known.mails.iter().filter_map(|id| facts.mail(*id)?.due_at);
    let queue = MailQueue { mails: due.clone().count() as u64, first_due_at: due.min() };
    prop_assert_eq!(read.mail_queue().await.unwrap(), queue);
    for hash in &model.known.secrets {
        let token = facts.invitation_token(hash);
        let group =
            |token: &&InvitationToken| facts.invitation(&InvitationRef::Id(token.invitation)).map(|of| of.group);
        let token = token.filter(|token| group(token).is_some_and(is_living)).copied();
        prop_assert_eq!(read.invitation_token(*hash).await.unwrap(), token);
    }
    for hash in &model.known.secrets {
        let found = sorted(read.opt_outs(Refuser::Holder(*hash)).await.unwrap());
        let held = facts.invitation(&InvitationRef::Token(*hash)).map(|held| held.invitee.person());
        prop_assert_eq!(found, model.opt_outs(held.as_slice()));
    }
    Ok(())
}

async fn compare_histories(db: &Database, model: &Model) -> Result<(), TestCaseError> {
    let read = db.store.read();
    let streams = read.streams(whole()).await.unwrap().items;
    prop_assert_eq!(&streams, &model.histories.keys().copied().collect::<Vec<_>>());
    for (stream, history) in &model.histories {
        prop_assert_eq!(&read.events(*stream, whole()).await.unwrap().items, history);
        prop_assert_eq!(read.audit(*stream).await.unwrap(), []);
    }
    for group in model.groups().into_iter().filter(|group| group.deleted_at.is_none()) {
        let instants = model.histories[&Stream::Group(group.id)].iter().map(|event| event.at.as_millis());
        let instants: BTreeSet<_> = instants.flat_map(|at| [at - 1, at]).collect();
        // A few of them, from the last on.
        for at in instants.into_iter().rev().step_by(3).take(8).map(Timestamp::from_millis) {
            let members = read.members_at(group.id, at, whole()).await.unwrap().items;
            prop_assert_eq!(members, model.members_at(group.id, at), "{:?}", at);
        }
    }
    Ok(())
}

/// A few people, groups, links and invitations to begin with, so that not every command is refused.
fn opening() -> Round {
    let users = (1..PEOPLE).map(|n| Command::from(new_user(n, None)));
    let groups = (1..=2).map(|n| make_group(n, UserRef::Id(user_id(n)), None, n == 2).into());
    let in_group = |n| (user_id(n), GroupRef::Id(group_id(n)));
    let patch = |n, patch| {
        let (by, group) = in_group(n);
        UpdateGroup { by, group, patch }.into()
    };
    let patches = [
        patch(1, GroupPatch { takes_requests: Some(true), is_token_enough: Some(true), ..GroupPatch::default() }),
        patch(2, GroupPatch { members_max: Some(Some(2)), ..GroupPatch::default() }),
    ];
    let ways_in = (1..=2).flat_map(|n| {
        let (by, group) = in_group(n);
        let target = |who| Target { who, invitation: invitation_id(0) };
        let targets = vec![target(UserRef::Id(user_id(n + 2))), target(UserRef::Email(other_address(1)))];
        let admission = Admission::OnAcceptance(Expiry::Usual);
        let (id, hash) = link_names(0);
        let (uses_max, expiry, needs_approval) = (Some(2), Expiry::Usual, n == 1);
        let roles = RoleSet::NONE;
        [
            Invite { language: None, note: None, by, group: group.clone(), targets, roles, admission, batch: None }
                .into(),
            CreateLink { by, group, id, hash, roles, uses_max, expiry, needs_approval }.into(),
        ]
    });
    let step = |command| Step { command, which: 0, is_proper: false, origin: Origin::default(), is_rehearsal: false };
    Round { pause: 0, is_swept: false, steps: users.chain(groups).chain(patches).chain(ways_in).map(step).collect() }
}

fn new_user(n: i64, id: Option<UserId>) -> AddUser {
    AddUser { id, ..account(&format!("p{n}")) }
}

fn make_group(n: i64, owner: UserRef, id: Option<GroupId>, is_public: bool) -> CreateGroup {
    CreateGroup {
        language: None,
        by: None,
        owner,
        id,
        uid: Uid::parse(&format!("uid-g{n}")).unwrap(),
        slug: slug(&format!("g{n}")),
        name: DisplayName::parse(&format!("The g{n}")).unwrap(),
        description: Description::default(),
        is_public,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    }
}

/// What operators may set: hardly anything is allowed, everything is, or what is usual.
fn settings() -> impl Strategy<Value = Settings> {
    let tight = Settings {
        permissions: Permissions::default(),
        hold_mail: Some(Lifetime::from_secs(0)),
        usual_lifetime: Lifetime::from_secs(3600),
        longest_lifetime: Some(DAY),
        quotas: Some(Quotas { pending_per_group: 4, made_per_day: 6 }),
        members_max: Some(4),
    };
    let loose = Settings {
        permissions: Permissions::default(),
        hold_mail: Some(Lifetime::from_secs(0)),
        usual_lifetime: DAY,
        longest_lifetime: None,
        quotas: None,
        members_max: None,
    };
    prop_oneof![3 => Just(tight), 2 => Just(loose), 1 => Just(Settings::default())]
}

fn round(size: std::ops::Range<usize>) -> impl Strategy<Value = Round> {
    let pause = prop_oneof![
        16 => Just(0),
        3 => Just(1),
        4 => Just(1000),
        3 => Just(3_600_000),
        2 => Just(DAY.as_millis()),
        1 => Just(GRACE.as_millis()),
    ];
    (pause, proptest::bool::weighted(0.1), vec(step(), size)).prop_map(|(pause, is_swept, steps)| Round {
        pause,
        is_swept,
        steps,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let yes = proptest::bool::weighted;
    (command(), any::<usize>(), yes(0.8), origin(), yes(0.1)).prop_map(
        |(command, which, is_proper, origin, is_rehearsal)| Step { command, which, is_proper, origin, is_rehearsal },
    )
}

fn origin() -> impl Strategy<Value = Origin> {
    (select(Via::ALL.to_vec()), option::of(0..CLIENTS), option::of(0..9_u8)).prop_map(|(via, client, request)| Origin {
        via,
        client: client.map(|n| client_id(&format!("c{n}"))),
        request: request.and_then(|n| RequestId::parse(&format!("request-{n}"))),
    })
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => about_accounts(),
        5 => about_groups(),
        16 => about_invitations(),
        3 => about_opt_outs(),
        6 => about_links(),
        6 => about_requests(),
        5 => about_members(),
        2 => about_credentials(),
        9 => about_mail(),
    ]
}

fn about_accounts() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (1..=PEOPLE, option::weighted(0.3, 1..12_i64)).prop_map(|(n, id)| new_user(n, id.map(user_id)).into()),
        3 => (1..=PEOPLE, 1..=PEOPLE, option::of((1..=PEOPLE, any::<bool>()))).prop_map(|(n, uid, vouched)| {
            SeeSubject {
                subject: Subject::parse(&format!("sub-p{n}")).unwrap(),
                uid: Uid::parse(&format!("uid-p{uid}")).unwrap(),
                name: DisplayName::parse(&format!("Person {uid}")).ok().filter(|_| vouched.is_some()),
                email: vouched.map(|(n, is_other)| if is_other { other_address(n) } else { address(n) }),
            }
            .into()
        }),
        1 => (4..=PEOPLE).prop_map(|n| DisableUser { by: None, user: UserRef::Username(username(&format!("p{n}"))) }.into()),
        1 => (4..=PEOPLE).prop_map(|n| EnableUser { by: None, user: UserRef::Username(username(&format!("p{n}"))) }.into()),
        1 => (user(), 4..=PEOPLE, 1..=PEOPLE, any::<bool>()).prop_map(|(by, n, name, is_moved)| {
            let patch = UserPatch {
                username: Some(username(&format!("p{name}"))),
                email: is_moved.then(|| email(&format!("moved{name}@example.org"))),
                nickname: "Nick".to_owned().try_into().ok(),
                ..UserPatch::default()
            };
            UpdateUser { by, user: UserRef::Id(user_id(n)), patch }.into()
        }),
        1 => (user(), 4..=PEOPLE).prop_map(|(by, n)| DeleteUser { by, user: UserRef::Id(user_id(n)) }.into()),
    ]
}

fn about_groups() -> impl Strategy<Value = Command> {
    let patch = (
        option::weighted(0.2, 1..=GROUPS),
        option::weighted(0.3, any::<bool>()),
        option::weighted(0.3, any::<bool>()),
        option::weighted(0.3, any::<bool>()),
        option::weighted(0.5, option::weighted(0.8, 0..6_i64)),
    );
    let patch = patch.prop_map(|(n, is_public, takes_requests, is_token_enough, members_max)| GroupPatch {
        language: None,
        country: takes_requests.map(|is_known| Country::parse("Bosna i Hercegovina").ok().filter(|_| is_known)),
        slug: n.map(|n| slug(&format!("g{n}"))),
        name: None,
        description: n.map(|n| crate::database::description(&format!("moved to {n}"))),
        is_public,
        takes_requests,
        is_token_enough,
        members_max,
        chat: ChatPatch {
            topic: n.map(|n| crate::database::description(&format!("topic {n}"))),
            is_read_only: is_public,
            ..ChatPatch::default()
        },
    });
    prop_oneof![
        3 => (1..=GROUPS, who(), option::weighted(0.3, 1..6_i64), any::<bool>())
            .prop_map(|(n, owner, id, is_public)| make_group(n, owner, id.map(group_id), is_public).into()),
        4 => (user(), group(), patch).prop_map(|(by, group, patch)| UpdateGroup { by, group, patch }.into()),
        1 => (user(), group()).prop_map(|(by, group)| ArchiveGroup { by, group }.into()),
        2 => (user(), group()).prop_map(|(by, group)| UnarchiveGroup { by, group }.into()),
        1 => (user(), group(), any::<bool>())
            .prop_map(|(by, group, frees_slug)| DeleteGroup { by, group, frees_slug }.into()),
        1 => (user(), group(), any::<bool>())
            .prop_map(|(by, group, is_hidden)| HideGroup { by, group, is_hidden }.into()),
        2 => (user(), group()).prop_map(|(by, group)| RestoreGroup { by, group }.into()),
        1 => (1..=GROUPS).prop_map(|n| PurgeGroup { group: group_id(n) }.into()),
        3 => (user(), group(), who()).prop_map(|(by, group, to)| OfferOwnership { by, group, to }.into()),
        2 => (user(), group()).prop_map(|(by, group)| AcceptOwnership { by, group }.into()),
        1 => (user(), group()).prop_map(|(by, group)| WithdrawOwnership { by, group }.into()),
    ]
}

fn about_invitations() -> impl Strategy<Value = Command> {
    let invitation = invitation_id(0);
    let target = move |who| Target { who, invitation };
    let admission = prop_oneof![1 => Just(Admission::Direct), 3 => expiry().prop_map(Admission::OnAcceptance)];
    prop_oneof![
        10 => (user(), group(), vec(who().prop_map(target), 1..5), roles(), admission).prop_map(
            |(by, group, targets, roles, admission)| {
                Invite { language: None, note: None, by, group, targets, roles, admission, batch: None }.into()
            }
        ),
        2 => (user(), group()).prop_map(|(by, group)| UndoBatch { by, group, batch: batch_id(0) }.into()),
        2 => (user(), expiry())
            .prop_map(move |(by, expiry)| ResendInvitation { by, invitation, expiry }.into()),
        2 => (user(), option::of(roles()), option::of(expiry()))
            .prop_map(move |(by, roles, expiry)| ChangeInvitation { by, invitation, roles, expiry }.into()),
        1 => user().prop_map(move |by| RevokeInvitation { by, invitation }.into()),
        3 => Just(GiveInvitationToken { invitation, hash: secret(0) }.into()),
        1 => Just(ExpireInvitations { invitations: vec![] }.into()),
        6 => (user(), held(), any::<bool>()).prop_map(|(by, invitation, is_secret_enough)| {
            Accept { by: Some(by), invitation, is_secret_enough }.into()
        }),
        2 => (option::weighted(0.7, user()), held()).prop_map(|(by, invitation)| Decline { by, invitation }.into()),
    ]
}

fn about_opt_outs() -> impl Strategy<Value = Command> {
    let from = prop_oneof![
        1 => Just(InvitationsFrom::Everyone),
        3 => (1..=GROUPS).prop_map(|n| InvitationsFrom::Group(group_id(n))),
        3 => (1..=PEOPLE).prop_map(|n| InvitationsFrom::Inviter(user_id(n))),
    ];
    (option::of(user()), option::of(held()), from, any::<bool>()).prop_map(|(by, invitation, from, is_refusal)| {
        if is_refusal {
            RefuseInvitations { by, invitation, from }.into()
        } else {
            AllowInvitations { by, invitation, from }.into()
        }
    })
}

fn about_links() -> impl Strategy<Value = Command> {
    let (id, hash) = link_names(0);
    prop_oneof![
        3 => (user(), group(), roles(), option::weighted(0.7, 0..4_i64), expiry(), any::<bool>()).prop_map(
            move |(by, group, roles, uses_max, expiry, needs_approval)| {
                CreateLink { by, group, id, hash, roles, uses_max, expiry, needs_approval }.into()
            }
        ),
        1 => user().prop_map(move |by| RevokeLink { by, link: id }.into()),
        6 => user().prop_map(move |by| UseLink { by, link: hash }.into()),
    ]
}

fn about_requests() -> impl Strategy<Value = Command> {
    prop_oneof![
        5 => (user(), group()).prop_map(|(by, group)| Join { by, group }.into()),
        3 => (user(), group(), who()).prop_map(|(by, group, user)| ApproveRequest { by, group, user }.into()),
        1 => (user(), group(), who()).prop_map(|(by, group, user)| RejectRequest { by, group, user }.into()),
        1 => (user(), group()).prop_map(|(by, group)| WithdrawRequest { by, group }.into()),
    ]
}

fn about_members() -> impl Strategy<Value = Command> {
    let role = || select(Role::ALL.to_vec());
    prop_oneof![
        4 => (user(), group(), who(), any::<bool>())
            .prop_map(|(by, group, user, spares_owners)| RemoveMember { by, group, user, spares_owners }.into()),
        4 => (user(), group(), who(), role())
            .prop_map(|(by, group, user, role)| AssignRole { by, group, user, role }.into()),
        2 => (user(), group(), who(), role())
            .prop_map(|(by, group, user, role)| TakeRole { by, group, user, role }.into()),
        2 => (user(), group(), who(), any::<bool>())
            .prop_map(|(by, group, user, is_admin)| SetAdmin { by, group, user, is_admin }.into()),
        3 => (user(), group()).prop_map(|(by, group)| Leave { by, group }.into()),
    ]
}

fn about_mail() -> impl Strategy<Value = Command> {
    let (mail, invitation) = (mail_id(0), secret(0));
    let reply = || Reply::of("550 5.1.1 <somebody@example.org> is nobody");
    let result = prop_oneof![
        4 => Just(MailResult::HandedOver),
        1 => Just(MailResult::Withheld),
        3 => Just(MailResult::Deferred(reply())),
        1 => Just(MailResult::Failed(reply())),
        1 => (1..=PEOPLE).prop_map(move |n| MailResult::DeadAddress(address(n), reply())),
        1 => Just(MailResult::Untried),
    ];
    let report = select(vec![Report::HardBounce, Report::SoftBounce, Report::Complaint]);
    let after = Timestamp::from_millis(0);
    prop_oneof![
        6 => (0..5_usize).prop_map(move |n| TakeMail { due_by: after, secrets: vec![secret(0); n] }.into()),
        8 => result.prop_map(move |result| SettleMail { mail, result }.into()),
        1 => Just(KeepMail { mails: vec![mail] }.into()),
        2 => report.prop_map(move |report| ReportMail { by: None, mail, report, reply: Some(reply()) }.into()),
        1 => (1..=PEOPLE).prop_map(|n| ReviveAddress { by: None, address: address(n) }.into()),
        1 => Just(RemindInvitees { invitations: vec![] }.into()),
        1 => Just(SeeInvitation { invitation }.into()),
        2 => Just(Accept { by: None, invitation: InvitationRef::Token(invitation), is_secret_enough: false }.into()),
        2 => (1..=PEOPLE).prop_map(move |n| {
            Enrol {
                invitation,
                uid: Uid::parse(&format!("uid-e{n}")).unwrap(),
                subject: Subject::parse(&format!("sub-e{n}")).unwrap(),
                name: DisplayName::parse("Somebody").unwrap(),
                password: PasswordHash("hash".to_owned()),
                language: Some(Language::Urdu),
            }
            .into()
        }),
        1 => (1..=PEOPLE).prop_map(move |n| OfferSignIn { invitation, address: address(n) }.into()),
    ]
}

fn about_credentials() -> impl Strategy<Value = Command> {
    let (id, hash) = token_names(0);
    let some_client = |n: u8| client_id(&format!("c{n}"));
    prop_oneof![
        2 => (who(), option::weighted(0.6, 0..CLIENTS), option::of(1..5000_u32)).prop_map(
            move |(user, client, secs)| {
                let lifetime = secs.map(Lifetime::from_secs);
                IssueToken { by: None, within: None, id, hash, user, client: client.map(some_client), scopes: None, lifetime, personal: None, replaces: false }.into()
            }
        ),
        1 => any::<bool>().prop_map(move |is_by_id| {
            RevokeToken { by: None, token: if is_by_id { TokenRef::Id(id) } else { TokenRef::Hash(hash) } }.into()
        }),
        2 => (0..CLIENTS).prop_map(move |n| {
            AddClient { by: None, id: some_client(n), name: String::new(), scopes: Scopes::all() }.into()
        }),
        1 => (0..CLIENTS).prop_map(move |n| RemoveClient { by: None, id: some_client(n) }.into()),
        1 => any::<u8>()
            .prop_map(|n| AdoptIssuerKey { key: IssuerKey { kid: n.to_string(), pkcs8: vec![n] } }.into()),
    ]
}

fn user() -> impl Strategy<Value = UserId> {
    (1..=PEOPLE).prop_map(user_id)
}

fn group() -> impl Strategy<Value = GroupRef> {
    // Mostly those that there are.
    (prop_oneof![6 => 1..GROUPS, 1 => 1..=GROUPS], 0..5).prop_map(|(n, way)| {
        let (uid, name) = (format!("uid-g{n}"), format!("g{n}"));
        match way {
            0 => GroupRef::Id(group_id(n)),
            1 => GroupRef::Uid(Uid::parse(&uid).unwrap()),
            2 => GroupRef::Slug(slug(&name)),
            3 => GroupRef::UidOrSlug(uid),
            _ => GroupRef::UidOrSlug(name),
        }
    })
}

fn who() -> impl Strategy<Value = UserRef> {
    (1..=PEOPLE, 0..6).prop_map(|(n, way)| match way {
        0 => UserRef::Id(user_id(n)),
        1 => UserRef::Uid(Uid::parse(&format!("uid-p{n}")).unwrap()),
        2 => UserRef::Subject(Subject::parse(&format!("sub-p{n}")).unwrap()),
        3 => UserRef::Username(username(&format!("P{n}"))),
        4 => UserRef::Email(email(&format!("P{n}@example.org"))),
        _ => UserRef::Email(other_address(n)),
    })
}

fn address(n: i64) -> guestlist_core::names::Email {
    email(&format!("p{n}@example.org"))
}

/// Of somebody who is known by it only once the identity provider says so.
fn other_address(n: i64) -> guestlist_core::names::Email {
    email(&format!("q{n}@example.org"))
}

fn roles() -> impl Strategy<Value = RoleSet> {
    prop_oneof![3 => Just(RoleSet::NONE), 1 => select(Role::ALL.to_vec()).prop_map(|role| RoleSet::of(&[role]))]
}

/// An invitation by its name, or by a secret.
fn held() -> impl Strategy<Value = InvitationRef> {
    select(vec![InvitationRef::Id(invitation_id(0)), InvitationRef::Token(secret(0))])
}

/// As long as the clock jumps, so that it often stops at the very end.
fn expiry() -> impl Strategy<Value = Expiry> {
    prop_oneof![
        3 => Just(Expiry::Usual),
        1 => Just(Expiry::Never),
        6 => select(vec![0, 1, 1, 3600, 86_400, 86_401]).prop_map(|secs| Expiry::After(Lifetime::from_secs(secs))),
    ]
}

fn token_names(n: usize) -> (TokenId, TokenHash) {
    (TokenId::from_uuid(Uuid::from_u128(n as u128)), TokenHash(hash(n)))
}

fn link_names(n: usize) -> (LinkId, LinkHash) {
    (LinkId::from_uuid(Uuid::from_u128(n as u128)), LinkHash(hash(n)))
}

fn secret(n: usize) -> InvitationTokenHash {
    InvitationTokenHash(hash(n))
}

fn mail_id(n: u128) -> MailId {
    MailId::from_uuid(Uuid::from_u128(n))
}

fn batch_id(n: usize) -> BatchId {
    BatchId::from_uuid(Uuid::from_u128(n as u128))
}

fn hash(n: usize) -> [u8; 32] {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&n.to_le_bytes());
    hash
}

fn user_id(n: i64) -> UserId {
    UserId::new(n).unwrap()
}

fn group_id(n: i64) -> GroupId {
    GroupId::new(n).unwrap()
}
