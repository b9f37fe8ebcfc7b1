//! A measured server as a child process: started, waited for, and killed whatever happens to us.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::connection::Connection;
use crate::http;

/// How long a server may take from its start to its first healthy answer.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Between two looks at a server that is not ready yet.
const POLL_EVERY: Duration = Duration::from_millis(10);

/// A loopback address that is free now. Another process may take it before the server does; then the server says so
/// and the run ends.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?)
}

/// A running server. Dropping it kills the process and waits for its end.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts `command`, which is to listen on `address`, and waits until it answers `GET /healthz` with 200.
    ///
    /// Its log goes where ours goes; its standard output is not for our readers.
    pub(crate) async fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.spawn().with_context(|| format!("cannot start {program}"))?;
        let mut server = Self { child, address };
        server.ready().await.with_context(|| format!("{program} does not serve on {address}"))?;
        Ok(server)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The most memory that it has had, in MiB, as the kernel counts it. Linux only.
    pub(crate) fn peak_mebibytes(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")).and_then(|text| text.trim().parse().ok());
        kibibytes.map(|kibibytes: u64| kibibytes / 1024).with_context(|| format!("{path} has no VmHWM"))
    }

    async fn ready(&mut self) -> Result<()> {
        let mut not_ready = anyhow::anyhow!("it was never asked");
        let polling = async {
            let mut polls = tokio::time::interval(POLL_EVERY);
            loop {
                polls.tick().await;
                if let Some(status) = self.child.try_wait()? {
                    bail!("it ended with {status}; its last words are above");
                }
                match ask_health(self.address).await {
                    Ok(()) => return Ok(()),
                    Err(error) => not_ready = error,
                }
            }
        };
        match tokio::time::timeout(READY_WITHIN, polling).await {
            Ok(polled) => polled,
            Err(_) => Err(not_ready.context(format!("it was not healthy within {READY_WITHIN:?}"))),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn ask_health(address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.exchange(&http::get("/healthz", address)).await?;
    if answer.status != 200 {
        bail!("GET /healthz: status {} and the body {:?}", answer.status, String::from_utf8_lossy(answer.body));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_ends_at_once_is_not_waited_for() {
        let test_binary = std::env::current_exe().unwrap();
        let mut command = Command::new(test_binary);
        command.arg("--list").stderr(Stdio::null());
        let error = Server::start(command, free_address().unwrap()).await.err().unwrap();
        assert!(format!("{error:#}").contains("it ended with"), "{error:#}");
    }
}
