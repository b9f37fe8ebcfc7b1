//! What happened, for people and for programs.

use serde_json::{Value, json};

use crate::{FAILED, assert_refused, circle, column, object, objects};

#[test]
fn a_history_reads_as_a_story() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--requests", "on", "--seats", "9"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "amer"]);
    object(&here, &["request", "approve", "1", "amer", "--as", "maryam"]);
    object(&here, &["member", "give-role", "1", "amer", "moderator", "--as", "maryam"]);
    let id = object(&here, &["invite", "1", "--email", "zayd@example.org", "--as", "amer"])["invitation"].take();
    object(&here, &["invitation", "accept", id.as_str().unwrap(), "--as", "zayd"]);
    object(&here, &["member", "remove", "1", "zayd", "--as", "amer"]);
    let story = here.run(&["history", "circle"]).succeeded().stdout;
    // Without the numbers and the times before each sentence.
    let sentences: Vec<_> = story.lines().map(|line| line.splitn(3, "  ").last().unwrap()).collect();
    let sentences: Vec<_> = sentences.iter().map(|words| words.split_once("Z  ").unwrap().1).collect();
    let invited = *sentences.iter().find(|words| words.contains(" invited ")).expect("somebody was invited");
    assert!(invited.starts_with("amer invited zayd@example.org, until 20"), "{invited}");
    let others: Vec<_> = sentences.iter().filter(|words| **words != invited).copied().collect();
    insta::assert_snapshot!(others.join("\n"), @r"
    the operator made the group Circle for maryam (on the command line)
    maryam became a member as owner (on the command line)
    maryam changed the group: takes requests true instead of false, members max 9 instead of none (on the command line)
    amer asked to join (on the command line)
    maryam let amer in (on the command line)
    amer became a member (on the command line)
    maryam gave amer the role of moderator (on the command line)
    zayd@example.org came in by the invitation (on the command line)
    zayd joined (on the command line)
    amer removed zayd (on the command line)
    ");
}

#[test]
fn events_are_objects_in_order_from_anywhere_and_as_many_as_asked_for() {
    let here = circle();
    let names: Vec<String> = (0..1200).map(|n| format!("guest{n}@example.org")).collect();
    for some in names.chunks(600) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        objects(&here, &[&["invite", "1", "--as", "maryam", "--email"], &some[..]].concat());
    }
    let events = objects(&here, &["history", "1"]);
    let numbers: Vec<_> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=1202).collect::<Vec<_>>());
    let last = &events[1201];
    let seen = [&last["kind"], &last["actor"], &last["via"], &last["before"], &last["after"]["email"]];
    let expected =
        [&json!("invitation.made"), &json!(1), &json!("command-line"), &Value::Null, &json!("guest1199@example.org")];
    assert_eq!(seen, expected);
    assert!(last["batch"].is_string() && last["hash"].as_str().is_some_and(|hash| hash.len() == 64), "{last}");
    let seqs = |more: &[&str]| column(&here, &[&["history", "1"], more].concat(), "seq");
    assert_eq!(seqs(&["--after", "1200"]), [1201, 1202]);
    assert_eq!(seqs(&["--limit", "3"]), [1, 2, 3]);
    assert_eq!(seqs(&["--after", "10", "--limit", "700"]).len(), 700);
    assert_eq!(seqs(&["--after", "1202"]), Vec::<Value>::new());
    assert_refused(&here.run(&["history", "9"]), FAILED, "`guestlist group list` shows which there are");
}
