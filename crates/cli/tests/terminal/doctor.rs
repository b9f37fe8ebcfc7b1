//! What is wrong, and what to do about it.

use rusqlite::OpenFlags;
use serde_json::json;

use crate::support::guestlist;
use crate::support::process::Finished;
use crate::{FAILED, assert_refused, circle, column, write};

#[test]
fn a_healthy_installation_has_no_findings() {
    let here = circle();
    let looked = here.run(&["doctor"]);
    assert_eq!((looked.code, looked.stdout.as_str()), (Some(0), ""));
    let checks: Vec<_> = looked.stderr.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(checks, ["ok settings", "ok database", "ok migrations", "ok integrity", "ok history"]);
    let looked = here.run(&["doctor", "--json"]);
    assert_eq!((looked.code, looked.stdout.as_str(), looked.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn what_was_changed_behind_its_back_is_found() {
    let here = circle();
    let database = here.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
    database.execute("UPDATE memberships SET roles = 2", []).unwrap();
    database.execute("UPDATE events SET kind = 'group.changed' WHERE group_id = 1 AND seq = 1", []).unwrap();
    drop(database);
    let looked = here.run(&["doctor", "--json"]);
    assert_refused(&looked, FAILED, "each says what to do");
    let found = column(&here, &["doctor"], "found");
    assert!(found.contains(&json!("group 1: event 1, or the one before it, is not what was written")), "{found:?}");
    assert!(found.contains(&json!("group 1: member/1 is stored otherwise than it is told")), "{found:?}");
    let looked = here.run(&["doctor"]);
    assert!(looked.stderr.contains("ok integrity") && !looked.stderr.contains("ok history"), "{looked:?}");
    assert!(looked.stdout.contains("restore what they changed from a backup"), "{looked:?}");
}

#[test]
fn rows_that_refer_to_nothing_are_found() {
    let here = circle();
    let database = here.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
    database.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 1").unwrap();
    drop(database);
    let found = column(&here, &["doctor"], "found");
    assert!(
        found.contains(&json!("a row of the table memberships refers to a row of users that is not there")),
        "{found:?}"
    );
}

#[test]
fn an_identity_provider_that_cannot_be_used_or_trusted_is_found() {
    let here = circle();
    let found = |issuer: &str| {
        write(&here, "guestlist.toml", format!("issuer = {issuer:?}\nissuer_deadline = 1\n"));
        column(&here, &["doctor"], "found").iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("http://127.0.0.1:1"), ["the identity provider cannot be used"]);
    let far = found("http://id.invalid");
    assert_eq!(far.len(), 2, "{far:?}");
    assert!(far[0].contains("sign in as anybody") && far[1] == "the identity provider cannot be used", "{far:?}");
    let odd = found("id.example.org");
    assert!(odd.len() == 1 && odd[0].contains("write for instance https://"), "{odd:?}");
}

#[test]
fn settings_that_hardly_anybody_wants_are_found() {
    let here = circle();
    write(&here, "guestlist.toml", "public_url = \"http://groups.example.org\"\nrate_limits = \"off\"\n");
    let found = column(&here, &["doctor"], "found");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].as_str().unwrap().contains("for all to read"), "{found:?}");
    assert!(found[1].as_str().unwrap().contains("not limited"), "{found:?}");
    write(&here, "guestlist.toml", "listen = \"0.0.0.0:8080\"\n");
    assert!(column(&here, &["doctor"], "advice")[0].as_str().unwrap().contains("set public_url"));
    write(&here, "guestlist.toml", "listne = 1\n");
    assert_eq!(column(&here, &["doctor"], "check"), ["settings"]);
    write(&here, "guestlist.toml", "");
    let mut nowhere = guestlist(here.folder());
    nowhere.args(["--database", "sqlite://nowhere.db", "doctor"]);
    let nowhere = Finished::of(nowhere);
    assert_refused(&nowhere, FAILED, "findings: 1");
    assert!(nowhere.stdout.contains("there is no database sqlite://nowhere.db"), "{nowhere:?}");
}

#[cfg(unix)]
#[test]
fn a_database_that_others_can_read_is_found() {
    use std::os::unix::fs::PermissionsExt as _;

    let here = circle();
    std::fs::set_permissions(here.database_path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let advice = column(&here, &["doctor"], "advice");
    assert_eq!(advice, [format!("chmod 600 {}", here.database_path().display())]);
}

#[cfg(unix)]
#[test]
fn a_file_of_settings_that_holds_a_secret_and_that_others_can_read_is_found() {
    use std::os::unix::fs::PermissionsExt as _;

    let here = circle();
    let advice = |settings: &str, mode: u32| {
        write(&here, "guestlist.toml", settings);
        let file = here.folder().join("guestlist.toml");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
        column(&here, &["doctor"], "advice")
    };
    for secret in ["introspection_secret = \"s\"\n", "smtp = \"smtps://u:s@mail.example.org\"\n"] {
        assert_eq!(advice(secret, 0o644), ["chmod 600 guestlist.toml"], "{secret}");
        assert_eq!(advice(secret, 0o600), [""; 0], "{secret}");
    }
    assert_eq!(advice("log = \"info\"\n", 0o644), [""; 0]);
}

#[test]
fn what_the_environment_says_to_the_server_is_looked_at_as_what_the_file_says() {
    let here = circle();
    let findings = |name: &str, value: &str| {
        let mut doctor = here.command(&["--json", "doctor"]);
        doctor.env(name, value);
        Finished::of(doctor)
    };
    assert!(findings("GUESTLIST_LISTEN", "0.0.0.0:8080").stdout.contains("set public_url"));
    assert!(findings("GUESTLIST_PUBLIC_URL", "http://groups.example.org").stdout.contains("for all to read"));
    assert!(findings("GUESTLIST_PUBLIC_URL", "groups.example.org").stdout.contains("is not an address"));
    assert_eq!(findings("GUESTLIST_PUBLIC_URL", "https://groups.example.org").code, Some(0));
}
