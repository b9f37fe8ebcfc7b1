//! Commands about the means of signing in.

use super::Needs;
use crate::credential::{ClientId, Grant, IssuerKey, PersonalToken, Scopes, TokenHash, TokenRef};
use crate::ids::{TokenId, UserId};
use crate::time::Lifetime;
use crate::user::UserRef;

/// See [`Command::IssueToken`](super::Command::IssueToken).
#[derive(Debug, Clone)]
pub struct IssueToken {
    /// Who asks: the user whom the token stands for, or an administrator; the operator, or guestlist itself, if absent.
    pub by: Option<UserId>,
    /// What whoever asks may do themselves, and until when: it is good for no more and no longer. No bound if absent.
    pub within: Option<Grant>,
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
    /// What its user calls it, if they give it out to themselves under a name.
    pub personal: Option<PersonalToken>,
    /// Whether it takes the place of the one of the same name, which is revoked. Otherwise there must be none.
    pub replaces: bool,
}

impl IssueToken {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            users: std::iter::once(self.user.clone()).chain(self.by.map(UserRef::Id)).collect(),
            clients: self.client.iter().cloned().collect(),
            tokens: self.named().into_iter().collect(),
            installation: true,
            ..Needs::default()
        }
    }

    /// The token of that name, if it gets one and is of a user who is named by number.
    pub(crate) fn named(&self) -> Option<TokenRef> {
        match (&self.personal, &self.user) {
            (Some(personal), UserRef::Id(user)) => Some(TokenRef::Named(*user, personal.name.clone())),
            _ => None,
        }
    }
}

/// See [`Command::RevokeToken`](super::Command::RevokeToken).
#[derive(Debug, Clone)]
pub struct RevokeToken {
    /// Who asks: the user whom the token stands for, or an administrator. Absent if the operator does, or whoever holds
    /// the token itself.
    pub by: Option<UserId>,
    /// Which.
    pub token: TokenRef,
}

impl RevokeToken {
    pub(super) fn needs(&self) -> Needs {
        let users = self.by.map(UserRef::Id).into_iter().collect();
        Needs { tokens: vec![self.token.clone()], users, installation: true, ..Needs::default() }
    }
}

/// See [`Command::AddClient`](super::Command::AddClient).
#[derive(Debug, Clone)]
pub struct AddClient {
    /// The administrator who asks; the operator if absent.
    pub by: Option<UserId>,
    /// Its OAuth 2 client id.
    pub id: ClientId,
    /// Its name for people; may be empty.
    pub name: String,
    /// The most that its tokens may be used for.
    pub scopes: Scopes,
}

impl AddClient {
    pub(super) fn needs(&self) -> Needs {
        registering(self.by, &self.id)
    }
}

/// See [`Command::RemoveClient`](super::Command::RemoveClient).
#[derive(Debug, Clone)]
pub struct RemoveClient {
    /// The administrator who asks; the operator if absent.
    pub by: Option<UserId>,
    /// Which.
    pub id: ClientId,
}

impl RemoveClient {
    pub(super) fn needs(&self) -> Needs {
        registering(self.by, &self.id)
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

fn registering(by: Option<UserId>, client: &ClientId) -> Needs {
    let users = by.map(UserRef::Id).into_iter().collect();
    Needs { clients: vec![client.clone()], users, installation: true, ..Needs::default() }
}
