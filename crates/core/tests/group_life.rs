//! A group's settings, its archive, and its end.

mod check;

use check::check;
use guestlist_core::command::{ChatPatch, Command, Expiry, GroupPatch};
use guestlist_core::member::Role;
use guestlist_core::names::{Description, DisplayName, Slug};
use guestlist_core::world::{
    DAY, HOUR, World, accept, accept_mailed, admit, approve, archive, assign, at, change, decline, delete, found,
    group, hand_over, join, keep, lasting, leave, link, offer, purge, reject, remove, resend, restore, revoke,
    revoke_link, take, take_over, unarchive, undo, update, use_link, withdraw,
};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("eve")
}

// Settings.

#[test]
fn owners_and_moderators_change_the_settings() {
    let patch = || GroupPatch {
        country: None,
        language: None,
        slug: Slug::parse("halaqa").ok(),
        name: DisplayName::parse("Halaqa").ok(),
        description: Description::parse("Al-Kahf, weekly").ok(),
        is_public: Some(true),
        takes_requests: Some(true),
        is_token_enough: Some(true),
        members_max: Some(Some(4)),
        chat: ChatPatch { topic: Description::parse("verse 10").ok(), ..ChatPatch::default() },
    };
    assert_snapshot!(check(&circle(), at(HOUR), update("amina", patch())), @r#"
    updated: halaqa
      ~ group slug="halaqa" name="Halaqa" description="Al-Kahf, weekly" is_public=true takes_requests=true is_token_enough=true members_max=Some(4) chat=ChatSettings { topic: Some(Description("verse 10")), announcement: None, is_read_only: false, is_broadcast: false, custom_fields: None }
      ~ group notices=4
    "#);
    let name = GroupPatch { name: DisplayName::parse("Halaqa").ok(), ..GroupPatch::default() };
    assert_snapshot!(check(&circle(), at(HOUR), update("musa", name)), @r#"
    updated: circle
      ~ group name="Halaqa"
      ~ group notices=1
    "#);
    for by in ["layla", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), update(by, patch())), "refused: NotAllowed(ChangeGroup)");
    }
}

#[test]
fn what_is_not_named_stays_as_it_is() {
    assert_snapshot!(check(&circle(), at(0), update("amina", GroupPatch::default())), @"updated: circle");
    let same = GroupPatch { slug: Slug::parse("circle").ok(), is_public: Some(false), ..GroupPatch::default() };
    assert_snapshot!(check(&circle(), at(0), update("amina", same)), @"updated: circle");
}

#[test]
fn a_slug_of_another_group_is_taken_even_if_that_is_deleted() {
    let slug = || GroupPatch { slug: Slug::parse("circle").ok(), ..GroupPatch::default() };
    let world = circle().group("other").owner("eve");
    assert_snapshot!(check(&world, at(0), update("eve", slug())), @"refused: SlugTaken");
    let world = world.there("circle").after(at(0), delete("amina")).there("other");
    assert_snapshot!(check(&world, at(0), update("eve", slug())), @"refused: SlugTaken");
    let world = world.there("circle").after(at(30 * DAY), purge()).there("other");
    assert_snapshot!(check(&world, at(30 * DAY), update("eve", slug())), @r#"
    updated: circle
      ~ group slug="circle"
      ~ group notices=1
    "#);
}

#[test]
fn there_are_at_least_as_many_seats_as_members() {
    let seats = |max| update("amina", GroupPatch { members_max: Some(max), ..GroupPatch::default() });
    assert_snapshot!(check(&circle(), at(0), seats(Some(4))), @r"
    updated: circle
      ~ group members_max=Some(4)
    ");
    for max in [3, 1, 0, -1] {
        assert_eq!(check(&circle(), at(0), seats(Some(max))), "refused: SeatsOutOfRange");
    }
    assert_snapshot!(check(&circle().seats(4), at(0), seats(None)), @r"
    updated: circle
      ~ group members_max=None
    ");
}

// The archive.

#[test]
fn an_owner_archives_a_group_once_and_takes_it_out_once() {
    assert_snapshot!(check(&circle(), at(HOUR), archive("amina")), @"
    archived: circle
      ~ group archived
      ~ group notices=1
    ");
    let archived = circle().after(at(HOUR), archive("amina"));
    assert_snapshot!(check(&archived, at(DAY), archive("amina")), @"archived: circle");
    assert_snapshot!(check(&archived, at(DAY), unarchive("amina")), @"
    unarchived: circle
      ~ group not archived
      ~ group notices=2
    ");
    assert_snapshot!(check(&circle(), at(DAY), unarchive("amina")), @"unarchived: circle");
    for by in ["musa", "layla", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), archive(by)), "refused: NotAllowed(ArchiveGroup)");
        assert_eq!(check(&archived, at(0), unarchive(by)), "refused: NotAllowed(ArchiveGroup)");
    }
}

// The end.

#[test]
fn an_owner_deletes_a_group_and_brings_it_back() {
    assert_snapshot!(check(&circle(), at(HOUR), delete("amina")), @r"
    deleted: circle
      ~ group deleted
      ~ group stamped
    ");
    let deleted = circle().after(at(HOUR), delete("amina"));
    assert_snapshot!(check(&deleted, at(HOUR), delete("amina")), @"refused: GroupNotFound");
    assert_snapshot!(check(&deleted, at(DAY), restore("amina")), @r"
    restored: circle
      ~ group not deleted
      ~ group stamped
    ");
    assert_snapshot!(check(&circle(), at(DAY), restore("amina")), @"restored: circle");
    for by in ["musa", "layla", "bilal", "eve"] {
        assert_eq!(check(&circle(), at(0), delete(by)), "refused: NotAllowed(DeleteGroup)");
    }
    for by in ["musa", "layla", "bilal"] {
        assert_eq!(check(&deleted, at(0), restore(by)), "refused: NotAllowed(DeleteGroup)");
    }
    assert_eq!(check(&deleted, at(0), restore("eve")), "refused: GroupNotFound");
}

#[test]
fn a_deleted_group_comes_back_as_it_was() {
    let world = || circle().invited("eve", lasting(DAY)).after(at(0), archive("amina"));
    let restored = world().after(at(HOUR), delete("amina")).after(at(2 * HOUR), restore("amina"));
    let group = |world: &World| world.facts().group(&world.here()).unwrap().clone();
    let mut expected = group(&world());
    expected.tally.updated_at = at(2 * HOUR);
    assert_eq!(group(&restored), expected);
    let out = restored.after(at(2 * HOUR), unarchive("amina"));
    assert_snapshot!(check(&out, at(2 * HOUR), accept("eve", "eve")), @"
    accepted: new member of circle
      ~ invitation 1 accepted by eve
      + membership eve
      ~ group members=5 invitations=0 notices=3
    ");
}

#[test]
fn a_deleted_group_can_be_restored_for_thirty_days_and_is_then_forgotten() {
    let deleted = circle().after(at(0), delete("amina"));
    assert_snapshot!(check(&deleted, at(30 * DAY - 1), restore("amina")), @r"
    restored: circle
      ~ group not deleted
      ~ group stamped
    ");
    assert_snapshot!(check(&deleted, at(30 * DAY), restore("amina")), @"refused: NotRestorable");
    assert_snapshot!(check(&deleted, at(30 * DAY - 1), purge()), @"refused: NotPurgeable");
    assert_snapshot!(check(&deleted, at(30 * DAY), purge()), @r"
    purged
      - group circle for good
    ");
    assert_snapshot!(check(&circle(), at(400 * DAY), purge()), @"refused: NotPurgeable");
    let gone = deleted.after(at(30 * DAY), purge());
    assert_snapshot!(check(&gone, at(30 * DAY), purge()), @"refused: GroupNotFound");
    assert_snapshot!(check(&gone, at(30 * DAY), restore("amina")), @"refused: GroupNotFound");
    // Its names are free again, and its number is not given a second time.
    assert_snapshot!(check(&gone, at(30 * DAY), found("amina", "circle")), @r#"
    group created: 2
      + group 2 circle "circle" "" uid-circle by amina
      + membership amina owner
      ~ group members=1 owners=1
    "#);
}

#[test]
fn nothing_works_in_a_deleted_group_but_saying_no() {
    let world = circle().requestable().after(at(0), join("eve")).invited("dawud", lasting(DAY));
    let world = world.invited("new@example.org", lasting(DAY)).mailed("new@example.org", 1).trusting();
    let world = world.after(at(0), offer("amina", &["hana@example.org"], lasting(DAY)));
    let world = world.after(at(0), link("amina", 1, None, false)).after(at(0), hand_over("amina", "bilal"));
    let world = world.after(at(0), delete("amina"));
    let outcome = |ask: Command| check(&world, at(HOUR), |_| ask.clone());
    for ask in [
        offer("amina", &["eve"], lasting(DAY))(&world),
        admit("amina", &["eve"])(&world),
        undo("amina")(&world),
        join("eve")(&world),
        approve("amina", "eve")(&world),
        reject("amina", "eve")(&world),
        leave("bilal")(&world),
        remove("amina", "bilal")(&world),
        assign("amina", "bilal", Role::Leader)(&world),
        take("amina", "musa", Role::Moderator)(&world),
        link("amina", 2, None, false)(&world),
        update("amina", GroupPatch::default())(&world),
        archive("amina")(&world),
        unarchive("amina")(&world),
        hand_over("amina", "musa")(&world),
        take_over("bilal")(&world),
        keep("bilal")(&world),
    ] {
        let name = ask.name();
        assert_eq!(outcome(ask), "refused: GroupNotFound", "{name}");
    }
    for ask in [
        accept("dawud", "dawud")(&world),
        accept_mailed("eve", 1)(&world),
        resend("amina", "dawud", Expiry::Usual)(&world),
        change("amina", "dawud", None, Some(Expiry::Usual))(&world),
        revoke("amina", "dawud")(&world),
    ] {
        let name = ask.name();
        assert_eq!(outcome(ask), "refused: InvitationNotFound", "{name}");
    }
    for ask in [use_link("eve", 1)(&world), revoke_link("amina", 1)(&world)] {
        assert_eq!(outcome(ask), "refused: LinkNotFound");
    }
    assert_snapshot!(outcome(decline("dawud", "dawud")(&world)), @r"
    declined: circle
      ~ invitation 1 declined by dawud
      ~ group invitations=2
    ");
    assert_snapshot!(outcome(withdraw("eve")(&world)), @r"
    withdrawn: eve
      ~ request eve withdrawn by eve
    ");
}
