//! Every reason to say no is there for a reason: something provokes it.

use std::collections::BTreeSet;

use guestlist_core::outcome::{InviteRow, Outcome};
use guestlist_core::provoke::provocations;
use guestlist_core::{Refusal, decide};

#[test]
fn every_refusal_can_be_provoked() {
    for (world, now, command, refusal) in provocations() {
        let found = match decide(&command, world.facts(), now) {
            Err(refusal) => refusal,
            Ok(decision) => match &decision.outcome {
                Outcome::Invited(invited) => refused(&invited.rows),
                outcome => panic!("{refusal:?}: {outcome:?}"),
            },
        };
        assert_eq!(found, refusal, "{command:?}");
    }
}

fn refused(rows: &[InviteRow]) -> Refusal {
    match rows {
        [InviteRow::Refused(refusal)] => *refusal,
        _ => panic!("{rows:?}"),
    }
}

#[test]
fn every_refusal_is_listed_once_under_a_code_of_its_own() {
    let provoked: BTreeSet<_> = provocations().into_iter().map(|(.., refusal)| refusal.code()).collect();
    let listed: BTreeSet<_> = Refusal::EACH.into_iter().map(Refusal::code).collect();
    assert_eq!(listed, provoked);
    assert_eq!(listed.len(), Refusal::EACH.len());
}
