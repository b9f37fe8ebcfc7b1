//! The only place where the real clock, the real source of chance and the database are put together.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use guestlist_core::command::AdoptIssuerKey;
use guestlist_core::ids::uuid_v4;
use guestlist_core::ports::{Clock, Entropy};
use guestlist_core::{Settings, Timestamp};
use guestlist_identity::jwt::BuiltInIssuer;
use guestlist_store::Store;

use crate::config::Database;

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
    }
}

/// The operating system's source of chance.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the source that everybody else is given")]
    #[expect(clippy::expect_used, reason = "without chance no token is safe, and no system of today runs out of it")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// Opens the database, making its file or tables if there are none.
pub(crate) async fn open(database: &Database, settings: Settings) -> anyhow::Result<Store> {
    let clock = Arc::new(SystemClock);
    match database {
        Database::Sqlite(path) => Store::open_sqlite(path, clock, settings).with_context(|| {
            format!("the database {database} cannot be opened; check that its folder exists and is yours")
        }),
        Database::Postgres(url) => Store::open_postgres(url, clock, settings).await.with_context(|| {
            format!("the database {database} cannot be opened; check its URL, and that the server runs and lets you in")
        }),
    }
}

/// Opens a database that is there already: a mistyped name shall not make an empty file.
pub(crate) async fn open_existing(database: &Database, settings: Settings) -> anyhow::Result<Store> {
    if let Database::Sqlite(path) = database
        && !path.exists()
    {
        bail!("there is no database {database}; check --database, or make one with `guestlist user add`");
    }
    open(database, settings).await
}

/// The built-in token issuer, with a key made at its first use.
pub(crate) async fn issuer(store: &Store) -> anyhow::Result<BuiltInIssuer> {
    let key = match store.read().issuer_key().await? {
        Some(key) => key,
        None => {
            let key = BuiltInIssuer::generate_key(uuid_v4(&SystemEntropy).to_string())?;
            store.submit(AdoptIssuerKey { key }).await?.0
        }
    };
    BuiltInIssuer::new(&key).context("the stored key of the token issuer is damaged")
}
