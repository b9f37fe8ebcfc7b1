//! TLS to the server, as libpq's `sslmode` asks for it.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::StoreError;

/// What a URL asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ssl {
    pub(super) mode: Mode,
    /// A file of certificates to trust instead of the system's.
    pub(super) root_cert: Option<PathBuf>,
}

/// libpq's modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    /// Encrypted if the server can, whoever it is. libpq's default, and ours.
    Prefer,
    /// Encrypted, whoever the server is; with a file of certificates, as `VerifyCa`.
    Require,
    /// Encrypted, with a certificate that is trusted.
    VerifyCa,
    /// Encrypted, with a certificate that is trusted and names the host.
    VerifyFull,
}

impl Mode {
    pub(super) const fn for_driver(self) -> SslMode {
        match self {
            Self::Disable => SslMode::Disable,
            Self::Prefer => SslMode::Prefer,
            Self::Require | Self::VerifyCa | Self::VerifyFull => SslMode::Require,
        }
    }
}

/// Takes `sslmode` and `sslrootcert`, of which the driver knows less than libpq, out of a URL.
pub(super) fn split(url: &str) -> Result<(String, Ssl), StoreError> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut ssl = Ssl { mode: Mode::Prefer, root_cert: None };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => {
                ssl.mode = match mode {
                    "disable" => Mode::Disable,
                    "allow" | "prefer" => Mode::Prefer,
                    "require" => Mode::Require,
                    "verify-ca" => Mode::VerifyCa,
                    "verify-full" => Mode::VerifyFull,
                    _ => return Err(unusable("sslmode is disable, prefer, require, verify-ca or verify-full")),
                }
            }
            Some(("sslrootcert", "system")) => {}
            Some(("sslrootcert", path)) => ssl.root_cert = Some(decoded(path)?),
            _ => rest.push(pair),
        }
    }
    let query = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    Ok((format!("{address}{query}"), ssl))
}

fn decoded(path: &str) -> Result<PathBuf, StoreError> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8();
    decoded.map(|path| PathBuf::from(&*path)).map_err(|_| unusable("sslrootcert is no path"))
}

pub(super) fn connector(ssl: &Ssl) -> Result<MakeRustlsConnect, StoreError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let names_checked = ssl.mode == Mode::VerifyFull;
    let is_checked = names_checked || ssl.mode == Mode::VerifyCa || ssl.root_cert.is_some();
    let chain = if is_checked { Some(chain_verifier(ssl, &provider)?) } else { None };
    let verifier = Arc::new(Verifier { chain, names_checked, provider: Arc::clone(&provider) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Unavailable(Some(Arc::new(error))))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn chain_verifier(ssl: &Ssl, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
    let mut roots = RootCertStore::empty();
    match &ssl.root_cert {
        Some(file) => {
            let unreadable = || unusable("the file that sslrootcert names holds no certificates");
            for certificate in CertificateDer::pem_file_iter(file).map_err(|_| unreadable())? {
                roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
            }
        }
        // Some of the system's certificates may be of a kind that is not known here; the others serve.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| StoreError::Unavailable(Some(Arc::new(error))))
}

fn unusable(what: &'static str) -> StoreError {
    StoreError::Unavailable(Some(Arc::new(std::io::Error::new(std::io::ErrorKind::InvalidInput, what))))
}

/// Checks as much of the server's certificate as the mode asks for.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    names_checked: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.names_checked => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_tls_are_taken_out_of_the_url_and_the_rest_stays() {
        let url = "postgres://u:p@h/db?connect_timeout=3&sslmode=verify-full&sslrootcert=/etc/ca%20one.pem&a=b";
        let (rest, ssl) = split(url).unwrap();
        assert_eq!(rest, "postgres://u:p@h/db?connect_timeout=3&a=b");
        assert_eq!(ssl, Ssl { mode: Mode::VerifyFull, root_cert: Some("/etc/ca one.pem".into()) });
        assert_eq!(split("postgres://h/db").unwrap().1.mode, Mode::Prefer);
        assert!(split("postgres://h/db?sslmode=maybe").is_err());
    }
}
