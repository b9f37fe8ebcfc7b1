//! Giving roles to members and taking them away.

mod check;

use check::check;
use guestlist_core::member::Role::{Leader, Moderator, Owner};
use guestlist_core::world::{DAY, HOUR, World, assign, at, group, lasting, set_admin, take, user};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("eve")
}

#[test]
fn an_owner_gives_every_role() {
    assert_snapshot!(check(&circle(), at(HOUR), assign("amina", "bilal", Owner)), @r"
    assigned: changed
      ~ membership bilal owner
      ~ group owners=2 notices=1
    ");
    assert_snapshot!(check(&circle(), at(HOUR), assign("amina", "bilal", Moderator)), @r"
    assigned: changed
      ~ membership bilal moderator
      ~ group notices=1
    ");
    assert_snapshot!(check(&circle(), at(HOUR), assign("amina", "bilal", Leader)), @r"
    assigned: changed
      ~ membership bilal leader
      ~ group notices=1
    ");
}

#[test]
fn an_owner_takes_every_role() {
    let world = circle().owner("sumaya");
    assert_snapshot!(check(&world, at(HOUR), take("amina", "sumaya", Owner)), @r"
    taken: changed
      ~ membership sumaya
      ~ group owners=1 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), take("amina", "musa", Moderator)), @r"
    taken: changed
      ~ membership musa
      ~ group notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), take("amina", "layla", Leader)), @r"
    taken: changed
      ~ membership layla
      ~ group notices=1
    ");
}

#[test]
fn a_member_holds_several_roles_at_once_and_loses_one_at_a_time() {
    assert_snapshot!(check(&circle(), at(0), assign("amina", "amina", Moderator)), @r"
    assigned: changed
      ~ membership amina owner moderator
      ~ group notices=1
    ");
    let world = circle().after(at(0), assign("amina", "musa", Leader)).after(at(0), assign("amina", "musa", Owner));
    assert_snapshot!(check(&world, at(0), take("amina", "musa", Moderator)), @r"
    taken: changed
      ~ membership musa owner leader
      ~ group notices=3
    ");
}

#[test]
fn giving_what_is_held_and_taking_what_is_not_changes_nothing() {
    assert_snapshot!(check(&circle(), at(HOUR), assign("amina", "musa", Moderator)), @"assigned: unchanged");
    assert_snapshot!(check(&circle(), at(HOUR), assign("amina", "amina", Owner)), @"assigned: unchanged");
    assert_snapshot!(check(&circle(), at(HOUR), take("amina", "bilal", Owner)), @"taken: unchanged");
    assert_snapshot!(check(&circle(), at(HOUR), take("amina", "amina", Leader)), @"taken: unchanged");
}

#[test]
fn the_last_owner_stays_owner() {
    assert_snapshot!(check(&circle(), at(0), take("amina", "amina", Owner)), @"refused: LastOwner");
    let handed_over =
        circle().after(at(0), assign("amina", "bilal", Owner)).after(at(0), take("bilal", "amina", Owner));
    assert_snapshot!(check(&handed_over, at(0), take("bilal", "bilal", Owner)), @"refused: LastOwner");
}

#[test]
fn one_of_two_owners_gives_ownership_up() {
    assert_snapshot!(check(&circle().owner("sumaya"), at(0), take("amina", "amina", Owner)), @r"
    taken: changed
      ~ membership amina
      ~ group owners=1 notices=1
    ");
}

#[test]
fn only_owners_set_roles() {
    for by in ["musa", "layla", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), assign(by, "bilal", Owner)), "refused: NotAllowed(SetOwner)");
        assert_eq!(check(&circle(), at(0), assign(by, "bilal", Moderator)), "refused: NotAllowed(SetModerator)");
        assert_eq!(check(&circle(), at(0), assign(by, "bilal", Leader)), "refused: NotAllowed(SetLeader)");
        assert_eq!(check(&circle(), at(0), take(by, "musa", Moderator)), "refused: NotAllowed(SetModerator)");
    }
}

#[test]
fn a_moderator_does_not_even_step_down_alone() {
    assert_snapshot!(check(&circle(), at(0), take("musa", "musa", Moderator)), @"refused: NotAllowed(SetModerator)");
}

#[test]
fn an_administrator_of_the_installation_sets_roles_only_where_they_are_a_member() {
    let outsider = circle().admin("eve");
    assert_snapshot!(check(&outsider, at(0), assign("eve", "bilal", Owner)), @"refused: NotAllowed(SetOwner)");
    assert_snapshot!(check(&circle().admin("eve").member("eve"), at(0), assign("eve", "eve", Owner)), @r"
    assigned: changed
      ~ membership eve owner
      ~ group owners=2 notices=1
    ");
}

#[test]
fn whoever_may_not_set_roles_does_not_learn_who_is_there() {
    for whom in ["nobody", "eve", "musa"] {
        assert_eq!(check(&circle(), at(0), assign("bilal", whom, Leader)), "refused: NotAllowed(SetLeader)");
        assert_eq!(check(&circle(), at(0), take("bilal", whom, Leader)), "refused: NotAllowed(SetLeader)");
    }
}

#[test]
fn only_a_member_holds_roles() {
    let world = circle().invited("dawud", lasting(DAY)).unverified("bilal", "bilal@example.org");
    for whom in ["eve", "dawud"] {
        assert_eq!(check(&world, at(0), assign("amina", whom, Leader)), "refused: MemberNotFound");
        assert_eq!(check(&world, at(0), take("amina", whom, Leader)), "refused: MemberNotFound");
    }
    for whom in ["nobody", "99", "bilal@example.org"] {
        assert_eq!(check(&world, at(0), assign("amina", whom, Leader)), "refused: UserNotFound");
        assert_eq!(check(&world, at(0), take("amina", whom, Leader)), "refused: UserNotFound");
    }
}

#[test]
fn a_caller_whose_account_is_off_sets_no_roles() {
    let world = circle().owner("sumaya").disabled("amina");
    assert_snapshot!(check(&world, at(0), assign("amina", "bilal", Leader)), @"refused: CallerDisabled");
    assert_snapshot!(check(&world, at(0), take("amina", "layla", Leader)), @"refused: CallerDisabled");
}

#[test]
fn nobody_holds_roles_in_a_group_that_is_not_there() {
    assert_snapshot!(check(&user("amina"), at(0), assign("amina", "amina", Owner)), @"refused: GroupNotFound");
    assert_snapshot!(check(&user("amina"), at(0), take("amina", "amina", Owner)), @"refused: GroupNotFound");
}

#[test]
fn an_archived_group_keeps_setting_roles() {
    assert_snapshot!(check(&circle().archived(), at(0), assign("amina", "bilal", Owner)), @r"
    assigned: changed
      ~ membership bilal owner
      ~ group owners=2 notices=1
    ");
}

#[test]
fn roles_in_one_group_are_none_in_another() {
    let world = circle().group("other").owner("eve").member("amina").member("bilal");
    assert_snapshot!(check(&world, at(0), assign("amina", "bilal", Leader)), @"refused: NotAllowed(SetLeader)");
}

#[test]
fn whoever_runs_a_group_makes_others_run_it_and_no_longer() {
    let by_a_moderator = check(&circle(), at(HOUR), set_admin("musa", "bilal", true));
    assert_snapshot!(by_a_moderator, @"
    admin set: changed
      ~ membership bilal moderator
      ~ group notices=1
    ");
    assert_eq!(check(&circle(), at(HOUR), set_admin("amina", "bilal", true)), by_a_moderator);
    let two = circle().moderator("bilal");
    assert_snapshot!(check(&two, at(HOUR), set_admin("musa", "bilal", false)), @"
    admin set: changed
      ~ membership bilal
      ~ group notices=1
    ");
    // Also for themselves; and a leader leads on.
    assert_snapshot!(check(&two, at(HOUR), set_admin("musa", "musa", false)), @"
    admin set: changed
      ~ membership musa
      ~ group notices=1
    ");
    assert_snapshot!(check(&circle(), at(HOUR), set_admin("musa", "layla", true)), @"
    admin set: changed
      ~ membership layla moderator leader
      ~ group notices=1
    ");
}

#[test]
fn an_owner_runs_the_group_in_any_case() {
    assert_eq!(check(&circle(), at(0), set_admin("musa", "amina", true)), "admin set: unchanged");
    for by in ["musa", "amina"] {
        assert_eq!(check(&circle(), at(0), set_admin(by, "amina", false)), "refused: NotAllowed(SetOwner)");
    }
    for (whom, is_admin) in [("musa", true), ("bilal", false), ("layla", false)] {
        assert_eq!(check(&circle(), at(0), set_admin("amina", whom, is_admin)), "admin set: unchanged");
    }
}

#[test]
fn whoever_does_not_run_a_group_learns_nothing_of_who_is_in_it() {
    for by in ["layla", "bilal", "eve"] {
        for whom in ["musa", "eve", "nobody", by] {
            for is_admin in [true, false] {
                let refused = check(&circle(), at(0), set_admin(by, whom, is_admin));
                assert_eq!(refused, "refused: NotAllowed(SetModerator)");
            }
        }
    }
    assert_eq!(check(&circle(), at(0), set_admin("amina", "eve", true)), "refused: MemberNotFound");
    assert_eq!(check(&circle(), at(0), set_admin("amina", "nobody", true)), "refused: UserNotFound");
}
