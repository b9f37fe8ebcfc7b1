//! Registering a client application.

use super::{Decision, require_administrator};
use crate::change::Change;
use crate::command::AddClient;
use crate::credential::Client;
use crate::facts::Facts;
use crate::outcome::ClientAdded;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &AddClient, facts: &Facts, now: Timestamp) -> Result<Decision<ClientAdded>, Refusal> {
    require_administrator(ask.by, facts)?;
    if facts.client(&ask.id).is_some() {
        return Err(Refusal::ClientTaken);
    }
    let client = Client { id: ask.id.clone(), name: ask.name.clone(), scopes: ask.scopes.clone(), created_at: now };
    Ok(Decision { changes: vec![Change::Client(client.clone())], outcome: ClientAdded(client) })
}
