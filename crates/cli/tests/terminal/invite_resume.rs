//! An invite that breaks off goes on where it was, and counts everybody once.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::process::{Finished, LOOK_EVERY, PATIENCE, Process};
use crate::{FAILED, PARTLY, assert_refused, circle, column, exists, read, write};

/// A file of `count` guests in which every hundredth row is wrong.
fn guests(count: usize) -> String {
    let mut file = "email\n".to_owned();
    for n in 1..=count {
        let address = if n % 100 == 0 { format!("odd{n}") } else { format!("guest{n}@example.org") };
        writeln!(file, "{address}").expect("writing to a text does not fail");
    }
    file
}

/// The command that invites everybody in `file`, with `more`.
fn invite(here: &Installation, file: &str, more: &[&str]) -> Command {
    here.command(&[&["--json", "invite", "1", "--as", "maryam", "--csv", file], more].concat())
}

/// Waits until so many people are invited.
fn wait_for_invited(here: &Installation, at_least: usize) {
    wait_until(&format!("{at_least} are invited"), || here.invited().len() >= at_least);
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "it takes too long until {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Whether it is noted that the first thousand of [`guests`] are done.
fn is_noted(here: &Installation) -> bool {
    exists(here, "people.resume.json") && read(here, "people.resume.json").contains("\"items\": 1010")
}

/// A pipe in the installation's folder, in the place of a file.
fn pipe(here: &Installation, name: &str) -> std::path::PathBuf {
    let path = here.folder().join(name);
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo comes with every Unix");
    path
}

#[test]
fn after_a_kill_between_two_chunks_the_same_command_goes_on_and_counts_everybody_once() {
    let here = circle();
    let file = guests(5000);
    let path = pipe(&here, "people.csv");
    let broken = Process::start(invite(&here, "people.csv", &[]));
    let mut feed = OpenOptions::new().write(true).open(&path).unwrap();
    // Two chunks and a half are all that it is given; then it is killed while it waits for more.
    let half = file.lines().take(2600).fold(String::new(), |text, line| text + line + "\n");
    feed.write_all(half.as_bytes()).unwrap();
    wait_for_invited(&here, 1980);
    // The second chunk is noted, too, or it would be invited again, which is as good.
    broken.kill();
    drop(feed);
    assert!(exists(&here, "people.resume.json"));

    std::fs::remove_file(&path).unwrap();
    write(&here, "people.csv", &file);
    let got = Finished::of(invite(&here, "people.csv", &[]));
    assert_refused(&got, PARTLY, "50 of 5000 failed");
    assert!(got.stderr.contains("going on behind line "), "{got:?}");
    let summary: Value = serde_json::from_str(&got.stdout).unwrap();
    let counted = [&summary["rows"], &summary["invited"], &summary["renewed"], &summary["unreadable"]];
    assert_eq!(counted, [&json!(5000), &json!(4950), &json!(0), &json!(50)]);
    assert_eq!(here.invited().len(), 4950);
    let failures = read(&here, "people.failures.csv");
    let lines: Vec<_> = failures.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(lines, (1..=50).map(|n| (n * 100 + 1).to_string()).collect::<Vec<_>>());
    assert!(!exists(&here, "people.resume.json"));
    // All of it is one batch.
    assert_eq!(here.count("SELECT count(DISTINCT batch_id) FROM events WHERE batch_id IS NOT NULL"), 1);
}

#[test]
fn a_kill_in_the_midst_of_the_work_loses_and_doubles_nobody() {
    let here = circle();
    write(&here, "people.csv", guests(8000));
    let mut kills = 0;
    loop {
        let running = Process::start(invite(&here, "people.csv", &[]));
        // Each time a little further on: somewhere in a chunk.
        let goal = here.invited().len() + 1;
        let begin = Instant::now();
        while here.invited().len() < goal && begin.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(LOOK_EVERY);
        }
        if kills == 4 || !exists(&here, "people.resume.json") {
            let done = running.wait_for_end(PATIENCE);
            assert_refused(&done, PARTLY, "80 of 8000 failed");
            let summary: Value = serde_json::from_str(&done.stdout).unwrap();
            let counted = [&summary["rows"], &summary["invited"], &summary["renewed"], &summary["unreadable"]];
            assert_eq!(counted, [&json!(8000), &json!(7920), &json!(0), &json!(80)]);
            break;
        }
        running.kill();
        kills += 1;
    }
    assert!(kills > 0, "the machine was too fast to kill it");
    assert_eq!(here.invited().len(), 7920);
    assert_eq!(read(&here, "people.failures.csv").lines().count(), 81);
    here.assert_intact();
}

#[test]
fn a_stop_by_hand_is_answered_and_can_be_gone_on_with() {
    let here = circle();
    let file = guests(3000);
    let path = pipe(&here, "people.csv");
    let running = Process::start(invite(&here, "people.csv", &[]));
    let mut feed = OpenOptions::new().write(true).open(&path).unwrap();
    let part = file.lines().take(1500).fold(String::new(), |text, line| text + line + "\n");
    feed.write_all(part.as_bytes()).unwrap();
    wait_for_invited(&here, 990);
    wait_until("the first chunk is noted", || is_noted(&here));
    running.signal(Signal::INT);
    let stopped = running.wait_for_end(PATIENCE);
    assert_refused(&stopped, PARTLY, "stopped behind line 1011; run the same command again to go on there");
    drop(feed);

    std::fs::remove_file(&path).unwrap();
    write(&here, "people.csv", &file);
    // Other terms, or a changed file, are not gone on with.
    let other = Finished::of(invite(&here, "people.csv", &["--role", "leader"]));
    assert_refused(&other, FAILED, "was given other terms (group 1, as user 1)");
    let rehearsed = Finished::of(invite(&here, "people.csv", &["--dry-run"]));
    assert_refused(&rehearsed, FAILED, "an invite of this file broke off");
    assert!(!rehearsed.stderr.contains("--restart"), "{rehearsed:?}");
    write(&here, "people.csv", file.replace("guest7@", "guest007@"));
    let changed = Finished::of(invite(&here, "people.csv", &[]));
    assert_refused(&changed, FAILED, "was changed before line 1012");
    // What comes behind may change.
    write(&here, "people.csv", file.clone() + "late@example.org\nguest1@example.org\n");
    let done = Finished::of(invite(&here, "people.csv", &[]));
    let summary: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!([&summary["invited"], &summary["duplicates"]], [&json!(2971), &json!(1)], "{done:?}");
    assert!(read(&here, "people.failures.csv").contains("3003,the same person as in line 2,"));
}

#[test]
fn beginning_anew_renews_whoever_is_invited_already() {
    let here = circle();
    let path = pipe(&here, "people.csv");
    let running = Process::start(invite(&here, "people.csv", &[]));
    let mut feed = OpenOptions::new().write(true).open(&path).unwrap();
    feed.write_all(guests(1200).as_bytes()).unwrap();
    wait_for_invited(&here, 990);
    running.kill();
    drop(feed);
    std::fs::remove_file(&path).unwrap();
    write(&here, "people.csv", "email\nguest1@example.org\nnew@example.org\n");
    let done = Finished::of(invite(&here, "people.csv", &["--restart"]));
    let summary: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!([&summary["invited"], &summary["renewed"]], [&json!(1), &json!(1)], "{done:?}");
    assert_eq!(column(&here, &["invitation", "list", "1"], "id").len(), here.invited().len());
    assert!(!exists(&here, "people.resume.json"));
}

#[test]
fn a_rehearsal_leaves_what_broke_off_alone() {
    let here = circle();
    let path = pipe(&here, "people.csv");
    let running = Process::start(invite(&here, "people.csv", &[]));
    let mut feed = OpenOptions::new().write(true).open(&path).unwrap();
    feed.write_all(guests(1100).as_bytes()).unwrap();
    wait_until("the first chunk is noted", || is_noted(&here));
    running.kill();
    drop(feed);
    let left = || [read(&here, "people.resume.json"), read(&here, "people.failures.csv")];
    let before = left();

    // One that ends, and one that is stopped on its way.
    std::fs::remove_file(&path).unwrap();
    write(&here, "people.csv", "email\nodd\nguest1@example.org\n");
    let rehearsed = Finished::of(invite(&here, "people.csv", &["--dry-run", "--restart"]));
    assert_refused(&rehearsed, PARTLY, "1 of 2 failed; people.rehearsal.failures.csv says which and why");
    assert_eq!(left(), before);
    let named = ["--dry-run", "--restart", "--failures", "./people.failures.csv"];
    assert_refused(&Finished::of(invite(&here, "people.csv", &named)), FAILED, "name another for the rehearsal");
    assert_eq!(left(), before);
    std::fs::remove_file(here.folder().join("people.rehearsal.failures.csv")).unwrap();
    std::fs::remove_file(&path).unwrap();
    pipe(&here, "people.csv");
    let running = Process::start(invite(&here, "people.csv", &["--dry-run", "--restart"]));
    let mut feed = OpenOptions::new().write(true).open(&path).unwrap();
    feed.write_all(guests(1100).as_bytes()).unwrap();
    wait_until("the first chunk is rehearsed", || exists(&here, "people.rehearsal.failures.csv"));
    running.signal(Signal::INT);
    let stopped = running.wait_for_end(PATIENCE);
    assert_refused(&stopped, FAILED, "stopped before anybody was invited; run it again to begin");
    assert_eq!(left(), before);
}

#[test]
fn what_broke_off_goes_on_with_its_own_file_of_failures_only() {
    let here = circle();
    let path = pipe(&here, "people.csv");
    let running = Process::start(invite(&here, "people.csv", &["--failures", "bad.csv"]));
    let mut feed = OpenOptions::new().write(true).open(&path).unwrap();
    feed.write_all(guests(1100).as_bytes()).unwrap();
    wait_until("the first chunk is noted", || is_noted(&here));
    running.kill();
    drop(feed);
    std::fs::remove_file(&path).unwrap();
    write(&here, "people.csv", guests(1100));
    for other in [&[][..], &["--failures", "other.csv"]] {
        let refused = Finished::of(invite(&here, "people.csv", other));
        assert_refused(&refused, FAILED, "go on with --failures ");
        assert!(refused.stderr.ends_with("/bad.csv\n"), "{refused:?}");
    }
    let done = Finished::of(invite(&here, "people.csv", &["--failures", "./bad.csv"]));
    assert_refused(&done, PARTLY, "11 of 1100 failed; ./bad.csv says which and why");
    assert_eq!(read(&here, "bad.csv").lines().count(), 12);
}

#[test]
fn an_invite_of_which_nobody_knows_whether_it_was_made_can_be_gone_on_with() {
    let here = circle();
    write(&here, "people.csv", guests(50));
    let database = here.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON invitations BEGIN SELECT RAISE(ABORT, 'as if broken'); END";
    database.execute_batch(broken).unwrap();
    let got = Finished::of(invite(&here, "people.csv", &[]));
    assert_refused(&got, PARTLY, "all up to line 0 was done, and perhaps some behind it; mend what follows");
    assert!(exists(&here, "people.resume.json"));
    database.execute_batch("DROP TRIGGER broken").unwrap();
    let done = Finished::of(invite(&here, "people.csv", &[]));
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(here.invited().len(), 50);
    assert!(!exists(&here, "people.resume.json"));
}
