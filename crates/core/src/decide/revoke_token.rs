//! Ending an access token. Ending it twice changes nothing.

use super::{Decision, require_self_or_administrator};
use crate::change::Change;
use crate::command::RevokeToken;
use crate::credential::AccessToken;
use crate::facts::Facts;
use crate::outcome::TokenRevoked;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &RevokeToken, facts: &Facts, now: Timestamp) -> Result<Decision<TokenRevoked>, Refusal> {
    let token = facts.token(&ask.token).ok_or(Refusal::TokenNotFound)?;
    // Whose token it is, is nobody else's business.
    require_self_or_administrator(ask.by, token.user, facts).map_err(|refusal| match refusal {
        Refusal::AdministratorsOnly => Refusal::TokenNotFound,
        refusal => refusal,
    })?;
    if token.revoked_at.is_some() {
        return Ok(Decision::unchanged(TokenRevoked(token.clone())));
    }
    let token = AccessToken { revoked_at: Some(now), ..token.clone() };
    Ok(Decision { changes: vec![Change::Token(token.clone())], outcome: TokenRevoked(token) })
}
