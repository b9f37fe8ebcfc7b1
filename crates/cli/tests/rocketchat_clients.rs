//! Rocket.Chat's own clients, unmodified: what they do there, they do here.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::process::Command;

use guestlist_testing::postgres::new_database;

use self::support::Installation;
use self::support::clients::{ours, python, run, tools};
use self::support::process::Server;

/// A server as their own tests want it: anybody may register, and nobody is slowed down. Mail goes to the folder `mail`.
fn serve(here: &Installation) -> Server {
    let folder = here.folder().join("mail").display().to_string();
    here.serve_with(&["--registration", "on", "--rate-limits", "off", "--mail", "on", "--mail-dir", &folder])
}

fn python_client(here: &Installation) {
    let server = serve(here);
    run(python("python").arg(ours("rocketchat.py")).arg(format!("http://{}", server.address)));
    let mails = std::fs::read_dir(here.folder().join("mail")).expect("a mail was written");
    let mails: Vec<_> = mails.map(|file| std::fs::read_to_string(file.expect("it is there").path())).collect();
    let invites = |mail: &str| mail.contains("To: dina@example.org") && mail.contains("Subject: Boss invites you");
    assert!(mails.iter().flatten().any(|mail| invites(mail)), "{mails:?}");
}

#[test]
fn a_bot_of_the_python_client_manages_a_group_on_sqlite() {
    python_client(&Installation::empty());
}

#[test]
fn a_bot_of_the_python_client_manages_a_group_on_postgresql() {
    python_client(&Installation::on(&new_database()));
}

#[test]
fn a_page_of_the_api_client_manages_a_group() {
    let here = Installation::empty();
    let server = serve(&here);
    let url = format!("http://{}", server.address);
    run(Command::new("node").arg(ours("rocketchat_api_client.cjs")).arg(tools()).arg(url));
}

#[test]
fn an_old_bot_of_the_sdk_manages_a_group() {
    let here = Installation::empty();
    let server = serve(&here);
    let url = format!("http://{}", server.address);
    run(Command::new("node").arg(ours("rocketchat_sdk.cjs")).arg(tools()).env("ROCKETCHAT_URL", url));
}
