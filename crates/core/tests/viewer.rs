//! Who sees which events, and how much of them.

#![expect(clippy::unwrap_used, reason = "a test whose own names are wrong shall stop")]

use guestlist_core::change::Change;
use guestlist_core::command::{AddClient, IssueToken};
use guestlist_core::credential::{ClientId, Scopes, TokenHash};
use guestlist_core::group::GroupRef;
use guestlist_core::history::{Event, EventKind, Seen, Stream, Viewer};
use guestlist_core::ids::{GroupId, TokenId};
use guestlist_core::member::Role;
use guestlist_core::opt_out::InvitationsFrom::{Everyone, Group};
use guestlist_core::opt_out::Person;
use guestlist_core::user::UserRef;
use guestlist_core::world::{
    DAY, HOUR, World, accept, approve, assign, at, decline, decline_mailed, disable, found, hand_over, join, lasting,
    link, mail, offer, purge, refuse, reject, remove, sign_in, sign_up, use_link,
};
use uuid::Uuid;

/// Somebody who is in this world now.
fn viewer(world: &World, name: &str) -> Viewer {
    let facts = world.facts();
    let user = facts.user(&UserRef::Id(world.id(name))).unwrap().clone();
    let persons = facts.persons(user.id);
    let hashes: Vec<_> = persons.iter().filter_map(|person| facts.hash(person)).collect();
    let refused: Vec<_> = hashes.iter().flat_map(|hash| facts.opt_outs(hash)).map(|opt_out| opt_out.from).collect();
    let addresses = persons.into_iter().filter_map(|person| match person {
        Person::Address(key) => Some(key),
        Person::User(_) => None,
    });
    let groups = (1..10).filter_map(GroupId::new).filter(|id| facts.group(&GroupRef::Id(*id)).is_some());
    let memberships: Vec<_> = groups.filter_map(|group| facts.membership(group, user.id)).cloned().collect();
    Viewer::new(guestlist_core::permission::Permissions::default(), user, addresses, memberships, refused)
}

fn events(world: &World) -> impl Iterator<Item = &Event> {
    world.changes().iter().filter_map(|change| match change {
        Change::Event(event) => Some(&**event),
        _ => None,
    })
}

/// What somebody sees of groups, each event as its kind.
fn of_groups(world: &World, name: &str) -> Vec<&'static str> {
    let viewer = viewer(world, name);
    let in_groups = events(world).filter(|event| event.stream != Stream::Installation);
    in_groups.filter_map(|event| viewer.see(event)).map(|seen| seen.event.kind.as_str()).collect()
}

/// What somebody sees of what belongs to no group, each event as its kind and thing.
fn of_installation(world: &World, name: &str) -> Vec<String> {
    let viewer = viewer(world, name);
    let of_no_group = events(world).filter(|event| event.stream == Stream::Installation);
    let seen = of_no_group.filter_map(|event| viewer.see(event));
    seen.map(|seen| format!("{} {}", seen.event.kind.as_str(), seen.event.thing)).collect()
}

/// Amina, Bilal, Dawud and Eve have accounts with addresses, and Amina has a group with requests, of which Bilal is a
/// member.
fn circle() -> World {
    let people = ["amina", "bilal", "dawud", "eve"];
    let world = people.iter().fold(World::default(), |world, name| {
        let address = format!("{name}@example.org");
        world.after(at(0), move |world| sign_up(name, Some(&address))(world))
    });
    let world = world.after(at(0), found("amina", "circle")).requestable();
    let world = world.after(at(0), offer("amina", &["bilal"], lasting(DAY)));
    world.after(at(0), accept("bilal", "bilal"))
}

#[test]
fn members_see_the_group_and_its_members_and_not_who_is_on_the_way() {
    let world = circle().after(at(0), offer("amina", &["new@example.org"], lasting(DAY)));
    let world = world.after(at(0), link("amina", 1, None, false)).after(at(0), use_link("dawud", 1));
    let world = world.after(at(0), join("eve")).after(at(0), reject("amina", "eve"));
    let world = world.after(at(0), assign("amina", "bilal", Role::Leader)).after(at(0), hand_over("amina", "bilal"));
    let all = [
        "group.created",
        "member.joined",
        "invitation.made",
        "invitation.accepted",
        "member.joined",
        "invitation.made",
        "link.made",
        "member.joined",
        "link.used",
        "request.made",
        "request.rejected",
        "member.changed",
        "ownership.offered",
    ];
    assert_eq!(of_groups(&world, "amina"), all);
    let of_members: Vec<_> = all
        .into_iter()
        .filter(|kind| ["group", "member", "ownership"].contains(&kind.split('.').next().unwrap()))
        .collect();
    assert_eq!(of_groups(&world, "dawud"), of_members);
    // And what was about himself.
    let of_bilal: Vec<_> = [&all[..5], &of_members[3..]].concat();
    assert_eq!(of_groups(&world, "bilal"), of_bilal);
    // Moderators invite, too.
    let world = world.after(at(0), assign("amina", "dawud", Role::Moderator));
    assert_eq!(of_groups(&world, "dawud").len(), all.len() + 1);
}

#[test]
fn strangers_see_nothing_but_what_is_about_themselves() {
    let world = circle().public().after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_eq!(of_groups(&world, "dawud"), ["invitation.made"]);
    assert_eq!(of_groups(&world, "eve"), [""; 0]);
    let world = world.after(at(0), decline("dawud", "dawud"));
    assert_eq!(of_groups(&world, "dawud"), ["invitation.made", "invitation.declined"]);
}

#[test]
fn who_asks_to_join_sees_their_own_request() {
    let world = circle().after(at(0), join("eve")).after(at(0), join("dawud")).after(at(0), reject("amina", "eve"));
    assert_eq!(of_groups(&world, "eve"), ["request.made", "request.rejected"]);
    let world = world.after(at(0), approve("amina", "dawud"));
    assert_eq!(of_groups(&world, "eve"), ["request.made", "request.rejected"]);
}

#[test]
fn who_was_removed_sees_that_and_what_was_about_them_and_nothing_else() {
    let world = circle().after(at(0), remove("amina", "bilal")).after(at(0), offer("amina", &["eve"], lasting(DAY)));
    assert_eq!(
        of_groups(&world, "bilal"),
        ["invitation.made", "invitation.accepted", "member.joined", "member.removed"]
    );
}

#[test]
fn an_invitation_to_an_address_is_seen_by_whoever_has_verified_it() {
    let world = circle().after(at(0), offer("amina", &["new@example.org"], lasting(DAY)));
    let verified = world.verified("eve", "new@example.org");
    assert_eq!(of_groups(&verified, "eve"), ["invitation.made"]);
    let world = circle().after(at(0), offer("amina", &["new@example.org"], lasting(DAY)));
    assert_eq!(of_groups(&world.unverified("eve", "new@example.org"), "eve"), [""; 0]);
}

#[test]
fn who_refuses_invitations_for_good_sees_none_and_inviters_do_not_notice() {
    for from in [Everyone, Group(GroupId::new(1).unwrap())] {
        let world = circle().after(at(0), refuse("dawud", from));
        let world = world.after(at(0), offer("amina", &["dawud", "eve"], lasting(DAY)));
        assert_eq!(of_groups(&world, "dawud"), [""; 0]);
        assert_eq!(of_groups(&world, "eve"), ["invitation.made"]);
        assert_eq!(of_groups(&world, "amina").len(), 7);
        // Only they themselves see that they do, not even somebody who runs everything.
        let world = world.admin("root");
        assert_eq!(of_installation(&world, "dawud").last().map(|last| last.starts_with("opt-out.made")), Some(true));
        for name in ["amina", "root"] {
            assert!(of_installation(&world, name).iter().all(|seen| !seen.starts_with("opt-out")));
        }
    }
}

/// What somebody sees of the last event.
fn last<'w>(world: &'w World, name: &str) -> Option<Seen<'w>> {
    viewer(world, name).see(events(world).last().unwrap())
}

#[test]
fn inviters_do_not_see_whether_an_address_that_says_no_has_an_account() {
    let invited = || {
        let world = circle().after(at(0), offer("amina", &["new@example.org"], lasting(DAY)));
        world.after(at(0), mail("new@example.org", 1))
    };
    let with_account =
        invited().verified("dawud", "new@example.org").after(at(HOUR), decline("dawud", "new@example.org"));
    let without = invited().after(at(HOUR), decline_mailed(1));
    let seen = [&with_account, &without].map(|world| last(world, "amina").unwrap());
    for seen in &seen {
        assert_eq!((seen.event.kind.as_str(), seen.actor, seen.origin), ("invitation.declined", None, None));
    }
    assert_eq!((&seen[0].before, &seen[0].after), (&seen[1].before, &seen[1].after));
    // The person does.
    let own = last(&with_account, "dawud").unwrap();
    assert_eq!((own.actor, own.origin.is_some()), (Some(with_account.id("dawud")), true));
    assert_eq!(own.after.as_deref(), own.event.after.as_deref());
    assert_ne!(own.after, seen[0].after);
}

#[test]
fn of_an_account_that_says_no_inviters_see_who_it_was() {
    let world =
        circle().after(at(0), offer("amina", &["dawud"], lasting(DAY))).after(at(HOUR), decline("dawud", "dawud"));
    let seen = last(&world, "amina").unwrap();
    assert_eq!((seen.actor, seen.after.as_deref()), (Some(world.id("dawud")), seen.event.after.as_deref()));
}

#[test]
fn everybody_sees_their_own_account_and_administrators_see_all() {
    let client = || ClientId::parse("web").unwrap();
    let world = World::default().after(at(0), sign_up("amina", Some("amina@example.org")));
    let world = world.after(at(0), sign_in("dawud", Some("dawud@example.org")));
    let world = world.after(at(0), |_| {
        AddClient { by: None, id: client(), name: "Web".to_owned(), scopes: Scopes::parse("room").unwrap() }.into()
    });
    let token = TokenId::from_uuid(Uuid::from_u128(1));
    let world = world.after(at(0), |world| {
        let (hash, user) = (TokenHash([1; 32]), world.who("amina"));
        IssueToken {
            by: None,
            within: None,
            id: token,
            hash,
            user,
            client: None,
            scopes: None,
            lifetime: None,
            personal: None,
            replaces: false,
        }
        .into()
    });
    let world = world.after(at(0), disable("2")).admin("root").disabled("former");
    let amina = ["user.added user/1", "address.changed address/amina@example.org"].map(str::to_owned);
    let dawud = ["user.added user/2", "address.changed address/dawud@example.org"].map(str::to_owned);
    let token = [format!("token.issued token/{token}")];
    let client = ["client.added client/web".to_owned()];
    let disabled = ["user.disabled user/2".to_owned()];
    assert_eq!(of_installation(&world, "amina"), [&amina[..], &token[..]].concat());
    assert_eq!(of_installation(&world, "2"), [&dawud[..], &disabled[..]].concat());
    assert_eq!(of_installation(&world, "root"), [&amina[..], &dawud, &client, &token, &disabled].concat());
    assert_eq!(of_installation(&world, "former"), [""; 0]);
}

#[test]
fn administrators_see_of_groups_what_any_member_who_runs_them_does_and_nothing_elsewhere() {
    let world = circle().after(at(0), offer("amina", &["eve"], lasting(DAY))).admin("root");
    assert_eq!(of_groups(&world, "root"), [""; 0]);
    let world = world.member("root");
    assert_eq!(of_groups(&world, "root"), of_groups(&world, "amina"));
}

#[test]
fn nobody_sees_who_is_written_to_or_whose_an_address_was_before() {
    let world = circle().after(at(0), offer("amina", &["new@example.org"], lasting(DAY))).admin("root");
    let world = world.after(at(0), mail("new@example.org", 1));
    assert!(["amina", "root"].iter().all(|name| last(&world, name).is_none()));

    let world =
        world.unverified("dawud", "shared@example.org").after(at(0), sign_in("zayd", Some("shared@example.org")));
    let zayd = (1..10).map(|n| n.to_string()).rfind(|n| world.facts().user(&world.who(n)).is_some()).unwrap();
    let seen = last(&world, &zayd).unwrap();
    assert_eq!((seen.event.kind.as_str(), seen.event.before.is_some(), seen.before), ("address.changed", true, None));
    assert!(last(&world, "dawud").is_none());
}

#[test]
fn a_group_that_was_forgotten_is_news_for_administrators() {
    let world =
        circle().after(at(0), guestlist_core::world::delete("amina")).after(at(30 * DAY), purge()).admin("root");
    assert!(last(&world, "root").is_some());
    assert!(last(&world, "amina").is_none());
}

#[test]
fn an_event_touches_those_whose_rights_may_be_others_after_it() {
    let touched = |world: &World| -> Vec<&'static str> {
        let names = ["amina", "bilal", "dawud", "eve"];
        let event = events(world).last().unwrap();
        names.into_iter().filter(|name| viewer(world, name).is_touched_by(event)).collect()
    };
    let founded = World::default().after(at(0), sign_up("amina", None)).after(at(0), found("amina", "circle"));
    let created = events(&founded).find(|event| event.kind == EventKind::GroupCreated).unwrap();
    assert!(viewer(&founded, "amina").is_touched_by(created));
    let world = circle();
    assert_eq!(touched(&world), ["bilal"]);
    let world = world.after(at(0), assign("amina", "bilal", Role::Moderator));
    assert_eq!(touched(&world), ["bilal"]);
    let world = world.after(at(0), offer("amina", &["dawud"], lasting(DAY)));
    assert_eq!(touched(&world), [""; 0]);
    let world = world.after(at(0), refuse("dawud", Everyone));
    assert_eq!(touched(&world), ["dawud"]);
    let world = world.after(at(0), remove("amina", "bilal"));
    assert_eq!(touched(&world), ["bilal"]);
    let world = world.after(at(0), disable("eve"));
    assert_eq!(touched(&world), ["eve"]);
    let world = world.after(at(0), |world| {
        let (id, hash) = (TokenId::from_uuid(Uuid::from_u128(1)), TokenHash([1; 32]));
        IssueToken {
            by: None,
            within: None,
            id,
            hash,
            user: world.who("amina"),
            client: None,
            scopes: None,
            lifetime: None,
            personal: None,
            replaces: false,
        }
        .into()
    });
    assert_eq!(touched(&world), ["amina"]);
    let world = world.after(at(0), |_| {
        let (id, scopes) = (ClientId::parse("web").unwrap(), Scopes::parse("room").unwrap());
        AddClient { by: None, id, name: String::new(), scopes }.into()
    });
    assert_eq!(touched(&world).len(), 4);
}
