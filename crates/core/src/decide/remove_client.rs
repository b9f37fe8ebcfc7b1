//! Removing a client application; the tokens that were issued to it go with it.

use super::{Decision, require_administrator};
use crate::change::Change;
use crate::command::RemoveClient;
use crate::facts::Facts;
use crate::outcome::ClientRemoved;
use crate::refusal::Refusal;

pub(super) fn decide(ask: &RemoveClient, facts: &Facts) -> Result<Decision<ClientRemoved>, Refusal> {
    require_administrator(ask.by, facts)?;
    let client = facts.client(&ask.id).ok_or(Refusal::ClientNotFound)?;
    Ok(Decision { changes: vec![Change::ClientRemoved(ask.id.clone())], outcome: ClientRemoved(client.clone()) })
}
