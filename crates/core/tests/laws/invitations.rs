//! Laws about invitations.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use guestlist_core::command::Command;
use guestlist_core::ids::{GroupId, InvitationId, UserId};
use guestlist_core::invitation::{Invitation, InvitationState, Invitee};
use guestlist_core::names::Email;
use guestlist_core::opt_out::Person;
use guestlist_core::settings::RESEND_PAUSE;
use guestlist_core::user::UserRef;
use proptest::prelude::*;

use crate::steps::{settings, steps};
use crate::storage::Storage;
use crate::{histories, play};

type Pairs = BTreeSet<(GroupId, UserId)>;

/// What is pending for each person in each group, told by looking at every invitation that was ever made.
fn pending(stored: &Storage) -> HashMap<(GroupId, Person), BTreeSet<InvitationId>> {
    let mut pending: HashMap<_, BTreeSet<_>> = HashMap::new();
    for invitation in stored.invitations.values().filter(|invitation| invitation.state == InvitationState::Pending) {
        let person = stored.person(&invitation.invitee);
        pending.entry((invitation.group, person)).or_default().insert(invitation.id);
    }
    pending
}

fn of_members(stored: &Storage) -> BTreeSet<InvitationId> {
    let mut pending = pending(stored);
    let pairs = stored.members.keys();
    pairs.filter_map(|(group, user)| pending.remove(&(*group, Person::User(*user)))).flatten().collect()
}

/// Who is named by account and by address in one command, and whom the group did not know before, is invited in both ways:
/// else the answer would tell whose the address is.
fn names_several(command: &Command) -> bool {
    matches!(command, Command::Invite(ask)
        if ask.targets.len() > 1 && ask.targets.iter().any(|target| matches!(target.who, UserRef::Email(_))))
}

/// Whoever verifies an address takes the invitations made to it over, wherever they already are, or wait to be.
fn verified(command: &Command) -> bool {
    matches!(command, Command::AddUser(_) | Command::SeeSubject(_))
}

proptest! {
    #![proptest_config(histories(96))]

    /// A person is an account and its verified addresses. One who verifies an address that was invited before may have
    /// several, and so may one who is named in several ways at once; nothing else adds to these.
    #[test]
    fn nobody_gets_a_second_pending_invitation_to_a_group(settings in settings(), steps in steps()) {
        let mut before = HashMap::new();
        play(settings, &steps, |town, command, _| {
            let after = pending(&town.stored);
            for (of, ids) in &after {
                let had = before.get(of).map_or(0, BTreeSet::len);
                let is_first = before.is_empty() || verified(command) || names_several(command);
                prop_assert!(ids.len() <= had.max(1) || is_first, "{:?} has {:?} after {:?}", of, ids, command);
            }
            before = after;
            Ok(())
        })?;
    }

    #[test]
    fn the_pending_invitations_of_a_person_are_found_by_their_account_and_by_each_address(
        settings in settings(),
        steps in steps(),
    ) {
        play(settings, &steps, |town, _, _| {
            for ((group, person), ids) in pending(&town.stored) {
                let found = |invitee| -> BTreeSet<_> {
                    town.facts.pending_invitations(group, &invitee).map(|found| found.id).collect()
                };
                let invitee = match person {
                    Person::User(user) => Invitee::User(user),
                    Person::Address(key) => Invitee::Email(Email::parse(key.as_str()).unwrap()),
                };
                prop_assert_eq!(&found(invitee), &ids);
                for id in ids {
                    prop_assert!(found(town.stored.invitations[&id].invitee.clone()).contains(&id));
                }
            }
            Ok(())
        })?;
    }

    /// But for those who verified an invited address while they waited for a seat.
    #[test]
    fn whoever_comes_in_or_goes_holds_no_pending_invitation(settings in settings(), steps in steps()) {
        let mut before: Option<(Pairs, Pairs)> = None;
        play(settings, &steps, |town, command, decided| {
            let members: Pairs = town.stored.members.keys().copied().collect();
            let lines = town.stored.groups.keys().flat_map(|id| town.stored.waiting(*id));
            let waiting = lines.map(|request| (request.group, request.user)).collect();
            let pending = pending(&town.stored);
            if let Some((members_before, waited)) = &before {
                for (group, user) in members.symmetric_difference(members_before) {
                    // Who is out again because a batch was undone is invited as before it.
                    if matches!(command, Command::UndoBatch(_)) {
                        continue;
                    }
                    let ids = pending.get(&(*group, Person::User(*user)));
                    prop_assert!(ids.is_none() || waited.contains(&(*group, *user)), "{:?}", command);
                }
            }
            before = Some((members, waiting));
            // Only what is open is withdrawn: what is dead opens no door.
            if let (Command::RemoveMember(ask), Ok(_)) = (command, decided) {
                let group = town.facts.group(&ask.group).unwrap().id;
                let person = match (town.facts.user(&ask.user), &ask.user) {
                    (Some(user), _) => Person::User(user.id),
                    (None, UserRef::Email(email)) => Person::Address(email.key().clone()),
                    (None, who) => panic!("{who:?} is nobody"),
                };
                let left = pending.get(&(group, person)).into_iter().flatten();
                let open = left.filter(|id| town.stored.invitations[*id].is_open(town.now)).count();
                prop_assert_eq!(open, 0, "{:?}", command);
            }
            Ok(())
        })?;
    }

    /// But for those who were members, or waited for a seat, when they verified an invited address.
    #[test]
    fn nobody_who_is_a_member_has_a_pending_invitation(settings in settings(), steps in steps()) {
        let mut late: Option<HashSet<InvitationId>> = None;
        play(settings, &steps, |town, command, _| {
            let of_members = of_members(&town.stored);
            let late = late.get_or_insert_with(|| of_members.iter().copied().collect());
            if verified(command) {
                late.extend(&of_members);
                let lines = town.stored.groups.keys().flat_map(|id| town.stored.waiting(*id));
                let waiting: HashSet<_> = lines.map(|request| (request.group, Person::User(request.user))).collect();
                let taken_over = pending(&town.stored).into_iter().filter(|(of, _)| waiting.contains(of));
                late.extend(taken_over.flat_map(|(_, ids)| ids));
            }
            for id in of_members {
                prop_assert!(late.contains(&id), "{} after {:?}", id, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_invitation_is_closed_before_its_deadline_or_else_as_expired_on_it(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, _, _| {
            for invitation in town.stored.invitations.values() {
                let Invitation { state, closed_at, closed_by, expires_at, .. } = *invitation;
                prop_assert_eq!(closed_at.is_none(), state == InvitationState::Pending);
                prop_assert!(closed_at <= Some(town.now));
                let is_expired = closed_at.is_some() && expires_at.is_some() && closed_at >= expires_at;
                prop_assert_eq!(is_expired, state == InvitationState::Expired);
                prop_assert!(!is_expired || closed_at == expires_at && closed_by.is_none());
            }
            Ok(())
        })?;
    }

    /// Only whoever changes an invitation brings its end nearer.
    #[test]
    fn sending_again_never_shortens_a_deadline_and_happens_once_an_hour(settings in settings(), steps in steps()) {
        let mut before = BTreeMap::new();
        play(settings, &steps, |town, command, _| {
            let after = town.stored.invitations.clone();
            for (id, invitation) in &after {
                let Some(known): Option<&Invitation> = before.get(id) else { continue };
                if matches!(command, Command::Invite(_) | Command::ResendInvitation(_)) {
                    let ends = |of: &Invitation| of.expires_at.map_or(i64::MAX, |end| end.as_millis());
                    prop_assert!(ends(invitation) >= ends(known), "{:?}", command);
                }
                // Undoing a batch takes back that it was sent.
                if !matches!(command, Command::UndoBatch(_)) && invitation.sent_at != known.sent_at {
                    prop_assert!(invitation.sent_at >= known.sent_at + RESEND_PAUSE, "{:?}", command);
                }
            }
            before = after;
            Ok(())
        })?;
    }

    #[test]
    fn quotas_are_kept_by_every_new_invitation(settings in settings(), steps in steps()) {
        let mut before: Option<Storage> = None;
        play(settings, &steps, |town, command, decided| {
            let known = before.replace(Storage { events: BTreeMap::new(), ..town.stored.clone() });
            let quotas = &town.stored.settings.quotas;
            let (Some(known), Command::Invite(ask), Ok(_), Some(quotas)) = (known, command, decided, quotas) else {
                return Ok(());
            };
            let made = |id: &&InvitationId| !known.invitations.contains_key(id);
            if town.stored.invitations.keys().filter(made).count() > 0 {
                let group = town.facts.group(&ask.group).unwrap();
                let known = known.groups[&group.id].tally.invitations;
                let day = town.now.as_days();
                prop_assert!(group.tally.invitations <= quotas.pending_per_group.max(known));
                prop_assert!(town.facts.made_on(ask.by, day) <= quotas.made_per_day);
            }
            Ok(())
        })?;
    }
}
