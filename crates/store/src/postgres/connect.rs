//! Reaching the server: the URL, its `sslmode`, and the settings that every connection of ours has.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Connect;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{failure, tls};
use crate::error::StoreError;

/// How long it may take to reach the server.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long bytes that were sent may stay unconfirmed before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// Set on every connection. The server gives up a statement a second before we do, so that its word is heard; and a
/// transaction whose node has vanished holds its locks for seconds and not for hours. A commit is durable whatever the
/// server's default says.
const SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '4s';
    SET idle_in_transaction_session_timeout = '10s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Makes connections to one database.
pub(crate) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// Reads a URL as libpq does, `sslmode` and `sslrootcert` included.
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        let (url, ssl) = tls::split(url)?;
        let mut config: Config = url.parse().map_err(|error| {
            // The driver's error names the parameter and never its value.
            let cause: tokio_postgres::Error = error;
            StoreError::Unavailable(Some(Arc::new(cause)))
        })?;
        config
            .application_name("guestlist")
            .connect_timeout(CONNECT_MAX)
            .tcp_user_timeout(SILENCE_MAX)
            .keepalives_idle(SILENCE_MAX)
            .ssl_mode(ssl.mode.for_driver());
        let tls = if ssl.mode.for_driver() == SslMode::Disable { None } else { Some(tls::connector(&ssl)?) };
        Ok(Self { config, tls })
    }

    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    /// A new connection, and the task that drives it.
    pub(super) async fn connect(&self) -> Result<(Client, JoinHandle<()>), StoreError> {
        let connected = tokio::time::timeout(CONNECT_MAX, self.open()).await;
        connected.map_err(|_| StoreError::TimedOut)?.map_err(unreachable)
    }

    async fn open(&self) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        let (client, driver) = match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                (client, tokio::spawn(connection.map(noted)))
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                (client, tokio::spawn(connection.map(noted)))
            }
        };
        client.batch_execute(SESSION).await?;
        Ok((client, driver))
    }
}

/// What it means that there is no connection: without a word of the server itself, that it cannot be reached as asked.
pub(super) fn unreachable(error: tokio_postgres::Error) -> StoreError {
    if error.code().is_none() { StoreError::Unavailable(Some(Arc::new(error))) } else { failure(error) }
}

fn noted(ended: Result<(), tokio_postgres::Error>) {
    if let Err(error) = ended {
        tracing::warn!(error = crate::chain(&error), "a connection to the database was lost");
    }
}

/// For the pool of readers.
pub(super) struct Pooled(pub(super) Arc<Connector>);

impl Connect for Pooled {
    fn connect(&self, _: &Config) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>> {
        self.0.open().boxed()
    }
}
