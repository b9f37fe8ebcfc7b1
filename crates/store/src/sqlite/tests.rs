//! What only the engine itself can show: columns that no command sets yet, how many statements a batch takes, and that
//! none of them reads a whole table.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use guestlist_core::change::DayCount;
use guestlist_core::command::{
    Accept, AcceptOwnership, AddClient, AddUser, Admission, AdoptIssuerKey, AllowInvitations, ApproveRequest,
    ArchiveGroup, AssignRole, ChangeInvitation, CreateGroup, CreateLink, Decline, DeleteGroup, DisableUser,
    ExpireInvitations, Expiry, GiveInvitationToken, GroupPatch, Invite, IssueToken, Join, Leave, OfferOwnership,
    PurgeGroup, RefuseInvitations, RejectRequest, RemoveClient, RemoveMember, ResendInvitation, RestoreGroup,
    RevokeInvitation, RevokeLink, RevokeToken, SeeSubject, TakeRole, Target, UnarchiveGroup, UndoBatch, UpdateGroup,
    UseLink, WithdrawOwnership, WithdrawRequest,
};
use guestlist_core::credential::{AccessToken, ClientId, IssuerKey, PasswordHash, Scopes, TokenHash, TokenRef};
use guestlist_core::group::{Group, GroupKind, GroupRef, OwnershipOffer, Tally};
use guestlist_core::history::{Event, EventHash, EventKind, Finding, Head, Stream, Thing};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::{
    Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee,
};
use guestlist_core::link::{Link, LinkHash, LinkRef};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::names::{Description, DisplayName, Email, Slug, Subject, Username};
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person, PersonHash, PersonKey};
use guestlist_core::origin::{Origin, RequestId, Via};
use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_core::settings::GRACE;
use guestlist_core::time::Lifetime;
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_core::{Change, Command, Facts, Needs, Settings, Timestamp};
use guestlist_testing::FakeClock;
use rusqlite::StatementStatus;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use uuid::Uuid;

use self::readers::Readers;
use super::{
    Connection, Engine, NetChanges, Sqlite, SqliteWriter, StoreError, each, failure, json, open_for_reading, rows,
};
use crate::batch::{self, Circumstances, Order, Verdict};
use crate::page::{Page, PageRequest};
use crate::query::{Queries, Refuser, RosterSearch};

// The questions once more, this time put to a connection that writes down what it is asked.
#[expect(clippy::duplicate_mod, reason = "the same statements, over the readers of this file")]
#[path = "queries.rs"]
mod queries;

mod readers {
    use super::{Connection, Mutex, PersonKey, StoreError};

    pub(super) struct Readers(pub(super) Mutex<Connection>, pub(super) PersonKey);

    impl Readers {
        pub(super) const fn person_key(&self) -> PersonKey {
            self.1
        }

        #[expect(clippy::unused_async, reason = "as the true readers have it")]
        pub(super) async fn run<T>(
            &self,
            read: impl FnOnce(&Connection) -> Result<T, StoreError>,
        ) -> Result<T, StoreError> {
            read(&self.0.lock().unwrap())
        }

        pub(super) async fn run_to_the_end<T>(
            &self,
            read: impl FnOnce(&Connection) -> Result<T, StoreError>,
        ) -> Result<T, StoreError> {
            self.run(read).await
        }

        pub(super) async fn point<T>(
            &self,
            read: impl FnOnce(&Connection) -> Result<T, StoreError>,
        ) -> Result<T, StoreError> {
            self.run(read).await
        }
    }
}

/// A statement that was run, how many rows it met by stepping through a table from end to end, and how many steps of
/// any kind it took.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    sql: String,
    scanned: i32,
    steps: i32,
}

/// The statements that a connection has run since last asked.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Statement>>>);

impl Log {
    fn listen(&self, connection: &mut Connection) {
        let log = Arc::clone(&self.0);
        let mut before = HashMap::new();
        let note = move |event: TraceEvent<'_>| {
            if let TraceEvent::Profile(statement, _) = event {
                let sql = statement.sql().into_owned();
                // The counters go on counting when a cached statement runs again.
                let total =
                    [StatementStatus::FullscanStep, StatementStatus::VmStep].map(|kind| statement.get_status(kind));
                let [scanned, steps] = before.insert(sql.clone(), total).unwrap_or([0, 0]);
                log.lock().unwrap().push(Statement { sql, scanned: total[0] - scanned, steps: total[1] - steps });
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
    clock: Arc<FakeClock>,
    around: Circumstances,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut engine = Sqlite::open(&folder.path().join("guestlist.db")).unwrap().writer().unwrap();
        let log = Log::default();
        log.listen(engine.connection.as_mut().unwrap());
        let clock = Arc::new(FakeClock::default());
        let around = Circumstances { clock: clock.clone(), settings: Settings::default() };
        Self { engine, log, clock, around, folder }
    }

    fn readers(&self) -> (Readers, Log) {
        let mut connection = open_for_reading(&self.folder.path().join("guestlist.db")).unwrap();
        let log = Log::default();
        log.listen(&mut connection);
        (Readers(Mutex::new(connection), self.engine.person_key), log)
    }

    /// Puts commands as one batch, and returns what became of them and the statements that this took.
    fn put(&mut self, commands: &[Command]) -> (Vec<Verdict>, Vec<Statement>) {
        let order =
            |command: &Command| Order { command: command.clone(), origin: Origin::default(), is_rehearsal: false };
        let orders: Vec<_> = commands.iter().map(order).collect();
        let orders: Vec<_> = orders.iter().collect();
        let verdicts = batch::run(&mut self.engine, &self.around, &orders).now_or_never().unwrap();
        (verdicts, self.log.take())
    }

    /// Carries commands out as one batch, all of which must succeed, and returns the statements that this took. An hour
    /// goes by.
    #[track_caller]
    fn run(&mut self, commands: &[Command]) -> Vec<Statement> {
        let (verdicts, statements) = self.put(commands);
        for (command, verdict) in commands.iter().zip(verdicts) {
            assert!(verdict.is_ok(), "{command:?}: {verdict:?}");
        }
        self.clock.advance_millis(HOUR.as_millis());
        statements
    }

    /// Carries out the batches of [`batches`] one after the other. Before the groups are forgotten, they are deleted
    /// for as long as it takes.
    #[track_caller]
    fn play(&mut self, n: usize) -> Vec<(&'static str, Vec<Statement>)> {
        let play = |(name, commands): (_, Vec<Command>)| {
            if name == "forget groups" {
                self.clock.advance_millis(GRACE.as_millis());
            }
            (name, self.run(&commands))
        };
        batches(n).into_iter().map(play).collect()
    }

    /// Loads the facts that `needs` name.
    fn load(&mut self, needs: Needs) -> Facts {
        now(self.engine.load(&[needs], &self.around.settings))
    }

    /// Runs SQL as somebody would who tampers with the file.
    fn tamper(&self, sql: &str) {
        let changed = self.engine.connection().unwrap().execute(sql, []).unwrap();
        assert!(changed > 0, "{sql}");
        self.log.take();
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

const HOUR: Lifetime = Lifetime::from_secs(3600);

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

fn link_id(n: usize) -> LinkId {
    LinkId::from_uuid(Uuid::from_u128(n as u128))
}

fn batch_id(n: usize) -> BatchId {
    BatchId::from_uuid(Uuid::from_u128(n as u128))
}

fn bytes(n: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    bytes
}

fn token_hash(n: usize) -> TokenHash {
    TokenHash(bytes(n))
}

fn secret(n: usize) -> InvitationRef {
    InvitationRef::Token(InvitationTokenHash(bytes(n)))
}

const fn first<K>(limit: u16) -> PageRequest<K> {
    PageRequest { after: None, limit }
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
        description: Description::parse(&format!("about {n}")).unwrap(),
        kind: GroupKind::Page,
        is_public: true,
        is_verified: true,
        takes_requests: true,
        is_token_enough: true,
        members_max: Some(i64::MAX),
        archived_at: Some(at(i64::MIN)),
        deleted_at: None,
        offer: Some(OwnershipOffer { from: user_id(1), to: user_id(2), offered_at: at(6), expires_at: at(7) }),
        creator: user_id(1),
        created_at: at(4),
        tally: tally(3),
    }
}

const fn tally(n: i64) -> Tally {
    Tally {
        members: n,
        owners: n + 1,
        invitations: n + 2,
        waiting: n + 3,
        last_place: n + 4,
        notices: i64::MAX - n,
        updated_at: at(n + 5),
    }
}

/// A group of few words.
fn plain_group(n: usize) -> Group {
    Group {
        kind: GroupKind::Group,
        is_public: false,
        is_verified: false,
        takes_requests: false,
        is_token_enough: false,
        members_max: None,
        archived_at: None,
        offer: None,
        tally: Tally::new(at(1)),
        ..group(n)
    }
}

fn invitation(n: usize, invitee: Invitee) -> Invitation {
    Invitation {
        id: invitation_id(n),
        group: group_id(1),
        invitee,
        inviter: user_id(1),
        roles: RoleSet::NONE,
        state: InvitationState::Pending,
        created_at: at(1),
        sent_at: at(1),
        expires_at: Some(at(100)),
        closed_at: None,
        closed_by: None,
    }
}

#[test]
fn what_no_command_sets_yet_is_stored_too() {
    let mut bench = Bench::new();
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(group(1)), Change::Group(plain_group(2))]);
    let (readers, _) = bench.readers();
    let found = |n| now(readers.group(GroupRef::Id(group_id(n)), Some(user_id(1)))).unwrap().group;
    assert_eq!((found(1), found(2)), (group(1), plain_group(2)));
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
        description: Description::default(),
        kind: GroupKind::Page,
        ..Group { id: group_id(1), uid: group(1).uid, ..plain_group(3) }
    };
    bench.write([
        Change::User(changed.clone()),
        Change::Group(regrouped.clone()),
        Change::Password(user_id(1), PasswordHash("first".to_owned())),
        Change::Password(user_id(1), PasswordHash("second".to_owned())),
    ]);
    assert_eq!(now(readers.user(UserRef::Username(Username::parse("RENAMED").unwrap()))), Some(changed.clone()));
    assert_eq!(now(readers.user(UserRef::Username(Username::parse("user1").unwrap()))), None);
    // The counters of a group that is there change by themselves only.
    assert_eq!(found(1), Group { tally: tally(3), ..regrouped });
    // A user that is written again keeps their password.
    bench.write([Change::User(changed)]);
    assert_eq!(now(readers.password(user_id(1))), Some(PasswordHash("second".to_owned())));
    assert_eq!(now(readers.password(user_id(2))), None);
}

#[test]
fn the_counters_of_a_group_are_written_with_a_new_one_and_beside_one_that_is_there() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let found = |n| now(readers.group(GroupRef::Id(group_id(n)), None)).unwrap().group;
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(group(1))]);
    bench.write([
        Change::Tally(group_id(1), tally(50)),
        Change::Group(plain_group(2)),
        Change::Tally(group_id(2), tally(8)),
    ]);
    assert_eq!(found(1), Group { tally: tally(50), ..group(1) });
    assert_eq!(found(2), Group { tally: tally(8), ..plain_group(2) });
}

#[test]
fn links_requests_refusals_and_counts_are_read_back_by_the_rules() {
    let mut bench = Bench::new();
    let link = |n, uses_max, end: Option<i64>| Link {
        id: link_id(n),
        group: group_id(1),
        hash: LinkHash(bytes(n)),
        creator: user_id(1),
        roles: RoleSet::of(&[Role::Leader]),
        uses_max,
        uses: 3,
        needs_approval: end.is_none(),
        created_at: at(1),
        expires_at: end.map(at),
        revoked_at: end.map(at),
        revoked_by: end.map(|_| user_id(2)),
    };
    let links = [link(1, None, None), link(2, Some(3), Some(5))];
    let requests: Vec<_> = RequestState::ALL
        .into_iter()
        .zip(1..)
        .map(|(state, n): (_, i64)| {
            let is_open = matches!(state, RequestState::Pending | RequestState::Waiting);
            JoinRequest {
                group: group_id(1),
                user: UserId::new(n).unwrap(),
                roles: RoleSet::of(&[Role::Owner]),
                state,
                place: (state != RequestState::Pending).then_some(n),
                created_at: at(n),
                closed_at: (!is_open).then_some(at(9)),
                closed_by: (!is_open).then_some(user_id(1)),
            }
        })
        .collect();
    let froms = [InvitationsFrom::Everyone, InvitationsFrom::Group(group_id(1)), InvitationsFrom::Inviter(user_id(1))];
    let person = PersonHash::of(&bench.engine.person_key, &Person::User(user_id(1)));
    let refused = froms.map(|from| OptOut { person, from, created_at: at(3) });
    let today = DayCount { inviter: user_id(1), day: 4, made: 5 };
    bench.write((1..=5).map(|n| Change::User(user(n))).chain([Change::Group(plain_group(1))]));
    bench.write(links.iter().cloned().map(Change::Link));
    bench.write(requests.iter().cloned().map(Change::JoinRequest));
    bench.write(refused.map(Change::OptOut));
    bench.write([Change::DayCount(DayCount { day: 3, ..today }), Change::DayCount(today)]);
    // Taken back and refused again in one batch: it is there already, with another time.
    let again = refused.map(|refused| OptOut { created_at: at(4), ..refused });
    bench.write(again.map(Change::OptOut));

    let needs = || Needs {
        groups: vec![GroupRef::Id(group_id(1))],
        users: (1..=5).map(|n| UserRef::Id(user_id(n))).collect(),
        links: vec![LinkRef::Id(link_id(1)), LinkRef::Hash(LinkHash(bytes(2)))],
        days_of: vec![user_id(1)],
        opt_outs: true,
        ..Needs::default()
    };
    let facts = bench.load(needs());
    for link in &links {
        assert_eq!(facts.link(&LinkRef::Id(link.id)), Some(link));
        assert_eq!(facts.link(&LinkRef::Hash(link.hash)), Some(link));
    }
    for request in &requests {
        assert_eq!(facts.request(group_id(1), request.user), Some(request));
    }
    assert_eq!(facts.opt_outs(&person).copied().collect::<Vec<_>>(), again);
    assert_eq!((facts.made_on(user_id(1), 4), facts.made_on(user_id(1), 3)), (5, 0));

    // What may change does.
    let reopened = JoinRequest {
        state: RequestState::Pending,
        place: None,
        closed_at: None,
        closed_by: None,
        ..requests[4].clone()
    };
    bench.write([
        Change::Link(Link { uses: 4, revoked_at: Some(at(6)), revoked_by: Some(user_id(1)), ..links[0].clone() }),
        Change::JoinRequest(reopened.clone()),
        Change::OptOutEnded(person, froms[1]),
    ]);
    let facts = bench.load(needs());
    let found = facts.link(&LinkRef::Id(link_id(1))).unwrap();
    assert_eq!((found.uses, found.revoked_at, found.revoked_by), (4, Some(at(6)), Some(user_id(1))));
    assert_eq!(facts.request(group_id(1), user_id(5)), Some(&reopened));
    assert_eq!(facts.opt_outs(&person).map(|refused| refused.from).collect::<Vec<_>>(), [froms[0], froms[2]]);
}

#[test]
fn of_those_who_wait_as_many_are_facts_as_commands_need() {
    let mut bench = Bench::new();
    bench.write((1..=20).map(|n| Change::User(user(n))));
    let waiting = |group: usize, n: usize, state| {
        Change::JoinRequest(JoinRequest {
            group: group_id(group),
            user: user_id(n),
            roles: RoleSet::NONE,
            state,
            // The later they were added, the earlier is their place; and no place follows upon another.
            place: Some(3 * (100 - i64::try_from(n).unwrap())),
            created_at: at(1),
            closed_at: (state != RequestState::Waiting).then_some(at(2)),
            closed_by: None,
        })
    };
    for group in [1, 2, 3] {
        let tally = Tally { waiting: 9, ..Tally::new(at(1)) };
        bench.write([Change::Group(Group { tally, ..plain_group(group) })]);
        bench.write((1..=9).map(|n| waiting(group, n, RequestState::Waiting)));
        bench.write((10..=20).map(|n| waiting(group, n, RequestState::Admitted)));
    }
    let of = |group, waiting| Needs { groups: vec![GroupRef::Id(group_id(group))], waiting, ..Needs::default() };
    let needs = [of(1, 1), of(2, 3), of(1, 1), of(3, 1000)];
    let facts = now(bench.engine.load(&needs, &bench.around.settings));
    let places = |group| facts.waiting(group_id(group)).map(|found| found.user.get()).collect::<Vec<_>>();
    assert_eq!(places(1), [9, 8]);
    assert_eq!(places(2), [9, 8, 7]);
    assert_eq!(places(3), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn an_event_is_stored_with_all_that_it_tells() {
    let mut bench = Bench::new();
    let plain = Event {
        stream: Stream::Installation,
        seq: 1,
        at: at(-5),
        kind: EventKind::IssuerKeyAdopted,
        actor: None,
        origin: Origin::default(),
        batch: None,
        thing: Thing::IssuerKey,
        before: None,
        after: None,
        hash: EventHash([1; 32]),
    };
    let full = Event {
        stream: Stream::Group(group_id(7)),
        seq: 1,
        at: at(5),
        kind: EventKind::MemberChanged,
        actor: Some(user_id(1)),
        origin: Origin {
            via: Via::RocketChat,
            client: Some(client(1)),
            request: Some(RequestId::parse("r-1").unwrap()),
        },
        batch: Some(batch_id(1)),
        thing: Thing::Member(user_id(3)),
        before: Some("{\"roles\":[\"\\u00e9\"]}".to_owned()),
        after: Some("é\n".to_owned()),
        hash: EventHash([2; 32]),
    };
    let next = Event { seq: 2, hash: EventHash([3; 32]), ..full.clone() };
    bench.write([&plain, &full, &next].map(|event| Change::Event(Box::new(event.clone()))));
    let (readers, _) = bench.readers();
    let read = |stream| now(readers.events(stream, first(9))).items;
    assert_eq!(read(Stream::Installation), [plain]);
    assert_eq!(read(Stream::Group(group_id(7))), [full.clone(), next.clone()]);
    assert_eq!(read(Stream::Group(group_id(8))), []);
    let facts = bench.load(Needs { batches: vec![batch_id(1)], installation: true, ..Needs::default() });
    assert_eq!(facts.batch(batch_id(1)), [full, next]);
    assert_eq!(facts.head(Stream::Installation), Head { seq: 1, hash: EventHash([1; 32]) });
    assert_eq!(
        now(readers.streams(first(1))),
        Page { items: vec![Stream::Installation], next: Some(Stream::Installation) }
    );
    let behind = PageRequest { after: Some(Stream::Installation), limit: 1 };
    assert_eq!(now(readers.streams(behind)), Page { items: vec![Stream::Group(group_id(7))], next: None });
}

/// A user with the group 1, who refuses everything.
fn small() -> Bench {
    let mut bench = Bench::new();
    for (_, commands) in batches(1).into_iter().filter(|(name, _)| ["add users", "create groups"].contains(name)) {
        bench.run(&commands);
    }
    bench.run(&[refuse(1, InvitationsFrom::Everyone)]);
    bench
}

#[test]
fn a_value_that_no_version_writes_is_named_with_its_place() {
    for (table, column, value) in [
        ("events", "kind", "'group.eaten'"),
        ("events", "actor_id", "0"),
        ("events", "via", "'pigeon'"),
        ("events", "client", "' '"),
        ("events", "request", "''"),
        ("events", "thing", "'thing/1'"),
        ("groups", "description", "char(7)"),
        ("opt_outs", "from_id", "5"),
    ] {
        let bench = small();
        let person = PersonHash::of(&bench.engine.person_key, &Person::User(user_id(1)));
        bench.tamper(&format!("UPDATE \"{table}\" SET {column} = {value}"));
        let (readers, _) = bench.readers();
        let (found, key) = match table {
            "events" => {
                (readers.events(Stream::Group(group_id(1)), first(9)).now_or_never().unwrap().map(drop), "1".to_owned())
            }
            "groups" => (readers.groups(first(9)).now_or_never().unwrap().map(drop), "1".to_owned()),
            _ => (readers.opt_outs(Refuser::User(user_id(1))).now_or_never().unwrap().map(drop), hex::encode(person.0)),
        };
        let named = match found {
            Err(StoreError::Corrupt { table, column, key }) => (table, column, key),
            other => panic!("{table}.{column}: {other:?}"),
        };
        assert_eq!(named, (table, column, key));
    }
}

#[test]
fn a_file_without_the_key_under_which_people_are_hashed_is_not_opened() {
    for sql in ["DELETE FROM secrets", "UPDATE secrets SET value = x'00'"] {
        let bench = Bench::new();
        bench.tamper(sql);
        let opened = Sqlite::open(&bench.folder.path().join("guestlist.db")).map(drop);
        assert!(matches!(opened, Err(StoreError::Corrupt { table: "secrets", .. })), "{opened:?}");
    }
}

#[test]
fn a_deleted_group_is_not_there_for_those_who_ask() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let theirs = invitation(1, Invitee::User(user_id(2)));
    let token = InvitationToken { hash: InvitationTokenHash(bytes(1)), invitation: theirs.id, created_at: at(1) };
    let member = Membership { group: group_id(1), user: user_id(1), roles: RoleSet::NONE, joined_at: at(1) };
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(plain_group(1))]);
    bench.write([Change::Membership(member), Change::Invitation(theirs), Change::InvitationToken(token)]);
    let found = || {
        [
            usize::from(now(readers.group(GroupRef::Id(group_id(1)), None)).is_some()),
            usize::from(now(readers.group(GroupRef::UidOrSlug("slug1".to_owned()), None)).is_some()),
            usize::from(now(readers.invitation(InvitationRef::Id(invitation_id(1)))).is_some()),
            usize::from(now(readers.invitation(secret(1))).is_some()),
            now(readers.groups_of(user_id(1))).len(),
            now(readers.groups(first(9))).items.len(),
            now(readers.open_invitations(group_id(1), at(1), first(9))).items.len(),
            now(readers.invitations_for(user_id(2), at(1), first(9))).items.len(),
        ]
    };
    let deleted = |before| now(readers.deleted_groups(at(before)));
    assert_eq!((found(), deleted(100)), ([1; 8], vec![]));
    bench.write([Change::Group(Group { deleted_at: Some(at(5)), ..plain_group(1) })]);
    assert_eq!(found(), [0; 8]);
    assert_eq!((deleted(4), deleted(5)), (vec![], vec![group_id(1)]));
}

#[test]
fn an_invitation_without_an_end_is_open_for_ever_and_never_due() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let lasting = Invitation { expires_at: None, ..invitation(1, Invitee::User(user_id(2))) };
    let (late, early) = (invitation(2, Invitee::User(user_id(3))), invitation(3, Invitee::User(user_id(4))));
    let early = Invitation { expires_at: Some(at(99)), ..early };
    bench.write((1..=4).map(|n| Change::User(user(n))).chain([Change::Group(plain_group(1))]));
    bench.write([&lasting, &late, &early].map(|invitation| Change::Invitation(invitation.clone())));
    let open = |millis| {
        let page = now(readers.open_invitations(group_id(1), at(millis), first(9)));
        page.items.into_iter().map(|view| view.invitation).collect::<Vec<_>>()
    };
    assert_eq!(open(98), [lasting.clone(), late.clone(), early.clone()]);
    assert_eq!(open(99), [lasting.clone(), late.clone()]);
    assert_eq!(open(i64::MAX), [lasting]);
    let due = |millis, limit| now(readers.due_invitations(at(millis), limit));
    assert_eq!((due(98, 9), due(99, 9), due(i64::MAX, 9)), (vec![], vec![early.id], vec![early.id, late.id]));
    assert_eq!(due(i64::MAX, 1), [early.id]);
}

#[test]
fn what_somebody_refuses_for_good_is_not_among_their_invitations_by_whichever_name_they_refused_it() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let address =
        |text: &str, is_verified| UserEmail { user: user_id(2), email: Email::parse(text).unwrap(), is_verified };
    let (own, claimed) = (address("Own@x.org", true), address("claimed@x.org", false));
    let people = [Person::User(user_id(2)), Person::Address(own.email.key().clone())];
    let key = bench.engine.person_key;
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::User(user(3)), Change::Group(plain_group(1))]);
    bench.write([Change::UserEmail(own.clone()), Change::UserEmail(claimed.clone())]);
    bench.write([Change::Group(plain_group(2))]);
    bench.write([
        Change::Invitation(invitation(1, Invitee::User(user_id(2)))),
        Change::Invitation(Invitation {
            group: group_id(2),
            inviter: user_id(3),
            ..invitation(2, Invitee::Email(own.email))
        }),
    ]);
    let token =
        |n| InvitationToken { hash: InvitationTokenHash(bytes(n)), invitation: invitation_id(n), created_at: at(1) };
    bench.write([Change::InvitationToken(token(1)), Change::InvitationToken(token(2))]);
    let shown = || {
        let page = now(readers.invitations_for(user_id(2), at(1), first(9)));
        page.items.into_iter().map(|view| view.invitation.id.as_uuid().as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(shown(), [1, 2]);
    for person in people.map(|person| PersonHash::of(&key, &person)) {
        for (from, left) in [
            (InvitationsFrom::Everyone, vec![]),
            (InvitationsFrom::Group(group_id(1)), vec![2]),
            (InvitationsFrom::Group(group_id(3)), vec![1, 2]),
            (InvitationsFrom::Inviter(user_id(3)), vec![1]),
            (InvitationsFrom::Inviter(user_id(2)), vec![1, 2]),
        ] {
            let refused = OptOut { person, from, created_at: at(1) };
            bench.write([Change::OptOut(refused)]);
            assert_eq!(shown(), left, "{from:?}");
            assert_eq!(now(readers.opt_outs(Refuser::User(user_id(2)))), [refused]);
            // Whoever holds the secret sees what is refused by the name that was invited.
            let held = |n| now(readers.opt_outs(Refuser::Holder(InvitationTokenHash(bytes(n)))));
            let is_account = person == PersonHash::of(&key, &Person::User(user_id(2)));
            assert_eq!((held(1).len(), held(2).len(), held(3).len()), if is_account { (1, 0, 0) } else { (0, 1, 0) });
            bench.write([Change::OptOutEnded(person, from)]);
        }
    }
    // Somebody else's address that the user only claims to have.
    let person = PersonHash::of(&key, &Person::Address(claimed.email.key().clone()));
    bench.write([Change::OptOut(OptOut { person, from: InvitationsFrom::Everyone, created_at: at(1) })]);
    assert_eq!((shown(), now(readers.opt_outs(Refuser::User(user_id(2))))), (vec![1, 2], vec![]));
    // The group shows its invitations whoever refuses them.
    assert_eq!(now(readers.open_invitations(group_id(1), at(1), first(9))).items.len(), 1);
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
    let invitation = invitation(1, Invitee::Email(email.clone()));
    bench.write([
        Change::User(user(1)),
        Change::User(user(2)),
        Change::Group(group(1)),
        Change::UserEmail(UserEmail { user: user_id(2), email: email.clone(), is_verified: false }),
        Change::Invitation(invitation),
    ]);
    let (readers, _) = bench.readers();
    let waiting = || now(readers.invitations_for(user_id(2), at(1), first(9))).items.len();
    assert_eq!(waiting(), 0);
    bench.write([Change::UserEmail(UserEmail { user: user_id(2), email, is_verified: true })]);
    assert_eq!(waiting(), 1);
}

#[test]
fn every_state_of_an_invitation_and_every_set_of_roles_is_read_back_by_the_rules() {
    let mut bench = Bench::new();
    let states = InvitationState::ALL;
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
                sent_at: at(100 + i64::from(n)),
                expires_at: (n % 3 > 0).then_some(at(1000 + i64::from(n))),
                closed_at: (state != InvitationState::Pending).then_some(at(500)),
                closed_by: (state == InvitationState::Accepted).then_some(user_id(1)),
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
    let token = |n: usize| InvitationToken {
        hash: InvitationTokenHash(bytes(n)),
        invitation: invitations[n].id,
        created_at: at(9),
    };
    bench.write((20..40).map(|n| Change::InvitationToken(token(n))));

    let by_id = invitations.iter().take(20).map(|invitation| InvitationRef::Id(invitation.id));
    let facts = bench.load(Needs {
        invitations: by_id.chain((20..40).map(secret)).collect(),
        users: (1..=8).map(|n| UserRef::Id(user_id(n))).collect(),
        ..Needs::default()
    });
    for (n, invitation) in invitations.iter().enumerate() {
        assert_eq!(facts.invitation(&InvitationRef::Id(invitation.id)), Some(invitation));
        assert_eq!(facts.invitation(&secret(n)), Some(invitation).filter(|_| n >= 20));
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
        Change::Group(plain_group(1)),
        Change::Membership(membership(1)),
        Change::MembershipEnded(group_id(1), user_id(1)),
        Change::Membership(membership(3)),
        Change::Token(token.clone()),
        Change::Token(AccessToken { revoked_at: Some(at(7)), ..token.clone() }),
    ]);
    let (readers, _) = bench.readers();
    let page = first(9);
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
    assert_eq!(now(readers.users(first(9))).items, []);
    bench.write([Change::User(user(1))]);
    assert_eq!(now(readers.users(first(9))).items.len(), 1);
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

fn refuse(by: usize, from: InvitationsFrom) -> Command {
    RefuseInvitations { by: Some(user_id(by)), invitation: None, from }.into()
}

/// Batches of `n` commands of a kind each, or of several kinds, by everything that a command can name; each batch
/// finds what those before it made.
#[expect(clippy::too_many_lines, reason = "a list, of every command there is")]
fn batches(n: usize) -> Vec<(&'static str, Vec<Command>)> {
    let each = |make: &dyn Fn(usize) -> Command| (1..=n).map(make).collect::<Vec<_>>();
    let email = |text: &str| Email::parse(text).unwrap();
    let late = |k: usize| UserRef::Subject(Subject::parse(&format!("late{k}")).unwrap());
    let guest = |k: usize| UserRef::Email(email(&format!("guest{k}@x.org")));
    // People by their number: those added, those first met, who are numbered behind them in the same order, and more.
    let (late_id, more, newcomer) = (|k| user_id(n + k), |k| user_id(10_000 + k), |k| user_id(20_000 + k));
    let by_id = |k| GroupRef::Id(group_id(k));
    let by_slug = |k| GroupRef::Slug(group(k).slug);
    let invite = |k: usize, who: UserRef, id: usize, admission, batch| {
        let targets = vec![Target { who, invitation: invitation_id(id) }];
        let (by, group) = (user_id(k), GroupRef::Uid(group(k).uid));
        Command::from(Invite { by, group, targets, roles: RoleSet::NONE, admission, batch })
    };
    let days = |days| Admission::OnAcceptance(Expiry::After(Lifetime::from_days(days)));
    let hour = Admission::OnAcceptance(Expiry::After(HOUR));
    let update = |k: usize, patch| Command::from(UpdateGroup { by: user_id(k), group: by_slug(k), patch });
    let seats =
        |k: usize, members_max| update(k, GroupPatch { members_max: Some(members_max), ..GroupPatch::default() });
    let remove = |k: usize, user| Command::from(RemoveMember { by: user_id(k), group: by_slug(k), user });
    let join = |k: usize, by| Command::from(Join { by, group: by_slug(k) });
    let approve =
        |k: usize, user| Command::from(ApproveRequest { by: user_id(k), group: by_id(k), user: UserRef::Id(user) });
    let assign =
        |k: usize, user| Command::from(AssignRole { by: user_id(k), group: by_slug(k), user, role: Role::Owner });
    let inviter = |k| InvitationsFrom::Inviter(user_id(k));
    vec![
        ("add users", each(&add_user)),
        (
            "see subjects",
            each(&|k| {
                let name = format!("late{k}");
                let (subject, uid) = (Subject::parse(&name).unwrap(), Uid::parse(&name).unwrap());
                SeeSubject { subject, uid, email: Some(email(&format!("{name}@x.org"))) }.into()
            }),
        ),
        (
            "create groups",
            each(&|k| {
                let Group { uid, slug, name, description, .. } = group(k);
                let owner = UserRef::Uid(user(k).uid);
                CreateGroup { owner, id: Some(group_id(k)), uid, slug, name, description, is_public: false }.into()
            }),
        ),
        ("offer to users", each(&|k| invite(k, late(k), k, days(9), None))),
        ("offer to addresses", each(&|k| invite(k, guest(k), n + k, days(9), None))),
        ("renew", each(&|k| invite(k, guest(k), 2 * n + k, days(9), None))),
        ("accept", each(&|k| Accept { by: late_id(k), invitation: InvitationRef::Id(invitation_id(k)) }.into())),
        ("add more users", each(&|k| add_user(10_000 + k))),
        (
            "offer to addresses of users",
            each(&|k| invite(k, UserRef::Email(email(&format!("USER{}@x.org", 10_000 + k))), 3 * n + k, days(9), None)),
        ),
        ("remove members", each(&|k| remove(k, late(k)))),
        ("withdraw", each(&|k| remove(k, guest(k)))),
        ("admit", each(&|k| invite(k, late(k), 0, Admission::Direct, None))),
        ("assign", each(&|k| assign(k, late(k)))),
        ("take", each(&|k| TakeRole { by: user_id(k), group: by_slug(k), user: late(k), role: Role::Owner }.into())),
        (
            "resend",
            each(&|k| {
                ResendInvitation { by: user_id(k), invitation: invitation_id(3 * n + k), expiry: Expiry::Usual }.into()
            }),
        ),
        (
            "change invitations",
            each(&|k| {
                let (roles, expiry) = (Some(RoleSet::of(&[Role::Leader])), Some(Expiry::Usual));
                ChangeInvitation { by: user_id(k), invitation: invitation_id(3 * n + k), roles, expiry }.into()
            }),
        ),
        (
            "give secrets",
            each(&|k| {
                let (invitation, hash) = (invitation_id(3 * n + k), InvitationTokenHash(bytes(k)));
                GiveInvitationToken { invitation, hash }.into()
            }),
        ),
        ("decline by secret", each(&|k| Decline { by: None, invitation: secret(k) }.into())),
        (
            "refuse by secret",
            each(&|k| RefuseInvitations { by: None, invitation: Some(secret(k)), from: inviter(k) }.into()),
        ),
        (
            "allow by secret",
            each(&|k| AllowInvitations { by: None, invitation: Some(secret(k)), from: inviter(k) }.into()),
        ),
        ("refuse", each(&|k| refuse(10_000 + k, inviter(k)))),
        ("admit who refuses", each(&|k| invite(k, UserRef::Id(more(k)), 0, Admission::Direct, None))),
        ("allow", each(&|k| AllowInvitations { by: Some(more(k)), invitation: None, from: inviter(k) }.into())),
        ("offer as a batch", each(&|k| invite(k, guest(k), 4 * n + k, days(9), Some(batch_id(k))))),
        ("undo offers", each(&|k| UndoBatch { by: user_id(k), group: by_id(k), batch: batch_id(k) }.into())),
        ("admit as a batch", each(&|k| invite(k, UserRef::Id(more(k)), 0, Admission::Direct, Some(batch_id(n + k))))),
        ("undo admissions", each(&|k| UndoBatch { by: user_id(k), group: by_id(k), batch: batch_id(n + k) }.into())),
        ("offer for an hour", each(&|k| invite(k, guest(k), 5 * n + k, hour, None))),
        ("expire", each(&|k| ExpireInvitations { invitations: vec![invitation_id(5 * n + k)] }.into())),
        ("offer once more", each(&|k| invite(k, guest(k), 6 * n + k, days(9), None))),
        (
            "revoke invitations",
            each(&|k| RevokeInvitation { by: user_id(k), invitation: invitation_id(6 * n + k) }.into()),
        ),
        (
            "create links",
            each(&|k| {
                CreateLink {
                    by: user_id(k),
                    group: by_id(k),
                    id: link_id(k),
                    hash: LinkHash(bytes(k)),
                    roles: RoleSet::NONE,
                    uses_max: Some(1),
                    expiry: Expiry::Usual,
                    needs_approval: false,
                }
                .into()
            }),
        ),
        ("use links", each(&|k| UseLink { by: more(k), link: LinkHash(bytes(k)) }.into())),
        ("revoke links", each(&|k| RevokeLink { by: user_id(k), link: link_id(k) }.into())),
        // Owner, late and more are in.
        ("shut", each(&|k| seats(k, Some(3)))),
        ("take requests", each(&|k| update(k, GroupPatch { takes_requests: Some(true), ..GroupPatch::default() }))),
        ("add newcomers", each(&|k| add_user(20_000 + k))),
        ("ask", each(&|k| join(k, newcomer(k)))),
        ("approve", each(&|k| approve(k, newcomer(k)))),
        ("leave", each(&|k| Leave { by: more(k), group: by_id(k) }.into())),
        ("ask who left", each(&|k| join(k, more(k)))),
        ("approve who left", each(&|k| approve(k, more(k)))),
        ("open", each(&|k| seats(k, None))),
        ("remove newcomers", each(&|k| remove(k, UserRef::Id(newcomer(k))))),
        ("ask again", each(&|k| join(k, newcomer(k)))),
        ("reject", each(&|k| RejectRequest { by: user_id(k), group: by_id(k), user: UserRef::Id(newcomer(k)) }.into())),
        ("ask in vain", each(&|k| join(k, newcomer(k)))),
        ("withdraw requests", each(&|k| WithdrawRequest { by: newcomer(k), group: by_id(k) }.into())),
        ("offer ownership", each(&|k| OfferOwnership { by: user_id(k), group: by_id(k), to: late(k) }.into())),
        ("accept ownership", each(&|k| AcceptOwnership { by: late_id(k), group: by_id(k) }.into())),
        ("offer it on", each(&|k| OfferOwnership { by: late_id(k), group: by_id(k), to: UserRef::Id(more(k)) }.into())),
        ("withdraw ownership", each(&|k| WithdrawOwnership { by: late_id(k), group: by_id(k) }.into())),
        ("archive", each(&|k| ArchiveGroup { by: user_id(k), group: by_id(k) }.into())),
        ("unarchive", each(&|k| UnarchiveGroup { by: user_id(k), group: by_id(k) }.into())),
        ("delete", each(&|k| DeleteGroup { by: user_id(k), group: by_id(k) }.into())),
        ("restore", each(&|k| RestoreGroup { by: user_id(k), group: by_id(k) }.into())),
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
        ("assign a second owner", each(&|k| assign(k, UserRef::Id(more(k))))),
        ("disable", each(&|k| DisableUser { user: late(k) }.into())),
        ("delete again", each(&|k| DeleteGroup { by: user_id(k), group: by_id(k) }.into())),
        ("forget groups", each(&|k| PurgeGroup { group: group_id(k) }.into())),
    ]
}

#[test]
fn the_number_of_statements_does_not_depend_on_the_size_of_the_batch() {
    let count = |n: usize| -> Vec<(&'static str, usize)> {
        let played = Bench::new().play(n);
        played.into_iter().map(|(name, statements)| (name, statements.len())).collect()
    };
    let one = count(1);
    assert_eq!(count(10), one);
    assert_eq!(count(500), one);
    for (name, statements) in one {
        assert!((4..=24).contains(&statements), "{name}: {statements}");
    }
}

#[test]
fn a_batch_of_all_kinds_together_takes_no_more_statements_than_there_are_kinds_of_rows() {
    let count = |n: usize| {
        let mut bench = Bench::new();
        let all: Vec<_> = batches(n).into_iter().flat_map(|(_, commands)| commands).collect();
        // At one instant not all of them can succeed.
        bench.put(&all).1.len()
    };
    let one = count(1);
    assert!(one <= 55, "{one}");
    assert_eq!(count(2), one);
    assert_eq!(count(26), one);
}

#[test]
fn a_thousand_targets_of_one_command_are_one_commit_and_no_more_statements_than_one_target() {
    let invite = |targets: std::ops::Range<usize>, admission| {
        let who = |n: usize| match n % 3 {
            0 => UserRef::Id(user_id(10_000 + n)),
            1 => UserRef::Email(Email::parse(&format!("User{}@x.org", 10_000 + n)).unwrap()),
            _ => UserRef::Email(Email::parse(&format!("guest{n}@x.org")).unwrap()),
        };
        let target = |n| Target { who: who(n), invitation: invitation_id(n) };
        Command::from(Invite {
            by: user_id(1),
            group: GroupRef::Id(group_id(1)),
            targets: targets.map(target).collect(),
            roles: RoleSet::NONE,
            admission,
            batch: Some(batch_id(1)),
        })
    };
    for admission in [Admission::OnAcceptance(Expiry::Usual), Admission::Direct] {
        let take = |targets| {
            let mut bench = small();
            bench.run(&(10_000..11_000).map(add_user).collect::<Vec<_>>());
            let invited = bench.run(&[invite(targets, admission)]);
            assert_eq!(invited.iter().filter(|statement| statement.sql == "COMMIT").count(), 1);
            let undone =
                bench.run(&[UndoBatch { by: user_id(1), group: GroupRef::Id(group_id(1)), batch: batch_id(1) }.into()]);
            (invited.len(), undone.len())
        };
        assert_eq!(take(0..1000), take(0..3), "{admission:?}");
    }
}

#[test]
fn an_invitation_takes_the_statements_that_it_needs_and_no_more() {
    let mut bench = small();
    bench.run(&[add_user(2)]);
    let offer = |n: usize| {
        let targets = vec![Target { who: UserRef::Id(user_id(n)), invitation: invitation_id(n) }];
        let admission = Admission::OnAcceptance(Expiry::Usual);
        let (by, group) = (user_id(1), GroupRef::Id(group_id(1)));
        Command::from(Invite { by, group, targets, roles: RoleSet::NONE, admission, batch: None })
    };
    let words = |statements: Vec<Statement>| -> Vec<String> {
        let tables = ["FROM", "JOIN", "INTO", "UPDATE"];
        let table = |sql: &str| {
            let words: Vec<_> = sql.split_whitespace().collect();
            let named = words.windows(2).filter(|pair| tables.contains(&pair[0]) && !pair[1].contains("json"));
            named.map(|pair| pair[1].trim_matches('"').to_owned()).find(|name| name != "SET")
        };
        statements.iter().map(|found| table(&found.sql).unwrap_or_else(|| found.sql.clone())).collect()
    };
    let read = ["BEGIN IMMEDIATE", "users", "user_emails", "groups", "heads", "memberships", "join_requests"];
    let write = ["day_counts", "groups", "invitations", "day_counts", "events", "heads", "COMMIT"];
    let expected: Vec<_> = read.into_iter().chain(["invitations", "invitations"]).chain(write).collect();
    let mut found = words(bench.run(&[offer(2)]));
    assert_eq!(
        {
            found.sort();
            found
        },
        {
            let mut expected = expected.clone();
            expected.sort_unstable();
            expected
        }
    );

    // An operator without quotas does not count.
    bench.around.settings.quotas = None;
    bench.run(&[add_user(3)]);
    assert_eq!(words(bench.run(&[offer(3)])).len(), expected.len() - 2);
}

#[test]
fn who_was_a_member_at_an_instant_is_told_by_the_last_event_before_it() {
    let mut bench = small();
    let (readers, _) = bench.readers();
    bench.run(&[add_user(2), add_user(3)]);
    let start = bench.around.clock.now();
    let group = GroupRef::Id(group_id(1));
    let admit = |n: usize| {
        let targets = vec![Target { who: UserRef::Id(user_id(n)), invitation: invitation_id(0) }];
        let (by, group, roles) = (user_id(1), group.clone(), RoleSet::NONE);
        Command::from(Invite { by, group, targets, roles, admission: Admission::Direct, batch: None })
    };
    let leave = |n: usize| Command::from(Leave { by: user_id(n), group: group.clone() });
    let lead = AssignRole { by: user_id(1), group: group.clone(), user: UserRef::Id(user_id(2)), role: Role::Leader };
    for commands in
        [vec![admit(2)], vec![lead.into()], vec![leave(2), admit(3)], vec![admit(2), leave(2)], vec![admit(2)]]
    {
        bench.run(&commands);
    }
    let members = |millis: i64, page| {
        let at = at(start.as_millis() + millis);
        let Page { items, next } = now(readers.members_at(group_id(1), at, page));
        let members: Vec<_> = items.into_iter().map(|found| (found.user.get(), found.roles.bits())).collect();
        (members, next.map(UserId::get))
    };
    let hours = |hours: i64| members(hours * HOUR.as_millis(), first(9)).0;
    assert_eq!(members(-1, first(9)).0, [(1, 1)]);
    assert_eq!(hours(0), [(1, 1), (2, 0)]);
    assert_eq!(members(HOUR.as_millis() - 1, first(9)).0, [(1, 1), (2, 0)]);
    assert_eq!(hours(1), [(1, 1), (2, 4)]);
    assert_eq!(hours(2), [(1, 1), (3, 0)]);
    assert_eq!(hours(3), [(1, 1), (3, 0)]);
    assert_eq!(hours(4), [(1, 1), (2, 0), (3, 0)]);
    assert_eq!(hours(-1_000_000), []);
    assert_eq!(members(4 * HOUR.as_millis(), first(2)), (vec![(1, 1), (2, 0)], Some(2)));
    let behind = PageRequest { after: Some(user_id(2)), limit: 2 };
    assert_eq!(members(4 * HOUR.as_millis(), behind), (vec![(3, 0)], None));
    assert_eq!(now(readers.members_at(group_id(2), start, first(9))).items, []);
}

#[test]
fn histories_fit_what_is_stored_until_somebody_tampers_with_the_file() {
    let mut bench = Bench::new();
    for (_, commands) in batches(2).into_iter().take_while(|(name, _)| *name != "disable") {
        bench.run(&commands);
    }
    let original = bench.folder.path().join("guestlist.db");
    let copy = bench.folder.path().join("copy.db");
    // Closing the last connection moves everything into the file itself.
    bench.engine.connection = None;
    let audit = |sql: &str, stream| {
        std::fs::copy(&original, &copy).unwrap();
        let connection = Connection::open(&copy).unwrap();
        connection.execute_batch(sql).unwrap();
        now(Readers(Mutex::new(connection), bench.engine.person_key).audit(stream))
    };
    let (installation, circle) = (Stream::Installation, Stream::Group(group_id(1)));
    for stream in [installation, circle, Stream::Group(group_id(2)), Stream::Group(group_id(3))] {
        assert_eq!(audit("", stream), [], "{stream:?}");
    }
    let link = Thing::Link(link_id(1));
    let cases = [
        ("UPDATE events SET at = at + 1 WHERE group_id = 1 AND seq = 2", circle, Finding::BrokenChain { seq: 2 }),
        ("DELETE FROM events WHERE group_id = 1 AND seq = 2", circle, Finding::Gap { due: 2, found: 3 }),
        ("UPDATE heads SET seq = seq - 1", circle, Finding::WrongHead),
        ("DELETE FROM heads", circle, Finding::WrongHead),
        (
            "UPDATE memberships SET joined_at = 1 WHERE user_id = 1",
            circle,
            Finding::Different(Thing::Member(user_id(1))),
        ),
        ("DELETE FROM links", circle, Finding::Missing(link.clone())),
        ("UPDATE links SET uses = 0", circle, Finding::Different(link)),
        ("UPDATE join_requests SET roles = 7", circle, Finding::Different(Thing::Request(user_id(20_001)))),
        ("UPDATE invitations SET sent_at = 0", circle, Finding::Different(Thing::Invitation(invitation_id(1)))),
        ("UPDATE \"groups\" SET name = 'Eve'", circle, Finding::Different(Thing::Group(group_id(1)))),
        (
            "UPDATE \"groups\" SET invitations_count = 7",
            circle,
            Finding::Miscounted { counter: "invitations", stored: 7, counted: 0 },
        ),
        ("UPDATE users SET is_admin = 1", installation, Finding::Different(Thing::User(user_id(3)))),
        (
            "UPDATE user_emails SET is_verified = 0",
            installation,
            Finding::Different(Thing::Address("user1@x.org".to_owned())),
        ),
        (
            "INSERT INTO opt_outs (person, from_kind, from_id, created_at) VALUES (zeroblob(32), 0, 0, 0)",
            installation,
            Finding::Untold(Thing::OptOut(format!("{}/everyone", "00".repeat(32)))),
        ),
    ];
    for (sql, stream, expected) in cases {
        let found = audit(sql, stream);
        assert!(found.contains(&expected), "{sql}: {found:?}");
    }
}

#[test]
fn nothing_is_left_of_a_group_that_was_forgotten() {
    let mut bench = Bench::new();
    bench.play(2);
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM \"{table}\"");
        bench.engine.connection().unwrap().query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    for table in ["groups", "memberships", "invitations", "invitation_tokens", "links", "join_requests"] {
        assert_eq!(count(table), 0, "{table}");
    }
    let (readers, _) = bench.readers();
    assert_eq!(now(readers.streams(first(9))).items, [Stream::Installation]);
    assert_eq!(now(readers.events(Stream::Group(group_id(1)), first(9))).items, []);
    assert_eq!(now(readers.audit(Stream::Group(group_id(1)))), []);
    assert_eq!(now(readers.audit(Stream::Installation)), []);
}

#[test]
fn a_page_costs_the_same_however_long_the_list_is() {
    let cost = |n: usize| {
        let mut bench = Bench::new();
        let created = at(1);
        bench.write((1..=n).map(|k| Change::User(user(k))).chain([Change::Group(plain_group(1))]));
        bench.write((1..=n).flat_map(|k| {
            let seq = i64::try_from(k).unwrap();
            let request = |state, place| JoinRequest {
                group: group_id(1),
                user: user_id(k),
                roles: RoleSet::NONE,
                state,
                place,
                created_at: created,
                closed_at: None,
                closed_by: None,
            };
            let request = if k % 2 == 0 {
                request(RequestState::Waiting, Some(seq))
            } else {
                request(RequestState::Pending, None)
            };
            let link = Link {
                id: link_id(k),
                group: group_id(1),
                hash: LinkHash(bytes(k)),
                creator: user_id(1),
                roles: RoleSet::NONE,
                uses_max: None,
                uses: 0,
                needs_approval: false,
                created_at: created,
                expires_at: None,
                revoked_at: None,
                revoked_by: None,
            };
            let event = Event {
                stream: Stream::Group(group_id(1)),
                seq,
                at: created,
                kind: EventKind::MemberJoined,
                actor: None,
                origin: Origin::default(),
                batch: None,
                thing: Thing::Member(user_id(k)),
                before: None,
                after: Some(r#"{"roles":[],"joined_at":1}"#.to_owned()),
                hash: EventHash::default(),
            };
            [Change::JoinRequest(request), Change::Link(link), Change::Event(Box::new(event))]
        }));
        let (readers, log) = bench.readers();
        let group = group_id(1);
        let counts = [
            now(readers.events(Stream::Group(group), PageRequest { after: Some(20), limit: 5 })).items.len(),
            now(readers.members_at(group, created, PageRequest { after: Some(user_id(20)), limit: 5 })).items.len(),
            now(readers.requests(group, PageRequest { after: Some(user_id(20)), limit: 5 })).items.len(),
            now(readers.waiting(group, PageRequest { after: Some(20), limit: 5 })).items.len(),
            now(readers.links(group, PageRequest { after: Some(link_id(20)), limit: 5 })).items.len(),
        ];
        assert_eq!(counts, [5; 5]);
        log.take()
    };
    let short = cost(40);
    assert_eq!(short.len(), 5);
    assert_eq!(cost(2000), short);
}

/// Tables that are read as a whole on purpose: two rows, one row, and the list of all clients. And the line of those
/// who wait and that of the histories, which are no tables.
const SMALL: [&str; 5] = ["SCAN sequences", "SCAN issuer_keys", "SCAN clients", "SCAN line", "SCAN next"];

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
        let noted: Vec<_> = bench.log.take().into_iter().map(|statement| (statement.sql, statement.scanned)).collect();
        assert_eq!(noted, [(sql.to_owned(), 6)]);
    }
    let (readers, _) = bench.readers();
    assert_eq!(scans(&plan(&readers.0.lock().unwrap(), sql)), ["SCAN users"]);
}

#[test]
fn no_statement_of_a_batch_reads_a_whole_table() {
    let mut bench = Bench::new();
    let statements: Vec<Statement> = bench.play(7).into_iter().flat_map(|(_, statements)| statements).collect();
    let texts: BTreeSet<_> = statements.iter().map(|statement| &statement.sql).collect();
    assert!(texts.len() > 45, "{}", texts.len());
    let (readers, _) = bench.readers();
    let connection = readers.0.lock().unwrap();
    for Statement { sql, scanned, .. } in statements {
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
    ask!("users by page", readers.users(first(10)));
    ask!("groups by page", readers.groups(first(10)));
    ask!("members by page", readers.members(group, first(10)));
    ask!("open_invitations by page", readers.open_invitations(group, now_, first(10)));
    ask!("invitations_for by page", readers.invitations_for(user, now_, first(10)));
    for which in [InvitationRef::Id(invitation_id(1)), secret(1)] {
        ask!("invitation", readers.invitation(which));
    }
    ask!("due_invitations by page", readers.due_invitations(now_, 10));
    ask!("deleted_groups by page", readers.deleted_groups(now_));
    ask!("requests by page", readers.requests(group, first(10)));
    ask!("waiting by page", readers.waiting(group, first(10)));
    ask!("links by page", readers.links(group, first(10)));
    for of in [Refuser::User(user), Refuser::Holder(InvitationTokenHash(bytes(1)))] {
        ask!("opt_outs", readers.opt_outs(of));
    }
    ask!("events by page", readers.events(Stream::Group(group), first(10)));
    ask!("members_at by page", readers.members_at(group, now_, first(10)));
    ask!("streams by page", readers.streams(first(10)));
    ask!("audit", readers.audit(Stream::Group(group)));
    ask!("tokens_of by page", readers.tokens_of(user, now_, first(10)));

    let connection = readers.0.lock().unwrap();
    for (name, statements) in asked {
        assert!(!statements.is_empty(), "{name}");
        for Statement { sql, .. } in statements {
            let steps = plan(&connection, &sql);
            // The lists of everything start at a key and end with the page, or at one.
            let is_whole = matches!(name, "users by page" | "groups by page") && steps.len() == 1;
            let is_overdue = matches!(name, "due_invitations by page" | "deleted_groups by page") && steps.len() == 1;
            // From each history to the next: the least key behind one is the first that is found.
            let is_next = name == "streams by page";
            let from_key = |step: &&String| {
                is_whole && step.ends_with("(rowid>?)")
                    || is_overdue && step.ends_with("_at<?)")
                    || is_next && (step.ends_with("(rowid>?)") || step.ends_with("(group_id>?)"))
            };
            assert!(scans(&steps).iter().all(from_key), "{name}: {sql}\n{steps:#?}");
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
            assert!(!(sorts && name.ends_with("by page")), "{name}: {sql}\n{steps:#?}");
        }
    }
}
