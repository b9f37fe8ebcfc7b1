//! The documents as other people's programs read them: a validator, two client generators, and a fuzzer that asks the
//! server for everything that its document allows and much that it does not.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use guestlist_http::openapi::Dialect;
use guestlist_testing::postgres::new_database;
use serde_json::Value;

use self::support::Installation;
use self::support::clients::{npm, ours, python, run, tools};
use self::support::process::{Finished, Server};

/// A token that the command issues for `user`.
fn token(here: &Installation, user: &str, more: &[&str]) -> String {
    let args = [&["token", "issue", "--user", user], more].concat();
    here.run(&args).succeeded().stdout.trim().to_owned()
}

/// A server with two invitations for a guest, whose token goes along.
fn with_a_guest() -> (Installation, Server, String) {
    let here = Installation::empty();
    for name in ["owner", "guest"] {
        let email = format!("{name}@example.org");
        here.run(&["user", "add", "--username", name, "--email", &email]).succeeded();
    }
    let server = here.serve();
    let owner = token(&here, "owner", &[]);
    for (id, name) in [("1", "Circle"), ("2", "Square")] {
        here.run(&["group", "add", "--name", name, "--owner", "owner"]).succeeded();
        let path = format!("/v1/groups/{id}/inviteUser");
        let answer = server.connect().put(&path, &[("o_t_h", &owner)], r#"{"email":"guest@example.org"}"#);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let guest = token(&here, "guest", &[]);
    (here, server, guest)
}

/// The native API's document as the server has it, in a file.
fn save_document(server: &Server, folder: &Path) -> PathBuf {
    let answer = server.connect().get("/docs/native.json", &[]);
    assert_eq!(answer.status, 200);
    let file = folder.join("native.json");
    std::fs::write(&file, answer.body).expect("there is room for it");
    file
}

#[test]
fn every_document_is_printed_without_a_database_and_is_valid_openapi() {
    for dialect in Dialect::ALL {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        let mut command = support::guestlist(folder.path());
        command.args(["openapi", dialect.as_str()]);
        let document = Finished::of(command).succeeded().stdout;
        assert_eq!(document.trim_end(), dialect.document());
        assert_eq!(folder.path().read_dir().expect("it is there").count(), 0, "nothing was made");
        let file = folder.path().join("document.json");
        std::fs::write(&file, document).expect("there is room for it");
        run(python("python").args(["-m", "openapi_spec_validator", "--schema", "3.1"]).arg(file));
    }
}

#[test]
fn a_typescript_client_is_made_of_the_native_document_and_works() {
    let (_here, server, token) = with_a_guest();
    // Below the packages, where the compiler and the program find them.
    let folder = tempfile::tempdir_in(tools()).expect("there is room for temporary files");
    let document = save_document(&server, folder.path());
    run(npm("openapi-typescript").arg(document).arg("--output").arg(folder.path().join("native.ts")));
    for file in ["client.ts", "tsconfig.json", "package.json"] {
        std::fs::copy(ours(file), folder.path().join(file)).expect("it is there");
    }
    run(npm("tsc").arg("--project").arg(folder.path()));
    let url = format!("http://{}", server.address);
    run(Command::new("node").arg(folder.path().join("client.js")).args([&url, &token]));
}

#[test]
fn a_python_client_is_made_of_the_native_document_and_works() {
    let (_here, server, token) = with_a_guest();
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let document = save_document(&server, folder.path());
    let mut generate = python("openapi-python-client");
    generate.args(["generate", "--meta", "none", "--fail-on-warning", "--path"]).arg(document);
    run(generate.arg("--output-path").arg(folder.path().join("native")));
    let url = format!("http://{}", server.address);
    run(python("python").arg(ours("client.py")).args([&url, &token]).env("PYTHONPATH", folder.path()));
}

/// Holds for every API: no answer is a failure of the server, and each is as its document says.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance";

/// The server that is fuzzed, on a database with the group 1, "circle", of an administrator. They own another group too,
/// with a number that the fuzzer does not hit: whoever is the last owner of a group cannot be switched off.
fn with_a_target(here: &Installation) -> Server {
    here.run(&["client", "add", "--id", "app"]).succeeded();
    here.run(&["user", "add", "--username", "owner", "--email", "owner@example.org", "--admin"]).succeeded();
    here.run(&["group", "add", "--name", "Circle", "--owner", "owner"]).succeeded();
    here.run(&["group", "add", "--id", "4815162342", "--name", "Anchor", "--owner", "owner"]).succeeded();
    here.serve()
}

/// Asks the server for what the document of an API allows, and for what it does not, for so many seconds at most. `which`
/// says which operations, if not all.
#[track_caller]
fn fuzz(server: &Server, dialect: Dialect, secs: u32, more_checks: &str, credentials: &[String], which: Which) {
    let mut fuzz = python("schemathesis");
    fuzz.arg("--config-file").arg(ours("schemathesis.toml")).arg("run");
    fuzz.arg(format!("http://{}/docs/{}.json", server.address, dialect.as_str()));
    fuzz.args(["--checks", &format!("{CHECKS}{more_checks}"), "--no-color", "--max-examples", "50"]);
    fuzz.args(["--max-time", &secs.to_string()]);
    for header in credentials {
        fuzz.args(["--header", header]);
    }
    let all = operations(dialect);
    let selected = match which {
        Which::All => all,
        Which::AllBut(name) => {
            fuzz.args(["--exclude-operation-id", name]);
            all - 1
        }
        Which::Only(name) => {
            fuzz.args(["--include-operation-id", name]);
            1
        }
    };
    // It leaves notes where it runs.
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let report = run(fuzz.current_dir(folder.path()));
    assert!(all > 0 && report.contains(&format!("Selected: {selected}/{all}\n")), "{report}");
    server.assert_alive();
}

/// Which operations of a document.
#[derive(Clone, Copy)]
enum Which {
    All,
    AllBut(&'static str),
    Only(&'static str),
}

/// How many operations a document has.
fn operations(dialect: Dialect) -> usize {
    let document: Value = serde_json::from_str(dialect.document()).expect("a document is JSON");
    let paths = document["paths"].as_object().expect("a document has paths").values();
    paths.map(|path| path.as_object().expect("a path has operations").len()).sum()
}

/// Fuzzes the native API. What would end the target comes last, so that all else is asked of things that there are.
#[track_caller]
fn fuzz_native(here: &Installation) {
    const ENDS_THE_GROUP: &str = "delete_group";
    // Not the check that every request of the right form is accepted: a text may be in form, and still name nothing.
    const CHECKS: &str = ",unsupported_method,ignored_auth,missing_required_header,negative_data_rejection";
    let server = with_a_target(here);
    let credential = format!("Bearer {}", token(here, "owner", &[]));
    let credentials = [format!("Authorization: {credential}")];
    fuzz(&server, Dialect::Native, 12, CHECKS, &credentials, Which::AllBut(ENDS_THE_GROUP));
    for path in ["/guestlist/v1/me", "/guestlist/v1/groups/1"] {
        let answer = server.connect().get(path, &[("authorization", &credential)]);
        assert_eq!(answer.status, 200, "what is fuzzed must outlive it: {path} {}", answer.body);
    }
    fuzz(&server, Dialect::Native, 3, CHECKS, &credentials, Which::Only(ENDS_THE_GROUP));
}

#[test]
fn nothing_that_is_asked_of_the_native_api_breaks_the_server_or_its_document_on_sqlite() {
    fuzz_native(&Installation::empty());
}

#[test]
fn nothing_that_is_asked_of_the_native_api_breaks_the_server_or_its_document_on_postgresql() {
    fuzz_native(&Installation::on(&new_database()));
}

#[test]
fn nothing_that_is_asked_of_rocketchats_api_breaks_the_server_or_its_document() {
    let here = Installation::empty();
    let server = with_a_target(&here);
    let user = here.objects(&["user", "list"]).remove(0);
    let id = user["uid"].as_str().expect("a user has an id");
    let credentials = [format!("X-Auth-Token: {}", token(&here, "owner", &[])), format!("X-User-Id: {id}")];
    fuzz(&server, Dialect::Rocketchat, 5, "", &credentials, Which::All);
}

#[test]
fn nothing_that_is_asked_of_the_gateway_api_breaks_the_server_or_its_document() {
    let here = Installation::empty();
    let server = with_a_target(&here);
    let token = token(&here, "owner", &["--client", "app", "--jwt", "--ttl", "1h"]);
    let credentials = [format!("x-auth-token: {token}"), "x-client-id: app".to_owned()];
    fuzz(&server, Dialect::Quran, 5, "", &credentials, Which::All);
}

#[test]
fn nothing_that_is_asked_of_the_rooms_breaks_the_server_or_its_document() {
    let here = Installation::empty();
    let server = with_a_target(&here);
    let token = token(&here, "owner", &["--client", "app", "--jwt", "--ttl", "1h"]);
    let credentials = [format!("x-auth-token: {token}"), "x-client-id: app".to_owned()];
    fuzz(&server, Dialect::QuranRooms, 5, "", &credentials, Which::All);
}

#[test]
fn nothing_that_is_asked_of_the_legacy_api_breaks_the_server_or_its_document() {
    let here = Installation::empty();
    let server = with_a_target(&here);
    let credentials = [format!("o_t_h: {}", token(&here, "owner", &[]))];
    fuzz(&server, Dialect::QuranLegacy, 5, "", &credentials, Which::All);
}
