//! Inviting many at once, trying it before, and taking it back.

mod check;

use std::collections::HashSet;

use check::check;
use guestlist_core::command::{Command, Expiry, Invite, UndoBatch};
use guestlist_core::decide;
use guestlist_core::ids::{BatchId, InvitationId};
use guestlist_core::member::Role;
use guestlist_core::outcome::{InviteRow, Invited, Outcome};
use guestlist_core::refusal::Refusal;
use guestlist_core::world::{
    DAY, HOUR, World, accept, admit, approve, assign, at, decline, expire, group, join, lasting, leave, offer, remove,
    resend, revoke, take, undo,
};
use insta::assert_snapshot;
use uuid::Uuid;

fn circle() -> World {
    let world = group("circle").owner("amina").moderator("musa").member("bilal");
    world.user("dawud").user("eve").user("zayd")
}

/// Dawud and an address are invited at once.
fn invited() -> World {
    circle().after(at(0), offer("amina", &["dawud", "new@example.org"], lasting(DAY)))
}

/// The same command, of no batch.
fn alone(ask: impl Fn(&World) -> Command) -> impl Fn(&World) -> Command {
    move |world| match ask(world) {
        Command::Invite(ask) => Invite { batch: None, ..ask }.into(),
        other => panic!("no invite: {other:?}"),
    }
}

// Many at once.

/// 500 people, of whom 20 do not exist.
fn crowd() -> Vec<String> {
    (0..500).map(|n| if n % 25 == 0 { format!("nobody{n}") } else { format!("a{n}@example.org") }).collect()
}

fn rows(world: &World, ask: impl Fn(&World) -> Command) -> Vec<InviteRow> {
    match decide(&ask(world), world.facts(), at(0)).map(|decision| decision.outcome) {
        Ok(Outcome::Invited(Invited { rows, .. })) => rows,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_of_five_hundred_has_an_answer_and_twenty_wrong_ones_spoil_nothing() {
    let names = crowd();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ask = || offer("amina", &names, lasting(DAY));
    let rehearsed = rows(&circle(), ask());
    assert_eq!(rehearsed.len(), 500);
    assert_eq!(rehearsed.iter().filter(|row| **row == InviteRow::Refused(Refusal::UserNotFound)).count(), 20);
    let new = |rows: &[InviteRow]| -> HashSet<InvitationId> {
        rows.iter().filter_map(|row| if let InviteRow::Invited(id) = row { Some(*id) } else { None }).collect()
    };
    assert_eq!(new(&rehearsed).len(), 480);

    let world = circle().after(at(0), ask());
    let told = check(&world, at(0), undo("amina"));
    assert_eq!(told.lines().next(), Some("undone: 480"));
    assert_eq!(told.lines().next_back(), Some("  ~ group invitations=0"));

    let world = world.after(at(0), undo("amina"));
    let again = rows(&world, ask());
    assert_eq!(new(&again).len(), 480);
    assert!(new(&again).is_disjoint(&new(&rehearsed)));
}

#[test]
fn a_thousand_and_no_more_are_invited_by_one_command() {
    let names: Vec<String> = (0..=Invite::TARGETS_MAX).map(|n| format!("a{n}@example.org")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(check(&circle(), at(0), offer("amina", &names, lasting(DAY))), "refused: TooManyTargets");
    let invited = check(&circle(), at(0), offer("amina", &names[1..], lasting(DAY)));
    assert_eq!(invited.lines().next_back(), Some("  ~ group invitations=1000"));
}

#[test]
fn a_refusal_that_several_rows_share_is_explained_once() {
    let ask = offer("amina", &["nobody", "dawud", "nothing", "eve"], lasting(DAY));
    let world = circle().seats(3);
    let Outcome::Invited(invited) = decide(&ask(&world), world.facts(), at(0)).unwrap().outcome else { panic!() };
    let refusals: Vec<_> = invited.why.iter().map(|why| why.refusal).collect();
    assert_eq!(refusals, [Refusal::UserNotFound, Refusal::GroupFull]);
}

// Taking it back.

#[test]
fn what_was_made_is_revoked() {
    assert_snapshot!(check(&invited(), at(HOUR), undo("amina")), @r"
    undone: 2
      ~ invitation 1 revoked by amina
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
    // Also what was sent or changed since.
    let resent = invited().after(at(HOUR), resend("amina", "dawud", Expiry::Usual));
    assert_snapshot!(check(&resent, at(HOUR), undo("amina")), @r"
    undone: 2
      ~ invitation 1 revoked by amina
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
}

#[test]
fn what_was_renewed_is_as_before() {
    let world = circle().invited("dawud", lasting(DAY)).after(at(HOUR), offer("amina", &["dawud"], lasting(2 * DAY)));
    assert_snapshot!(check(&world, at(2 * HOUR), undo("amina")), @r"
    undone: 1
      ~ invitation 1 sent at day 0 until day 1
    ");
    // But its time may have run out meanwhile.
    assert_snapshot!(check(&world, at(DAY + HOUR), undo("amina")), @r"
    undone: 1
      ~ invitation 1 expired sent at day 0 until day 1 at day 1
      ~ group invitations=0
    ");
    // What was renewed once more since stays.
    let again = world.after(at(3 * HOUR), resend("amina", "dawud", Expiry::Usual));
    assert_snapshot!(check(&again, at(4 * HOUR), undo("amina")), @"undone: 0");
}

#[test]
fn who_was_brought_in_is_out_again_and_invited_as_before() {
    let world = circle().invited("dawud", lasting(DAY)).after(at(HOUR), admit("amina", &["dawud", "eve"]));
    assert_snapshot!(check(&world, at(2 * HOUR), undo("amina")), @r"
    undone: 3
      - membership dawud
      - membership eve
      ~ invitation 1 pending
      ~ group members=3 invitations=1 notices=4
    ");
    assert_snapshot!(check(&world, at(2 * DAY), undo("amina")), @r"
    undone: 3
      - membership dawud
      - membership eve
      ~ invitation 1 expired at day 1
      ~ group members=3 notices=4
    ");
    let undone = world.after(at(2 * HOUR), undo("amina"));
    assert_snapshot!(check(&undone, at(2 * HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=4 invitations=0 notices=5
    ");
}

#[test]
fn who_had_asked_asks_again() {
    let asked = circle().requestable().after(at(0), join("eve"));
    let admitted = asked.after(at(HOUR), offer("amina", &["eve"], lasting(DAY)));
    assert_snapshot!(check(&admitted, at(2 * HOUR), undo("amina")), @r"
    undone: 2
      - membership eve
      ~ request eve pending
      ~ group members=3 notices=2
    ");
    let waiting = circle().requestable().seats(3).after(at(0), join("eve"));
    let waiting = waiting.after(at(HOUR), offer("amina", &["eve"], lasting(DAY)));
    assert_snapshot!(check(&waiting, at(2 * HOUR), undo("amina")), @r"
    undone: 1
      ~ request eve pending
      ~ group waiting=0
    ");
    assert_snapshot!(check(&waiting.after(at(2 * HOUR), undo("amina")), at(3 * HOUR), approve("amina", "eve")), @r"
    approved: waiting
      ~ request eve waiting place 2
      ~ group waiting=1 last_place=2
    ");
}

#[test]
fn a_seat_that_comes_free_by_it_goes_to_the_first_in_line() {
    let world = circle().requestable().seats(4).after(at(0), admit("amina", &["dawud"])).after(at(0), join("eve"));
    let world = world.after(at(0), approve("amina", "eve"));
    assert_snapshot!(check(&world, at(HOUR), undo("amina")), @r"
    undone: 1
      - membership dawud
      ~ request eve admitted place 1
      + membership eve
      ~ group waiting=0 notices=3
    ");
}

#[test]
fn nothing_is_taken_back_once_somebody_has_answered() {
    let world = || invited().after(at(0), alone(offer("musa", &["eve"], lasting(DAY))));
    assert_snapshot!(
        check(&world().after(at(0), accept("dawud", "dawud")), at(0), undo("amina")),
        @"refused: BatchAnswered"
    );
    assert_snapshot!(
        check(&world().after(at(0), decline("dawud", "dawud")), at(0), undo("amina")),
        @"refused: BatchAnswered"
    );
    // Others do not matter.
    assert_snapshot!(check(&world().after(at(0), accept("eve", "eve")), at(0), undo("amina")), @r"
    undone: 2
      ~ invitation 1 revoked by amina
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
}

#[test]
fn a_renewed_invitation_that_was_answered_is_an_answer_too() {
    let world = circle().invited("dawud", lasting(DAY)).after(at(HOUR), offer("amina", &["dawud"], lasting(2 * DAY)));
    assert_snapshot!(
        check(&world.after(at(HOUR), accept("dawud", "dawud")), at(HOUR), undo("amina")),
        @"refused: BatchAnswered"
    );
}

#[test]
fn what_is_over_already_is_left_as_it_is() {
    assert_snapshot!(check(&invited().after(at(0), revoke("amina", "dawud")), at(0), undo("amina")), @r"
    undone: 1
      ~ invitation 2 revoked by amina
      ~ group invitations=0
    ");
    assert_snapshot!(check(&invited(), at(DAY), undo("amina")), @"undone: 0");
    assert_snapshot!(check(&invited().after(at(DAY), expire()), at(DAY), undo("amina")), @"undone: 0");
}

#[test]
fn a_member_who_has_got_a_role_since_stays() {
    let world = circle().after(at(0), admit("amina", &["dawud"]));
    let leading = world.after(at(0), assign("amina", "dawud", Role::Leader));
    assert_snapshot!(check(&leading, at(0), undo("amina")), @"refused: BatchAnswered");
    let again = leading.after(at(0), take("amina", "dawud", Role::Leader));
    assert_snapshot!(check(&again, at(0), undo("amina")), @r"
    undone: 1
      - membership dawud
      ~ group members=3 notices=4
    ");
}

#[test]
fn who_has_gone_since_is_not_invited_as_before() {
    let mailed = circle().invited("dawud@example.org", lasting(2 * DAY)).verified("dawud", "dawud@example.org");
    let asked = circle().requestable().after(at(0), join("dawud"));
    for world in [circle().invited("dawud", lasting(2 * DAY)), mailed, asked] {
        let gone = world.after(at(HOUR), admit("amina", &["dawud"])).after(at(HOUR), remove("amina", "dawud"));
        assert_eq!(check(&gone, at(HOUR), undo("amina")), "undone: 0");
        // Nor does somebody who was invited anew hold a second invitation by it.
        let again = gone.after(at(HOUR), alone(offer("musa", &["dawud"], lasting(DAY))));
        assert_eq!(check(&again, at(HOUR), undo("amina")), "undone: 0");
    }
}

#[test]
fn who_had_to_wait_and_has_got_a_seat_stays() {
    let world = circle().requestable().seats(3).after(at(0), join("eve")).invited("eve", lasting(DAY));
    let world = world.after(at(0), offer("amina", &["eve"], lasting(DAY)));
    assert_snapshot!(check(&world, at(HOUR), undo("amina")), @r"
    undone: 2
      ~ invitation 1 pending
      ~ request eve pending
      ~ group invitations=1 waiting=0
    ");
    let seated = world.after(at(HOUR), leave("bilal"));
    assert_snapshot!(check(&seated, at(HOUR), undo("amina")), @"refused: BatchAnswered");
    assert_snapshot!(check(&seated.after(at(HOUR), leave("eve")), at(HOUR), undo("amina")), @"undone: 0");
}

#[test]
fn it_is_taken_back_once() {
    let undone = invited().after(at(HOUR), undo("amina"));
    assert_snapshot!(check(&undone, at(HOUR), undo("amina")), @"undone: 0");
    let admitted = circle().invited("dawud", lasting(DAY)).after(at(0), admit("amina", &["dawud"]));
    let undone = admitted.after(at(HOUR), undo("amina"));
    assert_snapshot!(check(&undone, at(HOUR), undo("amina")), @"undone: 0");
}

#[test]
fn owners_and_moderators_take_it_back_whoever_made_it() {
    assert_eq!(check(&invited(), at(0), undo("musa")).lines().next(), Some("undone: 2"));
    for by in ["bilal", "dawud", "zayd"] {
        assert_eq!(check(&invited(), at(0), undo(by)), "refused: NotAllowed(RemoveMember)");
    }
    assert_eq!(check(&invited().disabled("musa"), at(0), undo("musa")), "refused: CallerDisabled");
}

#[test]
fn what_is_not_of_this_group_is_not_taken_back_here() {
    let elsewhere = |world: &World| {
        UndoBatch { by: world.id("amina"), group: world.here(), batch: BatchId::from_uuid(Uuid::from_u128(2)) }.into()
    };
    assert_eq!(check(&invited(), at(0), elsewhere), "refused: BatchNotFound");
    let other = invited().group("other").owner("amina");
    assert_eq!(check(&other, at(0), undo("amina")), "refused: BatchNotFound");
    // A batch may be of two groups; here only what is here counts.
    let both = other.after(at(0), offer("amina", &["eve"], lasting(DAY)));
    assert_snapshot!(check(&both, at(0), undo("amina")), @r"
    undone: 1
      ~ invitation 3 revoked by amina
      ~ group invitations=0
    ");
}
