//! What operators and owners do at a terminal: groups, invitations, history, and why the answer is no.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
#[path = "../support/mod.rs"]
mod support;

mod doctor;
mod explain;
mod groups;
mod history;
mod invitations;
mod invite;
mod invite_files;
mod invite_resume;
mod output;
mod story;

use serde_json::Value;

use self::support::Installation;
use self::support::process::Finished;

/// Exit code for what was refused or has failed.
const FAILED: i32 = 1;

/// Exit code for a wrong command line.
const MISUSED: i32 = 2;

/// Exit code for what was done in part.
const PARTLY: i32 = 3;

/// An installation with the users `maryam` (1), `amer` (2) and `zayd` (3), and the private group `circle` (1) of maryam.
fn circle() -> Installation {
    let here = Installation::empty();
    for name in ["maryam", "amer", "zayd"] {
        let address = format!("{name}@example.org");
        here.run(&["user", "add", "--username", name, "--email", &address]).succeeded();
    }
    here.run(&["group", "add", "--name", "Circle", "--owner", "maryam"]).succeeded();
    here
}

/// The one object that a command prints.
#[track_caller]
fn object(here: &Installation, args: &[&str]) -> Value {
    let finished = Finished::of(here.command(&[&["--json"], args].concat()));
    assert_eq!(finished.code, Some(0), "{args:?}: {finished:?}");
    let line = finished.stdout.strip_suffix('\n').expect("there is a line");
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
}

/// The objects that a command prints, whatever else it says.
#[track_caller]
fn objects(here: &Installation, args: &[&str]) -> Vec<Value> {
    let finished = Finished::of(here.command(&[&["--json"], args].concat()));
    finished.stdout.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

/// One field of each object that a command prints.
#[track_caller]
fn column(here: &Installation, args: &[&str], field: &str) -> Vec<Value> {
    objects(here, args).into_iter().map(|mut object| object[field].take()).collect()
}

#[track_caller]
fn assert_refused(finished: &Finished, code: i32, reason: &str) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
    assert!(finished.stderr.contains("error: ") && finished.stderr.ends_with('\n'), "{finished:?}");
    assert!(finished.stderr.contains(reason), "{reason:?} is not in {:?}", finished.stderr);
}

/// A file in the installation's folder.
fn write(here: &Installation, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(here.folder().join(name), content).expect("there is room");
}

/// What is in such a file.
#[track_caller]
fn read(here: &Installation, name: &str) -> String {
    std::fs::read_to_string(here.folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn exists(here: &Installation, name: &str) -> bool {
    here.folder().join(name).exists()
}
