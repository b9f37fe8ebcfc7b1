//! Rows come back as they were written, and of what is written again, that which may change.

use guestlist_core::chat::Profile;
use guestlist_core::credential::{AccessToken, PasswordHash, PersonalToken, Scopes};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupKind, GroupRef};
use guestlist_core::history::{Event, EventHash, EventKind, Head, Stream, Thing};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::names::{Description, DisplayName, Email, Slug, Username};
use guestlist_core::origin::{Origin, RequestId, Via};
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_core::{Change, Needs};

use super::samples::{batch_id, client, group, group_id, plain_group, tally, token_hash, token_id, user, user_id};
use super::{Bench, at, first, now};
use crate::page::{Page, PageRequest};
use crate::query::Queries as _;

#[test]
fn what_no_command_sets_yet_is_stored_too() {
    let mut bench = Bench::new();
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(group(1)), Change::Group(plain_group(2))]);
    let (readers, _) = bench.readers();
    let found = |n| now(readers.group(GroupRef::Id(group_id(n)), Some(user_id(1)))).unwrap().group;
    assert_eq!((found(1), found(2)), (group(1), plain_group(2)));
    assert_eq!(now(readers.user(UserRef::Id(user_id(1)))), Some(user(1)));

    // Each column that may change does, and those that may not do not.
    let changed = User {
        username: Some(Username::parse("renamed").unwrap()),
        name: None,
        is_admin: true,
        roles: GlobalRoles::default(),
        profile: Profile {
            nickname: Some("Nick".to_owned().try_into().unwrap()),
            bio: Some(String::new().try_into().unwrap()),
            status_text: Some("at\nwork".to_owned().try_into().unwrap()),
            custom_fields: Some(serde_json::from_str(r#"{"a":{"b":[]}}"#).unwrap()),
        },
        signed_out_at: Some(at(3)),
        deleted_at: Some(at(i64::MIN)),
        disabled_at: Some(at(9)),
        updated_at: at(10),
        ..user(1)
    };
    let regrouped = Group {
        slug: Slug::parse("other").unwrap(),
        name: DisplayName::parse("Other").unwrap(),
        description: Description::default(),
        kind: GroupKind::Page,
        ..Group { id: group_id(1), uid: group(1).uid, ..plain_group(3) }
    };
    bench.write([
        Change::User(changed.clone()),
        Change::Group(regrouped.clone()),
        Change::Password(user_id(1), PasswordHash("first".to_owned())),
        Change::Password(user_id(1), PasswordHash("second".to_owned())),
    ]);
    assert_eq!(now(readers.user(UserRef::Username(Username::parse("RENAMED").unwrap()))), Some(changed.clone()));
    assert_eq!(now(readers.user(UserRef::Username(Username::parse("user1").unwrap()))), None);
    // The counters of a group that is there change by themselves only.
    assert_eq!(found(1), Group { tally: tally(3), ..regrouped });
    // A user that is written again keeps their password.
    bench.write([Change::User(changed)]);
    assert_eq!(now(readers.password(user_id(1))), Some(PasswordHash("second".to_owned())));
    assert_eq!(now(readers.password(user_id(2))), None);
}

#[test]
fn the_counters_of_a_group_are_written_with_a_new_one_and_beside_one_that_is_there() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let found = |n| now(readers.group(GroupRef::Id(group_id(n)), None)).unwrap().group;
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(group(1))]);
    bench.write([
        Change::Tally(group_id(1), tally(50)),
        Change::Group(plain_group(2)),
        Change::Tally(group_id(2), tally(8)),
    ]);
    assert_eq!(found(1), Group { tally: tally(50), ..group(1) });
    assert_eq!(found(2), Group { tally: tally(8), ..plain_group(2) });
}

#[test]
fn an_event_is_stored_with_all_that_it_tells() {
    let mut bench = Bench::new();
    let plain = Event {
        stream: Stream::Installation,
        seq: 1,
        at: at(-5),
        kind: EventKind::IssuerKeyAdopted,
        actor: None,
        origin: Origin::default(),
        batch: None,
        thing: Thing::IssuerKey,
        before: None,
        after: None,
        hash: EventHash([1; 32]),
    };
    let full = Event {
        stream: Stream::Group(group_id(7)),
        seq: 1,
        at: at(5),
        kind: EventKind::MemberChanged,
        actor: Some(user_id(1)),
        origin: Origin {
            via: Via::RocketChat,
            client: Some(client(1)),
            request: Some(RequestId::parse("r-1").unwrap()),
        },
        batch: Some(batch_id(1)),
        thing: Thing::Member(user_id(3)),
        before: Some("{\"roles\":[\"\\u00e9\"]}".to_owned()),
        after: Some("é\n".to_owned()),
        hash: EventHash([2; 32]),
    };
    let next = Event { seq: 2, hash: EventHash([3; 32]), ..full.clone() };
    bench.write([&plain, &full, &next].map(|event| Change::Event(Box::new(event.clone()))));
    let (readers, _) = bench.readers();
    let read = |stream| now(readers.events(stream, first(9))).items;
    assert_eq!(read(Stream::Installation), [plain]);
    assert_eq!(read(Stream::Group(group_id(7))), [full.clone(), next.clone()]);
    assert_eq!(read(Stream::Group(group_id(8))), []);
    let facts = bench.load(Needs { batches: vec![batch_id(1)], installation: true, ..Needs::default() });
    assert_eq!(facts.batch(batch_id(1)), [full, next]);
    assert_eq!(facts.head(Stream::Installation), Head { seq: 1, hash: EventHash([1; 32]) });
    assert_eq!(
        now(readers.streams(first(1))),
        Page { items: vec![Stream::Installation], next: Some(Stream::Installation) }
    );
    let behind = PageRequest { after: Some(Stream::Installation), limit: 1 };
    assert_eq!(now(readers.streams(behind)), Page { items: vec![Stream::Group(group_id(7))], next: None });
}

#[test]
fn an_unverified_address_is_stored_as_such_and_moves_to_whom_it_is_verified_for() {
    let mut bench = Bench::new();
    let address = |user, text: &str, is_verified| UserEmail { user, email: Email::parse(text).unwrap(), is_verified };
    let claimed = address(user_id(1), "B@x.org", false);
    let own = address(user_id(1), "a@x.org", true);
    bench.write([
        Change::User(user(1)),
        Change::User(user(2)),
        Change::UserEmail(claimed.clone()),
        Change::UserEmail(own.clone()),
    ]);
    let (readers, _) = bench.readers();
    assert_eq!(now(readers.emails(user_id(1))), [own.clone(), claimed]);
    assert_eq!(now(readers.user(UserRef::Email(Email::parse("b@X.org").unwrap()))), Some(user(1)));
    let moved = address(user_id(2), "b@x.org", true);
    bench.write([Change::UserEmail(moved.clone())]);
    assert_eq!(now(readers.emails(user_id(1))), [own]);
    assert_eq!(now(readers.emails(user_id(2)))[0].email.as_str(), "b@x.org");
    assert_eq!(now(readers.emails(user_id(2))), [moved]);
}

#[test]
fn of_several_changes_to_one_thing_the_last_is_written() {
    let mut bench = Bench::new();
    let membership = |bits| Membership {
        group: group_id(1),
        user: user_id(1),
        roles: RoleSet::from_bits(bits).unwrap(),
        joined_at: at(1),
        is_hidden: bits == 7,
    };
    let token = AccessToken {
        id: token_id(1),
        hash: token_hash(1),
        user: user_id(1),
        client: None,
        scopes: Scopes::all(),
        created_at: at(1),
        expires_at: None,
        revoked_at: None,
        personal: Some(PersonalToken {
            name: DisplayName::parse("laptop").unwrap(),
            last_part: "abcdef".to_owned(),
            skips_second_factor: true,
        }),
    };
    bench.write([
        Change::User(user(1)),
        Change::Group(plain_group(1)),
        Change::Membership(membership(1)),
        Change::MembershipEnded(group_id(1), user_id(1)),
        Change::Membership(membership(3)),
        Change::Token(token.clone()),
        Change::Token(AccessToken { revoked_at: Some(at(7)), ..token.clone() }),
    ]);
    let (readers, _) = bench.readers();
    let page = first(9);
    let members = now(readers.members(group_id(1), page)).items;
    assert_eq!(members.into_iter().map(|member| member.membership).collect::<Vec<_>>(), [membership(3)]);
    assert_eq!(now(readers.token(token_hash(1))).unwrap().0.revoked_at, Some(at(7)));
    bench.write([Change::Membership(membership(5)), Change::MembershipEnded(group_id(1), user_id(1))]);
    assert_eq!(now(readers.members(group_id(1), page)).items, []);
}
