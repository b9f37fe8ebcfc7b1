//! A network that can be disturbed: passes bytes between a port of its own and whoever is behind it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;

/// What the network does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Flows,
    /// Takes bytes and connections, and passes nothing on.
    Stalls,
    /// Resets every new connection.
    Refuses,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    network: Arc<Network>,
}

struct Network {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    mood: Mood,
    behind: Behind,
    lines: Vec<Weak<Line>>,
}

/// Who is behind the network.
#[derive(Clone)]
enum Behind {
    Nobody,
    Socket(PathBuf),
    Port(u16),
}

impl Behind {
    fn connect(&self) -> io::Result<TcpStream> {
        match self {
            Self::Nobody => Err(io::ErrorKind::NotConnected.into()),
            // Reading, writing and closing are the same for every stream.
            Self::Socket(path) => UnixStream::connect(path).map(|stream| OwnedFd::from(stream).into()),
            Self::Port(port) => TcpStream::connect(("127.0.0.1", *port)),
        }
    }
}

/// A connection, both its ends.
struct Line {
    client: TcpStream,
    server: TcpStream,
    is_reset: AtomicBool,
}

impl Proxy {
    /// Listens on loopback for connections to the PostgreSQL whose socket is in `folder`.
    pub(crate) fn to(folder: &Path) -> Self {
        Self::before(Behind::Socket(folder.join(".s.PGSQL.5432")))
    }

    /// Listens on loopback for connections to a server that is not there yet.
    pub(crate) fn to_nowhere() -> Self {
        Self::before(Behind::Nobody)
    }

    /// From now on leads to this port.
    pub(crate) fn lead_to(&self, port: u16) {
        self.network.state().behind = Behind::Port(port);
    }

    fn before(behind: Behind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let state = Mutex::new(State { mood: Mood::Flows, behind, lines: Vec::new() });
        let network = Arc::new(Network { state, changed: Condvar::new() });
        let taken = Arc::clone(&network);
        // Ends with the process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let network = Arc::clone(&taken);
                thread::spawn(move || network.carry(client));
            }
        });
        Self { address, network }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn flow(&self) {
        self.network.be(Mood::Flows);
    }

    pub(crate) fn stall(&self) {
        self.network.be(Mood::Stalls);
    }

    pub(crate) fn refuse(&self) {
        self.network.be(Mood::Refuses);
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.network.state().lines.iter().filter(|line| line.strong_count() > 0).count()
    }

    /// Ends every connection there is, towards the client with a reset; tells how many.
    pub(crate) fn reset(&self) -> usize {
        let lines = std::mem::take(&mut self.network.state().lines);
        let lines: Vec<_> = lines.iter().filter_map(Weak::upgrade).collect();
        for line in &lines {
            line.is_reset.store(true, Ordering::SeqCst);
            abort_on_close(&line.client);
            // Wakes whoever reads. The sockets themselves are closed, and the client's is reset, once nobody has them.
            let _ = line.client.shutdown(Shutdown::Read);
            let _ = line.server.shutdown(Shutdown::Both);
        }
        lines.len()
    }
}

impl Network {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn be(&self, mood: Mood) {
        self.state().mood = mood;
        self.changed.notify_all();
    }

    /// Waits for the end of a stall, and tells what the network does then.
    fn mood(&self) -> Mood {
        let is_stalled = |state: &mut State| state.mood == Mood::Stalls;
        self.changed.wait_while(self.state(), is_stalled).unwrap_or_else(PoisonError::into_inner).mood
    }

    fn carry(self: Arc<Self>, client: TcpStream) {
        let behind = self.state().behind.clone();
        let server = behind.connect();
        let (Mood::Flows, Ok(server)) = (self.mood(), server) else {
            return abort_on_close(&client);
        };
        let line = Arc::new(Line { client, server, is_reset: AtomicBool::new(false) });
        self.state().lines.push(Arc::downgrade(&line));
        let (network, other) = (Arc::clone(&self), Arc::clone(&line));
        thread::spawn(move || {
            network.pass(&other.server, &other.client);
            if !other.is_reset.load(Ordering::SeqCst) {
                let _ = other.client.shutdown(Shutdown::Write);
            }
        });
        self.pass(&line.client, &line.server);
        let _ = line.server.shutdown(Shutdown::Write);
    }

    fn pass(&self, mut from: impl Read, mut to: impl Write) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            self.mood();
            if to.write_all(&buffer[..read]).is_err() {
                return;
            }
        }
        // The end of a connection takes the same way as its bytes.
        self.mood();
    }
}

/// Lets the socket end with a reset instead of a farewell.
fn abort_on_close(socket: &TcpStream) {
    set_socket_linger(socket, Some(Duration::ZERO)).expect("a socket can be told");
}
