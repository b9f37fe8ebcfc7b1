//! Bringing a database file to the present schema.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use refinery::{Migration, Runner};

use super::{failure, open_for_writing};
use crate::error::StoreError;

/// All migrations, oldest first. Released ones never change.
const MIGRATIONS: &[(&str, &str)] = &[
    ("V1__init", include_str!("../../migrations/sqlite/V1__init.sql")),
    ("V2__answers", include_str!("../../migrations/sqlite/V2__answers.sql")),
    ("V3__event_positions", include_str!("../../migrations/sqlite/V3__event_positions.sql")),
    ("V4__mail", include_str!("../../migrations/sqlite/V4__mail.sql")),
    ("V5__rooms", include_str!("../../migrations/sqlite/V5__rooms.sql")),
    ("V6__directory", include_str!("../../migrations/sqlite/V6__directory.sql")),
];

/// Applies the migrations that the file lacks. Several processes may do this at once: they take turns.
pub(super) fn migrate(path: &Path) -> Result<(), StoreError> {
    let unavailable = |error: std::io::Error| StoreError::Unavailable(Some(Arc::new(error)));
    create_private(path).map_err(unavailable)?;
    let migrations: Result<Vec<_>, _> = MIGRATIONS.iter().map(|(name, sql)| Migration::unapplied(name, sql)).collect();
    // Grouped, a migration and the note that it was applied are one transaction: a kill in between would leave a database
    // that can neither be used nor upgraded.
    let runner = Runner::new(&migrations.map_err(|error| broken(&error))?).set_grouped(true);

    // Neither the switch to a write-ahead log nor the reading of the version waits for others who do the same, so the
    // lock stands around both. It is a file beside the database: opening and closing the database file itself would drop
    // SQLite's own locks on it.
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    create_private(Path::new(&beside)).map_err(unavailable)?;
    let lock = File::options().write(true).open(&beside).map_err(unavailable)?;
    lock.lock().map_err(unavailable)?;
    let mut connection = open_for_writing(path)?;
    runner.run(&mut connection).map_err(|error| broken(&error))?;
    connection.close().map_err(|(_, error)| failure(error))
}

/// Makes the file, if there is none, so that only its owner can read it: it holds addresses and the issuer's key.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn broken(error: &refinery::Error) -> StoreError {
    // Its text goes on with the whole migration.
    let text = crate::chain(error);
    let cause = std::io::Error::other(text.lines().next().unwrap_or_default().to_owned());
    StoreError::Unavailable(Some(Arc::new(cause)))
}
