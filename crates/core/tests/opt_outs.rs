//! Refusing invitations for good, and allowing them again.

mod check;

use check::check;
use guestlist_core::command::{AllowInvitations, Command, RefuseInvitations};
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::invitation::InvitationRef;
use guestlist_core::opt_out::InvitationsFrom::{self, Everyone};
use guestlist_core::settings::{OPT_OUTS_MAX, Quotas, Settings};
use guestlist_core::world::{
    DAY, HOUR, World, accept, accept_mailed, admit, allow, at, decline, decline_mailed, delete, group, join, lasting,
    leave, offer, refuse, refuse_mailed, secret, sign_up,
};
use insta::assert_snapshot;

/// Two groups of Amina and Musa. Whoever reads mail at new@example.org is invited to the first, and holds secret 1.
fn circles() -> World {
    let world = group("circle").owner("amina").moderator("musa").invited("new@example.org", lasting(DAY));
    let world = world.mailed("new@example.org", 1).verified("dawud", "dawud@example.org").user("eve");
    world.group("other").owner("amina").moderator("musa")
}

const AMINA: InvitationsFrom = InvitationsFrom::Inviter(match UserId::new(1) {
    Some(id) => id,
    None => panic!("a number"),
});

const OTHER: InvitationsFrom = InvitationsFrom::Group(match GroupId::new(2) {
    Some(id) => id,
    None => panic!("a number"),
});

/// Refusing on the occasion of the newest invitation made to `whom`.
fn refuse_at_hand(by: &str, whom: &str, from: InvitationsFrom) -> impl Fn(&World) -> Command {
    move |world| {
        let invitation = Some(InvitationRef::Id(world.invitation(whom)));
        RefuseInvitations { by: Some(world.id(by)), invitation, from }.into()
    }
}

fn allow_mailed(n: u8, from: InvitationsFrom) -> impl Fn(&World) -> Command {
    move |_| AllowInvitations { by: None, invitation: Some(InvitationRef::Token(secret(n))), from }.into()
}

#[test]
fn somebody_with_an_account_refuses_and_allows_again() {
    for from in [Everyone, AMINA, OTHER] {
        let world = circles().after(at(0), refuse("dawud", from));
        // Twice is once.
        assert_eq!(check(&world, at(HOUR), refuse("dawud", from)), "invitations refused");
        let allowed = world.after(at(HOUR), allow("dawud", from));
        assert_eq!(check(&allowed, at(HOUR), allow("dawud", from)), "invitations allowed");
    }
    assert_snapshot!(check(&circles(), at(HOUR), refuse("dawud", OTHER)), @r"
    invitations refused
      + opt-out from other
    ");
    let world = circles().after(at(0), refuse("dawud", OTHER));
    assert_snapshot!(check(&world, at(HOUR), allow("dawud", OTHER)), @r"
    invitations allowed
      - opt-out from other
    ");
    // One refusal does not stand for another.
    assert_snapshot!(check(&world, at(HOUR), allow("dawud", AMINA)), @"invitations allowed");
    assert_snapshot!(check(&world, at(HOUR), refuse("dawud", Everyone)), @r"
    invitations refused
      + opt-out from everyone
    ");
}

#[test]
fn nobody_is_brought_into_a_group_that_they_refuse_and_the_inviter_hears_the_same_as_always() {
    for from in [Everyone, AMINA, OTHER] {
        let world = circles().after(at(0), refuse("dawud", from));
        for name in ["dawud", "dawud@example.org"] {
            assert_eq!(check(&world, at(0), admit("amina", &[name])), "invited to other: added", "{from:?}");
        }
    }
    // Who did not refuse comes in beside them.
    let world = circles().after(at(0), refuse("dawud", OTHER));
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud", "eve"])), @r"
    invited to other: added, added
      + membership eve
      ~ group members=3 notices=1
    ");
    assert_snapshot!(
        check(&world, at(0), admit("amina", &["dawud", "dawud@example.org"])),
        @"invited to other: added, already member"
    );
    // Allowed again, they are let in again.
    let world = world.after(at(0), allow("dawud", OTHER));
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud"])), @r"
    invited to other: added
      + membership dawud
      ~ group members=3 notices=1
    ");
}

#[test]
fn whoever_refuses_but_asks_to_join_is_brought_in() {
    let asking = circles().requestable().after(at(0), refuse("dawud", AMINA)).after(at(0), join("dawud"));
    assert_snapshot!(check(&asking, at(0), admit("amina", &["dawud"])), @r"
    invited to other: added
      ~ request dawud admitted by amina
      + membership dawud
      ~ group members=3 notices=1
    ");
}

#[test]
fn one_whom_the_person_refuses_does_not_stand_in_the_way_of_another_inviter() {
    let world = circles().after(at(0), refuse("dawud", AMINA)).after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), offer("musa", &["dawud"], lasting(DAY))), @r"
    invited to other: renewed 2
      ~ invitation 2 from musa
    ");
}

#[test]
fn refusing_one_inviter_or_group_leaves_the_others() {
    assert_snapshot!(check(&circles().after(at(0), refuse("dawud", AMINA)), at(0), admit("musa", &["dawud"])), @r"
    invited to other: added
      + membership dawud
      ~ group members=3 notices=1
    ");
    let world = circles().after(at(0), refuse("dawud", OTHER)).there("circle");
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=3 notices=1
    ");
}

#[test]
fn an_invitation_to_whom_refuses_is_made_as_always() {
    let world = circles().after(at(0), refuse("dawud", Everyone));
    assert_snapshot!(check(&world, at(0), offer("amina", &["dawud", "dawud@example.org"], lasting(DAY))), @r"
    invited to other: new 2, new 3
      + invitation 2 to dawud by amina until day 1 pending
      + invitation 3 to dawud@example.org by amina until day 1 pending
      ~ day 0 of amina: 2 made
      ~ group invitations=2
    ");
    // They may still think better of it.
    let world = world.after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_snapshot!(check(&world, at(0), accept("dawud", "dawud")), @r"
    accepted: new member of other
      ~ invitation 2 accepted by dawud
      + membership dawud
      ~ group members=3 invitations=0 notices=1
    ");
}

#[test]
fn somebody_without_an_account_refuses_and_allows_again() {
    assert_snapshot!(check(&circles(), at(HOUR), refuse_mailed(1, AMINA)), @r"
    invitations refused
      + opt-out from amina
      ~ invitation 1 declined
      ~ group in circle invitations=0
    ");
    let world = circles().after(at(HOUR), refuse_mailed(1, AMINA));
    // The invitation is over, but its secret still says whose address it was.
    assert_snapshot!(check(&world, at(2 * DAY), refuse_mailed(1, OTHER)), @r"
    invitations refused
      + opt-out from other
    ");
    assert_snapshot!(check(&world, at(2 * DAY), allow_mailed(1, AMINA)), @r"
    invitations allowed
      - opt-out from amina
    ");
    assert_snapshot!(check(&world, at(2 * DAY), allow_mailed(1, OTHER)), @"invitations allowed");
}

#[test]
fn what_an_address_refused_counts_for_the_account_that_verifies_it() {
    let world = circles().after(at(0), refuse_mailed(1, AMINA)).after(at(0), sign_up("new", Some("New@example.org")));
    let (new, amina, musa) = (world.id("new"), world.id("amina"), world.id("musa"));
    for group in [1, 2].into_iter().filter_map(GroupId::new) {
        assert!(world.facts().refuses(new, group, amina));
        assert!(!world.facts().refuses(new, group, musa));
    }
    // The second group that they never heard of, by the inviter that they know.
    assert_snapshot!(check(&world, at(0), admit("amina", &["new"])), @"invited to other: added");
    assert_snapshot!(check(&world, at(0), admit("musa", &["new"])), @r"
    invited to other: added
      + membership new
      ~ group members=3 notices=1
    ");
    // It is theirs to take back, and not refused twice.
    assert_snapshot!(check(&world, at(0), refuse("new", AMINA)), @"invitations refused");
    assert_snapshot!(check(&world, at(0), allow("new", AMINA)), @r"
    invitations allowed
      - opt-out from amina
    ");
    let allowed = world.after(at(0), allow("new", AMINA));
    assert_snapshot!(check(&allowed, at(0), admit("amina", &["new"])), @r"
    invited to other: added
      + membership new
      ~ group members=3 notices=1
    ");
}

#[test]
fn what_an_address_refused_does_not_count_for_who_only_claims_it() {
    let world = circles().after(at(0), refuse_mailed(1, AMINA)).unverified("eve", "new@example.org");
    assert_snapshot!(check(&world, at(0), admit("amina", &["eve"])), @r"
    invited to other: added
      + membership eve
      ~ group members=3 notices=1
    ");
    assert_snapshot!(check(&world, at(0), allow("eve", AMINA)), @"invitations allowed");
}

#[test]
fn whoever_refuses_declines_the_invitation_at_hand() {
    let world = circles().there("circle").invited("dawud", lasting(DAY)).invited("dawud@example.org", lasting(DAY));
    assert_snapshot!(check(&world, at(HOUR), refuse_at_hand("dawud", "dawud", Everyone)), @r"
    invitations refused
      + opt-out from everyone
      ~ invitation 2 declined by dawud
      ~ invitation 3 declined by dawud
      ~ group invitations=1
    ");
    // Without naming one, what is pending stays pending.
    assert_snapshot!(check(&world, at(HOUR), refuse("dawud", Everyone)), @r"
    invitations refused
      + opt-out from everyone
    ");
    // What is over stays as it ended.
    assert_snapshot!(check(&world, at(DAY), refuse_at_hand("dawud", "dawud", Everyone)), @r"
    invitations refused
      + opt-out from everyone
    ");
    let declined = world.after(at(0), decline("dawud", "dawud"));
    assert_snapshot!(check(&declined, at(0), refuse_at_hand("dawud", "dawud", Everyone)), @r"
    invitations refused
      + opt-out from everyone
    ");
}

#[test]
fn whoever_holds_a_secret_of_another_address_refuses_for_themselves_and_declines_for_it() {
    let ask = |world: &World| {
        let invitation = Some(InvitationRef::Token(secret(1)));
        Command::from(RefuseInvitations { by: Some(world.id("eve")), invitation, from: AMINA })
    };
    assert_snapshot!(check(&circles().there("circle"), at(0), ask), @r"
    invitations refused
      + opt-out from amina
      ~ invitation 1 declined by eve
      ~ group invitations=0
    ");
    let world = circles().there("circle").after(at(0), ask);
    assert_snapshot!(check(&world, at(0), admit("amina", &["eve"])), @"invited to circle: added");
}

#[test]
fn nobody_refuses_on_the_occasion_of_what_is_not_theirs() {
    let world = circles().there("circle").invited("dawud", lasting(DAY));
    assert_snapshot!(check(&world, at(0), refuse_at_hand("eve", "dawud", Everyone)), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world, at(0), refuse_mailed(9, Everyone)), @"refused: InvitationNotFound");
    let by_id = |world: &World| {
        let invitation = Some(InvitationRef::Id(world.invitation("new@example.org")));
        RefuseInvitations { by: None, invitation, from: Everyone }.into()
    };
    assert_snapshot!(check(&world, at(0), by_id), @"refused: InvitationNotFound");
    let nobody = |_: &World| RefuseInvitations { by: None, invitation: None, from: Everyone }.into();
    assert_snapshot!(check(&world, at(0), nobody), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world, at(0), allow_mailed(9, Everyone)), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world.disabled("eve"), at(0), refuse("eve", Everyone)), @"refused: CallerDisabled");
}

#[test]
fn beyond_a_thousand_there_is_only_everyone_left_to_refuse() {
    let from = |n: usize| InvitationsFrom::Inviter(UserId::new(i64::try_from(n).unwrap()).unwrap());
    let world = (1..OPT_OUTS_MAX).fold(circles(), |world, n| world.after(at(0), refuse("eve", from(n))));
    assert_snapshot!(check(&world, at(0), refuse("eve", from(OPT_OUTS_MAX))), @r"
    invitations refused
      + opt-out from 1000
    ");
    let world = world.after(at(0), refuse("eve", from(OPT_OUTS_MAX)));
    assert_snapshot!(check(&world, at(0), refuse("eve", OTHER)), @"refused: TooManyOptOuts");
    assert_snapshot!(check(&world, at(0), refuse("eve", AMINA)), @"invitations refused");
    assert_snapshot!(check(&world, at(0), refuse("eve", Everyone)), @r"
    invitations refused
      + opt-out from everyone
    ");
    let world = world.after(at(0), allow("eve", from(7)));
    assert_snapshot!(check(&world, at(0), refuse("eve", OTHER)), @r"
    invitations refused
      + opt-out from other
    ");
}

/// Not by rights, quotas or the archive; nor by the end of the group, but for leaving, since nobody is in it any more.
#[test]
fn saying_no_is_never_limited() {
    let spent = Settings { quotas: Some(Quotas { pending_per_group: 0, made_per_day: 0 }), ..Settings::default() };
    let full = || circles().there("circle").seats(3).member("eve").invited("dawud", lasting(DAY));
    let world = || full().settings(spent.clone());
    let deleted = world().after(at(0), delete("amina"));
    for (world, is_deleted) in [(world(), false), (world().archived(), false), (deleted, true)] {
        for no in [decline("dawud", "dawud")(&world), decline_mailed(1)(&world)] {
            assert_eq!(check(&world, at(0), |_| no.clone()).lines().next(), Some("declined: circle"));
        }
        for no in [refuse_at_hand("dawud", "dawud", Everyone)(&world), refuse_mailed(1, Everyone)(&world)] {
            assert_eq!(check(&world, at(0), |_| no.clone()).lines().next(), Some("invitations refused"));
        }
        let left = if is_deleted { "refused: GroupNotFound" } else { "left" };
        assert_eq!(check(&world, at(0), leave("eve")).lines().next(), Some(left));
    }
}

#[test]
fn what_was_declined_by_its_secret_is_not_accepted_by_it() {
    let world = circles().there("circle").trusting().after(at(0), refuse_mailed(1, Everyone));
    assert_snapshot!(check(&world, at(0), accept_mailed("eve", 1)), @"refused: InvitationClosed(Declined)");
}
