//! Mail about invitations: in which language and with which words, whether it arrived, and what came back of it.

use guestlist_core::Timestamp;
use guestlist_core::command::{MailResult, SettleMail, TakeMail};
use guestlist_core::invitation::InvitationTokenHash;
use guestlist_core::mail::{Letter, Reply as Said};
use guestlist_core::ports::Clock as _;
use guestlist_testing::TestApp;
use serde_json::{Value, json};

use crate::support::{Circle, OF_GROUP, administrators_only, invalid_field, invitation_not_found, lacks};

const REPORTS: &str = "/guestlist/v1/mail/reports";

/// Takes the one mail that waits, as whoever sends mail does.
async fn take(app: &TestApp) -> Letter {
    app.clock.advance_millis(1);
    let due_by: Timestamp = app.clock.now();
    let taken = app.store().submit(TakeMail { due_by, secrets: vec![InvitationTokenHash([1; 32])] }).await;
    taken.expect("mail is due").letters.remove(0)
}

async fn settle(app: &TestApp, letter: &Letter, result: MailResult) {
    app.store().submit(SettleMail { mail: letter.mail, result }).await.expect("it was taken");
}

async fn delivery(circle: &Circle, id: &str) -> Value {
    let reply = circle.get(&circle.amina, &format!("/guestlist/v1/invitations/{id}/delivery")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

fn step(at: &str, what: &str, reply: Option<&str>, is_dead_address: bool) -> Value {
    json!({ "at": at, "what": what, "mail": "invitation", "reply": reply, "is_dead_address": is_dead_address })
}

#[tokio::test]
async fn an_inviter_chooses_the_language_and_adds_a_note() {
    let circle = Circle::new().await;
    let new = json!({ "invitees": [{ "email": "new@example.com" }], "language": "ur", "note": "See you\non Friday" });
    let invited = circle.post(&circle.amina, OF_GROUP, new).await;
    assert_eq!(invited.status, 200, "{}", invited.text);
    let shown = circle.list(&circle.amina, OF_GROUP).await;
    assert_eq!((&shown[0]["language"], &shown[0]["note"]), (&json!("ur"), &json!("See you\non Friday")));
    let letter = take(&circle.app).await;
    assert_eq!(letter.languages.first.as_str(), "ur");
    assert_eq!(letter.note.unwrap().to_string(), "See you\non Friday");
}

#[tokio::test]
async fn a_language_or_a_note_that_cannot_be_used_is_told_by_its_place() {
    let circle = Circle::new().await;
    let languages = "Write one of en, ar, ur, id, tr, fr, de and es.";
    for (field, value, detail) in [
        ("language", json!("zh"), languages),
        ("language", json!("de-AT"), languages),
        ("note", json!("x".repeat(501)), "Write 1 to 500 characters on at most 10 lines, without control characters."),
    ] {
        let mut new = json!({ "invitees": [{ "user_id": 2 }] });
        new[field] = value;
        circle.post(&circle.amina, OF_GROUP, new).await.assert(422, invalid_field(&format!("/{field}"), detail));
    }
}

#[tokio::test]
async fn a_group_has_a_language_for_those_of_whom_none_is_known() {
    let circle = Circle::new().await;
    let path = "/guestlist/v1/groups/circle";
    let before = circle.get(&circle.amina, path).await;
    let changed = circle.patch(&circle.amina, path, json!({ "language": "ar" })).await;
    assert_eq!((changed.status, &changed.json()["language"]), (200, &json!("ar")));
    assert_ne!(before.header("etag"), changed.header("etag"), "whoever saw it before does not know it now");
    circle.invite(json!({ "email": "new@example.com" })).await;
    let letter = take(&circle.app).await;
    let languages = (letter.languages.first.as_str(), letter.languages.second.map(|second| second.as_str()));
    assert_eq!(languages, ("ar", Some("en")));
    let changed = circle.patch(&circle.amina, path, json!({ "language": null })).await;
    assert_eq!(changed.json()["language"], Value::Null);
}

#[tokio::test]
async fn those_who_invite_are_told_what_became_of_a_mail() {
    let circle = Circle::new().await;
    let id = circle.invite(json!({ "email": "new@example.com" })).await;
    let queued = step("2026-01-01T00:00:00.000Z", "queued", None, false);
    assert_eq!(delivery(&circle, &id).await, json!({ "data": [queued] }));

    let letter = take(&circle.app).await;
    settle(&circle.app, &letter, MailResult::Deferred(Said::of("451 4.7.1 later, <new@example.com>"))).await;
    circle.app.clock.advance_millis(120_000);
    let letter = take(&circle.app).await;
    settle(&circle.app, &letter, MailResult::HandedOver).await;
    circle.app.clock.advance_millis(999);
    circle.send(&circle.amina, "POST", &format!("/guestlist/v1/invitations/{id}/revoke")).await;
    let told = json!({ "data": [
        queued,
        step("2026-01-01T00:00:00.001Z", "deferred", Some("451 4.7.1 later, (address)"), false),
        step("2026-01-01T00:02:00.002Z", "handed_over", None, false),
        {
            "at": "2026-01-01T00:02:01.001Z", "what": "revoked", "mail": null, "reply": null, "is_dead_address": false,
        },
    ] });
    assert_eq!(delivery(&circle, &id).await, told);
}

#[tokio::test]
async fn nobody_else_is_told_whether_a_mail_arrived() {
    let circle = Circle::new().await;
    let id = circle.invite_bilal().await;
    let path = format!("/guestlist/v1/invitations/{id}/delivery");
    circle.get(&circle.bilal, &path).await.assert(403, lacks(None, &["owner", "moderator"]));
    circle.get(&circle.musa, &path).await.assert(404, invitation_not_found());
    circle.get(&circle.amina, "/guestlist/v1/invitations/x/delivery").await.assert(404, invitation_not_found());
}

#[tokio::test]
async fn whoever_refuses_invitations_looks_as_if_they_had_been_written_to() {
    let circle = Circle::new().await;
    circle.put(&circle.bilal, "/guestlist/v1/refusals/everyone").await;
    let id = circle.invite_bilal().await;
    let letter = take(&circle.app).await;
    assert!(letter.is_withheld);
    settle(&circle.app, &letter, MailResult::Withheld).await;
    let told = json!({ "data": [
        step("2026-01-01T00:00:00.000Z", "queued", None, false),
        step("2026-01-01T00:00:00.001Z", "handed_over", None, false),
    ] });
    assert_eq!(delivery(&circle, &id).await, told);
}

#[tokio::test]
async fn a_mail_provider_reports_that_an_address_does_not_exist() {
    let circle = Circle::new().await;
    let admin = circle.app.admin("root").await;
    let id = circle.invite(json!({ "email": "gone@example.com" })).await;
    let letter = take(&circle.app).await;
    settle(&circle.app, &letter, MailResult::HandedOver).await;

    let message_id = format!("<{}@circles.example>", letter.mail);
    let report = json!({ "message_id": message_id, "report": "hard_bounce", "reply": "550 no gone@example.com here" });
    circle.post(&circle.amina, REPORTS, report.clone()).await.assert(403, administrators_only());
    circle.post(&admin, REPORTS, report.clone()).await.assert(200, json!({ "is_news": true }));
    circle.post(&admin, REPORTS, report).await.assert(200, json!({ "is_news": false }));
    let told = delivery(&circle, &id).await;
    let bounced = step("2026-01-01T00:00:00.001Z", "bounced", Some("5.1.1 550 no (address) here"), true);
    assert_eq!(told["data"][2], bounced);

    let unknown = json!({ "message_id": "00000000-0000-0000-0000-000000000000@x", "report": "complaint" });
    circle.post(&admin, REPORTS, unknown).await.assert(200, json!({ "is_news": false }));
    let detail = "Write the Message-ID of a mail that guestlist sent.";
    for odd in ["", "<>", "x@y", "00000000-0000-0000-0000-000000000000"] {
        let report = json!({ "message_id": odd, "report": "complaint" });
        circle.post(&admin, REPORTS, report).await.assert(422, invalid_field("/message_id", detail));
    }
}
