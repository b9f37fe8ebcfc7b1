//! Whom an invitation is for, and how it finds its person.

mod check;

use check::check;
use guestlist_core::command::{Admission, Expiry, Invite, Target};
use guestlist_core::ids::Uid;
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Email, Subject, Username};
use guestlist_core::user::UserRef;
use guestlist_core::world::{
    DAY, HOUR, World, accept, accept_mailed, at, group, join, lasting, offer, sign_in, sign_up,
};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").verified("dawud", "dawud@example.org")
}

/// Whoever reads mail at müller@bücher.example has a day to answer.
fn waiting() -> World {
    group("circle").owner("amina").user("dawud").invited("müller@bücher.example", lasting(DAY))
}

#[test]
fn one_person_is_the_same_by_every_name() {
    let names = [
        UserRef::Id(circle().id("dawud")),
        UserRef::Uid(Uid::parse("uid-dawud").unwrap()),
        UserRef::Subject(Subject::parse("sub-dawud").unwrap()),
        UserRef::Username(Username::parse("DAWUD").unwrap()),
        UserRef::Email(Email::parse("Dawud@EXAMPLE.org").unwrap()),
    ];
    let ask = |world: &World| {
        let target = |(n, who): (usize, &UserRef)| Target { who: who.clone(), invitation: world.fresh_invitation(n) };
        Invite {
            language: None,
            note: None,
            by: world.id("amina"),
            group: world.here(),
            targets: names.iter().enumerate().map(target).collect(),
            roles: RoleSet::NONE,
            admission: Admission::OnAcceptance(Expiry::Usual),
            batch: None,
        }
        .into()
    };
    assert_snapshot!(check(&circle(), at(0), ask), @r"
    invited to circle: new 1, renewed 1, renewed 1, renewed 1, new 5
      + invitation 1 to dawud by amina until day 7 pending
      + invitation 5 to Dawud@EXAMPLE.org by amina until day 7 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
}

#[test]
fn who_is_named_in_vain_is_refused_without_spoiling_the_rest() {
    assert_snapshot!(check(&circle(), at(0), offer("amina", &["nobody", "99", "dawud", "amina"], lasting(DAY))), @r"
    invited to circle: UserNotFound, UserNotFound, new 3, already member
      + invitation 3 to dawud by amina until day 1 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=1
    ");
}

#[test]
fn an_address_is_one_and_the_same_in_every_spelling() {
    for spelling in ["MÜLLER@BÜCHER.example", "müller@xn--bcher-kva.EXAMPLE", "mu\u{308}ller@bücher.example"] {
        assert_eq!(
            check(&waiting(), at(0), offer("amina", &[spelling], lasting(DAY))),
            "invited to circle: renewed 1",
            "{spelling}"
        );
    }
}

#[test]
fn an_invitation_finds_its_person_at_sign_up() {
    let world = waiting().after(at(0), sign_up("muller", Some("Müller@xn--bcher-kva.example")));
    assert_snapshot!(check(&world, at(HOUR), accept("muller", "müller@bücher.example")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by muller
      + membership muller
      ~ group members=2 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), join("muller")), @r"
    wants into circle: new member
      ~ invitation 1 accepted by muller
      + membership muller
      ~ group members=2 invitations=0 notices=1
    ");
}

#[test]
fn an_invitation_finds_its_person_at_the_first_sign_in() {
    assert_snapshot!(check(&waiting(), at(0), sign_in("muller", Some("Müller@bücher.example"))), @r"
    user seen: 3
      + user 3 uid-muller sub-muller
      + address Müller@bücher.example of 3 verified
    ");
    let world = waiting().after(at(0), sign_in("muller", Some("Müller@bücher.example")));
    // Whom the identity provider knows has no username here.
    assert_snapshot!(check(&world, at(HOUR), accept("3", "müller@bücher.example")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by 3
      + membership 3
      ~ group members=2 invitations=0 notices=1
    ");
}

#[test]
fn an_invitation_finds_its_person_when_their_address_is_vouched_for() {
    assert_snapshot!(check(&waiting(), at(0), sign_in("dawud", Some("müller@bücher.example"))), @r"
    user seen: 2
      + address müller@bücher.example of dawud verified
    ");
    let claimed = waiting().unverified("dawud", "müller@bücher.example");
    assert_snapshot!(check(&claimed, at(0), sign_in("dawud", Some("müller@bücher.example"))), @r"
    user seen: 2
      + address müller@bücher.example of dawud verified
    ");
    let world = claimed.after(at(0), sign_in("dawud", Some("müller@bücher.example")));
    assert_snapshot!(check(&world, at(0), accept("dawud", "müller@bücher.example")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=2 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(0), sign_in("dawud", Some("müller@bücher.example"))), @"user seen: 2");
}

#[test]
fn an_address_of_somebody_else_stays_theirs() {
    let world = waiting().verified("dawud", "müller@bücher.example");
    assert_snapshot!(check(&world, at(0), sign_in("muller", Some("müller@bücher.example"))), @r"
    user seen: 3
      + user 3 uid-muller sub-muller
    ");
    let world = world.after(at(0), sign_in("muller", Some("müller@bücher.example")));
    assert_snapshot!(check(&world, at(0), accept("3", "müller@bücher.example")), @"refused: InvitationNotFound");
}

#[test]
fn an_invitation_does_not_find_whoever_gave_no_address() {
    assert_snapshot!(check(&waiting(), at(0), sign_in("muller", None)), @r"
    user seen: 3
      + user 3 uid-muller sub-muller
    ");
    let world = waiting().after(at(0), sign_in("muller", None)).after(at(0), sign_up("eve", None));
    assert_snapshot!(check(&world, at(0), accept("3", "müller@bücher.example")), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world, at(0), accept("eve", "müller@bücher.example")), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world, at(0), join("eve")), @"refused: ByInvitationOnly");
}

#[test]
fn an_invitation_finds_whoever_holds_its_secret_where_that_is_enough() {
    let world = waiting().trusting().mailed("müller@bücher.example", 1).after(at(0), sign_in("muller", None));
    assert_snapshot!(check(&world, at(HOUR), accept_mailed("3", 1)), @r"
    accepted: new member of circle
      + membership 3
      ~ invitation 1 accepted by 3
      ~ group members=2 invitations=0 notices=1
    ");
    let world = world.after(at(HOUR), accept_mailed("3", 1));
    assert_snapshot!(check(&world, at(HOUR), accept_mailed("dawud", 1)), @"refused: InvitationClosed(Accepted)");
}

#[test]
fn an_invitation_taken_by_its_secret_settles_those_to_the_person_too() {
    let world = waiting().trusting().mailed("müller@bücher.example", 1).invited("dawud", lasting(DAY));
    assert_snapshot!(check(&world, at(HOUR), accept_mailed("dawud", 1)), @r"
    accepted: new member of circle
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ invitation 1 accepted by dawud
      ~ group members=2 invitations=0 notices=1
    ");
    let member = waiting().trusting().mailed("müller@bücher.example", 1).member("dawud");
    assert_snapshot!(check(&member, at(HOUR), accept_mailed("dawud", 1)), @r"
    accepted: member of circle before
      ~ invitation 1 accepted by dawud
      ~ group invitations=0
    ");
}
