//! A PostgreSQL for tests: databases in the throwaway cluster that `scripts/with-postgres` starts.

use std::sync::atomic::{AtomicU32, Ordering};

/// Makes an empty database and returns its URL.
///
/// # Panics
///
/// If there is no cluster. A test that needs PostgreSQL is never skipped.
#[must_use]
pub fn new_database() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let cluster = std::env::var("GUESTLIST_TEST_POSTGRES");
    let cluster = cluster.expect("this test needs PostgreSQL; run it as `scripts/with-postgres cargo test …`");
    let name = format!("test_{}_{}", std::process::id(), LAST.fetch_add(1, Ordering::SeqCst));
    let url = |database: &str| cluster.replacen("/postgres?", &format!("/{database}?"), 1);
    let create = std::process::Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--command", &format!("CREATE DATABASE {name}"), &cluster])
        .output()
        .expect("psql comes with PostgreSQL");
    assert!(create.status.success(), "{}", String::from_utf8_lossy(&create.stderr));
    url(&name)
}
