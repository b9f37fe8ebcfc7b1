//! Giving out an opaque access token.

use super::{Decision, caller, require_own, require_self_or_administrator};
use crate::change::Change;
use crate::command::IssueToken;
use crate::credential::AccessToken;
use crate::facts::Facts;
use crate::outcome::TokenIssued;
use crate::permission::Permission;
use crate::policy;
use crate::refusal::Refusal;
use crate::time::{Timestamp, earlier};

pub(super) fn decide(ask: &IssueToken, facts: &Facts, now: Timestamp) -> Result<Decision<TokenIssued>, Refusal> {
    let user = facts.user(&ask.user).ok_or(Refusal::UserNotFound)?;
    if let (Some(by), Some(_)) = (ask.by, &ask.personal) {
        require_own(Permission::CreateToken, caller(facts, by)?, facts)?;
    }
    require_self_or_administrator(ask.by, user.id, facts)?;
    let client = ask.client.as_ref().map(|id| facts.client(id).ok_or(Refusal::ClientNotFound)).transpose()?;
    let scopes = policy::grant(user, client, ask.within.as_ref().map(|within| &within.scopes), ask.scopes.as_ref())?;
    let token = AccessToken {
        id: ask.id,
        hash: ask.hash,
        user: user.id,
        client: ask.client.clone(),
        scopes,
        created_at: now,
        expires_at: earlier(
            ask.lifetime.map(|lifetime| now + lifetime),
            ask.within.as_ref().and_then(|within| within.expires_at),
        ),
        revoked_at: None,
        personal: ask.personal.clone(),
    };
    let mut changes = replaced(ask, facts, now)?;
    changes.push(Change::Token(token.clone()));
    Ok(Decision { changes, outcome: TokenIssued(token) })
}

/// The end of the token whose name this one gets.
fn replaced(ask: &IssueToken, facts: &Facts, now: Timestamp) -> Result<Vec<Change>, Refusal> {
    let known = ask.named().and_then(|named| facts.token(&named));
    match (known, ask.replaces) {
        (None, false) => Ok(vec![]),
        (None, true) => Err(Refusal::TokenNotFound),
        (Some(_), false) => Err(Refusal::TokenNameTaken),
        (Some(known), true) => Ok(vec![Change::Token(AccessToken { revoked_at: Some(now), ..known.clone() })]),
    }
}
