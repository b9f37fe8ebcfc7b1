//! What Rocket.Chat's clients may and see: permissions by name, settings of rooms, and what is written into them.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

mod check;

use check::check;
use guestlist_core::Settings;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{ChatPatch, Command, CreateGroup, DeleteGroup, DisableUser, GroupPatch, HideGroup};
use guestlist_core::member::Role;
use guestlist_core::names::{Description, DisplayName, Slug};
use guestlist_core::permission::{Holders, Permission};
use guestlist_core::world::{
    World, admit, archive, assign, at, delete, found, group, leave, remove, restore, unarchive, update, user,
};
use insta::assert_snapshot;

fn circle() -> World {
    group("circle").owner("amina").moderator("musa").leader("layla").member("bilal").user("eve").admin("root")
}

fn allowing(what: Permission, roles: &[&str]) -> Settings {
    let mut settings = Settings::default();
    settings.permissions.set(what, Holders::parse(roles.iter().copied()).unwrap());
    settings
}

fn create(by: &str, change: impl Fn(&World, CreateGroup) -> CreateGroup) -> impl Fn(&World) -> Command {
    let made = found(by, "choir");
    let by = by.to_owned();
    move |world| {
        let Command::CreateGroup(ask) = made(world) else { unreachable!() };
        change(world, CreateGroup { by: Some(world.id(&by)), ..ask }).into()
    }
}

fn hide(by: &str, is_hidden: bool) -> impl Fn(&World) -> Command {
    move |world| HideGroup { by: world.id(by), group: world.here(), is_hidden }.into()
}

fn topic(text: &str) -> GroupPatch {
    let chat = ChatPatch { topic: Description::parse(text).ok(), ..ChatPatch::default() };
    GroupPatch { chat, ..GroupPatch::default() }
}

// Permissions.

#[test]
fn whoever_deletes_accounts_switches_them_off_and_takes_them_out_of_groups() {
    let leaders = circle().user("bot").settings(allowing(Permission::DeleteUser, &["guest"])).guest("bot");
    let disable =
        |by: &'static str| move |world: &World| DisableUser { by: Some(world.id(by)), user: world.who("bilal") }.into();
    assert_eq!(check(&leaders, at(0), disable("eve")), "refused: AdministratorsOnly");
    assert_eq!(check(&leaders, at(0), remove("bot", "bilal")), "refused: NotAllowed(RemoveMember)");
    let off = leaders.after(at(0), disable("bot"));
    assert_eq!(check(&off, at(0), remove("eve", "bilal")), "refused: NotAllowed(RemoveMember)");
    assert_snapshot!(check(&off, at(0), remove("bot", "bilal")), @"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
}

#[test]
fn the_operator_gives_a_permission_to_other_roles() {
    let leaders = circle().settings(allowing(Permission::Invite, &["leader"]));
    assert_snapshot!(check(&leaders, at(0), admit("layla", &["eve"])), @"
    invited to circle: added
      + membership eve
      ~ group members=5 notices=1
    ");
    for by in ["amina", "musa"] {
        assert_eq!(check(&leaders, at(0), admit(by, &["eve"])), "refused: NotAllowed(Invite)");
    }
}

#[test]
fn from_outside_nobody_brings_people_in_or_sends_them_away_unless_the_operator_says_so() {
    assert_eq!(check(&circle(), at(0), admit("root", &["eve"])), "refused: NotAllowed(Invite)");
    assert_eq!(check(&circle(), at(0), remove("root", "bilal")), "refused: NotAllowed(RemoveMember)");
    let open = circle().settings(allowing(Permission::InviteFromOutside, &["user"]));
    assert_snapshot!(check(&open, at(0), admit("eve", &["root"])), @"
    invited to circle: added
      + membership root
      ~ group members=5 notices=1
    ");
    let open = circle().settings(allowing(Permission::RemoveFromOutside, &["admin", "user"]));
    assert_snapshot!(check(&open, at(0), remove("root", "bilal")), @"
    removed: member
      - membership bilal
      ~ group members=3 notices=1
    ");
    // Outside or not, it takes the right to remove people.
    assert_eq!(check(&open, at(0), remove("eve", "bilal")), "refused: NotAllowed(RemoveMember)");
}

#[test]
fn who_may_archive_a_group_takes_it_out_again_and_so_does_who_may_do_just_that() {
    let archived = circle().archived();
    assert_eq!(check(&archived, at(0), unarchive("musa")), "refused: NotAllowed(ArchiveGroup)");
    let archived = archived.settings(allowing(Permission::UnarchiveRoom, &["moderator"]));
    assert_snapshot!(check(&archived, at(0), unarchive("musa")), @"
    unarchived: circle
      ~ group not archived
      ~ group notices=1
    ");
    assert_eq!(check(&circle(), at(0), archive("musa")), "refused: NotAllowed(ArchiveGroup)");
}

#[test]
fn a_guest_makes_no_group_and_leaves_none() {
    let guest = circle().guest("bilal");
    assert_eq!(check(&guest, at(0), create("bilal", |_, ask| ask)), "refused: NotAllowed(CreateGroup)");
    assert_eq!(check(&guest, at(0), leave("bilal")), "refused: NotAllowed(LeaveGroup)");
}

// Making and deleting.

#[test]
fn a_group_begins_with_members_of_whom_nothing_is_written_into_it() {
    let with = create("amina", |world, ask| CreateGroup {
        members: vec![world.who("bilal"), world.who("amina"), world.who("bilal"), world.who("nobody")],
        chat: ChatSettings { is_read_only: true, ..ChatSettings::default() },
        ..ask
    });
    assert_snapshot!(check(&circle(), at(0), with), @r#"
    group created: 2
      + group 2 choir "choir" "" uid-choir by amina
      + membership amina owner
      + membership bilal
      ~ group members=2 owners=1
    "#);
}

#[test]
fn who_makes_a_group_may_stay_outside() {
    let without =
        create("amina", |world, ask| CreateGroup { members: vec![world.who("bilal")], is_without_owner: true, ..ask });
    assert_snapshot!(check(&circle(), at(0), without), @r#"
    group created: 2
      + group 2 choir "choir" "" uid-choir by amina
      + membership bilal
      ~ group members=1
    "#);
}

#[test]
fn a_group_that_is_deleted_may_free_its_slug() {
    let free = |world: &World| DeleteGroup { by: world.id("amina"), group: world.here(), frees_slug: true }.into();
    assert_snapshot!(check(&circle(), at(0), free), @r#"
    deleted: uid-circle
      ~ group slug="uid-circle" deleted
      ~ group notices=1
    "#);
    assert_snapshot!(check(&circle().after(at(0), free), at(1), restore("amina")), @"
    restored: uid-circle
      ~ group not deleted
      ~ group stamped
    ");
    assert_snapshot!(check(&circle(), at(0), delete("amina")), @"
    deleted: circle
      ~ group deleted
    ");
}

// What is written into a room.

#[test]
fn each_setting_that_a_room_is_told_of_is_one_notice() {
    assert_snapshot!(check(&circle(), at(0), update("musa", topic("verse 10"))), @r#"
    updated: circle
      ~ group chat=ChatSettings { topic: Some(Description("verse 10")), announcement: None, is_read_only: false, is_broadcast: false, custom_fields: None }
      ~ group notices=1
    "#);
    let renamed = GroupPatch {
        slug: Slug::parse("choir").ok(),
        name: DisplayName::parse("choir").ok(),
        description: Description::parse("singing").ok(),
        is_public: Some(true),
        chat: ChatPatch {
            announcement: Description::parse("at noon").ok(),
            is_read_only: Some(true),
            custom_fields: Some(serde_json::from_str("{}").ok()),
            ..ChatPatch::default()
        },
        ..GroupPatch::default()
    };
    assert_snapshot!(check(&circle(), at(0), update("musa", renamed)), @r#"
    updated: choir
      ~ group slug="choir" name="choir" description="singing" is_public=true chat=ChatSettings { topic: None, announcement: Some(Description("at noon")), is_read_only: true, is_broadcast: false, custom_fields: Some(CustomFields({})) }
      ~ group notices=5
    "#);
    assert_snapshot!(check(&circle(), at(0), archive("amina")), @"
    archived: circle
      ~ group archived
      ~ group notices=1
    ");
    assert_snapshot!(check(&circle(), at(0), assign("amina", "bilal", Role::Leader)), @"
    assigned: changed
      ~ membership bilal leader
      ~ group notices=1
    ");
}

#[test]
fn a_broadcast_room_stays_read_only() {
    let broadcast = create("amina", |_, ask| CreateGroup {
        chat: ChatSettings { is_read_only: true, is_broadcast: true, ..ChatSettings::default() },
        ..ask
    });
    let chat = ChatPatch { is_read_only: Some(false), ..ChatPatch::default() };
    let open = update("amina", GroupPatch { chat, ..GroupPatch::default() });
    assert_eq!(check(&user("amina").after(at(0), broadcast).there("choir"), at(0), open), "updated: choir");
}

// One's own sight.

#[test]
fn a_member_puts_the_group_out_of_their_sight_and_nobody_is_told() {
    assert_snapshot!(check(&circle(), at(0), hide("bilal", true)), @"
    hidden: changed
      ~ membership bilal
    ");
    assert_eq!(check(&circle(), at(0), hide("bilal", false)), "hidden: unchanged");
    let hidden = circle().after(at(0), hide("bilal", true));
    assert_snapshot!(check(&hidden, at(1), hide("bilal", false)), @"
    hidden: changed
      ~ membership bilal
    ");
    assert_eq!(check(&circle(), at(0), hide("eve", true)), "refused: MemberNotFound");
}
