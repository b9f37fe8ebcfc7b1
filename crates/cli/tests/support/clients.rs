//! Other people's programs, which talk to the server.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What `scripts/client-tools` installs.
pub(crate) fn tools() -> PathBuf {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("client-tools");
    assert!(tools.join("installed").exists(), "this test needs client generators; run scripts/client-tools first");
    tools
}

/// One of the files in `clients`.
pub(crate) fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// A program of the Python packages.
pub(crate) fn python(program: &str) -> Command {
    let programs = tools().join("venv/bin");
    let mut command = Command::new(programs.join(program));
    // One of them looks for another.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&path)));
    command.env("PATH", path.expect("no folder's name has a colon"));
    command
}

/// A program of the Node packages.
pub(crate) fn npm(program: &str) -> Command {
    Command::new(tools().join("node_modules/.bin").join(program))
}

/// Runs a program for what it prints. Fails, with all of that, unless it did what it was asked.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{stdout}\n{stderr}", output.status);
    stdout.into_owned()
}
