//! More work than the database can take: what is too much is refused at once, what was accepted is done.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use guestlist_core::Settings;
use guestlist_testing::{Person, Reply, TestApp};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Commands that may wait (`QUEUE_MAX` of the writer), and commands that the writer may have taken up already
/// (`BATCH_MAX`).
const QUEUED_MAX: usize = 4096 + 512;

const REQUESTS: usize = 6000;

/// The group 1 of amina, with an invitation for bilal.
struct Busy {
    app: TestApp,
    amina: Person,
    bilal: Person,
    /// bilal's invitation.
    invitation: String,
    /// A signed token of amina's.
    signed: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Api {
    Legacy,
    Gateway,
    Native,
}

impl Busy {
    async fn new() -> Self {
        // More requests than one user may make are what it takes.
        let app = TestApp::with(Settings { quotas: None, ..Settings::default() }).await;
        let (amina, bilal) = (app.person("amina").await, app.person("bilal").await);
        app.group("circle", &amina).await;
        let request = app.request("PUT", "/v1/groups/1/inviteUser").legacy(&amina.token);
        assert_eq!(request.body(json!({ "userId": bilal.id() }).to_string()).send().await.status, 200);
        let mine = app.request("GET", "/guestlist/v1/invitations").bearer(&bilal).send().await.json();
        let invitation = mine["data"][0]["id"].as_str().expect("an invitation").to_owned();
        let signed = app.jwt(&amina, "group");
        Self { app, amina, bilal, invitation, signed }
    }

    /// Something to write: guest `n` is invited, or bilal accepts his invitation once more.
    fn write(&self, api: Api, n: usize) -> impl Future<Output = Reply> + Send + 'static {
        let guest = json!({ "email": guest(n) }).to_string();
        let accept = format!("/guestlist/v1/invitations/{}/accept", self.invitation);
        let request = match api {
            Api::Legacy => self.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&self.amina.token).body(guest),
            Api::Gateway => self.app.request("PUT", "/auth/v1/groups/1/inviteUser").gateway(&self.signed).body(guest),
            Api::Native => self.app.request("POST", &accept).bearer(&self.bilal),
        };
        request.send()
    }

    /// Another process that is writing and does not come to an end until the connection is dropped.
    fn hold(&self) -> Connection {
        let other = Connection::open(self.app.database()).expect("the database opens");
        other.execute_batch("BEGIN IMMEDIATE").expect("nobody else is writing");
        other
    }

    /// The addresses invited, by way of all pages of guestlist's own list.
    async fn guests(&self) -> HashSet<String> {
        let mut guests = HashSet::new();
        let mut path = "/guestlist/v1/groups/1/invitations?limit=200".to_owned();
        loop {
            let page = self.app.request("GET", &path).bearer(&self.amina).send().await.json();
            for invitation in page["data"].as_array().expect("a list") {
                if let Some(email) = invitation["email"].as_str() {
                    assert!(guests.insert(email.to_owned()), "{email} twice");
                }
            }
            let Some(cursor) = page["next_cursor"].as_str() else { return guests };
            path = format!("/guestlist/v1/groups/1/invitations?limit=200&cursor={cursor}");
        }
    }
}

fn guest(n: usize) -> String {
    format!("guest{n}@example.com")
}

fn accepted(is_new_member: bool) -> Value {
    let standing = if is_new_member { "joined" } else { "already_member" };
    json!({ "state": "accepted", "group_id": 1, "is_new_member": is_new_member, "standing": standing })
}

fn invited() -> Value {
    json!({ "success": true, "data": { "message": "User has been invited successfully." } })
}

fn server_error() -> Value {
    json!({ "success": false, "error": { "code": "ServerError", "message": "Something went wrong" } })
}

#[track_caller]
fn assert_refused(api: Api, reply: &Reply) {
    match api {
        // This API has no 503.
        Api::Legacy => reply.assert(500, server_error()),
        Api::Gateway => {
            let message = "The server is currently unable to handle the request due to a temporary overload or \
                           scheduled maintenance";
            reply.assert(503, json!({ "message": message, "type": "service_unavailable", "success": false }));
        }
        Api::Native => {
            let detail = "Too much work is waiting. Try again in a moment.";
            let title = "Service Unavailable";
            let problem = json!({
                "type": "about:blank", "title": title, "status": 503, "code": "overloaded", "detail": detail,
            });
            reply.assert(503, problem);
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
    }
    if api != Api::Legacy {
        let secs: u32 = reply.header("retry-after").parse().expect("whole seconds");
        assert!(secs >= 1, "{secs}");
    }
}

#[tokio::test]
async fn what_the_queue_cannot_hold_is_refused_at_once_and_what_it_holds_is_done() {
    let busy = Busy::new().await;
    let mut lock = Some(busy.hold());
    let mut calls: FuturesUnordered<_> = (0..REQUESTS)
        .map(|n| {
            let api = [Api::Legacy, Api::Gateway, Api::Native][n % 3];
            let call = tokio::spawn(busy.write(api, n));
            async move { (api, n, call.await) }
        })
        .collect();

    let (mut refused, mut wanted, mut new_members, mut done) = (Vec::new(), HashSet::new(), 0, 0);
    while let Some((api, n, reply)) = calls.next().await {
        let reply = reply.unwrap();
        if reply.status == 200 {
            assert!(lock.is_none(), "{api:?} was answered before it was stored");
            done += 1;
            if api == Api::Native {
                let is_new = reply.json()["is_new_member"] == true;
                reply.assert(200, accepted(is_new));
                new_members += usize::from(is_new);
            } else {
                reply.assert(200, invited());
                wanted.insert(guest(n));
            }
        } else {
            assert_refused(api, &reply);
            refused.push(api);
            // So many must be refused while nothing can be written; the rest waits, and must now be done.
            if refused.len() == REQUESTS - QUEUED_MAX {
                drop(lock.take());
            }
        }
    }

    assert_eq!(done + refused.len(), REQUESTS);
    for api in [Api::Legacy, Api::Gateway, Api::Native] {
        assert!(refused.contains(&api), "{api:?} was never refused");
    }
    assert_eq!(new_members, 1);
    assert!(busy.guests().await == wanted, "what was answered is not what is stored");
    busy.write(Api::Gateway, REQUESTS).await.assert(200, invited());
}

#[tokio::test]
async fn a_database_that_stays_busy_times_out_and_reading_goes_on_meanwhile() {
    let busy = Busy::new().await;
    let lock = busy.hold();
    let calls = [Api::Legacy, Api::Gateway, Api::Native].map(|api| tokio::spawn(busy.write(api, 0)));

    let shown = busy.app.request("GET", "/auth/v1/groups/").gateway(&busy.signed).send().await;
    assert_eq!((shown.status, &shown.json()["data"]["groups"][0]["id"]), (200, &json!(1)));

    let [legacy, gateway, native] = calls;
    legacy.await.unwrap().assert(500, server_error());
    let message = "The server was acting as a gateway or proxy and did not receive a timely response from the \
                   upstream server";
    let timeout = json!({ "message": message, "type": "gateway_timeout", "success": false });
    gateway.await.unwrap().assert(504, timeout);
    let problem = json!({
        "type": "about:blank", "title": "Gateway Timeout", "status": 504, "code": "timed_out",
        "detail": "The answer took too long. Try again later.",
    });
    native.await.unwrap().assert(504, problem);

    // Nothing of what was refused is there, and the server works again as soon as the database does.
    drop(lock);
    assert_eq!(busy.guests().await, HashSet::new());
    busy.write(Api::Gateway, 0).await.assert(200, invited());
    busy.write(Api::Native, 0).await.assert(200, accepted(true));
    assert_eq!(busy.guests().await, HashSet::from([guest(0)]));
}
