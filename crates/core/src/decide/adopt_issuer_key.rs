//! Choosing the key of the built-in token issuer: the first one offered wins, so that all nodes sign with the same.

use super::Decision;
use crate::change::Change;
use crate::command::AdoptIssuerKey;
use crate::facts::Facts;
use crate::outcome::IssuerKeyAdopted;

pub(super) fn decide(ask: &AdoptIssuerKey, facts: &Facts) -> Decision<IssuerKeyAdopted> {
    match facts.issuer_key() {
        Some(key) => Decision::unchanged(IssuerKeyAdopted(key.clone())),
        None => {
            Decision { outcome: IssuerKeyAdopted(ask.key.clone()), changes: vec![Change::IssuerKey(ask.key.clone())] }
        }
    }
}
