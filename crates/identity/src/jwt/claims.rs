//! What an access token says, and whether that makes it good.

use guestlist_core::Timestamp;
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::names::Subject;
use serde::{Deserialize, Serialize};

use super::Demands;
use crate::error::Unauthenticated;
use crate::person::{Person, PersonClaims};

/// How far the clocks of issuer and receiver may differ when a token says from when on it is valid.
const CLOCK_DIFFERENCE_MAX_SECS: i64 = 60;

/// What a verified access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whom it stands for; nobody if it is the token of an application.
    pub subject: Option<Subject>,
    /// The client that it was issued to.
    pub client: ClientId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was issued, to the second.
    pub issued_at: Timestamp,
    /// The instant from which it is refused, to the second.
    pub expires_at: Timestamp,
    /// What it tells of the user besides.
    pub person: Person,
}

impl AccessClaims {
    /// The same, unless the token has ended since it was verified.
    pub fn unless_over(self, now: Timestamp) -> Result<Self, Unauthenticated> {
        if now < self.expires_at { Ok(self) } else { Err(Unauthenticated::Expired) }
    }
}

/// The claims of an access token, as on the wire.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
    /// The client by another name, by which many providers call it (OpenID Connect Core 1.0, 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    azp: Option<String>,
    #[serde(default)]
    scp: Option<OneOrMore>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<OneOrMore>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(skip_deserializing)]
    jti: String,
    #[serde(default)]
    aud: Option<OneOrMore>,
    #[serde(skip_deserializing)]
    ext: Empty,
    /// Some issuers say by this which of several signed tokens one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_use: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
    /// Only ID tokens have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(flatten)]
    person: PersonClaims,
}

#[derive(Debug, Default, Serialize)]
struct Empty {}

/// Audiences come as an array or as one text. So do scopes, the text then separated by blanks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    Array(Vec<String>),
    Text(String),
}

impl OneOrMore {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Self::Array(all) => all.iter().any(|one| one == wanted),
            Self::Text(one) => one == wanted,
        }
    }
}

impl Claims {
    /// The claims of a token that is issued by `issuer` and says this.
    pub(super) fn of(claims: &AccessClaims, issuer: &str, jti: String) -> Self {
        let AccessClaims { subject, client, scopes, issued_at, expires_at, person } = claims;
        Self {
            iss: issuer.to_owned(),
            sub: Some(subject.as_ref().map_or(client.as_str(), Subject::as_str).to_owned()),
            client_id: Some(client.to_string()),
            azp: None,
            scp: Some(OneOrMore::Array(scopes.iter().map(str::to_owned).collect())),
            scope: None,
            exp: expires_at.as_secs(),
            iat: issued_at.as_secs(),
            nbf: Some(issued_at.as_secs()),
            jti,
            aud: Some(OneOrMore::Array(vec![])),
            ext: Empty {},
            token_use: None,
            typ: None,
            at_hash: None,
            person: person.into(),
        }
    }

    /// What the token says, if it is an access token of `issuer`, as is demanded, and good at `now`.
    pub(super) fn check(
        self,
        issuer: &str,
        demands: &Demands,
        now: Timestamp,
    ) -> Result<AccessClaims, Unauthenticated> {
        let is_for_us = |wanted: &String| self.aud.as_ref().is_some_and(|audience| audience.has(wanted));
        if self.iss != issuer || !demands.audience.as_ref().is_none_or(is_for_us) {
            return Err(Unauthenticated::Unknown);
        }
        let is_access_token = matches!(self.token_use.as_deref(), None | Some("access" | "access_token"))
            && matches!(self.typ.as_deref(), None | Some("Bearer"))
            && self.at_hash.is_none();
        if !is_access_token {
            return Err(Unauthenticated::Malformed);
        }
        let now = now.as_secs();
        if now >= self.exp {
            return Err(Unauthenticated::Expired);
        }
        if self.nbf.unwrap_or(self.iat) > now.saturating_add(CLOCK_DIFFERENCE_MAX_SECS) {
            return Err(Unauthenticated::NotYetValid);
        }
        // Without these two it is an ID token or a refresh token, not an access token.
        let may_lack_scopes = demands.may_lack_scopes && self.client_id.is_some();
        let client = self.client_id.or(self.azp);
        let client = client.and_then(|id| ClientId::parse(&id).ok()).ok_or(Unauthenticated::Malformed)?;
        let scopes = match self.scp.or(self.scope) {
            Some(OneOrMore::Array(list)) => Scopes::try_from(list),
            Some(OneOrMore::Text(text)) => Scopes::parse(&text),
            None if may_lack_scopes => Scopes::parse(""),
            None => return Err(Unauthenticated::Malformed),
        };
        let scopes = scopes.map_err(|_| Unauthenticated::Malformed)?;
        // The token of an application has no subject, or the client for one.
        let subject = self.sub.filter(|subject| subject != client.as_str());
        let subject = subject.map(|subject| Subject::parse(&subject)).transpose();
        let subject = subject.map_err(|_| Unauthenticated::Malformed)?;
        let issued_at = Timestamp::from_millis(self.iat.saturating_mul(1000));
        let expires_at = Timestamp::from_millis(self.exp.saturating_mul(1000));
        let person = self.person.person();
        Ok(AccessClaims { subject, client, scopes, issued_at, expires_at, person })
    }
}
