//! Giving out an opaque access token.

use super::Decision;
use crate::change::Change;
use crate::command::IssueToken;
use crate::credential::{AccessToken, Scopes};
use crate::facts::Facts;
use crate::outcome::TokenIssued;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &IssueToken, facts: &Facts, now: Timestamp) -> Result<Decision<TokenIssued>, Refusal> {
    let user = facts.user(&ask.user).ok_or(Refusal::UserNotFound)?;
    if !user.is_active() {
        return Err(Refusal::CallerDisabled);
    }
    let granted = match &ask.client {
        Some(id) => facts.client(id).ok_or(Refusal::ClientNotFound)?.scopes.clone(),
        None => Scopes::all(),
    };
    let scopes = ask.scopes.clone().unwrap_or_else(|| granted.clone());
    if !granted.cover_all(&scopes) {
        return Err(Refusal::ScopeNotGranted);
    }
    let token = AccessToken {
        id: ask.id,
        hash: ask.hash,
        user: user.id,
        client: ask.client.clone(),
        scopes,
        created_at: now,
        expires_at: ask.lifetime.map(|lifetime| now + lifetime),
        revoked_at: None,
    };
    Ok(Decision { changes: vec![Change::Token(token.clone())], outcome: TokenIssued(token) })
}
