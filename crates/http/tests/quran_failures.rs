//! What all three generations of Quran Foundation's API answer when it is not the request's fault: every operation, and
//! whole bodies (the contract's 5.4 and 5.5).

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::command::{AddClient, RemoveClient};
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::names::Subject;
use guestlist_core::time::Lifetime;
use guestlist_identity::issuer::{Issuer, IssuerFault, Unverified};
use guestlist_identity::jwt::AccessClaims;
use guestlist_identity::person::Person;
use guestlist_testing::{Reply, TestApp};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Method and path of every operation.
const OPERATIONS: [(&str, &str); 29] = [
    ("GET", "/v1/groups"),
    ("GET", "/v1/groups/1"),
    ("PUT", "/v1/groups/1/inviteUser"),
    ("PUT", "/v1/groups/1/assignAsAdmin"),
    ("PUT", "/v1/groups/1/removeUser"),
    ("GET", "/auth/v1/groups"),
    ("GET", "/auth/v1/groups/1"),
    ("PUT", "/auth/v1/groups/1/inviteUser"),
    ("PUT", "/auth/v1/groups/1/assignAsAdmin"),
    ("PUT", "/auth/v1/groups/1/removeUser"),
    ("POST", "/quran-reflect/v1/rooms/groups"),
    ("PATCH", "/quran-reflect/v1/rooms/groups"),
    ("POST", "/quran-reflect/v1/rooms/1/invite"),
    ("GET", "/quran-reflect/v1/rooms/1/accept-invite"),
    ("GET", "/quran-reflect/v1/rooms/1/reject-invite"),
    ("GET", "/quran-reflect/v1/rooms/group/circle/accept/x"),
    ("GET", "/quran-reflect/v1/rooms/page/circle/accept/x"),
    ("GET", "/quran-reflect/v1/rooms/1/members"),
    ("DELETE", "/quran-reflect/v1/rooms/1/members/x"),
    ("POST", "/quran-reflect/v1/rooms/admins-access"),
    ("POST", "/quran-reflect/v1/rooms/1/join"),
    ("POST", "/quran-reflect/v1/rooms/1/leave"),
    ("GET", "/quran-reflect/v1/rooms/joined-rooms"),
    ("GET", "/quran-reflect/v1/rooms/managed-rooms"),
    ("GET", "/quran-reflect/v1/rooms/search"),
    ("GET", "/quran-reflect/v1/users/my-rooms"),
    ("GET", "/quran-reflect/v1/users/search"),
    ("GET", "/quran-reflect/v1/rooms/1"),
    ("GET", "/auth/v1/rooms/group/circle"),
];

/// An issuer that does what the test wants, and vouches for amina otherwise.
#[derive(Default)]
struct Moody(AtomicU8);

const WELL: u8 = 0;
const UNUSABLE: u8 = 1;
const SILENT: u8 = 2;
const WITHOUT_SCOPES: u8 = 3;

#[async_trait]
impl Issuer for Moody {
    async fn verify(&self, _: &str, now: Timestamp) -> Result<AccessClaims, Unverified> {
        let scopes = match self.0.load(Ordering::Relaxed) {
            UNUSABLE => return Err(IssuerFault::Unusable.into()),
            SILENT => return Err(IssuerFault::TimedOut.into()),
            WITHOUT_SCOPES => Scopes::parse("profile"),
            _ => Ok(Scopes::all()),
        };
        Ok(AccessClaims {
            subject: Subject::parse("amina").ok(),
            client: ClientId::parse("app").unwrap_or_else(|_| unreachable!()),
            scopes: scopes.unwrap_or_else(|_| unreachable!()),
            issued_at: now,
            expires_at: now + Lifetime::from_secs(60),
            person: Person::default(),
        })
    }

    async fn person(&self, _: &str, claims: &AccessClaims) -> Person {
        claims.person.clone()
    }

    fn knows_registered_clients_only(&self) -> bool {
        false
    }
}

struct Site {
    app: TestApp,
    issuer: Arc<Moody>,
}

impl Site {
    async fn new() -> Self {
        let issuer = Arc::new(Moody::default());
        let app = TestApp::with_issuer(issuer.clone()).await;
        let amina = app.person("someone").await;
        app.group("circle", &amina).await;
        Self { app, issuer }
    }

    async fn ask(&self, (method, path): (&str, &str)) -> Reply {
        let request = self.app.request(method, path).body("{}");
        // Told apart from opaque ones by their dots.
        let request = if path.starts_with("/v1") { request.legacy("a.b.c") } else { request.gateway("a.b.c") };
        request.send().await
    }

    /// Fails unless every operation answers with `status`, or with `legacy` in the first generation.
    async fn answer(&self, status: u16, legacy: (u16, &str, &str)) {
        for operation in OPERATIONS {
            let reply = self.ask(operation).await;
            if operation.1.starts_with("/v1") {
                let error = json!({ "code": legacy.1, "message": legacy.2 });
                reply.assert(legacy.0, json!({ "success": false, "error": error }));
            } else {
                reply.assert(status, gateway(status));
            }
        }
    }
}

fn gateway(status: u16) -> Value {
    let (kind, message) = match status {
        403 => ("insufficient_scope", "The access token does not have the required scopes"),
        429 => ("rate_limit_exceeded", "Too many requests, please try again later"),
        500 => (
            "internal_server_error",
            "The server encountered an internal error and was unable to complete your request",
        ),
        502 => (
            "bad_gateway",
            "The server was acting as a gateway or proxy and received an invalid response from the upstream server",
        ),
        504 => (
            "gateway_timeout",
            "The server was acting as a gateway or proxy and did not receive a timely response from the upstream server",
        ),
        other => panic!("no error is known for {other}"),
    };
    json!({ "message": message, "type": kind, "success": false })
}

const SERVER_ERROR: (u16, &str, &str) = (500, "ServerError", "Something went wrong");

#[tokio::test]
async fn an_identity_provider_that_cannot_be_asked_is_told_as_such_and_never_as_a_bad_token() {
    let site = Site::new().await;
    for (mood, status) in [(UNUSABLE, 502), (SILENT, 504)] {
        site.issuer.0.store(mood, Ordering::Relaxed);
        site.answer(status, SERVER_ERROR).await;
    }
    // Well again: whatever is answered now is about the request.
    site.issuer.0.store(WELL, Ordering::Relaxed);
    for operation in OPERATIONS {
        let status = site.ask(operation).await.status;
        assert!(matches!(status, 200 | 201 | 400 | 403 | 404 | 422), "{operation:?} {status}");
    }
}

#[tokio::test]
async fn a_token_without_scopes_is_good_for_nothing() {
    let site = Site::new().await;
    site.issuer.0.store(WITHOUT_SCOPES, Ordering::Relaxed);
    site.answer(403, (403, "ForbiddenError", "Insufficient scope")).await;
}

#[tokio::test]
async fn a_client_that_is_registered_here_can_do_no_more_than_its_scopes_whatever_its_tokens_say() {
    let site = Site::new().await;
    let client = ClientId::parse("app").expect("it is one");
    site.app.store().submit(RemoveClient { by: None, id: client.clone() }).await.expect("it is there");
    let search = ("GET", "/quran-reflect/v1/rooms/search");
    assert_eq!(site.ask(search).await.status, 200);
    let scopes = Scopes::parse("room.read group.read").expect("they are some");
    let add = AddClient { by: None, id: client, name: String::new(), scopes };
    site.app.store().submit(add).await.expect("it was removed");
    site.ask(search).await.assert(403, gateway(403));
    for operation in
        [("GET", "/quran-reflect/v1/rooms/joined-rooms"), ("GET", "/auth/v1/groups"), ("GET", "/v1/groups")]
    {
        assert_eq!(site.ask(operation).await.status, 200, "{operation:?}");
    }
    assert_eq!(site.ask(("PUT", "/v1/groups/1/inviteUser")).await.status, 403);
}

#[tokio::test]
async fn who_makes_too_many_requests_through_one_client_is_told_when_to_go_on_in_every_generation() {
    let site = Site::new().await;
    for _ in 0..600 {
        assert_eq!(site.ask(("GET", "/auth/v1/groups")).await.status, 200);
    }
    let message = "Too many requests, please try again later";
    site.answer(429, (429, "TooManyRequestsError", message)).await;
    for operation in OPERATIONS {
        assert_eq!(site.ask(operation).await.header("retry-after"), "1", "{operation:?}");
    }
    site.app.clock.advance_millis(1000);
    assert_eq!(site.ask(("GET", "/auth/v1/groups")).await.status, 200);
}

#[tokio::test]
async fn data_that_are_broken_are_a_server_error_everywhere() {
    let site = Site::new().await;
    assert_eq!(site.ask(("GET", "/auth/v1/groups")).await.status, 200);
    let database = Connection::open(site.app.database()).expect("it opens");
    let broken = database.execute("UPDATE users SET uid = '' WHERE subject = 'amina'", []);
    assert_eq!(broken.ok(), Some(1));
    site.answer(500, SERVER_ERROR).await;
}
