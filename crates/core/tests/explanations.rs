//! Why the answer is no, told as far as the asker may know.

use std::collections::BTreeSet;

use guestlist_core::command::{Command, GroupPatch};
use guestlist_core::explain::{Explanation, Fact, Remedy, explain};
use guestlist_core::member::RoleSet;
use guestlist_core::names::Slug;
use guestlist_core::outcome::Outcome;
use guestlist_core::provoke::provocations;
use guestlist_core::settings::WAITING_MAX;
use guestlist_core::time::Timestamp;
use guestlist_core::world::{
    DAY, START, World, archive, at, delete, disable, group, hand_over, join, lasting, link, offer, remove, update,
    use_link,
};
use guestlist_core::{Refusal, decide};
use insta::assert_snapshot;

fn told(explanation: &Explanation) -> String {
    let fact = match &explanation.fact {
        None => "nothing".to_owned(),
        Some(Fact::Standing { roles: standing, needed }) => {
            format!("{} where {} is needed", standing.map_or_else(|| "a stranger".to_owned(), roles), roles(*needed))
        }
        Some(Fact::Since(at)) => format!("since {}", days(*at)),
        Some(Fact::Until(at)) => format!("until {}", days(*at)),
        Some(Fact::Count { count, max }) => format!("{count} of {max}"),
        Some(Fact::Longest(longest)) => format!("at most {} days", longest.as_secs() / 86_400),
        Some(Fact::LastOwnerOf(groups)) => {
            let ids: Vec<_> = groups.iter().map(ToString::to_string).collect();
            format!("last owner of {}", ids.join(", "))
        }
    };
    let remedy = match explanation.remedy {
        Remedy::Roles(who) => roles(who),
        remedy => format!("{remedy:?}").to_lowercase(),
    };
    format!("{fact}; {remedy}")
}

fn roles(roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    if names.is_empty() { "a member".to_owned() } else { names.join(" or ") }
}

#[expect(clippy::cast_precision_loss, reason = "days in tests are few")]
fn days(at: Timestamp) -> String {
    format!("day {:.3}", (at.as_millis() - START.as_millis()) as f64 / DAY as f64)
}

/// The explanation of what a command is refused for.
fn why(world: &World, now: Timestamp, ask: impl Fn(&World) -> Command) -> String {
    let command = ask(world);
    let Err(refusal) = decide(&command, world.facts(), now) else { panic!("{command:?} is not refused") };
    format!("{}: {}", refusal.code(), told(&explain(refusal, &command, world.facts())))
}

#[test]
fn every_refusal_has_a_name_of_its_own_and_a_rule_in_words() {
    let mut named: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (.., refusal) in provocations() {
        let (code, rule) = (refusal.code(), refusal.rule());
        assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
        assert!(rule.ends_with('.') && rule.starts_with(char::is_uppercase), "{rule}");
        named.insert((code, rule));
    }
    let codes: BTreeSet<_> = named.iter().map(|(code, _)| code).collect();
    let rules: BTreeSet<_> = named.iter().map(|(_, rule)| rule).collect();
    assert_eq!((codes.len(), rules.len()), (named.len(), named.len()));
}

#[test]
fn every_refusal_is_explained_by_a_fact_and_by_who_could_change_it() {
    let lines: Vec<_> = provocations()
        .iter()
        .map(|(world, _, command, refusal)| {
            format!("{}: {}", refusal.code(), told(&explain(*refusal, command, world.facts())))
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @"
    group-not-found: nothing; asker
    user-not-found: nothing; asker
    member-not-found: nothing; asker
    invitation-not-found: nothing; asker
    link-not-found: nothing; asker
    request-not-found: nothing; asker
    offer-not-found: nothing; asker
    batch-not-found: nothing; asker
    token-not-found: nothing; asker
    client-not-found: nothing; asker
    caller-disabled: nothing; operator
    not-allowed: a member where owner or moderator is needed; owner
    not-allowed: a member where owner or moderator is needed; owner
    not-allowed: a member where owner or moderator is needed; owner
    not-allowed: a member where owner or moderator is needed; owner
    not-allowed: nothing; operator
    not-allowed: a member where owner is needed; owner
    not-allowed: a member where owner is needed; owner
    not-allowed: a member where owner is needed; owner
    not-allowed: a member where owner is needed; owner
    not-allowed: a member where owner is needed; owner
    not-allowed: nothing; operator
    group-archived: nothing; owner
    nobody-to-invite: nothing; asker
    too-many-targets: 1001 of 1000; asker
    invitation-closed: since day 1.000; owner or moderator
    invitation-closed: since day 0.000; owner or moderator
    invitation-closed: since day 0.000; owner or moderator
    invitation-closed: since day 0.000; owner or moderator
    address-mismatch: nothing; asker
    sent-recently: until day 0.042; time
    lifetime-too-long: at most 366 days; asker
    end-in-the-past: nothing; asker
    link-closed: since day 7.000; owner or moderator
    link-closed: since day 0.000; owner or moderator
    link-closed: 1 of 1; owner or moderator
    uses-out-of-range: nothing; asker
    by-invitation-only: nothing; owner or moderator
    already-owner: nothing; asker
    group-full: 2 of 2; owner or moderator
    waiting-list-full: 1000 of 1000; owner or moderator
    seats-out-of-range: 2 of 1; asker
    too-many-invitations: 1 of 1; owner or moderator
    daily-quota-spent: until day 1.000; time
    batch-answered: nothing; person
    too-many-opt-outs: 1000 of 1000; asker
    not-restorable: since day 30.000; nobody
    not-purgeable: until day 30.000; time
    last-owner: last owner of 1; owner
    id-out-of-range: nothing; asker
    id-taken: nothing; asker
    uid-taken: nothing; asker
    subject-taken: nothing; asker
    username-taken: nothing; asker
    email-taken: nothing; asker
    slug-taken: nothing; asker
    token-name-taken: nothing; asker
    client-taken: nothing; asker
    scope-not-granted: nothing; operator
    administrators-only: nothing; operator
    ");
}

#[test]
fn rows_that_are_refused_are_explained_like_commands() {
    let world = group("circle").owner("amina").user("eve").seats(1);
    let command = offer("amina", &["eve"], lasting(DAY))(&world);
    let Outcome::Invited(invited) = decide(&command, world.facts(), at(0)).unwrap().outcome else { panic!() };
    assert_eq!(invited.why, [explain(Refusal::GroupFull, &command, world.facts())]);
}

/// A private group that Eve is not in.
fn circle() -> World {
    group("circle").owner("amina").member("bilal").user("eve").requestable()
}

/// Full, and as many wait as may.
fn crowded() -> World {
    let names: Vec<String> = (0..WAITING_MAX).map(|n| format!("w{n}")).collect();
    let world = circle().seats(2).after(at(0), link("amina", 1, None, false));
    names.iter().fold(world, |world, name| world.user(name).after(at(0), use_link(name, 1)))
}

/// What Eve is refused, and why, if the group is as `shown`.
fn to_a_stranger(shown: fn(World) -> World) -> String {
    let asks = [
        offer("eve", &["bilal"], lasting(DAY))(&circle()),
        remove("eve", "bilal")(&circle()),
        archive("eve")(&circle()),
        delete("eve")(&circle()),
        hand_over("eve", "bilal")(&circle()),
        update("eve", GroupPatch::default())(&circle()),
    ];
    let rights = asks.map(|ask| (circle(), ask));
    let seats = [(circle().archived(), join("eve")(&circle())), (crowded(), use_link("eve", 1)(&circle()))];
    let lines = rights.into_iter().chain(seats).map(|(world, ask)| why(&shown(world), at(0), |_| ask.clone()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn of_a_group_that_they_may_not_see_strangers_learn_the_rule_and_nothing_else() {
    assert_snapshot!(to_a_stranger(|world| world), @r"
    not-allowed: nothing; owner
    not-allowed: nothing; owner
    not-allowed: nothing; owner
    not-allowed: nothing; owner
    not-allowed: nothing; owner
    not-allowed: nothing; owner
    group-archived: nothing; owner
    waiting-list-full: nothing; owner or moderator
    ");
    assert_snapshot!(to_a_stranger(World::public), @r"
    not-allowed: a stranger where owner or moderator is needed; owner
    not-allowed: a stranger where owner or moderator is needed; owner
    not-allowed: a stranger where owner is needed; owner
    not-allowed: a stranger where owner is needed; owner
    not-allowed: a stranger where owner is needed; owner
    not-allowed: a stranger where owner or moderator is needed; owner
    group-archived: since day 0.000; owner
    waiting-list-full: 1000 of 1000; owner or moderator
    ");
}

#[test]
fn what_is_told_is_of_the_group_in_question_and_not_of_one_that_is_only_named() {
    let world = group("hidden").owner("bilal").group("circle").owner("amina").member("eve");
    let rename = GroupPatch { slug: Slug::parse("hidden").ok(), ..GroupPatch::default() };
    assert_snapshot!(
        why(&world, at(0), update("eve", rename)),
        @"not-allowed: a member where owner or moderator is needed; owner"
    );
}

#[test]
fn the_groups_that_keep_an_account_are_named() {
    let world = group("one").owner("amina").group("two").owner("amina").owner("bilal").group("three").owner("amina");
    assert_snapshot!(why(&world, at(0), disable("amina")), @"last-owner: last owner of 1, 3; owner");
}
