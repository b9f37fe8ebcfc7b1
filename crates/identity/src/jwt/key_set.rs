//! The public keys of an issuer (JWK Set, RFC 7517), and what they have signed.

use std::fmt;
use std::str::FromStr;

use guestlist_core::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{DecodingKey, Header, Validation};
use serde::Deserialize;
use serde_json::Value;

use super::claims::Claims;
use super::{AccessClaims, MAX_BYTES};
use crate::error::Unauthenticated;

/// The most keys of a set that are looked at. A token that names no key is tried with all of them.
const KEYS_MAX: usize = 32;

/// How a token may be signed: with a private key, of which everybody may know the public one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithm(jsonwebtoken::Algorithm);

impl Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which everybody knows.
    pub const RS256: Self = Self(jsonwebtoken::Algorithm::RS256);

    /// What to write, for people who wrote something else.
    pub const FORM: &str = "write RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA";
}

impl FromStr for Algorithm {
    type Err = &'static str;

    /// Reads the name (RFC 7518, 3.1). Symmetric algorithms and `none` are no algorithms here.
    fn from_str(name: &str) -> Result<Self, &'static str> {
        let algorithm = jsonwebtoken::Algorithm::from_str(name).map_err(|_| Self::FORM)?;
        if is_symmetric(algorithm) { Err(Self::FORM) } else { Ok(Self(algorithm)) }
    }
}

const fn is_symmetric(algorithm: jsonwebtoken::Algorithm) -> bool {
    use jsonwebtoken::Algorithm::{HS256, HS384, HS512};
    matches!(algorithm, HS256 | HS384 | HS512)
}

/// What a token must be beside signed.
#[derive(Debug, Clone, Default)]
pub struct Demands {
    /// How it may be signed.
    pub algorithms: Vec<Algorithm>,
    /// For whom it must have been made, if anybody's is not enough.
    pub audience: Option<String>,
    /// Whether it may say nothing of what it is good for. It must then name its client as access tokens do.
    pub may_lack_scopes: bool,
}

/// A token that nobody has checked: enough to tell with which key it says it was signed, and whether it is worth to ask for
/// that key.
#[derive(Debug)]
pub struct Unsigned<'t> {
    token: &'t str,
    header: Header,
    issuer: String,
}

#[derive(Deserialize)]
struct OnlyIssuer {
    iss: String,
}

impl<'t> Unsigned<'t> {
    /// Looks at a text that may be a token, of a kind and signed in a way that may be.
    pub fn read(token: &'t str, demands: &Demands) -> Result<Self, Unauthenticated> {
        if token.len() > MAX_BYTES {
            return Err(Unauthenticated::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        if !demands.algorithms.contains(&Algorithm(header.alg)) {
            return Err(Unauthenticated::Unknown);
        }
        // Signed texts of other kinds, such as notices of a logout, say so (RFC 8725, 3.11).
        let kind = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
        if !matches!(kind.strip_prefix("application/").unwrap_or(&kind), "jwt" | "at+jwt") {
            return Err(Unauthenticated::Malformed);
        }
        let claims: OnlyIssuer =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| Unauthenticated::Malformed)?;
        Ok(Self { token, header, issuer: claims.iss })
    }

    /// Who it says has made it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// The keys of an issuer that sign.
pub struct KeySet(Vec<Key>);

struct Key {
    id: Option<String>,
    algorithms: Vec<jsonwebtoken::Algorithm>,
    decoding: DecodingKey,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl KeySet {
    /// Reads a set. `None` if it is none, or has no key that could have signed a token in a way that `demands` allow. Keys of
    /// other kinds are passed over.
    #[must_use]
    pub fn parse(json: &Value, demands: &Demands) -> Option<Self> {
        let keys = json.get("keys")?.as_array()?.iter().take(KEYS_MAX);
        let keys: Vec<_> = keys.filter_map(|key| Key::parse(key, demands)).collect();
        if keys.is_empty() { None } else { Some(Self(keys)) }
    }

    /// Whether one of the keys may have signed the token.
    #[must_use]
    pub fn may_have_signed(&self, token: &Unsigned<'_>) -> bool {
        self.candidates(token).next().is_some()
    }

    /// Whether it has the same keys, by their ids.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.0.iter().map(|key| &key.id).eq(other.0.iter().map(|key| &key.id))
    }

    fn candidates<'s>(&'s self, token: &'s Unsigned<'_>) -> impl Iterator<Item = &'s Key> {
        let Header { alg, kid, .. } = &token.header;
        self.0.iter().filter(move |key| key.algorithms.contains(alg) && (kid.is_none() || key.id == *kid))
    }

    /// Checks signature, issuer, times, and that it is an access token. `issuer` is the issuer by the name that it gives
    /// itself.
    pub fn verify(
        &self,
        token: &Unsigned<'_>,
        issuer: &str,
        demands: &Demands,
        now: Timestamp,
    ) -> Result<AccessClaims, Unauthenticated> {
        // Times are checked below, against the clock we were given.
        let mut validation = Validation::new(token.header.alg);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let mut reason = Unauthenticated::Unknown;
        for Key { decoding, .. } in self.candidates(token) {
            match jsonwebtoken::decode::<Claims>(token.token, decoding, &validation) {
                Ok(decoded) => return decoded.claims.check(issuer, demands, now),
                Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
                Err(_) => reason = Unauthenticated::Malformed,
            }
        }
        Err(reason)
    }
}

impl Key {
    fn parse(json: &Value, demands: &Demands) -> Option<Self> {
        use jsonwebtoken::Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
        let jwk = Jwk::deserialize(json).ok()?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let of_kind: &[_] = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => &[ES256],
                EllipticCurve::P384 => &[ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(_) => &[EdDSA],
            _ => return None,
        };
        // A key that says what it is for is good for nothing else.
        let said = json.get("alg").map(|alg| alg.as_str().and_then(|alg| alg.parse().ok()));
        let algorithms = of_kind.iter().copied().filter(|algorithm| {
            said.is_none_or(|said| said == Some(*algorithm)) && demands.algorithms.contains(&Algorithm(*algorithm))
        });
        let algorithms: Vec<_> = algorithms.collect();
        let decoding = DecodingKey::from_jwk(&jwk).ok().filter(|_| !algorithms.is_empty())?;
        Some(Self { id: jwk.common.key_id, algorithms, decoding })
    }
}
