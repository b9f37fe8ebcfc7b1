//! Inviting people who become members at once: the way of Rocket.Chat.

mod check;

use check::check;
use guestlist_core::command::{Admission, Invite, Target};
use guestlist_core::group::GroupRef;
use guestlist_core::member::RoleSet;
use guestlist_core::world::{DAY, HOUR, World, accept, admit, at, group, lasting, user};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("dawud")
}

#[test]
fn whoever_is_invited_is_a_member_at_once_and_without_a_role() {
    assert_snapshot!(check(&circle(), at(HOUR), admit("amina", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=5 notices=1
    ");
    assert_snapshot!(check(&circle(), at(HOUR), admit("musa", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_leader_a_member_or_an_outsider_does_not_invite() {
    for by in ["layla", "bilal", "dawud"] {
        assert_eq!(check(&circle(), at(0), admit(by, &["dawud"])), "refused: NotAllowed(Invite)");
    }
}

#[test]
fn an_administrator_of_the_installation_invites_only_where_they_are_a_member() {
    assert_snapshot!(check(&circle().admin("eve"), at(0), admit("eve", &["dawud"])), @"refused: NotAllowed(Invite)");
    assert_snapshot!(check(&circle().admin("eve").member("eve"), at(0), admit("eve", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=6 notices=1
    ");
}

#[test]
fn a_caller_whose_account_is_off_does_not_invite() {
    assert_snapshot!(check(&circle().disabled("amina"), at(0), admit("amina", &["dawud"])), @"refused: CallerDisabled");
}

#[test]
fn that_nobody_exists_is_said_even_to_those_who_may_not_invite() {
    for by in ["amina", "bilal", "dawud"] {
        assert_eq!(
            check(&circle(), at(0), admit(by, &["nobody", "99", "nobody@example.org"])),
            "refused: NobodyToInvite"
        );
    }
    assert_snapshot!(check(&circle(), at(0), admit("amina", &[])), @"refused: NobodyToInvite");
}

#[test]
fn an_unverified_address_is_nobody() {
    let world = circle().unverified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud@example.org"])), @"refused: NobodyToInvite");
}

#[test]
fn a_verified_address_stands_for_its_user() {
    let world = circle().verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud@example.org"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=5 notices=1
    ");
}

#[test]
fn the_unknown_do_not_spoil_the_rest() {
    let world = circle().user("eve");
    assert_snapshot!(check(&world, at(0), admit("amina", &["nobody", "dawud", "bilal", "eve"])), @r"
    invited to circle: UserNotFound, added, already member, added
      + membership dawud
      + membership eve
      ~ group members=6 notices=2
    ");
}

#[test]
fn a_member_stays_as_they_are() {
    let ask = admit("amina", &["musa", "amina"]);
    assert_snapshot!(check(&circle(), at(HOUR), ask), @"invited to circle: already member, already member");
}

#[test]
fn one_person_named_twice_is_one_membership() {
    let world = circle().verified("dawud", "dawud@example.org").invited("dawud", lasting(DAY));
    assert_snapshot!(check(&world, at(0), admit("amina", &["5", "dawud@example.org", "Dawud"])), @r"
    invited to circle: added, already member, already member
      ~ invitation 1 accepted by amina
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn an_archived_group_takes_members() {
    assert_snapshot!(check(&circle().archived(), at(0), admit("amina", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_public_group_does_not_exist_for_direct_invites() {
    assert_snapshot!(check(&circle().public(), at(0), admit("amina", &["dawud"])), @"refused: GroupNotFound");
    assert_snapshot!(check(&circle().public(), at(0), admit("amina", &["nobody"])), @"refused: GroupNotFound");
    assert_snapshot!(check(&user("amina"), at(0), admit("amina", &["amina"])), @"refused: GroupNotFound");
}

#[test]
fn an_open_invitation_is_settled_and_goes_on_saying_accepted() {
    let world = circle().invited("dawud", lasting(DAY));
    assert_snapshot!(check(&world, at(HOUR), admit("amina", &["dawud"])), @r"
    invited to circle: added
      ~ invitation 1 accepted by amina
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
    let world = world.after(at(HOUR), admit("amina", &["dawud"]));
    assert_snapshot!(check(&world, at(2 * DAY), accept("dawud", "dawud")), @"accepted: member of circle before");
}

#[test]
fn every_invitation_of_the_person_is_settled_whether_to_the_account_or_to_an_address() {
    let world = circle().invited("dawud", lasting(DAY)).invited("dawud@example.org", lasting(2 * DAY));
    let world = world.invited("d@example.org", lasting(DAY)).verified("dawud", "dawud@example.org");
    let world = world.verified("dawud", "D@example.org");
    assert_snapshot!(check(&world, at(HOUR), admit("amina", &["dawud", "dawud@example.org"])), @r"
    invited to circle: added, already member
      ~ invitation 1 accepted by amina
      ~ invitation 3 accepted by amina
      ~ invitation 2 accepted by amina
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn a_dead_invitation_of_whoever_comes_in_is_closed_at_its_own_instant() {
    let world = circle().invited("dawud", lasting(DAY)).invited("dawud@example.org", lasting(2 * DAY));
    let world = world.verified("dawud", "dawud@example.org");
    assert_snapshot!(check(&world, at(DAY), admit("amina", &["dawud"])), @r"
    invited to circle: added
      ~ invitation 1 expired
      ~ invitation 2 accepted by amina
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
    assert_snapshot!(check(&world, at(2 * DAY + 1), admit("amina", &["dawud"])), @r"
    invited to circle: added
      ~ invitation 1 expired at day 1
      ~ invitation 2 expired at day 2
      + membership dawud
      ~ group members=5 invitations=0 notices=1
    ");
}

#[test]
fn invitations_of_others_to_other_groups_or_to_addresses_only_claimed_are_not_settled() {
    let world = group("other").owner("amina").invited("dawud", lasting(DAY)).group("circle").owner("amina");
    let world = world.invited("dawud@example.org", lasting(DAY)).unverified("dawud", "dawud@example.org");
    let world = world.invited("eve", lasting(DAY));
    assert_snapshot!(check(&world, at(0), admit("amina", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=2 notices=1
    ");
}

#[test]
fn a_person_whose_account_is_off_can_be_made_a_member() {
    assert_snapshot!(check(&circle().disabled("dawud"), at(0), admit("amina", &["dawud"])), @r"
    invited to circle: added
      + membership dawud
      ~ group members=5 notices=1
    ");
}

#[test]
fn a_text_names_a_group_by_its_uid_before_another_by_its_slug() {
    let world = circle().group("uid-circle").owner("eve");
    let into = |name: &str| {
        let group = GroupRef::UidOrSlug(name.to_owned());
        move |world: &World| {
            let targets = vec![Target { who: world.who("dawud"), invitation: world.fresh_invitation(0) }];
            Invite {
                language: None,
                note: None,
                by: world.id("amina"),
                group: group.clone(),
                targets,
                roles: RoleSet::NONE,
                admission: Admission::Direct,
                batch: None,
            }
            .into()
        }
    };
    assert_snapshot!(check(&world, at(0), into("circle")), @r"
    invited to circle: added
      + membership dawud in circle
      ~ group in circle members=5 notices=1
    ");
    assert_snapshot!(check(&world, at(0), into("uid-circle")), @r"
    invited to circle: added
      + membership dawud in circle
      ~ group in circle members=5 notices=1
    ");
    assert_snapshot!(check(&world, at(0), into("uid-uid-circle")), @"refused: NotAllowed(Invite)");
    assert_snapshot!(check(&world, at(0), into("neither uid nor slug")), @"refused: GroupNotFound");
}
