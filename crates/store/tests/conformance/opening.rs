//! What only a database in a file can show: how it is made, shared, and refused.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Barrier};

use futures_util::FutureExt as _;
use guestlist_core::user::UserRef;
use guestlist_core::{Refusal, Settings};
use guestlist_store::page::PageRequest;
use guestlist_store::{Rejection, Store, StoreError, chain};
use guestlist_testing::FakeClock;

use crate::database::{Database, Place, account, refusal, runtime};

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open_sqlite(path, Arc::new(FakeClock::default()), Settings::default())
}

/// Opening `path` says that it is not available, and why.
#[track_caller]
fn check_unavailable(path: &Path) -> String {
    match open(path) {
        Err(error @ StoreError::Unavailable(Some(_))) => chain(&error),
        Err(other) => panic!("{}", chain(&other)),
        Ok(_) => panic!("{} was opened", path.display()),
    }
}

#[test]
#[cfg(unix)]
fn all_that_holds_data_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let db = Database::new(Place::sqlite());
    runtime().block_on(db.user("amina"));
    let folder = db.file();
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // The lock beside the database is empty and stays so.
        if entry.metadata().unwrap().len() > 0 {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
            names.push(name);
        }
    }
    names.sort();
    assert_eq!(names, ["guestlist.db", "guestlist.db-shm", "guestlist.db-wal"]);
}

#[test]
fn the_first_opening_may_happen_many_times_at_once() {
    for round in 0..60 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guestlist.db");
        let start = Barrier::new(6);
        let stores: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        open(&path)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let errors: Vec<_> = stores.iter().filter_map(|store| store.as_ref().err().map(|error| chain(error))).collect();
        assert!(errors.is_empty(), "round {round}: {errors:?}");
        runtime().block_on(async {
            for (n, store) in stores.iter().flatten().enumerate() {
                let added = store.submit(account(&format!("user{n}"))).await.unwrap().0;
                assert_eq!(added.id.get(), i64::try_from(n).unwrap() + 1);
            }
        });
    }
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    let store = open(&path).unwrap();
    runtime().block_on(store.submit(account("amina"))).unwrap();
}

#[test]
fn a_path_may_have_any_characters() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["with space.db", "percent%20?mode=ro#x.db", "حلقة.db", "quote'\".db"] {
        let path = folder.path().join(name);
        let store = open(&path).unwrap();
        runtime().block_on(async {
            let added = store.submit(account("amina")).await.unwrap().0;
            assert_eq!(store.read().user(UserRef::Id(added.id)).await.unwrap(), Some(added), "{name}");
        });
        store.close();
        assert!(fs::metadata(&path).unwrap().len() > 0, "{name}");
    }
}

#[test]
fn what_is_not_a_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let text = "Dear Amina, this is no database. ".repeat(400);
    fs::write(&path, &text).unwrap();
    assert!(check_unavailable(&path).contains("not a database"));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(check_unavailable(folder.path()).contains("unable to open"));
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    check_unavailable(&folder.path().join("missing").join("guestlist.db"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_path_through_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    check_unavailable(&folder.path().join("file").join("guestlist.db"));
}

#[test]
fn a_file_that_may_not_be_written_is_refused() {
    let db = Database::new(Place::sqlite());
    let path = db.file();
    drop(db.another());
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    // The superuser may write everywhere: for them the file is as good as any other.
    if fs::File::options().write(true).open(&path).is_ok() {
        drop(db.another());
    } else {
        assert!(check_unavailable(&path).contains("read-only"));
    }
}

#[test]
fn the_file_of_a_later_version_is_refused() {
    let db = Database::new(Place::sqlite());
    let path = db.file();
    {
        let connection = rusqlite::Connection::open(&path).unwrap();
        let sql = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                   VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";
        connection.execute(sql, []).unwrap();
    }
    check_unavailable(&path);
}

#[test]
fn the_database_of_another_program_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let tables = || {
        let connection = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)";
        connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE users (nick TEXT); CREATE TABLE zebras (x)")
        .unwrap();
    check_unavailable(&path);
    assert_eq!(tables().replace("refinery_schema_history,", ""), "users,zebras");
}

#[test]
fn after_closing_the_file_alone_holds_everything() {
    let db = Database::new(Place::sqlite());
    let amina = runtime().block_on(db.user("amina"));
    db.store.close();
    let copy = db.file().with_file_name("copy.db");
    fs::copy(db.file(), &copy).unwrap();
    let found = runtime().block_on(open(&copy).unwrap().read().user(UserRef::Id(amina.id))).unwrap();
    assert_eq!(found, Some(amina));
}

/// Runs `sql` on the file behind the store's back.
fn tamper(db: &Database, sql: &str) {
    let connection = rusqlite::Connection::open(db.file()).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn an_impossible_value_is_named_by_table_column_and_row_and_costs_only_those_who_need_it() {
    runtime().block_on(async {
        let db = Database::new(Place::sqlite());
        let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
        tamper(&db, "UPDATE users SET username = 'a mina', uid = 'uid-amina' WHERE id = 1");
        let read = db.store.read().user(UserRef::Id(amina.id)).await;
        let expected = "the column username of the table users has an impossible value in the row 1";
        assert_eq!(read.unwrap_err().to_string(), expected);
        let page = db.store.read().users(PageRequest { after: None, limit: 9 }).await;
        assert!(matches!(page, Err(StoreError::Corrupt { table: "users", column: "username", .. })));

        // Commands that need that row fail; those queued beside them do not.
        let (start, bad, good) = tokio::join!(
            biased;
            db.store.submit(account("start")),
            db.store.submit(db.token(&amina)),
            db.store.submit(db.token(&bilal)),
        );
        assert!(matches!(bad, Err(Rejection::Failed(StoreError::Corrupt { .. }))), "{bad:?}");
        assert!(start.is_ok() && good.is_ok());
    });
}

#[test]
fn a_database_locked_by_another_program_is_waited_for() {
    runtime().block_on(async {
        let db = Database::new(Place::sqlite());
        let connection = rusqlite::Connection::open(db.file()).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let ask = db.store.submit(account("amina"));
        let mut ask = std::pin::pin!(ask);
        assert!(ask.as_mut().now_or_never().is_none());
        // Reading goes on meanwhile.
        assert_eq!(db.store.read().users(PageRequest { after: None, limit: 9 }).await.unwrap().items, []);
        connection.execute_batch("COMMIT").unwrap();
        ask.await.unwrap();
        assert_eq!(refusal(db.store.submit(account("amina")).await), Refusal::UidTaken);
    });
}
