//! Inviting people who become members once they accept: the way of Quran Foundation.

mod check;

use check::check;
use guestlist_core::command::{Admission, Expiry, Invite};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::member::RoleSet;
use guestlist_core::names::Slug;
use guestlist_core::world::{DAY, HOUR, World, accept, admit, at, decline, group, lasting, leave, offer, remove, user};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("dawud")
}

#[test]
fn an_owner_or_a_moderator_invites() {
    let world = circle();
    assert_snapshot!(check(&world, at(HOUR), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: new 1
      + invitation 1 to dawud by amina until day 1 + 3600000 ms pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
    assert_snapshot!(check(&world, at(HOUR), offer("musa", &["dawud"], lasting(DAY))), @r"
    invited to circle: new 1
      + invitation 1 to dawud by musa until day 1 + 3600000 ms pending
      ~ day 0 of musa: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn a_leader_a_member_or_an_outsider_does_not_invite() {
    let world = circle();
    for by in ["layla", "bilal", "dawud"] {
        assert_eq!(check(&world, at(0), offer(by, &["dawud"], lasting(DAY))), "refused: NotAllowed(Invite)");
    }
}

#[test]
fn an_administrator_of_the_installation_invites_only_where_they_are_a_member() {
    let ask = offer("eve", &["dawud"], lasting(DAY));
    assert_snapshot!(check(&circle().admin("eve"), at(0), &ask), @"refused: NotAllowed(Invite)");
    assert_snapshot!(check(&circle().admin("eve").member("eve"), at(0), &ask), @r"
    invited to circle: new 1
      + invitation 1 to dawud by eve until day 1 pending
      ~ day 0 of eve: 1 made
      ~ group invitations=1
    ");
}

/// An invite of Amina's for nobody.
fn nobody(world: &World) -> Invite {
    let admission = Admission::OnAcceptance(Expiry::Usual);
    Invite {
        by: world.id("amina"),
        group: world.here(),
        targets: vec![],
        roles: RoleSet::NONE,
        admission,
        batch: None,
        language: None,
        note: None,
    }
}

#[test]
fn a_caller_without_a_usable_account_does_not_invite() {
    let ask = offer("amina", &["dawud"], lasting(DAY));
    assert_snapshot!(check(&circle().disabled("amina"), at(0), ask), @"refused: CallerDisabled");
    let by_nobody = |world: &World| Invite { by: UserId::new(99).unwrap(), ..nobody(world) }.into();
    assert_snapshot!(check(&circle(), at(0), by_nobody), @"refused: CallerDisabled");
}

#[test]
fn a_group_that_is_not_there_cannot_be_joined_by_any_of_its_names() {
    assert_snapshot!(check(&user("amina"), at(0), offer("amina", &["amina"], lasting(DAY))), @"refused: GroupNotFound");
    let world = circle();
    for group in [GroupRef::Id(GroupId::new(2).unwrap()), GroupRef::Slug(Slug::parse("Circle").unwrap())] {
        let ask = |world: &World| Invite { group: group.clone(), ..nobody(world) }.into();
        assert_eq!(check(&world, at(0), ask), "refused: GroupNotFound");
    }
}

#[test]
fn an_archived_group_takes_no_invitations() {
    let world = circle().archived();
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud"], lasting(DAY))), @"refused: GroupArchived");
}

#[test]
fn whoever_may_not_invite_does_not_learn_that_the_group_is_archived() {
    let world = circle().archived();
    assert_snapshot!(check(&world, at(0), offer("bilal", &["dawud"], lasting(DAY))), @"refused: NotAllowed(Invite)");
}

#[test]
fn whoever_may_not_invite_does_not_learn_who_exists() {
    let ask = offer("bilal", &["nobody", "dawud"], lasting(DAY));
    assert_snapshot!(check(&circle(), at(0), ask), @"refused: NotAllowed(Invite)");
}

#[test]
fn a_public_group_invites_like_any_other() {
    assert_snapshot!(check(&circle().public(), at(0), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: new 1
      + invitation 1 to dawud by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn one_bad_name_does_not_spoil_the_rest() {
    let ask = offer("amina", &["nobody", "dawud", "bilal", "99", "new@example.org"], lasting(DAY));
    assert_snapshot!(check(&circle(), at(0), ask), @r"
    invited to circle: UserNotFound, new 2, already member, UserNotFound, new 5
      + invitation 2 to dawud by amina until day 1 pending
      + invitation 5 to new@example.org by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
}

#[test]
fn nobody_known_is_still_an_answer() {
    assert_snapshot!(
        check(&circle(), at(0), offer("amina", &["nobody"], lasting(DAY))),
        @"invited to circle: UserNotFound"
    );
    assert_snapshot!(check(&circle(), at(0), offer("amina", &[], lasting(DAY))), @"invited to circle:");
}

#[test]
fn an_address_without_an_account_is_invited_as_such() {
    assert_snapshot!(check(&circle(), at(0), offer("amina", &["New@Example.org"], lasting(DAY))), @r"
    invited to circle: new 1
      + invitation 1 to New@Example.org by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn a_verified_address_stands_for_its_user_and_is_kept_as_it_was_named() {
    let world = circle().verified("dawud", "dawud@example.org").verified("bilal", "bilal@example.org");
    let ask = offer("amina", &["Dawud@example.org", "bilal@example.org"], lasting(DAY));
    assert_snapshot!(check(&world, at(0), ask), @r"
    invited to circle: new 1, already member
      + invitation 1 to Dawud@example.org by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn an_unverified_address_does_not_stand_for_its_user() {
    let world = circle().unverified("dawud", "dawud@example.org").unverified("bilal", "bilal@example.org");
    let ask = offer("amina", &["dawud@example.org", "bilal@example.org"], lasting(DAY));
    assert_snapshot!(check(&world, at(0), ask), @r"
    invited to circle: new 1, new 2
      + invitation 1 to dawud@example.org by amina until day 1 pending
      + invitation 2 to bilal@example.org by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
}

/// But for an address of somebody whom the group did not know: whose it is must not show.
#[test]
fn one_person_named_twice_is_one_invitation() {
    let world = circle().verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(0), offer("amina", &["5", "dawud@example.org", "DAWUD"], lasting(DAY))), @r"
    invited to circle: new 1, new 2, renewed 1
      + invitation 1 to dawud by amina until day 1 pending
      + invitation 2 to dawud@example.org by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
    assert_snapshot!(check(&world, at(0), offer("amina", &["a@b.c", "A@b.c"], lasting(DAY))), @r"
    invited to circle: new 1, renewed 1
      + invitation 1 to a@b.c by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn one_person_named_twice_is_one_renewal() {
    let world = circle().verified("dawud", "dawud@example.org").invited("dawud", lasting(DAY));
    let ask = offer("amina", &["dawud", "dawud@example.org"], lasting(2 * DAY));
    assert_snapshot!(check(&world, at(0), ask), @r"
    invited to circle: renewed 1, renewed 1
      ~ invitation 1 until day 2
    ");
}

#[test]
fn inviting_again_moves_the_deadline_on() {
    let world = circle().invited("dawud", lasting(DAY)).invited("new@example.org", lasting(DAY));
    let ask = offer("musa", &["dawud", "NEW@example.org"], lasting(DAY));
    assert_snapshot!(check(&world, at(1), ask), @r"
    invited to circle: renewed 1, renewed 2
      ~ invitation 1 from musa until day 1 + 1 ms
      ~ invitation 2 from musa until day 1 + 1 ms
    ");
}

#[test]
fn inviting_again_never_shortens_the_time_for_an_answer() {
    let world = circle().invited("dawud", lasting(2 * DAY));
    let ask = offer("amina", &["dawud"], lasting(DAY));
    assert_snapshot!(check(&world, at(DAY - 1), &ask), @r"
    invited to circle: renewed 1
      ~ invitation 1 sent
    ");
    assert_snapshot!(check(&world, at(DAY), &ask), @r"
    invited to circle: renewed 1
      ~ invitation 1 sent
    ");
    assert_snapshot!(check(&world, at(DAY + 1), &ask), @r"
    invited to circle: renewed 1
      ~ invitation 1 sent until day 2 + 1 ms
    ");
}

/// Dawud was invited by his address before he had verified it.
fn mailed() -> World {
    circle().invited("dawud@example.org", lasting(DAY)).verified("dawud", "dawud@example.org")
}

#[test]
fn an_invitation_that_waits_for_an_address_of_the_person_is_the_one_that_is_renewed() {
    for name in ["dawud", "5", "dawud@example.org"] {
        assert_eq!(
            check(&mailed(), at(HOUR), offer("amina", &[name], lasting(DAY))),
            "invited to circle: renewed 1\n  ~ invitation 1 sent until day 1 + 3600000 ms"
        );
    }
    let ask = offer("amina", &["dawud", "dawud@example.org", "5"], lasting(DAY));
    assert_snapshot!(check(&mailed(), at(HOUR), ask), @r"
    invited to circle: renewed 1, renewed 1, renewed 1
      ~ invitation 1 sent until day 1 + 3600000 ms
    ");
}

#[test]
fn an_invitation_that_waited_in_vain_is_closed_and_the_person_invited_anew() {
    assert_snapshot!(check(&mailed(), at(DAY), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: new 2
      ~ invitation 1 expired
      + invitation 2 to dawud by amina until day 2 pending
      ~ day 1 of amina: 1 made
    ");
    assert_snapshot!(check(&mailed(), at(DAY + 1), offer("amina", &["dawud@example.org"], lasting(DAY))), @r"
    invited to circle: new 2
      ~ invitation 1 expired at day 1
      + invitation 2 to dawud@example.org by amina until day 2 + 1 ms pending
      ~ day 1 of amina: 1 made
    ");
}

#[test]
fn of_two_invitations_of_one_person_the_dead_is_closed_and_the_open_renewed() {
    let world = mailed().invited("dawud", lasting(2 * DAY));
    assert_snapshot!(check(&world, at(DAY + 1), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: renewed 2
      ~ invitation 1 expired at day 1
      ~ invitation 2 sent until day 2 + 1 ms
      ~ group invitations=1
    ");
    let world = mailed().invited("dawud", lasting(HOUR));
    assert_snapshot!(check(&world, at(2 * HOUR), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: renewed 1
      ~ invitation 2 expired at day 0 + 3600000 ms
      ~ invitation 1 sent until day 1 + 7200000 ms
      ~ group invitations=1
    ");
}

#[test]
fn an_invitation_that_waits_for_an_address_only_claimed_is_another_persons() {
    let world = circle().invited("dawud@example.org", lasting(DAY)).unverified("dawud", "dawud@example.org");
    let ask = offer("amina", &["dawud", "dawud@example.org"], lasting(2 * DAY));
    assert_snapshot!(check(&world, at(0), ask), @r"
    invited to circle: new 2, renewed 1
      + invitation 2 to dawud by amina until day 2 pending
      ~ invitation 1 until day 2
      ~ day 0 of amina: 1 made
      ~ group invitations=2
    ");
}

#[test]
fn a_dead_invitation_is_closed_and_a_new_one_made() {
    let world = circle().invited("dawud", lasting(DAY));
    let ask = offer("amina", &["dawud"], lasting(DAY));
    assert_snapshot!(check(&world, at(DAY - 1), &ask), @r"
    invited to circle: renewed 1
      ~ invitation 1 sent until day 1 + 86399999 ms
    ");
    assert_snapshot!(check(&world, at(DAY), &ask), @r"
    invited to circle: new 2
      ~ invitation 1 expired
      + invitation 2 to dawud by amina until day 2 pending
      ~ day 1 of amina: 1 made
    ");
    assert_snapshot!(check(&world, at(DAY + 1), &ask), @r"
    invited to circle: new 2
      ~ invitation 1 expired at day 1
      + invitation 2 to dawud by amina until day 2 + 1 ms pending
      ~ day 1 of amina: 1 made
    ");
}

#[test]
fn a_dead_invitation_of_one_person_named_twice_is_closed_once() {
    let world = circle().verified("dawud", "dawud@example.org").invited("dawud", lasting(DAY));
    let ask = offer("amina", &["dawud", "dawud@example.org"], lasting(DAY));
    assert_snapshot!(check(&world, at(DAY), ask), @r"
    invited to circle: new 2, renewed 2
      ~ invitation 1 expired
      + invitation 2 to dawud by amina until day 2 pending
      ~ day 1 of amina: 1 made
    ");
}

#[test]
fn the_invitation_made_after_a_dead_one_can_be_accepted() {
    let world = circle().invited("dawud", lasting(DAY)).after(at(DAY), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(2 * DAY - 1), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn who_declined_or_was_withdrawn_or_left_can_be_invited_anew() {
    let invited = || circle().invited("dawud", lasting(DAY));
    let again = offer("amina", &["dawud"], lasting(DAY));
    assert_snapshot!(check(&invited().after(at(0), decline("dawud", "dawud")), at(HOUR), &again), @r"
    invited to circle: new 2
      + invitation 2 to dawud by amina until day 1 + 3600000 ms pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
    assert_snapshot!(check(&invited().after(at(0), remove("amina", "dawud")), at(HOUR), &again), @r"
    invited to circle: new 2
      + invitation 2 to dawud by amina until day 1 + 3600000 ms pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
    let left = invited().after(at(0), accept("dawud", "dawud")).after(at(0), leave("dawud"));
    assert_snapshot!(check(&left, at(HOUR), &again), @r"
    invited to circle: new 2
      + invitation 2 to dawud by amina until day 1 + 3600000 ms pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn an_invitation_to_one_group_is_none_to_another() {
    let world = circle().invited("dawud", lasting(DAY)).group("other").owner("amina");
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to other: new 2
      + invitation 2 to dawud by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn an_invitation_alone_is_no_membership() {
    let world = circle().after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), leave("dawud")), @"refused: MemberNotFound");
}

#[test]
fn an_invitation_that_would_last_no_time_is_not_made() {
    assert_snapshot!(check(&circle(), at(0), offer("amina", &["dawud"], lasting(0))), @"refused: EndInThePast");
}

#[test]
fn a_person_whose_account_is_off_can_be_invited_but_not_answer() {
    let world = circle().disabled("dawud");
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: new 1
      + invitation 1 to dawud by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
    let world = world.after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), accept("dawud", "dawud")), @"refused: CallerDisabled");
}

#[test]
fn more_than_a_thousand_people_at_once_are_too_many() {
    let crowd: Vec<String> = (0..1001).map(|n| format!("a{n}@b.c")).collect();
    let names: Vec<&str> = crowd.iter().map(String::as_str).collect();
    assert_snapshot!(check(&circle(), at(0), offer("amina", &names, lasting(DAY))), @"refused: TooManyTargets");
    assert_snapshot!(check(&circle(), at(0), admit("amina", &names)), @"refused: TooManyTargets");
    let invited = check(&circle(), at(0), offer("amina", &names[..1000], lasting(DAY)));
    assert_eq!(invited.lines().filter(|line| line.starts_with("  + invitation")).count(), 1000);
}
