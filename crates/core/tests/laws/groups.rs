//! Laws about members, owners, seats, and those who wait for one.

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::command::{
    Accept, Admission, AssignRole, ChangeInvitation, Command, DeleteUser, DisableUser, Leave, RestoreGroup, UndoBatch,
};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::invitation::{Invitation, InvitationRef, Invitee};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::Slug;
use guestlist_core::outcome::{
    Accepted, Enrolled, GroupArchived, GroupCreated, GroupDeleted, GroupRestored, GroupUnarchived, GroupUpdated,
    Joined, LinkUsed, Outcome, RequestApproved, Standing,
};
use guestlist_core::request::RequestState;
use guestlist_core::user::UserRef;
use guestlist_core::{Refusal, Settings};
use proptest::prelude::*;

use crate::names::{address, group, group_id, user_id};
use crate::steps::{Invitees, settings, steps};
use crate::storage::Storage;
use crate::town::Town;
use crate::{histories, play};

type Pairs = BTreeSet<(GroupId, UserId)>;

fn members(stored: &Storage) -> Pairs {
    stored.members.keys().copied().collect()
}

fn lines(stored: &Storage) -> BTreeMap<GroupId, Vec<UserId>> {
    let line = |id: &GroupId| (*id, stored.waiting(*id).into_iter().map(|request| request.user).collect());
    stored.groups.keys().map(line).collect()
}

fn roles(town: &Town, n: i64, user: i64) -> Option<RoleSet> {
    town.stored.members.get(&(group_id(n), user_id(user))).map(|member| member.roles)
}

fn invite_owner(town: &mut Town, by: i64, whom: i64) -> Command {
    let (whom, roles) = (vec![UserRef::Id(user_id(whom))], RoleSet::of(&[Role::Owner]));
    town.invite(
        user_id(by),
        group(1),
        &Invitees { whom, roles, admission: Admission::Direct, is_batch: true, note: None },
    )
}

// Instances of the laws about owners below that chance seldom finds.

#[test]
fn whoever_is_switched_off_or_waits_is_not_made_an_owner() {
    let mut town = Town::new(Settings::default());
    let invite = invite_owner(&mut town, 1, 7);
    town.run(&invite).unwrap();
    assert_eq!(roles(&town, 1, 7), Some(RoleSet::NONE));
    let assign = AssignRole { by: user_id(1), group: group(1), user: UserRef::Id(user_id(7)), role: Role::Owner };
    assert_eq!(town.run(&assign.into()), Err(Refusal::MemberNotFound));

    let to_p4 =
        |invitation: &&Invitation| invitation.group == group_id(6) && invitation.invitee == Invitee::Email(address(4));
    let invitation = town.stored.invitations.values().find(to_p4).unwrap().id;
    let roles = Some(RoleSet::of(&[Role::Owner, Role::Leader]));
    town.run(&ChangeInvitation { by: user_id(3), invitation, roles, expiry: None }.into()).unwrap();
    town.run(
        &Accept { by: Some(user_id(4)), invitation: InvitationRef::Id(invitation), is_secret_enough: false }.into(),
    )
    .unwrap();
    assert_eq!(town.stored.requests[&(group_id(6), user_id(4))].roles, RoleSet::of(&[Role::Leader]));
}

#[test]
fn undoing_a_batch_leaves_the_group_an_owner() {
    let mut town = Town::new(Settings::default());
    let invite = invite_owner(&mut town, 1, 4);
    town.run(&invite).unwrap();
    town.run(&Leave { by: user_id(1), group: group(1) }.into()).unwrap();
    let undo = UndoBatch { by: user_id(4), group: group(1), batch: invite.batch().unwrap() };
    assert_eq!(town.run(&undo.into()), Err(Refusal::LastOwner));
}

#[test]
fn whoever_restores_a_group_whose_last_owner_was_switched_off_owns_it() {
    let mut town = Town::new(Settings::default());
    town.run(&DisableUser { by: None, user: UserRef::Id(user_id(2)) }.into()).unwrap();
    assert_eq!(roles(&town, 5, 2), Some(RoleSet::NONE));
    town.run(&RestoreGroup { by: user_id(6), group: group(5) }.into()).unwrap();
    assert_eq!(roles(&town, 5, 6), Some(RoleSet::of(&[Role::Owner])));
}

#[test]
fn whoever_is_deleted_does_not_own_a_deleted_group_either() {
    let mut town = Town::new(Settings::default());
    assert_eq!(roles(&town, 5, 2), Some(RoleSet::of(&[Role::Owner])));
    town.run(&DeleteUser { by: user_id(6), user: UserRef::Id(user_id(2)) }.into()).unwrap();
    assert_eq!(roles(&town, 5, 2), Some(RoleSet::NONE));
}

proptest! {
    #![proptest_config(histories(96))]

    #[test]
    fn a_living_group_keeps_an_owner_who_can_act(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            for group in town.stored.groups.values().filter(|group| group.deleted_at.is_none()) {
                let mut owners = town.stored.members_of(group.id).filter(|member| member.roles.has(Role::Owner));
                let can_act = owners.any(|owner| town.stored.users[&owner.user].is_active());
                prop_assert!(can_act, "{} after {:?}", group.id, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whoever_is_switched_off_owns_nothing(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            for member in town.stored.members.values().filter(|member| member.roles.has(Role::Owner)) {
                prop_assert!(town.stored.users[&member.user].is_active(), "{:?} after {:?}", member, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_group_has_more_members_than_seats(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            for group in town.stored.groups.values() {
                let members = i64::try_from(town.stored.members_of(group.id).count()).unwrap();
                prop_assert!(members <= group.seats(&town.stored.settings), "{} after {:?}", group.id, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn nobody_waits_beside_a_free_seat(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            let living = town.stored.groups.values().filter(|group| group.is_active() && group.deleted_at.is_none());
            for group in living {
                let is_free = group.tally.members < group.seats(&town.stored.settings);
                prop_assert!(!is_free || town.stored.waiting(group.id).is_empty(), "{} after {:?}", group.id, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn those_who_wait_come_in_in_the_order_of_their_places(settings in settings(), steps in steps()) {
        let mut before = BTreeMap::new();
        play(settings, &steps, |town, command, _| {
            let lines = lines(&town.stored);
            for (group, line) in std::mem::replace(&mut before, lines.clone()) {
                let still = lines.get(&group).cloned().unwrap_or_default();
                // Nobody is overtaken by somebody behind them, be it in the line or into the group.
                let stayed: Vec<_> = line.iter().filter(|user| still.contains(user)).copied().collect();
                prop_assert!(still.starts_with(&stayed), "{:?} after {:?}, {:?}", still, line, command);
                let first = line.iter().position(|user| still.contains(user)).unwrap_or(line.len());
                let overtook = line[first..].iter().find(|user| town.stored.members.contains_key(&(group, **user)));
                prop_assert_eq!(overtook, None, "{:?}", command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn nobody_who_is_a_member_asks_to_join_or_waits(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            for request in town.stored.requests.values().filter(|request| request.is_open()) {
                let is_member = town.stored.members.contains_key(&(request.group, request.user));
                prop_assert!(!is_member, "{:?} after {:?}", request, command);
                prop_assert_eq!(request.state == RequestState::Waiting, request.place.is_some());
                prop_assert_eq!(request.closed_at, None);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_link_is_never_used_more_often_than_it_may(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            for link in town.stored.links.values() {
                prop_assert!(link.uses_max.is_none_or(|max| link.uses <= max), "{:?} after {:?}", link, command);
            }
            Ok(())
        })?;
    }

    /// Whoever comes in said yes, was let in by somebody who may, or waited.
    #[test]
    fn whoever_comes_in_has_asked_for_it_or_is_admitted_directly(settings in settings(), steps in steps()) {
        let mut before: Option<(Pairs, Pairs)> = None;
        play(settings, &steps, |town, command, decided| {
            let now_in = members(&town.stored);
            let open = town.stored.requests.values().filter(|request| request.is_open());
            let asking = open.map(|request| (request.group, request.user)).collect();
            let Some((were_in, asked)) = before.replace((now_in.clone(), asking)) else { return Ok(()) };
            let mut joined: Vec<_> = now_in.difference(&were_in).copied().collect();
            joined.retain(|pair| !asked.contains(pair));
            let expected = match (command, decided.as_ref().map(|decision| &decision.outcome)) {
                (Command::Invite(ask), Ok(_)) if ask.admission == Admission::Direct => return Ok(()),
                (Command::Accept(ask), Ok(Outcome::Accepted(Accepted { group, standing: Standing::Joined }))) => {
                    // Of whoever holds a secret, the command does not tell who that is.
                    let Some(by) = ask.by else { return Ok(()) };
                    Some((*group, by))
                }
                (Command::UseLink(ask), Ok(Outcome::LinkUsed(LinkUsed { group, standing: Standing::Joined }))) => {
                    Some((*group, ask.by))
                }
                (Command::Join(ask), Ok(Outcome::Joined(Joined { group, standing: Standing::Joined }))) => {
                    Some((*group, ask.by))
                }
                (Command::CreateGroup(_), Ok(Outcome::GroupCreated(GroupCreated(group)))) => {
                    Some((group.id, group.creator))
                }
                (Command::Enrol(_), Ok(Outcome::Enrolled(Enrolled { user, group, standing: Standing::Joined }))) => {
                    Some((*group, user.id))
                }
                _ => None,
            };
            prop_assert_eq!(joined, Vec::from_iter(expected.filter(|pair| !asked.contains(pair))), "{:?}", command);
            Ok(())
        })?;
    }

    #[test]
    fn the_answer_tells_how_somebody_stands_to_the_group(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, decided| {
            let (group, user, standing) = match (command, decided.as_ref().map(|decision| &decision.outcome)) {
                (Command::Accept(Accept { by: Some(by), .. }), Ok(Outcome::Accepted(found))) => {
                    (found.group, *by, found.standing)
                }
                (Command::UseLink(ask), Ok(Outcome::LinkUsed(found))) => (found.group, ask.by, found.standing),
                (Command::Join(ask), Ok(Outcome::Joined(found))) => (found.group, ask.by, found.standing),
                (Command::ApproveRequest(ask), Ok(Outcome::RequestApproved(RequestApproved { standing }))) => {
                    let (group, user) = (town.facts.group(&ask.group).unwrap(), town.facts.user(&ask.user).unwrap());
                    (group.id, user.id, *standing)
                }
                _ => return Ok(()),
            };
            let is_member = town.stored.members.contains_key(&(group, user));
            let request = town.stored.requests.get(&(group, user)).map(|request| request.state);
            match standing {
                Standing::Joined | Standing::AlreadyMember => prop_assert!(is_member, "{:?}", command),
                Standing::Waiting => prop_assert_eq!(request, Some(RequestState::Waiting), "{:?}", command),
                Standing::Requested => prop_assert_eq!(request, Some(RequestState::Pending), "{:?}", command),
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_answer_shows_the_group_as_it_is_stored_then(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, decided| {
            let Ok(
                Outcome::GroupCreated(GroupCreated(shown))
                | Outcome::GroupUpdated(GroupUpdated(shown))
                | Outcome::GroupArchived(GroupArchived(shown))
                | Outcome::GroupUnarchived(GroupUnarchived(shown))
                | Outcome::GroupDeleted(GroupDeleted(shown))
                | Outcome::GroupRestored(GroupRestored(shown)),
            ) = decided.as_ref().map(|decision| &decision.outcome)
            else {
                return Ok(());
            };
            prop_assert_eq!(Some(shown), town.stored.groups.get(&shown.id), "{:?}", command);
            Ok(())
        })?;
    }

    #[test]
    fn a_group_is_found_by_the_names_that_it_has_now(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, _| {
            for group in town.stored.groups.values() {
                let found = town.facts.group(&GroupRef::Slug(group.slug.clone()));
                prop_assert_eq!(found, Some(group), "{:?}", command);
            }
            for slug in (1..9).map(|n| Slug::parse(&format!("g{n}")).unwrap()) {
                let holder = town.stored.groups.values().find(|group| group.slug == slug);
                prop_assert_eq!(town.facts.group(&GroupRef::Slug(slug)), holder, "{:?}", command);
            }
            Ok(())
        })?;
    }
}
