//! What only the engine itself can show: columns that no command sets yet, how many statements a batch takes, and that
//! none of them reads a whole table. Here is the bench that the tests stand on; each file beside this one is about one
//! idea.

mod commands;
mod facts;
mod history;
mod million;
mod plans;
mod questions;
mod round_trips;
mod samples;
mod statements;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use guestlist_core::opt_out::{InvitationsFrom, PersonKey};
use guestlist_core::origin::Origin;
use guestlist_core::settings::GRACE;
use guestlist_core::time::Lifetime;
use guestlist_core::{Change, Command, Facts, Needs, Settings, Timestamp};
use guestlist_testing::FakeClock;
use rusqlite::StatementStatus;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use self::commands::{batches, refuse};
use self::readers::Readers;
use super::{
    Connection, Engine, NetChanges, Sqlite, SqliteWriter, StoreError, each, failure, json, open_for_reading, rows,
};
use crate::batch::{self, Circumstances, Order, Verdict};
use crate::page::PageRequest;
use crate::terms::Terms;

// The questions once more, this time put to a connection that writes down what it is asked.
#[expect(clippy::duplicate_mod, reason = "likewise")]
#[path = "../directory.rs"]
mod directory;
#[expect(clippy::duplicate_mod, reason = "the same statements, over the readers of this file")]
#[path = "../queries.rs"]
mod queries;
#[expect(clippy::duplicate_mod, reason = "likewise")]
#[path = "../rooms.rs"]
mod rooms;

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
            |command: &Command| Order { command: command.clone(), origin: Origin::default(), terms: Terms::default() };
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

const fn first<K>(limit: u16) -> PageRequest<K> {
    PageRequest { after: None, limit }
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
