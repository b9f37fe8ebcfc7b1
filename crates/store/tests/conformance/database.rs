//! A database of a test's own, and short verbs for what every test needs.

use std::fmt::Debug;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    AddUser, Admission, Ask, CreateGroup, CreateLink, Expiry, GiveInvitationToken, GroupPatch, Invite, IssueToken,
    Join, Leave, Target, UpdateGroup, UseLink,
};
use guestlist_core::credential::{ClientId, TokenHash};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Event, Finding, Stream};
use guestlist_core::ids::{InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::InvitationTokenHash;
use guestlist_core::link::{Link, LinkHash};
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Description, DisplayName, Email, Slug, Subject, Username};
use guestlist_core::outcome::{InviteRow, Outcome};
use guestlist_core::ports::Clock as _;
use guestlist_core::time::{Lifetime, Timestamp};
use guestlist_core::user::{User, UserRef};
use guestlist_core::world::PERSON_KEY;
use guestlist_core::{Command, Origin, Refusal, Settings};
use guestlist_store::page::PageRequest;
use guestlist_store::transfer::{self, Report};
use guestlist_store::{GroupView, InvitationView, Rejection, Store};
use guestlist_testing::FakeClock;
use uuid::Uuid;

pub(crate) const DAY: Lifetime = Lifetime::from_days(1);

/// On acceptance, within a day.
pub(crate) const FOR_A_DAY: Admission = Admission::OnAcceptance(Expiry::After(DAY));

/// Where a database lives. A second engine is a second variant, and a second module in [`on_every_engine`].
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    /// The URL of a database.
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(guestlist_testing::postgres::new_database())
    }

    fn open(&self, clock: &Arc<FakeClock>, settings: &Settings) -> Store {
        let (clock, settings) = (Arc::clone(clock), settings.clone());
        match self {
            Self::Postgres(url) => {
                // On a thread of its own: tests open databases in the midst of other things.
                let url = url.clone();
                let open = move || runtime().block_on(Store::open_postgres(&url, clock, settings)).unwrap();
                std::thread::spawn(open).join().unwrap()
            }
            Self::Sqlite(folder) => Store::open_sqlite(&folder.path().join("guestlist.db"), clock, settings).unwrap(),
        }
    }
}

/// Runs each law once per engine.
macro_rules! on_every_engine {
    ($($law:ident,)*) => {
        mod sqlite {
            $(
                #[test]
                fn $law() {
                    crate::database::run(crate::database::Place::sqlite(), super::$law);
                }
            )*
        }
        mod postgres {
            $(
                #[test]
                fn $law() {
                    crate::database::run(crate::database::Place::postgres(), super::$law);
                }
            )*
        }
    };
}

pub(crate) fn run<F: Future<Output = ()>>(place: Place, law: impl FnOnce(Database) -> F) {
    runtime().block_on(law(Database::new(place)));
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// An open database with a clock that the test moves. Ids come in the order of their making.
pub(crate) struct Database {
    pub(crate) store: Store,
    pub(crate) clock: Arc<FakeClock>,
    last_id: AtomicU64,
    place: Place,
    settings: Settings,
}

impl Database {
    pub(crate) fn new(place: Place) -> Self {
        let (clock, settings) = (Arc::new(FakeClock::default()), Settings::default());
        Self { store: place.open(&clock, &settings), clock, last_id: AtomicU64::new(0), place, settings }
    }

    /// Closes the database and opens it again.
    pub(crate) fn reopen(self) -> Self {
        let settings = self.settings.clone();
        self.under(settings)
    }

    /// Closes the database and opens it again, now that the operator has decided otherwise.
    pub(crate) fn under(self, settings: Settings) -> Self {
        self.store.close();
        Self { store: self.place.open(&self.clock, &settings), settings, ..self }
    }

    /// Another store on the same database, as another node or a management command has.
    pub(crate) fn another(&self) -> Store {
        self.place.open(&self.clock, &self.settings)
    }

    /// Runs `sql` on the tables behind the store's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        match &self.place {
            Place::Sqlite(_) => rusqlite::Connection::open(self.file()).unwrap().execute_batch(sql).unwrap(),
            Place::Postgres(url) => {
                let (client, driver) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
                let driver = tokio::spawn(driver);
                client.batch_execute(sql).await.unwrap();
                drop(client);
                driver.await.unwrap().unwrap();
            }
        }
    }

    /// Bytes as this engine's SQL spells them.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let digits = hex::encode(bytes);
        match &self.place {
            Place::Sqlite(_) => format!("x'{digits}'"),
            Place::Postgres(_) => format!("'\\x{digits}'::bytea"),
        }
    }

    /// A UUID as this engine's SQL spells it.
    pub(crate) fn uuid(&self, id: Uuid) -> String {
        match &self.place {
            Place::Sqlite(_) => self.bytes(id.as_bytes()),
            Place::Postgres(_) => format!("'{id}'"),
        }
    }

    /// Has the installation hash people as every [`World`](guestlist_core::world::World) does, from its next opening on.
    pub(crate) async fn set_person_key(&self) {
        let key = self.bytes(&PERSON_KEY.0);
        self.tamper(&format!("UPDATE secrets SET value = {key} WHERE name = 'person-key'")).await;
    }

    /// A checksum of each table: two of them are the same if nothing was written in between.
    pub(crate) async fn checksums(&self) -> Report {
        let folder = tempfile::tempdir().unwrap();
        let copy = transfer::Place::Sqlite(folder.path().join("copy.db"));
        transfer::run(&self.place(), &copy, &mut |_| {}).await.unwrap()
    }

    /// Where it is, for a transfer.
    pub(crate) fn place(&self) -> guestlist_store::transfer::Place {
        match &self.place {
            Place::Sqlite(_) => guestlist_store::transfer::Place::Sqlite(self.file()),
            Place::Postgres(url) => guestlist_store::transfer::Place::Postgres(url.clone()),
        }
    }

    /// The database file, where there is one.
    pub(crate) fn file(&self) -> PathBuf {
        match &self.place {
            Place::Sqlite(folder) => folder.path().join("guestlist.db"),
            Place::Postgres(_) => panic!("a PostgreSQL database is no file"),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn fresh(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Opens an account: username `name`, verified address `name@example.org`, every other name made of `name` too.
    pub(crate) async fn user(&self, name: &str) -> User {
        self.store.submit(account(name)).await.unwrap().0
    }

    /// Makes a private group.
    pub(crate) async fn group(&self, slug: &str, owner: &User) -> Group {
        self.store.submit(new_group(slug, owner)).await.unwrap().0
    }

    /// Changes some of a group's settings.
    pub(crate) async fn update(&self, group: &Group, by: &User, patch: GroupPatch) -> Group {
        let ask = UpdateGroup { by: by.id, group: GroupRef::Id(group.id), patch };
        self.store.submit(ask).await.unwrap().0
    }

    /// Makes a public group with so many seats.
    pub(crate) async fn public_group(&self, slug: &str, owner: &User, seats: i64) -> Group {
        let group = self.group(slug, owner).await;
        let patch = GroupPatch { is_public: Some(true), members_max: Some(Some(seats)), ..GroupPatch::default() };
        self.update(&group, owner, patch).await
    }

    /// Opens accounts for `p1`, `p2` and so on, at once.
    pub(crate) async fn people(&self, count: usize) -> Vec<User> {
        let asks = (1..=count).map(|n| self.store.submit(account(&format!("p{n}"))));
        join_all(asks).await.into_iter().map(|added| added.unwrap().0).collect()
    }

    /// The group as it is now, seen by `viewer`.
    pub(crate) async fn view(&self, group: &Group, viewer: &User) -> GroupView {
        self.store.read().group(GroupRef::Id(group.id), Some(viewer.id)).await.unwrap().unwrap()
    }

    pub(crate) fn target(&self, who: UserRef) -> Target {
        Target { who, invitation: invitation_id(self.fresh()) }
    }

    pub(crate) fn invite(&self, group: &Group, by: &User, whom: &[UserRef], admission: Admission) -> Invite {
        let targets = whom.iter().cloned().map(|who| self.target(who)).collect();
        Invite {
            language: None,
            note: None,
            by: by.id,
            group: GroupRef::Id(group.id),
            targets,
            roles: RoleSet::NONE,
            admission,
            batch: None,
        }
    }

    /// Invites on acceptance, for a day.
    pub(crate) async fn offer(&self, group: &Group, by: &User, whom: &[UserRef]) -> Vec<InviteRow> {
        self.store.submit(self.invite(group, by, whom, FOR_A_DAY)).await.unwrap().rows
    }

    /// Invites one person who is not yet invited, for a day.
    pub(crate) async fn offer_one(&self, group: &Group, by: &User, who: UserRef) -> InvitationId {
        match self.offer(group, by, &[who]).await[..] {
            [InviteRow::Invited(id)] => id,
            ref other => panic!("not a new invitation: {other:?}"),
        }
    }

    /// Makes users members at once.
    pub(crate) async fn admit(&self, group: &Group, by: &User, whom: &[&User]) -> Vec<InviteRow> {
        let whom: Vec<_> = whom.iter().map(|user| UserRef::Id(user.id)).collect();
        self.store.submit(self.invite(group, by, &whom, Admission::Direct)).await.unwrap().rows
    }

    /// A new secret that stands for the invitation, as hashed.
    pub(crate) async fn mail(&self, invitation: InvitationId) -> InvitationTokenHash {
        let hash = InvitationTokenHash(self.fresh_hash());
        self.store.submit(GiveInvitationToken { invitation, hash }).await.unwrap();
        hash
    }

    /// A link of the usual length of life that lets so many people in, and brings no roles.
    pub(crate) fn link(&self, group: &Group, by: &User, uses_max: Option<i64>) -> CreateLink {
        CreateLink {
            by: by.id,
            group: GroupRef::Id(group.id),
            id: LinkId::from_uuid(Uuid::from_u128(self.fresh().into())),
            hash: LinkHash(self.fresh_hash()),
            roles: RoleSet::NONE,
            uses_max,
            expiry: Expiry::Usual,
            needs_approval: false,
        }
    }

    fn fresh_hash(&self) -> [u8; 32] {
        let mut hash = [0xa5; 32];
        hash[..8].copy_from_slice(&self.fresh().to_be_bytes());
        hash
    }

    /// The members of a group, by number.
    pub(crate) async fn members(&self, group: &Group) -> Vec<UserId> {
        let members = self.store.read().members(group.id, whole()).await.unwrap().items;
        members.into_iter().map(|member| member.user.id).collect()
    }

    /// The open invitations of a group.
    pub(crate) async fn open_invitations(&self, group: &Group) -> Vec<InvitationView> {
        self.store.read().open_invitations(group.id, self.now(), whole()).await.unwrap().items
    }

    /// The open invitations for a user.
    pub(crate) async fn invitations_for(&self, user: &User) -> Vec<InvitationView> {
        self.store.read().invitations_for(user.id, self.now(), whole()).await.unwrap().items
    }

    /// Those who wait for a seat, next first.
    pub(crate) async fn waiting(&self, group: &Group) -> Vec<UserId> {
        let waiting = self.store.read().waiting(group.id, whole()).await.unwrap().items;
        waiting.into_iter().map(|requester| requester.user.id).collect()
    }

    /// The invite links of a group.
    pub(crate) async fn links(&self, group: &Group) -> Vec<Link> {
        self.store.read().links(group.id, whole()).await.unwrap().items
    }

    /// The whole history of a group.
    pub(crate) async fn history(&self, group: &Group) -> Vec<Event> {
        self.store.read().events(Stream::Group(group.id), whole()).await.unwrap().items
    }

    /// What does not fit in any history: nothing, unless somebody wrote behind the store's back.
    pub(crate) async fn findings(&self) -> Vec<(Stream, Finding)> {
        let mut findings = Vec::new();
        for stream in self.store.read().streams(whole()).await.unwrap().items {
            let found = self.store.read().audit(stream).await.unwrap();
            findings.extend(found.into_iter().map(|finding| (stream, finding)));
        }
        findings
    }

    /// A token to issue: no client, no end.
    pub(crate) fn token(&self, user: &User) -> IssueToken {
        IssueToken {
            by: None,
            within: None,
            id: TokenId::from_uuid(Uuid::from_u128(self.fresh().into())),
            hash: TokenHash(self.fresh_hash()),
            user: UserRef::Id(user.id),
            client: None,
            scopes: None,
            lifetime: None,
            personal: None,
            replaces: false,
        }
    }
}

pub(crate) fn account(name: &str) -> AddUser {
    AddUser {
        language: None,
        by: None,
        id: None,
        uid: Uid::parse(&format!("uid-{name}")).unwrap(),
        subject: Subject::parse(&format!("sub-{name}")).unwrap(),
        username: Some(username(name)),
        name: Some(DisplayName::parse(&format!("{name} the person")).unwrap()),
        email: Some(email(&format!("{name}@example.org"))),
        is_admin: false,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    }
}

pub(crate) fn new_group(name: &str, owner: &User) -> CreateGroup {
    CreateGroup {
        language: None,
        by: None,
        owner: UserRef::Id(owner.id),
        id: None,
        uid: Uid::parse(&format!("uid-{name}")).unwrap(),
        slug: slug(name),
        name: DisplayName::parse(&format!("The {name}")).unwrap(),
        description: description(&format!("All about {name}")),
        is_public: false,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    }
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn username(text: &str) -> Username {
    Username::parse(text).unwrap()
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn description(text: &str) -> Description {
    Description::parse(text).unwrap()
}

pub(crate) const fn join(by: &User, group: &Group) -> Join {
    Join { by: by.id, group: GroupRef::Id(group.id) }
}

pub(crate) const fn leave(by: &User, group: &Group) -> Leave {
    Leave { by: by.id, group: GroupRef::Id(group.id) }
}

pub(crate) const fn use_link(by: &User, link: &Link) -> UseLink {
    UseLink { by: by.id, link: link.hash }
}

/// A list in one page.
pub(crate) const fn whole<Key>() -> PageRequest<Key> {
    PageRequest { after: None, limit: 10_000 }
}

pub(crate) fn client_id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

pub(crate) const fn invitation_id(number: u64) -> InvitationId {
    InvitationId::from_uuid(Uuid::from_u128(number as u128))
}

/// How a command is sent.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    From(&'a Origin),
    Rehearsed,
}

/// Submits any command. The answer has lost its type, so it is given back its name.
pub(crate) async fn submit(store: &Store, command: Command, way: Way<'_>) -> Result<Outcome, Rejection> {
    async fn one<A: Ask>(
        store: &Store,
        ask: A,
        way: Way<'_>,
        name: fn(A::Outcome) -> Outcome,
    ) -> Result<Outcome, Rejection> {
        match way {
            Way::From(origin) => store.submit_from(origin, ask).await.map(name),
            Way::Rehearsed => store.rehearse(ask).await.map(name),
        }
    }
    macro_rules! by_name {
        ($($name:ident => $outcome:ident,)*) => {
            match command {
                $(Command::$name(ask) => one(store, ask, way, Outcome::$outcome).await,)*
            }
        };
    }
    by_name! {
        AddUser => UserAdded,
        SeeSubject => UserSeen,
        DisableUser => UserDisabled,
        EnableUser => UserEnabled,
        UpdateUser => UserUpdated,
        DeleteUser => UserDeleted,
        CreateGroup => GroupCreated,
        UpdateGroup => GroupUpdated,
        ArchiveGroup => GroupArchived,
        UnarchiveGroup => GroupUnarchived,
        DeleteGroup => GroupDeleted,
        HideGroup => GroupHidden,
        RestoreGroup => GroupRestored,
        PurgeGroup => GroupPurged,
        OfferOwnership => OwnershipOffered,
        AcceptOwnership => OwnershipAccepted,
        WithdrawOwnership => OwnershipWithdrawn,
        Invite => Invited,
        UndoBatch => BatchUndone,
        ResendInvitation => InvitationResent,
        ChangeInvitation => InvitationChanged,
        RevokeInvitation => InvitationRevoked,
        GiveInvitationToken => InvitationTokenGiven,
        ExpireInvitations => InvitationsExpired,
        Accept => Accepted,
        Decline => Declined,
        RefuseInvitations => InvitationsRefused,
        AllowInvitations => InvitationsAllowed,
        CreateLink => LinkCreated,
        RevokeLink => LinkRevoked,
        UseLink => LinkUsed,
        Join => Joined,
        ApproveRequest => RequestApproved,
        RejectRequest => RequestRejected,
        WithdrawRequest => RequestWithdrawn,
        RemoveMember => MemberRemoved,
        AssignRole => RoleAssigned,
        TakeRole => RoleTaken,
        SetAdmin => AdminSet,
        Leave => Left,
        IssueToken => TokenIssued,
        RevokeToken => TokenRevoked,
        AddClient => ClientAdded,
        RemoveClient => ClientRemoved,
        RemindInvitees => InviteesReminded,
        SeeInvitation => InvitationSeen,
        Enrol => Enrolled,
        OfferSignIn => SignInOffered,
        TakeMail => MailTaken,
        KeepMail => MailKept,
        SettleMail => MailSettled,
        ReportMail => MailReported,
        ReviveAddress => AddressRevived,
        AdoptIssuerKey => IssuerKeyAdopted,
    }
}

/// The "no" that was expected.
#[track_caller]
pub(crate) fn refusal<T: Debug>(result: Result<T, Rejection>) -> Refusal {
    match result {
        Err(Rejection::Refused(refusal, _)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
