//! An invitation's way from the command line through a real mail server to a member, over restarts.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use guestlist_testing::certificates;
use guestlist_testing::smtp::MailServer;
use serde_json::Value;

use self::support::Installation;
use self::support::process::{Process, Server};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// An installation with a group, and the mail server that its servers use.
struct Post {
    here: Installation,
    smtp: MailServer,
    url: String,
}

impl Post {
    fn new() -> Self {
        let (here, _) = Installation::with_group();
        certificates::make(here.folder());
        let path = |name: &str| here.folder().join(name).display().to_string();
        let (certificate, key) = (path("server.pem"), path("server.key"));
        let args = ["--tls", "starttls", "--certificate", &certificate, "--key", &key, "--login", "us:secret"];
        let smtp = MailServer::start(env!("CARGO_TARGET_TMPDIR"), &args);
        let url = format!("smtp://us:secret@localhost:{}?sslrootcert={}", smtp.port, path("authority.pem"));
        Self { here, smtp, url }
    }

    fn serve(&self) -> Server {
        let mut command = self.here.command(&["serve", "--listen", "127.0.0.1:0", "--mail", "on"]);
        command.env("GUESTLIST_SMTP", &self.url).env("GUESTLIST_MAIL_FROM", "Circles <circles@example.org>");
        Server::of(Process::start(command))
    }

    fn invite(&self, address: &str) {
        let args = ["invite", "load", "--as", "owner", "--email", address, "--mail", "on"];
        assert_eq!(self.here.run(&args).code, Some(0));
    }

    /// The events of a group that are about mail, once there are so many.
    fn heard(&self, group: &str, number: usize) -> Vec<Value> {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let mut events = self.here.objects(&["history", group]);
            events.retain(|event| event["kind"].as_str().is_some_and(|kind| kind.starts_with("mail.")));
            if events.len() == number {
                return events;
            }
            assert!(events.len() < number && Instant::now() < end, "{events:?}");
        }
    }
}

/// The path of the page that a mail's link opens.
fn page(mail: &Value) -> String {
    assert_eq!(mail["what"], "taken", "{mail}");
    let url = mail["headers"]["list-unsubscribe"].as_str().expect("an invitation has it").trim_matches(['<', '>']);
    assert!(mail["text"].as_str().is_some_and(|text| text.contains(url)), "{mail}");
    url.split_once("/invitations/").map(|(_, secret)| format!("/invitations/{secret}")).expect("a page's address")
}

#[test]
fn an_invitation_from_the_command_line_is_mailed_once_and_its_link_makes_a_member_over_all_restarts() {
    let post = Post::new();
    // Nobody sends yet.
    post.invite("new@example.org");
    let server = post.serve();
    let mail = post.smtp.next();
    assert_eq!(
        (&mail["to"], &mail["encrypted"], &mail["user"]),
        (&Value::from("new@example.org"), &Value::from(true), &Value::from("us"))
    );
    let page = page(&mail);
    assert_eq!(post.heard("load", 1)[0]["kind"], "mail.handed-over");
    server.process.kill();

    let server = post.serve();
    let shown = server.connect().get(&page, &[]);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("Load"), "{}", shown.body);
    let accepted = server.connect().post(&format!("{page}/accept"), &FORM, "name=Bilal&password=a+long+secret");
    assert_eq!(accepted.status, 303, "{}", accepted.body);
    let members = post.here.objects(&["members", "load"]);
    assert!(members.iter().any(|member| member["name"] == "Bilal"), "{members:?}");
    // The inviter hears of it, and nothing was sent twice.
    let told = post.smtp.next();
    assert_eq!((&told["what"], &told["to"]), (&Value::from("taken"), &Value::from("owner@example.org")));
    assert_eq!(post.smtp.rest(), Vec::<Value>::new());
    let log = server.process.log();
    assert!(!log.contains('@') && !log.contains("gli_"), "{log}");
}

#[test]
fn whoever_unsubscribes_without_an_account_is_never_written_to_again() {
    let post = Post::new();
    post.invite("new@example.org");
    let server = post.serve();
    let page = page(&post.smtp.next());
    let refused = server.connect().post(&page, &FORM, "List-Unsubscribe=One-Click");
    assert_eq!(refused.status, 200, "{}", refused.body);
    post.here.run(&["group", "add", "--name", "Other", "--owner", "owner"]).succeeded();
    let args = ["invite", "other", "--as", "owner", "--email", "new@example.org", "other@example.org", "--mail", "on"];
    assert_eq!(post.here.run(&args).code, Some(0));
    assert_eq!(post.smtp.next()["to"], "other@example.org");
    // The inviter sees no difference.
    let kinds = post.heard("other", 2).into_iter().map(|event| event["kind"].clone());
    assert_eq!(kinds.collect::<Vec<_>>(), ["mail.handed-over", "mail.handed-over"]);
    assert_eq!(post.smtp.rest(), Vec::<Value>::new());
}

#[test]
fn the_inviter_sees_that_an_address_does_not_exist() {
    let post = Post::new();
    let server = post.serve();
    post.invite("nobody@example.org");
    let events = post.heard("load", 1);
    assert_eq!(events[0]["kind"], "mail.failed");
    let text = events[0].to_string();
    assert!(text.contains("550 5.1.1 (address) nobody of that name"), "{text}");
    let log = server.process.log();
    assert!(log.contains("550 5.1.1 (address)") && !log.contains('@'), "{log}");
}

#[test]
fn the_inviter_chooses_the_language_and_adds_a_note() {
    let post = Post::new();
    let args = ["invite", "load", "--as", "owner", "--email", "new@example.org", "--mail", "on"];
    let more = ["--language", "de", "--note", "Bis Freitag!"];
    assert_eq!(post.here.run(&[&args[..], &more].concat()).code, Some(0));
    let _server = post.serve();
    let mail = post.smtp.next();
    let text = mail["text"].as_str().unwrap_or_default();
    assert!(text.contains("Sie ein, der Gruppe") && text.contains("> Bis Freitag!"), "{mail}");
}

#[test]
fn a_template_that_cannot_write_a_mail_is_told_when_the_server_starts() {
    let here = Installation::empty();
    let templates = here.folder().join("templates");
    std::fs::create_dir(&templates).expect("there is room for it");
    std::fs::write(templates.join("reminder.txt"), "Hello {{ nobody }}").expect("there is room for it");
    let args = ["serve", "--listen", "127.0.0.1:0", "--mail", "on", "--mail-templates", "templates"];
    let finished = here.run(&args);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "the mail reminder cannot be written in";
    assert!(finished.stderr.contains(told) && finished.stderr.contains("reminder.txt"), "{finished:?}");
    // Beforehand, and all of it at once.
    let checked = here.run(&["mail", "check", "--mail-templates", "templates", "--json"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    // The file of settings may name them, as for the server.
    std::fs::write(here.folder().join("guestlist.toml"), "mail_templates = \"templates\"\n")
        .expect("there is room for it");
    assert_eq!(here.run(&["mail", "check"]).code, Some(1));
    let languages: BTreeSet<String> = lines(&checked.stdout).iter().map(|row| row["languages"].to_string()).collect();
    assert_eq!(languages.len(), 9, "{checked:?}");
}

#[test]
fn every_mail_can_be_looked_at_before_anybody_gets_one() {
    let here = Installation::empty();
    let checked = here.run(&["mail", "check", "--write", "pictures"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let read = |name: &str| std::fs::read_to_string(here.folder().join("pictures").join(name)).expect("it is written");
    assert!(read("invitation-ar-full.html").contains("dir=\"rtl\""));
    assert!(read("reminder-ar-en-bare.txt").contains("See the invitation"));
}

/// Takes in a report of `kind` about the mail that had this sender, as it lies in a Maildir, and says what became of it.
fn come_back(here: &Installation, sender: &str, kind: &str, fields: &str) -> Value {
    let folder = here.folder().join("returned");
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(folder.join(part)).expect("there is room for it");
    }
    let report = format!(
        "To: {sender}\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: {kind}\r\n\r\n{fields}\r\n--x--\r\n"
    );
    std::fs::write(folder.join("new/1764151200.mx"), report).expect("there is room for it");
    let taken = here.run(&["mail", "bounce", "--maildir", "returned", "--json"]);
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert!(folder.join("cur/1764151200.mx:2,S").is_file(), "it is marked as seen");
    lines(&taken.stdout).remove(0)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

const NOBODY: &str =
    "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <gone@example.org> nobody here\r\n";

#[test]
fn the_inviter_sees_that_a_mail_came_back_and_the_address_is_left_alone_until_somebody_revives_it() {
    let post = Post::new();
    let here = &post.here;
    post.invite("gone@example.org");
    let server = post.serve();
    let sender = post.smtp.next()["sender"].as_str().unwrap_or_default().to_owned();
    let row = come_back(here, &sender, "message/delivery-status", NOBODY);
    assert_eq!((&row["result"], &row["why"]), (&"hard_bounce".into(), &"550 5.1.1 (address) nobody here".into()));
    assert_eq!(come_back(here, &sender, "message/delivery-status", NOBODY)["result"], "known");

    let events = post.heard("load", 2);
    assert_eq!(events[1]["kind"], "mail.bounced");
    let invitations = lines(&here.run(&["invitation", "list", "load", "--json"]).stdout);
    let id = invitations[0]["id"].as_str().unwrap_or_default();
    let shown = here.run(&["invitation", "show", id]);
    assert!(shown.stdout.contains("this address does not exist: 550 5.1.1 (address) nobody here"), "{shown:?}");
    let told = lines(&here.run(&["invitation", "show", id, "--json"]).stdout).remove(0);
    let steps =
        told["delivery"].as_array().expect("a list").iter().map(|step| step["what"].as_str().unwrap_or_default());
    assert_eq!(steps.collect::<Vec<_>>(), ["queued", "handed_over", "bounced"], "{told}");

    // Whoever invites the address again is told at once, and nobody is written to.
    assert_eq!(here.run(&["invitation", "revoke", id, "--as", "owner"]).code, Some(0));
    post.invite("gone@example.org");
    let again = post.heard("load", 3);
    assert_eq!(again[2]["kind"], "mail.failed", "{again:?}");
    assert_eq!(here.run(&["mail", "revive", "gone@example.org"]).code, Some(0));
    let id = lines(&here.run(&["invitation", "list", "load", "--json"]).stdout)[0]["id"].to_string();
    assert_eq!(here.run(&["invitation", "revoke", id.trim_matches('"'), "--as", "owner"]).code, Some(0));
    post.invite("gone@example.org");
    assert_eq!(post.smtp.next()["to"], "gone@example.org");
    let log = server.process.log();
    assert!(!log.contains('@'), "{log}");
}

#[test]
fn whoever_complains_about_a_mail_is_never_written_to_again() {
    let post = Post::new();
    post.invite("cross@example.org");
    let _server = post.serve();
    let sender = post.smtp.next()["sender"].as_str().unwrap_or_default().to_owned();
    let fields = "Feedback-Type: abuse\r\n";
    assert_eq!(come_back(&post.here, &sender, "message/feedback-report", fields)["result"], "complaint");
    post.invite("cross@example.org");
    post.invite("other@example.org");
    assert_eq!(post.smtp.next()["to"], "other@example.org");
    let queue = post.here.run(&["mail", "queue", "--json"]);
    assert_eq!(queue.code, Some(0), "{queue:?}");
}
