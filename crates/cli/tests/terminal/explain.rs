//! Why the answer is no, or would be.

use serde_json::{Value, json};

use crate::support::Installation;
use crate::{FAILED, MISUSED, assert_refused, circle, column, object};

#[test]
fn a_code_is_explained_without_a_database() {
    let here = Installation::empty();
    let shown = here.run(&["explain", "group-full"]).succeeded().stdout;
    insta::assert_snapshot!(shown, @r"
     code               group-full
     means              the group is full
     rule               A group takes in no more members than it has seats.
     depends on         the number of members, the group's seats, and the operator's setting members_max
     who can change it  a member of the group with the role of owner or moderator
     what to do         remove somebody, or give it more seats
    ");
    let all = column(&here, &["explain"], "code");
    assert!(all.len() > 40 && all.contains(&json!("sent-recently")), "{all:?}");
    for code in &all {
        let rule = object(&here, &["explain", code.as_str().unwrap()]);
        let is_told = |field: &str| rule[field].as_str().is_some_and(|words| !words.is_empty());
        let fields = ["code", "means", "rule", "depends_on", "remedy", "advice"];
        assert!(fields.into_iter().all(is_told), "{rule}");
    }
    assert_refused(&here.run(&["explain", "no-such-thing"]), FAILED, "`guestlist explain` shows which there are");
    assert!(std::fs::read_dir(here.folder()).unwrap().next().is_none(), "no database was made");
}

#[test]
fn a_command_is_rehearsed_and_the_answer_is_yes_or_no_with_its_reason() {
    let here = circle();
    assert_eq!(here.run(&["explain", "invite", "1", "--user", "amer", "--as", "maryam"]).succeeded().stdout, "yes\n");
    here.run(&["group", "update", "1", "--as", "maryam", "--public"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "zayd"]);
    let no = here.run(&["explain", "invite", "1", "--email", "x@example.org", "--as", "zayd"]).succeeded().stdout;
    insta::assert_snapshot!(no, @r"
    no: this user may not do that in the group
      rule: This takes a role in the group that the asker does not have.
      fact: whoever asks is a member without a role; it takes the role of owner or moderator
      who can change it: a member of the group with the role of owner
      what to do: act as one of its owners
    ");
    let answers = [
        (&["join", "1", "--as", "amer"][..], Value::Null),
        (&["leave", "1", "--as", "maryam"], json!("last-owner")),
        (&["remove", "1", "zayd", "--as", "maryam"], Value::Null),
        (&["remove", "1", "amer", "--as", "maryam"], json!("member-not-found")),
        (&["give-role", "1", "zayd", "leader", "--as", "zayd"], json!("not-allowed")),
        (&["approve", "1", "amer", "--as", "maryam"], json!("request-not-found")),
        (&["offer", "1", "maryam", "--as", "maryam"], json!("already-owner")),
        (&["accept", "01a201f3-8964-70c5-a5ff-eec4cb57b513", "--as", "amer"], json!("invitation-not-found")),
        (&["use-link", "gll_x", "--as", "amer"], json!("link-not-found")),
    ];
    let before = column(&here, &["history", "1"], "seq").len();
    for (action, code) in answers {
        let answer = object(&here, &[&["explain"], action].concat());
        assert_eq!((&answer["allowed"], &answer["refusal"]["code"]), (&json!(code.is_null()), &code), "{action:?}");
    }
    assert_eq!(column(&here, &["history", "1"], "seq").len(), before, "nothing was changed");
    assert_refused(&here.run(&["explain", "invite", "1", "--as", "maryam"]), MISUSED, "--email");
}
