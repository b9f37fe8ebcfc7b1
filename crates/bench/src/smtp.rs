//! A mail server that takes everything and keeps nothing, and a client for it. Loopback only, without encryption.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Result, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// About as large as an invitation with text and HTML.
const MAIL_BYTES: usize = 8 * 1024;

/// The running server. Dropping it stops it.
pub(crate) struct Sink {
    address: SocketAddr,
    mails: Arc<AtomicU32>,
    accepting: JoinHandle<()>,
}

impl Sink {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, mails) = (listener.local_addr()?, Arc::<AtomicU32>::default());
        let counted = Arc::clone(&mails);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                // A client that goes away in the middle shows in the number of mails.
                tokio::spawn(async move { _ = converse(stream, &counted).await });
            }
        });
        Ok(Self { address, mails, accepting })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many mails were taken.
    pub(crate) fn mails(&self) -> u32 {
        self.mails.load(Ordering::Relaxed)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn converse(stream: TcpStream, mails: &AtomicU32) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufStream::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    stream.flush().await?;
    let (mut line, mut is_data) = (Vec::new(), false);
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let reply: &[u8] = match (is_data, &line[..]) {
            (true, b".\r\n") => {
                is_data = false;
                mails.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, command) if starts_with(command, b"DATA") => {
                is_data = true;
                b"354 go on\r\n"
            }
            (false, command) if starts_with(command, b"EHLO") => b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            (false, command) if starts_with(command, b"QUIT") => b"221 bye\r\n",
            (false, _) => b"250 fine\r\n",
        };
        stream.write_all(reply).await?;
        stream.flush().await?;
    }
}

fn starts_with(line: &[u8], command: &[u8]) -> bool {
    line.get(..command.len()).is_some_and(|start| start.eq_ignore_ascii_case(command))
}

/// Sends so many mails over one connection.
pub(crate) async fn send(address: SocketAddr, mails: usize) -> Result<()> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufStream::new(stream);
    let mut line = String::new();
    expect(&mut stream, &mut line, "220").await?;
    ask(&mut stream, &mut line, b"EHLO bench\r\n", "250").await?;
    let mut mail = b"Subject: An invitation\r\n\r\n".to_vec();
    while mail.len() < MAIL_BYTES {
        mail.extend_from_slice(b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
    }
    mail.extend_from_slice(b".\r\n");
    for _ in 0..mails {
        ask(&mut stream, &mut line, b"MAIL FROM:<invitations@example.org>\r\n", "250").await?;
        ask(&mut stream, &mut line, b"RCPT TO:<somebody@example.org>\r\n", "250").await?;
        ask(&mut stream, &mut line, b"DATA\r\n", "354").await?;
        ask(&mut stream, &mut line, &mail, "250").await?;
    }
    Ok(())
}

async fn ask(stream: &mut BufStream<TcpStream>, line: &mut String, say: &[u8], wanted: &str) -> Result<()> {
    stream.write_all(say).await?;
    stream.flush().await?;
    expect(stream, line, wanted).await
}

/// Reads a whole reply, however many lines it has.
async fn expect(stream: &mut BufStream<TcpStream>, line: &mut String, wanted: &str) -> Result<()> {
    loop {
        line.clear();
        stream.read_line(line).await?;
        ensure!(line.starts_with(wanted), "the sink said {line:?}");
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whatever_is_sent_is_counted() {
        let sink = Sink::start().await.unwrap();
        send(sink.address(), 3).await.unwrap();
        send(sink.address(), 0).await.unwrap();
        assert_eq!(sink.mails(), 3);
    }
}
