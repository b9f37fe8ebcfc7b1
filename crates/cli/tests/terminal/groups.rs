//! Groups, members, links, requests to join, and refusals for good.

use serde_json::{Value, json};

use crate::support::process::Finished;
use crate::{FAILED, MISUSED, assert_refused, circle, column, object};

#[test]
fn a_group_is_changed_only_where_it_is_said() {
    let here = circle();
    let before = object(&here, &["group", "show", "1"]);
    let changed = object(
        &here,
        &["group", "update", "circle", "--as", "maryam", "--requests", "on", "--seats", "5", "--name", "Our Circle"],
    );
    let mut expected = before.clone();
    expected["requests"] = json!(true);
    expected["seats"] = json!(5);
    expected["name"] = json!("Our Circle");
    assert_eq!(changed, expected);
    assert_eq!(object(&here, &["group", "show", "circle"]), changed);
    let changed = object(
        &here,
        &[
            "group",
            "update",
            "1",
            "--as",
            "1",
            "--seats",
            "none",
            "--public",
            "--token-enough",
            "on",
            "--slug",
            "round",
        ],
    );
    let seen =
        [&changed["seats"], &changed["public"], &changed["token_enough"], &changed["slug"], &changed["requests"]];
    assert_eq!(seen, [&Value::Null, &json!(true), &json!(true), &json!("round"), &json!(true)]);
    let changed = object(&here, &["group", "update", "round", "--as", "1", "--private", "--description", ""]);
    assert_eq!((&changed["public"], &changed["description"]), (&json!(false), &json!("")));

    assert_refused(&here.run(&["group", "update", "1", "--as", "1"]), MISUSED, "--help");
    assert_refused(&here.run(&["group", "update", "1", "--as", "1", "--seats", "many"]), MISUSED, "or none");
    assert_refused(&here.run(&["group", "update", "1", "--as", "1", "--public", "--private"]), MISUSED, "--help");
    assert_refused(
        &here.run(&["group", "update", "1", "--as", "amer", "--name", "X"]),
        FAILED,
        "act as one of its owners",
    );
}

#[test]
fn a_rehearsal_says_what_would_be_and_changes_nothing() {
    let here = circle();
    let before = object(&here, &["group", "show", "1"]);
    let rehearsed = here.run(&["--json", "group", "update", "1", "--as", "maryam", "--name", "Other", "--dry-run"]);
    assert_eq!((rehearsed.code, rehearsed.stderr.as_str()), (Some(0), "this was a rehearsal: nothing was changed\n"));
    let would_be: Value = serde_json::from_str(&rehearsed.stdout).unwrap();
    assert_eq!(would_be["name"], "Other");
    assert_eq!(object(&here, &["group", "show", "1"]), before);
    let events = column(&here, &["history", "1"], "seq").len();
    for write in [
        &["group", "archive", "1", "--as", "maryam", "--dry-run"][..],
        &["group", "delete", "1", "--as", "maryam", "--dry-run"],
        &["invite", "1", "--user", "amer", "--as", "maryam", "--dry-run"],
        &["link", "add", "1", "--as", "maryam", "--dry-run"],
        &["refusal", "add", "--everyone", "--as", "amer", "--dry-run"],
        &["user", "add", "--username", "new", "--dry-run"],
        &["user", "disable", "amer", "--dry-run"],
        &["client", "add", "--id", "app", "--dry-run"],
        &["token", "issue", "--user", "amer", "--dry-run"],
    ] {
        let got = here.run(write);
        assert_eq!(got.code, Some(0), "{write:?}: {got:?}");
        assert!(got.stderr.contains("this was a rehearsal"), "{write:?}: {got:?}");
        assert!(
            !got.stdout.contains("gll_") && !got.stdout.contains("glt_"),
            "a secret that opens nothing is not shown: {got:?}"
        );
    }
    assert_eq!(column(&here, &["history", "1"], "seq").len(), events);
    assert_eq!(column(&here, &["history"], "kind"), ["user.added", "address.changed"].repeat(3));
    let refused = here.run(&["group", "archive", "1", "--as", "amer", "--dry-run"]);
    assert_refused(&refused, FAILED, "act as one of its owners");
}

#[test]
fn a_group_is_archived_deleted_and_brought_back() {
    let here = circle();
    let state = |group: &Value| (group["archived"].clone(), group["deleted_at"].is_string());
    assert_eq!(state(&object(&here, &["group", "archive", "circle", "--as", "maryam"])), (json!(true), false));
    assert_refused(
        &here.run(&["invite", "circle", "--user", "amer", "--as", "maryam"]),
        FAILED,
        "what to do: choose another, or take it out with `guestlist group unarchive`",
    );
    assert_eq!(state(&object(&here, &["group", "unarchive", "circle", "--as", "maryam"])), (json!(false), false));
    assert_eq!(state(&object(&here, &["group", "delete", "circle", "--as", "maryam"])), (json!(false), true));
    assert_refused(&here.run(&["group", "show", "circle"]), FAILED, "there is no group");
    // Its story can still be read, by its number.
    assert_eq!(column(&here, &["history", "1", "--after", "4"], "kind"), ["group.deleted"]);
    assert_eq!(state(&object(&here, &["group", "restore", "1", "--as", "maryam"])), (json!(false), false));
    assert_eq!(object(&here, &["group", "show", "circle"])["members"], 1);
    let stranger = here.run(&["group", "restore", "1", "--as", "amer"]);
    assert_refused(&stranger, FAILED, "there is no such group");
}

#[test]
fn a_group_is_handed_over_to_a_member_who_takes_it() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--public"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "amer"]);
    let offer = object(&here, &["group", "offer", "1", "--to", "amer", "--as", "maryam"]);
    assert_eq!((&offer["from"], &offer["to"]), (&json!(1), &json!(2)));
    assert_eq!(object(&here, &["group", "show", "1"])["offer"], offer);
    assert_eq!(object(&here, &["group", "withdraw-offer", "1", "--as", "amer"]), json!({ "offer": "withdrawn" }));
    assert_refused(&here.run(&["group", "take-over", "1", "--as", "amer"]), FAILED, "`guestlist group offer`");
    object(&here, &["group", "offer", "1", "--to", "amer", "--as", "maryam"]);
    assert_eq!(object(&here, &["group", "take-over", "1", "--as", "amer"]), json!({ "taken_over_from": 1 }));
    assert_eq!(column(&here, &["members", "1"], "roles"), [json!([]), json!(["owner"])]);
}

#[test]
fn members_get_and_lose_roles_and_go() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--public"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "amer"]);
    object(&here, &["request", "join", "1", "--as", "zayd"]);
    let give = ["member", "give-role", "1", "amer", "moderator", "--as", "maryam"];
    assert_eq!(object(&here, &give), json!({ "role": "moderator", "changed": true }));
    assert_eq!(object(&here, &give), json!({ "role": "moderator", "changed": false }));
    assert_eq!(object(&here, &["member", "remove", "1", "zayd", "--as", "amer"]), json!({ "removed": "member" }));
    let take = ["member", "take-role", "1", "amer", "moderator", "--as", "maryam"];
    assert_eq!(object(&here, &take), json!({ "role": "moderator", "changed": true }));
    assert_eq!(object(&here, &["member", "leave", "1", "--as", "amer"]), json!({ "removed": "member" }));
    assert_eq!(column(&here, &["member", "list", "1"], "username"), ["maryam"]);
    let last = here.run(&["member", "leave", "1", "--as", "maryam"]);
    assert_refused(&last, FAILED, "fact: the last owner of groups: 1");
    let odd = here.run(&["member", "give-role", "1", "amer", "king", "--as", "maryam"]);
    assert_refused(&odd, MISUSED, "write owner, moderator or leader");
}

#[test]
fn who_was_a_member_is_told_for_any_instant() {
    let here = circle();
    here.run(&["group", "update", "1", "--as", "maryam", "--public"]).succeeded();
    object(&here, &["request", "join", "1", "--as", "amer"]);
    let joined = column(&here, &["members", "1"], "joined_at").pop().unwrap();
    let joined = joined.as_str().unwrap();
    object(&here, &["member", "remove", "1", "amer", "--as", "maryam"]);
    let names = |at: &str| column(&here, &["members", "circle", "--at", at], "username");
    assert_eq!(names(joined), ["maryam", "amer"]);
    assert_eq!(names("-1d"), Vec::<Value>::new());
    assert_eq!(names("2020-01-01"), Vec::<Value>::new());
    assert_eq!(names("2100-01-01"), ["maryam"]);
    assert_eq!(column(&here, &["members", "circle"], "username"), ["maryam"]);
    assert_refused(&here.run(&["members", "1", "--at", "yesterday"]), MISUSED, "or how long ago: -90m, -12h, -1d");
}

#[test]
fn a_link_is_shown_once_used_as_often_as_may_be_and_taken_back() {
    let here = circle();
    let printed = here.run(&["link", "add", "1", "--as", "maryam", "--uses", "1"]).succeeded().stdout;
    let secret = printed.trim_end().strip_prefix("http://127.0.0.1:8080/join/").expect("it is an address");
    assert!(secret.starts_with("gll_") && secret.len() == 47, "{secret}");
    let listed = here.run(&["link", "list", "1", "--json"]).succeeded().stdout;
    assert!(!listed.contains(&secret[4..]), "a list shows no secret");
    assert_eq!(
        object(&here, &["link", "use", printed.trim_end(), "--as", "amer"]),
        json!({ "group": 1, "standing": "joined" })
    );
    let used_up = here.run(&["link", "use", secret, "--as", "zayd"]);
    assert_refused(&used_up, FAILED, "fact: 1, of at most 1");

    let mut add = here.command(&["--json", "link", "add", "1", "--as", "maryam", "--approval", "--expires", "14d"]);
    add.args(["--role", "leader"]).env("GUESTLIST_PUBLIC_URL", "https://groups.example.org/");
    let added: Value = serde_json::from_slice(&add.output().unwrap().stdout).unwrap();
    let address = added["address"].as_str().unwrap();
    assert_eq!(address, format!("https://groups.example.org/join/{}", added["secret"].as_str().unwrap()));
    assert_eq!(
        (&added["approval"], &added["roles"], &added["state"]),
        (&json!(true), &json!(["leader"]), &json!("open"))
    );
    let joined = object(&here, &["link", "use", address, "--as", "zayd"]);
    assert_eq!(joined, json!({ "group": 1, "standing": "requested" }));
    let mut elsewhere = here.command(&["link", "add", "1", "--as", "maryam"]);
    elsewhere.env("GUESTLIST_LISTEN", "127.0.0.1:9");
    let elsewhere = Finished::of(elsewhere).succeeded().stdout;
    assert!(elsewhere.starts_with("http://127.0.0.1:9/join/gll_"), "{elsewhere}");
    let id = added["id"].as_str().unwrap();
    assert_eq!(object(&here, &["link", "revoke", id, "--as", "maryam"])["state"], "revoked");
    assert_eq!(column(&here, &["link", "list", "1"], "state"), ["used-up", "revoked", "open"]);
    assert_refused(&here.run(&["link", "revoke", "x", "--as", "maryam"]), FAILED, "`guestlist link list` shows ids");
    assert_refused(&here.run(&["link", "use", "", "--as", "amer"]), FAILED, "paste the whole of it");
}

#[test]
fn requests_are_listed_approved_rejected_and_withdrawn() {
    let here = circle();
    assert_refused(
        &here.run(&["request", "join", "1", "--as", "amer"]),
        FAILED,
        "the group takes in nobody who was not invited",
    );
    here.run(&["group", "update", "1", "--as", "maryam", "--requests", "on", "--seats", "1"]).succeeded();
    for name in ["amer", "zayd"] {
        let asked = object(&here, &["request", "join", "1", "--as", name]);
        assert_eq!(asked, json!({ "group": 1, "standing": "requested" }));
    }
    let approved = object(&here, &["request", "approve", "1", "zayd", "--as", "maryam"]);
    assert_eq!(approved, json!({ "group": 1, "standing": "waiting" }));
    let listed =
        [column(&here, &["request", "list", "1"], "username"), column(&here, &["request", "list", "1"], "state")];
    assert_eq!(listed, [["amer", "zayd"], ["pending", "waiting"]]);
    assert_eq!(object(&here, &["request", "reject", "1", "amer", "--as", "maryam"])["state"], "rejected");
    assert_eq!(object(&here, &["request", "withdraw", "1", "--as", "zayd"])["state"], "withdrawn");
    assert_eq!(column(&here, &["request", "list", "1"], "user"), Vec::<Value>::new());
    assert_refused(&here.run(&["request", "approve", "1", "amer", "--as", "maryam"]), FAILED, "invite them instead");
}

#[test]
fn refusals_for_good_are_seen_and_undone_by_the_person_only() {
    let here = circle();
    for what in [&["--group", "circle"][..], &["--inviter", "maryam"], &["--everyone"]] {
        let added = object(&here, &[&["refusal", "add", "--as", "amer"], what].concat());
        assert_eq!(added["refused"], true);
    }
    assert_eq!(column(&here, &["refusal", "list", "amer"], "from"), ["group 1", "inviter 1", "everyone"]);
    let invited = object(&here, &["invite", "1", "--user", "amer", "--as", "maryam"]);
    assert_eq!(invited["result"], "invited", "to the inviter nothing shows");
    let story = here.run(&["history", "1"]).succeeded().stdout;
    assert!(!story.contains("refuses"), "{story}");
    assert_eq!(object(&here, &["refusal", "remove", "--everyone", "--as", "amer"])["refused"], false);
    assert_eq!(column(&here, &["refusal", "list", "amer"], "from"), ["group 1", "inviter 1"]);
    assert_refused(&here.run(&["refusal", "add", "--as", "amer"]), MISUSED, "--help");
}
