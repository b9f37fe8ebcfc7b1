//! The issuer inside guestlist.

use async_trait::async_trait;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::{encoding::AsDer as _, signature::KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guestlist_core::Timestamp;
use guestlist_core::credential::IssuerKey;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};

use super::claims::Claims;
use super::{AccessClaims, Demands, MAX_BYTES, Remembered};
use crate::error::Unauthenticated;
use crate::issuer::{Issuer, Unverified};
use crate::person::Person;

/// The `iss` of tokens made here. No URL, because nobody can ask there for keys.
const BUILT_IN_ISSUER: &str = "urn:guestlist:built-in-issuer";

/// The issuer inside guestlist.
pub struct BuiltInIssuer {
    kid: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    verified: Remembered<AccessClaims>,
}

/// The stored key of the built-in issuer, or the work with it, is broken.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the key of the built-in token issuer cannot be used")]
pub struct BrokenKey;

impl BuiltInIssuer {
    /// A new RSA key pair of 2048 bits, named by `kid`. Takes a good part of a second.
    pub fn generate_key(kid: String) -> Result<IssuerKey, BrokenKey> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| BrokenKey)?;
        let pkcs8 = pair.as_der().map_err(|_| BrokenKey)?;
        Ok(IssuerKey { kid, pkcs8: pkcs8.as_ref().to_vec() })
    }

    /// The issuer that signs with `key`.
    pub fn new(key: &IssuerKey) -> Result<Self, BrokenKey> {
        let pair = KeyPair::from_pkcs8(&key.pkcs8).map_err(|_| BrokenKey)?;
        let public = pair.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        let verifying = DecodingKey::from_rsa_raw_components(
            n.big_endian_without_leading_zero(),
            e.big_endian_without_leading_zero(),
        );
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&key.pkcs8));
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| BrokenKey)?;
        Ok(Self { kid: key.kid.clone(), signing, verifying, verified: Remembered::default() })
    }

    /// Signs an access token that is valid from its time of issue on. `jti` names the token.
    pub fn issue(&self, claims: &AccessClaims, jti: String) -> Result<String, BrokenKey> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        let claims = Claims::of(claims, BUILT_IN_ISSUER, jti);
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|_| BrokenKey)
    }

    fn check(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Unauthenticated> {
        if token.len() > MAX_BYTES {
            return Err(Unauthenticated::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        if header.kid.as_deref() != Some(&self.kid) {
            return Err(Unauthenticated::Unknown);
        }
        // The algorithm is ours to choose, never the token's. Times are checked below, against the clock we were given.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims: Claims = jsonwebtoken::decode(token, &self.verifying, &validation)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => Unauthenticated::Unknown,
                _ => Unauthenticated::Malformed,
            })?
            .claims;
        claims.check(BUILT_IN_ISSUER, &Demands::default(), now)
    }
}

#[async_trait]
impl Issuer for BuiltInIssuer {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Unverified> {
        if let Some(known) = self.verified.get(token, now) {
            return Ok(known.unless_over(now)?);
        }
        let claims = self.check(token, now)?;
        self.verified.insert(token, claims.clone(), now);
        Ok(claims)
    }

    async fn person(&self, _: &str, claims: &AccessClaims) -> Person {
        claims.person.clone()
    }

    fn knows_registered_clients_only(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use guestlist_core::credential::{ClientId, Scopes};
    use guestlist_core::names::Subject;
    use guestlist_core::time::Lifetime;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn issuer() -> BuiltInIssuer {
        BuiltInIssuer::new(&BuiltInIssuer::generate_key("test".to_owned()).unwrap()).unwrap()
    }

    fn claims() -> AccessClaims {
        AccessClaims {
            subject: Some(Subject::parse("8d77a633-b49d-4978-bc1a-70bc2fda7b4b").unwrap()),
            client: ClientId::parse("app").unwrap(),
            scopes: Scopes::parse("room group.read").unwrap(),
            issued_at: NOW,
            expires_at: NOW + Lifetime::from_secs(3600),
            person: Person::default(),
        }
    }

    fn part(token: &str, index: usize) -> serde_json::Value {
        let part = token.split('.').nth(index).unwrap();
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn an_issued_token_has_the_documented_form() {
        let token = issuer().issue(&claims(), "token-1".to_owned()).unwrap();
        assert_eq!(part(&token, 0), serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": "test" }));
        assert_eq!(
            part(&token, 1),
            serde_json::json!({
                "iss": "urn:guestlist:built-in-issuer",
                "sub": "8d77a633-b49d-4978-bc1a-70bc2fda7b4b",
                "client_id": "app",
                "scp": ["room", "group.read"],
                "exp": 1_800_003_600, "iat": 1_800_000_000, "nbf": 1_800_000_000,
                "jti": "token-1", "aud": [], "ext": {},
            })
        );
    }

    #[test]
    fn a_token_is_good_until_the_second_it_expires() {
        let issuer = issuer();
        let token = issuer.issue(&claims(), "token-1".to_owned()).unwrap();
        let at = |secs: u32| issuer.check(&token, NOW + Lifetime::from_secs(secs));
        assert_eq!(at(0), Ok(claims()));
        assert_eq!(at(3599), Ok(claims()));
        assert_eq!(at(3600), Err(Unauthenticated::Expired));
        let before = |secs: i64| issuer.check(&token, Timestamp::from_millis(NOW.as_millis() - secs * 1000));
        assert_eq!(before(60), Ok(claims()));
        assert_eq!(before(61), Err(Unauthenticated::NotYetValid));
    }

    #[test]
    fn a_token_that_was_tampered_with_or_signed_by_another_is_refused() {
        let (issuer, other) = (issuer(), issuer());
        let sign = |issuer: &BuiltInIssuer| issuer.issue(&claims(), "t".into()).unwrap();
        assert_eq!(issuer.check(&sign(&other), NOW), Err(Unauthenticated::Unknown));

        let token = sign(&issuer);
        let [header, payload, signature] = <[&str; 3]>::try_from(token.split('.').collect::<Vec<_>>()).unwrap();
        let unsigned = URL_SAFE.encode(r#"{"alg":"none","typ":"JWT","kid":"test"}"#);
        let symmetric = URL_SAFE.encode(r#"{"alg":"HS256","typ":"JWT","kid":"test"}"#);
        let admin = URL_SAFE.encode(r#"{"iss":"urn:guestlist:built-in-issuer","sub":"root","exp":9999999999,"iat":0}"#);
        for forged in [
            format!("{unsigned}.{payload}."),
            format!("{unsigned}.{payload}.{signature}"),
            format!("{symmetric}.{payload}.{signature}"),
            format!("{header}.{admin}.{signature}"),
            format!("{header}.{payload}."),
            format!("{header}.{payload}"),
            String::new(),
            "x".repeat(16 * 1024),
        ] {
            assert!(issuer.check(&forged, NOW).is_err(), "{forged}");
        }
    }

    #[test]
    fn a_token_that_stands_for_an_application_has_no_user() {
        let issuer = issuer();
        let application = AccessClaims { subject: None, ..claims() };
        let token = issuer.issue(&application, "t".into()).unwrap();
        assert_eq!(part(&token, 1)["sub"], "app");
        assert_eq!(issuer.check(&token, NOW), Ok(application));
    }

    #[test]
    fn a_token_without_client_or_scopes_is_no_access_token() {
        let issuer = issuer();
        let sign = |claims: serde_json::Value| {
            let mut header = Header::new(Algorithm::RS256);
            header.kid = Some("test".to_owned());
            jsonwebtoken::encode(&header, &claims, &issuer.signing).unwrap()
        };
        let base = serde_json::json!({
            "iss": BUILT_IN_ISSUER, "sub": "u", "exp": NOW.as_secs() + 9, "iat": NOW.as_secs(), "client_id": "app",
            "scp": "room group.read",
        });
        assert!(issuer.check(&sign(base.clone()), NOW).is_ok());
        for (claim, value) in [
            ("client_id", serde_json::Value::Null),
            ("scp", serde_json::Value::Null),
            ("iss", "https://elsewhere.example/".into()),
            ("sub", "".into()),
        ] {
            let mut claims = base.clone();
            claims[claim] = value;
            assert!(issuer.check(&sign(claims), NOW).is_err(), "{claim}");
        }
    }

    const URL_SAFE: base64::engine::GeneralPurpose = base64::engine::general_purpose::URL_SAFE_NO_PAD;
}
