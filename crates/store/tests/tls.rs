//! What each `sslmode` accepts and refuses, against servers with and without TLS. A server of ours knows two databases:
//! one that it opens to encrypted connections only, and one to plain ones only.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use guestlist_core::Settings;
use guestlist_store::{Store, StoreError, chain};
use guestlist_testing::{FakeClock, certificates};
use tempfile::TempDir;

/// Nobody is asked for a password, but each database has its own kind of connection.
const ACCESS: &str = "
    local     all       all              trust
    hostssl   encrypted all 127.0.0.1/32 trust
    hostnossl plain     all 127.0.0.1/32 trust
";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    /// With a certificate for `localhost` by an authority that the system does not know.
    On,
    Off,
}

/// A throwaway PostgreSQL on a port of the loopback interface. Dropping it stops it.
struct Server {
    folder: TempDir,
    port: u16,
}

impl Server {
    fn start(tls: Tls) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificates::make(folder.path());
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(folder.path()));
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };

        let data = server.path("data");
        let made = ["--username=guestlist", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"];
        server.run(&program("initdb"), &[&made[..], &[&data]].concat());
        fs::write(server.path("data/pg_hba.conf"), ACCESS).unwrap();
        let ssl = if tls == Tls::On { "on" } else { "off" };
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off -c ssl={ssl} \
             -c ssl_cert_file={} -c ssl_key_file={}",
            server.path(""),
            server.path("server.pem"),
            server.path("server.key"),
        );
        let log = server.path("log");
        let start = ["--pgdata", &data, "--log", &log, "--options", &settings, "--wait", "start"];
        server.run(&program("pg_ctl"), &start);
        for database in ["encrypted", "plain"] {
            let (port, create) = (port.to_string(), format!("CREATE DATABASE {database}"));
            let socket = ["--host", &server.path(""), "--port", &port, "--username", "guestlist", "postgres"];
            server.run("psql", &[&["--quiet", "--no-psqlrc", "--command", &create], &socket[..]].concat());
        }
        server
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs a program as whom the server's files belong to: PostgreSQL refuses to run as root.
    fn run(&self, program: &str, args: &[&str]) {
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
        if is_root() {
            command.args(["-u", "postgres", "--", program]);
        }
        run(command.args(args).current_dir(self.folder.path()));
    }

    /// Opens a database under the name `host`, with `parameters` at the end of its URL.
    async fn open(&self, host: &str, database: &str, parameters: &str) -> Result<Store, StoreError> {
        let url = format!("postgres://guestlist@{host}:{}/{database}?{parameters}", self.port);
        Store::open_postgres(&url, Arc::new(FakeClock::default()), Settings::default()).await
    }

    async fn check_opens(&self, host: &str, database: &str, parameters: &str) {
        let opened = self.open(host, database, parameters).await;
        let store = opened.unwrap_or_else(|error| panic!("{database} at {host}, {parameters}: {}", chain(&error)));
        store.ping().await.unwrap();
    }

    /// Opening says that the database is not available, and `why`.
    async fn check_refused(&self, host: &str, database: &str, parameters: &str, why: &str) {
        match self.open(host, database, parameters).await {
            Err(error @ StoreError::Unavailable(Some(_))) if chain(&error).contains(why) => {}
            Err(other) => panic!("{database} at {host}, {parameters}: {other:?}"),
            Ok(_) => panic!("{database} at {host}, {parameters}: it was opened"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that did not start cannot be stopped either.
        let data = self.path("data");
        let stop = ["--pgdata", &data, "--mode", "immediate", "--silent", "stop"];
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.run(&program("pg_ctl"), &stop)));
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// Runs a command to its end, which must be a good one. Its output goes to a file, since a server that it leaves behind
/// would keep a pipe open.
fn run(command: &mut Command) {
    let mut output = tempfile::tempfile().unwrap();
    command.stdout(output.try_clone().unwrap()).stderr(output.try_clone().unwrap());
    let status = command.status().unwrap();
    if !status.success() {
        let mut text = String::new();
        std::io::Seek::rewind(&mut output).unwrap();
        std::io::Read::read_to_string(&mut output, &mut text).unwrap();
        panic!("{command:?} ended with {status}: {text}");
    }
}

/// Debian keeps the server's programs out of the PATH.
fn program(name: &str) -> String {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let programs = versions.map(|version| version.unwrap().path().join("bin").join(name));
    let newest: Option<PathBuf> = programs.filter(|program| program.exists()).max();
    newest.as_deref().and_then(Path::to_str).unwrap_or(name).to_owned()
}

#[tokio::test]
async fn against_a_server_with_tls_each_mode_checks_what_it_says() {
    let server = Server::start(Tls::On);
    let trusting = |mode: &str| format!("sslmode={mode}&sslrootcert={}", server.path("authority.pem"));
    let mistrusting = |mode: &str| format!("sslmode={mode}&sslrootcert={}", server.path("stranger.pem"));

    server.check_opens("localhost", "plain", "sslmode=disable").await;
    server.check_refused("localhost", "encrypted", "sslmode=disable", "no encryption").await;
    for unchecked in ["", "sslmode=prefer", "sslmode=require"] {
        server.check_opens("localhost", "encrypted", unchecked).await;
        server.check_opens("127.0.0.1", "encrypted", unchecked).await;
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        server.check_opens("localhost", "encrypted", &trusting(mode)).await;
        server.check_refused("localhost", "encrypted", &mistrusting(mode), "UnknownIssuer").await;
    }
    for mode in ["require", "verify-ca"] {
        server.check_opens("127.0.0.1", "encrypted", &trusting(mode)).await;
    }
    server.check_refused("127.0.0.1", "encrypted", &trusting("verify-full"), "not valid for name").await;
    for mode in ["sslmode=verify-ca", "sslmode=verify-full"] {
        server.check_refused("localhost", "encrypted", mode, "UnknownIssuer").await;
    }
    server.check_refused("localhost", "encrypted", "sslmode=verify-full&sslrootcert=/nowhere.pem", "sslrootcert").await;
}

#[tokio::test]
async fn against_a_server_without_tls_a_connection_is_plain_only_where_that_is_allowed() {
    let server = Server::start(Tls::Off);
    for mode in ["", "sslmode=disable", "sslmode=prefer"] {
        server.check_opens("localhost", "plain", mode).await;
    }
    let authority = server.path("authority.pem");
    for mode in ["require", "verify-ca", "verify-full"] {
        let parameters = format!("sslmode={mode}&sslrootcert={authority}");
        let refused = server.open("localhost", "plain", &parameters).await.err().unwrap();
        assert!(matches!(refused, StoreError::Unavailable(Some(_))), "{mode}: {refused:?}");
        assert!(chain(&refused).contains("does not support TLS"), "{mode}: {}", chain(&refused));
    }
}
