//! A provider that a test owns: its keys, what it says, and how often it was asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guestlist_core::Timestamp;
use guestlist_core::ports::Clock as _;
use guestlist_identity::issuer::{Issuer as _, Unverified};
use guestlist_identity::jwt::{AccessClaims, Algorithm, Demands};
use guestlist_oidc::{Provider, ProviderSettings};
use guestlist_testing::FakeClock;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A private key of the provider, and its public half.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) private: EncodingKey,
    pub(crate) public: Value,
    algorithm: jsonwebtoken::Algorithm,
}

impl Key {
    /// An RSA key by the name `kid`.
    pub(crate) fn rsa(kid: &str) -> Self {
        let der = KeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
        Self::of(kid, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), jsonwebtoken::Algorithm::RS256)
    }

    /// A key on the curve P-256.
    pub(crate) fn ec(kid: &str) -> Self {
        use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        Self::of(kid, EncodingKey::from_ec_der(der.as_ref()), jsonwebtoken::Algorithm::ES256)
    }

    fn of(kid: &str, private: EncodingKey, algorithm: jsonwebtoken::Algorithm) -> Self {
        let mut jwk = Jwk::from_encoding_key(&private, algorithm).unwrap();
        jwk.common.key_id = Some(kid.to_owned());
        Self { private, public: serde_json::to_value(jwk).unwrap(), algorithm }
    }

    pub(crate) fn kid(&self) -> &str {
        self.public["kid"].as_str().unwrap()
    }

    pub(crate) fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid().to_owned());
        header
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header(), claims, &self.private).unwrap()
    }
}

/// What the provider answers below which path, and which of its paths were asked for.
#[derive(Default)]
struct Said {
    answers: BTreeMap<String, (StatusCode, String)>,
    asked: Vec<String>,
}

/// A provider on a port of its own. It can be stopped and started again.
pub(crate) struct Fake {
    address: SocketAddr,
    said: Arc<Mutex<Said>>,
    server: Option<JoinHandle<()>>,
    pub(crate) key: Key,
    pub(crate) clock: FakeClock,
}

pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

impl Fake {
    /// A provider with one RSA key, "one".
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut fake =
            Self { address, said: Arc::default(), server: None, key: Key::rsa("one"), clock: FakeClock::default() };
        fake.serve(listener);
        let url = fake.url();
        fake.say(
            DISCOVERY,
            &json!({
                "issuer": url, "jwks_uri": format!("{url}/keys"),
                "introspection_endpoint": format!("{url}/introspect"), "userinfo_endpoint": format!("{url}/me"),
            }),
        );
        fake.publish(&[&fake.key]);
        fake
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn serve(&mut self, listener: TcpListener) {
        async fn answer(State(said): State<Arc<Mutex<Said>>>, request: Request) -> Response {
            let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
            let mut said = said.lock().unwrap();
            let path = request.uri().path().to_owned();
            said.asked.push(authorization.map_or_else(|| path.clone(), |by| format!("{path} {by}")));
            match said.answers.get(&path) {
                Some(answer) => answer.clone().into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }
        let router = Router::new().fallback(answer).with_state(Arc::clone(&self.said));
        self.server = Some(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    }

    /// From now on nobody listens there.
    pub(crate) async fn stop(&mut self) {
        let server = self.server.take().unwrap();
        server.abort();
        assert!(server.await.unwrap_err().is_cancelled());
    }

    /// Listens again where it did.
    pub(crate) async fn start(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }

    /// What to answer below `path`.
    pub(crate) fn say(&self, path: &str, answer: &Value) {
        self.say_text(path, StatusCode::OK, &answer.to_string());
    }

    pub(crate) fn say_text(&self, path: &str, status: StatusCode, text: &str) {
        self.said.lock().unwrap().answers.insert(path.to_owned(), (status, text.to_owned()));
    }

    /// Which keys it has.
    pub(crate) fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| &key.public).collect();
        self.say("/keys", &json!({ "keys": keys }));
    }

    /// The paths that were asked for since the last look, with the credentials that came along.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.said.lock().unwrap().asked)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The claims of a good token for an hour.
    pub(crate) fn claims(&self) -> Value {
        let now = self.now().as_secs();
        json!({
            "iss": self.url(), "sub": "8d77a633-b49d-4978-bc1a-70bc2fda7b4b", "client_id": "app",
            "scp": ["room", "user"], "aud": [], "exp": now + 3600, "iat": now, "nbf": now, "jti": "1", "ext": {},
        })
    }

    /// A good token for an hour, but for `changes`; null takes a claim away.
    pub(crate) fn token(&self, changes: Value) -> String {
        self.key.sign(&self.changed(changes))
    }

    pub(crate) fn changed(&self, changes: Value) -> Value {
        let mut claims = self.claims();
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    /// The usual settings: keys are looked for as often as somebody wants.
    pub(crate) fn settings(&self) -> ProviderSettings {
        settings(&self.url())
    }

    /// guestlist's side, as the operator sets it up.
    pub(crate) fn provider(&self) -> Provider {
        Provider::new(self.settings()).unwrap()
    }

    pub(crate) async fn verify(&self, provider: &Provider, token: &str) -> Result<AccessClaims, Unverified> {
        provider.verify(token, self.now()).await
    }
}

pub(crate) fn settings(url: &str) -> ProviderSettings {
    ProviderSettings {
        issuer: url.parse().unwrap(),
        demands: Demands { algorithms: vec![Algorithm::RS256], ..Demands::default() },
        introspector: None,
        deadline: Duration::from_secs(10),
        pause: Duration::ZERO,
    }
}
