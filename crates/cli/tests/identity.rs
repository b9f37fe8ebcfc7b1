//! An identity provider of the operator's own, `oidc-provider`, and the official SDK of Quran Foundation, both unmodified.
//! Between the provider and guestlist is a network that the test disturbs.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::process::Command;
use std::time::Instant;

use guestlist_testing::postgres::new_database;

use self::support::Installation;
use self::support::clients::{ours, run, tools};
use self::support::http::{Connection, request};
use self::support::process::{LOOK_EVERY, PATIENCE, Process, Server};
use self::support::proxy::Proxy;

/// The provider, behind a network, and an installation that takes its tokens.
struct Site {
    here: Installation,
    provider: Option<Process>,
    network: Proxy,
    issuer: String,
}

impl Site {
    /// Whose provider has the key `one`.
    fn new(here: Installation) -> Self {
        let network = Proxy::to_nowhere();
        let issuer = format!("http://127.0.0.1:{}", network.port());
        let mut site = Self { here, provider: None, network, issuer };
        site.rotate("one");
        site
    }

    /// Starts the provider anew with these keys, the first of which signs from now on.
    fn rotate(&mut self, keys: &str) {
        self.provider = None;
        let mut provider = Command::new("node");
        provider.arg(ours("identity_provider.mjs")).arg(tools()).arg(&self.issuer).arg(keys);
        provider.current_dir(self.here.folder());
        let provider = Process::start(provider);
        let port = |text: &str| text.lines().next().and_then(|line| line.parse().ok());
        self.network.lead_to(provider.wait_for_output("port of the provider", port));
        self.network.reset();
        self.provider = Some(provider);
    }

    fn serve(&self, more: &[&str]) -> Server {
        self.here.serve_with(&[&["--issuer", &self.issuer], more].concat())
    }

    /// An access token of somebody who signs in.
    fn token(&self, user: &str) -> String {
        self.token_with("openid email room user", user)
    }

    fn token_with(&self, scopes: &str, user: &str) -> String {
        let args = [&self.issuer, "app", user, scopes];
        run(Command::new("node").arg(ours("sign_in.mjs")).args(args)).trim().to_owned()
    }
}

/// The status with which a token's user is told their groups, and the body.
fn groups(server: &Server, token: &str) -> (u16, String) {
    let mut connection = Connection::open(server.address);
    let headers = [("x-auth-token", token), ("x-client-id", "app")];
    connection.send(&request("GET", "/auth/v1/groups", &headers, None)).expect("it listens");
    let answer = connection.receive().expect("it answers");
    (answer.status, answer.body)
}

/// Asks until the answer has one of the statuses that `wanted` names, and none but `meanwhile` before.
#[track_caller]
fn wait_for(server: &Server, token: &str, wanted: u16, meanwhile: &[u16]) {
    let began = Instant::now();
    loop {
        let (status, body) = groups(server, token);
        if status == wanted {
            return;
        }
        assert!(meanwhile.contains(&status), "{status} {body}, while waiting for {wanted}");
        assert!(began.elapsed() < PATIENCE, "still {status} {body}, and not {wanted}");
        std::thread::sleep(LOOK_EVERY);
    }
}

fn app_of_the_sdk(here: Installation) {
    let site = Site::new(here);
    let mails = site.here.folder().join("mail");
    std::fs::create_dir(&mails).expect("there is room");
    let server = site.serve(&["--mail", "on", "--mail-dir", &mails.display().to_string()]);
    let url = format!("http://{}", server.address);
    run(Command::new("node").arg(ours("quran_sdk.mjs")).arg(tools()).args([&url, &site.issuer]).arg(mails));
}

#[test]
fn an_app_of_the_sdk_invites_and_others_accept_on_sqlite() {
    app_of_the_sdk(Installation::empty());
}

#[test]
fn an_app_of_the_sdk_invites_and_others_accept_on_postgresql() {
    app_of_the_sdk(Installation::on(&new_database()));
}

#[test]
fn while_the_provider_is_away_known_keys_go_on_and_unknown_ones_are_never_a_bad_token() {
    let mut site = Site::new(Installation::empty());
    let server = site.serve(&["--issuer-deadline", "1", "--issuer-pause", "1"]);
    let known = site.token("amina");
    assert_eq!(groups(&server, &known).0, 200);
    // The provider signs with another key now, of which guestlist has not heard.
    site.rotate("two,one");
    let unknown = site.token("amina");

    site.network.refuse();
    site.network.reset();
    // Less than a second after a look at the keys, an unknown one counts as nobody's.
    wait_for(&server, &unknown, 502, &[401]);
    let (_, body) = groups(&server, &unknown);
    assert!(body.contains(r#""type":"bad_gateway""#), "{body}");
    assert_eq!(groups(&server, &known).0, 200);

    site.network.stall();
    wait_for(&server, &unknown, 504, &[502]);
    let (_, body) = groups(&server, &unknown);
    assert!(body.contains(r#""type":"gateway_timeout""#), "{body}");
    assert_eq!(groups(&server, &known).0, 200);

    site.network.flow();
    wait_for(&server, &unknown, 200, &[502, 504]);
    assert_eq!(groups(&server, &known).0, 200);
}

#[test]
fn a_server_starts_while_its_provider_is_away_and_finds_it_later() {
    let site = Site::new(Installation::empty());
    let token = site.token("amina");
    site.network.refuse();
    site.network.reset();
    let server = site.serve(&["--issuer-pause", "1"]);
    wait_for(&server, &token, 502, &[]);
    site.network.flow();
    wait_for(&server, &token, 200, &[502]);
}

#[test]
fn tokens_of_guestlist_itself_are_not_good_where_a_provider_is_set() {
    let site = Site::new(Installation::empty());
    site.here.run(&["user", "add", "--username", "amina", "--email", "amina@example.org"]).succeeded();
    site.here.run(&["client", "add", "--id", "app"]).succeeded();
    let issue = ["token", "issue", "--user", "amina", "--client", "app", "--jwt"];
    let own = site.here.run(&issue).succeeded().stdout;
    assert_eq!(groups(&site.here.serve(), own.trim()).0, 200);
    assert_eq!(groups(&site.serve(&[]), own.trim()).0, 401);
}

#[test]
fn scopes_do_not_count_where_they_are_switched_off() {
    let site = Site::new(Installation::empty());
    let token = site.token_with("openid", "amina");
    let (status, body) = groups(&site.serve(&[]), &token);
    assert!(status == 403 && body.contains("insufficient_scope"), "{status} {body}");
    assert_eq!(groups(&site.serve(&["--scopes", "off"]), &token).0, 200);
}
