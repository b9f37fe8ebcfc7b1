//! Saying yes or no to an invitation.

mod check;

use check::check;
use guestlist_core::world::{DAY, HOUR, World, accept, admit, at, decline, group, lasting, leave, offer, remove};
use insta::assert_snapshot;

/// Dawud has a day to answer.
fn circle() -> World {
    group("circle").owner("amina").member("bilal").user("eve").invited("dawud", lasting(DAY))
}

/// Whoever reads mail at new@example.org has a day to answer.
fn mailed() -> World {
    group("circle").owner("amina").user("dawud").user("eve").invited("New@example.org", lasting(DAY))
}

#[test]
fn a_yes_makes_a_member() {
    assert_snapshot!(check(&circle(), at(HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
}

#[test]
fn a_no_makes_none() {
    assert_snapshot!(check(&circle(), at(HOUR), decline("dawud", "dawud")), @r"
    declined: circle
      ~ invitation 1 declined by dawud
      ~ group invitations=0
    ");
}

#[test]
fn an_invitation_is_dead_at_the_instant_it_expires() {
    let world = circle();
    assert_snapshot!(check(&world, at(DAY - 1), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(DAY), accept("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
    assert_snapshot!(check(&world, at(DAY + 1), accept("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn at_the_instant_it_expires_it_cannot_be_declined_either() {
    let world = circle();
    assert_snapshot!(check(&world, at(DAY - 1), decline("dawud", "dawud")), @r"
    declined: circle
      ~ invitation 1 declined by dawud
      ~ group invitations=0
    ");
    assert_snapshot!(check(&world, at(DAY), decline("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
    assert_snapshot!(check(&world, at(DAY + 1), decline("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn a_renewed_invitation_lives_until_its_new_deadline() {
    let world = circle().after(at(HOUR), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(DAY + HOUR - 1), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(DAY + HOUR), accept("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn accepting_twice_is_one_membership() {
    let world = circle().after(at(0), accept("dawud", "dawud"));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @"accepted: member of circle before");
    // Also when the time for an answer is over: the answer was given.
    assert_snapshot!(check(&world, at(DAY), accept("dawud", "dawud")), @"accepted: member of circle before");
}

#[test]
fn declining_twice_is_one_no() {
    let world = circle().after(at(0), decline("dawud", "dawud"));
    assert_snapshot!(check(&world, at(HOUR), decline("dawud", "dawud")), @"declined: circle");
    assert_snapshot!(check(&world, at(DAY), decline("dawud", "dawud")), @"declined: circle");
}

#[test]
fn an_answer_is_not_taken_back() {
    let accepted = circle().after(at(0), accept("dawud", "dawud"));
    assert_snapshot!(check(&accepted, at(HOUR), decline("dawud", "dawud")), @"refused: InvitationClosed(Accepted)");
    let declined = circle().after(at(0), decline("dawud", "dawud"));
    assert_snapshot!(check(&declined, at(HOUR), accept("dawud", "dawud")), @"refused: InvitationClosed(Declined)");
}

#[test]
fn a_withdrawn_invitation_cannot_be_answered() {
    let world = circle().after(at(0), remove("amina", "dawud"));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @"refused: InvitationClosed(Revoked)");
    assert_snapshot!(check(&world, at(HOUR), decline("dawud", "dawud")), @"refused: InvitationClosed(Revoked)");
}

#[test]
fn an_invitation_replaced_after_its_death_cannot_be_answered() {
    let world = circle().invited("eve", lasting(DAY)).after(at(DAY), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(DAY), decline("eve", "eve")), @"refused: InvitationClosed(Expired)");
    assert_snapshot!(check(&world, at(DAY), decline("dawud", "dawud")), @r"
    declined: circle
      ~ invitation 3 declined by dawud
      ~ group invitations=1
    ");
}

#[test]
fn an_invitation_does_not_exist_for_anybody_else() {
    for by in ["eve", "bilal", "amina"] {
        assert_eq!(check(&circle(), at(0), accept(by, "dawud")), "refused: InvitationNotFound");
        assert_eq!(check(&circle(), at(0), decline(by, "dawud")), "refused: InvitationNotFound");
    }
}

#[test]
fn an_invitation_that_was_never_made_is_not_found() {
    assert_snapshot!(check(&circle(), at(0), accept("eve", "eve")), @"refused: InvitationNotFound");
    assert_snapshot!(check(&circle(), at(0), decline("eve", "eve")), @"refused: InvitationNotFound");
}

#[test]
fn a_caller_whose_account_is_off_does_not_answer() {
    let world = circle().disabled("dawud");
    assert_snapshot!(check(&world, at(0), accept("dawud", "dawud")), @"refused: CallerDisabled");
    assert_snapshot!(check(&world, at(0), decline("dawud", "dawud")), @"refused: CallerDisabled");
}

#[test]
fn an_archived_group_takes_a_no_but_no_yes() {
    let world = circle().archived();
    assert_snapshot!(check(&world, at(0), accept("dawud", "dawud")), @"refused: GroupArchived");
    assert_snapshot!(check(&world, at(0), decline("dawud", "dawud")), @r"
    declined: circle
      ~ invitation 1 declined by dawud
      ~ group invitations=0
    ");
}

#[test]
fn in_an_archived_group_a_dead_invitation_is_dead_first() {
    let world = circle().archived();
    assert_snapshot!(check(&world, at(DAY), accept("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn whoever_accepted_before_the_group_was_archived_hears_the_same_answer() {
    let world = circle().after(at(0), accept("dawud", "dawud")).archived();
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @"accepted: member of circle before");
}

#[test]
fn an_invitation_to_an_address_is_for_whoever_has_verified_it() {
    let world = mailed().verified("dawud", "new@example.org");
    assert_snapshot!(check(&world, at(0), accept("dawud", "new@example.org")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=2 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(0), decline("dawud", "new@example.org")), @r"
    declined: circle
      ~ invitation 1 declined by dawud
      ~ group invitations=0
    ");
    assert_snapshot!(check(&world, at(0), accept("eve", "new@example.org")), @"refused: InvitationNotFound");
}

#[test]
fn an_invitation_to_an_address_is_not_for_those_who_only_claim_it() {
    let world = mailed().unverified("dawud", "new@example.org");
    assert_snapshot!(check(&world, at(0), accept("dawud", "new@example.org")), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world, at(0), decline("dawud", "new@example.org")), @"refused: InvitationNotFound");
}

#[test]
fn an_invitation_to_an_address_that_nobody_has_is_for_nobody() {
    assert_snapshot!(check(&mailed(), at(0), accept("dawud", "new@example.org")), @"refused: InvitationNotFound");
}

#[test]
fn whoever_came_in_by_another_way_accepts_without_a_second_membership() {
    let world = mailed().after(at(0), admit("amina", &["dawud"])).verified("dawud", "new@example.org");
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "new@example.org")), @r"
    accepted: member of circle before
      ~ invitation 1 accepted by dawud
      ~ group invitations=0
    ");
}

#[test]
fn who_left_comes_back_by_a_new_invitation() {
    let world = circle().after(at(0), accept("dawud", "dawud")).after(at(0), leave("dawud"));
    let world = world.after(at(HOUR), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=3
    ");
}

#[test]
fn a_yes_to_one_invitation_settles_the_others() {
    let world = circle().invited("dawud@example.org", lasting(2 * DAY)).verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud@example.org")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
    let world = world.after(at(HOUR), accept("dawud", "dawud"));
    assert_snapshot!(
        check(&world, at(HOUR), accept("dawud", "dawud@example.org")),
        @"accepted: member of circle before"
    );
}

#[test]
fn a_yes_closes_a_dead_invitation_at_its_own_instant() {
    let world = circle().invited("dawud@example.org", lasting(2 * DAY)).verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(DAY + 1), accept("dawud", "dawud@example.org")), @r"
    accepted: new member of circle
      ~ invitation 1 expired at day 1
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
    let world = world.after(at(DAY + 1), accept("dawud", "dawud@example.org"));
    assert_snapshot!(check(&world, at(DAY + 1), accept("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn an_old_yes_does_not_bring_back_who_has_left_or_was_removed() {
    let accepted = || circle().after(at(0), accept("dawud", "dawud"));
    for gone in [accepted().after(at(0), leave("dawud")), accepted().after(at(0), remove("amina", "dawud"))] {
        assert_eq!(check(&gone, at(HOUR), accept("dawud", "dawud")), "refused: InvitationClosed(Accepted)");
        assert_eq!(check(&gone, at(HOUR), decline("dawud", "dawud")), "refused: InvitationClosed(Accepted)");
        // Not in an archived group either, and whether or not the deadline has passed.
        assert_eq!(check(&gone.archived(), at(DAY), accept("dawud", "dawud")), "refused: InvitationClosed(Accepted)");
    }
}

#[test]
fn an_old_yes_is_heard_again_once_the_person_is_back() {
    let world = circle().after(at(0), accept("dawud", "dawud")).after(at(0), leave("dawud"));
    let world = world.after(at(0), admit("amina", &["dawud"]));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @"accepted: member of circle before");
}
