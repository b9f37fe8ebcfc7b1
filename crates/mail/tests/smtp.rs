//! Mail on its way through a real mail server, in all the ways in which that can go.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use guestlist_core::command::{Admission, Expiry, Invite, Target};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::InvitationId;
use guestlist_core::mail::{Mail, MailState, TryKind};
use guestlist_core::member::RoleSet;
use guestlist_core::names::Email;
use guestlist_core::ports::Clock as _;
use guestlist_core::user::UserRef;
use guestlist_mail::Transport;
use guestlist_mail::message::Sender;
use guestlist_mail::render::Templates;
use guestlist_mail::smtp::{Deadlines, Smtp, SmtpUrl};
use guestlist_mail::verp::Seal;
use guestlist_mail::worker::{AT_ONCE, Worker};
use guestlist_testing::smtp::{MailServer, until};
use guestlist_testing::{Group, Person, SeededEntropy, TestApp, certificates};
use serde_json::Value;

const TOOLS: &str = env!("CARGO_TARGET_TMPDIR");

/// A guestlist with a group whose owner invites people.
struct World {
    app: TestApp,
    owner: Person,
    group: Group,
    entropy: Arc<SeededEntropy>,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let owner = app.person("amina").await;
        let group = app.group("night-circle", &owner).await;
        Self { app, owner, group, entropy: Arc::new(SeededEntropy::new(7)) }
    }

    async fn invite(&self, address: &str) -> InvitationId {
        self.invite_all(&[address.to_owned()]).await.remove(0)
    }

    async fn invite_all(&self, addresses: &[String]) -> Vec<InvitationId> {
        let target = |address: &String| Target {
            who: UserRef::Email(Email::parse(address).unwrap()),
            invitation: InvitationId::generate(self.app.clock.now(), &*self.entropy),
        };
        let targets: Vec<Target> = addresses.iter().map(target).collect();
        let ids = targets.iter().map(|target| target.invitation).collect();
        let (by, group) = (self.owner.user.id, GroupRef::Id(self.group.group.id));
        let admission = Admission::OnAcceptance(Expiry::Usual);
        let ask =
            Invite { by, group, targets, roles: RoleSet::NONE, admission, batch: None, language: None, note: None };
        self.app.store().submit(ask).await.unwrap();
        // What is queued in a moment is taken in a later one.
        self.app.clock.advance_millis(1);
        ids
    }

    /// Whoever sends by way of the server that `url` names.
    async fn worker(&self, url: &str, deadlines: Deadlines) -> Worker {
        let smtp = Smtp::new(&SmtpUrl::parse(url).unwrap(), u32::try_from(AT_ONCE).unwrap(), deadlines).unwrap();
        let key = self.app.store().read().mail_key().await.unwrap();
        Worker {
            clock: self.app.clock.clone(),
            entropy: self.entropy.clone(),
            templates: Templates::built_in().unwrap(),
            transport: Transport::Smtp(Box::new(smtp)),
            sender: Sender::new("Circles <circles@example.org>", None, key).unwrap(),
            installation: "Circles".to_owned(),
            public_url: "https://circles.example.org".to_owned(),
            told: Box::new(|_| {}),
        }
    }

    /// Sends by way of `url` for as long as `meanwhile` takes.
    async fn sending(&self, url: &str, meanwhile: impl Future<Output = ()>) {
        self.worker(url, Deadlines::default()).await.run(self.app.store(), meanwhile).await;
    }

    async fn mail(&self, invitation: InvitationId) -> Mail {
        let mails = self.app.store().read().mails_about(self.group.group.id, invitation).await.unwrap();
        mails.into_iter().next().unwrap()
    }

    async fn becomes(&self, invitation: InvitationId, state: MailState, tries: usize) -> Mail {
        let mut mail = self.mail(invitation).await;
        let becomes = async {
            while (mail.state, mail.tries.len()) != (state, tries) {
                tokio::time::sleep(Duration::from_millis(20)).await;
                mail = self.mail(invitation).await;
            }
        };
        let has_become = tokio::time::timeout(Duration::from_mins(1), becomes).await;
        assert!(has_become.is_ok(), "{state:?} after {tries} attempts, but it is {mail:?}");
        mail
    }

    /// Moves the clock to when every mail that waits is due.
    fn wait_for_the_next_attempt(&self) {
        self.app.clock.advance_millis(5 * 3_600_000);
    }
}

fn plain(server: &MailServer) -> String {
    format!("smtp://127.0.0.1:{}?tls=none", server.port)
}

fn replies(mail: &Mail) -> Vec<(TryKind, &str)> {
    mail.tries.iter().map(|one| (one.what, one.reply.as_ref().map_or("", |reply| reply.as_str()))).collect()
}

/// A folder with certificates, and a server with one of them.
fn encrypted(kind: &str) -> (tempfile::TempDir, MailServer) {
    let folder = tempfile::tempdir().unwrap();
    certificates::make(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("server.pem"), path("server.key"));
    let args = ["--tls", kind, "--certificate", &certificate, "--key", &key, "--login", "us:p@ss/word"];
    let server = MailServer::start(TOOLS, &args);
    (folder, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_over_starttls_and_over_tls_with_a_login() {
    for (kind, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
        let world = World::new().await;
        let (folder, server) = encrypted(kind);
        let roots = folder.path().join("authority.pem");
        let login = "us:p%40ss%2Fword";
        let url = format!("{scheme}://{login}@localhost:{}?sslrootcert={}", server.port, roots.display());
        let invitation = world.invite("new@example.org").await;
        world.sending(&url, async { _ = world.becomes(invitation, MailState::HandedOver, 1).await }).await;

        let taken = server.next();
        assert_eq!(taken["what"], "taken", "{taken}");
        assert_eq!(
            (&taken["to"], &taken["encrypted"], &taken["user"]),
            (&Value::from("new@example.org"), &Value::from(true), &Value::from("us"))
        );
        let key = world.app.store().read().mail_key().await.unwrap();
        let id = world.mail(invitation).await.id;
        assert_eq!(Seal::new(key).read(taken["sender"].as_str().unwrap()), Some(id), "{taken}");
        let header = |name: &str| taken["headers"][name].as_str().unwrap_or_default().to_owned();
        assert_eq!(header("message-id"), format!("<{id}@example.org>"));
        assert_eq!(header("from"), "Circles <circles@example.org>");
        assert_eq!(header("to"), "new@example.org");
        assert_eq!(header("auto-submitted"), "auto-generated");
        assert_eq!(header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
        let url = header("list-unsubscribe");
        let url = url.trim_matches(['<', '>']);
        assert!(url.starts_with("https://circles.example.org/invitations/gli_"), "{url}");
        assert!(taken["text"].as_str().unwrap().contains(url), "{taken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_server_that_cannot_be_trusted_or_that_does_not_let_us_in() {
    let world = World::new().await;
    let (folder, server) = encrypted("starttls");
    let unencrypted = MailServer::start(TOOLS, &[]);
    let invitation = world.invite("new@example.org").await;
    let url = |login: &str, server: &MailServer, root: &str| {
        let root = folder.path().join(root);
        format!("smtp://{login}@localhost:{}?sslrootcert={}", server.port, root.display())
    };
    let urls = [
        url("us:p%40ss%2Fword", &server, "stranger.pem"),
        url("us:wrong", &server, "authority.pem"),
        url("us:p%40ss%2Fword", &unencrypted, "authority.pem"),
    ];
    for (tries, url) in urls.iter().enumerate() {
        world.sending(url, async { _ = world.becomes(invitation, MailState::Queued, tries + 1).await }).await;
        world.wait_for_the_next_attempt();
    }
    let mail = world.mail(invitation).await;
    assert!(replies(&mail).iter().all(|(what, reply)| *what == TryKind::Deferred && !reply.is_empty()), "{mail:?}");
    assert!(replies(&mail)[1].1.starts_with("535 "), "{mail:?}");
    assert_eq!((server.rest(), unencrypted.rest()), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_turned_away_for_now_is_tried_again() {
    let world = World::new().await;
    let server = MailServer::start(TOOLS, &[]);
    let invitation = world.invite("later@example.org").await;
    world
        .sending(&plain(&server), async {
            let mail = world.becomes(invitation, MailState::Queued, 1).await;
            assert_eq!(replies(&mail), [(TryKind::Deferred, "451 4.7.1 try again in a minute")]);
            world.wait_for_the_next_attempt();
            world.becomes(invitation, MailState::HandedOver, 2).await;
        })
        .await;
    let happened: Vec<_> = server.rest().iter().map(|one| one["what"].clone()).collect();
    assert_eq!(happened, ["deferred", "taken"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_any_writing_is_written_to_if_the_server_can() {
    let world = World::new().await;
    let invitation = world.invite("أمينة@example.org").await;
    let other = world.invite("günther@example.org").await;
    let knowing = MailServer::start(TOOLS, &[]);
    world
        .sending(&plain(&knowing), async {
            world.becomes(invitation, MailState::HandedOver, 1).await;
            world.becomes(other, MailState::HandedOver, 1).await;
        })
        .await;
    let mut taken: Vec<_> = knowing.rest().iter().map(|one| one["to"].as_str().unwrap().to_owned()).collect();
    taken.sort();
    assert_eq!(taken, ["günther@example.org", "أمينة@example.org"]);

    let ignorant = MailServer::start(TOOLS, &["--ascii"]);
    let third = world.invite("zoë@example.org").await;
    world
        .sending(&plain(&ignorant), async {
            let mail = world.becomes(third, MailState::Failed, 1).await;
            assert!(!replies(&mail)[0].1.is_empty(), "{mail:?}");
        })
        .await;
    assert!(ignorant.rest().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_refused_is_not_tried_again_and_nothing_more_is_sent_to_an_address_that_nobody_has() {
    let world = World::new().await;
    let server = MailServer::start(TOOLS, &[]);
    let nobody = world.invite("nobody@example.org").await;
    let unwanted = world.invite("unwanted@example.org").await;
    world
        .sending(&plain(&server), async {
            let mail = world.becomes(nobody, MailState::Failed, 1).await;
            assert_eq!(replies(&mail), [(TryKind::Failed, "550 5.1.1 (address) nobody of that name")]);
            let mail = world.becomes(unwanted, MailState::Failed, 1).await;
            assert_eq!(replies(&mail), [(TryKind::Failed, "554 5.7.1 not from you")]);
        })
        .await;
    let asked = |server: &MailServer| {
        let mut asked: Vec<_> = server.rest().iter().map(|one| one["to"].as_str().unwrap().to_owned()).collect();
        asked.sort();
        asked
    };
    assert_eq!(asked(&server), ["nobody@example.org", "unwanted@example.org"]);

    // Invited again, in a group that knows nothing of it.
    let other = World { group: world.app.group("day-circle", &world.owner).await, ..world };
    let again = [other.invite("nobody@example.org").await, other.invite("unwanted@example.org").await];
    other
        .sending(&plain(&server), async {
            for invitation in again {
                other.becomes(invitation, MailState::Failed, 1).await;
            }
        })
        .await;
    assert_eq!(asked(&server), ["unwanted@example.org"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_costs_an_attempt_and_a_repeated_mail_can_be_told_by_its_name() {
    let world = World::new().await;
    let server = MailServer::start(TOOLS, &[]);
    let invitations = [world.invite("cut@example.org").await, world.invite("lost@example.org").await];
    world
        .sending(&plain(&server), async {
            for invitation in invitations {
                world.becomes(invitation, MailState::Queued, 1).await;
            }
            world.wait_for_the_next_attempt();
            for invitation in invitations {
                let mail = world.becomes(invitation, MailState::HandedOver, 2).await;
                assert_eq!(mail.tries[0].what, TryKind::Deferred, "{mail:?}");
            }
        })
        .await;
    let happened = server.rest();
    let names = |address: &str| {
        let taken = happened.iter().filter(|one| one["what"] == "taken" && one["to"] == address);
        taken.map(|one| one["headers"]["message-id"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names("cut@example.org").len(), 1, "{happened:?}");
    let [first, second] = names("lost@example.org")[..] else { panic!("{happened:?}") };
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_is_waited_for_and_a_too_slow_one_is_not() {
    let world = World::new().await;
    let server = MailServer::start(TOOLS, &["--slow", "2"]);
    let invitation = world.invite("slow@example.org").await;
    let impatient = Deadlines { step: Duration::from_secs(1), mail: Duration::from_secs(1) };
    let worker = world.worker(&plain(&server), impatient).await;
    worker.run(world.app.store(), async { _ = world.becomes(invitation, MailState::Queued, 1).await }).await;
    world.wait_for_the_next_attempt();
    world.sending(&plain(&server), async { _ = world.becomes(invitation, MailState::HandedOver, 2).await }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_a_server_that_is_down() {
    let world = World::new().await;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let invitations = [world.invite("one@example.org").await, world.invite("two@example.org").await];
    let url = format!("smtp://127.0.0.1:{port}?tls=none");
    world
        .sending(&url, async {
            for invitation in invitations {
                world.becomes(invitation, MailState::Queued, 1).await;
            }
            let server = MailServer::start(TOOLS, &["--port", &port.to_string()]);
            world.wait_for_the_next_attempt();
            for invitation in invitations {
                world.becomes(invitation, MailState::HandedOver, 2).await;
            }
            assert_eq!(server.rest().len(), 2);
        })
        .await;
}

/// Every mail arrives, and only what was under way when the worker died may arrive twice, under the same name.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_mails_none_is_lost_and_few_are_sent_twice_when_the_worker_dies_ten_times() {
    const MAILS: usize = 1_000;
    const DEATHS: usize = 10;
    let world = World::new().await;
    let server = MailServer::start(TOOLS, &[]);
    // Many domains, so that the lanes of domains are no bound.
    let addresses: Vec<String> = (0..MAILS).map(|n| format!("guest{n}@example-{}.org", n % 40)).collect();
    for part in addresses.chunks(1000) {
        world.invite_all(part).await;
    }
    let mut taken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let hear = |taken: &mut BTreeMap<String, Vec<String>>, happened: Value| {
        assert_eq!(happened["what"], "taken", "{happened}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        taken.entry(text(&happened["to"])).or_default().push(text(&happened["headers"]["message-id"]));
    };
    for death in 1..=DEATHS {
        let worker = world.worker(&plain(&server), Deadlines::default()).await;
        // Dropped in the middle of whatever it does, as a process that is killed.
        tokio::select! {
            () = worker.run(world.app.store(), std::future::pending()) => unreachable!("nobody stops it"),
            () = until("a part of the mails", async || {
                server.rest().into_iter().for_each(|happened| hear(&mut taken, happened));
                taken.len() >= MAILS * death / (DEATHS + 1)
            }) => {}
        }
        // What it had taken is given up when its lease has run out.
        world.app.clock.advance_millis(46_000);
    }
    world
        .sending(&plain(&server), async {
            until("all mails", async || {
                server.rest().into_iter().for_each(|happened| hear(&mut taken, happened));
                taken.len() == MAILS && world.app.store().read().next_mail_at().await.unwrap().is_none()
            })
            .await;
        })
        .await;
    let repeated: usize = taken.values().map(|names| names.len() - 1).sum();
    println!("{repeated} of {MAILS} mails were sent twice");
    assert!(repeated <= DEATHS * AT_ONCE, "{repeated}");
    for (address, names) in &taken {
        assert!(names.iter().all(|name| name == &names[0]), "{address}: {names:?}");
    }
}
