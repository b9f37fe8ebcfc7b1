//! One keep-alive connection with one request in flight, and the buffer that all its answers share.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http;

/// Far above any expected answer, the longest of which is a page of a hundred groups: an error page should still be readable
/// in our own error.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, borrowed from the connection until its next exchange.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
    pub(crate) closes: bool,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("cannot connect to {address}"))?;
        // A request is one write, so there is nothing to gain from waiting for more.
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; ANSWER_BYTES_MAX] })
    }

    /// Sends one whole request and reads its whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await.context("the server does not take a request; its log says why")?;
        let mut filled = 0;
        let layout = loop {
            ensure!(filled < self.buffer.len(), "an answer is larger than {ANSWER_BYTES_MAX} bytes");
            let read = self.stream.read(&mut self.buffer[filled..]).await.context("cannot read an answer")?;
            ensure!(read > 0, "the server closed a connection before its answer was complete; its log says why");
            filled += read;
            if let Some(layout) = http::locate(&self.buffer[..filled])? {
                break layout;
            }
        };
        ensure!(layout.body.end == filled, "{} bytes follow an answer", filled - layout.body.end);
        Ok(Answer { status: layout.status, body: &self.buffer[layout.body], closes: layout.closes })
    }
}
