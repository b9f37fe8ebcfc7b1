//! Invitations one by one: listed, shown, sent again, changed, answered, taken back.

use rusqlite::OpenFlags;
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{FAILED, MISUSED, PARTLY, assert_refused, circle, column, object, objects};

/// Lets the invitations seem sent two hours ago. The history is not asked.
fn let_hours_pass(here: &Installation) {
    let database = here.open(OpenFlags::SQLITE_OPEN_READ_WRITE);
    database.execute("UPDATE invitations SET sent_at = sent_at - 7200000", []).expect("the schema is known");
}

/// Invites and gives the ids, in the order of the names.
fn invite(here: &Installation, names: &[&str]) -> Vec<String> {
    let args = [&["invite", "1", "--as", "maryam", "--email"], names].concat();
    let ids = column(here, &args, "invitation");
    ids.into_iter().map(|id| id.as_str().expect("everybody is invited").to_owned()).collect()
}

#[test]
fn people_are_invited_by_account_and_by_address_and_each_is_answered() {
    let here = circle();
    let args = ["invite", "1", "--as", "maryam", "--user", "amer", "maryam", "--email", "new@example.org"];
    let rows = objects(&here, &args);
    let shown: Vec<_> = rows.iter().map(|row| (row["to"].as_str().unwrap(), row["result"].as_str().unwrap())).collect();
    assert_eq!(shown, [("amer", "invited"), ("maryam", "already_member"), ("new@example.org", "invited")]);
    assert_eq!(column(&here, &args, "result"), ["renewed", "already_member", "renewed"]);
    assert_eq!(column(&here, &["invitation", "list", "circle"], "username"), [json!("amer"), Value::Null]);

    let batch = rows[0]["batch"].as_str().unwrap();
    let told = here.run(&args);
    assert!(told.stderr.contains("guestlist invitation undo 1 "), "{told:?}");
    assert_eq!(object(&here, &["invitation", "undo", "1", batch, "--as", "maryam"]), json!({ "undone": 2 }));
    assert_eq!(column(&here, &["invitation", "list", "circle"], "id").len(), 0);
    assert_eq!(column(&here, &["invitation", "list", "1", "--state", "revoked"], "id").len(), 2);

    let nobody = here.run(&["invite", "1", "--as", "maryam", "--user", "nobody"]);
    assert_refused(&nobody, FAILED, "`guestlist user list` shows who there is");
    let odd = here.run(&["invite", "1", "--as", "maryam", "--email", "odd"]);
    assert_refused(&odd, FAILED, "the e-mail address \"odd\" has a form");
    assert_refused(&here.run(&["invite", "1", "--as", "maryam"]), MISUSED, "--csv <FILE>");
    let both = here.run(&["invite", "1", "--as", "maryam", "--csv", "x.csv", "--user", "amer"]);
    assert_refused(&both, MISUSED, "cannot be used with");
}

#[test]
fn those_who_cannot_be_invited_do_not_keep_the_others() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--public", "--seats", "1"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "zayd"]);
    let got = here.run(&["--json", "invite", "1", "--as", "maryam", "--user", "amer", "maryam"]);
    assert_refused(&got, PARTLY, "1 of 2 failed; the reasons are beside them");
    let rows: Vec<Value> = got.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&rows[0]["result"], &rows[1]["result"]), (&json!("refused"), &json!("already_member")));
    let refusal = &rows[0]["refusal"];
    assert_eq!((&refusal["code"], &refusal["fact"]), (&json!("group-full"), &json!({ "count": 1, "max": 1 })));
    let got = here.run(&["invite", "1", "--as", "maryam", "--user", "amer"]);
    assert_refused(&got, FAILED, "all 1 failed");
}

#[test]
fn an_invitation_is_shown_changed_accepted_and_declined() {
    let here = circle();
    let ids = invite(&here, &["amer@example.org", "zayd@example.org"]);
    let shown = object(&here, &["invitation", "show", &ids[0]]);
    let seen = [&shown["email"], &shown["inviter"], &shown["state"], &shown["roles"]];
    assert_eq!(seen, [&json!("amer@example.org"), &json!(1), &json!("pending"), &json!([])]);
    let mut changed =
        object(&here, &["invitation", "change", &ids[0], "--as", "maryam", "--role", "moderator", "--expires", "30d"]);
    assert_eq!(changed["roles"], json!(["moderator"]));
    // Nobody was written to: mail is off here.
    changed["delivery"] = json!([]);
    assert_eq!(object(&here, &["invitation", "show", &ids[0]]), changed);
    let span = "SELECT expires_at - sent_at FROM invitations WHERE email = 'amer@example.org'";
    assert!(here.count(span) > 29 * 86_400_000, "{changed}");

    let accepted = object(&here, &["invitation", "accept", &ids[0], "--as", "amer"]);
    assert_eq!(accepted, json!({ "group": 1, "standing": "joined" }));
    let declined = object(&here, &["invitation", "decline", &ids[1], "--as", "zayd"]);
    assert_eq!(declined, json!({ "group": 1, "declined": true }));
    for (state, id) in [("accepted", &ids[0]), ("declined", &ids[1])] {
        assert_eq!(column(&here, &["invitation", "list", "1", "--state", state], "id"), [json!(id)]);
    }
    assert_eq!(column(&here, &["invitation", "list", "1", "--state", "all"], "id").len(), 2);
    let late = here.run(&["invitation", "accept", &ids[1], "--as", "zayd"]);
    assert_refused(&late, FAILED, "the invitation is over");
    let stranger = here.run(&["invitation", "accept", &ids[0], "--as", "zayd"]);
    assert_refused(&stranger, FAILED, "`guestlist invitation list GROUP` shows which there are");
    assert_refused(&here.run(&["invitation", "show", "x"]), MISUSED, "write an id as `invitation list` shows it");
    let unknown = here.run(&["invitation", "show", "01a201f3-8964-70c5-a5ff-eec4cb57b513"]);
    assert_refused(&unknown, FAILED, "`guestlist invitation list GROUP` shows which there are");
}

#[test]
fn the_silent_are_sent_their_invitations_again_and_those_of_the_last_hour_are_left_out() {
    let here = circle();
    let ids = invite(&here, &["a@example.org", "amer@example.org", "zayd@example.org"]);
    object(&here, &["invitation", "accept", &ids[1], "--as", "amer"]);
    object(&here, &["invitation", "decline", &ids[2], "--as", "zayd"]);
    let soon = here.run(&["invitation", "resend", &ids[0], "--as", "maryam"]);
    assert_refused(&soon, FAILED, "all 1 failed");
    assert!(soon.stdout.contains("sent less than an hour ago"), "{soon:?}");
    let_hours_pass(&here);
    invite(&here, &["late@example.org"]);
    let resent = here.run(&["--json", "invitation", "resend", "--silent", "circle", "--as", "maryam"]);
    assert_eq!((resent.code, resent.stderr.as_str()), (Some(0), "left out: 1 that were sent within the last hour\n"));
    let row: Value = serde_json::from_str(&resent.stdout).unwrap();
    assert_eq!(row, json!({ "id": ids[0], "result": "resent", "refusal": null }));
    assert_refused(&here.run(&["invitation", "resend", "--as", "maryam"]), MISUSED, "--silent");
}

#[test]
fn several_are_taken_back_by_one_command_each_by_itself() {
    let here = circle();
    let ids = invite(&here, &["a@example.org", "amer@example.org"]);
    object(&here, &["invitation", "accept", &ids[1], "--as", "amer"]);
    let got = here.run(&["--json", "invitation", "revoke", &ids[0], &ids[1], "--as", "maryam"]);
    assert_refused(&got, PARTLY, "1 of 2 failed");
    let rows: Vec<Value> = got.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&rows[0]["result"], &rows[1]["result"]), (&json!("revoked"), &json!("refused")));
    assert_eq!(rows[1]["refusal"]["code"], "invitation-closed");
}

#[test]
fn what_was_done_before_something_broke_is_listed_and_told_by_the_exit_code() {
    let here = circle();
    let ids = invite(&here, &["a@example.org", "b@example.org"]);
    let broken = ids[1].replace('-', "").to_uppercase();
    let trigger = format!(
        "CREATE TRIGGER broken BEFORE UPDATE ON invitations WHEN hex(NEW.id) = '{broken}'
         BEGIN SELECT RAISE(ABORT, 'as if broken'); END"
    );
    here.open(OpenFlags::SQLITE_OPEN_READ_WRITE).execute_batch(&trigger).unwrap();
    let got = here.run(&["invitation", "revoke", &ids[0], &ids[1], "--as", "maryam"]);
    assert_refused(&got, PARTLY, "what is listed was done; mend what follows");
    assert!(got.stdout.contains(&ids[0]) && !got.stdout.contains(&ids[1]), "{got:?}");
    let got = here.run(&["invitation", "revoke", &ids[1], "--as", "maryam"]);
    assert_refused(&got, FAILED, "error: ");
    assert!(got.stdout.is_empty(), "{got:?}");
}
