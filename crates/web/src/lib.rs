//! The pages that people see: so far the one behind the link in an invitation's mail.
//!
//! No page needs a script, a font or a picture from anywhere. A GET changes nothing, since programs that look through mail
//! open links, too: everything is done by a button. Nothing here decides: buttons are commands like those of the APIs.

mod guard;
mod invitation;
mod language;
mod style;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use guestlist_core::ports::{Clock, Entropy};
use guestlist_identity::password::Passwords;
use guestlist_l10n::{Catalogue, CatalogueError};
use guestlist_store::Store;

use self::invitation::limit::LinkLimit;

/// What pages need.
pub struct Pages {
    /// The open database.
    pub store: Arc<Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// For ids.
    pub entropy: Arc<dyn Entropy>,
    /// Where passwords are hashed.
    pub passwords: Arc<Passwords>,
    /// The address under which people reach the server, without a slash at the end.
    pub public_url: String,
}

/// The same, with what is made of it.
pub(crate) struct Desk {
    pages: Pages,
    words: Catalogue,
    links: LinkLimit,
}

impl std::ops::Deref for Desk {
    type Target = Pages;

    fn deref(&self) -> &Pages {
        &self.pages
    }
}

/// The routes of all pages.
pub fn router(pages: Pages) -> Result<Router, CatalogueError> {
    let desk = Arc::new(Desk { words: words::catalogue()?, links: LinkLimit::default(), pages });
    let invitation = Router::new()
        .route("/invitations/{secret}", get(invitation::show).post(invitation::unsubscribe))
        .route("/invitations/{secret}/accept", post(invitation::accept))
        .route("/invitations/{secret}/decline", post(invitation::decline))
        .route("/invitations/{secret}/refuse", post(invitation::refuse))
        .route("/invitations/{secret}/allow", post(invitation::allow))
        .route("/invitations/{secret}/sign-in", post(invitation::sign_in))
        .layer(from_fn(guard::page))
        .with_state(desk);
    Ok(Router::new().route(style::PATH, get(style::show)).merge(invitation))
}
