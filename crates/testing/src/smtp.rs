//! A real mail server for tests: aiosmtpd, which `scripts/client-tools` installs.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a test waits for something that shall happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail server on loopback. What it does with a mail follows from whom it goes to, see `smtp/server.py`. Dropping it
/// stops it.
pub struct MailServer {
    process: Child,
    happenings: Receiver<Value>,
    /// Its port.
    pub port: u16,
}

impl MailServer {
    /// Starts one. `target` is the folder that Cargo gives to tests, `CARGO_TARGET_TMPDIR`; `args` are those of the script.
    #[must_use]
    pub fn start(target: &str, args: &[&str]) -> Self {
        let tools = Path::new(target).join("client-tools");
        assert!(tools.join("installed").exists(), "this test needs a mail server; run scripts/client-tools first");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("smtp/server.py");
        let mut command = Command::new(tools.join("venv/bin/python"));
        command.arg(script).args(args).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("there is a Python");
        let stdout = process.stdout.take().expect("it is piped");
        let (sender, happenings) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let happening = serde_json::from_str(&line).expect("the script prints JSON");
                if sender.send(happening).is_err() {
                    return;
                }
            }
        });
        let mut server = Self { process, happenings, port: 0 };
        let listening = server.next();
        assert_eq!(listening["what"], "listening", "{listening}");
        server.port = u16::try_from(listening["port"].as_u64().expect("a port")).expect("a port");
        server
    }

    /// The next thing that happens.
    #[must_use]
    #[track_caller]
    pub fn next(&self) -> Value {
        self.happenings.recv_timeout(PATIENCE).expect("something happens at the mail server")
    }

    /// What happened and was not asked for yet.
    #[must_use]
    pub fn rest(&self) -> Vec<Value> {
        self.happenings.try_iter().collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until `is_so`, or fails saying that it waited for `what`.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < end, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
