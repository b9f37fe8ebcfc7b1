//! An identity provider elsewhere (OpenID Connect), as far as guestlist asks it: where things are (discovery), which keys
//! have signed tokens (JWKS), what has become of a token (introspection), and the address of a user.
//!
//! guestlist checks tokens and issues none of that provider's. What cannot be found out is never taken for good, nor for
//! bad: it is a fault of the provider, and told as one.

mod discovery;
mod fetch;
mod introspection;
mod keys;
mod provider;
mod settings;

pub use self::provider::Provider;
pub use self::settings::{Introspector, ProviderSettings, Url};
