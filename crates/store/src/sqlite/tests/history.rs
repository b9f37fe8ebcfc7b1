//! What histories tell of the past, what is left when they are forgotten, and how it shows that somebody tampered with
//! the file.

use std::sync::Mutex;

use futures_util::FutureExt as _;
use guestlist_core::Command;
use guestlist_core::command::{Admission, AssignRole, Invite, Leave, Target};
use guestlist_core::group::GroupRef;
use guestlist_core::history::{Finding, Stream, Thing};
use guestlist_core::ids::UserId;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::opt_out::{Person, PersonHash};
use guestlist_core::user::UserRef;
use rusqlite::Connection;

use super::commands::{add_user, batches};
use super::readers::Readers;
use super::samples::{group_id, invitation_id, link_id, user_id};
use super::{Bench, HOUR, at, first, now, small};
use crate::error::StoreError;
use crate::page::{Page, PageRequest};
use crate::query::{Queries as _, Refuser};
use crate::sqlite::Sqlite;

#[test]
fn who_was_a_member_at_an_instant_is_told_by_the_last_event_before_it() {
    let mut bench = small();
    let (readers, _) = bench.readers();
    bench.run(&[add_user(2), add_user(3)]);
    let start = bench.around.clock.now();
    let group = GroupRef::Id(group_id(1));
    let admit = |n: usize| {
        let targets = vec![Target { who: UserRef::Id(user_id(n)), invitation: invitation_id(0) }];
        let (by, group, roles) = (user_id(1), group.clone(), RoleSet::NONE);
        Command::from(Invite {
            language: None,
            note: None,
            by,
            group,
            targets,
            roles,
            admission: Admission::Direct,
            batch: None,
        })
    };
    let leave = |n: usize| Command::from(Leave { by: user_id(n), group: group.clone() });
    let lead = AssignRole { by: user_id(1), group: group.clone(), user: UserRef::Id(user_id(2)), role: Role::Leader };
    for commands in
        [vec![admit(2)], vec![lead.into()], vec![leave(2), admit(3)], vec![admit(2), leave(2)], vec![admit(2)]]
    {
        bench.run(&commands);
    }
    let members = |millis: i64, page| {
        let at = at(start.as_millis() + millis);
        let Page { items, next } = now(readers.members_at(group_id(1), at, page));
        let members: Vec<_> = items.into_iter().map(|found| (found.user.get(), found.roles.bits())).collect();
        (members, next.map(UserId::get))
    };
    let hours = |hours: i64| members(hours * HOUR.as_millis(), first(9)).0;
    assert_eq!(members(-1, first(9)).0, [(1, 1)]);
    assert_eq!(hours(0), [(1, 1), (2, 0)]);
    assert_eq!(members(HOUR.as_millis() - 1, first(9)).0, [(1, 1), (2, 0)]);
    assert_eq!(hours(1), [(1, 1), (2, 4)]);
    assert_eq!(hours(2), [(1, 1), (3, 0)]);
    assert_eq!(hours(3), [(1, 1), (3, 0)]);
    assert_eq!(hours(4), [(1, 1), (2, 0), (3, 0)]);
    assert_eq!(hours(-1_000_000), []);
    assert_eq!(members(4 * HOUR.as_millis(), first(2)), (vec![(1, 1), (2, 0)], Some(2)));
    let behind = PageRequest { after: Some(user_id(2)), limit: 2 };
    assert_eq!(members(4 * HOUR.as_millis(), behind), (vec![(3, 0)], None));
    assert_eq!(now(readers.members_at(group_id(2), start, first(9))).items, []);
}

#[test]
fn histories_fit_what_is_stored_until_somebody_tampers_with_the_file() {
    let mut bench = Bench::new();
    for (_, commands) in batches(2).into_iter().take_while(|(name, _)| *name != "disable") {
        bench.run(&commands);
    }
    let original = bench.folder.path().join("guestlist.db");
    let copy = bench.folder.path().join("copy.db");
    // Closing the last connection moves everything into the file itself.
    bench.engine.connection = None;
    let audit = |sql: &str, stream| {
        std::fs::copy(&original, &copy).unwrap();
        let connection = Connection::open(&copy).unwrap();
        connection.execute_batch(sql).unwrap();
        now(Readers(Mutex::new(connection), bench.engine.person_key).audit(stream))
    };
    let (installation, circle) = (Stream::Installation, Stream::Group(group_id(1)));
    for stream in [installation, circle, Stream::Group(group_id(2)), Stream::Group(group_id(3))] {
        assert_eq!(audit("", stream), [], "{stream:?}");
    }
    let link = Thing::Link(link_id(1));
    let cases = [
        ("UPDATE events SET at = at + 1 WHERE group_id = 1 AND seq = 2", circle, Finding::BrokenChain { seq: 2 }),
        ("DELETE FROM events WHERE group_id = 1 AND seq = 2", circle, Finding::Gap { due: 2, found: 3 }),
        ("UPDATE heads SET seq = seq - 1", circle, Finding::WrongHead),
        ("DELETE FROM heads", circle, Finding::WrongHead),
        (
            "UPDATE memberships SET joined_at = 1 WHERE user_id = 1",
            circle,
            Finding::Different(Thing::Member(user_id(1))),
        ),
        ("DELETE FROM links", circle, Finding::Missing(link.clone())),
        ("UPDATE links SET uses = 0", circle, Finding::Different(link)),
        ("UPDATE join_requests SET roles = 7", circle, Finding::Different(Thing::Request(user_id(20_001)))),
        ("UPDATE invitations SET sent_at = 0", circle, Finding::Different(Thing::Invitation(invitation_id(1)))),
        ("UPDATE \"groups\" SET name = 'Eve'", circle, Finding::Different(Thing::Group(group_id(1)))),
        (
            "UPDATE \"groups\" SET invitations_count = 7",
            circle,
            Finding::Miscounted { counter: "invitations", stored: 7, counted: 0 },
        ),
        ("UPDATE users SET is_admin = 1", installation, Finding::Different(Thing::User(user_id(3)))),
        (
            "UPDATE user_emails SET is_verified = 0",
            installation,
            Finding::Different(Thing::Address("user1@x.org".to_owned())),
        ),
        (
            "INSERT INTO opt_outs (person, from_kind, from_id, created_at) VALUES (zeroblob(32), 0, 0, 0)",
            installation,
            Finding::Untold(Thing::OptOut(format!("{}/everyone", "00".repeat(32)))),
        ),
    ];
    for (sql, stream, expected) in cases {
        let found = audit(sql, stream);
        assert!(found.contains(&expected), "{sql}: {found:?}");
    }
}

#[test]
fn nothing_is_left_of_a_group_that_was_forgotten() {
    let mut bench = Bench::new();
    bench.play(2);
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM \"{table}\"");
        bench.engine.connection().unwrap().query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    for table in ["groups", "memberships", "invitations", "invitation_tokens", "mails", "links", "join_requests"] {
        assert_eq!(count(table), 0, "{table}");
    }
    let (readers, _) = bench.readers();
    assert_eq!(now(readers.streams(first(9))).items, [Stream::Installation]);
    assert_eq!(now(readers.events(Stream::Group(group_id(1)), first(9))).items, []);
    assert_eq!(now(readers.audit(Stream::Group(group_id(1)))), []);
    assert_eq!(now(readers.audit(Stream::Installation)), []);
}

#[test]
fn a_value_that_no_version_writes_is_named_with_its_place() {
    for (table, column, value) in [
        ("events", "kind", "'group.eaten'"),
        ("events", "actor_id", "0"),
        ("events", "via", "'pigeon'"),
        ("events", "client", "' '"),
        ("events", "request", "''"),
        ("events", "thing", "'thing/1'"),
        ("groups", "description", "char(7)"),
        ("opt_outs", "from_id", "5"),
    ] {
        let bench = small();
        let person = PersonHash::of(&bench.engine.person_key, &Person::User(user_id(1)));
        bench.tamper(&format!("UPDATE \"{table}\" SET {column} = {value}"));
        let (readers, _) = bench.readers();
        let (found, key) = match table {
            "events" => {
                (readers.events(Stream::Group(group_id(1)), first(9)).now_or_never().unwrap().map(drop), "1".to_owned())
            }
            "groups" => (readers.groups(first(9)).now_or_never().unwrap().map(drop), "1".to_owned()),
            _ => (readers.opt_outs(Refuser::User(user_id(1))).now_or_never().unwrap().map(drop), hex::encode(person.0)),
        };
        let named = match found {
            Err(StoreError::Corrupt { table, column, key }) => (table, column, key),
            other => panic!("{table}.{column}: {other:?}"),
        };
        assert_eq!(named, (table, column, key));
    }
}

#[test]
fn a_file_without_the_key_under_which_people_are_hashed_is_not_opened() {
    for sql in ["DELETE FROM secrets", "UPDATE secrets SET value = x'00'"] {
        let bench = Bench::new();
        bench.tamper(sql);
        let opened = Sqlite::open(&bench.folder.path().join("guestlist.db")).map(drop);
        assert!(matches!(opened, Err(StoreError::Corrupt { table: "secrets", .. })), "{opened:?}");
    }
}
