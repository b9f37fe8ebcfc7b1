//! Laws about inviting many at once, and taking it back.

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::command::{Command, Invite, UndoBatch};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, InvitationId, UserId};
use guestlist_core::invitation::Invitation;
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person};
use guestlist_core::outcome::{InviteRow, Outcome};
use guestlist_core::request::RequestState;
use guestlist_core::time::Timestamp;
use guestlist_core::user::UserRef;
use guestlist_core::{Change, Decision, Refusal, Settings};
use proptest::prelude::*;

use crate::steps::{InGroup, Invitees, Pause, Step, here, invitees, pause, settings, steps};
use crate::storage::Storage;
use crate::town::Town;
use crate::{histories, play};

/// Who is a member, who can accept, and who asks to join.
#[derive(Debug, PartialEq, Eq)]
struct Standings {
    members: BTreeMap<(GroupId, UserId), Membership>,
    live: BTreeMap<InvitationId, Invitation>,
    asking: BTreeMap<(GroupId, UserId), (RequestState, RoleSet)>,
}

fn standings(stored: &Storage, now: Timestamp) -> Standings {
    let live = stored.invitations.iter().filter(|(_, invitation)| invitation.is_open(now));
    let asking = stored.requests.iter().filter(|(_, request)| request.is_open());
    Standings {
        members: stored.members.clone(),
        live: live.map(|(id, invitation)| (*id, invitation.clone())).collect(),
        asking: asking.map(|(pair, request)| (*pair, (request.state, request.roles))).collect(),
    }
}

fn told(stored: &Storage) -> usize {
    stored.events.values().map(Vec::len).sum()
}

/// A town with some history, and an invite into it.
fn before(
    settings: Settings,
    steps: &[(Pause, Step)],
    group: &GroupRef,
    whom: &Invitees,
) -> Result<(Town, Invite), TestCaseError> {
    let mut town = play(settings, steps, |_, _, _| Ok(()))?;
    let invite = Step::InGroup { by: None, group: group.clone(), what: InGroup::Invite(whom.clone()) };
    match town.commands([&invite]).remove(0) {
        Command::Invite(ask) => Ok((town, ask)),
        command => panic!("{command:?} is no invite"),
    }
}

fn person(town: &Town, who: &UserRef) -> String {
    match (town.facts.user(who), who) {
        (Some(user), _) => format!("{:?}", Person::User(user.id)),
        (None, UserRef::Email(email)) => email.key().to_string(),
        (None, nobody) => format!("{nobody:?}"),
    }
}

fn rows(decided: &Result<Decision, Refusal>) -> Result<Vec<InviteRow>, Refusal> {
    match decided {
        Ok(Decision { outcome: Outcome::Invited(invited), .. }) => Ok(invited.rows.clone()),
        Ok(decision) => panic!("{decision:?} is no outcome of an invite"),
        Err(refusal) => Err(*refusal),
    }
}

proptest! {
    #![proptest_config(histories(80))]

    #[test]
    fn undoing_a_batch_restores_the_state_but_not_the_history(
        settings in settings(),
        steps in steps(),
        group in here(),
        whom in invitees(),
        pause in pause(),
    ) {
        let (mut town, ask) = before(settings, &steps, &group, &Invitees { is_batch: true, ..whom })?;
        let known = town.stored.clone();
        let Ok(decision) = town.run(&ask.clone().into()) else { return Ok(()) };
        let after = told(&town.stored);
        town.wait(pause);
        let undo = UndoBatch { by: ask.by, group: ask.group, batch: ask.batch.unwrap() };
        let undone = town.run(&undo.into());
        if decision.changes.iter().all(|change| matches!(change, Change::DayCount(_))) {
            prop_assert_eq!(undone, Err(Refusal::BatchNotFound));
        } else {
            undone.unwrap();
            prop_assert_eq!(standings(&town.stored, town.now), standings(&known, town.now));
            prop_assert!(told(&town.stored) >= after);
            prop_assert!(after > told(&known));
        }
    }

    /// Different people, that is; of one who is named twice the second row tells of the first.
    #[test]
    fn inviting_many_is_inviting_one_by_one(
        settings in settings(),
        steps in steps(),
        group in here(),
        whom in invitees(),
    ) {
        let (mut town, mut ask) = before(settings, &steps, &group, &whom)?;
        let mut named = BTreeSet::new();
        ask.targets.retain(|target| named.insert(person(&town, &target.who)));
        let mut slowly = town.again();
        let at_once = rows(&town.run(&ask.clone().into()));
        let mut one_by_one = vec![];
        for target in &ask.targets {
            let single = Invite { targets: vec![target.clone()], ..ask.clone() };
            match rows(&slowly.run(&single.into())) {
                Ok(rows) => one_by_one.extend(rows),
                // Alone, somebody unknown is everybody.
                Err(Refusal::NobodyToInvite) if at_once.is_ok() => {
                    one_by_one.push(InviteRow::Refused(Refusal::UserNotFound));
                }
                Err(refusal) => {
                    prop_assert!(at_once.is_err() || refusal == at_once.clone().unwrap_err());
                    return Ok(());
                }
            }
        }
        prop_assert_eq!(at_once, Ok(one_by_one));
        let without_events = |stored: Storage| Storage { events: BTreeMap::new(), ..stored };
        prop_assert_eq!(without_events(town.stored), without_events(slowly.stored));
    }

    #[test]
    fn a_refusal_for_good_does_not_show_in_the_answer(
        settings in settings(),
        steps in steps(),
        group in here(),
        whom in invitees(),
    ) {
        let (mut town, mut ask) = before(settings, &steps, &group, &whom)?;
        ask.targets.truncate(1);
        let mut open = town.again();
        open.stored.opt_outs.clear();
        let mut open = open.again();
        for user in town.stored.users.keys() {
            let person = town.facts.hash(&Person::User(*user)).unwrap();
            town.facts.learn_opt_out(OptOut { person, from: InvitationsFrom::Everyone, created_at: town.now });
        }
        let command = Command::from(ask);
        let answer = |town: &mut Town| town.run(&command).map(|decision| decision.outcome);
        prop_assert_eq!(answer(&mut town), answer(&mut open));
    }
}
