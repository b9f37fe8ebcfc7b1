//! The documents as other people's programs read them: a validator, two client generators, and a fuzzer that asks the
//! server for everything that its document allows and much that it does not.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use guestlist_http::openapi::Dialect;
use serde_json::Value;

use self::support::Installation;
use self::support::process::{Finished, Server};

/// What `scripts/client-tools` installs.
fn tools() -> PathBuf {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("client-tools");
    assert!(tools.join("installed").exists(), "this test needs client generators; run scripts/client-tools first");
    tools
}

/// One of the files beside this one.
fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// A program of the Python packages.
fn python(program: &str) -> Command {
    let programs = tools().join("venv/bin");
    let mut command = Command::new(programs.join(program));
    // One of them looks for another.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&path)));
    command.env("PATH", path.expect("no folder's name has a colon"));
    command
}

/// A program of the Node packages.
fn npm(program: &str) -> Command {
    Command::new(tools().join("node_modules/.bin").join(program))
}

/// Runs a program for what it prints. Fails, with all of that, unless it did what it was asked.
#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{stdout}\n{stderr}", output.status);
    stdout.into_owned()
}

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

/// Asks the server for what the document of an API allows, and for what it does not, for so many seconds at most.
#[track_caller]
fn fuzz(dialect: Dialect, secs: u32, more_checks: &str, credentials: impl FnOnce(&Installation) -> Vec<String>) {
    let here = Installation::empty();
    here.run(&["client", "add", "--id", "app"]).succeeded();
    here.run(&["user", "add", "--username", "owner", "--email", "owner@example.org", "--admin"]).succeeded();
    here.run(&["group", "add", "--name", "Circle", "--owner", "owner"]).succeeded();
    let server = here.serve();
    let mut fuzz = python("schemathesis");
    fuzz.arg("--config-file").arg(ours("schemathesis.toml")).arg("run");
    fuzz.arg(format!("http://{}/docs/{}.json", server.address, dialect.as_str()));
    fuzz.args(["--checks", &format!("{CHECKS}{more_checks}"), "--no-color", "--max-examples", "50"]);
    fuzz.args(["--max-time", &secs.to_string()]);
    for header in credentials(&here) {
        fuzz.args(["--header", &header]);
    }
    // It leaves notes where it runs.
    let report = run(fuzz.current_dir(here.folder()));
    let all = operations(dialect);
    assert!(all > 0 && report.contains(&format!("Selected: {all}/{all}\n")), "{report}");
    server.assert_alive();
}

/// How many operations a document has.
fn operations(dialect: Dialect) -> usize {
    let document: Value = serde_json::from_str(dialect.document()).expect("a document is JSON");
    let paths = document["paths"].as_object().expect("a document has paths").values();
    paths.map(|path| path.as_object().expect("a path has operations").len()).sum()
}

#[test]
fn nothing_that_is_asked_of_the_native_api_breaks_the_server_or_its_document() {
    // Not the check that every request of the right form is accepted: a text may be in form, and still name nothing.
    let checks = ",unsupported_method,ignored_auth,missing_required_header,negative_data_rejection";
    fuzz(Dialect::Native, 60, checks, |here| vec![format!("Authorization: Bearer {}", token(here, "owner", &[]))]);
}

#[test]
fn nothing_that_is_asked_of_rocketchats_api_breaks_the_server_or_its_document() {
    fuzz(Dialect::Rocketchat, 15, "", |here| {
        let user = here.objects(&["user", "list"]).remove(0);
        let id = user["uid"].as_str().expect("a user has an id");
        vec![format!("X-Auth-Token: {}", token(here, "owner", &[])), format!("X-User-Id: {id}")]
    });
}

#[test]
fn nothing_that_is_asked_of_the_gateway_api_breaks_the_server_or_its_document() {
    fuzz(Dialect::Quran, 15, "", |here| {
        let token = token(here, "owner", &["--client", "app", "--jwt", "--ttl", "1h"]);
        vec![format!("x-auth-token: {token}"), "x-client-id: app".to_owned()]
    });
}

#[test]
fn nothing_that_is_asked_of_the_legacy_api_breaks_the_server_or_its_document() {
    fuzz(Dialect::QuranLegacy, 15, "", |here| vec![format!("o_t_h: {}", token(here, "owner", &[]))]);
}
