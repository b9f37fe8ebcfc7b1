//! The first ceiling: a web server that reads an invitation's bytes and answers success without doing anything.
//!
//! It is its own process, as guestlist is, and uses the same framework, so what remains between the two rates is
//! what guestlist does for a request.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, put};
use axum::serve::ListenerExt as _;

/// Serves until the process is killed.
pub(crate) fn serve(listen: SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        let listener = listener.tap_io(|stream| {
            // Without it answers are only slower, and the measurement shows that.
            let _ = stream.set_nodelay(true);
        });
        let routes = Router::new()
            .route("/v1/groups/{group}/inviteUser", put(answer_invitation))
            .route("/auth/v1/groups/{group}/inviteUser", put(answer_invitation))
            .route("/healthz", get(async || "ok"));
        axum::serve(listener, routes).await.context("the bare server stopped")
    })
}

async fn answer_invitation(_body: Bytes) -> ([(HeaderName, &'static str); 1], &'static [u8]) {
    ([(CONTENT_TYPE, "application/json")], crate::invite::INVITED)
}
