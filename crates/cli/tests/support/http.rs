//! A small HTTP/1.1 client that blocks, and hides nothing: what is sent, and when, is up to the test.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use super::process::PATIENCE;

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    /// What was read, but belongs to the next answer.
    left: Vec<u8>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

/// A request in bytes.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Vec<u8> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let framing = body.map(|body| format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    let (framing, body) = (framing.unwrap_or_default(), body.unwrap_or_default());
    format!("{method} {path} HTTP/1.1\r\nhost: guestlist.test\r\n{headers}{framing}\r\n{body}").into_bytes()
}

impl Connection {
    #[track_caller]
    pub(crate) fn open(address: SocketAddr) -> Self {
        Self::try_open(address).unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    pub(crate) fn try_open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, left: Vec::new() })
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads one answer to a request that may have a body in its answer.
    pub(crate) fn receive(&mut self) -> io::Result<Answer> {
        let head_end = loop {
            if let Some(at) = self.left.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more()?;
        };
        let head: Vec<u8> = self.left.drain(..head_end).collect();
        let mut answer = Answer::parse_head(&head)?;
        let length = answer.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        while self.left.len() < length {
            self.read_more()?;
        }
        let body: Vec<u8> = self.left.drain(..length).collect();
        answer.body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(answer)
    }

    /// Reads the next part of the body of an answer that has no length (RFC 9112, 7.1); `None` at its end.
    pub(crate) fn receive_part(&mut self) -> io::Result<Option<String>> {
        let line_end = loop {
            if let Some(at) = self.left.windows(2).position(|window| window == b"\r\n") {
                break at;
            }
            self.read_more()?;
        };
        let length = str::from_utf8(&self.left[..line_end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let length = length.ok_or_else(|| io::Error::other("a part has no length"))?;
        while self.left.len() < line_end + 2 + length + 2 {
            self.read_more()?;
        }
        let part: Vec<u8> = self.left.drain(..line_end + 2 + length + 2).skip(line_end + 2).take(length).collect();
        if length == 0 { Ok(None) } else { String::from_utf8(part).map(Some).map_err(io::Error::other) }
    }

    fn read_more(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.left.extend_from_slice(&buffer[..read]);
                Ok(())
            }
        }
    }

    /// Reads until the server closes, and gives what came. A reset counts as closing.
    pub(crate) fn read_to_close(mut self) -> io::Result<String> {
        loop {
            match self.read_more() {
                Ok(()) => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                    return Ok(String::from_utf8_lossy(&self.left).into_owned());
                }
                Err(error) => return Err(error),
            }
        }
    }

    #[track_caller]
    pub(crate) fn exchange(&mut self, bytes: &[u8]) -> Answer {
        let answer = self.send(bytes).and_then(|()| self.receive());
        answer.unwrap_or_else(|error| panic!("{error} instead of an answer to {:?}", String::from_utf8_lossy(bytes)))
    }

    #[track_caller]
    pub(crate) fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.exchange(&request("GET", path, headers, None))
    }

    #[track_caller]
    pub(crate) fn put(&mut self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.exchange(&request("PUT", path, headers, Some(body)))
    }

    #[track_caller]
    pub(crate) fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.exchange(&request("POST", path, headers, Some(body)))
    }
}

impl Answer {
    fn parse_head(head: &[u8]) -> io::Result<Self> {
        let head = str::from_utf8(head).map_err(io::Error::other)?.to_owned();
        let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status in {head:?}")))?;
        Ok(Self { status, head, body: String::new() })
    }

    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body, of an answer that has to have this status.
    #[track_caller]
    pub(crate) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}
