//! How much may be invited, how many may be in, and who comes next.

mod check;

use check::check;
use guestlist_core::command::{GroupPatch, Invite};
use guestlist_core::settings::{Quotas, Settings, WAITING_MAX};
use guestlist_core::world::{
    DAY, HOUR, World, accept, admit, approve, archive, at, decline, expire, group, join, lasting, leave, offer, reject,
    remove, unarchive, undo, update, withdraw,
};
use insta::assert_snapshot;

fn circle() -> World {
    let world = group("circle").owner("amina").moderator("musa").member("bilal");
    world.user("dawud").user("eve").user("zayd")
}

fn quotas(pending_per_group: i64, made_per_day: i64) -> Settings {
    Settings { quotas: Some(Quotas { pending_per_group, made_per_day }), ..Settings::default() }
}

fn seats(max: Option<i64>) -> GroupPatch {
    GroupPatch { members_max: Some(max), ..GroupPatch::default() }
}

// Pending invitations of a group.

#[test]
fn a_group_has_so_many_pending_invitations_and_no_more_whoever_makes_them() {
    let world = circle().settings(quotas(2, 100));
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud", "eve", "zayd", "dawud"], lasting(DAY))), @r"
    invited to circle: new 1, new 2, TooManyInvitations, renewed 1
      + invitation 1 to dawud by amina until day 1 pending
      + invitation 2 to eve by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
    let world = world.after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), offer("musa", &["eve", "new@example.org"], lasting(DAY))), @r"
    invited to circle: new 2, TooManyInvitations
      + invitation 2 to eve by musa until day 1 pending
      ~ day 0 of musa: 1 made
      ~ group invitations=2
    ");
}

#[test]
fn an_invitation_that_is_renewed_or_over_makes_room() {
    let one = || circle().settings(quotas(1, 100)).after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&one(), at(0), offer("amina", &["dawud", "eve"], lasting(2 * DAY))), @r"
    invited to circle: renewed 1, TooManyInvitations
      ~ invitation 1 until day 2
    ");
    // What the same command closes counts no more.
    assert_snapshot!(check(&one(), at(DAY), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to circle: new 2
      ~ invitation 1 expired
      + invitation 2 to dawud by amina until day 2 pending
      ~ day 1 of amina: 1 made
    ");
    let again = offer("amina", &["eve"], lasting(DAY));
    for world in [one().after(at(DAY), expire()), one().after(at(0), decline("dawud", "dawud"))] {
        assert_eq!(check(&world, at(DAY), &again).lines().next(), Some("invited to circle: new 2"));
    }
}

#[test]
fn the_quota_of_one_group_is_not_that_of_another() {
    let world = circle().settings(quotas(1, 100)).after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    let world = world.group("other").owner("amina");
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud"], lasting(DAY))), @r"
    invited to other: new 2
      + invitation 2 to dawud by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=1
    ");
}

// Invitations of an inviter in a day.

#[test]
fn an_inviter_makes_so_many_invitations_in_a_day_of_utc_in_all_groups_together() {
    let world = circle().settings(quotas(100, 2)).after(at(HOUR), offer("amina", &["dawud"], lasting(2 * DAY)));
    assert_snapshot!(check(&world, at(DAY - 1), offer("amina", &["eve", "zayd"], lasting(DAY))), @r"
    invited to circle: new 2, DailyQuotaSpent(day 1)
      + invitation 2 to eve by amina until day 1 + 86399999 ms pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
    let world = world.after(at(HOUR), offer("amina", &["eve"], lasting(2 * DAY))).group("other").owner("amina");
    assert_snapshot!(
        check(&world, at(DAY - 1), offer("amina", &["zayd"], lasting(DAY))),
        @"invited to other: DailyQuotaSpent(day 1)"
    );
    assert_snapshot!(check(&world, at(DAY), offer("amina", &["zayd"], lasting(DAY))), @r"
    invited to other: new 3
      + invitation 3 to zayd by amina until day 2 pending
      ~ day 1 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn the_quota_of_one_inviter_is_not_that_of_another() {
    let world = circle().settings(quotas(100, 1)).after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), offer("musa", &["eve"], lasting(DAY))), @r"
    invited to circle: new 2
      + invitation 2 to eve by musa until day 1 pending
      ~ day 0 of musa: 1 made
      ~ group invitations=2
    ");
}

#[test]
fn only_new_invitations_count_towards_the_day() {
    let spent = circle().settings(quotas(100, 1)).after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&spent, at(HOUR), offer("amina", &["dawud", "bilal", "nobody"], lasting(DAY))), @r"
    invited to circle: renewed 1, already member, UserNotFound
      ~ invitation 1 sent until day 1 + 3600000 ms
    ");
    assert_snapshot!(check(&spent, at(HOUR), admit("amina", &["eve"])), @r"
    invited to circle: added
      + membership eve
      ~ group members=4 notices=1
    ");
    // What is over, or was undone, was made all the same.
    assert_snapshot!(
        check(&spent.after(at(0), undo("amina")), at(0), offer("amina", &["dawud"], lasting(DAY))),
        @"invited to circle: DailyQuotaSpent(day 1)"
    );
}

#[test]
fn without_quotas_nothing_is_counted() {
    let world = circle().settings(Settings { quotas: None, ..Settings::default() });
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud", "eve"], lasting(DAY))), @r"
    invited to circle: new 1, new 2
      + invitation 1 to dawud by amina until day 1 pending
      + invitation 2 to eve by amina until day 1 pending
      ~ group invitations=2
    ");
    let crowd: Vec<String> = (0..Invite::TARGETS_MAX).map(|n| format!("a{n}@b.c")).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let usual = check(&circle(), at(0), offer("amina", &crowd, lasting(DAY)));
    assert_eq!(usual.lines().next_back(), Some("  ~ group invitations=1000"), "no quota is that low by itself");
}

// Seats.

#[test]
fn nobody_is_invited_to_a_full_group() {
    let world = circle().seats(3).invited("zayd", lasting(DAY));
    assert_snapshot!(
        check(&world, at(0), offer("amina", &["dawud", "new@example.org", "bilal"], lasting(DAY))),
        @"invited to circle: GroupFull, GroupFull, already member"
    );
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud"])), @"invited to circle: GroupFull");
    // Who was invited before is told again.
    assert_snapshot!(check(&world, at(HOUR), offer("amina", &["zayd"], lasting(DAY))), @r"
    invited to circle: renewed 1
      ~ invitation 1 sent until day 1 + 3600000 ms
    ");
}

#[test]
fn seats_are_given_as_far_as_they_go() {
    let world = circle().seats(4);
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud", "eve", "dawud", "bilal"])), @r"
    invited to circle: added, GroupFull, already member, already member
      + membership dawud
      ~ group members=4 notices=1
    ");
    // An invitation takes no seat.
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud", "eve"], lasting(DAY))), @r"
    invited to circle: new 1, new 2
      + invitation 1 to dawud by amina until day 1 pending
      + invitation 2 to eve by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
}

#[test]
fn the_operator_limits_every_group() {
    let few = Settings { members_max: Some(3), ..Settings::default() };
    assert_snapshot!(
        check(&circle().settings(few.clone()), at(0), offer("amina", &["dawud"], lasting(DAY))),
        @"invited to circle: GroupFull"
    );
    assert_snapshot!(
        check(&circle().seats(100).settings(few.clone()), at(0), admit("amina", &["dawud"])),
        @"invited to circle: GroupFull"
    );
    assert_snapshot!(
        check(&circle().settings(few), at(0), update("amina", seats(Some(4)))),
        @"refused: SeatsOutOfRange"
    );
}

/// A full group for which Eve, Dawud and Zayd wait, in this order.
fn full() -> World {
    let world = circle().public().seats(3).invited("eve", lasting(DAY));
    world.after(at(0), accept("eve", "eve")).after(at(0), join("dawud")).after(at(0), join("zayd"))
}

#[test]
fn who_accepts_when_the_last_seat_is_taken_waits_in_line() {
    let world = circle().seats(3).invited("eve", lasting(DAY));
    assert_snapshot!(check(&world, at(HOUR), accept("eve", "eve")), @r"
    accepted: waiting
      ~ invitation 1 accepted by eve
      + request eve waiting place 1
      ~ group invitations=0 waiting=1 last_place=1
    ");
    let world = world.after(at(HOUR), accept("eve", "eve"));
    assert_snapshot!(check(&world, at(HOUR), accept("eve", "eve")), @"accepted: waiting");
    assert_snapshot!(check(&world, at(HOUR), join("eve")), @"wants into circle: waiting");
    assert_snapshot!(check(&world, at(HOUR), offer("amina", &["eve"], lasting(DAY))), @"invited to circle: waiting");
    assert_snapshot!(check(&world, at(HOUR), admit("amina", &["eve"])), @"invited to circle: waiting");
}

#[test]
fn who_is_approved_when_the_last_seat_is_taken_waits_in_line() {
    let world = circle().requestable().seats(3).after(at(0), join("eve"));
    assert_snapshot!(check(&world, at(HOUR), approve("amina", "eve")), @r"
    approved: waiting
      ~ request eve waiting place 1
      ~ group waiting=1 last_place=1
    ");
    let world = world.after(at(HOUR), approve("amina", "eve"));
    assert_snapshot!(check(&world, at(HOUR), approve("amina", "eve")), @"approved: waiting");
}

#[test]
fn who_has_asked_and_is_invited_to_a_full_group_waits_in_line() {
    let world = circle().requestable().seats(3).after(at(0), join("eve"));
    assert_snapshot!(check(&world, at(HOUR), offer("amina", &["eve"], lasting(DAY))), @r"
    invited to circle: waiting
      ~ request eve waiting place 1
      ~ group waiting=1 last_place=1
    ");
}

#[test]
fn a_seat_that_comes_free_goes_to_the_first_in_line() {
    assert_snapshot!(check(&full(), at(HOUR), leave("bilal")), @r"
    left
      - membership bilal
      ~ request eve admitted place 1
      + membership eve
      ~ group waiting=2 notices=2
    ");
    assert_snapshot!(check(&full(), at(HOUR), remove("amina", "bilal")), @r"
    removed: member
      - membership bilal
      ~ request eve admitted place 1
      + membership eve
      ~ group waiting=2 notices=2
    ");
    let world = full().after(at(HOUR), leave("bilal"));
    assert_snapshot!(check(&world, at(HOUR), leave("musa")), @r"
    left
      - membership musa
      ~ request dawud admitted place 2
      + membership dawud
      ~ group waiting=1 notices=4
    ");
    assert_snapshot!(check(&world, at(HOUR), leave("eve")), @r"
    left
      - membership eve
      ~ request dawud admitted place 2
      + membership dawud
      ~ group waiting=1 notices=4
    ");
}

#[test]
fn more_seats_let_in_as_many_in_order() {
    assert_snapshot!(check(&full(), at(HOUR), update("amina", seats(Some(5)))), @r"
    updated: circle
      ~ group members_max=Some(5)
      ~ request eve admitted place 1
      + membership eve
      ~ request dawud admitted place 2
      + membership dawud
      ~ group members=5 waiting=1 notices=2
    ");
    assert_snapshot!(check(&full(), at(HOUR), update("amina", seats(None))), @r"
    updated: circle
      ~ group members_max=None
      ~ request eve admitted place 1
      + membership eve
      ~ request dawud admitted place 2
      + membership dawud
      ~ request zayd admitted place 3
      + membership zayd
      ~ group members=6 waiting=0 notices=3
    ");
    assert_snapshot!(check(&full(), at(HOUR), update("amina", seats(Some(3)))), @"updated: circle");
}

#[test]
fn who_goes_out_of_line_loses_their_place_and_comes_back_last() {
    assert_snapshot!(check(&full(), at(HOUR), withdraw("eve")), @r"
    withdrawn: eve
      ~ request eve withdrawn place 1 by eve
      ~ group waiting=2
    ");
    let world = full().after(at(HOUR), withdraw("eve"));
    assert_snapshot!(check(&world, at(HOUR), join("eve")), @r"
    wants into circle: waiting
      ~ request eve waiting place 4
      ~ group waiting=3 last_place=4
    ");
    let world = world.after(at(HOUR), join("eve"));
    assert_snapshot!(check(&world, at(HOUR), leave("bilal")), @r"
    left
      - membership bilal
      ~ request dawud admitted place 2
      + membership dawud
      ~ group waiting=2 notices=2
    ");
    assert_snapshot!(check(&world, at(HOUR), update("amina", seats(Some(6)))), @r"
    updated: circle
      ~ group members_max=Some(6)
      ~ request dawud admitted place 2
      + membership dawud
      ~ request zayd admitted place 3
      + membership zayd
      ~ request eve admitted place 4
      + membership eve
      ~ group members=6 waiting=0 notices=3
    ");
}

#[test]
fn who_waits_can_be_turned_down() {
    assert_snapshot!(check(&full(), at(HOUR), reject("musa", "eve")), @r"
    rejected: eve
      ~ request eve rejected place 1 by musa
      ~ group waiting=2
    ");
    assert_snapshot!(check(&full(), at(HOUR), remove("musa", "eve")), @r"
    removed: request
      ~ request eve rejected place 1 by musa
      ~ group waiting=2
    ");
    let world = full().after(at(HOUR), reject("musa", "eve"));
    assert_snapshot!(check(&world, at(HOUR), leave("bilal")), @r"
    left
      - membership bilal
      ~ request dawud admitted place 2
      + membership dawud
      ~ group waiting=1 notices=2
    ");
}

#[test]
fn seats_that_come_free_in_the_archive_are_filled_once_it_is_left() {
    let world = full().after(at(0), archive("amina"));
    assert_snapshot!(check(&world, at(HOUR), leave("bilal")), @"
    left
      - membership bilal
      ~ group members=2 notices=2
    ");
    let world = world.after(at(HOUR), leave("bilal")).after(at(HOUR), leave("musa"));
    assert_snapshot!(check(&world, at(HOUR), unarchive("amina")), @"
    unarchived: circle
      ~ group not archived
      ~ request eve admitted place 1
      + membership eve
      ~ request dawud admitted place 2
      + membership dawud
      ~ group members=3 waiting=1 notices=6
    ");
}

#[test]
fn nobody_overtakes_those_who_wait() {
    // In the archive a seat came free, and it is spoken for.
    let world = circle().requestable().seats(3).after(at(0), join("eve")).after(at(0), approve("amina", "eve"));
    let world = world.after(at(0), archive("amina")).after(at(0), leave("bilal"));
    assert_snapshot!(
        check(&world, at(HOUR), admit("amina", &["zayd", "eve"])),
        @"invited to circle: GroupFull, waiting"
    );
    assert_snapshot!(check(&full().user("hana"), at(HOUR), join("hana")), @r"
    wants into circle: waiting
      + request hana waiting place 4
      ~ group waiting=4 last_place=4
    ");
}

#[test]
fn nobody_overtakes_those_who_wait_where_the_operator_allows_more_than_before() {
    let few = Settings { members_max: Some(3), ..Settings::default() };
    let more = Settings { members_max: Some(6), ..Settings::default() };
    let waiting = circle().public().settings(few).after(at(0), join("dawud")).after(at(0), join("eve")).settings(more);
    assert_snapshot!(check(&waiting, at(HOUR), join("zayd")), @r"
    wants into circle: waiting
      + request zayd waiting place 3
      ~ group waiting=3 last_place=3
    ");
    // Whoever goes makes room for one; a new limit of the group for as many as fit.
    assert_snapshot!(check(&waiting, at(HOUR), remove("amina", "bilal")), @r"
    removed: member
      - membership bilal
      ~ request dawud admitted place 1
      + membership dawud
      ~ group waiting=1 notices=2
    ");
    assert_snapshot!(check(&waiting, at(HOUR), update("amina", seats(Some(5)))), @r"
    updated: circle
      ~ group members_max=Some(5)
      ~ request dawud admitted place 1
      + membership dawud
      ~ request eve admitted place 2
      + membership eve
      ~ group members=5 waiting=0 notices=2
    ");
}

#[test]
fn at_most_a_thousand_wait() {
    let names: Vec<String> = (0..WAITING_MAX).map(|n| format!("w{n}")).collect();
    let (last, rest) = names.split_last().unwrap();
    let world = circle().public().seats(3).invited("eve", lasting(DAY)).user(last);
    let world = rest.iter().fold(world, |world, name| world.user(name).after(at(0), join(name)));
    assert_snapshot!(check(&world, at(0), join(last)), @r"
    wants into circle: waiting
      + request w999 waiting place 1000
      ~ group waiting=1000 last_place=1000
    ");
    let world = world.after(at(0), join(last));
    assert_snapshot!(check(&world, at(0), join("dawud")), @"refused: WaitingListFull");
    // The invitation stays open meanwhile.
    assert_snapshot!(check(&world, at(0), accept("eve", "eve")), @"refused: WaitingListFull");
    let open = check(&world, at(0), update("amina", seats(None)));
    assert_eq!(open.lines().next_back(), Some("  ~ group members=1003 waiting=0 notices=1000"));
}
