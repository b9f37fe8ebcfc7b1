//! An owner's day, with the terminal alone.

use std::fmt::Write as _;

use rusqlite::OpenFlags;
use serde_json::{Value, json};

use crate::{FAILED, PARTLY, assert_refused, circle, column, object, objects, read, write};

#[test]
fn an_owner_invites_five_hundred_people_and_sees_the_group_through() {
    let here = circle();
    here.run(&["group", "update", "circle", "--as", "maryam", "--requests", "on"]).succeeded();

    // A file of 500 in which 20 rows are wrong: rehearsed, and then for real.
    let mut file = "email,name\n".to_owned();
    for n in 1..=500 {
        let address = if n % 25 == 0 { format!("wrong{n}") } else { format!("guest{n}@example.org") };
        writeln!(file, "{address},Guest {n}").unwrap();
    }
    write(&here, "people.csv", &file);
    let invite = ["--json", "invite", "circle", "--csv", "people.csv", "--as", "maryam"];
    for dry_run in [true, false] {
        let failures = if dry_run { "people.rehearsal.failures.csv" } else { "people.failures.csv" };
        let got = here.run(&[&invite[..], if dry_run { &["--dry-run"] } else { &[] }].concat());
        assert_refused(&got, PARTLY, &format!("20 of 500 failed; {failures} says which and why"));
        let summary: Value = serde_json::from_str(&got.stdout).unwrap();
        assert_eq!([&summary["invited"], &summary["unreadable"]], [&json!(480), &json!(20)]);
        assert_eq!(here.invited().len(), if dry_run { 0 } else { 480 });
    }
    let failures = read(&here, "people.failures.csv");
    assert_eq!(failures.lines().count(), 21);
    assert!(failures.contains("26,\"\"\"wrong25\"\" is no address:"), "{failures}");

    // Two answer; the silent are written to again, once an hour has passed.
    for name in ["guest1", "guest2"] {
        here.run(&["user", "add", "--username", name, "--email", &format!("{name}@example.org")]).succeeded();
    }
    let ids = column(&here, &["invitation", "list", "circle"], "id");
    let id = |n: usize| ids[n].as_str().unwrap();
    object(&here, &["invitation", "accept", id(0), "--as", "guest1"]);
    object(&here, &["invitation", "decline", id(1), "--as", "guest2"]);
    let database = here.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
    database.execute("UPDATE invitations SET sent_at = sent_at - 7200000", []).unwrap();
    drop(database);
    let resent = objects(&here, &["invitation", "resend", "--silent", "circle", "--as", "maryam"]);
    assert_eq!(resent.len(), 478);
    assert!(resent.iter().all(|row| row["result"] == "resent"), "{resent:?}");

    // One is revoked, a link is made, a request approved, the group handed over.
    let revoked = object(&here, &["invitation", "revoke", id(2), "--as", "maryam"]);
    assert_eq!(revoked["result"], "revoked");
    let address = here.run(&["link", "add", "circle", "--as", "maryam", "--uses", "3"]).succeeded().stdout;
    assert_eq!(object(&here, &["link", "use", address.trim_end(), "--as", "zayd"])["standing"], "joined");
    assert_eq!(object(&here, &["request", "join", "circle", "--as", "amer"])["standing"], "requested");
    assert_eq!(object(&here, &["request", "approve", "circle", "amer", "--as", "maryam"])["standing"], "joined");
    object(&here, &["group", "offer", "circle", "--to", "amer", "--as", "maryam"]);
    object(&here, &["group", "take-over", "circle", "--as", "amer"]);

    // Maryam asks why she cannot invite any more.
    let why = object(&here, &["explain", "invite", "circle", "--email", "new@example.org", "--as", "maryam"]);
    assert_eq!((&why["allowed"], &why["refusal"]["code"]), (&json!(false), &json!("not-allowed")));
    let no = here.run(&["invite", "circle", "--email", "new@example.org", "--as", "maryam"]);
    assert_refused(
        &no,
        FAILED,
        "fact: whoever asks is a member without a role; it takes the role of owner or moderator",
    );

    // Who was a member yesterday, and who is today.
    assert_eq!(objects(&here, &["members", "circle", "--at", "-1d"]), Vec::<Value>::new());
    let members = column(&here, &["members", "circle"], "username");
    assert_eq!(members, ["maryam", "amer", "zayd", "guest1"]);

    // The story of it.
    let story = here.run(&["history", "circle"]).succeeded().stdout;
    let mut from = 0;
    for words in [
        "the operator made the group Circle for maryam",
        "maryam changed the group: takes requests true instead of false",
        "maryam invited guest1@example.org, until 20",
        "maryam invited guest499@example.org",
        "guest1@example.org came in by the invitation",
        "guest1 joined",
        "guest2@example.org declined",
        "maryam sent guest499@example.org the invitation again",
        "maryam revoked the invitation of guest3@example.org",
        "maryam made a link for 3 people",
        "zayd joined",
        "amer asked to join",
        "maryam let amer in",
        "maryam offered the group to amer",
        "amer took the role of owner from maryam",
        "amer answered the offer of the group by maryam",
    ] {
        let at = story[from..].find(words).unwrap_or_else(|| panic!("{words:?} is not in its place in {story}"));
        from += at;
    }
}
