//! Wanting in: by asking where that is possible, and at once where everybody may.

mod check;

use check::check;
use guestlist_core::world::{
    DAY, HOUR, World, accept, admit, approve, archive, at, group, join, lasting, offer, reject, remove, withdraw,
};
use insta::assert_snapshot;

fn circle() -> World {
    let world = group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("eve");
    world.user("dawud").requestable()
}

/// Eve has asked to join.
fn asked() -> World {
    circle().after(at(0), join("eve"))
}

#[test]
fn who_wants_in_asks_once() {
    assert_snapshot!(check(&circle(), at(HOUR), join("eve")), @r"
    wants into circle: requested
      + request eve pending
    ");
    assert_snapshot!(check(&asked(), at(HOUR), join("eve")), @"wants into circle: requested");
    assert_snapshot!(check(&circle(), at(HOUR), join("bilal")), @"wants into circle: member before");
}

#[test]
fn a_public_group_is_joined_at_once() {
    assert_snapshot!(check(&circle().public(), at(HOUR), join("eve")), @r"
    wants into circle: new member
      + membership eve
      ~ group members=5 notices=1
    ");
    // Also by somebody who had asked before it was public.
    assert_snapshot!(check(&asked().public(), at(HOUR), join("eve")), @r"
    wants into circle: new member
      ~ request eve admitted by eve
      + membership eve
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_group_that_takes_no_requests_is_entered_by_invitation_only() {
    let world = group("circle").owner("amina").user("eve");
    assert_snapshot!(check(&world, at(0), join("eve")), @"refused: ByInvitationOnly");
    assert_snapshot!(check(&world.invited("eve", lasting(DAY)), at(0), join("eve")), @r"
    wants into circle: new member
      ~ invitation 1 accepted by eve
      + membership eve
      ~ group members=2 invitations=0 notices=1
    ");
    let late = group("circle").owner("amina").invited("eve", lasting(DAY));
    assert_snapshot!(check(&late, at(DAY), join("eve")), @"refused: ByInvitationOnly");
}

#[test]
fn nobody_joins_an_archived_group() {
    assert_snapshot!(check(&circle().archived(), at(0), join("eve")), @"refused: GroupArchived");
    assert_snapshot!(check(&circle().public().archived(), at(0), join("eve")), @"refused: GroupArchived");
    assert_snapshot!(
        check(&asked().after(at(0), archive("amina")), at(0), approve("amina", "eve")),
        @"refused: GroupArchived"
    );
}

#[test]
fn owners_and_moderators_let_people_in() {
    assert_snapshot!(check(&asked(), at(HOUR), approve("amina", "eve")), @r"
    approved: new member
      ~ request eve admitted by amina
      + membership eve
      ~ group members=5 notices=1
    ");
    assert_snapshot!(check(&asked(), at(HOUR), approve("musa", "eve")), @r"
    approved: new member
      ~ request eve admitted by musa
      + membership eve
      ~ group members=5 notices=1
    ");
}

#[test]
fn owners_and_moderators_turn_people_down() {
    assert_snapshot!(check(&asked(), at(HOUR), reject("musa", "eve")), @r"
    rejected: eve
      ~ request eve rejected by musa
    ");
    let rejected = asked().after(at(HOUR), reject("musa", "eve"));
    assert_snapshot!(check(&rejected, at(HOUR), approve("amina", "eve")), @"refused: RequestNotFound");
    // They may ask again.
    assert_snapshot!(check(&rejected, at(DAY), join("eve")), @r"
    wants into circle: requested
      ~ request eve pending
    ");
}

#[test]
fn whoever_may_not_let_people_in_does_not_learn_who_asked() {
    for by in ["layla", "bilal", "eve", "dawud"] {
        for whom in ["eve", "dawud", "nobody"] {
            assert_eq!(check(&asked(), at(0), approve(by, whom)), "refused: NotAllowed(Invite)");
            assert_eq!(check(&asked(), at(0), reject(by, whom)), "refused: NotAllowed(Invite)");
        }
    }
}

#[test]
fn only_an_open_request_can_be_settled() {
    for whom in ["dawud", "nobody", "99"] {
        assert_eq!(check(&asked(), at(0), approve("amina", whom)), "refused: RequestNotFound");
        assert_eq!(check(&asked(), at(0), reject("amina", whom)), "refused: RequestNotFound");
    }
    let approved = asked().after(at(0), approve("amina", "eve"));
    assert_snapshot!(check(&approved, at(0), approve("musa", "eve")), @"approved: member before");
    assert_snapshot!(check(&approved, at(0), reject("musa", "eve")), @"refused: RequestNotFound");
    assert_snapshot!(check(&approved, at(0), withdraw("eve")), @"refused: RequestNotFound");
}

#[test]
fn who_asked_can_think_better_of_it() {
    assert_snapshot!(check(&asked(), at(HOUR), withdraw("eve")), @r"
    withdrawn: eve
      ~ request eve withdrawn by eve
    ");
    assert_snapshot!(check(&asked().archived(), at(HOUR), withdraw("eve")), @r"
    withdrawn: eve
      ~ request eve withdrawn by eve
    ");
    assert_snapshot!(check(&asked(), at(HOUR), remove("eve", "eve")), @r"
    removed: request
      ~ request eve withdrawn by eve
    ");
    assert_snapshot!(check(&asked(), at(HOUR), withdraw("dawud")), @"refused: RequestNotFound");
    let withdrawn = asked().after(at(HOUR), withdraw("eve"));
    assert_snapshot!(check(&withdrawn, at(HOUR), withdraw("eve")), @"refused: RequestNotFound");
    assert_snapshot!(check(&withdrawn, at(HOUR), approve("amina", "eve")), @"refused: RequestNotFound");
}

#[test]
fn a_request_is_turned_down_by_removing_the_person() {
    assert_snapshot!(check(&asked(), at(HOUR), remove("musa", "eve")), @r"
    removed: request
      ~ request eve rejected by musa
    ");
    assert_snapshot!(check(&asked().invited("eve", lasting(DAY)), at(HOUR), remove("musa", "eve")), @r"
    removed: invitation
      ~ invitation 1 revoked by musa
      ~ request eve rejected by musa
      ~ group invitations=0
    ");
}

#[test]
fn who_asked_and_is_invited_is_in() {
    assert_snapshot!(check(&asked(), at(HOUR), offer("musa", &["eve"], lasting(DAY))), @r"
    invited to circle: added
      ~ request eve admitted by musa
      + membership eve
      ~ group members=5 notices=1
    ");
    assert_snapshot!(check(&asked(), at(HOUR), admit("musa", &["eve"])), @r"
    invited to circle: added
      ~ request eve admitted by musa
      + membership eve
      ~ group members=5 notices=1
    ");
    assert_snapshot!(check(&asked().invited("eve", lasting(DAY)), at(HOUR), accept("eve", "eve")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by eve
      ~ request eve admitted by eve
      + membership eve
      ~ group members=5 invitations=0 notices=1
    ");
    assert_snapshot!(check(&circle().invited("eve", lasting(DAY)), at(HOUR), join("eve")), @r"
    wants into circle: new member
      ~ invitation 1 accepted by eve
      + membership eve
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn an_account_that_is_off_neither_asks_nor_approves() {
    assert_snapshot!(check(&asked().disabled("eve"), at(0), join("eve")), @"refused: CallerDisabled");
    assert_snapshot!(check(&asked().disabled("eve"), at(0), withdraw("eve")), @"refused: CallerDisabled");
    assert_snapshot!(check(&asked().disabled("musa"), at(0), approve("musa", "eve")), @"refused: CallerDisabled");
    // Who asked before their account was switched off can be let in, as they can be invited.
    assert_snapshot!(check(&asked().disabled("eve"), at(0), approve("amina", "eve")), @r"
    approved: new member
      ~ request eve admitted by amina
      + membership eve
      ~ group members=5 notices=1
    ");
}
