//! Everybody in a CSV file.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::Installation;
use crate::{FAILED, PARTLY, assert_refused, circle, column, exists, object, read, write};

/// What an invite printed as JSON.
#[track_caller]
fn summary(here: &Installation, args: &[&str]) -> (Option<i32>, Value) {
    let got = here.run(&[&["--json", "invite", "circle", "--as", "maryam", "--csv"], args].concat());
    let value = serde_json::from_str(&got.stdout).unwrap_or_else(|error| panic!("{error}: {got:?}"));
    (got.code, value)
}

#[test]
fn every_row_is_answered_and_those_that_fail_are_written_with_line_and_reason() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--requests", "on"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "zayd"]);
    let file = "Name,Email,Role\n\
                New,new@example.org,moderator\n\
                \n\
                \"Two\nlines\",MARYAM@example.org,\n\
                ,odd,\n\
                Zayd,zayd@example.org,\n\
                Again,New@Example.ORG,\n\
                King,king@example.org,king\n\
                ,,\n\
                Nobody,,leader\n\
                short@example.org\n\
                Last,last@example.org,\n";
    write(&here, "people.csv", file);
    let failures = |dry_run: bool| if dry_run { "people.rehearsal.failures.csv" } else { "people.failures.csv" };
    let expected = |dry_run: bool| {
        json!({
            "group": 1, "rows": 9, "invited": 2, "renewed": 0, "joined": 1, "already_members": 1, "waiting": 0,
            "refused": 0, "unreadable": 4, "duplicates": 1, "blank": 2, "failures": failures(dry_run), "dry_run": dry_run,
        })
    };
    for dry_run in [true, false] {
        let args = if dry_run { &["people.csv", "--dry-run"][..] } else { &["people.csv"] };
        let (code, mut summary) = summary(&here, args);
        assert!(summary.as_object_mut().unwrap().remove("batches").is_some_and(|batches| {
            batches.as_array().is_some_and(|batches| batches.len() == usize::from(!dry_run))
        }));
        assert_eq!((code, summary), (Some(PARTLY), expected(dry_run)));
        insta::allow_duplicates! {
            insta::assert_snapshot!(read(&here, failures(dry_run)), @r#"
            line,reason,Name,Email,Role
            6,"""odd"" is no address: it has a form or a character that is not allowed",,odd,
            8,the same person as in line 2,Again,New@Example.ORG,
            9,"""king"" is no role: write owner, moderator, leader or member",King,king@example.org,king
            11,"the column ""Email"" is empty",Nobody,,leader
            12,"number of fields: 1, and the first line has 3",short@example.org
            "#);
        }
        let pending = column(&here, &["invitation", "list", "1"], "email");
        assert_eq!(pending.len(), if dry_run { 0 } else { 2 }, "{pending:?}");
    }
    let listed =
        [column(&here, &["invitation", "list", "1"], "email"), column(&here, &["invitation", "list", "1"], "roles")];
    let emails = vec![json!("new@example.org"), json!("last@example.org")];
    assert_eq!(listed, [emails, vec![json!(["moderator"]), json!([])]]);
    assert!(!exists(&here, "people.resume.json"), "there is nothing to go on with");

    // Once corrected, the file of failures is invited like any other.
    let failures = read(&here, "people.failures.csv").replace(",odd,", ",even@example.org,");
    write(&here, "again.csv", failures);
    let (code, summary) = summary(&here, &["again.csv"]);
    assert_eq!((code, &summary["invited"], &summary["renewed"]), (Some(PARTLY), &json!(1), &json!(1)));
}

#[test]
fn people_are_told_a_table_and_how_to_take_it_back() {
    let here = circle();
    write(&here, "two.csv", "email\na@example.org\nb@example.org\n");
    let got = here.run(&["invite", "1", "--csv", "two.csv", "--as", "maryam"]);
    assert_eq!(got.code, Some(0), "{got:?}");
    let lines: Vec<Vec<_>> = got.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(lines.contains(&vec!["rows", "2"]) && lines.contains(&vec!["invited", "2"]), "{got:?}");
    let batch = lines.iter().find(|line| line[0] == "batches").unwrap()[1];
    let told = format!("to take it back while nobody has answered: guestlist invitation undo 1 {batch} --as USER\n");
    assert_eq!(got.stderr, told, "a pipe sees no progress");
    assert!(!exists(&here, "two.failures.csv"));
    assert_eq!(object(&here, &["invitation", "undo", "1", batch, "--as", "maryam"]), json!({ "undone": 2 }));
}

#[test]
fn a_file_may_name_people_by_account_and_may_come_by_standard_input() {
    let here = circle();
    for (file, results) in
        [("id\n2\n9\nx\n", ("invited", 1)), ("Username;Name\nAMER;x\nnobody;y\nä;z\n", ("renewed", 1))]
    {
        write(&here, "people.csv", file);
        let (code, summary) = summary(&here, &["people.csv"]);
        assert_eq!((code, &summary[results.0]), (Some(PARTLY), &json!(results.1)), "{file}");
        assert_eq!((&summary["refused"], &summary["unreadable"]), (&json!(1), &json!(1)), "{file}");
        let failures = read(&here, "people.failures.csv");
        assert!(failures.contains("there is no such user; `guestlist user list` shows who there is"), "{failures}");
    }
    let mut piped = here.command(&["--json", "invite", "1", "--as", "1", "--csv", "-", "--failures", "bad.csv"]);
    let input = here.folder().join("input.csv");
    std::fs::write(&input, "\u{feff}subject,email address\nnobody-here,x\n").unwrap();
    piped.stdin(std::fs::File::open(&input).unwrap());
    let got = crate::support::process::Finished::of(piped);
    assert_refused(&got, FAILED, "all 1 failed; bad.csv says which and why");
    assert!(exists(&here, "bad.csv"));
}

#[test]
fn a_role_that_the_inviter_may_not_give_fails_those_rows_only() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--public"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "amer"]);
    object(&here, &["member", "give-role", "1", "amer", "moderator", "--as", "maryam"]);
    write(&here, "people.csv", "email,role\na@example.org,leader\nb@example.org,\nc@example.org,leader\n");
    let got = here.run(&["--json", "invite", "1", "--as", "amer", "--csv", "people.csv"]);
    let summary: Value = serde_json::from_str(&got.stdout).unwrap();
    assert_eq!((got.code, &summary["invited"], &summary["refused"]), (Some(PARTLY), &json!(1), &json!(2)));
    assert!(read(&here, "people.failures.csv").contains("it takes the role of owner"), "{got:?}");
    // Who may invite nobody is told so at once.
    let got = here.run(&["invite", "1", "--as", "zayd", "--csv", "people.csv"]);
    assert_refused(&got, FAILED, "what to do: act as one of its owners");
    assert!(got.stdout.is_empty() && !exists(&here, "people.resume.json"), "{got:?}");
}

#[test]
fn more_than_a_thousand_are_one_batch_in_the_order_of_the_file() {
    let here = circle();
    let mut file = "email\n".to_owned();
    for n in 0..2500 {
        writeln!(file, "guest{n}@example.org").unwrap();
    }
    write(&here, "many.csv", &file);
    let (code, summary) = summary(&here, &["many.csv"]);
    assert_eq!((code, &summary["invited"]), (Some(0), &json!(2500)));
    let invited = column(&here, &["invitation", "list", "1"], "email");
    let expected: Vec<_> = (0..2500).map(|n| json!(format!("guest{n}@example.org"))).collect();
    assert_eq!(invited, expected);
    let batches = "SELECT count(DISTINCT batch_id) FROM events WHERE kind = 'invitation.made'";
    assert_eq!(here.count(batches), 1);
    let batch = summary["batches"][0].as_str().unwrap();
    assert_eq!(object(&here, &["invitation", "undo", "1", batch, "--as", "1"]), json!({ "undone": 2500 }));
}

#[test]
fn more_than_ten_thousand_are_several_batches_and_each_is_taken_back_by_itself() {
    let here = circle();
    let file = (0..10_500).fold("email\n".to_owned(), |file, n| file + &format!("guest{n}@example.org\n"));
    write(&here, "many.csv", &file);
    let got = here.run(&["--rate-limits", "off", "invite", "1", "--as", "maryam", "--csv", "many.csv"]);
    assert_eq!(got.code, Some(0), "{got:?}");
    let told: Vec<_> = got.stderr.lines().collect();
    assert_eq!((told.len(), told[0]), (3, "to take it back while nobody has answered:"), "{got:?}");
    for (told, undone) in told[1..].iter().zip([10_000, 500]) {
        let words: Vec<_> = told.split_whitespace().collect();
        assert_eq!(words[..4], ["guestlist", "invitation", "undo", "1"], "{told}");
        assert_eq!(
            object(&here, &["invitation", "undo", "1", words[4], "--as", "maryam"]),
            json!({ "undone": undone })
        );
    }
    assert_eq!(here.invited().len(), 0);
}

#[test]
fn a_refusal_that_is_not_of_a_role_stops_the_invite_whatever_role_the_rows_name() {
    let here = circle();
    write(&here, "people.csv", "email,role\na@example.org,leader\nb@example.org,leader\n");
    // Nothing of it is about the role of leader: zayd may invite nobody, and an archive takes in nobody.
    let got = here.run(&["invite", "1", "--as", "zayd", "--csv", "people.csv"]);
    assert_refused(&got, FAILED, "what to do: act as one of its owners");
    assert!(got.stdout.is_empty(), "{got:?}");
    here.run(&["group", "archive", "1", "--as", "maryam"]).succeeded();
    let got = here.run(&["invite", "1", "--as", "maryam", "--csv", "people.csv"]);
    assert_refused(&got, FAILED, "take it out with `guestlist group unarchive`");
    assert!(got.stdout.is_empty(), "{got:?}");
    assert!(!exists(&here, "people.failures.csv") && !exists(&here, "people.resume.json"));
}
