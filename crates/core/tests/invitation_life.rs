//! What becomes of an invitation, from its making to its end.

mod check;

use check::check;
use guestlist_core::command::{Accept, Admission, Command, Expiry};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::settings::Settings;
use guestlist_core::time::Lifetime;
use guestlist_core::world::{
    DAY, HOUR, World, accept, accept_mailed, at, change, decline, decline_mailed, expire, group, invite, lasting, mail,
    offer, resend, revoke,
};
use insta::assert_snapshot;

/// Dawud has a day to answer.
fn circle() -> World {
    let world = group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("eve");
    world.invited("dawud", lasting(DAY))
}

/// Whoever reads mail at new@example.org has a day to answer, and holds the secrets 1 and 2.
fn mailed() -> World {
    let world = group("circle").owner("amina").user("eve").invited("new@example.org", lasting(DAY));
    world.mailed("new@example.org", 1).mailed("new@example.org", 2)
}

fn after(millis: i64) -> Expiry {
    Expiry::After(lasting(millis))
}

// The end.

#[test]
fn how_it_ended_and_when_and_by_whom_is_kept() {
    assert_snapshot!(check(&circle(), at(HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
    assert_snapshot!(check(&circle(), at(HOUR), decline("dawud", "dawud")), @r"
    declined: circle
      ~ invitation 1 declined by dawud
      ~ group invitations=0
    ");
    assert_snapshot!(check(&circle(), at(HOUR), revoke("musa", "dawud")), @r"
    invitation revoked: 1
      ~ invitation 1 revoked by musa
      ~ group invitations=0
    ");
    assert_snapshot!(check(&circle(), at(DAY), expire()), @r"
    expired: 1
      ~ invitation 1 expired
      ~ group invitations=0
    ");
    assert_snapshot!(check(&mailed(), at(HOUR), decline_mailed(1)), @r"
    declined: circle
      ~ invitation 1 declined
      ~ group invitations=0
    ");
}

#[test]
fn that_it_expired_is_recorded_as_of_its_very_instant() {
    assert_snapshot!(check(&circle(), at(DAY - 1), expire()), @"expired: 0");
    assert_snapshot!(check(&circle(), at(3 * DAY), expire()), @r"
    expired: 1
      ~ invitation 1 expired at day 1
      ~ group invitations=0
    ");
    let world = circle().after(at(3 * DAY), expire());
    assert_snapshot!(check(&world, at(4 * DAY), expire()), @"expired: 0");
    assert_snapshot!(check(&world, at(4 * DAY), accept("dawud", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn what_was_answered_in_time_does_not_expire() {
    assert_snapshot!(check(&circle().after(at(0), decline("dawud", "dawud")), at(DAY), expire()), @"expired: 0");
}

// Sending it again.

#[test]
fn it_is_sent_again_after_an_hour_at_the_earliest() {
    assert_snapshot!(
        check(&circle(), at(HOUR - 1), resend("amina", "dawud", after(DAY))),
        @"refused: SentRecently(day 0 + 3600000 ms)"
    );
    assert_snapshot!(check(&circle(), at(HOUR), resend("amina", "dawud", after(DAY))), @r"
    resent: 1
      ~ invitation 1 sent until day 1 + 3600000 ms
    ");
    let world = circle().after(at(HOUR), resend("amina", "dawud", after(DAY)));
    assert_snapshot!(
        check(&world, at(2 * HOUR - 1), resend("musa", "dawud", after(DAY))),
        @"refused: SentRecently(day 0 + 7200000 ms)"
    );
    assert_snapshot!(check(&world, at(2 * HOUR), resend("musa", "dawud", Expiry::Usual)), @r"
    resent: 1
      ~ invitation 1 sent until day 7 + 7200000 ms
    ");
}

#[test]
fn sending_again_never_shortens_the_time_for_an_answer() {
    assert_snapshot!(check(&circle(), at(HOUR), resend("amina", "dawud", after(HOUR))), @r"
    resent: 1
      ~ invitation 1 sent
    ");
    let for_ever = circle().settings(unbounded()).after(at(0), change("amina", "dawud", None, Some(Expiry::Never)));
    assert_snapshot!(check(&for_ever, at(HOUR), resend("amina", "dawud", after(DAY))), @r"
    resent: 1
      ~ invitation 1 sent
    ");
    assert_snapshot!(check(&for_ever, at(400 * DAY), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn inviting_somebody_again_within_the_hour_sends_nothing() {
    assert_snapshot!(check(&circle(), at(HOUR - 1), offer("amina", &["dawud"], lasting(2 * DAY))), @r"
    invited to circle: renewed 1
      ~ invitation 1 until day 2 + 3599999 ms
    ");
    assert_snapshot!(
        check(&circle(), at(HOUR - 1), offer("amina", &["dawud"], lasting(HOUR))),
        @"invited to circle: renewed 1"
    );
    assert_snapshot!(check(&circle(), at(HOUR), offer("amina", &["dawud"], lasting(HOUR))), @r"
    invited to circle: renewed 1
      ~ invitation 1 sent
    ");
}

#[test]
fn what_is_over_is_not_sent_again() {
    let again = resend("amina", "dawud", Expiry::Usual);
    assert_snapshot!(check(&circle(), at(DAY), &again), @"refused: InvitationClosed(Expired)");
    assert_snapshot!(
        check(&circle().after(at(0), accept("dawud", "dawud")), at(HOUR), &again),
        @"refused: InvitationClosed(Accepted)"
    );
    assert_snapshot!(check(&circle().archived(), at(HOUR), &again), @"refused: GroupArchived");
}

// Secrets.

#[test]
fn every_mail_that_was_sent_keeps_working_until_the_end() {
    let world = mailed().trusting();
    for n in [1, 2] {
        let world = mailed().trusting().after(at(HOUR), accept_mailed("eve", n));
        for n in [1, 2] {
            assert_eq!(check(&world, at(HOUR), accept_mailed("eve", n)), "accepted: member of circle before");
        }
    }
    assert_snapshot!(check(&world, at(HOUR), accept_mailed("eve", 1)), @r"
    accepted: new member of circle
      + membership eve
      ~ invitation 1 accepted by eve
      ~ group members=2 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(DAY), accept_mailed("eve", 2)), @"refused: InvitationClosed(Expired)");
    let revoked = mailed().trusting().after(at(HOUR), revoke("amina", "new@example.org"));
    assert_snapshot!(check(&revoked, at(HOUR), accept_mailed("eve", 1)), @"refused: InvitationClosed(Revoked)");
}

#[test]
fn where_the_secret_is_enough_no_setting_of_the_group_counts_and_an_account_still_does() {
    let enough = |by: &'static str| {
        move |world: &World| {
            let Command::Accept(accept) = accept_mailed(by, 1)(world) else { unreachable!("it accepts") };
            Accept { is_secret_enough: true, ..accept }.into()
        }
    };
    assert_snapshot!(check(&mailed(), at(HOUR), accept_mailed("eve", 1)), @"refused: AddressMismatch");
    assert_snapshot!(check(&mailed(), at(HOUR), enough("eve")), @r"
    accepted: new member of circle
      + membership eve
      ~ invitation 1 accepted by eve
      ~ group members=2 invitations=0 notices=1
    ");
    let to_an_account = circle().invited("eve", lasting(DAY)).mailed("eve", 1).user("dina");
    assert_snapshot!(check(&to_an_account, at(HOUR), enough("dina")), @"refused: InvitationNotFound");
}

#[test]
fn one_more_mail_is_one_more_secret_and_the_invitation_stays_as_it_is() {
    assert_snapshot!(check(&mailed(), at(HOUR), mail("new@example.org", 3)), @r"
    token given: 1
      + token of invitation 1
    ");
    let world = mailed().trusting().after(at(HOUR), resend("amina", "new@example.org", after(DAY)));
    let world = world.after(at(HOUR), mail("new@example.org", 3));
    assert_snapshot!(check(&world, at(HOUR), accept_mailed("eve", 1)), @r"
    accepted: new member of circle
      + membership eve
      ~ invitation 1 accepted by eve
      ~ group members=2 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), accept_mailed("eve", 3)), @r"
    accepted: new member of circle
      + membership eve
      ~ invitation 1 accepted by eve
      ~ group members=2 invitations=0 notices=1
    ");
}

#[test]
fn what_is_over_or_was_never_made_gets_no_secret() {
    assert_snapshot!(check(&mailed(), at(DAY), mail("new@example.org", 3)), @"refused: InvitationClosed(Expired)");
    assert_snapshot!(check(&mailed(), at(0), mail("other@example.org", 3)), @"refused: InvitationNotFound");
    assert_snapshot!(check(&mailed(), at(0), accept_mailed("eve", 3)), @"refused: InvitationNotFound");
}

#[test]
fn a_secret_is_enough_only_where_the_group_says_so() {
    assert_snapshot!(check(&mailed(), at(0), accept_mailed("eve", 1)), @"refused: AddressMismatch");
    assert_snapshot!(
        check(&mailed().unverified("eve", "new@example.org"), at(0), accept_mailed("eve", 1)),
        @"refused: AddressMismatch"
    );
    assert_snapshot!(check(&mailed().verified("eve", "new@example.org"), at(0), accept_mailed("eve", 1)), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by eve
      + membership eve
      ~ group members=2 invitations=0 notices=1
    ");
    // Even if the address is known to be somebody else's.
    let musas = mailed().trusting().verified("musa", "new@example.org");
    assert_snapshot!(check(&musas, at(0), accept_mailed("eve", 1)), @r"
    accepted: new member of circle
      + membership eve
      ~ invitation 1 accepted by eve
      ~ group members=2 invitations=0 notices=1
    ");
}

#[test]
fn a_secret_of_an_invitation_to_an_account_is_of_no_use_to_another() {
    let world = circle().trusting().mailed("dawud", 1);
    assert_snapshot!(check(&world, at(0), accept_mailed("eve", 1)), @"refused: InvitationNotFound");
    assert_snapshot!(check(&world, at(0), accept_mailed("dawud", 1)), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn whoever_holds_the_secret_can_say_no_without_an_account() {
    assert_snapshot!(check(&mailed(), at(0), decline_mailed(2)), @r"
    declined: circle
      ~ invitation 1 declined
      ~ group invitations=0
    ");
    let world = mailed().after(at(0), decline_mailed(2));
    assert_snapshot!(check(&world, at(0), decline_mailed(1)), @"declined: circle");
    assert_snapshot!(check(&world, at(0), accept_mailed("eve", 1)), @"refused: AddressMismatch");
    assert_snapshot!(check(&mailed(), at(0), decline_mailed(3)), @"refused: InvitationNotFound");
}

// Taking it back.

#[test]
fn owners_and_moderators_take_it_back() {
    assert_snapshot!(check(&circle(), at(HOUR), revoke("amina", "dawud")), @r"
    invitation revoked: 1
      ~ invitation 1 revoked by amina
      ~ group invitations=0
    ");
    for by in ["layla", "bilal"] {
        assert_eq!(check(&circle(), at(0), revoke(by, "dawud")), "refused: InvitationNotFound");
    }
    for by in ["eve", "dawud"] {
        assert_eq!(check(&circle(), at(0), revoke(by, "dawud")), "refused: InvitationNotFound");
    }
}

#[test]
fn it_is_taken_back_once_and_not_after_an_answer() {
    assert_snapshot!(
        check(&circle().after(at(0), revoke("musa", "dawud")), at(HOUR), revoke("amina", "dawud")),
        @"invitation revoked: 1"
    );
    assert_snapshot!(
        check(&circle().after(at(0), accept("dawud", "dawud")), at(0), revoke("amina", "dawud")),
        @"refused: InvitationClosed(Accepted)"
    );
    assert_snapshot!(
        check(&circle().after(at(0), decline("dawud", "dawud")), at(0), revoke("amina", "dawud")),
        @"refused: InvitationClosed(Declined)"
    );
    assert_snapshot!(check(&circle(), at(DAY), revoke("amina", "dawud")), @"refused: InvitationClosed(Expired)");
}

#[test]
fn in_an_archived_group_it_can_still_be_taken_back() {
    assert_snapshot!(check(&circle().archived(), at(0), revoke("amina", "dawud")), @r"
    invitation revoked: 1
      ~ invitation 1 revoked by amina
      ~ group invitations=0
    ");
}

// Changing it.

/// Another role for Dawud.
fn promise(by: &str, roles: &[Role]) -> impl Fn(&World) -> Command {
    change(by, "dawud", Some(RoleSet::of(roles)), None)
}

#[test]
fn its_role_changes_and_comes_with_the_yes() {
    assert_snapshot!(check(&circle(), at(HOUR), promise("amina", &[Role::Moderator])), @r"
    invitation changed: 1
      ~ invitation 1 as moderator
    ");
    let world = circle().after(at(HOUR), promise("amina", &[Role::Moderator]));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud moderator
      ~ group members=5 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(HOUR), promise("amina", &[])), @r"
    invitation changed: 1
      ~ invitation 1 as member
    ");
}

#[test]
fn an_owner_who_comes_by_invitation_counts_as_one() {
    let world = circle().after(at(HOUR), promise("amina", &[Role::Owner]));
    assert_snapshot!(check(&world, at(HOUR), accept("dawud", "dawud")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by dawud
      + membership dawud owner
      ~ group members=5 owners=2 invitations=0 notices=1
    ");
}

#[test]
fn whoever_changes_a_role_must_be_allowed_to_give_and_to_take_it() {
    let check = |by, roles| check(&circle(), at(0), promise(by, roles));
    assert_snapshot!(check("musa", &[Role::Leader]), @"refused: NotAllowed(SetLeader)");
    assert_snapshot!(check("musa", &[Role::Moderator, Role::Leader]), @"refused: NotAllowed(SetModerator)");
    assert_snapshot!(check("layla", &[Role::Leader]), @"refused: InvitationNotFound");
    assert_snapshot!(check("bilal", &[]), @"refused: InvitationNotFound");
    assert_snapshot!(check("eve", &[]), @"refused: InvitationNotFound");
    let leading = circle().after(at(0), promise("amina", &[Role::Leader]));
    assert_snapshot!(
        self::check(&leading, at(0), promise("musa", &[])),
        @"refused: NotAllowed(SetLeader)"
    );
    // Changing nothing about the role is everybody's right who may invite.
    let same = change("musa", "dawud", Some(RoleSet::of(&[Role::Leader])), Some(after(HOUR)));
    assert_snapshot!(self::check(&leading, at(0), same), @r"
    invitation changed: 1
      ~ invitation 1 until day 0 + 3600000 ms
    ");
}

#[test]
fn its_end_moves_either_way_but_not_into_the_past() {
    assert_snapshot!(check(&circle(), at(0), change("musa", "dawud", None, Some(after(HOUR)))), @r"
    invitation changed: 1
      ~ invitation 1 until day 0 + 3600000 ms
    ");
    assert_snapshot!(check(&circle(), at(0), change("musa", "dawud", None, Some(after(2 * DAY)))), @r"
    invitation changed: 1
      ~ invitation 1 until day 2
    ");
    assert_snapshot!(check(&circle(), at(0), change("musa", "dawud", None, Some(Expiry::Usual))), @r"
    invitation changed: 1
      ~ invitation 1 until day 7
    ");
    assert_snapshot!(check(&circle(), at(0), change("musa", "dawud", None, Some(after(0)))), @"refused: EndInThePast");
    assert_snapshot!(check(&circle(), at(0), change("musa", "dawud", None, None)), @"invitation changed: 1");
}

#[test]
fn what_is_over_does_not_change() {
    let later = change("amina", "dawud", None, Some(after(DAY)));
    assert_snapshot!(check(&circle(), at(DAY), &later), @"refused: InvitationClosed(Expired)");
    assert_snapshot!(
        check(&circle().after(at(0), revoke("amina", "dawud")), at(0), &later),
        @"refused: InvitationClosed(Revoked)"
    );
}

#[test]
fn an_invite_brings_a_role_that_the_inviter_may_give() {
    let as_leader = |by| invite(by, &["eve"], RoleSet::of(&[Role::Leader]), Admission::OnAcceptance(Expiry::Usual));
    assert_snapshot!(check(&circle(), at(0), as_leader("amina")), @r"
    invited to circle: new 2
      + invitation 2 to eve leader by amina until day 7 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=2
    ");
    assert_snapshot!(check(&circle(), at(0), as_leader("musa")), @"refused: NotAllowed(SetLeader)");
    let world = circle().after(at(0), as_leader("amina"));
    assert_snapshot!(check(&world, at(0), accept("eve", "eve")), @r"
    accepted: new member of circle
      ~ invitation 2 accepted by eve
      + membership eve leader
      ~ group members=5 invitations=1 notices=1
    ");
    // Inviting again does not change what comes with it.
    assert_snapshot!(check(&world, at(0), offer("amina", &["eve"], lasting(DAY))), @"invited to circle: renewed 2");
}

// The operator's ceiling.

fn unbounded() -> Settings {
    Settings { longest_lifetime: None, ..Settings::default() }
}

#[test]
fn it_lives_no_longer_than_the_operator_allows() {
    let offer = |expiry| invite("amina", &["eve"], RoleSet::NONE, Admission::OnAcceptance(expiry));
    assert_snapshot!(check(&circle(), at(0), offer(Expiry::Usual)), @r"
    invited to circle: new 2
      + invitation 2 to eve by amina until day 7 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=2
    ");
    assert_snapshot!(check(&circle(), at(0), offer(after(366 * DAY))), @r"
    invited to circle: new 2
      + invitation 2 to eve by amina until day 366 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=2
    ");
    assert_snapshot!(check(&circle(), at(0), offer(after(366 * DAY + 1000))), @"refused: LifetimeTooLong(31622400 s)");
    assert_snapshot!(
        check(&circle(), at(HOUR), resend("amina", "dawud", after(400 * DAY))),
        @"refused: LifetimeTooLong(31622400 s)"
    );
    assert_snapshot!(
        check(&circle(), at(0), change("amina", "dawud", None, Some(after(400 * DAY)))),
        @"refused: LifetimeTooLong(31622400 s)"
    );
    let strict = Settings { longest_lifetime: Some(Lifetime::from_days(2)), ..Settings::default() };
    assert_snapshot!(check(&circle().settings(strict), at(0), offer(Expiry::Usual)), @r"
    invited to circle: new 2
      + invitation 2 to eve by amina until day 2 pending
      ~ day 0 of amina: 1 made
      ~ group invitations=2
    ");
}

#[test]
fn none_lives_for_ever_unless_the_operator_allows_it() {
    let offer = invite("amina", &["eve"], RoleSet::NONE, Admission::OnAcceptance(Expiry::Never));
    assert_snapshot!(check(&circle(), at(0), &offer), @"refused: LifetimeTooLong(31622400 s)");
    assert_snapshot!(check(&circle().settings(unbounded()), at(0), &offer), @r"
    invited to circle: new 2
      + invitation 2 to eve by amina for ever pending
      ~ day 0 of amina: 1 made
      ~ group invitations=2
    ");
    let world = circle().settings(unbounded()).after(at(0), &offer);
    assert_snapshot!(check(&world, at(1000 * DAY), expire()), @r"
    expired: 1
      ~ invitation 1 expired at day 1
      ~ group invitations=1
    ");
    assert_snapshot!(check(&world, at(1000 * DAY), accept("eve", "eve")), @r"
    accepted: new member of circle
      ~ invitation 2 accepted by eve
      + membership eve
      ~ group members=5 invitations=1 notices=1
    ");
}
