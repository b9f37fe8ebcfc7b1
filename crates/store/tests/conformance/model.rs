//! The store against a model: the same rules over facts that hold everything and never leave memory. Whatever people
//! ask, in whatever order and however it is cut into batches, both say the same and hold the same in the end.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use futures_util::future::join_all;
use guestlist_core::command::{
    Accept, AddClient, AddUser, Admission, AdoptIssuerKey, Ask, AssignRole, CreateGroup, Decline, DisableUser, Invite,
    IssueToken, Leave, RemoveClient, RemoveMember, RevokeToken, SeeSubject, TakeRole, Target,
};
use guestlist_core::credential::{IssuerKey, Scopes, TokenHash, TokenRef};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, InvitationId, TokenId, Uid, UserId};
use guestlist_core::invitation::Invitee;
use guestlist_core::member::Role;
use guestlist_core::names::Subject;
use guestlist_core::outcome::Outcome;
use guestlist_core::time::{Lifetime, Timestamp};
use guestlist_core::user::UserRef;
use guestlist_core::{Command, Facts, Refusal, decide};
use guestlist_store::page::PageRequest;
use guestlist_store::{Rejection, Store};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use uuid::Uuid;

use crate::database::{Database, Place, account, client_id, email, invitation_id, new_group, runtime, username};

mod sqlite {
    use super::*;

    proptest! {
        #![proptest_config(replayable(64))]

        #[test]
        fn one_by_one_the_store_and_the_model_agree(steps in vec((pause(), step()), 1..60)) {
            play(vec![Place::sqlite()], &one_by_one(steps))?;
        }

        #[test]
        fn sent_all_at_once_the_store_and_the_model_agree(batches in vec((pause(), vec(step(), 1..30)), 1..8)) {
            play(vec![Place::sqlite()], &batches)?;
        }
    }
}

/// Both engines at once: step by step they say what the model says, and so the same as each other.
mod postgres {
    use super::*;

    proptest! {
        #![proptest_config(replayable(32))]

        #[test]
        fn one_by_one_the_stores_and_the_model_agree(steps in vec((pause(), step()), 1..120)) {
            play(vec![Place::postgres(), Place::sqlite()], &one_by_one(steps))?;
        }

        #[test]
        fn sent_all_at_once_the_stores_and_the_model_agree(batches in vec((pause(), vec(step(), 1..30)), 1..8)) {
            play(vec![Place::postgres(), Place::sqlite()], &batches)?;
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

fn one_by_one(steps: Vec<(i64, Step)>) -> Vec<(i64, Vec<Step>)> {
    steps.into_iter().map(|(pause, step)| (pause, vec![step])).collect()
}

/// Names are few, so that they meet often.
const PEOPLE: i64 = 7;
const GROUPS: i64 = 3;
const CLIENTS: u8 = 2;

/// What somebody asks for, before it is known which ids there are to name.
#[derive(Debug, Clone)]
enum Step {
    Plain(Command),
    Invite {
        by: UserId,
        group: GroupRef,
        whom: Vec<UserRef>,
        admission: Admission,
    },
    /// By the person invited, unless somebody else is named.
    Answer {
        by: Option<UserId>,
        which: Index,
        is_yes: bool,
    },
    Issue {
        user: UserRef,
        client: Option<u8>,
        lifetime: Option<Lifetime>,
    },
    Revoke {
        which: Index,
        is_by_hash: bool,
    },
}

/// The model, and the ids that were given out on the way.
struct Model {
    facts: Facts,
    invitations: Vec<InvitationId>,
    tokens: Vec<(TokenId, TokenHash)>,
}

impl Model {
    fn new() -> Self {
        let mut facts = Facts::default();
        facts.learn_next_user_id(user_id(1));
        facts.learn_next_group_id(group_id(1));
        // An id that nobody has.
        Self { facts, invitations: vec![invitation_id(0)], tokens: vec![token_names(0)] }
    }

    fn command(&mut self, step: Step) -> Command {
        match step {
            Step::Plain(command) => command,
            Step::Invite { by, group, whom, admission } => {
                let targets = whom.into_iter().map(|who| {
                    let invitation = invitation_id(self.invitations.len() as u64);
                    self.invitations.push(invitation);
                    Target { who, invitation }
                });
                let targets = targets.collect();
                Invite { by, group, targets, admission }.into()
            }
            Step::Answer { by, which, is_yes } => {
                let made = self.invitations.iter().filter(|id| self.facts.invitation(**id).is_some());
                let ids: Vec<_> = made.chain(&self.invitations[..1]).copied().collect();
                let invitation = *which.get(&ids);
                let by = by.or_else(|| self.invitee(invitation)).unwrap_or(user_id(1));
                if is_yes { Accept { by, invitation }.into() } else { Decline { by, invitation }.into() }
            }
            Step::Issue { user, client, lifetime } => {
                let (id, hash) = token_names(self.tokens.len() as u64);
                self.tokens.push((id, hash));
                let client = client.map(|n| client_id(&format!("c{n}")));
                IssueToken { id, hash, user, client, scopes: None, lifetime }.into()
            }
            Step::Revoke { which, is_by_hash } => {
                let (id, hash) = *which.get(&self.tokens);
                RevokeToken { token: if is_by_hash { TokenRef::Hash(hash) } else { TokenRef::Id(id) } }.into()
            }
        }
    }

    fn invitee(&self, id: InvitationId) -> Option<UserId> {
        match &self.facts.invitation(id)?.invitee {
            Invitee::User(user) => Some(*user),
            Invitee::Email(email) => self.facts.user(&UserRef::Email(email.clone())).map(|user| user.id),
        }
    }

    fn decide(&mut self, command: &Command, now: Timestamp) -> Result<Outcome, Refusal> {
        let decision = decide(command, &self.facts, now)?;
        for change in &decision.changes {
            self.facts.apply(change);
        }
        Ok(decision.outcome)
    }
}

/// Sends each batch at once: the writers carry out in order what is queued, in batches of their own cutting.
fn play(places: Vec<Place>, batches: &[(i64, Vec<Step>)]) -> Result<(), TestCaseError> {
    let databases: Vec<_> = places.into_iter().map(Database::new).collect();
    runtime().block_on(async {
        let mut model = Model::new();
        for (pause, steps) in std::iter::once(&(0, opening())).chain(batches) {
            for db in &databases {
                db.clock.advance_millis(*pause);
            }
            let now = databases[0].now();
            let expect = |step: &Step| {
                let command = model.command(step.clone());
                let expected = model.decide(&command, now);
                (command, expected)
            };
            let (commands, expected): (Vec<_>, Vec<_>) = steps.iter().map(expect).unzip();
            for db in &databases {
                let verdicts = join_all(commands.iter().map(|command| submit(&db.store, command.clone()))).await;
                for ((command, expected), verdict) in commands.iter().zip(&expected).zip(&verdicts) {
                    prop_assert_eq!(verdict, expected, "{:?}", command);
                }
            }
        }
        for db in databases {
            compare(&db.reopen(), &model).await?;
        }
        Ok(())
    })
}

/// Submits any command. The answer has lost its type, so it is given back its name.
async fn submit(store: &Store, command: Command) -> Result<Outcome, Refusal> {
    async fn one<A: Ask>(store: &Store, ask: A, name: fn(A::Outcome) -> Outcome) -> Result<Outcome, Refusal> {
        match store.submit(ask).await {
            Ok(outcome) => Ok(name(outcome)),
            Err(Rejection::Refused(refusal)) => Err(refusal),
            Err(Rejection::Failed(error)) => panic!("{}", guestlist_store::chain(&error)),
        }
    }
    match command {
        Command::AddUser(ask) => one(store, ask, Outcome::UserAdded).await,
        Command::SeeSubject(ask) => one(store, ask, Outcome::UserSeen).await,
        Command::DisableUser(ask) => one(store, ask, Outcome::UserDisabled).await,
        Command::CreateGroup(ask) => one(store, ask, Outcome::GroupCreated).await,
        Command::Invite(ask) => one(store, ask, Outcome::Invited).await,
        Command::Accept(ask) => one(store, ask, Outcome::Accepted).await,
        Command::Decline(ask) => one(store, ask, Outcome::Declined).await,
        Command::RemoveMember(ask) => one(store, ask, Outcome::MemberRemoved).await,
        Command::AssignRole(ask) => one(store, ask, Outcome::RoleAssigned).await,
        Command::TakeRole(ask) => one(store, ask, Outcome::RoleTaken).await,
        Command::Leave(ask) => one(store, ask, Outcome::Left).await,
        Command::IssueToken(ask) => one(store, ask, Outcome::TokenIssued).await,
        Command::RevokeToken(ask) => one(store, ask, Outcome::TokenRevoked).await,
        Command::AddClient(ask) => one(store, ask, Outcome::ClientAdded).await,
        Command::RemoveClient(ask) => one(store, ask, Outcome::ClientRemoved).await,
        Command::AdoptIssuerKey(ask) => one(store, ask, Outcome::IssuerKeyAdopted).await,
    }
}

/// Everything that can be read is what the model holds.
async fn compare(db: &Database, model: &Model) -> Result<(), TestCaseError> {
    let read = db.store.read();
    let facts = &model.facts;
    let ids: BTreeSet<_> = facts.user_ids().collect();
    let users: Vec<_> = ids.iter().filter_map(|id| facts.user(&UserRef::Id(*id)).cloned()).collect();
    prop_assert_eq!(&read.users(whole()).await.unwrap().items, &users);

    let groups = read.groups(whole()).await.unwrap().items;
    let last = facts.next_group_id().unwrap().get();
    let expected: Vec<_> = (1..last).filter_map(|n| facts.group(&GroupRef::Id(group_id(n))).cloned()).collect();
    prop_assert_eq!(&groups, &expected);
    for group in &groups {
        let members = read.members(group.id, whole()).await.unwrap().items;
        let members: Vec<_> = members.into_iter().map(|member| member.membership).collect();
        let expected: Vec<_> = ids.iter().filter_map(|id| facts.membership(group.id, *id).cloned()).collect();
        prop_assert_eq!(members, expected);

        let open = read.open_invitations(group.id, db.now(), whole()).await.unwrap().items;
        let open: Vec<_> = open.into_iter().map(|view| view.invitation).collect();
        let made = model.invitations.iter().filter_map(|id| facts.invitation(*id));
        let expected: Vec<_> = made.filter(|i| i.group == group.id && i.is_open(db.now())).cloned().collect();
        prop_assert_eq!(open, expected);
    }
    for (id, hash) in &model.tokens {
        let token = read.token(*hash).await.unwrap().map(|(token, _)| token);
        prop_assert_eq!(token.as_ref(), facts.token(&TokenRef::Id(*id)));
    }
    for n in 0..CLIENTS {
        let id = client_id(&format!("c{n}"));
        prop_assert_eq!(read.client(id.clone()).await.unwrap(), facts.client(&id).cloned());
    }
    prop_assert_eq!(read.issuer_key().await.unwrap(), facts.issuer_key().cloned());
    // What is closed can be seen by how its invitee is refused.
    for id in &model.invitations {
        for by in &ids {
            let ask = Command::from(Decline { by: *by, invitation: *id });
            let is_refused = decide(&ask, facts, db.now()).map(|decision| decision.changes.is_empty());
            if is_refused != Ok(false) {
                let expected = decide(&ask, facts, db.now()).map(|decision| decision.outcome);
                prop_assert_eq!(submit(&db.store, ask).await, expected);
            }
        }
    }
    Ok(())
}

const fn whole<Key>() -> PageRequest<Key> {
    PageRequest { after: None, limit: 10_000 }
}

/// A few people and groups to begin with, so that not every command is refused.
fn opening() -> Vec<Step> {
    let users = (1..=4).map(|n| Step::Plain(new_user(n, None).into()));
    let groups = (1..=2).map(|n| Step::Plain(make_group(n, UserRef::Id(user_id(n)), None, false).into()));
    users.chain(groups).collect()
}

fn new_user(n: i64, id: Option<UserId>) -> AddUser {
    AddUser { id, ..account(&format!("p{n}")) }
}

fn make_group(n: i64, owner: UserRef, id: Option<GroupId>, is_public: bool) -> CreateGroup {
    let Command::CreateGroup(ask) = Command::from(new_group(&format!("g{n}"), &placeholder())) else { unreachable!() };
    CreateGroup { owner, id, is_public, ..ask }
}

fn placeholder() -> guestlist_core::user::User {
    guestlist_core::user::User {
        id: user_id(1),
        uid: Uid::parse("x").unwrap(),
        subject: Subject::parse("x").unwrap(),
        username: None,
        name: None,
        is_admin: false,
        disabled_at: None,
        created_at: Timestamp::from_millis(0),
        updated_at: Timestamp::from_millis(0),
    }
}

fn pause() -> impl Strategy<Value = i64> {
    select(vec![0, 0, 1, 1000, 3_600_000])
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (user(), group(), vec(who(), 1..5), admission())
            .prop_map(|(by, group, whom, admission)| Step::Invite { by, group, whom, admission }),
        6 => (proptest::option::weighted(0.2, user()), any::<Index>(), any::<bool>()).prop_map(|(by, which, is_yes)| Step::Answer { by, which, is_yes }),
        2 => (who(), proptest::option::weighted(0.6, 0..CLIENTS), proptest::option::of(1..5000_u32))
            .prop_map(|(user, client, secs)| Step::Issue { user, client, lifetime: secs.map(Lifetime::from_secs) }),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(which, is_by_hash)| Step::Revoke { which, is_by_hash }),
        10 => plain().prop_map(Step::Plain),
    ]
}

fn plain() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (1..=PEOPLE, proptest::option::of(1..12_i64))
            .prop_map(|(n, id)| new_user(n, id.map(user_id)).into()),
        1 => (1..=PEOPLE, 1..=PEOPLE).prop_map(|(n, uid)| {
            let subject = Subject::parse(&format!("sub-p{n}")).unwrap();
            SeeSubject { subject, uid: Uid::parse(&format!("uid-p{uid}")).unwrap() }.into()
        }),
        1 => (5..=PEOPLE).prop_map(|n| DisableUser { user: UserRef::Username(username(&format!("p{n}"))) }.into()),
        2 => (1..=GROUPS, who(), proptest::option::of(1..6_i64), any::<bool>())
            .prop_map(|(n, owner, id, is_public)| make_group(n, owner, id.map(group_id), is_public).into()),
        4 => (user(), group(), who()).prop_map(|(by, group, user)| RemoveMember { by, group, user }.into()),
        4 => (user(), group(), who(), role())
            .prop_map(|(by, group, user, role)| AssignRole { by, group, user, role }.into()),
        2 => (user(), group(), who(), role())
            .prop_map(|(by, group, user, role)| TakeRole { by, group, user, role }.into()),
        2 => (user(), group()).prop_map(|(by, group)| Leave { by, group }.into()),
        2 => (0..CLIENTS).prop_map(|n| {
            let id = client_id(&format!("c{n}"));
            AddClient { id, name: String::new(), scopes: Scopes::all() }.into()
        }),
        1 => (0..CLIENTS).prop_map(|n| RemoveClient { id: client_id(&format!("c{n}")) }.into()),
        1 => any::<u8>()
            .prop_map(|n| AdoptIssuerKey { key: IssuerKey { kid: n.to_string(), pkcs8: vec![n] } }.into()),
    ]
}

fn user() -> impl Strategy<Value = UserId> {
    // Mostly those who own something.
    prop_oneof![3 => 1..=2_i64, 2 => 1..=PEOPLE].prop_map(user_id)
}

fn group() -> impl Strategy<Value = GroupRef> {
    // Mostly those that there are.
    (prop_oneof![6 => 1..GROUPS, 1 => 1..=GROUPS], 0..5).prop_map(|(n, way)| {
        let (uid, slug) = (format!("uid-g{n}"), format!("g{n}"));
        match way {
            0 => GroupRef::Id(group_id(n)),
            1 => GroupRef::Uid(Uid::parse(&uid).unwrap()),
            2 => GroupRef::Slug(crate::database::slug(&slug)),
            3 => GroupRef::UidOrSlug(uid),
            _ => GroupRef::UidOrSlug(slug),
        }
    })
}

fn who() -> impl Strategy<Value = UserRef> {
    (1..=PEOPLE, 0..5).prop_map(|(n, way)| match way {
        0 => UserRef::Id(user_id(n)),
        1 => UserRef::Uid(Uid::parse(&format!("uid-p{n}")).unwrap()),
        2 => UserRef::Subject(Subject::parse(&format!("sub-p{n}")).unwrap()),
        3 => UserRef::Username(username(&format!("P{n}"))),
        _ => UserRef::Email(email(&format!("P{n}@example.org"))),
    })
}

fn role() -> impl Strategy<Value = Role> {
    select(Role::ALL.to_vec())
}

fn admission() -> impl Strategy<Value = Admission> {
    let lifetime = select(vec![Lifetime::from_secs(0), Lifetime::from_secs(2), Lifetime::from_days(1)]);
    prop_oneof![
        2 => Just(Admission::Direct),
        3 => lifetime.prop_map(|lifetime| Admission::OnAcceptance { lifetime }),
    ]
}

fn token_names(n: u64) -> (TokenId, TokenHash) {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&n.to_le_bytes());
    (TokenId::from_uuid(Uuid::from_u128(n.into())), TokenHash(hash))
}

fn user_id(n: i64) -> UserId {
    UserId::new(n).unwrap()
}

fn group_id(n: i64) -> GroupId {
    GroupId::new(n).unwrap()
}
