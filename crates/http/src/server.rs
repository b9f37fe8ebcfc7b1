//! The listener: takes connections, bounds them, and stops without dropping anything that was accepted.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

use crate::slashes::Forgiving;

/// Connections at the same time. Further ones wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 10_000;

/// What a connection may hold in memory of what its client sends, in bytes; so also the longest head of a request.
const BUFFER_BYTES_MAX: usize = 32 * 1024;

/// How long a client may take to send the head of a request, and how long an idle connection stays open.
const HEAD_MAX: Duration = Duration::from_secs(30);

/// How long a client may leave what is sent to it untouched. Whoever does not read their answer loses the connection, and
/// comes back.
const UNREAD_MAX: Duration = Duration::from_secs(30);

/// How long requests under way may go on once the server is to stop.
const DRAIN_MAX: Duration = Duration::from_secs(35);

/// How long connections stay open for requests that were on their way when the server was told to stop.
const GRACE: Duration = Duration::from_millis(250);

/// How long to wait before trying again when the system has no more connections to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is done. Then takes no new connection, answers every request that had been sent, and returns.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let server = Server::new(router);
    let mut stop = std::pin::pin!(stop);

    loop {
        let accepted = async {
            // The semaphore is never closed, so a slot always comes.
            let slot = Arc::clone(&server.slots).acquire_owned().await.ok();
            (listener.accept().await, slot)
        };
        let (accepted, slot) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => server.attend(stream, peer, slot),
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    server.is_stopping.store(true, Ordering::Relaxed);
    server.attend_waiting(listener);
    tokio::time::sleep(GRACE).await;
    if tokio::time::timeout(DRAIN_MAX, server.connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running when the time to stop was over");
    }
}

struct Server {
    routes: Forgiving,
    protocol: http1::Builder,
    connections: GracefulShutdown,
    slots: Arc<Semaphore>,
    is_stopping: Arc<AtomicBool>,
}

impl Server {
    fn new(router: Router) -> Self {
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX).max_buf_size(BUFFER_BYTES_MAX);
        Self {
            routes: Forgiving(router),
            protocol,
            connections: GracefulShutdown::new(),
            slots: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            is_stopping: Arc::default(),
        }
    }

    /// Takes the clients whom the system has connected already, and then no more.
    fn attend_waiting(&self, listener: TcpListener) {
        // Not through the runtime, which does not ask the system again before it is told that somebody waits.
        let Ok(listener) = listener.into_std() else { return };
        while let Ok((stream, peer)) = listener.accept() {
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            match stream {
                Ok(stream) => self.attend(stream, peer, None),
                Err(error) => tracing::debug!(error = %error, "a connection went away at once"),
            }
        }
    }

    /// Serves a connection on a task of its own, for as long as it is open.
    fn attend(&self, stream: TcpStream, peer: SocketAddr, slot: Option<OwnedSemaphorePermit>) {
        // Answers are written whole, so waiting for more to send would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %error, "a connection went away at once");
            return;
        }
        let service = Incoming { routes: self.routes.clone(), peer, is_stopping: Arc::clone(&self.is_stopping) };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(UNREAD_MAX));
        let stream = TokioIo::new(Box::pin(stream));
        let connection = self.protocol.serve_connection(stream, TowerToHyperService::new(service));
        let connection = self.connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection ended badly");
            }
            drop(slot);
        });
    }
}

/// The routes for one connection: turns its body type into theirs, and ends it after the answer once the server is to
/// stop.
#[derive(Clone)]
struct Incoming {
    routes: Forgiving,
    peer: SocketAddr,
    is_stopping: Arc<AtomicBool>,
}

impl Service<hyper::Request<hyper::body::Incoming>> for Incoming {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.routes, context)
    }

    fn call(&mut self, request: hyper::Request<hyper::body::Incoming>) -> Self::Future {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answer = self.routes.call(request);
        let is_stopping = Arc::clone(&self.is_stopping);
        Box::pin(async move {
            let mut response = answer.await?;
            if is_stopping.load(Ordering::Relaxed) {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        })
    }
}
