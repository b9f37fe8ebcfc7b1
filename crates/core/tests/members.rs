//! Taking members away, withdrawing invitations, and leaving.

mod check;

use check::check;
use guestlist_core::member::Role;
use guestlist_core::world::{
    DAY, HOUR, World, accept, assign, at, group, lasting, leave, offer, remove, remove_but_owners, take, user,
};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("eve")
}

#[test]
fn an_owner_or_a_moderator_removes_a_member() {
    assert_snapshot!(check(&circle(), at(HOUR), remove("amina", "bilal")), @r"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
    assert_snapshot!(check(&circle(), at(HOUR), remove("musa", "bilal")), @r"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
}

#[test]
fn a_leader_a_member_or_an_outsider_removes_nobody() {
    for by in ["layla", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), remove(by, "musa")), "refused: NotAllowed(RemoveMember)");
    }
}

#[test]
fn whoever_may_not_remove_people_does_not_learn_who_is_there() {
    let world = circle().invited("dawud", lasting(DAY));
    for whom in ["musa", "dawud", "nobody", "99", "nobody@example.org"] {
        assert_eq!(check(&world, at(0), remove("bilal", whom)), "refused: NotAllowed(RemoveMember)");
    }
}

#[test]
fn an_administrator_of_the_installation_removes_only_where_they_are_a_member() {
    let outsider = circle().admin("eve");
    assert_snapshot!(check(&outsider, at(0), remove("eve", "bilal")), @"refused: NotAllowed(RemoveMember)");
    assert_snapshot!(check(&circle().admin("eve").member("eve"), at(0), remove("eve", "bilal")), @r"
    removed: member
      - membership bilal
      ~ group members=4 notices=1
    ");
}

#[test]
fn a_caller_whose_account_is_off_removes_nobody_and_does_not_leave() {
    let world = circle().disabled("musa");
    assert_snapshot!(check(&world, at(0), remove("musa", "bilal")), @"refused: CallerDisabled");
    assert_snapshot!(check(&world, at(0), remove("musa", "musa")), @"refused: CallerDisabled");
    assert_snapshot!(check(&world, at(0), leave("musa")), @"refused: CallerDisabled");
}

#[test]
fn a_member_whose_account_is_off_can_be_removed() {
    assert_snapshot!(check(&circle().disabled("bilal"), at(0), remove("amina", "bilal")), @r"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
}

#[test]
fn nobody_is_removed_from_a_group_that_is_not_there() {
    assert_snapshot!(check(&user("amina"), at(0), remove("amina", "amina")), @"refused: GroupNotFound");
    assert_snapshot!(check(&user("amina"), at(0), leave("amina")), @"refused: GroupNotFound");
}

#[test]
fn a_person_that_is_not_there_cannot_be_removed() {
    assert_snapshot!(check(&circle(), at(0), remove("amina", "nobody")), @"refused: UserNotFound");
    assert_snapshot!(check(&circle(), at(0), remove("amina", "eve")), @"refused: MemberNotFound");
    assert_snapshot!(check(&circle(), at(0), remove("amina", "nobody@example.org")), @"refused: MemberNotFound");
}

#[test]
fn everybody_may_remove_themselves() {
    let world = circle().verified("bilal", "bilal@example.org");
    for name in ["bilal", "4", "bilal@example.org"] {
        assert_eq!(
            check(&world, at(0), remove("bilal", name)),
            "removed: member\n  - membership bilal\n  ~ group members=3 notices=1"
        );
    }
    assert_snapshot!(check(&world, at(0), remove("eve", "eve")), @"refused: MemberNotFound");
}

#[test]
fn a_verified_address_stands_for_the_member_and_an_unverified_one_does_not() {
    let world = circle().verified("bilal", "bilal@example.org").unverified("layla", "layla@example.org");
    assert_snapshot!(check(&world, at(0), remove("amina", "bilal@example.org")), @r"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
    assert_snapshot!(check(&world, at(0), remove("amina", "layla@example.org")), @"refused: MemberNotFound");
    assert_snapshot!(check(&world, at(0), remove("layla", "layla@example.org")), @"refused: NotAllowed(RemoveMember)");
}

#[test]
fn the_last_owner_is_not_removed_by_anybody() {
    let world = circle();
    assert_snapshot!(check(&world, at(0), remove("amina", "amina")), @"refused: LastOwner");
    assert_snapshot!(check(&world, at(0), remove("musa", "amina")), @"refused: LastOwner");
    assert_snapshot!(check(&world, at(0), leave("amina")), @"refused: LastOwner");
}

#[test]
fn one_of_two_owners_can_go_or_be_removed() {
    let world = circle().owner("sumaya");
    assert_snapshot!(check(&world, at(0), leave("amina")), @r"
    left
      - membership amina
      ~ group members=4 owners=1 notices=1
    ");
    assert_snapshot!(check(&world, at(0), remove("amina", "sumaya")), @r"
    removed: member
      - membership sumaya
      ~ group members=4 owners=1 notices=1
    ");
    assert_snapshot!(check(&world, at(0), remove("musa", "amina")), @r"
    removed: member
      - membership amina
      ~ group members=4 owners=1 notices=1
    ");
    let world = world.after(at(0), leave("amina"));
    assert_snapshot!(check(&world, at(0), leave("sumaya")), @"refused: LastOwner");
}

#[test]
fn whoever_gave_ownership_up_can_go() {
    let world = circle().owner("sumaya").after(at(0), take("amina", "amina", Role::Owner));
    assert_snapshot!(check(&world, at(0), leave("amina")), @r"
    left
      - membership amina
      ~ group members=4 notices=2
    ");
}

#[test]
fn an_invitation_is_withdrawn_by_removing_the_person() {
    let world = circle().invited("dawud", lasting(DAY)).invited("new@example.org", lasting(DAY));
    assert_snapshot!(check(&world, at(HOUR), remove("amina", "dawud")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ group invitations=1
    ");
    assert_snapshot!(check(&world, at(HOUR), remove("musa", "NEW@example.org")), @r"
    removed: invitation
      ~ invitation 2 revoked by musa
      ~ group invitations=1
    ");
}

/// Dawud was invited twice: by his account, and by his address before he had verified it.
fn invited_twice() -> World {
    let world = circle().invited("dawud", lasting(DAY)).invited("dawud@example.org", lasting(2 * DAY));
    world.verified("dawud", "dawud@example.org")
}

#[test]
fn every_open_invitation_of_the_person_is_withdrawn_whatever_they_are_called() {
    assert_snapshot!(check(&invited_twice(), at(HOUR), remove("amina", "dawud")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
    assert_snapshot!(check(&invited_twice(), at(HOUR), remove("amina", "dawud@example.org")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
    // The first one is dead, and not there to withdraw.
    assert_snapshot!(check(&invited_twice(), at(DAY), remove("amina", "dawud@example.org")), @r"
    removed: invitation
      ~ invitation 1 expired
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
    assert_snapshot!(check(&invited_twice(), at(2 * DAY), remove("amina", "dawud")), @"refused: MemberNotFound");
}

#[test]
fn an_invitation_to_an_address_is_withdrawn_by_naming_its_user_and_that_of_a_user_by_their_address() {
    let mailed = circle().invited("dawud@example.org", lasting(DAY)).verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&mailed, at(0), remove("amina", "dawud")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ group invitations=0
    ");
    let invited = circle().invited("dawud", lasting(DAY)).verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&invited, at(0), remove("amina", "dawud@example.org")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ group invitations=0
    ");
}

#[test]
fn an_invitation_to_an_address_only_claimed_is_withdrawn_by_the_address_alone() {
    let world = circle().invited("dawud@example.org", lasting(DAY)).unverified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(0), remove("amina", "dawud")), @"refused: MemberNotFound");
    assert_snapshot!(check(&world, at(0), remove("amina", "dawud@example.org")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ group invitations=0
    ");
}

#[test]
fn whoever_removes_themselves_while_only_invited_has_declined() {
    let world = invited_twice();
    assert_snapshot!(check(&world, at(HOUR), remove("dawud", "dawud")), @r"
    removed: invitation
      ~ invitation 1 declined by dawud
      ~ invitation 2 declined by dawud
      ~ group invitations=0
    ");
    for name in ["6", "dawud@example.org"] {
        assert_eq!(
            check(&world, at(HOUR), remove("dawud", name)),
            "removed: invitation
  ~ invitation 1 declined by dawud
  ~ invitation 2 declined by dawud
  ~ group invitations=0"
        );
    }
    assert_snapshot!(check(&world, at(2 * DAY), remove("dawud", "dawud")), @"refused: MemberNotFound");
    let world = world.after(at(HOUR), remove("dawud", "dawud"));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @"refused: InvitationClosed(Declined)");
}

#[test]
fn whoever_is_removed_or_leaves_holds_no_open_invitation() {
    // Bilal was a member already when he verified the address that was invited.
    let world = circle().invited("bilal@example.org", lasting(DAY)).verified("bilal", "bilal@example.org");
    assert_snapshot!(check(&world, at(HOUR), remove("amina", "bilal")), @r"
    removed: member
      ~ invitation 1 revoked by amina
      - membership bilal
      ~ group members=3 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), leave("bilal")), @r"
    left
      ~ invitation 1 declined by bilal
      - membership bilal
      ~ group members=3 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), remove("bilal", "bilal")), @r"
    removed: member
      ~ invitation 1 declined by bilal
      - membership bilal
      ~ group members=3 invitations=0 notices=1
    ");
    let removed = world.after(at(HOUR), remove("amina", "bilal"));
    assert_snapshot!(
        check(&removed, at(HOUR), accept("bilal", "bilal@example.org")),
        @"refused: InvitationClosed(Revoked)"
    );
}

#[test]
fn a_dead_invitation_of_whoever_goes_is_closed_at_its_own_instant() {
    let world = circle().invited("bilal@example.org", lasting(DAY)).verified("bilal", "bilal@example.org");
    assert_snapshot!(check(&world, at(DAY), leave("bilal")), @r"
    left
      ~ invitation 1 expired
      - membership bilal
      ~ group members=3 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(DAY + 1), remove("amina", "bilal")), @r"
    removed: member
      ~ invitation 1 expired at day 1
      - membership bilal
      ~ group members=3 invitations=0 notices=1
    ");
}

#[test]
fn the_last_owner_who_does_not_go_keeps_their_invitation() {
    let world = circle().invited("amina@example.org", lasting(DAY)).verified("amina", "amina@example.org");
    assert_snapshot!(check(&world, at(0), leave("amina")), @"refused: LastOwner");
    assert_snapshot!(check(&world, at(0), remove("amina", "amina@example.org")), @"refused: LastOwner");
}

#[test]
fn a_dead_invitation_cannot_be_withdrawn() {
    let world = circle().invited("dawud", lasting(DAY));
    assert_snapshot!(check(&world, at(DAY - 1), remove("amina", "dawud")), @r"
    removed: invitation
      ~ invitation 1 revoked by amina
      ~ group invitations=0
    ");
    assert_snapshot!(check(&world, at(DAY), remove("amina", "dawud")), @"refused: MemberNotFound");
    assert_snapshot!(check(&world, at(DAY + 1), remove("amina", "dawud")), @"refused: MemberNotFound");
}

#[test]
fn removing_twice_finds_nobody() {
    let member = circle().after(at(0), remove("amina", "bilal"));
    assert_snapshot!(check(&member, at(0), remove("amina", "bilal")), @"refused: MemberNotFound");
    let invited = circle().invited("dawud", lasting(DAY)).after(at(0), remove("amina", "dawud"));
    assert_snapshot!(check(&invited, at(0), remove("amina", "dawud")), @"refused: MemberNotFound");
}

#[test]
fn a_member_leaves_roles_and_all() {
    assert_snapshot!(check(&circle(), at(HOUR), leave("musa")), @r"
    left
      - membership musa
      ~ group members=3 notices=1
    ");
    let world = circle().after(at(0), leave("musa")).after(at(0), offer("amina", &["musa"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), accept("musa", "musa")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by musa
      + membership musa
      ~ group members=4 invitations=0 notices=2
    ");
}

#[test]
fn whoever_is_no_member_cannot_leave() {
    let world = circle().invited("dawud", lasting(DAY));
    assert_snapshot!(check(&world, at(0), leave("eve")), @"refused: MemberNotFound");
    assert_snapshot!(check(&world, at(0), leave("dawud")), @"refused: MemberNotFound");
}

#[test]
fn an_archived_group_can_be_left_and_cleared() {
    let world = circle().archived();
    assert_snapshot!(check(&world, at(0), leave("bilal")), @r"
    left
      - membership bilal
      ~ group members=3 notices=1
    ");
    assert_snapshot!(check(&world, at(0), remove("amina", "bilal")), @r"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
}

#[test]
fn where_owners_are_spared_none_is_removed_by_anybody_and_all_else_is_as_usual() {
    let two = circle().after(at(0), assign("amina", "bilal", Role::Owner));
    for (by, whom) in [("amina", "bilal"), ("musa", "bilal"), ("musa", "amina"), ("bilal", "bilal")] {
        assert_eq!(check(&two, at(0), remove_but_owners(by, whom)), "refused: NotAllowed(RemoveMember)");
    }
    for (by, whom) in [("musa", "layla"), ("layla", "layla"), ("layla", "amina"), ("musa", "eve")] {
        assert_eq!(check(&two, at(0), remove_but_owners(by, whom)), check(&two, at(0), remove(by, whom)));
    }
}
