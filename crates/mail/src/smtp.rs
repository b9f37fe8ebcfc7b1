//! Giving mail to a mail server (RFC 5321, 6409).

mod lanes;
mod url;

use std::error::Error as _;
use std::time::Duration;

use guestlist_core::mail::Reply;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use self::lanes::Lanes;
pub use self::url::{SmtpUrl, SmtpUrlError};
use crate::message::Message;
use crate::transport::Undelivered;

/// How long the steps of sending may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Connecting, and asking whether the server can be used.
    pub step: Duration,
    /// All of one mail: a server may look at it for long before it takes it.
    pub mail: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { step: Duration::from_mins(1), mail: Duration::from_mins(2) }
    }
}

/// How long an unused connection is kept. Servers close them after some minutes, and a mail that meets a closed one is only
/// tried again later.
const IDLE: Duration = Duration::from_secs(20);

/// A mail server, and connections to it.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    deadlines: Deadlines,
    lanes: Lanes,
}

impl Smtp {
    /// Uses the server that `url` names, over `connections` at the most. Nobody is asked yet.
    pub fn new(url: &SmtpUrl, connections: u32, deadlines: Deadlines) -> Result<Self, SmtpUrlError> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(url.host())
            .port(url.port())
            .tls(tls(url)?)
            .timeout(Some(deadlines.step))
            .pool_config(PoolConfig::new().max_size(connections).idle_timeout(IDLE));
        if let Some(credentials) = url.credentials() {
            builder = builder.credentials(credentials);
        }
        Ok(Self { transport: builder.build(), deadlines, lanes: Lanes::default() })
    }

    /// Gives a mail to the server. At most four at a time go to one domain.
    pub(crate) async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        let _lane = self.lanes.of(message.domain()).await;
        let sent =
            tokio::time::timeout(self.deadlines.mail, self.transport.send_raw(&message.envelope, &message.bytes));
        let error = match sent.await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => {
                let reply = Reply::of("the mail server took too long");
                let is_usable = self.is_usable().await;
                return Err(if is_usable { Undelivered::Temporary(reply) } else { Undelivered::Unreachable(reply) });
            }
        };
        let reply = Reply::of(&text(&error));
        // Whatever the server says of an address is about this mail.
        if error.is_permanent() && reply.is_of_dead_address() {
            return Err(Undelivered::DeadAddress(reply));
        }
        // A wrong password, or a server that has nothing for us, says no as well.
        if !self.is_usable().await {
            return Err(Undelivered::Unreachable(reply));
        }
        Err(if error.is_permanent() || error.is_client() {
            Undelivered::Permanent(reply)
        } else {
            Undelivered::Temporary(reply)
        })
    }

    async fn is_usable(&self) -> bool {
        let asked = tokio::time::timeout(self.deadlines.step, self.transport.test_connection()).await;
        matches!(asked, Ok(Ok(true)))
    }
}

fn tls(url: &SmtpUrl) -> Result<Tls, SmtpUrlError> {
    if !url.is_encrypted() {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(url.host().to_owned());
    for pem in url.roots()? {
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|_| SmtpUrlError::RootCert)?);
    }
    let parameters = parameters.build_rustls().map_err(|_| SmtpUrlError::Tls)?;
    Ok(if url.is_wrapped() { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

/// What the server said, with its code; or what went wrong before it could say anything.
fn text(error: &Error) -> String {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => format!("{code} {said}"),
        None if said.is_empty() => error.to_string(),
        None => said,
    }
}
