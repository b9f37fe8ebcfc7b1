//! A whole guestlist without a socket.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use guestlist_core::Settings;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddClient, AddUser, Admission, AssignRole, CreateGroup, Invite, IssueToken, Target};
use guestlist_core::credential::{ClientId, IssuerKey, Scopes};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{InvitationId, TokenId, Uid, uuid_v4};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{Description, DisplayName, Email, Slug, Subject, Username};
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_http::chat_limit::ChatLimit;
use guestlist_http::greeter::Greeter;
use guestlist_http::request_limit::RequestLimit;
use guestlist_http::{App, Parts};
use guestlist_identity::issuer::Issuer;
use guestlist_identity::jwt::{AccessClaims, BuiltInIssuer};
use guestlist_identity::password::{Password, Passwords};
use guestlist_identity::token::PlainToken;
use guestlist_store::Store;
use guestlist_web::Pages;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::contract;
use crate::people::{Group, Person};
use crate::ports::{FakeClock, SeededEntropy};
use crate::reply::Reply;

/// A guestlist on a database of its own, with a clock that the test moves and chance that repeats itself.
pub struct TestApp {
    app: App,
    router: Router,
    /// The clock of everything.
    pub clock: Arc<FakeClock>,
    entropy: Arc<SeededEntropy>,
    settings: Settings,
    issuer: Arc<dyn Issuer>,
    greeter: Option<Arc<dyn Greeter>>,
    folder: tempfile::TempDir,
}

/// The password of everybody who has one.
const PASSWORD: &str = "correct horse battery staple";

/// The origin whose pages may ask.
pub const ORIGIN: &str = "https://app.example.org";

/// The one registered client.
const CLIENT: &str = "app";

impl TestApp {
    /// A guestlist with nobody in it but the client `app`.
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// As [`Self::new`], where the operator has decided otherwise than usual.
    pub async fn with(settings: Settings) -> Self {
        Self::start(settings, built_in(), None).await
    }

    /// As [`Self::new`], where another issuer than guestlist's own vouches for signed tokens.
    pub async fn with_issuer(issuer: Arc<dyn Issuer>) -> Self {
        Self::start(Settings::default(), issuer, None).await
    }

    /// As [`Self::new`], where mail that does not wait in the queue is left to `greeter`.
    pub async fn with_greeter(greeter: Arc<dyn Greeter>) -> Self {
        Self::start(Settings::default(), built_in(), Some(greeter)).await
    }

    async fn start(settings: Settings, issuer: Arc<dyn Issuer>, greeter: Option<Arc<dyn Greeter>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::default());
        let entropy = Arc::new(SeededEntropy::new(1));
        let app = open(&folder.path().join("guestlist.db"), &clock, &entropy, &settings, &issuer, greeter.clone());
        let router = routes(&app);
        let client = AddClient { by: None, id: client(CLIENT), name: String::new(), scopes: Scopes::all() };
        app.store.submit(client).await.unwrap();
        Self { app, router, clock, entropy, settings, issuer, greeter, folder }
    }

    /// The database, for what a test need not ask for by an API.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// The database's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("guestlist.db")
    }

    /// Closes the database and opens it again, as a restart of the process does.
    #[must_use]
    pub fn restart(self) -> Self {
        let Self { app, router, clock, entropy, settings, issuer, greeter, folder } = self;
        drop(router);
        app.store.close();
        let app = open(&folder.path().join("guestlist.db"), &clock, &entropy, &settings, &issuer, greeter.clone());
        Self { router: routes(&app), app, clock, entropy, settings, issuer, greeter, folder }
    }

    /// Opens an account with the username `name`, the verified address `name@example.org` and a token.
    pub async fn person(&self, name: &str) -> Person {
        self.account(name, false, None).await
    }

    /// As [`Self::person`], an administrator of the whole installation.
    pub async fn admin(&self, name: &str) -> Person {
        self.account(name, true, None).await
    }

    /// As [`Self::person`], with the password that is returned.
    pub async fn person_with_password(&self, name: &str) -> (Person, &'static str) {
        let password = Password::from_plain(PASSWORD).unwrap();
        let hash = Passwords::default().hash(password, &*self.entropy).await.unwrap();
        (self.account(name, false, Some(hash)).await, PASSWORD)
    }

    async fn account(
        &self,
        name: &str,
        is_admin: bool,
        password: Option<guestlist_core::credential::PasswordHash>,
    ) -> Person {
        let add = AddUser {
            language: None,
            by: None,
            id: None,
            uid: Uid::generate(&*self.entropy),
            subject: Subject::parse(&uuid_v4(&*self.entropy).to_string()).unwrap(),
            username: Some(Username::parse(name).unwrap()),
            name: Some(DisplayName::parse(&format!("{name} the person")).unwrap()),
            email: Some(Email::parse(&format!("{name}@example.org")).unwrap()),
            is_admin,
            roles: GlobalRoles::default(),
            password,
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        };
        let user = self.store().submit(add).await.unwrap().0;
        let token = self.token(&UserRef::Id(user.id), "*", None).await;
        Person { user, token }
    }

    /// An opaque token for `user`.
    pub async fn token(&self, user: &UserRef, scopes: &str, lifetime: Option<Lifetime>) -> String {
        let token = PlainToken::generate("", &*self.entropy);
        let issue = IssueToken {
            by: None,
            within: None,
            id: TokenId::generate(self.clock.now(), &*self.entropy),
            hash: token.hash(),
            user: user.clone(),
            client: None,
            scopes: Some(Scopes::parse(scopes).unwrap()),
            lifetime,
            personal: None,
            replaces: false,
        };
        self.store().submit(issue).await.unwrap();
        token.reveal().to_owned()
    }

    /// A signed token for `person`, issued to the client `app`, good for an hour.
    #[must_use]
    pub fn jwt(&self, person: &Person, scopes: &str) -> String {
        self.jwt_for(person.user.subject.as_str(), CLIENT, scopes)
    }

    /// A signed token with any subject and client.
    #[must_use]
    pub fn jwt_for(&self, subject: &str, client_id: &str, scopes: &str) -> String {
        let claims = AccessClaims {
            subject: Some(Subject::parse(subject).unwrap()).filter(|_| subject != client_id),
            client: client(client_id),
            scopes: Scopes::parse(scopes).unwrap(),
            issued_at: self.clock.now(),
            expires_at: self.clock.now() + Lifetime::from_secs(3600),
            person: guestlist_identity::person::Person::default(),
        };
        BuiltInIssuer::new(issuer_key()).unwrap().issue(&claims, "jti".to_owned()).unwrap()
    }

    /// Makes a private group with the slug and name `slug`.
    pub async fn group(&self, slug: &str, owner: &Person) -> Group {
        self.make_group(slug, owner, false).await
    }

    /// Makes a public group with the slug and name `slug`.
    pub async fn public_group(&self, slug: &str, owner: &Person) -> Group {
        self.make_group(slug, owner, true).await
    }

    async fn make_group(&self, slug: &str, owner: &Person, is_public: bool) -> Group {
        let create = CreateGroup {
            language: None,
            by: None,
            owner: UserRef::Id(owner.user.id),
            id: None,
            uid: Uid::generate(&*self.entropy),
            slug: Slug::parse(slug).unwrap(),
            name: DisplayName::parse(slug).unwrap(),
            description: Description::parse(&format!("about {slug}")).unwrap(),
            is_public,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        };
        Group { group: self.store().submit(create).await.unwrap().0 }
    }

    /// Makes `person` a plain member.
    pub async fn add_member(&self, group: &Group, owner: &Person, person: &Person) {
        let invitation = InvitationId::generate(self.clock.now(), &*self.entropy);
        let targets = vec![Target { who: UserRef::Id(person.user.id), invitation }];
        let group = GroupRef::Id(group.group.id);
        let (roles, admission) = (RoleSet::NONE, Admission::Direct);
        let invite =
            Invite { language: None, note: None, by: owner.user.id, group, targets, roles, admission, batch: None };
        self.store().submit(invite).await.unwrap();
    }

    /// Makes `person` a moderator.
    pub async fn add_moderator(&self, group: &Group, owner: &Person, person: &Person) {
        self.add_member(group, owner, person).await;
        let assign = AssignRole {
            by: owner.user.id,
            group: GroupRef::Id(group.group.id),
            user: UserRef::Id(person.user.id),
            role: Role::Moderator,
        };
        self.store().submit(assign).await.unwrap();
    }

    /// The routes, for a test that serves them on a socket.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Begins a request. `path` may have a query string.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        let builder = axum::http::Request::builder().method(method).uri(path);
        Request { router: self.router.clone(), builder, body: Body::empty() }
    }
}

/// A request that is being put together.
pub struct Request {
    router: Router,
    builder: axum::http::request::Builder,
    body: Body,
}

impl Request {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Adds the credential of the legacy API.
    #[must_use]
    pub fn legacy(self, token: &str) -> Self {
        self.header("o_t_h", token)
    }

    /// Adds the credentials of the gateway API, for the client `app`.
    #[must_use]
    pub fn gateway(self, token: &str) -> Self {
        self.header("x-auth-token", token).header("x-client-id", CLIENT)
    }

    /// Adds the credentials of Rocket.Chat.
    #[must_use]
    pub fn rocketchat(self, person: &Person) -> Self {
        self.header("X-Auth-Token", &person.token).header("X-User-Id", person.uid())
    }

    /// Adds the credential of guestlist's own API.
    #[must_use]
    pub fn bearer(self, person: &Person) -> Self {
        self.header("authorization", &format!("Bearer {}", person.token))
    }

    /// Adds a body, as JSON text or anything else, without a content type.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it through the same layers as a request from the network. The answer must be as the API's document says.
    pub async fn send(self) -> Reply {
        let request = self.builder.body(self.body).unwrap();
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let (parts, body) = exchange(self.router, request).await;
        let text = String::from_utf8(body).expect("answers are text");
        let reply = Reply { status: parts.status.as_u16(), headers: parts.headers, text };
        contract::hold(&method, &path, &reply);
        reply
    }

    /// Sends it for a body that is no text. Returns the status and the body.
    pub async fn download(self) -> (u16, Vec<u8>) {
        let (parts, body) = exchange(self.router, self.builder.body(self.body).unwrap()).await;
        (parts.status.as_u16(), body)
    }
}

async fn exchange(router: Router, request: axum::extract::Request) -> (axum::http::response::Parts, Vec<u8>) {
    let response = guestlist_http::slashes::Forgiving(router).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.unwrap().to_bytes().to_vec())
}

/// The routes of the APIs and of the pages.
fn routes(app: &App) -> Router {
    let pages = guestlist_web::router(Pages {
        store: app.store.clone(),
        clock: app.clock.clone(),
        entropy: app.entropy.clone(),
        passwords: app.passwords.clone(),
        public_url: app.public_url.clone(),
    });
    guestlist_http::router(app.clone(), pages.unwrap())
}

fn open(
    database: &Path,
    clock: &Arc<FakeClock>,
    entropy: &Arc<SeededEntropy>,
    settings: &Settings,
    issuer: &Arc<dyn Issuer>,
    greeter: Option<Arc<dyn Greeter>>,
) -> App {
    App::new(Parts {
        store: Arc::new(Store::open_sqlite(database, clock.clone(), settings.clone()).unwrap()),
        clock: clock.clone(),
        entropy: entropy.clone(),
        passwords: Arc::default(),
        issuer: Arc::clone(issuer),
        enforces_scopes: true,
        origins: Arc::new([ORIGIN.parse().unwrap()]),
        request_limit: settings.quotas.map(|_| RequestLimit::new(clock.clone())),
        chat_limit: settings.quotas.map(|_| ChatLimit::new(clock.clone())),
        greeter,
        is_registration_open: true,
        public_url: "https://guestlist.example.org".to_owned(),
    })
}

/// guestlist's own issuer.
fn built_in() -> Arc<dyn Issuer> {
    Arc::new(BuiltInIssuer::new(issuer_key()).unwrap())
}

/// One key for all tests of a process: making one takes a while, and no test depends on its value.
fn issuer_key() -> &'static IssuerKey {
    static KEY: OnceLock<IssuerKey> = OnceLock::new();
    KEY.get_or_init(|| BuiltInIssuer::generate_key("test".to_owned()).unwrap())
}

fn client(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}
