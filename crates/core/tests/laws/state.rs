//! Laws about events and what is stored beside them.

use guestlist_core::change::Change;
use guestlist_core::decide;
use guestlist_core::history::{Audit, Finding, Stream};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::steps::{settings, step, steps};
use crate::storage::Storage;
use crate::town::Town;
use crate::{histories, play};

fn findings(stored: &Storage) -> Vec<Finding> {
    let groups = stored.groups.keys().map(|id| Stream::Group(*id));
    groups.chain([Stream::Installation]).flat_map(|stream| audit(stored, stream)).collect()
}

fn audit(stored: &Storage, stream: Stream) -> Vec<Finding> {
    let mut audit = Audit::new(stream);
    stored.events.get(&stream.number()).into_iter().flatten().for_each(|event| audit.event(event));
    let changes: Vec<Change> = match stream {
        Stream::Installation => {
            let users = stored.users.values().cloned().map(Change::User);
            let addresses = stored.emails.values().cloned().map(Change::UserEmail);
            let opt_outs = stored.opt_outs.values().copied().map(Change::OptOut);
            let tokens = stored.tokens.values().cloned().map(Change::Token);
            let clients = stored.clients.values().cloned().map(Change::Client);
            users.chain(addresses).chain(opt_outs).chain(tokens).chain(clients).collect()
        }
        Stream::Group(id) => {
            let members = stored.members_of(id).cloned().map(Change::Membership);
            let invitations = stored.invitations.values().filter(|invitation| invitation.group == id);
            let mails = stored.mails.values().filter(|mail| mail.group == id).cloned().map(Change::Mail);
            let links = stored.links.values().filter(|link| link.group == id).cloned().map(Change::Link);
            let requests = stored.requests.values().filter(|request| request.group == id);
            let group = std::iter::once(Change::Group(stored.groups[&id].clone()));
            let invitations = invitations.cloned().map(Change::Invitation);
            let requests = requests.cloned().map(Change::JoinRequest);
            group.chain(members).chain(invitations).chain(mails).chain(links).chain(requests).collect()
        }
    };
    for change in &changes {
        audit.stored(change);
    }
    audit.finish(stored.head(stream))
}

proptest! {
    #![proptest_config(histories(80))]

    /// No gap, no broken chain, nothing that is stored and not told or told and not stored, and no miscount.
    #[test]
    fn what_is_stored_is_the_fold_of_the_events(settings in settings(), steps in steps()) {
        let town = play(settings, &steps, |_, _, _| Ok(()))?;
        prop_assert_eq!(findings(&town.stored), []);
    }

    #[test]
    fn a_rehearsal_changes_nothing_and_tells_exactly_what_happens_then(
        settings in settings(),
        steps in steps(),
        others in vec(step(), 1..4),
    ) {
        let mut town = Town::new(settings.clone());
        let mut rehearsing = Town::new(settings);
        for (pause, step) in &steps {
            town.wait(*pause);
            rehearsing.wait(*pause);
            for command in rehearsing.commands(&others) {
                let _ = decide(&command, &rehearsing.facts, rehearsing.now);
            }
            let command = rehearsing.commands([step]).remove(0);
            let told = decide(&command, &rehearsing.facts, rehearsing.now);
            prop_assert_eq!(&rehearsing.run(&command), &told);
            prop_assert_eq!(&town.run(&command), &told);
            prop_assert_eq!(&town.stored, &rehearsing.stored);
        }
    }
}
