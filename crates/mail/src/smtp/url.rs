//! The address of a mail server, with whatever is needed to use it.

use std::fmt;
use std::path::PathBuf;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;

/// `smtp://USER:PASSWORD@HOST:PORT` for a server that is asked for encryption once connected (STARTTLS), `smtps://…` for one
/// that is encrypted from the first byte on. The ports are 587 and 465 if none is named. Behind it may stand
/// `?sslrootcert=FILE`, the certificates of authorities to trust besides those of the system; and `?tls=none` for a server
/// on the same machine that has no encryption, without which mail is never sent in the clear.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    is_wrapped: bool,
    is_encrypted: bool,
    host: String,
    port: u16,
    user: Option<(String, String)>,
    root_cert: Option<PathBuf>,
}

/// Why an address is none of a mail server. Never repeats it: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Another form.
    #[error("the address of the mail server is not understood; write smtp://USER:PASSWORD@HOST:PORT, or smtps://…")]
    Malformed,
    /// A parameter that there is not.
    #[error(
        "the address of the mail server has a parameter that is not known; there are sslrootcert=FILE and tls=none"
    )]
    Parameter,
    /// In the clear, and to another machine.
    #[error("tls=none is only for a mail server on this machine; to others, mail is never sent in the clear")]
    InTheClear,
    /// The file of certificates.
    #[error("the file that sslrootcert names cannot be read, or holds no certificate; name a file in the form PEM")]
    RootCert,
    /// No encryption could be prepared.
    #[error("the certificates of this system cannot be used; install ca-certificates")]
    Tls,
}

impl SmtpUrl {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, SmtpUrlError> {
        let malformed = SmtpUrlError::Malformed;
        let (scheme, rest) = text.split_once("://").ok_or(malformed)?;
        let is_wrapped = match scheme {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(malformed),
        };
        let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, server) = match rest.rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, rest),
        };
        let (host, port) = match server.strip_prefix('[').and_then(|server| server.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match server.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (server, None),
            },
        };
        if host.is_empty()
            || host.contains(|c: char| c.is_whitespace() || c.is_control() || "/:@".contains(c) && c != ':')
        {
            return Err(malformed);
        }
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or(malformed)?,
            None if is_wrapped => 465,
            None => 587,
        };
        let user = match user.map(|user| user.split_once(':').ok_or(malformed)).transpose()? {
            Some((name, password)) => Some((decoded(name)?, decoded(password)?)),
            None => None,
        };
        let mut url = Self { is_wrapped, is_encrypted: true, host: host.to_owned(), port, user, root_cert: None };
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslrootcert", file)) if !file.is_empty() => url.root_cert = Some(decoded(file)?.into()),
                Some(("tls", "none")) if !is_wrapped => url.is_encrypted = false,
                _ => return Err(SmtpUrlError::Parameter),
            }
        }
        if !url.is_encrypted && !url.is_here() {
            return Err(SmtpUrlError::InTheClear);
        }
        Ok(url)
    }

    fn is_here(&self) -> bool {
        let address: Option<std::net::IpAddr> = self.host.parse().ok();
        self.host == "localhost" || address.is_some_and(|address| address.is_loopback())
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) const fn is_wrapped(&self) -> bool {
        self.is_wrapped
    }

    pub(super) const fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    pub(super) fn credentials(&self) -> Option<Credentials> {
        let (name, password) = self.user.clone()?;
        Some(Credentials::new(name, password))
    }

    /// The certificates to trust besides those of the system, one text of PEM each.
    pub(super) fn roots(&self) -> Result<Vec<Vec<u8>>, SmtpUrlError> {
        const END: &str = "-----END CERTIFICATE-----";
        let Some(file) = &self.root_cert else { return Ok(vec![]) };
        let text = std::fs::read_to_string(file).map_err(|_| SmtpUrlError::RootCert)?;
        let certificates: Vec<Vec<u8>> = text
            .split_inclusive(END)
            .filter(|part| part.ends_with(END))
            .filter_map(|part| part.find("-----BEGIN CERTIFICATE-----").map(|at| part.as_bytes()[at..].to_vec()))
            .collect();
        if certificates.is_empty() { Err(SmtpUrlError::RootCert) } else { Ok(certificates) }
    }
}

fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    let text = percent_decode_str(text).decode_utf8().map_err(|_| SmtpUrlError::Malformed)?;
    if text.chars().any(char::is_control) { Err(SmtpUrlError::Malformed) } else { Ok(text.into_owned()) }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

impl fmt::Display for SmtpUrl {
    /// The address without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_wrapped { "smtps" } else { "smtp" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "{scheme}://{host}:{}", self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_ports_that_are_usual() {
        let shown = |text| SmtpUrl::parse(text).map(|url| url.to_string());
        assert_eq!(shown("smtp://mail.example.org").as_deref(), Ok("smtp://mail.example.org:587"));
        assert_eq!(shown("smtps://u:p@mail.example.org/").as_deref(), Ok("smtps://mail.example.org:465"));
        assert_eq!(shown("smtp://[::1]:25?tls=none").as_deref(), Ok("smtp://[::1]:25"));
        for odd in
            ["", "mail.example.org", "http://x", "smtp://", "smtp://u@h", "smtp://h:0", "smtp://h:x", "smtp://a b"]
        {
            assert_eq!(shown(odd), Err(SmtpUrlError::Malformed), "{odd}");
        }
        assert_eq!(shown("smtp://h?tls=maybe"), Err(SmtpUrlError::Parameter));
    }

    #[test]
    fn mail_is_sent_in_the_clear_only_on_the_same_machine() {
        for here in ["smtp://localhost?tls=none", "smtp://127.0.0.1:25?tls=none", "smtp://[::1]?tls=none"] {
            assert!(SmtpUrl::parse(here).is_ok(), "{here}");
        }
        assert_eq!(SmtpUrl::parse("smtp://mail.example.org?tls=none"), Err(SmtpUrlError::InTheClear));
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = SmtpUrl::parse("smtp://amina:s%40cret@mail.example.org").expect("proper");
        assert_eq!(url.user, Some(("amina".to_owned(), "s@cret".to_owned())));
        assert!(!format!("{url:?} {url}").contains("cret"));
    }
}
