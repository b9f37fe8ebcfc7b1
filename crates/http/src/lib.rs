//! guestlist over HTTP: one listener, and a folder for each API that it speaks.
//!
//! A dialect under `dialects/` is routes, a caller, a body, answers and one file per endpoint. It translates requests
//! to commands and outcomes to answers, and decides nothing. What all dialects share stands beside them: limits,
//! request ids, who is calling. No dialect knows another.

mod authenticate;
pub mod chat_limit;
mod dialects;
pub mod greeter;
mod headers;
mod health;
mod json;
mod limits;
mod link_secret;
pub mod openapi;
pub mod origins;
mod path;
mod quran_groups;
mod request_id;
pub mod request_limit;
mod retry_after;
pub mod server;
pub mod slashes;
mod stream_limit;
mod time;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use guestlist_core::Timestamp;
use guestlist_core::ids::InvitationId;
use guestlist_core::permission::Permissions;
use guestlist_core::ports::{Clock, Entropy};
use guestlist_identity::issuer::Issuer;
use guestlist_identity::password::Passwords;
use guestlist_store::Store;

use crate::chat_limit::ChatLimit;
use crate::greeter::Greeter;
use crate::origins::Origin;
use crate::request_limit::RequestLimit;

/// Everything that a request may need. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// The open database.
    pub store: Arc<Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// For ids and tokens.
    pub entropy: Arc<dyn Entropy>,
    /// Where passwords are hashed.
    pub passwords: Arc<Passwords>,
    /// The issuer whose signed tokens are accepted.
    pub issuer: Arc<dyn Issuer>,
    /// Whether a token must have the scope of the operation by Quran Foundation's APIs: an identity provider may give none.
    pub enforces_scopes: bool,
    /// Whose pages may ask by Quran Foundation's APIs from a browser.
    pub origins: Arc<[Origin]>,
    /// How many requests one user may make; any number if absent.
    pub request_limit: Option<RequestLimit>,
    /// How often one address may call an endpoint of Rocket.Chat's API; as often as it likes if absent.
    pub chat_limit: Option<ChatLimit>,
    /// Who writes to people who are invited to the installation itself; nobody if absent.
    pub greeter: Option<Arc<dyn Greeter>>,
    /// Whether anybody may open an account for themselves by Rocket.Chat's API.
    pub is_registration_open: bool,
    /// The address under which people reach this server, without a slash at the end.
    pub public_url: String,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn permissions(&self) -> &Permissions {
        &self.store.settings().permissions
    }

    fn new_invitation_id(&self) -> InvitationId {
        InvitationId::generate(self.now(), &*self.entropy)
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// All routes, those of `pages` besides the APIs'. Wrap it in [`slashes::Forgiving`] to have repeated and trailing slashes forgiven.
pub fn router(app: App, pages: Router) -> Router {
    Router::new()
        .merge(health::routes())
        .merge(openapi::routes())
        .merge(dialects::routes(&app))
        .fallback(async || (StatusCode::NOT_FOUND, "Not found\n"))
        .with_state(app.clone())
        .merge(pages)
        .layer(from_fn_with_state(app.clone(), retry_after::tell))
        .layer(from_fn_with_state(app, request_id::assign))
}
