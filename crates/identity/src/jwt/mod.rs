//! Signed access tokens (JWT, RFC 7519) in the form that Quran Foundation's identity provider gives them: what they say,
//! which keys have signed them, and the built-in issuer that makes such tokens for the first minute, for
//! `token issue --jwt` and for tests.

mod built_in;
mod claims;
mod key_set;
mod remembered;

pub use self::built_in::{BrokenKey, BuiltInIssuer};
pub use self::claims::AccessClaims;
pub use self::key_set::{Algorithm, Demands, KeySet, Unsigned};
pub use self::remembered::Remembered;

/// Longest text that is looked at as a token, in bytes.
const MAX_BYTES: usize = 8 * 1024;
