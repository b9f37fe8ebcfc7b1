//! What a batch takes: its statements, however many commands it has, and one commit.

use guestlist_core::command::{Admission, Expiry, Invite, Target, UndoBatch};
use guestlist_core::group::GroupRef;
use guestlist_core::member::RoleSet;
use guestlist_core::names::Email;
use guestlist_core::user::UserRef;
use guestlist_core::{Change, Command};

use super::commands::{add_user, batches};
use super::samples::{batch_id, group_id, invitation_id, user, user_id};
use super::{Bench, Statement, first, now, small};
use crate::engine::Engine as _;
use crate::net::NetChanges;
use crate::query::Queries as _;

#[test]
fn the_number_of_statements_does_not_depend_on_the_size_of_the_batch() {
    let count = |n: usize| -> Vec<(&'static str, usize)> {
        let played = Bench::new().play(n);
        played.into_iter().map(|(name, statements)| (name, statements.len())).collect()
    };
    let one = count(1);
    assert_eq!(count(10), one);
    assert_eq!(count(500), one);
    for (name, statements) in one {
        assert!((4..=24).contains(&statements), "{name}: {statements}");
    }
}

#[test]
fn a_batch_of_all_kinds_together_takes_no_more_statements_than_there_are_kinds_of_rows() {
    let count = |n: usize| {
        let mut bench = Bench::new();
        let all: Vec<_> = batches(n).into_iter().flat_map(|(_, commands)| commands).collect();
        // At one instant not all of them can succeed.
        bench.put(&all).1.len()
    };
    let one = count(1);
    assert!(one <= 55, "{one}");
    assert_eq!(count(2), one);
    assert_eq!(count(26), one);
}

#[test]
fn a_thousand_targets_of_one_command_are_one_commit_and_no_more_statements_than_one_target() {
    let invite = |targets: std::ops::Range<usize>, admission| {
        let who = |n: usize| match n % 3 {
            0 => UserRef::Id(user_id(10_000 + n)),
            1 => UserRef::Email(Email::parse(&format!("User{}@x.org", 10_000 + n)).unwrap()),
            _ => UserRef::Email(Email::parse(&format!("guest{n}@x.org")).unwrap()),
        };
        let target = |n| Target { who: who(n), invitation: invitation_id(n) };
        Command::from(Invite {
            language: None,
            note: None,
            by: user_id(1),
            group: GroupRef::Id(group_id(1)),
            targets: targets.map(target).collect(),
            roles: RoleSet::NONE,
            admission,
            batch: Some(batch_id(1)),
        })
    };
    for admission in [Admission::OnAcceptance(Expiry::Usual), Admission::Direct] {
        let take = |targets| {
            let mut bench = small();
            bench.run(&(10_000..11_000).map(add_user).collect::<Vec<_>>());
            let invited = bench.run(&[invite(targets, admission)]);
            assert_eq!(invited.iter().filter(|statement| statement.sql == "COMMIT").count(), 1);
            let undone =
                bench.run(&[UndoBatch { by: user_id(1), group: GroupRef::Id(group_id(1)), batch: batch_id(1) }.into()]);
            (invited.len(), undone.len())
        };
        assert_eq!(take(0..1000), take(0..3), "{admission:?}");
    }
}

#[test]
fn an_invitation_takes_the_statements_that_it_needs_and_no_more() {
    let mut bench = small();
    bench.run(&[add_user(2)]);
    let offer = |n: usize| {
        let targets = vec![Target { who: UserRef::Id(user_id(n)), invitation: invitation_id(n) }];
        let admission = Admission::OnAcceptance(Expiry::Usual);
        let (by, group) = (user_id(1), GroupRef::Id(group_id(1)));
        Command::from(Invite {
            language: None,
            note: None,
            by,
            group,
            targets,
            roles: RoleSet::NONE,
            admission,
            batch: None,
        })
    };
    let words = |statements: Vec<Statement>| -> Vec<String> {
        let tables = ["FROM", "JOIN", "INTO", "UPDATE"];
        let table = |sql: &str| {
            let words: Vec<_> = sql.split_whitespace().collect();
            let named = words.windows(2).filter(|pair| tables.contains(&pair[0]) && !pair[1].contains("json"));
            named.map(|pair| pair[1].trim_matches('"').to_owned()).find(|name| name != "SET")
        };
        statements.iter().map(|found| table(&found.sql).unwrap_or_else(|| found.sql.clone())).collect()
    };
    let read = ["BEGIN IMMEDIATE", "users", "user_emails", "groups", "heads", "memberships", "join_requests"];
    let write =
        ["day_counts", "groups", "invitations", "mails", "day_counts", "events", "sequences", "heads", "COMMIT"];
    let expected: Vec<_> = read.into_iter().chain(["invitations", "invitations"]).chain(write).collect();
    let mut found = words(bench.run(&[offer(2)]));
    assert_eq!(
        {
            found.sort();
            found
        },
        {
            let mut expected = expected.clone();
            expected.sort_unstable();
            expected
        }
    );

    // An operator without quotas does not count.
    bench.around.settings.quotas = None;
    bench.run(&[add_user(3)]);
    assert_eq!(words(bench.run(&[offer(3)])).len(), expected.len() - 2);
}

#[test]
fn a_batch_that_was_given_up_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let mut net = NetChanges::default();
    net.add(Change::User(user(1)));
    let writing = async {
        bench.engine.begin().await?;
        bench.engine.apply(&net).await?;
        bench.engine.abandon().await;
        // Giving up what is not there is no failure.
        bench.engine.abandon().await;
        bench.engine.begin().await?;
        bench.engine.commit().await
    };
    now(writing);
    let (readers, _) = bench.readers();
    assert_eq!(now(readers.users(first(9))).items, []);
    bench.write([Change::User(user(1))]);
    assert_eq!(now(readers.users(first(9))).items.len(), 1);
}

#[test]
fn a_lost_connection_is_opened_anew() {
    let mut bench = Bench::new();
    bench.engine.connection = None;
    bench.run(&[add_user(1)]);
}
