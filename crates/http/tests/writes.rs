//! What every write of guestlist's own API takes: a key, a rehearsal, a version. Shown on the answer to an invitation.

use futures_util::future::join_all;
use guestlist_core::command::Leave;
use guestlist_core::group::GroupRef;
use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const DAY_MILLIS: i64 = 86_400_000;

/// Amina has invited bilal to her group.
struct Invited {
    app: TestApp,
    amina: Person,
    bilal: Person,
    group: Group,
    invitation: String,
}

impl Invited {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (amina, bilal) = (app.person("amina").await, app.person("bilal").await);
        let group = app.group("circle", &amina).await;
        let request = app.request("PUT", "/v1/groups/1/inviteUser").legacy(&amina.token);
        assert_eq!(request.body(json!({ "userId": bilal.id() }).to_string()).send().await.status, 200);
        let mine = app.request("GET", "/guestlist/v1/invitations").bearer(&bilal).send().await.json();
        let invitation = mine["data"][0]["id"].as_str().expect("an id").to_owned();
        Self { app, amina, bilal, group, invitation }
    }

    async fn answer(&self, verb: &str, query: &str, headers: &[(&str, &str)]) -> Reply {
        let path = format!("/guestlist/v1/invitations/{}/{verb}{query}", self.invitation);
        let request = self.app.request("POST", &path).bearer(&self.bilal);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send().await
    }

    async fn accept(&self, headers: &[(&str, &str)]) -> Reply {
        self.answer("accept", "", headers).await
    }

    async fn is_member(&self) -> bool {
        let members = self.app.request("GET", "/guestlist/v1/groups/1/members").bearer(&self.amina).send().await.json();
        members["data"].as_array().expect("a list").iter().any(|member| member["user"]["id"] == self.bilal.id())
    }

    async fn leave(&self) {
        let leave = Leave { by: self.bilal.user.id, group: GroupRef::Id(self.group.group.id) };
        self.app.store().submit(leave).await.expect("bilal was in");
    }
}

fn accepted() -> Value {
    json!({ "state": "accepted", "group_id": 1, "is_new_member": true, "standing": "joined" })
}

#[tokio::test]
async fn a_write_with_a_key_is_carried_out_once_and_answered_again_byte_for_byte() {
    let invited = Invited::new().await;
    let key = [("idempotency-key", KEY)];
    let first = invited.accept(&key).await;
    first.assert(200, accepted());
    assert_eq!(first.header("idempotent-replayed"), "");

    // What happens in between changes nothing of the answer, and the answer nothing of what is.
    invited.leave().await;
    let invited = Invited { app: invited.app.restart(), ..invited };
    let again = invited.accept(&key).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert!(!invited.is_member().await);

    // A key in quotation marks, as the standard writes it, is the same.
    let quoted = invited.accept(&[("idempotency-key", &format!("\"{KEY}\""))]).await;
    assert_eq!(quoted.header("idempotent-replayed"), "true");

    // A day later it is forgotten, and the request is looked at anew.
    invited.app.clock.advance_millis(DAY_MILLIS);
    let late = invited.accept(&key).await;
    assert_eq!(late.header("idempotent-replayed"), "");
    assert_ne!(late.text, first.text);
}

#[tokio::test]
async fn a_refusal_is_answered_again_too() {
    let invited = Invited::new().await;
    invited.answer("decline", "", &[]).await.assert(200, json!({ "state": "declined", "group_id": 1 }));
    let first = invited.accept(&[("idempotency-key", KEY)]).await;
    assert_eq!((first.status, &first.json()["code"]), (409, &json!("invitation_declined")));
    let again = invited.accept(&[("idempotency-key", KEY)]).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.header("content-type"), "application/problem+json");
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_key_used_by_fifty_requests_at_once_runs_one_of_them() {
    let invited = Invited::new().await;
    let replies = join_all((0..50).map(|_| invited.accept(&[("idempotency-key", KEY)]))).await;
    for reply in &replies {
        reply.assert(200, accepted());
    }
    let originals = replies.iter().filter(|reply| reply.header("idempotent-replayed").is_empty()).count();
    assert_eq!(originals, 1);
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_person() {
    let invited = Invited::new().await;
    invited.accept(&[("idempotency-key", KEY)]).await.assert(200, accepted());
    let other = invited.answer("decline", "", &[("idempotency-key", KEY)]).await;
    assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
    // The key of somebody else is another key.
    let path = format!("/guestlist/v1/invitations/{}/accept", invited.invitation);
    let request = invited.app.request("POST", &path).bearer(&invited.amina).header("idempotency-key", KEY);
    let theirs = request.send().await;
    assert_eq!((theirs.status, theirs.header("idempotent-replayed")), (404, ""));
}

#[tokio::test]
async fn a_key_that_could_be_guessed_is_refused() {
    let invited = Invited::new().await;
    for key in ["1", "", "with blanks in it, and long", &"k".repeat(256)] {
        let reply = invited.accept(&[("idempotency-key", key)]).await;
        assert_eq!((reply.status, &reply.json()["code"]), (422, &json!("invalid_header")), "{key}");
    }
    assert!(!invited.is_member().await);
}

#[tokio::test]
async fn what_is_kept_of_an_answer_cannot_be_read_by_who_has_the_database() {
    let invited = Invited::new().await;
    invited.accept(&[("idempotency-key", KEY)]).await.assert(200, accepted());
    let database = rusqlite::Connection::open(invited.app.database()).expect("a database");
    let kept: Vec<u8> =
        database.query_row("SELECT CAST(answer || key AS BLOB) FROM answers", [], |row| row.get(0)).expect("a row");
    for plain in ["accepted", "application/json", KEY] {
        assert!(!kept.windows(plain.len()).any(|window| window == plain.as_bytes()), "{plain}");
    }
}

#[tokio::test]
async fn a_dry_run_answers_what_would_become_of_the_request_and_changes_nothing() {
    let invited = Invited::new().await;
    let rehearsed = invited.answer("accept", "?dry_run=true", &[("idempotency-key", KEY)]).await;
    rehearsed.assert(200, accepted());
    assert_eq!(rehearsed.header("dry-run"), "true");
    assert!(!invited.is_member().await);

    let real = invited.answer("accept", "?dry_run=false", &[("idempotency-key", KEY)]).await;
    real.assert(200, accepted());
    assert_eq!((real.header("dry-run"), real.header("idempotent-replayed")), ("", ""));
    assert!(invited.is_member().await);

    let odd = invited.answer("decline", "?dry_run=maybe", &[]).await;
    assert_eq!((odd.status, &odd.json()["code"]), (422, &json!("invalid_parameter")));
}

#[tokio::test]
async fn a_version_that_is_another_by_now_stops_a_write() {
    let invited = Invited::new().await;
    let other = format!("\"{}\"", "0".repeat(32));
    let stopped = invited.accept(&[("if-match", &other)]).await;
    assert_eq!((stopped.status, &stopped.json()["code"]), (412, &json!("changed_meanwhile")));
    // A tag of another kind is the version of nothing here, and a weak one matches nothing.
    for other in ["\"v1\"", "W/\"v1\""] {
        assert_eq!(invited.accept(&[("if-match", other)]).await.status, 412, "{other}");
    }
    for odd in ["v1", "\"v1"] {
        let reply = invited.accept(&[("if-match", odd)]).await;
        assert_eq!((reply.status, &reply.json()["code"]), (422, &json!("invalid_header")), "{odd}");
    }
    assert!(!invited.is_member().await);
    invited.accept(&[("if-match", "*")]).await.assert(200, accepted());
}
