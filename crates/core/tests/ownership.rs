//! Owning a group, and handing it over.

mod check;

use check::check;
use guestlist_core::command::Admission;
use guestlist_core::member::Role::{Moderator, Owner};
use guestlist_core::member::RoleSet;
use guestlist_core::world::{
    DAY, HOUR, World, archive, assign, at, delete, disable, group, hand_over, invite, join, keep, leave, remove,
    restore, take, take_over,
};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").member("bilal").user("eve")
}

/// Amina offers the group to Bilal.
fn offered() -> World {
    circle().after(at(0), hand_over("amina", "bilal"))
}

#[test]
fn an_owner_offers_the_group_to_a_member_who_takes_it_over() {
    assert_snapshot!(check(&circle(), at(HOUR), hand_over("amina", "bilal")), @r"
    ownership offered: from amina to bilal until day 7 + 3600000 ms
      ~ group offer from amina to bilal until day 7 + 3600000 ms
      ~ group stamped
    ");
    assert_snapshot!(check(&offered(), at(HOUR), take_over("bilal")), @r"
    ownership accepted: from amina
      ~ membership bilal owner
      ~ membership amina
      ~ group no offer
      ~ group notices=2
    ");
    let world = circle().after(at(0), hand_over("amina", "musa"));
    assert_snapshot!(check(&world, at(HOUR), take_over("musa")), @r"
    ownership accepted: from amina
      ~ membership musa owner moderator
      ~ membership amina
      ~ group no offer
      ~ group notices=2
    ");
    // And Amina, who owns it no more, can go.
    assert_snapshot!(check(&world.after(at(HOUR), take_over("musa")), at(HOUR), leave("amina")), @r"
    left
      - membership amina
      ~ group members=2 notices=3
    ");
}

#[test]
fn only_owners_offer_and_not_even_administrators() {
    for by in ["musa", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), hand_over(by, "musa")), "refused: NotAllowed(SetOwner)");
    }
    let world = circle().admin("hana").member("hana");
    assert_snapshot!(check(&world, at(0), hand_over("hana", "bilal")), @"refused: NotAllowed(SetOwner)");
}

#[test]
fn only_members_with_a_usable_account_who_are_no_owners_are_offered_it() {
    assert_snapshot!(check(&circle(), at(0), hand_over("amina", "nobody")), @"refused: UserNotFound");
    assert_snapshot!(check(&circle(), at(0), hand_over("amina", "eve")), @"refused: MemberNotFound");
    assert_snapshot!(
        check(&circle().disabled("bilal"), at(0), hand_over("amina", "bilal")),
        @"refused: MemberNotFound"
    );
    assert_snapshot!(check(&circle(), at(0), hand_over("amina", "amina")), @"refused: AlreadyOwner");
    assert_snapshot!(check(&circle().owner("sumaya"), at(0), hand_over("amina", "sumaya")), @"refused: AlreadyOwner");
}

#[test]
fn a_second_offer_takes_the_place_of_the_first() {
    let world = offered().after(at(HOUR), hand_over("amina", "musa"));
    assert_snapshot!(check(&world, at(HOUR), take_over("bilal")), @"refused: OfferNotFound");
    assert_snapshot!(check(&world, at(HOUR), take_over("musa")), @r"
    ownership accepted: from amina
      ~ membership musa owner moderator
      ~ membership amina
      ~ group no offer
      ~ group notices=2
    ");
}

#[test]
fn nobody_takes_over_what_was_not_offered_to_them() {
    for by in ["amina", "musa", "eve"] {
        assert_eq!(check(&offered(), at(0), take_over(by)), "refused: OfferNotFound");
    }
    assert_snapshot!(check(&circle(), at(0), take_over("bilal")), @"refused: OfferNotFound");
    assert_snapshot!(
        check(&offered().after(at(0), take_over("bilal")), at(0), take_over("bilal")),
        @"refused: OfferNotFound"
    );
    assert_snapshot!(check(&offered().disabled("bilal"), at(0), take_over("bilal")), @"refused: CallerDisabled");
}

#[test]
fn an_offer_is_void_after_a_week() {
    assert_snapshot!(check(&offered(), at(7 * DAY - 1), take_over("bilal")), @r"
    ownership accepted: from amina
      ~ membership bilal owner
      ~ membership amina
      ~ group no offer
      ~ group notices=2
    ");
    assert_snapshot!(check(&offered(), at(7 * DAY), take_over("bilal")), @"refused: OfferNotFound");
    assert_snapshot!(check(&offered(), at(7 * DAY), keep("amina")), @"refused: OfferNotFound");
    assert_snapshot!(check(&offered(), at(7 * DAY), hand_over("amina", "bilal")), @r"
    ownership offered: from amina to bilal until day 14
      ~ group offer from amina to bilal until day 14
      ~ group stamped
    ");
}

#[test]
fn an_offer_is_taken_back_by_an_owner_and_turned_down_by_whom_it_was_made_to() {
    for by in ["amina", "bilal"] {
        assert_eq!(check(&offered(), at(HOUR), keep(by)), "ownership withdrawn\n  ~ group no offer\n  ~ group stamped");
    }
    for by in ["musa", "eve"] {
        assert_eq!(check(&offered(), at(HOUR), keep(by)), "refused: OfferNotFound");
    }
    let another = circle().owner("sumaya").after(at(0), hand_over("amina", "bilal"));
    assert_snapshot!(check(&another, at(HOUR), keep("sumaya")), @r"
    ownership withdrawn
      ~ group no offer
      ~ group stamped
    ");
    let withdrawn = offered().after(at(HOUR), keep("amina"));
    assert_snapshot!(check(&withdrawn, at(HOUR), keep("amina")), @"refused: OfferNotFound");
    assert_snapshot!(check(&withdrawn, at(HOUR), take_over("bilal")), @"refused: OfferNotFound");
}

#[test]
fn an_offer_of_somebody_who_owns_the_group_no_more_is_void() {
    let offered = || circle().owner("sumaya").after(at(0), hand_over("amina", "bilal"));
    for demoted in [offered().after(at(0), take("sumaya", "amina", Owner)), offered().after(at(0), disable("amina"))] {
        assert_eq!(check(&demoted, at(0), take_over("bilal")), "refused: OfferNotFound");
        // Who is still there clears it away.
        assert_eq!(check(&demoted, at(0), keep("bilal")), "ownership withdrawn\n  ~ group no offer");
    }
    for gone in [offered().after(at(0), leave("amina")), offered().after(at(0), remove("sumaya", "amina"))] {
        assert_eq!(check(&gone, at(0), take_over("bilal")), "refused: OfferNotFound");
        assert_eq!(check(&gone, at(0), keep("bilal")), "refused: OfferNotFound");
    }
}

#[test]
fn an_offer_to_somebody_who_went_is_void_even_if_they_come_back() {
    let world = circle().public().owner("sumaya").after(at(0), hand_over("amina", "bilal"));
    let back = world.after(at(0), remove("sumaya", "bilal")).after(at(HOUR), join("bilal"));
    assert_snapshot!(check(&back, at(HOUR), take_over("bilal")), @"refused: OfferNotFound");
}

#[test]
fn who_left_cannot_take_the_group_over() {
    assert_snapshot!(
        check(&offered().after(at(0), leave("bilal")), at(0), take_over("bilal")),
        @"refused: OfferNotFound"
    );
}

#[test]
fn who_became_an_owner_meanwhile_takes_over_all_the_same() {
    let world = offered().after(at(0), assign("amina", "bilal", Owner));
    assert_snapshot!(check(&world, at(HOUR), take_over("bilal")), @r"
    ownership accepted: from amina
      ~ membership bilal owner
      ~ membership amina
      ~ group no offer
      ~ group owners=1 notices=2
    ");
}

#[test]
fn an_archived_group_is_handed_over_and_a_deleted_one_is_not() {
    let world = offered().after(at(0), archive("amina"));
    assert_snapshot!(check(&world, at(0), take_over("bilal")), @"
    ownership accepted: from amina
      ~ membership bilal owner
      ~ membership amina
      ~ group no offer
      ~ group notices=3
    ");
    let deleted = offered().after(at(0), delete("amina"));
    for ask in [take_over("bilal")(&deleted), keep("bilal")(&deleted), hand_over("amina", "musa")(&deleted)] {
        assert_eq!(check(&deleted, at(0), |_| ask.clone()), "refused: GroupNotFound");
    }
}

#[test]
fn the_last_owner_neither_goes_nor_is_demoted_removed_or_disabled_away() {
    for ask in [
        leave("amina")(&circle()),
        remove("amina", "amina")(&circle()),
        remove("musa", "amina")(&circle()),
        take("amina", "amina", Owner)(&circle()),
        disable("amina")(&circle()),
    ] {
        assert_eq!(check(&circle(), at(0), |_| ask.clone()), "refused: LastOwner");
        assert_eq!(check(&offered(), at(0), |_| ask.clone()), "refused: LastOwner", "an offer is no handover yet");
    }
}

#[test]
fn whose_account_is_switched_off_owns_nothing_any_more_where_there_are_others() {
    let world = circle().owner("sumaya").group("other").owner("sumaya").owner("amina").group("third").member("amina");
    assert_snapshot!(check(&world, at(HOUR), disable("amina")), @r"
    user disabled: amina
      ~ membership amina in circle
      ~ membership amina in other
      ~ user amina off
      ~ group in circle owners=1 notices=1
      ~ group in other owners=1 notices=1
    ");
    let world = world.after(at(HOUR), disable("amina")).there("circle");
    assert_snapshot!(check(&world, at(HOUR), leave("sumaya")), @"refused: LastOwner");
}

#[test]
fn one_group_that_would_be_left_without_an_owner_is_enough_to_keep_the_account() {
    let world = group("other").owner("sumaya").owner("amina").group("circle").owner("amina");
    assert_snapshot!(check(&world, at(0), disable("amina")), @"refused: LastOwner");
    // A deleted group can do without: whoever restores it owns it.
    let world = world.after(at(0), delete("amina"));
    assert_snapshot!(check(&world, at(0), disable("amina")), @r"
    user disabled: amina
      ~ membership amina in other
      ~ membership amina
      ~ user amina off
      ~ group in other owners=1 notices=1
      ~ group owners=0 notices=1
    ");
}

#[test]
fn a_group_whose_last_owner_is_gone_is_restored_by_an_administrator_who_owns_it_then() {
    let world = circle().admin("hana").member("hana").after(at(0), delete("amina")).after(at(0), disable("amina"));
    let refused = |by| check(&world, at(0), restore(by));
    assert_eq!(refused("amina"), "refused: CallerDisabled");
    assert_eq!(refused("musa"), "refused: NotAllowed(DeleteGroup)");
    assert_eq!(refused("bilal"), "refused: NotAllowed(DeleteGroup)");
    assert_eq!(refused("eve"), "refused: GroupNotFound");
    assert_snapshot!(check(&world, at(HOUR), restore("hana")), @r"
    restored: circle
      ~ group not deleted
      ~ membership hana owner
      ~ group owners=1 notices=2
    ");
}

#[test]
fn whose_account_is_switched_off_is_made_no_owner() {
    let world = circle().disabled("bilal");
    assert_snapshot!(check(&world, at(0), assign("amina", "bilal", Owner)), @"refused: MemberNotFound");
    assert_snapshot!(check(&world, at(0), assign("amina", "bilal", Moderator)), @r"
    assigned: changed
      ~ membership bilal moderator
      ~ group notices=1
    ");
    let as_owner = |by| invite(by, &["hana"], RoleSet::of(&[Owner]), Admission::Direct);
    assert_snapshot!(check(&world.disabled("hana"), at(0), as_owner("amina")), @r"
    invited to circle: added
      + membership hana
      ~ group members=4 notices=1
    ");
}
