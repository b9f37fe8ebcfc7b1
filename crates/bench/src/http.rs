//! The little HTTP/1.1 that a load generator speaks: request bytes made once, answers located without copying.
//!
//! It knows only what a measured server is expected to say: a status line, headers with one `content-length`, a body.
//! Chunks, interim answers and other versions are errors, so that a surprise cannot pass for a fast answer.

use std::net::SocketAddr;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

/// Fixed, so that neither the length of a body nor its `content-length` depends on the number in it.
const NUMBER_DIGITS: usize = 12;

/// A request with a number in its body that can be set without formatting the rest again.
#[derive(Clone)]
pub(crate) struct NumberedRequest {
    bytes: Vec<u8>,
    number: Range<usize>,
}

impl NumberedRequest {
    /// A `PUT` of JSON whose body is `before`, a number of twelve digits, `after`.
    pub(crate) fn put_json(path: &str, host: SocketAddr, headers: &[(&str, &str)], before: &str, after: &str) -> Self {
        let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = headers.concat();
        let body_bytes = before.len() + NUMBER_DIGITS + after.len();
        let mut bytes = format!(
            "PUT {path} HTTP/1.1\r\nhost: {host}\r\n{headers}content-type: application/json\r\n\
             content-length: {body_bytes}\r\n\r\n{before}"
        )
        .into_bytes();
        let number = bytes.len()..bytes.len() + NUMBER_DIGITS;
        bytes.extend_from_slice(&[b'0'; NUMBER_DIGITS]);
        bytes.extend_from_slice(after.as_bytes());
        Self { bytes, number }
    }

    /// The bytes to send for `number`, which must be below 10^12: no run of this program comes near it.
    pub(crate) fn numbered(&mut self, mut number: u64) -> &[u8] {
        const DIGITS: &[u8; 10] = b"0123456789";
        for digit in self.bytes[self.number.clone()].iter_mut().rev() {
            *digit = DIGITS[(number % 10) as usize];
            number /= 10;
        }
        &self.bytes
    }
}

/// A `GET` without a body.
pub(crate) fn get(path: &str, host: SocketAddr) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes()
}

/// Where the parts of an answer lie in the bytes read so far.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) status: u16,
    pub(crate) body: Range<usize>,
    /// The server will close the connection after this answer.
    pub(crate) closes: bool,
}

/// Locates the answer at the beginning of `bytes`; `None` while it is incomplete.
pub(crate) fn locate(bytes: &[u8]) -> Result<Option<Layout>> {
    let Some(head_end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = str::from_utf8(&bytes[..head_end]).context("an answer's head is not text")?;
    let mut lines = head.split("\r\n");
    let status = parse_status(lines.next().unwrap_or_default())?;

    let mut body_bytes = None;
    let mut closes = false;
    for line in lines {
        let (name, value) = line.split_once(':').with_context(|| format!("not a header line: {line:?}"))?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            ensure!(body_bytes.is_none(), "an answer has two content-length headers");
            body_bytes = Some(parse_length(value)?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("an answer has transfer-encoding {value:?}; only content-length is understood here");
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    let body_bytes = body_bytes.with_context(|| format!("an answer with status {status} has no content-length"))?;

    let body_start = head_end + 4;
    if bytes.len() - body_start < body_bytes {
        return Ok(None);
    }
    Ok(Some(Layout { status, body: body_start..body_start + body_bytes, closes }))
}

fn parse_status(line: &str) -> Result<u16> {
    let rest = line.strip_prefix("HTTP/1.1 ").with_context(|| format!("not a status line of HTTP/1.1: {line:?}"))?;
    let digits = rest.split(' ').next().unwrap_or_default();
    let status = digits.parse().ok().filter(|_| digits.len() == 3);
    let status: u16 = status.with_context(|| format!("not a status of three digits: {line:?}"))?;
    ensure!(status >= 200, "an interim answer that nobody asked for: {line:?}");
    Ok(status)
}

fn parse_length(value: &str) -> Result<usize> {
    // `parse` alone would take a plus sign.
    let length = if value.starts_with(|first: char| first.is_ascii_digit()) { value.parse().ok() } else { None };
    length.with_context(|| format!("not a content-length: {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\ntrue";

    fn refusal(bytes: &[u8]) -> String {
        locate(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_request_carries_its_number_in_a_body_of_constant_length() {
        let host = SocketAddr::from(([127, 0, 0, 1], 8080));
        let mut request =
            NumberedRequest::put_json("/v1/x", host, &[("o_t_h", "secret")], "{\"email\":\"n", "@e.org\"}");
        let expected = "PUT /v1/x HTTP/1.1\r\nhost: 127.0.0.1:8080\r\no_t_h: secret\r\n\
                        content-type: application/json\r\ncontent-length: 31\r\n\r\n\
                        {\"email\":\"n000000000907@e.org\"}";
        request.numbered(999_999_999_999);
        assert_eq!(str::from_utf8(request.numbered(907)).unwrap(), expected);
    }

    #[test]
    fn an_answer_is_incomplete_until_its_last_byte() {
        for end in 0..ANSWER.len() {
            assert_eq!(locate(&ANSWER[..end]).unwrap(), None, "at {end}");
        }
        let layout = locate(ANSWER).unwrap().unwrap();
        assert_eq!((layout.status, &ANSWER[layout.body.clone()], layout.closes), (200, &b"true"[..], false));
    }

    #[test]
    fn bytes_after_the_body_are_not_part_of_it() {
        let twice = [ANSWER, ANSWER].concat();
        assert_eq!(locate(&twice).unwrap(), locate(ANSWER).unwrap());
    }

    #[test]
    fn an_empty_body_is_complete_with_its_head() {
        let layout = locate(b"HTTP/1.1 503 \r\ncontent-length:0\r\nconnection: Close\r\n\r\n").unwrap().unwrap();
        assert_eq!((layout.status, layout.body.len(), layout.closes), (503, 0, true));
    }

    #[test]
    fn anything_unexpected_is_refused() {
        assert!(refusal(b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n").contains("not a status line"));
        assert!(refusal(b"HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n").contains("three digits"));
        assert!(refusal(b"HTTP/1.1 100 Continue\r\n\r\n").contains("interim"));
        assert!(refusal(b"HTTP/1.1 200 OK\r\n\r\n").contains("no content-length"));
        assert!(refusal(b"HTTP/1.1 200 OK\r\ncontent-length: +4\r\n\r\ntrue").contains("not a content-length"));
        assert!(refusal(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 4\r\n\r\ntrue").contains("two"));
        assert!(refusal(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").contains("chunked"));
        assert!(refusal(b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n").contains("not a header line"));
    }
}
