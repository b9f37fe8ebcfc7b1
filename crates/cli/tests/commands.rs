//! The commands of operators: what they print, to whom, and with which exit code.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use rusqlite::OpenFlags;
use serde_json::{Value, json};

use self::support::process::{Finished, Process, Server, address_in};
use self::support::{Installation, guestlist};

/// Exit code for what was refused or has failed.
const FAILED: i32 = 1;

/// Exit code for a wrong command line.
const MISUSED: i32 = 2;

fn run(folder: &Path, args: &[&str]) -> Finished {
    let mut command = guestlist(folder);
    command.args(args);
    Finished::of(command)
}

fn run_with_input(mut command: Command, input: &str) -> Finished {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // A command that refuses its arguments does not read, so the writing may fail.
    let writing = thread::spawn(move || stdin.write_all(input.as_bytes()).is_ok());
    let output = child.wait_with_output().expect("it is our child");
    writing.join().expect("writing may fail, but not panic");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Makes sure that a command failed for a reason that it told, and printed nothing else.
#[track_caller]
fn assert_refused(finished: &Finished, code: i32, reason: &str) {
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(code), ""), "{finished:?}");
    assert!(finished.stderr.starts_with("error: ") && finished.stderr.ends_with('\n'), "{finished:?}");
    assert!(finished.stderr.contains(reason), "{reason:?} is not in {:?}", finished.stderr);
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("it is an object").keys().map(String::as_str).collect()
}

/// Takes the time of making out of an object, having looked at it.
fn without_time(mut object: Value, name: &str) -> Value {
    let fields = object.as_object_mut().expect("it is an object");
    let time = fields.remove(name).expect("the time is there");
    let time = time.as_str().expect("a time is text");
    assert!(time.len() == 24 && time.starts_with("20") && time.ends_with('Z'), "{time}");
    object
}

#[test]
fn a_user_is_printed_with_the_same_fields_when_added_shown_listed_and_disabled() {
    let here = Installation::empty();
    let add = [
        "user",
        "add",
        "--email",
        "Amer@Quran.com",
        "--username",
        "Amer",
        "--name",
        "Amer K.",
        "--id",
        "153",
        "--uid",
        "aobEdbYhXfu5hkeqG",
        "--subject",
        "8D77A633-B49D-4978-BC1A-70BC2FDA7B4B",
        "--admin",
    ];
    let added = here.objects(&add);
    assert_eq!(added.len(), 1);
    let expected = json!({
        "id": 153,
        "uid": "aobEdbYhXfu5hkeqG",
        "subject": "8d77a633-b49d-4978-bc1a-70bc2fda7b4b",
        "username": "Amer",
        "name": "Amer K.",
        "emails": [{ "email": "Amer@Quran.com", "verified": true }],
        "admin": true,
        "active": true,
    });
    assert_eq!(without_time(added[0].clone(), "created_at"), expected);
    assert_eq!(here.objects(&["user", "show", "153"]), added);
    assert_eq!(here.objects(&["user", "list"]), added);

    let disabled = here.objects(&["user", "disable", "153"]);
    let mut expected = added[0].clone();
    expected["active"] = json!(false);
    assert_eq!(disabled, [expected]);
    assert_eq!(here.objects(&["user", "disable", "153"]), disabled, "twice is as good as once");
}

#[test]
fn what_is_not_given_is_made_up_or_null() {
    let here = Installation::empty();
    let user = &here.objects(&["user", "add", "--email", "amer@quran.com"])[0];
    assert_eq!(keys(user), ["id", "uid", "subject", "username", "name", "emails", "admin", "active", "created_at"]);
    assert_eq!((&user["id"], &user["username"], &user["name"]), (&json!(1), &Value::Null, &Value::Null));
    assert_eq!(user["uid"].as_str().map(str::len), Some(17));
    assert_eq!(user["subject"].as_str().map(str::len), Some(36));
    let second = &here.objects(&["user", "add", "--username", "second"])[0];
    assert_eq!((&second["id"], &second["emails"]), (&json!(2), &json!([])));
    let third = &here.objects(&["user", "add", "--subject", "auth0|5f7c8ec7"])[0];
    assert_eq!((&third["id"], &third["subject"]), (&json!(3), &json!("auth0|5f7c8ec7")));
}

#[test]
fn a_user_is_found_by_id_uid_username_and_address_and_nobody_by_anything_else() {
    let here = Installation::empty();
    let add = ["user", "add", "--email", "amer@quran.com", "--username", "amer.k", "--uid", "Uid-1"];
    let amer = here.objects(&add);
    // One whose username is the other's number: a number is an id first.
    here.run(&["user", "add", "--username", "1", "--email", "one@example.org"]).succeeded();
    for name in ["1", "Uid-1", "amer.k", "AMER.K", "amer@quran.com", "AMER@QURAN.COM"] {
        assert_eq!(here.objects(&["user", "show", name]), amer, "{name}");
    }
    for nobody in ["3", "0", "-1x", "uid-1", "amer", "amer@quran.org", "@", "", "' OR 1=1"] {
        let shown = here.run(&["user", "show", "--", nobody]);
        assert_refused(&shown, FAILED, "there is no user");
        assert!(shown.stderr.trim_end().ends_with("`guestlist user list` shows who there is"), "{shown:?}");
    }
}

#[test]
fn groups_are_printed_with_the_same_fields_when_added_shown_and_listed() {
    let here = Installation::empty();
    here.run(&["user", "add", "--username", "maryam", "--name", "Maryam"]).succeeded();
    let add = [
        "group",
        "add",
        "--name",
        "My Halaqa!",
        "--owner",
        "maryam",
        "--id",
        "1234",
        "--uid",
        "ByehQjC44FwMeiLbX",
        "--description",
        "Ours.",
        "--public",
    ];
    let added = here.objects(&add);
    let expected = json!({
        "id": 1234,
        "uid": "ByehQjC44FwMeiLbX",
        "slug": "my-halaqa",
        "name": "My Halaqa!",
        "description": "Ours.",
        "country": null,
        "public": true,
        "archived": false,
        "requests": false,
        "token_enough": false,
        "seats": null,
        "members": 1,
        "invitations": 0,
        "waiting": 0,
        "offer": null,
        "deleted_at": null,
    });
    assert_eq!(without_time(added[0].clone(), "created_at"), expected);
    for name in ["1234", "ByehQjC44FwMeiLbX", "my-halaqa"] {
        assert_eq!(here.objects(&["group", "show", name]), added, "{name}");
    }
    let second = here.objects(&["group", "add", "--name", "حلقتي", "--slug", "ours", "--owner", "1"]);
    assert_eq!((&second[0]["id"], &second[0]["public"]), (&json!(1235), &json!(false)));
    assert_eq!(here.objects(&["group", "list"]), [added, second].concat());
    let changed = here.objects(&["group", "update", "ours", "--as", "maryam", "--country", "Türkiye"]);
    assert_eq!((&changed[0]["country"], &changed), (&json!("Türkiye"), &here.objects(&["group", "show", "ours"])));

    let members = here.objects(&["group", "members", "my-halaqa"]);
    assert_eq!(members.len(), 1);
    let member = without_time(members[0].clone(), "joined_at");
    assert_eq!(keys(&member), ["id", "uid", "subject", "username", "name", "roles"]);
    let shown = (&member["id"], &member["username"], &member["name"], &member["roles"]);
    assert_eq!(shown, (&json!(1), &json!("maryam"), &json!("Maryam"), &json!(["owner"])));
    assert_refused(&here.run(&["group", "show", "nowhere"]), FAILED, "`guestlist group list` shows which there are");
    assert_refused(&here.run(&["group", "members", "9"]), FAILED, "`guestlist group list` shows which there are");
}

#[test]
fn clients_are_added_listed_and_removed() {
    let here = Installation::empty();
    let added = here.objects(&["client", "add", "--id", "app", "--name", "The App", "--scopes", "room  user room"]);
    let expected = json!({ "id": "app", "name": "The App", "scopes": "room user" });
    assert_eq!(without_time(added[0].clone(), "created_at"), expected);
    let plain = here.objects(&["client", "add", "--id", "Zz"]);
    assert_eq!((&plain[0]["name"], &plain[0]["scopes"]), (&json!(""), &json!("*")));
    assert_eq!(here.objects(&["client", "list"]), [plain.clone(), added.clone()].concat(), "by id");
    assert_eq!(here.objects(&["client", "remove", "app"]), added);
    assert_eq!(here.objects(&["client", "list"]), plain);
    assert_refused(&here.run(&["client", "remove", "app"]), FAILED, "`guestlist client list` shows which there are");
}

#[test]
fn people_are_shown_tables_and_an_empty_list_prints_nothing() {
    let here = Installation::empty();
    make_database(&here);
    for list in [["user", "list"], ["group", "list"], ["client", "list"]] {
        assert_eq!(here.run(&list).succeeded().stdout, "");
        assert!(here.objects(&list).is_empty());
    }
    let shown = here.run(&["user", "add", "--username", "amer", "--email", "amer@quran.com"]).succeeded().stdout;
    let rows: Vec<Vec<_>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
    let value = |heading: &str| rows.iter().find(|row| row[0] == heading).and_then(|row| row.get(1).copied());
    assert_eq!((value("id"), value("username"), value("email")), (Some("1"), Some("amer"), Some("amer@quran.com")));
    assert_eq!((value("role"), value("state"), value("name")), (Some("user"), Some("active"), None));

    let listed = here.run(&["user", "list"]).succeeded().stdout;
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    let headings: Vec<_> = lines[0].split_whitespace().collect();
    assert_eq!(headings, ["ID", "UID", "USERNAME", "NAME", "EMAIL", "SUBJECT", "ROLE", "STATE", "CREATED"]);
    assert!(lines.iter().all(|line| *line == line.trim_end()), "{listed:?}");
}

#[test]
fn a_token_is_printed_alone_and_works_and_ends_at_once_on_a_running_server() {
    let (here, _) = Installation::with_group();
    let server = here.serve();
    let issued = here.run(&["token", "issue", "--user", "owner@example.org"]).succeeded().stdout;
    let token = issued.strip_suffix('\n').unwrap();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    assert!(token.starts_with("glt_") && token.len() == 47 && token.chars().all(is_plain), "{token:?}");
    let mut connection = server.connect();
    connection.get("/v1/groups/1", &[("o_t_h", token)]).json(200);

    let tokens = here.objects(&["token", "list", "--user", "1"]);
    assert_eq!(tokens.len(), 2);
    assert_eq!(keys(&tokens[1]), ["id", "client", "scopes", "created_at", "expires_at", "revoked_at"]);
    let shown = (&tokens[1]["client"], &tokens[1]["scopes"], &tokens[1]["revoked_at"]);
    assert_eq!(shown, (&Value::Null, &json!("*"), &Value::Null));
    assert!(!tokens.iter().any(|shown| shown.to_string().contains(&token[4..])), "a list shows no secret");

    let revoked = here.objects(&["token", "revoke", tokens[1]["id"].as_str().unwrap()]);
    assert!(revoked[0]["revoked_at"].is_string(), "{revoked:?}");
    let refused = connection.get("/v1/groups/1", &[("o_t_h", token)]).json(403);
    assert_eq!(refused["error"], json!({ "code": "ForbiddenError", "message": "Invalid token" }));
    assert_eq!(here.objects(&["token", "list", "--user", "1"]).len(), 1);
    let unknown = here.run(&["token", "revoke", "01a201f3-8964-70c5-a5ff-eec4cb57b513"]);
    assert_refused(&unknown, FAILED, "`guestlist token list --user USER` shows which there are");
    assert_refused(&here.run(&["token", "revoke", "x"]), FAILED, "`token list` shows ids");
}

#[test]
fn a_token_as_json_is_one_object_and_lives_as_long_as_it_was_given() {
    let (here, _) = Installation::with_group();
    here.run(&["client", "add", "--id", "app", "--scopes", "room user"]).succeeded();
    let issued =
        here.objects(&["token", "issue", "--user", "1", "--client", "app", "--scopes", "room.read", "--ttl", "2h"]);
    assert_eq!(keys(&issued[0]), ["token"]);
    here.run(&["token", "issue", "--user", "1", "--ttl", "never"]).succeeded();
    let tokens = here.objects(&["token", "list", "--user", "1"]);
    assert_eq!((&tokens[1]["client"], &tokens[1]["scopes"]), (&json!("app"), &json!("room.read")));
    assert!(tokens[1]["expires_at"].is_string());
    assert_eq!(tokens[2]["expires_at"], Value::Null);
    let life = "SELECT expires_at - created_at FROM tokens WHERE client_id = 'app'";
    assert_eq!(here.count(life), 2 * 3600 * 1000);
    assert_eq!(here.count("SELECT max(expires_at - created_at) FROM tokens"), 30 * 86_400_000);

    let more = here.run(&["token", "issue", "--user", "1", "--client", "app", "--scopes", "group.update"]);
    assert_refused(&more, FAILED, "`guestlist client list` shows which it may");
    here.run(&["client", "remove", "app"]).succeeded();
    assert_eq!(here.objects(&["token", "list", "--user", "1"]).len(), 2, "a client takes its tokens with it");
}

#[test]
fn a_short_lived_token_expires_on_a_running_server() {
    let (here, _) = Installation::with_group();
    let server = here.serve();
    let token = here.run(&["token", "issue", "--user", "1", "--ttl", "1s"]).succeeded().stdout;
    let mut connection = server.connect();
    let begin = std::time::Instant::now();
    loop {
        let answer = connection.get("/v1/groups/1", &[("o_t_h", token.trim())]);
        if answer.status == 403 {
            assert_eq!(answer.json(403)["error"]["message"], "Token expired");
            return;
        }
        assert!(answer.status == 200 && begin.elapsed().as_secs() < 10, "{answer:?}");
        thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_signed_token_works_in_the_gateway_for_its_client_until_that_is_removed() {
    let (here, _) = Installation::with_group();
    let server = here.serve();
    here.run(&["client", "add", "--id", "app", "--scopes", "room"]).succeeded();
    here.run(&["client", "add", "--id", "other"]).succeeded();
    let token = here.run(&["token", "issue", "--user", "owner", "--client", "app", "--jwt"]).succeeded().stdout;
    let token = token.strip_suffix('\n').unwrap();
    assert_eq!(token.split('.').count(), 3, "{token}");
    let mut connection = server.connect();
    let group = connection.get("/auth/v1/groups/1", &[("x-auth-token", token), ("x-client-id", "app")]).json(200);
    assert_eq!(group["data"]["name"], "Load");
    let body = r#"{"email":"amer@quran.com"}"#;
    let headers = [("x-auth-token", token), ("x-client-id", "app")];
    connection.put("/auth/v1/groups/1/inviteUser", &headers, body).json(200);
    let other = connection.get("/auth/v1/groups/1", &[("x-auth-token", token), ("x-client-id", "other")]);
    assert_eq!(other.json(403)["type"], "forbidden");
    here.run(&["client", "remove", "app"]).succeeded();
    assert_eq!(connection.get("/auth/v1/groups/1", &headers).json(401)["type"], "unauthorized");

    assert_refused(&here.run(&["token", "issue", "--user", "1", "--jwt"]), MISUSED, "--client <CLIENT>");
    let never = here.run(&["token", "issue", "--user", "1", "--client", "other", "--jwt", "--ttl", "never"]);
    assert_refused(&never, FAILED, "give a --ttl");
    let gone = here.run(&["token", "issue", "--user", "1", "--client", "app", "--jwt"]);
    assert_refused(&gone, FAILED, "make it with `client add`");
}

#[test]
fn a_password_from_standard_input_signs_in_on_a_running_server() {
    let (here, _) = Installation::with_group();
    let server = here.serve();
    for (name, typed) in [("plain", "correct horse"), ("unix", "correct horse\n"), ("dos", "correct horse\r\n")] {
        let add = here.command(&["user", "add", "--username", name, "--password-stdin"]);
        run_with_input(add, typed).succeeded();
        let mut connection = server.connect();
        let body = json!({ "user": name, "password": "correct horse" }).to_string();
        let login = connection.post("/api/v1/login", &[], &body).json(200);
        let (user, token) = (login["data"]["userId"].as_str().unwrap(), login["data"]["authToken"].as_str().unwrap());
        let me = connection.get("/api/v1/me", &[("x-user-id", user), ("x-auth-token", token)]).json(200);
        assert_eq!(me["username"], name);
        let body = json!({ "user": name, "password": "wrong" }).to_string();
        connection.post("/api/v1/login", &[], &body).json(401);
    }
    for (bad, what) in [("", "nothing"), ("\n", "an empty line"), (&*"x".repeat(100_000), "far too much")] {
        let add = here.command(&["user", "add", "--username", "nobody", "--password-stdin"]);
        let refused = run_with_input(add, bad);
        assert_refused(&refused, FAILED, "a password has 1 to");
        assert!(!refused.stderr.contains("xxxx"), "{what} is not repeated");
    }
    assert_refused(&here.run(&["user", "show", "nobody"]), FAILED, "there is no user");
}

#[test]
fn a_disabled_user_is_refused_at_once_and_stays_a_member() {
    let (here, group) = Installation::with_group();
    here.run(&["user", "add", "--username", "amer"]).succeeded();
    let token = here.run(&["token", "issue", "--user", "amer"]).succeeded().stdout.trim().to_owned();
    let server = here.serve();
    let mut connection = server.connect();
    let owner = here.objects(&["user", "show", "owner"])[0]["uid"].as_str().unwrap().to_owned();
    let headers = [("x-user-id", owner.as_str()), ("x-auth-token", group.token.as_str())];
    connection.post("/api/v1/groups.invite", &headers, r#"{"roomName":"load","username":"amer"}"#).json(200);

    connection.get("/v1/groups/1", &[("o_t_h", &token)]).json(200);
    here.run(&["user", "disable", "amer"]).succeeded();
    connection.get("/v1/groups/1", &[("o_t_h", &token)]).json(403);
    assert_eq!(here.objects(&["group", "members", "1"]).len(), 2);
}

#[test]
fn the_last_owner_of_a_group_cannot_be_disabled_and_the_group_is_named() {
    let (here, _) = Installation::with_group();
    let refused = here.run(&["user", "disable", "owner"]);
    assert_refused(&refused, FAILED, "a group needs an owner");
    assert!(refused.stderr.contains("fact: the last owner of groups: 1"), "{refused:?}");
    assert_eq!(here.objects(&["user", "show", "owner"])[0]["active"], true);
}

/// Commands that are refused, on an installation with the users `amer` (1) and `maryam` (2), the group `circle` (1)
/// and the client `app`; and what each is told.
const REFUSED: &[(&[&str], &str)] = &[
    (&["user", "add"], "name the user in at least one way: --email, --username or --subject"),
    (&["user", "add", "--name", "Only a name"], "name the user in at least one way"),
    (&["user", "add", "--email", "amer@quran.com"], "another user has this e-mail address"),
    (&["user", "add", "--email", "AMER@quran.COM"], "another user has this e-mail address"),
    (&["user", "add", "--username", "AMER"], "another user has this username"),
    (&["user", "add", "--username", "x", "--id", "1"], "this number is taken"),
    (&["user", "add", "--username", "x", "--uid", "UidOfAmer"], "this uid is taken"),
    (&["user", "add", "--subject", "subject-of-amer"], "another user has this subject"),
    (&["user", "add", "--username", "x", "--id", "0"], "--id takes a number from 1 up"),
    (&["user", "add", "--username", "x", "--id=-5"], "--id takes a number from 1 up"),
    (&["user", "add", "--username", "x", "--id", "9007199254740991"], "numbers go from 1 to 4503599627370496"),
    (&["user", "add", "--username", "x", "--uid", "a b"], "--uid takes letters, digits and . _ -"),
    (&["user", "add", "--username", "a b"], "the username \"a b\" has a form or a character that is not allowed"),
    (&["user", "add", "--username", ""], "the username \"\" is empty"),
    (&["user", "add", "--email", "amer"], "the e-mail address \"amer\" has a form or a character"),
    (&["user", "add", "--email", ""], "the e-mail address \"\" is empty"),
    (&["user", "add", "--subject", ""], "the subject is empty"),
    (&["user", "add", "--username", "x", "--name", " "], "the name \" \" is empty"),
    (&["user", "show", "nobody"], "there is no user \"nobody\""),
    (&["user", "disable", "9"], "there is no user \"9\""),
    (&["group", "add", "--name", "X", "--owner", "nobody"], "there is no user \"nobody\""),
    (&["group", "add", "--name", "Circle", "--owner", "amer"], "another group has this slug"),
    (&["group", "add", "--name", "X", "--owner", "amer", "--slug", "circle"], "another group has this slug"),
    (&["group", "add", "--name", "X", "--owner", "amer", "--slug", "a/b"], "the slug \"a/b\" has a form"),
    (&["group", "add", "--name", "حلقتي", "--owner", "amer"], "give one with --slug"),
    (&["group", "add", "--name", "", "--owner", "amer"], "the name \"\" is empty"),
    (&["group", "add", "--name", "X", "--owner", "amer", "--id", "1"], "this number is taken"),
    (&["group", "add", "--name", "X", "--owner", "amer", "--id", "0"], "--id takes a number from 1 up"),
    (&["group", "add", "--name", "X", "--owner", "amer", "--uid", "UidOfCircle"], "this uid is taken"),
    (&["group", "add", "--name", "X", "--owner", "amer", "--uid", "é"], "--uid takes letters, digits and . _ -"),
    (&["group", "add", "--name", "X", "--owner", "maryam"], "this account is switched off"),
    (&["group", "show", "9"], "there is no group \"9\""),
    (&["group", "members", "nothing"], "there is no group \"nothing\""),
    (&["token", "issue", "--user", "nobody"], "there is no user \"nobody\""),
    (&["token", "issue", "--user", "maryam"], "this account is switched off"),
    (&["token", "issue", "--user", "amer", "--client", "none"], "there is no such client"),
    (&["token", "issue", "--user", "amer", "--client", "none", "--jwt"], "there is no client none"),
    (&["token", "issue", "--user", "amer", "--client", "a b"], "the client id has a form or a character"),
    (&["token", "issue", "--user", "amer", "--scopes", "a\"b"], "one of the scopes has a form or a character"),
    (&["token", "issue", "--user", "amer", "--client", "app", "--scopes", "user"], "may not have these scopes"),
    (
        &["token", "issue", "--user", "amer", "--client", "app", "--scopes", "user", "--jwt"],
        "may not have these scopes",
    ),
    (&["token", "list", "--user", "nobody"], "there is no user \"nobody\""),
    (&["token", "revoke", "nothing"], "\"nothing\" is no token id"),
    (&["client", "add", "--id", "app"], "there is a client with this id already"),
    (&["client", "add", "--id", "a b"], "the client id \"a b\" has a form or a character"),
    (&["client", "add", "--id", ""], "the client id \"\" is empty"),
    (&["client", "add", "--id", "x", "--scopes", "\\"], "one of the scopes has a form or a character"),
    (&["client", "remove", "none"], "there is no such client"),
];

fn with_people() -> Installation {
    let here = Installation::empty();
    let amer = ["--email", "amer@quran.com", "--uid", "UidOfAmer", "--subject", "subject-of-amer"];
    here.run(&[&["user", "add", "--username", "amer"], &amer[..]].concat()).succeeded();
    here.run(&["user", "add", "--username", "maryam"]).succeeded();
    here.run(&["user", "disable", "maryam"]).succeeded();
    here.run(&["group", "add", "--name", "Circle", "--owner", "amer", "--uid", "UidOfCircle"]).succeeded();
    here.run(&["client", "add", "--id", "app", "--scopes", "room"]).succeeded();
    here
}

#[test]
fn every_refused_command_says_why_on_standard_error_and_changes_nothing() {
    let here = with_people();
    let counts = "SELECT (SELECT count(*) FROM users) * 1000000 + (SELECT count(*) FROM \"groups\") * 10000
                  + (SELECT count(*) FROM tokens) * 100 + (SELECT count(*) FROM clients)";
    let before = here.count(counts);
    let mut wrong = Vec::new();
    for (args, reason) in REFUSED {
        for json in [&[][..], &["--json"]] {
            let got = here.run(&[args, json].concat());
            let is_told = got.stderr.starts_with("error: ") && got.stderr.contains(reason);
            if (got.code, got.stdout.as_str(), is_told) != (Some(FAILED), "", true) {
                wrong.push(format!("{args:?}: {got:?} instead of {reason:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(here.count(counts), before);
}

#[test]
fn a_disabled_user_gets_no_signed_token_either() {
    let here = with_people();
    let issued = here.run(&["token", "issue", "--user", "maryam", "--client", "app", "--jwt"]);
    assert_refused(&issued, FAILED, "this account is switched off");
}

#[test]
fn every_refusal_ends_with_what_to_do() {
    let here = with_people();
    let mut mute = Vec::new();
    for (args, _) in REFUSED {
        let got = here.run(args);
        // A hint is an option or a command to use, or a verb that asks for something. That nothing is not enough, and
        // what may be had instead, needs no further word.
        let hints =
            ["--", "`guestlist ", "`token ", "`client ", "choose ", "make ", "give ", "write ", "use ", "takes "];
        let is_told = |hint: &&str| got.stderr.contains(*hint);
        if !hints.iter().chain(&["is empty", "it may have:"]).any(is_told) {
            mute.push(format!("guestlist {}\n    {}", args.join(" "), got.stderr.trim_end()));
        }
    }
    mute.dedup();
    assert!(mute.is_empty(), "{} messages do not say what to do:\n{}", mute.len(), mute.join("\n"));
}

#[test]
fn a_wrong_command_line_is_told_apart_by_its_exit_code() {
    let here = Installation::empty();
    let wrong: &[&[&str]] = &[
        &["frobnicate"],
        &["user", "list", "--frobnicate"],
        &["user", "show"],
        &["user", "add", "--id", "many"],
        &["user", "add", "--id", "9223372036854775808"],
        &["user", "add", "--email"],
        &["group", "add", "--name", "X"],
        &["token", "issue"],
        &["token", "issue", "--user", "1", "--ttl", "1w"],
        &["token", "issue", "--user", "1", "--ttl", "0s"],
        &["client", "add"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "127.0.0.1"],
        &["serve", "--invitation-days", "0"],
        &["serve", "--invitation-days", "65536"],
        &["serve", "--invitation-days-max", "0"],
        &["serve", "--invitation-days-max", "65536"],
        &["serve", "--invitation-days-max", "never"],
        &["serve", "--members-max", "0"],
        &["serve", "--members-max", "many"],
        &["serve", "--rate-limits", "maybe"],
        &["user", "list", "--rate-limits"],
    ];
    for args in wrong {
        let got = here.run(args);
        assert_refused(&got, MISUSED, "--help");
    }
    for bare in [&[][..], &["user"], &["group"], &["token"], &["client"]] {
        let got = run(here.folder(), bare);
        assert_eq!((got.code, got.stdout.as_str()), (Some(MISUSED), ""), "{bare:?}");
        assert!(got.stderr.contains("Usage: guestlist"), "{got:?}");
    }
    assert!(!here.database_path().exists(), "no database is made for a wrong command line");
}

#[test]
fn a_postgres_that_does_not_answer_is_named_without_its_password() {
    let here = Installation::empty();
    for url in [
        "postgres://operator:hunter2@127.0.0.1:1/guestlist",
        "postgresql://operator:hunter2@127.0.0.1:1/guestlist?sslmode=require",
    ] {
        let got = run(here.folder(), &["user", "list", "--database", url]);
        assert_refused(&got, FAILED, "the database postgres://127.0.0.1:1/guestlist cannot be opened; check its URL");
        assert!(!got.stderr.contains("hunter2"), "{got:?}");
    }
    for url in [
        "postgres://operator:hunter2@db/guestlist?sslmode=hunter2",
        "postgres://operator:hunter2@db/x?nonsense=hunter2",
    ] {
        let got = run(here.folder(), &["user", "list", "--database", url]);
        assert_refused(&got, FAILED, "cannot be opened; check its URL");
        assert!(!got.stderr.contains("hunter2"), "{got:?}");
    }
}

#[test]
fn a_database_url_that_cannot_be_used_is_explained_without_its_password() {
    let here = Installation::empty();
    for url in
        ["mysql://operator:hunter2@db/guestlist", "operator:hunter2@db/guestlist", "sqlite:hunter2.db", "sqlite://", ""]
    {
        let flag = run(here.folder(), &["user", "list", "--database", url]);
        assert_refused(&flag, FAILED, "sqlite://FILE");
        assert!(!flag.stderr.contains("hunter2"), "{flag:?}");
        let mut command = guestlist(here.folder());
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("GUESTLIST_DATABASE", url);
        let environment = Finished::of(command);
        assert!(environment.stderr.contains("sqlite://FILE"), "{url}: {environment:?}");
        assert_eq!((environment.code, environment.stderr.contains("hunter2")), (Some(FAILED), false), "{url}");
        std::fs::write(here.folder().join("guestlist.toml"), format!("database = {url:?}")).unwrap();
        let file = run(here.folder(), &["user", "list"]);
        assert_refused(&file, FAILED, "sqlite://FILE");
        assert!(!file.stderr.contains("hunter2"), "{file:?}");
        std::fs::remove_file(here.folder().join("guestlist.toml")).unwrap();
    }
    let help = {
        let mut command = guestlist(here.folder());
        command.args(["user", "add", "--help"]).env("GUESTLIST_DATABASE", "postgres://operator:hunter2@db/guestlist");
        Finished::of(command).succeeded()
    };
    assert!(!help.stdout.contains("hunter2"), "{}", help.stdout);
}

/// Makes a database with nothing in it.
fn make_database(here: &Installation) {
    here.run(&["client", "add", "--id", "nobody"]).succeeded();
    here.run(&["client", "remove", "nobody"]).succeeded();
}

#[test]
fn a_mistyped_database_is_not_made_but_named() {
    let here = Installation::empty();
    for command in [&["user", "list"][..], &["group", "list"], &["client", "list"], &["token", "list", "--user", "x"]] {
        let typo = run(here.folder(), &[command, &["--database", "sqlite://typo.db"]].concat());
        assert_refused(&typo, FAILED, "there is no database sqlite://typo.db; check --database, or make one with");
    }
    assert!(!here.folder().join("typo.db").exists());
}

#[test]
fn a_database_that_cannot_be_opened_is_named_with_what_to_check() {
    let here = Installation::empty();
    let add = ["user", "add", "--username", "amer", "--database", "sqlite://nowhere/guestlist.db"];
    let missing = run(here.folder(), &add);
    assert_refused(
        &missing,
        FAILED,
        "the database sqlite://nowhere/guestlist.db cannot be opened; check that its folder",
    );
    let folder = run(here.folder(), &["user", "list", "--database", &format!("sqlite://{}", here.folder().display())]);
    assert_refused(&folder, FAILED, "cannot be opened; check that");

    let text = here.folder().join("text.db");
    std::fs::write(&text, "This is no database at all, but it is long enough to be taken for one.".repeat(100))
        .unwrap();
    let url = format!("sqlite://{}", text.display());
    for args in [&["user", "list"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let got = run(here.folder(), &[args, &["--database", &url]].concat());
        assert_refused(&got, FAILED, "cannot be opened; check that");
    }
    let left = std::fs::read(&text).unwrap();
    assert!(left.starts_with(b"This is no database"), "what is no database is left alone");
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let here = Installation::empty();
    let file = here.folder().join("guestlist.toml");
    for (text, reason) in [
        ("listne = \"127.0.0.1:1\"", "listne"),
        ("listen = \"nowhere\"", "listen"),
        ("invitation_days = 0.5", "invitation_days"),
        ("invitation_days = -1", "invitation_days"),
        ("invitation_days_max = 0", "invitation_days_max"),
        ("invitation_days_max = \"never\"", "takes a number of days from 1 to 65535, or none"),
        ("invitation_days_max = true", "takes a number of days from 1 to 65535, or none"),
        ("members_max = 0", "members_max"),
        ("members_max = \"many\"", "members_max"),
        ("rate_limits = \"maybe\"", "expected `on` or `off`"),
        ("rate_limits = false", "rate_limits"),
        ("database = 1", "database"),
        ("[server]\nlisten = \"127.0.0.1:1\"", "server"),
        ("listen", "guestlist.toml"),
        ("\u{0}", "guestlist.toml"),
    ] {
        std::fs::write(&file, text).unwrap();
        let got = run(here.folder(), &["user", "list"]);
        assert_refused(&got, FAILED, "guestlist.toml has a setting that cannot be used");
        assert!(got.stderr.contains(reason), "{got:?}");
    }
    std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    assert_refused(&run(here.folder(), &["user", "list"]), FAILED, "guestlist.toml cannot be read");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert_refused(&run(here.folder(), &["user", "list"]), FAILED, "guestlist.toml cannot be read");
    let missing = run(here.folder(), &["user", "list", "--config", "other.toml"]);
    assert_refused(&missing, FAILED, "other.toml cannot be read");
    assert!(!here.database_path().exists());
}

#[test]
fn zero_days_for_invitations_are_refused_in_the_file_as_they_are_on_the_command_line() {
    let here = Installation::empty();
    std::fs::write(here.folder().join("guestlist.toml"), "invitation_days = 0").unwrap();
    let mut process = Process::start(here.command(&["serve", "--listen", "127.0.0.1:0"]));
    let is_listening = process.wait_for_log("word", |log| {
        let is_told = log.contains("invitation_days");
        (is_told || log.contains("listening on")).then_some(!is_told)
    });
    assert!(!is_listening, "a server whose invitations expire when they are made");
    process = Process::start(here.command(&["user", "list"]));
    assert_eq!(process.wait_for_end(std::time::Duration::from_secs(10)).code, Some(FAILED));
}

#[test]
fn serving_is_refused_with_a_reason_when_its_settings_cannot_be_used() {
    let here = Installation::empty();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let got = here.run(&["serve", "--listen", &address]);
    assert_refused(&got, FAILED, &format!("{address} cannot be listened on; choose another address with --listen"));
    assert_refused(&here.run(&["serve", "--listen", "192.0.2.1:1"]), FAILED, "choose another address with --listen");
    let any = ["serve", "--listen", "127.0.0.1:0"];
    let got = here.run(&[&any[..], &["--public-url", "groups.example.org"]].concat());
    assert_refused(&got, FAILED, "write for instance https://groups.example.org");
    let got = here.run(&[&any[..], &["--log", "=="]].concat());
    assert_refused(&got, FAILED, "the log filter \"==\" is not understood");
    assert!(!here.database_path().exists(), "no database is made for a server that cannot start");
}

#[test]
fn the_database_is_that_of_the_flag_over_the_environment_over_the_file_over_the_default() {
    for (flag, environment, file, expected) in [
        (true, true, true, "flag.db"),
        (false, true, true, "environment.db"),
        (false, false, true, "file.db"),
        (false, false, false, "guestlist.db"),
        (true, false, false, "flag.db"),
        (false, true, false, "environment.db"),
    ] {
        let here = Installation::empty();
        let mut command = guestlist(here.folder());
        command.args(["user", "add", "--username", "amer"]);
        if flag {
            command.args(["--database", "sqlite://flag.db"]);
        }
        if environment {
            command.env("GUESTLIST_DATABASE", "sqlite://environment.db");
        }
        if file {
            std::fs::write(here.folder().join("guestlist.toml"), "database = \"sqlite://file.db\"").unwrap();
        }
        Finished::of(command).succeeded();
        let names = std::fs::read_dir(here.folder()).unwrap().map(|entry| entry.unwrap().file_name());
        let databases: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with(".db")).collect();
        assert_eq!(databases, [expected]);
    }
}

#[test]
fn the_address_is_that_of_the_flag_over_the_environment_over_the_file_over_the_default() {
    for (flag, environment, file, expected) in [
        (true, true, true, "127.0.0.2"),
        (false, true, true, "127.0.0.3"),
        (false, false, true, "127.0.0.4"),
        (true, false, false, "127.0.0.2"),
    ] {
        let here = Installation::empty();
        let mut command = guestlist(here.folder());
        command.arg("serve");
        if flag {
            command.args(["--listen", "127.0.0.2:0"]);
        }
        if environment {
            command.env("GUESTLIST_LISTEN", "127.0.0.3:0");
        }
        if file {
            std::fs::write(here.folder().join("guestlist.toml"), "listen = \"127.0.0.4:0\"").unwrap();
        }
        let server = Server::of(Process::start(command));
        assert_eq!(Some(server.address.ip()), expected.parse::<IpAddr>().ok());
    }
    // The port of the default may be taken on this machine; then it is named in the refusal.
    let here = Installation::empty();
    let mut command = guestlist(here.folder());
    command.arg("serve");
    let process = Process::start(command);
    process.wait_for_log("default address", |log| log.contains("127.0.0.1:8080").then_some(()));
}

#[test]
fn another_file_of_settings_is_named_by_flag_or_environment_and_replaces_the_usual_one() {
    let here = Installation::empty();
    std::fs::write(here.folder().join("guestlist.toml"), "listne = 1").unwrap();
    std::fs::write(here.folder().join("good.toml"), "database = \"sqlite://good.db\"").unwrap();
    run(here.folder(), &["--config", "good.toml", "user", "add", "--username", "amer"]).succeeded();
    assert!(here.folder().join("good.db").exists());
    let mut command = guestlist(here.folder());
    command.args(["user", "list"]).env("GUESTLIST_CONFIG", "good.toml");
    Finished::of(command).succeeded();
    assert!(!here.database_path().exists());
}

#[test]
fn the_log_of_a_server_is_json_lines_where_that_is_wanted() {
    let here = Installation::empty();
    let process = Process::start(here.command(&["serve", "--listen", "127.0.0.1:0", "--json"]));
    let line = process.wait_for_log("line", |log| log.split_once('\n').map(|(line, _)| line.to_owned()));
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert!(entry["message"].as_str().unwrap().starts_with("listening on http://127.0.0.1:"), "{entry}");
    assert_eq!((&entry["level"], &entry["database"]), (&json!("INFO"), &json!(here.database_url())));
}

#[test]
fn help_explains_commands_options_settings_and_where_they_come_from() {
    let here = Installation::empty();
    let help = run(here.folder(), &["--help"]).succeeded().stdout;
    for words in [
        "Group membership and invitations",
        "Start with `guestlist demo`",
        "flags, then GUESTLIST_* variables",
        "Usage: guestlist",
        "  serve ",
        "Serve all APIs",
        "demo ",
        "migrate ",
        "user ",
        "group ",
        "token ",
        "client ",
        "--database <URL>",
        "sqlite://FILE",
        "GUESTLIST_DATABASE",
        "--config <FILE>",
        "--json",
    ] {
        assert!(help.contains(words), "{words:?} is not in {help}");
    }
    assert!(!help.contains('\u{1b}'));
    let short = run(here.folder(), &["-h"]).succeeded().stdout;
    assert!(short.len() < help.len() && short.contains("see more with '--help'"), "{short}");

    let add = run(here.folder(), &["user", "add", "--help"]).succeeded().stdout;
    for words in [
        "Open an account",
        "Usage: guestlist user add",
        "--email <EMAIL>",
        "taken as verified",
        "--username <USERNAME>",
        "--id <ID>",
        "[default: the next free one]",
        "--uid <UID>",
        "Rocket.Chat",
        "--subject <SUBJECT>",
        "--admin",
        "--password-stdin",
        "standard input",
    ] {
        assert!(add.contains(words), "{words:?} is not in {add}");
    }
    for command in
        ["serve", "demo", "user list", "user show", "user disable", "group add", "group members", "token issue"]
    {
        let args: Vec<_> = command.split(' ').chain(["--help"]).collect();
        let help = run(here.folder(), &args).succeeded().stdout;
        assert!(help.contains(&format!("Usage: guestlist {command}")), "{help}");
    }
    let version = run(here.folder(), &["--version"]).succeeded().stdout;
    assert_eq!(version, format!("guestlist {}\n", env!("CARGO_PKG_VERSION")));
    assert!(std::fs::read_dir(here.folder()).unwrap().next().is_none(), "asking for help leaves nothing behind");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let here = Installation::empty();
    make_database(&here);
    here.add_crowd(3000);
    for args in [&["user", "list"][..], &["user", "list", "--json"]] {
        let mut child = here.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with(" ID ") || line.starts_with("{\"id\":1001,"), "{line}");
        // The reader is dropped, and with it our end of the pipe.
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
            (Some(0), ""),
            "{args:?}"
        );
    }
    let mut shell = Command::new("sh");
    let line = "\"$0\" user list --database \"$1\" | head -1; \"$0\" --help | head -1; \"$0\" user show 1001 | true";
    shell.args(["-c", line, env!("CARGO_BIN_EXE_guestlist"), &here.database_url()]).current_dir(here.folder());
    let headed = Finished::of(shell);
    assert_eq!(headed.stderr, "");
    assert_eq!(headed.stdout.lines().count(), 2, "{headed:?}");
}

#[test]
fn all_of_many_users_are_listed_once_and_in_order() {
    let here = Installation::empty();
    make_database(&here);
    here.add_crowd(1500);
    let ids: Vec<_> = here.objects(&["user", "list"]).iter().map(|user| user["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (1001..2501).collect::<Vec<_>>());
    assert_eq!(here.objects(&["user", "add", "--username", "last"])[0]["id"], 2501);
}

#[test]
fn colours_are_for_terminals_and_no_color_is_obeyed() {
    let here = Installation::empty();
    for (force, no_color, is_coloured) in [(false, false, false), (true, false, true), (true, true, false)] {
        for args in [&["user", "show", "nobody"][..], &["--frobnicate"]] {
            let mut command = here.command(args);
            if force {
                command.env("CLICOLOR_FORCE", "1");
            }
            if no_color {
                command.env("NO_COLOR", "1");
            }
            let got = Finished::of(command);
            assert_eq!(got.stderr.contains('\u{1b}'), is_coloured, "{force} {no_color}: {got:?}");
        }
    }
}

#[test]
fn commands_at_the_same_time_do_not_disturb_each_other_or_a_server() {
    let here = Installation::empty();
    let server = here.serve();
    thread::scope(|scope| {
        for number in 0..8 {
            let here = &here;
            scope.spawn(move || {
                for more in 0..3 {
                    here.run(&["user", "add", "--username", &format!("user{number}-{more}")]).succeeded();
                }
            });
        }
    });
    assert_eq!(here.objects(&["user", "list"]).len(), 24);
    server.assert_alive();
}

#[test]
fn the_first_commands_on_a_new_database_may_come_at_the_same_time() {
    let here = Installation::empty();
    thread::scope(|scope| {
        for number in 0..6 {
            let here = &here;
            scope.spawn(move || here.run(&["user", "add", "--username", &format!("user{number}")]).succeeded());
        }
    });
    let mut ids: Vec<_> = here.objects(&["user", "list"]).iter().map(|user| user["id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn the_days_of_an_invitation_are_a_setting_of_the_server() {
    let (here, group) = Installation::with_group();
    std::fs::write(here.folder().join("guestlist.toml"), "invitation_days = 3").unwrap();
    for (more, days, email) in [(&[][..], 3, "a@example.org"), (&["--invitation-days", "30"], 30, "b@example.org")] {
        let server = here.serve_with(more);
        let body = json!({ "email": email }).to_string();
        server.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], &body).json(200);
        let life = format!("SELECT expires_at - created_at FROM invitations WHERE email = '{email}'");
        assert_eq!(here.count(&life), days * 86_400_000);
    }
}

#[test]
fn the_usual_days_of_an_invitation_are_within_the_most_that_there_may_be() {
    let reason = "invitation_days is more than invitation_days_max allows; lower the one, or raise the other";
    let here = Installation::empty();
    for wrong in [
        &["--invitation-days", "367"][..],
        &["--invitation-days-max", "6"],
        &["--invitation-days", "31", "--invitation-days-max", "30"],
    ] {
        for command in
            [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"], &["demo", "--listen", "127.0.0.1:0"]]
        {
            assert_refused(&here.run(&[command, wrong].concat()), FAILED, reason);
        }
    }
    std::fs::write(here.folder().join("guestlist.toml"), "invitation_days = 40\ninvitation_days_max = 30").unwrap();
    assert_refused(&here.run(&["serve", "--listen", "127.0.0.1:0"]), FAILED, reason);
    assert!(!here.database_path().exists(), "no database is made for a server that cannot start");

    let (here, group) = Installation::with_group();
    std::fs::write(here.folder().join("guestlist.toml"), "invitation_days_max = \"none\"").unwrap();
    let server = here.serve_with(&["--invitation-days", "1000"]);
    let body = r#"{"email":"amer@example.org"}"#;
    server.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], body).json(200);
    assert_eq!(here.count("SELECT expires_at - created_at FROM invitations"), 1000 * 86_400_000);
}

#[test]
fn the_most_members_of_a_group_are_a_setting_of_the_flag_over_the_environment_over_the_file() {
    for (flag, environment, file, is_full) in [
        (None, None, None, false),
        (None, None, Some(1), true),
        (None, Some(2), Some(1), false),
        (None, Some(1), Some(2), true),
        (Some(2), Some(1), Some(1), false),
        (Some(1), Some(2), Some(2), true),
    ] {
        let (here, group) = Installation::with_group();
        if let Some(seats) = file {
            std::fs::write(here.folder().join("guestlist.toml"), format!("members_max = {seats}")).unwrap();
        }
        let mut command = here.command(&["serve", "--listen", "127.0.0.1:0"]);
        if let Some(seats) = environment {
            command.env("GUESTLIST_MEMBERS_MAX", seats.to_string());
        }
        if let Some(seats) = flag {
            command.args(["--members-max", &seats.to_string()]);
        }
        let server = Server::of(Process::start(command));
        let body = r#"{"email":"amer@example.org"}"#;
        let answer = server.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], body);
        let refused = answer.status == 422 && answer.body.contains("Group is full");
        assert_eq!(
            (answer.status, refused),
            (if is_full { 422 } else { 200 }, is_full),
            "{flag:?} {environment:?} {file:?}"
        );
    }
}

#[test]
fn the_number_of_invitations_is_limited_unless_the_operator_says_otherwise() {
    for (flag, environment, file, is_limited) in [
        (None, None, None, true),
        (None, None, Some("off"), false),
        (None, Some("on"), Some("off"), true),
        (None, Some("off"), Some("on"), false),
        (Some("on"), Some("off"), Some("off"), true),
        (Some("off"), Some("on"), Some("on"), false),
    ] {
        let (here, group) = Installation::with_group();
        here.open(OpenFlags::SQLITE_OPEN_READ_WRITE)
            .execute("UPDATE \"groups\" SET invitations_count = 10000", [])
            .unwrap();
        if let Some(switch) = file {
            std::fs::write(here.folder().join("guestlist.toml"), format!("rate_limits = \"{switch}\"")).unwrap();
        }
        let mut command = here.command(&["serve", "--listen", "127.0.0.1:0"]);
        if let Some(switch) = environment {
            command.env("GUESTLIST_RATE_LIMITS", switch);
        }
        if let Some(switch) = flag {
            command.args(["--rate-limits", switch]);
        }
        let server = Server::of(Process::start(command));
        let body = r#"{"email":"amer@example.org"}"#;
        let answer = server.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], body);
        let expected = if is_limited { 422 } else { 200 };
        assert_eq!(answer.status, expected, "{flag:?} {environment:?} {file:?}: {}", answer.body);
    }
}

#[test]
fn what_has_run_out_is_recorded_while_a_server_runs() {
    let (here, group) = Installation::with_group();
    let server = here.serve();
    let body = r#"{"email":"amer@example.org"}"#;
    server.connect().put("/v1/groups/1/inviteUser", &[("o_t_h", &group.token)], body).json(200);
    drop(server);
    here.open(OpenFlags::SQLITE_OPEN_READ_WRITE).execute("UPDATE invitations SET expires_at = 1", []).unwrap();
    // A server sweeps as soon as it starts.
    let server = here.serve();
    server.process.wait_for_log("word", |log| log.contains("recorded what had run out").then_some(()));
    assert_eq!(here.count("SELECT state FROM invitations"), 4, "expired");
}

#[test]
fn what_the_operator_changes_is_told_as_done_on_the_command_line() {
    let (here, _) = Installation::with_group();
    assert_eq!(here.count("SELECT count(DISTINCT via) FROM events"), 1);
    assert_eq!(
        here.count("SELECT count(*) FROM events WHERE via = 'command-line'"),
        here.count("SELECT count(*) FROM events")
    );
}

#[test]
fn the_public_url_is_what_people_are_shown() {
    let (here, group) = Installation::with_group();
    let server = here.serve_with(&["--public-url", "https://groups.example.org/"]);
    let shown = server.connect().get("/v1/groups/1", &[("o_t_h", &group.token)]).json(200);
    assert_eq!(shown["data"]["link"], "https://groups.example.org/groups/load");
    drop(server);
    let server = here.serve();
    let shown = server.connect().get("/v1/groups/1", &[("o_t_h", &group.token)]).json(200);
    assert_eq!(shown["data"]["link"], format!("http://{}/groups/load", server.address));
}

#[test]
fn what_a_server_says_first_is_its_address_and_its_database() {
    let here = Installation::empty();
    let process = Process::start(here.command(&["serve", "--listen", "127.0.0.1:0"]));
    let line = process.wait_for_log("line", |log| log.split_once('\n').map(|(line, _)| format!("{line}\n")));
    assert!(address_in(&line, "listening on http://").is_some(), "{line}");
    assert!(line.contains(&here.database_url()) && !line.contains('\u{1b}'), "{line}");
}
