//! Mail that leaves while the request waits for it.

use futures_util::future::BoxFuture;
use guestlist_core::names::Email;
use guestlist_core::user::User;

/// Invites people to the installation itself.
pub trait Greeter: Send + Sync {
    /// Writes to these addresses in the name of `by`. When this returns `Ok`, somebody else has promised to look after all of
    /// the mails; an error says for people why one was not taken.
    fn greet<'a>(&'a self, by: &'a User, to: &'a [Email]) -> BoxFuture<'a, Result<(), String>>;
}
