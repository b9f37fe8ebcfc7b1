//! A database of a test's own, and short verbs for what every test needs.

use std::fmt::Debug;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guestlist_core::Refusal;
use guestlist_core::command::{AddUser, Admission, CreateGroup, Invite, IssueToken, Target};
use guestlist_core::credential::{ClientId, TokenHash};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::ids::{InvitationId, TokenId, Uid};
use guestlist_core::names::{DisplayName, Email, Slug, Subject, Username};
use guestlist_core::outcome::InviteRow;
use guestlist_core::ports::Clock as _;
use guestlist_core::time::{Lifetime, Timestamp};
use guestlist_core::user::{User, UserRef};
use guestlist_store::{GroupView, Rejection, Store};
use guestlist_testing::FakeClock;
use uuid::Uuid;

pub(crate) const DAY: Lifetime = Lifetime::from_days(1);

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

    fn open(&self, clock: &Arc<FakeClock>) -> Store {
        match self {
            Self::Postgres(url) => {
                // On a thread of its own: tests open databases in the midst of other things.
                let (url, clock) = (url.clone(), Arc::clone(clock));
                let open = move || runtime().block_on(Store::open_postgres(&url, clock)).unwrap();
                std::thread::spawn(open).join().unwrap()
            }
            Self::Sqlite(folder) => {
                Store::open_sqlite(&folder.path().join("guestlist.db"), Arc::clone(clock) as _).unwrap()
            }
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
}

impl Database {
    pub(crate) fn new(place: Place) -> Self {
        let clock = Arc::new(FakeClock::default());
        Self { store: place.open(&clock), clock, last_id: AtomicU64::new(0), place }
    }

    /// Closes the database and opens it again.
    pub(crate) fn reopen(self) -> Self {
        let Self { store, clock, last_id, place } = self;
        store.close();
        Self { store: place.open(&clock), clock, last_id, place }
    }

    /// Another store on the same database, as a management command beside a server has.
    pub(crate) fn another(&self) -> Store {
        self.place.open(&self.clock)
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

    /// The group as it is now, seen by `viewer`.
    pub(crate) async fn view(&self, group: &Group, viewer: &User) -> GroupView {
        self.store.read().group(GroupRef::Id(group.id), Some(viewer.id)).await.unwrap().unwrap()
    }

    pub(crate) fn target(&self, who: UserRef) -> Target {
        Target { who, invitation: invitation_id(self.fresh()) }
    }

    pub(crate) fn invite(&self, group: &Group, by: &User, whom: &[UserRef], admission: Admission) -> Invite {
        let targets = whom.iter().cloned().map(|who| self.target(who)).collect();
        Invite { by: by.id, group: GroupRef::Id(group.id), targets, admission }
    }

    /// Invites on acceptance, for a day.
    pub(crate) async fn offer(&self, group: &Group, by: &User, whom: &[UserRef]) -> Vec<InviteRow> {
        let ask = self.invite(group, by, whom, Admission::OnAcceptance { lifetime: DAY });
        self.store.submit(ask).await.unwrap().rows
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

    /// A token to issue: no client, no end.
    pub(crate) fn token(&self, user: &User) -> IssueToken {
        let id = self.fresh();
        let mut hash = [0xa5; 32];
        hash[..8].copy_from_slice(&id.to_be_bytes());
        IssueToken {
            id: TokenId::from_uuid(Uuid::from_u128(id.into())),
            hash: TokenHash(hash),
            user: UserRef::Id(user.id),
            client: None,
            scopes: None,
            lifetime: None,
        }
    }
}

pub(crate) fn account(name: &str) -> AddUser {
    AddUser {
        id: None,
        uid: Uid::parse(&format!("uid-{name}")).unwrap(),
        subject: Subject::parse(&format!("sub-{name}")).unwrap(),
        username: Some(username(name)),
        name: Some(DisplayName::parse(&format!("{name} the person")).unwrap()),
        email: Some(email(&format!("{name}@example.org"))),
        is_admin: false,
        password: None,
    }
}

pub(crate) fn new_group(name: &str, owner: &User) -> CreateGroup {
    CreateGroup {
        owner: UserRef::Id(owner.id),
        id: None,
        uid: Uid::parse(&format!("uid-{name}")).unwrap(),
        slug: slug(name),
        name: DisplayName::parse(&format!("The {name}")).unwrap(),
        description: format!("All about {name}"),
        is_public: false,
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

pub(crate) fn client_id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

pub(crate) const fn invitation_id(number: u64) -> InvitationId {
    InvitationId::from_uuid(Uuid::from_u128(number as u128))
}

/// The "no" that was expected.
#[track_caller]
pub(crate) fn refusal<T: Debug>(result: Result<T, Rejection>) -> Refusal {
    match result {
        Err(Rejection::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
