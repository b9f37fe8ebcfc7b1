//! Inviting people to the server by mail (5.7).

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use guestlist_core::command::RefuseInvitations;
use guestlist_core::names::Email;
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::user::User;
use guestlist_http::greeter::Greeter;
use guestlist_testing::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::invalid_body;

/// Keeps what it is to send, and fails if it is to.
#[derive(Default)]
struct Outbox {
    sent: Mutex<Vec<(String, Vec<String>)>>,
    is_broken: bool,
}

impl Greeter for Outbox {
    fn greet<'a>(&'a self, by: &'a User, to: &'a [Email]) -> BoxFuture<'a, Result<(), String>> {
        let to = to.iter().map(ToString::to_string).collect();
        self.sent.lock().unwrap().push((by.uid.to_string(), to));
        let result = if self.is_broken { Err("451 4.3.0 try later".to_owned()) } else { Ok(()) };
        Box::pin(async { result })
    }
}

async fn ask(app: &TestApp, caller: &Person, body: Value) -> Reply {
    let request = app.request("POST", "/api/v1/sendInvitationEmail").rocketchat(caller);
    request.header("content-type", "application/json").body(body.to_string()).send().await
}

fn failed(error: &str) -> Value {
    json!({ "success": false, "error": error })
}

#[tokio::test]
async fn an_administrator_invites_people_to_the_server() {
    let outbox = Arc::new(Outbox::default());
    let app = TestApp::with_greeter(outbox.clone()).await;
    let root = app.admin("root").await;
    let emails = json!(["carla@example.org", "no address", "carla@EXAMPLE.org", "dina@example.org"]);
    ask(&app, &root, json!({ "emails": emails })).await.assert(200, json!({ "success": true }));
    let to = ["carla@EXAMPLE.org", "dina@example.org"].map(str::to_owned).to_vec();
    assert_eq!(*outbox.sent.lock().unwrap(), [(root.uid().to_owned(), to)]);
}

#[tokio::test]
async fn whoever_refuses_invitations_is_not_written_to_and_nobody_is_told() {
    let outbox = Arc::new(Outbox::default());
    let app = TestApp::with_greeter(outbox.clone()).await;
    let (root, bilal) = (app.admin("root").await, app.person("bilal").await);
    let refuse = RefuseInvitations { by: Some(bilal.user.id), invitation: None, from: InvitationsFrom::Everyone };
    app.store().submit(refuse).await.unwrap();
    let emails = json!(["bilal@example.org", "carla@example.org"]);
    ask(&app, &root, json!({ "emails": emails })).await.assert(200, json!({ "success": true }));
    assert_eq!(outbox.sent.lock().unwrap()[0].1, ["carla@example.org"]);
}

#[tokio::test]
async fn who_may_not_and_what_is_no_address_is_refused_before_anything_is_sent() {
    let outbox = Arc::new(Outbox::default());
    let app = TestApp::with_greeter(outbox.clone()).await;
    let (root, amina) = (app.admin("root").await, app.person("amina").await);
    let emails = json!({ "emails": ["carla@example.org"] });
    ask(&app, &amina, emails).await.assert(400, failed("Not allowed [error-not-allowed]"));
    let none = failed("No valid email addresses [error-email-send-failed]");
    for emails in [json!([]), json!(["carla", "@", "a@b\r\nBcc: eve@example.org"])] {
        ask(&app, &root, json!({ "emails": emails })).await.assert(400, none.clone());
    }
    let many: Vec<_> = (0..101).map(|n| format!("p{n}@example.org")).collect();
    let many = ask(&app, &root, json!({ "emails": many })).await;
    let why = "Error trying to send email: one call writes to at most 100 addresses [error-email-send-failed]";
    many.assert(400, failed(why));
    ask(&app, &root, json!({})).await.assert(400, invalid_body("must have required property 'emails'"));
    assert_eq!(*outbox.sent.lock().unwrap(), []);
}

#[tokio::test]
async fn whoever_asks_is_told_that_a_mail_did_not_leave() {
    let app = TestApp::with_greeter(Arc::new(Outbox { is_broken: true, ..Outbox::default() })).await;
    let emails = json!({ "emails": ["carla@example.org"] });
    let error = "Error trying to send email: 451 4.3.0 try later [error-email-send-failed]";
    ask(&app, &app.admin("root").await, emails.clone()).await.assert(400, failed(error));
    let app = TestApp::new().await;
    let error = "Error trying to send email: this server sends no mail [error-email-send-failed]";
    ask(&app, &app.admin("root").await, emails).await.assert(400, failed(error));
}
