//! PostgreSQL for tests that ask it questions, or do to it what no other test would survive.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

use super::process::{LOOK_EVERY, PATIENCE};

/// What `statement` returns, as `psql` prints it: a line per row, columns separated by `|`.
#[track_caller]
pub(crate) fn ask(url: &str, statement: &str) -> String {
    let psql =
        Command::new("psql").args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, url]).output();
    let output = psql.expect("psql comes with PostgreSQL");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text").trim_end().to_owned()
}

/// The folder with the socket of the server that `url` names.
pub(crate) fn socket_folder(url: &str) -> PathBuf {
    let (_, rest) = url.split_once("host=").expect("tests reach PostgreSQL by a socket");
    rest.split('&').next().unwrap_or_default().into()
}

/// The same database by way of a port of ours.
pub(crate) fn url_through(url: &str, port: u16) -> String {
    let (_, rest) = url.split_once(":///").expect("tests reach PostgreSQL by a socket");
    let (database, _) = rest.split_once('?').expect("tests reach PostgreSQL by a socket");
    format!("postgres://guestlist@127.0.0.1:{port}/{database}?sslmode=disable")
}

/// A throwaway cluster of the test's own that keeps what it has promised, to be killed and started again. It listens on
/// a socket in its folder.
pub(crate) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
}

impl Cluster {
    #[track_caller]
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        if getuid().is_root() {
            let chown = Command::new("chown").arg("postgres").arg(folder.path()).status();
            assert!(chown.is_ok_and(|status| status.success()), "there is no user postgres; install PostgreSQL");
        }
        let cluster = Self { folder, programs: programs() };
        let data = cluster.data();
        let initdb = ["--username", "guestlist", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"];
        let made = cluster.program("initdb").arg("--pgdata").arg(data).args(initdb).output();
        let made = made.expect("initdb can be run");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        assert!(cluster.try_start(), "PostgreSQL did not start: {}", cluster.log());
        cluster
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=guestlist", self.folder.path().display())
    }

    /// `kill -9` for the server with all its processes: nothing is finished, nothing is written.
    #[track_caller]
    pub(crate) fn kill(&self) {
        let postmaster = self.postmaster().expect("it runs");
        let children = format!("/proc/{postmaster}/task/{postmaster}/children");
        let children = std::fs::read_to_string(children).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        for id in std::iter::once(postmaster).chain(children) {
            // A process that is gone already is what is wanted.
            let _ = Pid::from_raw(id).map(|id| kill_process(id, Signal::KILL));
        }
    }

    /// Starts the server again after [`Self::kill`], and returns once it takes connections.
    #[track_caller]
    pub(crate) fn restart(&self) {
        let deadline = Instant::now() + PATIENCE;
        // It does not start while a process of the one before is still about to end.
        while !self.try_start() {
            assert!(Instant::now() < deadline, "PostgreSQL did not start again: {}", self.log());
            thread::sleep(LOOK_EVERY);
        }
    }

    fn try_start(&self) -> bool {
        let folder = self.folder.path().display();
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=100 -c shared_buffers=32MB
             -c fsync=on -c synchronous_commit=on -c full_page_writes=on"
        );
        let mut start = self.program("pg_ctl");
        start.arg("--pgdata").arg(self.data()).arg("--log").arg(self.data().join("log"));
        start.args(["--options", &settings, "--wait", "--silent", "start"]);
        // No pipes: the server would hold them open.
        start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        start.status().is_ok_and(|status| status.success())
    }

    fn postmaster(&self) -> Option<i32> {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("log")).unwrap_or_default()
    }

    /// A program of the server, as somebody who may run it: PostgreSQL refuses root.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if getuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.arg("--pgdata").arg(self.data()).args(["--mode", "immediate", "--silent", "stop"]);
        // It fails if the server is gone already.
        let _ = stop.output();
    }
}

/// Where the server's programs are: in the `PATH`, or where Debian keeps them.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_initdb = |folder: &PathBuf| folder.join("initdb").is_file();
    if let Some(folder) = std::env::split_paths(&path).find(has_initdb) {
        return folder;
    }
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten().flatten();
    let newest = versions.map(|version| version.path().join("bin")).filter(has_initdb).max_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        version.and_then(|version| version.parse::<u32>().ok())
    });
    newest.expect("PostgreSQL is missing; install it, on Debian: apt-get install postgresql")
}
