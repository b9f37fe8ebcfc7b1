//! Commands about the means of signing in.

use super::Needs;
use crate::credential::{ClientId, IssuerKey, Scopes, TokenHash, TokenRef};
use crate::ids::TokenId;
use crate::time::Lifetime;
use crate::user::UserRef;

/// See [`Command::IssueToken`](super::Command::IssueToken).
#[derive(Debug, Clone)]
pub struct IssueToken {
    /// The token's name in lists.
    pub id: TokenId,
    /// What it will be looked up by.
    pub hash: TokenHash,
    /// Whom it stands for.
    pub user: UserRef,
    /// The client that it is for, if any.
    pub client: Option<ClientId>,
    /// What it may be used for; if absent, all that the client may do, and everything without a client.
    pub scopes: Option<Scopes>,
    /// How long it lives; for ever, until revoked, if absent.
    pub lifetime: Option<Lifetime>,
}

impl IssueToken {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            users: vec![self.user.clone()],
            clients: self.client.iter().cloned().collect(),
            installation: true,
            ..Needs::default()
        }
    }
}

/// See [`Command::RevokeToken`](super::Command::RevokeToken). Asked by the operator, or by whoever holds the token.
#[derive(Debug, Clone)]
pub struct RevokeToken {
    /// Which.
    pub token: TokenRef,
}

impl RevokeToken {
    pub(super) fn needs(&self) -> Needs {
        Needs { tokens: vec![self.token], installation: true, ..Needs::default() }
    }
}

/// See [`Command::AddClient`](super::Command::AddClient). Asked by the operator.
#[derive(Debug, Clone)]
pub struct AddClient {
    /// Its OAuth 2 client id.
    pub id: ClientId,
    /// Its name for people; may be empty.
    pub name: String,
    /// The most that its tokens may be used for.
    pub scopes: Scopes,
}

impl AddClient {
    pub(super) fn needs(&self) -> Needs {
        Needs { clients: vec![self.id.clone()], installation: true, ..Needs::default() }
    }
}

/// See [`Command::RemoveClient`](super::Command::RemoveClient). Asked by the operator.
#[derive(Debug, Clone)]
pub struct RemoveClient {
    /// Which.
    pub id: ClientId,
}

impl RemoveClient {
    pub(super) fn needs(&self) -> Needs {
        Needs { clients: vec![self.id.clone()], installation: true, ..Needs::default() }
    }
}

/// See [`Command::AdoptIssuerKey`](super::Command::AdoptIssuerKey). Asked by guestlist itself; several nodes may ask at once.
#[derive(Debug, Clone)]
pub struct AdoptIssuerKey {
    /// The key to use if there is none yet.
    pub key: IssuerKey,
}

impl AdoptIssuerKey {
    #[expect(clippy::unused_self, reason = "every command is asked for its needs in the same way")]
    pub(super) fn needs(&self) -> Needs {
        Needs { issuer_key: true, installation: true, ..Needs::default() }
    }
}
