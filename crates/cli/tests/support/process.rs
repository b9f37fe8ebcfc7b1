//! The binary as a process: run to its end, or kept running while what it prints is collected.

use std::io::Read;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::http::Connection;

/// Within which anything that is waited for has to happen, on a slow and busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at something that cannot be waited for.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// Runs a command to its end.
    pub(crate) fn of(mut command: Command) -> Self {
        let output = command.output().expect("the binary starts");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("output is text"),
            stderr: String::from_utf8(output.stderr).expect("errors are text"),
        }
    }

    /// Makes sure that the command did what it was asked, without a word besides.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self
    }
}

/// What a process has printed so far.
#[derive(Default)]
struct Stream {
    printed: Mutex<Printed>,
    changed: Condvar,
}

#[derive(Default)]
struct Printed {
    text: String,
    is_over: bool,
}

impl Stream {
    fn drain(mut from: impl Read + Send + 'static) -> Arc<Self> {
        let stream = Arc::new(Self::default());
        let filled = Arc::clone(&stream);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut bytes = Vec::new();
            loop {
                let read = from.read(&mut buffer).unwrap_or(0);
                bytes.extend_from_slice(&buffer[..read]);
                let mut printed = filled.printed.lock().unwrap_or_else(PoisonError::into_inner);
                printed.text = String::from_utf8_lossy(&bytes).into_owned();
                printed.is_over = read == 0;
                filled.changed.notify_all();
                if printed.is_over {
                    return;
                }
            }
        });
        stream
    }

    /// Waits until `find` finds something in the text; `None` if the text ends before, or it takes too long.
    fn wait<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let found = find(&printed.text);
            if found.is_some() {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if printed.is_over || left.is_zero() {
                return None;
            }
            printed = self.changed.wait_timeout(printed, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Everything so far.
    fn text(&self) -> String {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).text.clone()
    }

    /// Everything, once the process is gone.
    fn whole(&self) -> String {
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        while !printed.is_over {
            printed = self.changed.wait(printed).unwrap_or_else(PoisonError::into_inner);
        }
        printed.text.clone()
    }
}

/// A running process, killed on drop.
pub(crate) struct Process {
    child: Child,
    stdout: Arc<Stream>,
    stderr: Arc<Stream>,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let stdout = Stream::drain(child.stdout.take().expect("it is piped"));
        let stderr = Stream::drain(child.stderr.take().expect("it is piped"));
        Self { child, stdout, stderr }
    }

    #[track_caller]
    pub(crate) fn wait_for_output<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        self.stdout.wait(find).unwrap_or_else(|| self.lament(what))
    }

    #[track_caller]
    pub(crate) fn wait_for_log<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        self.stderr.wait(find).unwrap_or_else(|| self.lament(what))
    }

    #[track_caller]
    fn lament(&self, what: &str) -> ! {
        panic!("there is no {what}; the process printed {:?} and said {:?}", self.stdout.text(), self.stderr.text())
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.stderr.text()
    }

    /// `kill -9`: nothing is finished, nothing is closed.
    pub(crate) fn kill(mut self) {
        self.end_at_once();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process has an id");
        rustix::process::kill_process(id, signal).expect("the process is there");
    }

    /// Waits for the process to end by itself.
    #[track_caller]
    pub(crate) fn wait_for_end(mut self, within: Duration) -> Finished {
        let deadline = Instant::now() + within;
        let status: ExitStatus = loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                break status;
            }
            assert!(Instant::now() < deadline, "the process is still there after {within:?}");
            thread::sleep(LOOK_EVERY);
        };
        Finished { code: status.code(), stdout: self.stdout.whole(), stderr: self.stderr.whole() }
    }

    fn end_at_once(&mut self) {
        // Both fail only if the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end_at_once();
    }
}

/// A server that listens.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Waits until `process` says in its log where it listens.
    #[track_caller]
    pub(crate) fn of(process: Process) -> Self {
        let address = process.wait_for_log("address", |log| address_in(log, "listening on http://"));
        Self { process, address }
    }

    #[track_caller]
    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    #[track_caller]
    pub(crate) fn assert_alive(&self) {
        let answer = self.connect().get("/healthz", &[]);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    }
}

/// The address after `words`, once its line is complete.
pub(crate) fn address_in(text: &str, words: &str) -> Option<SocketAddr> {
    let (_, rest) = text.split_once(words)?;
    let (line, _) = rest.split_once('\n')?;
    line.split_whitespace().next()?.parse().ok()
}
