//! Files that are no list of people, or an odd one.

use crate::support::Installation;
use crate::{FAILED, PARTLY, assert_refused, circle, column, exists, read, write};

#[track_caller]
fn check_refused(here: &Installation, content: impl AsRef<[u8]>, reason: &str) {
    write(here, "odd.csv", content);
    let got = here.run(&["invite", "1", "--as", "maryam", "--csv", "odd.csv"]);
    assert_refused(&got, FAILED, reason);
    assert!(got.stdout.is_empty(), "{got:?}");
    assert!(!exists(here, "odd.failures.csv") && !exists(here, "odd.resume.json"), "{reason}");
}

#[test]
fn what_is_no_list_of_people_is_told_what_it_is_and_invites_nobody() {
    let here = circle();
    check_refused(&here, "", "odd.csv is empty; its first line names the columns, such as: email");
    check_refused(&here, "\n \n", "odd.csv has no line but blank ones");
    check_refused(&here, "name,phone\nx,1\n", "line 1 has no column that says whom to invite, but \"name\", \"phone\"");
    check_refused(&here, "a@example.org\nb@example.org\n", "put a line above it, such as: email");
    check_refused(&here, "email,username\n", "says in several columns whom to invite");
    let utf_16: Vec<u8> = "\u{feff}email\na@b.org\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_refused(&here, &utf_16, "odd.csv is in UTF-16, from line 1 on; save it as CSV in UTF-8");
    check_refused(&here, &utf_16[2..], "odd.csv is in UTF-16 or a binary file");
    check_refused(&here, b"PK\x03\x04\x14\0\x06\0", "is a spreadsheet or an archive");
    check_refused(&here, b"\x7fELF\x02\x01\x01\0\0\0\0", "is a binary file");
    check_refused(&here, b"email,pr\xe9nom\nx@y.org,z\n", "line 1 is not in UTF-8; save the file as CSV in UTF-8");
    let missing = here.run(&["invite", "1", "--as", "maryam", "--csv", "none.csv"]);
    assert_refused(&missing, FAILED, "none.csv cannot be read; check its name");
    let folder = here.run(&["invite", "1", "--as", "maryam", "--csv", "."]);
    assert_refused(&folder, FAILED, "cannot be read");
    assert_eq!(column(&here, &["invitation", "list", "1"], "id").len(), 0);
}

#[test]
fn a_row_in_another_encoding_fails_by_itself() {
    let here = circle();
    write(
        &here,
        "latin.csv",
        b"email,name\r\na@example.org,Ren\xe9\r\nb@example.org,Ren\xc3\xa9\r\nc\0@example.org,x\r\n",
    );
    let got = here.run(&["--json", "invite", "1", "--as", "maryam", "--csv", "latin.csv"]);
    assert_refused(&got, PARTLY, "2 of 3 failed; latin.failures.csv says which and why");
    let failures = std::fs::read(here.folder().join("latin.failures.csv")).unwrap();
    assert!(failures.windows(5).any(|bytes| bytes == b",Ren\xe9"), "the row is as it was");
    let failures = String::from_utf8_lossy(&failures);
    let reason = "2,\"the column \"\"name\"\" is not in UTF-8, but has the byte 0xE9, perhaps of Latin-1;";
    assert!(failures.contains(reason) && failures.contains("\n4,"), "{failures}");
    assert_eq!(column(&here, &["invitation", "list", "1"], "email"), ["b@example.org"]);
}

#[test]
fn a_forgotten_quotation_mark_and_an_endless_line_cost_one_row_each() {
    let here = circle();
    let endless = "x".repeat(200_000);
    write(&here, "odd.csv", format!("email\n\"a@example.org\nb@example.org\n{endless}\nc@example.org\n"));
    let got = here.run(&["--json", "invite", "1", "--as", "maryam", "--csv", "odd.csv"]);
    assert_refused(&got, PARTLY, "2 of 4 failed; odd.failures.csv");
    let failures = read(&here, "odd.failures.csv");
    assert!(failures.contains("2,a quotation mark is opened and not closed"), "{failures}");
    assert!(failures.contains("4,the line is longer than 64 KiB"), "{failures}");
    assert_eq!(column(&here, &["invitation", "list", "1"], "email"), ["b@example.org", "c@example.org"]);
}

#[test]
fn a_failures_file_that_cannot_be_written_is_named_before_it_is_too_late() {
    let here = circle();
    write(&here, "people.csv", "email\nodd\na@example.org\n");
    let args = ["invite", "1", "--as", "maryam", "--csv", "people.csv", "--failures", "no/such/folder.csv"];
    let got = here.run(&args);
    assert_refused(&got, FAILED, "no/such/folder.csv cannot be written; name another file with --failures");
    let itself = here.run(&["invite", "1", "--as", "maryam", "--csv", "people.csv", "--failures", "./people.csv"]);
    assert_refused(&itself, FAILED, "--failures names the file that is read");
    assert!(exists(&here, "people.csv"));
    write(&here, "folder", "");
    let nowhere = here.run(&["invite", "1", "--as", "maryam", "--csv", "people.csv", "--failures", "folder/x.csv"]);
    assert_refused(&nowhere, FAILED, "folder/x.csv cannot be written");
}

#[test]
fn a_file_that_is_none_of_failures_is_left_alone() {
    let here = circle();
    write(&here, "people.csv", "email\nodd\na@example.org\n");
    let invite = ["--json", "invite", "1", "--as", "maryam", "--csv", "people.csv"];
    for (name, more) in [("diary.txt", &["--failures", "diary.txt"][..]), ("people.failures.csv", &[])] {
        write(&here, name, "dear diary,\n");
        let got = here.run(&[&invite[..], more].concat());
        assert_refused(&got, FAILED, &format!("{name} is no file of failures of an earlier invite"));
        assert!(got.stderr.contains("remove it, or name another file with --failures"), "{got:?}");
        assert_eq!(read(&here, name), "dear diary,\n");
    }
    assert_eq!(here.invited().len(), 0);
    // An empty one, and one of an earlier invite, are written anew.
    for content in ["", "line,reason,name\n7,x,y\n"] {
        write(&here, "people.failures.csv", content);
        assert_refused(&here.run(&invite), PARTLY, "1 of 2 failed; people.failures.csv says which and why");
        assert!(read(&here, "people.failures.csv").starts_with("line,reason,email\n2,"));
    }
}
