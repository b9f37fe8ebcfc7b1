//! Why a caller is nobody.

/// Why what a request presents does not tell who is calling. Each API has its own words for it, and says no more than
/// it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// Nothing was presented.
    #[error("no credential was presented")]
    Missing,
    /// It is no token at all, or one of another kind.
    #[error("the credential is not an access token")]
    Malformed,
    /// Nobody here gave it out: unknown token, signature, key or issuer.
    #[error("the access token is not known here")]
    Unknown,
    /// It stands for an application and not for a user.
    #[error("the access token stands for no user")]
    NoUser,
    /// It was good until a while ago.
    #[error("the access token has expired")]
    Expired,
    /// It will be good in a while.
    #[error("the access token is not valid yet")]
    NotYetValid,
    /// It was taken back.
    #[error("the access token was revoked")]
    Revoked,
    /// Its user's account is switched off.
    #[error("the account is switched off")]
    Disabled,
}
