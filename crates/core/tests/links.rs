//! Links: an offer to whoever holds it.

mod check;

use check::check;
use guestlist_core::command::{Admission, Command, CreateLink, Expiry};
use guestlist_core::ids::LinkId;
use guestlist_core::link::LinkHash;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::settings::Settings;
use guestlist_core::world::{
    DAY, HOUR, World, approve, archive, at, delete, group, invite, join, lasting, leave, link, remove, revoke_link,
    take, use_link,
};
use insta::assert_snapshot;
use uuid::Uuid;

fn circle() -> World {
    let world = group("circle").owner("amina").moderator("musa").leader("layla").member("bilal");
    world.user("dawud").user("eve").user("zayd")
}

/// Link 1 lets two people in, within a week.
fn linked() -> World {
    circle().after(at(0), link("amina", 1, Some(2), false))
}

fn with(by: &str, roles: &[Role], expiry: Expiry, needs_approval: bool) -> impl Fn(&World) -> Command {
    let roles = RoleSet::of(roles);
    move |world| {
        CreateLink {
            by: world.id(by),
            group: world.here(),
            id: LinkId::from_uuid(Uuid::from_u128(1)),
            hash: LinkHash([1; 32]),
            roles,
            uses_max: None,
            expiry,
            needs_approval,
        }
        .into()
    }
}

#[test]
fn owners_and_moderators_make_links() {
    assert_snapshot!(check(&circle(), at(HOUR), link("amina", 1, Some(10), false)), @r"
    link created: 1
      + link 1 for 10 by amina until day 7 + 3600000 ms
    ");
    assert_snapshot!(check(&circle(), at(HOUR), link("musa", 1, None, true)), @r"
    link created: 1
      + link 1 to be approved by musa until day 7 + 3600000 ms
    ");
    for by in ["layla", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), link(by, 1, None, false)), "refused: NotAllowed(CreateLink)");
    }
}

#[test]
fn a_link_brings_a_role_that_its_maker_may_give() {
    assert_snapshot!(check(&circle(), at(0), with("amina", &[Role::Moderator], Expiry::Usual, false)), @r"
    link created: 1
      + link 1 moderator by amina until day 7
    ");
    assert_snapshot!(
        check(&circle(), at(0), with("musa", &[Role::Leader], Expiry::Usual, false)),
        @"refused: NotAllowed(SetLeader)"
    );
    let world = circle().after(at(0), with("amina", &[Role::Moderator], Expiry::Usual, false));
    assert_snapshot!(check(&world, at(HOUR), use_link("eve", 1)), @r"
    link to circle used: new member
      + membership eve moderator
      ~ link 1 uses=1
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_link_brings_its_role_only_while_its_maker_owns_the_group() {
    let made = || circle().owner("sumaya").after(at(0), with("amina", &[Role::Owner], Expiry::Usual, false));
    assert_snapshot!(check(&made().after(at(1), remove("sumaya", "amina")), at(HOUR), use_link("amina", 1)), @r"
    link to circle used: new member
      + membership amina
      ~ link 1 uses=1
      ~ group members=5 notices=2
    ");
    let demoted = made().after(at(1), take("sumaya", "amina", Role::Owner));
    assert_snapshot!(check(&demoted, at(HOUR), use_link("eve", 1)), @r"
    link to circle used: new member
      + membership eve
      ~ link 1 uses=1
      ~ group members=6 notices=2
    ");
}

#[test]
fn whoever_is_invited_has_the_role_of_the_invitation_by_whichever_way_they_come() {
    let moderator = RoleSet::of(&[Role::Moderator]);
    let ask = invite("amina", &["eve"], moderator, Admission::OnAcceptance(Expiry::Usual));
    let world = circle().after(at(0), link("amina", 1, None, false)).after(at(0), ask);
    assert_snapshot!(check(&world, at(HOUR), use_link("eve", 1)), @r"
    link to circle used: new member
      ~ invitation 1 accepted by eve
      + membership eve moderator
      ~ link 1 uses=1
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn a_link_lets_in_at_least_one_person() {
    assert_snapshot!(check(&circle(), at(0), link("amina", 1, Some(1), false)), @r"
    link created: 1
      + link 1 for 1 by amina until day 7
    ");
    for uses in [0, -1] {
        assert_eq!(check(&circle(), at(0), link("amina", 1, Some(uses), false)), "refused: UsesOutOfRange");
    }
}

#[test]
fn a_link_lives_no_longer_than_the_operator_allows() {
    let after = |millis| with("amina", &[], Expiry::After(lasting(millis)), false);
    assert_snapshot!(check(&circle(), at(0), after(DAY)), @r"
    link created: 1
      + link 1 by amina until day 1
    ");
    assert_snapshot!(check(&circle(), at(0), after(0)), @"refused: EndInThePast");
    assert_snapshot!(check(&circle(), at(0), after(367 * DAY)), @"refused: LifetimeTooLong(31622400 s)");
    assert_snapshot!(
        check(&circle(), at(0), with("amina", &[], Expiry::Never, false)),
        @"refused: LifetimeTooLong(31622400 s)"
    );
    let unbounded = Settings { longest_lifetime: None, ..Settings::default() };
    assert_snapshot!(check(&circle().settings(unbounded), at(0), with("amina", &[], Expiry::Never, false)), @r"
    link created: 1
      + link 1 by amina for ever
    ");
}

#[test]
fn whoever_comes_by_a_link_is_a_member_and_the_use_is_counted() {
    assert_snapshot!(check(&linked(), at(HOUR), use_link("eve", 1)), @r"
    link to circle used: new member
      + membership eve
      ~ link 1 uses=1
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_link_is_never_used_once_too_often() {
    let world = linked().after(at(0), use_link("eve", 1)).after(at(0), use_link("dawud", 1));
    assert_snapshot!(check(&world, at(0), use_link("zayd", 1)), @"refused: LinkClosed(UsedUp)");
    // Who came by it is in, and stays in.
    assert_snapshot!(check(&world, at(0), use_link("dawud", 1)), @"link to circle used: member before");
    // Who has gone does not come back by it, and gives no use back.
    let world = world.after(at(0), leave("dawud"));
    assert_snapshot!(check(&world, at(0), use_link("dawud", 1)), @"refused: LinkClosed(UsedUp)");
}

#[test]
fn a_member_uses_nothing_up() {
    assert_snapshot!(check(&linked(), at(0), use_link("bilal", 1)), @"link to circle used: member before");
    let world = linked().after(at(0), revoke_link("amina", 1));
    assert_snapshot!(check(&world, at(0), use_link("bilal", 1)), @"link to circle used: member before");
}

#[test]
fn a_link_is_dead_at_the_instant_it_expires() {
    assert_snapshot!(check(&linked(), at(7 * DAY - 1), use_link("eve", 1)), @r"
    link to circle used: new member
      + membership eve
      ~ link 1 uses=1
      ~ group members=5 notices=1
    ");
    assert_snapshot!(check(&linked(), at(7 * DAY), use_link("eve", 1)), @"refused: LinkClosed(Expired)");
}

#[test]
fn a_link_is_taken_back_once() {
    assert_snapshot!(check(&linked(), at(HOUR), revoke_link("musa", 1)), @r"
    link revoked: 1
      ~ link 1 revoked by musa
    ");
    let world = linked().after(at(HOUR), revoke_link("musa", 1));
    assert_snapshot!(check(&world, at(DAY), revoke_link("amina", 1)), @"link revoked: 1");
    assert_snapshot!(check(&world, at(DAY), use_link("eve", 1)), @"refused: LinkClosed(Revoked)");
    // First it was taken back, then its time was over.
    assert_snapshot!(check(&world, at(8 * DAY), use_link("eve", 1)), @"refused: LinkClosed(Revoked)");
}

#[test]
fn a_link_is_taken_back_by_those_who_may_invite_and_does_not_exist_for_strangers() {
    for by in ["layla", "bilal"] {
        assert_eq!(check(&linked(), at(0), revoke_link(by, 1)), "refused: LinkNotFound");
    }
    assert_snapshot!(check(&linked(), at(0), revoke_link("eve", 1)), @"refused: LinkNotFound");
    assert_snapshot!(check(&linked(), at(0), revoke_link("amina", 2)), @"refused: LinkNotFound");
    assert_snapshot!(check(&linked(), at(0), use_link("eve", 2)), @"refused: LinkNotFound");
}

#[test]
fn a_link_with_approval_only_asks() {
    let world = circle().after(at(0), link("amina", 1, Some(1), true));
    assert_snapshot!(check(&world, at(HOUR), use_link("eve", 1)), @r"
    link to circle used: requested
      + request eve pending
      ~ link 1 uses=1
    ");
    let asked = world.after(at(HOUR), use_link("eve", 1));
    assert_snapshot!(check(&asked, at(HOUR), use_link("eve", 1)), @"link to circle used: requested");
    assert_snapshot!(check(&asked, at(HOUR), use_link("zayd", 1)), @"refused: LinkClosed(UsedUp)");
    assert_snapshot!(check(&asked, at(2 * HOUR), approve("musa", "eve")), @r"
    approved: new member
      ~ request eve admitted by musa
      + membership eve
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_role_that_comes_with_a_link_is_kept_until_it_is_approved() {
    let world = circle().after(at(0), with("amina", &[Role::Moderator], Expiry::Usual, true));
    let asked = world.after(at(0), use_link("eve", 1));
    assert_snapshot!(check(&asked, at(0), approve("musa", "eve")), @r"
    approved: new member
      ~ request eve moderator admitted by musa
      + membership eve moderator
      ~ group members=5 notices=1
    ");
}

#[test]
fn who_has_asked_comes_in_by_a_link_without_approval() {
    let world = linked().requestable().after(at(0), join("eve"));
    assert_snapshot!(check(&world, at(HOUR), use_link("eve", 1)), @r"
    link to circle used: new member
      ~ request eve admitted by eve
      + membership eve
      ~ link 1 uses=1
      ~ group members=5 notices=1
    ");
}

#[test]
fn who_comes_by_a_link_settles_their_invitation() {
    assert_snapshot!(check(&linked().invited("eve", lasting(DAY)), at(HOUR), use_link("eve", 1)), @r"
    link to circle used: new member
      ~ invitation 1 accepted by eve
      + membership eve
      ~ link 1 uses=1
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn a_link_to_a_full_group_leads_to_its_waiting_list() {
    let world = linked().seats(4);
    assert_snapshot!(check(&world, at(HOUR), use_link("eve", 1)), @r"
    link to circle used: waiting
      + request eve waiting place 1
      ~ link 1 uses=1
      ~ group waiting=1 last_place=1
    ");
    let waiting = world.after(at(HOUR), use_link("eve", 1));
    assert_snapshot!(check(&waiting, at(HOUR), use_link("eve", 1)), @"link to circle used: waiting");
    assert_snapshot!(check(&waiting, at(2 * HOUR), remove("amina", "bilal")), @r"
    removed: member
      - membership bilal
      ~ request eve admitted place 1
      + membership eve
      ~ group waiting=0 notices=2
    ");
}

#[test]
fn a_link_to_an_archived_or_deleted_group_lets_nobody_in() {
    assert_snapshot!(
        check(&linked().after(at(0), archive("amina")), at(0), use_link("eve", 1)),
        @"refused: GroupArchived"
    );
    assert_snapshot!(check(&circle().archived(), at(0), link("amina", 1, None, false)), @"refused: GroupArchived");
    let deleted = linked().after(at(0), delete("amina"));
    assert_snapshot!(check(&deleted, at(0), use_link("eve", 1)), @"refused: LinkNotFound");
    assert_snapshot!(check(&deleted, at(0), revoke_link("amina", 1)), @"refused: LinkNotFound");
}

#[test]
fn a_caller_whose_account_is_off_does_nothing_with_links() {
    let world = linked().disabled("amina").disabled("eve");
    assert_snapshot!(check(&world, at(0), link("amina", 2, None, false)), @"refused: CallerDisabled");
    assert_snapshot!(check(&world, at(0), revoke_link("amina", 1)), @"refused: CallerDisabled");
    assert_snapshot!(check(&world, at(0), use_link("eve", 1)), @"refused: CallerDisabled");
}
