//! What only the engine itself can show: columns that no command sets yet, how many statements a batch takes, and that
//! none of them reads a whole table.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use guestlist_core::command::{
    Accept, AddClient, AddUser, Admission, AdoptIssuerKey, AssignRole, CreateGroup, Decline, DisableUser, Invite,
    IssueToken, Leave, RemoveClient, RemoveMember, RevokeToken, SeeSubject, TakeRole, Target,
};
use guestlist_core::credential::{AccessToken, ClientId, IssuerKey, PasswordHash, Scopes, TokenHash, TokenRef};
use guestlist_core::group::{Group, GroupKind, GroupRef};
use guestlist_core::ids::{GroupId, InvitationId, TokenId, Uid, UserId};
use guestlist_core::invitation::{Invitation, InvitationState, Invitee};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::names::{DisplayName, Email, Slug, Subject, Username};
use guestlist_core::time::Lifetime;
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_core::{Change, Command, Timestamp};
use guestlist_testing::FakeClock;
use rusqlite::StatementStatus;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use uuid::Uuid;

use self::readers::Readers;
use super::{Connection, Engine, NetChanges, Sqlite, SqliteWriter, StoreError, failure, open_for_reading, rows};
use crate::batch;
use crate::page::PageRequest;
use crate::query::{Queries, RosterSearch};

// The questions once more, this time put to a connection that writes down what it is asked.
#[expect(clippy::duplicate_mod, reason = "the same statements, over the readers of this file")]
#[path = "queries.rs"]
mod queries;

mod readers {
    use super::{Connection, Mutex, StoreError};

    pub(super) struct Readers(pub(super) Mutex<Connection>);

    impl Readers {
        #[expect(clippy::unused_async, reason = "as the true readers have it")]
        pub(super) async fn run<T>(
            &self,
            read: impl FnOnce(&Connection) -> Result<T, StoreError>,
        ) -> Result<T, StoreError> {
            read(&self.0.lock().unwrap())
        }

        pub(super) async fn point<T>(
            &self,
            read: impl FnOnce(&Connection) -> Result<T, StoreError>,
        ) -> Result<T, StoreError> {
            self.run(read).await
        }
    }
}

/// A statement that was run, and how many rows it met by stepping through a table from end to end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    sql: String,
    scanned: i32,
}

/// The statements that a connection has run since last asked.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Statement>>>);

impl Log {
    fn listen(&self, connection: &mut Connection) {
        let log = Arc::clone(&self.0);
        let mut scanned_before = HashMap::new();
        let note = move |event: TraceEvent<'_>| {
            if let TraceEvent::Profile(statement, _) = event {
                let sql = statement.sql().into_owned();
                // The counter goes on counting when a cached statement runs again.
                let total = statement.get_status(StatementStatus::FullscanStep);
                let before = scanned_before.insert(sql.clone(), total).unwrap_or(0);
                log.lock().unwrap().push(Statement { sql, scanned: total - before });
            }
        };
        connection.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note)).unwrap();
    }

    fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Bench {
    engine: SqliteWriter,
    log: Log,
    clock: FakeClock,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut engine = Sqlite::open(&folder.path().join("guestlist.db")).unwrap().writer().unwrap();
        let log = Log::default();
        log.listen(engine.connection.as_mut().unwrap());
        Self { engine, log, clock: FakeClock::default(), folder }
    }

    fn readers(&self) -> (Readers, Log) {
        let mut connection = open_for_reading(&self.folder.path().join("guestlist.db")).unwrap();
        let log = Log::default();
        log.listen(&mut connection);
        (Readers(Mutex::new(connection)), log)
    }

    /// Carries commands out as one batch, all of which must succeed, and returns the statements that this took.
    #[track_caller]
    fn run(&mut self, commands: &[Command]) -> Vec<Statement> {
        let commands: Vec<_> = commands.iter().collect();
        let verdicts = batch::run(&mut self.engine, &self.clock, &commands).now_or_never().unwrap();
        for (command, verdict) in commands.iter().zip(verdicts) {
            assert!(verdict.is_ok(), "{command:?}: {verdict:?}");
        }
        self.log.take()
    }

    /// Writes changes as they are.
    fn write(&mut self, changes: impl IntoIterator<Item = Change>) {
        let mut net = NetChanges::default();
        for change in changes {
            net.add(change);
        }
        let write = async {
            self.engine.begin().await?;
            self.engine.apply(&net).await?;
            self.engine.commit().await
        };
        write.now_or_never().unwrap().unwrap();
    }
}

#[track_caller]
fn now<T>(future: impl Future<Output = Result<T, StoreError>>) -> T {
    future.now_or_never().expect("no true waiting").unwrap()
}

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn user_id(n: usize) -> UserId {
    UserId::new(i64::try_from(n).unwrap()).unwrap()
}

fn group_id(n: usize) -> GroupId {
    GroupId::new(i64::try_from(n).unwrap()).unwrap()
}

fn invitation_id(n: usize) -> InvitationId {
    InvitationId::from_uuid(Uuid::from_u128(n as u128))
}

fn token_id(n: usize) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(n as u128))
}

fn token_hash(n: usize) -> TokenHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&n.to_le_bytes());
    TokenHash(hash)
}

fn user(n: usize) -> User {
    User {
        id: user_id(n),
        uid: Uid::parse(&format!("uid{n}")).unwrap(),
        subject: Subject::parse(&format!("sub{n}")).unwrap(),
        username: Some(Username::parse(&format!("User{n}")).unwrap()),
        name: Some(DisplayName::parse(&format!("Name {n}")).unwrap()),
        is_admin: false,
        disabled_at: None,
        created_at: at(-1),
        updated_at: at(i64::MAX),
    }
}

fn group(n: usize) -> Group {
    Group {
        id: group_id(n),
        uid: Uid::parse(&format!("uid{n}")).unwrap(),
        slug: Slug::parse(&format!("slug{n}")).unwrap(),
        name: DisplayName::parse(&format!("Group {n}")).unwrap(),
        description: format!("about {n}"),
        kind: GroupKind::Page,
        is_public: true,
        is_verified: true,
        archived_at: Some(at(i64::MIN)),
        creator: user_id(1),
        members_count: 3,
        owners_count: 2,
        notices_count: i64::MAX,
        created_at: at(4),
        updated_at: at(5),
    }
}

#[test]
fn what_no_command_sets_yet_is_stored_too() {
    let mut bench = Bench::new();
    let page = Group { kind: GroupKind::Group, is_public: false, is_verified: false, archived_at: None, ..group(2) };
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(group(1)), Change::Group(page.clone())]);
    let (readers, _) = bench.readers();
    let found = |n| now(readers.group(GroupRef::Id(group_id(n)), Some(user_id(1)))).unwrap().group;
    assert_eq!((found(1), found(2)), (group(1), page));
    assert_eq!(now(readers.user(UserRef::Id(user_id(1)))), Some(user(1)));

    // Each column that may change does, and those that may not do not.
    let changed = User {
        username: Some(Username::parse("renamed").unwrap()),
        name: None,
        is_admin: true,
        disabled_at: Some(at(9)),
        updated_at: at(10),
        ..user(1)
    };
    let regrouped = Group {
        slug: Slug::parse("other").unwrap(),
        name: DisplayName::parse("Other").unwrap(),
        description: String::new(),
        is_public: false,
        is_verified: false,
        archived_at: None,
        members_count: 30,
        owners_count: 20,
        notices_count: 10,
        updated_at: at(50),
        ..group(1)
    };
    bench.write([
        Change::User(changed.clone()),
        Change::Group(regrouped.clone()),
        Change::Password(user_id(1), PasswordHash("first".to_owned())),
        Change::Password(user_id(1), PasswordHash("second".to_owned())),
    ]);
    assert_eq!(now(readers.user(UserRef::Username(Username::parse("RENAMED").unwrap()))), Some(changed.clone()));
    assert_eq!(now(readers.user(UserRef::Username(Username::parse("user1").unwrap()))), None);
    assert_eq!(found(1), regrouped);
    // A user that is written again keeps their password.
    bench.write([Change::User(changed)]);
    assert_eq!(now(readers.password(user_id(1))), Some(PasswordHash("second".to_owned())));
    assert_eq!(now(readers.password(user_id(2))), None);
}

#[test]
fn an_unverified_address_is_stored_as_such_and_moves_to_whom_it_is_verified_for() {
    let mut bench = Bench::new();
    let address = |user, text: &str, is_verified| UserEmail { user, email: Email::parse(text).unwrap(), is_verified };
    let claimed = address(user_id(1), "B@x.org", false);
    let own = address(user_id(1), "a@x.org", true);
    bench.write([
        Change::User(user(1)),
        Change::User(user(2)),
        Change::UserEmail(claimed.clone()),
        Change::UserEmail(own.clone()),
    ]);
    let (readers, _) = bench.readers();
    assert_eq!(now(readers.emails(user_id(1))), [own.clone(), claimed]);
    assert_eq!(now(readers.user(UserRef::Email(Email::parse("b@X.org").unwrap()))), Some(user(1)));
    let moved = address(user_id(2), "b@x.org", true);
    bench.write([Change::UserEmail(moved.clone())]);
    assert_eq!(now(readers.emails(user_id(1))), [own]);
    assert_eq!(now(readers.emails(user_id(2)))[0].email.as_str(), "b@x.org");
    assert_eq!(now(readers.emails(user_id(2))), [moved]);
}

#[test]
fn an_invitation_to_an_unverified_address_is_not_shown_to_who_claims_it() {
    let mut bench = Bench::new();
    let email = Email::parse("b@x.org").unwrap();
    let invitation = Invitation {
        id: invitation_id(1),
        group: group_id(1),
        invitee: Invitee::Email(email.clone()),
        inviter: user_id(1),
        roles: RoleSet::NONE,
        state: InvitationState::Pending,
        created_at: at(1),
        expires_at: at(100),
        closed_at: None,
    };
    bench.write([
        Change::User(user(1)),
        Change::User(user(2)),
        Change::Group(group(1)),
        Change::UserEmail(UserEmail { user: user_id(2), email: email.clone(), is_verified: false }),
        Change::Invitation(invitation),
    ]);
    let (readers, _) = bench.readers();
    let waiting = || now(readers.invitations_for(user_id(2), at(1), PageRequest { after: None, limit: 9 })).items.len();
    assert_eq!(waiting(), 0);
    bench.write([Change::UserEmail(UserEmail { user: user_id(2), email, is_verified: true })]);
    assert_eq!(waiting(), 1);
}

#[test]
fn every_state_of_an_invitation_and_every_set_of_roles_is_read_back_by_the_rules() {
    let mut bench = Bench::new();
    let states = [
        InvitationState::Pending,
        InvitationState::Accepted,
        InvitationState::Declined,
        InvitationState::Revoked,
        InvitationState::Expired,
    ];
    let invitations: Vec<_> = (0..40_u8)
        .map(|n| {
            let state = states[usize::from(n % 5)];
            let address = Email::parse(&format!("Guest{n}@x.org")).unwrap();
            Invitation {
                id: InvitationId::from_uuid(Uuid::from_u128(u128::MAX - u128::from(n))),
                group: group_id(1),
                invitee: if n % 2 == 0 { Invitee::Email(address) } else { Invitee::User(user_id(usize::from(n))) },
                inviter: user_id(1),
                roles: RoleSet::from_bits(n / 5).unwrap(),
                state,
                created_at: at(i64::from(n)),
                expires_at: at(1000 + i64::from(n)),
                closed_at: (state != InvitationState::Pending).then_some(at(500)),
            }
        })
        .collect();
    let memberships: Vec<_> = (0..8_u8)
        .map(|bits| Membership {
            group: group_id(1),
            user: user_id(usize::from(bits) + 1),
            roles: RoleSet::from_bits(bits).unwrap(),
            joined_at: at(i64::from(bits)),
        })
        .collect();
    bench.write((1..=40).map(|n| Change::User(user(n))).chain([Change::Group(group(1))]));
    bench.write(invitations.iter().cloned().map(Change::Invitation));
    bench.write(memberships.iter().cloned().map(Change::Membership));

    let needs = guestlist_core::Needs {
        invitations: invitations.iter().map(|invitation| invitation.id).collect(),
        users: (1..=8).map(|n| UserRef::Id(user_id(n))).collect(),
        ..guestlist_core::Needs::default()
    };
    let facts = now(bench.engine.load(&[needs]));
    for invitation in &invitations {
        assert_eq!(facts.invitation(invitation.id), Some(invitation));
    }
    for membership in &memberships {
        assert_eq!(facts.membership(group_id(1), membership.user), Some(membership));
    }
}

#[test]
fn of_several_changes_to_one_thing_the_last_is_written() {
    let mut bench = Bench::new();
    let membership = |bits| Membership {
        group: group_id(1),
        user: user_id(1),
        roles: RoleSet::from_bits(bits).unwrap(),
        joined_at: at(1),
    };
    let token = AccessToken {
        id: token_id(1),
        hash: token_hash(1),
        user: user_id(1),
        client: None,
        scopes: Scopes::all(),
        created_at: at(1),
        expires_at: None,
        revoked_at: None,
    };
    bench.write([
        Change::User(user(1)),
        Change::Group(group(1)),
        Change::Membership(membership(1)),
        Change::MembershipEnded(group_id(1), user_id(1)),
        Change::Membership(membership(3)),
        Change::Token(token.clone()),
        Change::Token(AccessToken { revoked_at: Some(at(7)), ..token.clone() }),
    ]);
    let (readers, _) = bench.readers();
    let page = PageRequest { after: None, limit: 9 };
    let members = now(readers.members(group_id(1), page)).items;
    assert_eq!(members.into_iter().map(|member| member.membership).collect::<Vec<_>>(), [membership(3)]);
    assert_eq!(now(readers.token(token_hash(1))).unwrap().0.revoked_at, Some(at(7)));
    bench.write([Change::Membership(membership(5)), Change::MembershipEnded(group_id(1), user_id(1))]);
    assert_eq!(now(readers.members(group_id(1), page)).items, []);
}

#[test]
fn a_batch_that_was_given_up_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let mut net = NetChanges::default();
    net.add(Change::User(user(1)));
    let writing = async {
        bench.engine.begin().await?;
        bench.engine.apply(&net).await?;
        bench.engine.abandon().await;
        // Giving up what is not there is no failure.
        bench.engine.abandon().await;
        bench.engine.begin().await?;
        bench.engine.commit().await
    };
    now(writing);
    let (readers, _) = bench.readers();
    assert_eq!(now(readers.users(PageRequest { after: None, limit: 9 })).items, []);
    bench.write([Change::User(user(1))]);
    assert_eq!(now(readers.users(PageRequest { after: None, limit: 9 })).items.len(), 1);
}

#[test]
fn a_lost_connection_is_opened_anew() {
    let mut bench = Bench::new();
    bench.engine.connection = None;
    bench.run(&[add_user(1)]);
}

fn add_user(n: usize) -> Command {
    AddUser {
        id: Some(user_id(n)),
        uid: user(n).uid,
        subject: user(n).subject,
        username: user(n).username,
        name: user(n).name,
        email: Some(Email::parse(&format!("User{n}@x.org")).unwrap()),
        is_admin: true,
        password: Some(PasswordHash(format!("hash{n}"))),
    }
    .into()
}

fn client(n: usize) -> ClientId {
    ClientId::parse(&format!("client{n}")).unwrap()
}

/// Batches of `n` commands of a kind each, or of several kinds, by everything that a command can name; each batch
/// finds what those before it made.
fn batches(n: usize) -> Vec<(&'static str, Vec<Command>)> {
    let each = |make: &dyn Fn(usize) -> Command| (1..=n).map(make).collect::<Vec<_>>();
    let owner = |n| UserRef::Uid(user(n).uid);
    let by_slug = |n| GroupRef::Slug(group(n).slug);
    let guest = |n: usize| UserRef::Email(Email::parse(&format!("guest{n}@x.org")).unwrap());
    let offer = |k: usize, who: UserRef, id: usize| {
        let admission = Admission::OnAcceptance { lifetime: Lifetime::from_days(1) };
        let targets = vec![Target { who, invitation: invitation_id(id) }];
        Command::from(Invite { by: user_id(k), group: GroupRef::Uid(group(k).uid), targets, admission })
    };
    let late = |k: usize| UserRef::Subject(Subject::parse(&format!("late{k}")).unwrap());
    vec![
        ("add users", each(&add_user)),
        (
            "see subjects",
            each(&|k| {
                let (subject, uid) = (format!("late{k}"), format!("late{k}"));
                SeeSubject { subject: Subject::parse(&subject).unwrap(), uid: Uid::parse(&uid).unwrap() }.into()
            }),
        ),
        (
            "create groups",
            each(&|k| {
                let Group { uid, slug, name, description, .. } = group(k);
                CreateGroup { owner: owner(k), id: Some(group_id(k)), uid, slug, name, description, is_public: false }
                    .into()
            }),
        ),
        ("offer to users", each(&|k| offer(k, late(k), k))),
        ("offer to addresses", each(&|k| offer(k, guest(k), n + k))),
        ("renew", each(&|k| offer(k, guest(k), 2 * n + k))),
        // The users first met are numbered behind those added, in the same order.
        ("accept", each(&|k| Accept { by: user_id(n + k), invitation: invitation_id(k) }.into())),
        ("add more users", each(&|k| add_user(1000 + k))),
        (
            "offer to addresses of users",
            each(&|k| {
                let who = UserRef::Email(Email::parse(&format!("USER{}@x.org", 1000 + k)).unwrap());
                offer(k, who, 3 * n + k)
            }),
        ),
        (
            "remove members",
            each(&|k| {
                RemoveMember { by: user_id(k), group: GroupRef::UidOrSlug(format!("slug{k}")), user: late(k) }.into()
            }),
        ),
        ("withdraw", each(&|k| RemoveMember { by: user_id(k), group: by_slug(k), user: guest(k) }.into())),
        (
            "admit",
            each(&|k| {
                let targets = vec![Target { who: late(k), invitation: invitation_id(0) }];
                Invite { by: user_id(k), group: by_slug(k), targets, admission: Admission::Direct }.into()
            }),
        ),
        (
            "assign",
            each(&|k| AssignRole { by: user_id(k), group: by_slug(k), user: late(k), role: Role::Owner }.into()),
        ),
        ("take", each(&|k| TakeRole { by: user_id(k), group: by_slug(k), user: late(k), role: Role::Owner }.into())),
        ("clients", each(&|k| AddClient { id: client(k), name: String::new(), scopes: Scopes::all() }.into())),
        (
            "tokens",
            each(&|k| {
                let (id, hash, user) = (token_id(k), token_hash(k), UserRef::Id(user_id(k)));
                IssueToken { id, hash, user, client: Some(client(k)), scopes: None, lifetime: None }.into()
            }),
        ),
        ("revoke", each(&|k| RevokeToken { token: TokenRef::Hash(token_hash(k)) }.into())),
        ("remove clients", each(&|k| RemoveClient { id: client(k) }.into())),
        ("keys", each(&|_| AdoptIssuerKey { key: IssuerKey { kid: String::new(), pkcs8: vec![] } }.into())),
        ("disable", each(&|k| DisableUser { user: late(k) }.into())),
    ]
}

#[test]
fn the_number_of_statements_does_not_depend_on_the_size_of_the_batch() {
    let count = |n: usize| -> Vec<(&'static str, usize)> {
        let mut bench = Bench::new();
        batches(n).into_iter().map(|(name, commands)| (name, bench.run(&commands).len())).collect()
    };
    let one = count(1);
    assert_eq!(count(10), one);
    assert_eq!(count(500), one);
    for (name, statements) in one {
        assert!((4..=20).contains(&statements), "{name}: {statements}");
    }
}

#[test]
fn a_batch_of_all_kinds_together_takes_no_more_statements_than_there_are_kinds_of_rows() {
    let count = |n: usize| {
        let mut bench = Bench::new();
        let all: Vec<_> = batches(n).into_iter().flat_map(|(_, commands)| commands).collect();
        bench.run(&all).len()
    };
    let one = count(1);
    assert!(one <= 40, "{one}");
    assert_eq!(count(2), one);
    assert_eq!(count(26), one);
}

/// Tables that are read as a whole on purpose: two rows, one row, and the list of all clients.
const SMALL: [&str; 3] = ["SCAN sequences", "SCAN issuer_keys", "SCAN clients"];

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>("detail").unwrap());
    }
    steps
}

/// The steps that read a table from end to end, or from some key to its end.
fn scans(steps: &[String]) -> Vec<&String> {
    let is_scan = |step: &&String| {
        let is_of_no_table = ["VIRTUAL TABLE", "CONSTANT ROW", "(subquery"].iter().any(|odd| step.contains(odd));
        step.starts_with("SCAN ") && !is_of_no_table && !SMALL.contains(&step.as_str())
            || step.starts_with("SEARCH ") && !step.contains("=?")
    };
    steps.iter().filter(is_scan).collect()
}

#[test]
fn a_read_of_a_whole_table_would_be_noticed() {
    let mut bench = Bench::new();
    bench.run(&batches(7).remove(0).1);
    let sql = "SELECT name FROM users WHERE name = 'x'";
    for _ in 0..2 {
        bench.engine.connection().unwrap().prepare_cached(sql).unwrap().query_one([], |_| Ok(())).unwrap_err();
        assert_eq!(bench.log.take(), [Statement { sql: sql.to_owned(), scanned: 6 }]);
    }
    let (readers, _) = bench.readers();
    assert_eq!(scans(&plan(&readers.0.lock().unwrap(), sql)), ["SCAN users"]);
}

#[test]
fn no_statement_of_a_batch_reads_a_whole_table() {
    let mut bench = Bench::new();
    let mut statements: BTreeSet<Statement> = BTreeSet::new();
    for (_, commands) in batches(7) {
        statements.extend(bench.run(&commands));
    }
    let decline = |n: usize| Command::from(Decline { by: user_id(n), invitation: invitation_id(3 * 7 + 5) });
    let leave = |n: usize| Command::from(Leave { by: user_id(n), group: GroupRef::Id(group_id(1)) });
    let by_id = Command::from(RevokeToken { token: TokenRef::Id(token_id(1)) });
    for command in [decline(1005), leave(1), by_id] {
        let _ = batch::run(&mut bench.engine, &bench.clock, &[&command]).now_or_never().unwrap();
        statements.extend(bench.log.take());
    }
    assert!(statements.len() > 25, "{}", statements.len());
    let (readers, _) = bench.readers();
    let connection = readers.0.lock().unwrap();
    for Statement { sql, scanned } in statements {
        let steps = plan(&connection, &sql);
        // Every table has seven rows or more, but for the two sequences and the one key.
        assert!(scanned <= 2, "{scanned}: {sql}\n{steps:#?}");
        // The plan of a bulk insert names scans that check references, which only a broken reference would set off.
        assert!(sql.starts_with("INSERT") || scans(&steps).is_empty(), "{sql}\n{steps:#?}");
    }
}

#[test]
fn no_question_reads_a_whole_table_and_no_page_sorts_one() {
    let bench = Bench::new();
    let (readers, log) = bench.readers();
    let (user, group, now_) = (user_id(1), group_id(1), at(1));
    let mut asked: Vec<(&'static str, Vec<Statement>)> = Vec::new();
    macro_rules! ask {
        ($name:literal, $question:expr) => {
            let _ = now($question);
            asked.push(($name, log.take()));
        };
    }
    let subject = Subject::parse("x").unwrap();
    let email = Email::parse("x@x.org").unwrap();
    for who in [
        UserRef::Id(user),
        UserRef::Uid(Uid::parse("x").unwrap()),
        UserRef::Subject(subject.clone()),
        UserRef::Username(Username::parse("x").unwrap()),
        UserRef::Email(email),
    ] {
        ask!("user", readers.user(who));
    }
    for which in [
        GroupRef::Id(group),
        GroupRef::Uid(Uid::parse("x").unwrap()),
        GroupRef::Slug(Slug::parse("x").unwrap()),
        GroupRef::UidOrSlug("x".to_owned()),
    ] {
        ask!("group", readers.group(which, Some(user)));
    }
    ask!("token", readers.token(token_hash(1)));
    ask!("bearer", readers.bearer(subject, client(1)));
    ask!("password", readers.password(user));
    ask!("emails", readers.emails(user));
    ask!("groups_of", readers.groups_of(user));
    ask!("usernames", readers.usernames(group, 10));
    ask!("client", readers.client(client(1)));
    ask!("clients", readers.clients());
    ask!("issuer_key", readers.issuer_key());
    ask!("ping", readers.ping());
    for is_descending in [false, true] {
        let search = RosterSearch { filter: Some("x".to_owned()), is_descending, offset: 0, limit: 10_000 };
        ask!("roster", readers.roster(group, search));
    }
    ask!("users by page", readers.users(PageRequest { after: None, limit: 10 }));
    ask!("groups by page", readers.groups(PageRequest { after: None, limit: 10 }));
    ask!("members by page", readers.members(group, PageRequest { after: None, limit: 10 }));
    ask!("open_invitations by page", readers.open_invitations(group, now_, PageRequest { after: None, limit: 10 }));
    ask!("invitations_for by page", readers.invitations_for(user, now_, PageRequest { after: None, limit: 10 }));
    ask!("tokens_of by page", readers.tokens_of(user, now_, PageRequest { after: None, limit: 10 }));

    let connection = readers.0.lock().unwrap();
    for (name, statements) in asked {
        assert!(!statements.is_empty(), "{name}");
        for Statement { sql, .. } in statements {
            let steps = plan(&connection, &sql);
            // The two lists of everything start at a key and end with the page.
            let is_whole = matches!(name, "users by page" | "groups by page") && steps.len() == 1;
            let from_key = |step: &&String| is_whole && step.ends_with("(rowid>?)");
            assert!(scans(&steps).iter().all(from_key), "{name}: {sql}\n{steps:#?}");
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
            assert!(!(sorts && name.ends_with("by page")), "{name}: {sql}\n{steps:#?}");
        }
    }
}
