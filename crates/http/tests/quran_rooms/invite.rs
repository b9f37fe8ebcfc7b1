//! Inviting several people at once.

use guestlist_core::Settings;
use guestlist_core::command::ArchiveGroup;
use guestlist_core::group::GroupRef;
use guestlist_core::settings::Quotas;
use guestlist_testing::TestApp;
use serde_json::{Value, json};

use crate::support::{Circle, fault, refuse, subject};

fn status(invited: bool, status: Value) -> Value {
    json!({ "invited": invited, "inviteStatus": status })
}

#[tokio::test]
async fn each_entry_has_an_answer_of_its_own_under_the_text_that_was_sent() {
    let there = Circle::new().await;
    let (bilal, musa, amina) = (subject(&there.bilal), subject(&there.musa), subject(&there.amina));
    let shouted = musa.to_uppercase();
    let body = json!({
        "userIds": [bilal, musa, shouted, "nobody", "", amina, bilal],
        "emails": ["New@Example.org", "no address", "zayd@example.org", ""],
        "message": "ignored",
    });
    let first = there.post(&there.amina, "rooms/1/invite", body).await;
    let wanted = json!({
        bilal: true,
        musa: "already_a_member",
        shouted: "already_a_member",
        "nobody": "user_not_found",
        "": "invalid_email",
        amina: "already_a_member",
        "New@Example.org": true,
        "no address": "invalid_email",
        "zayd@example.org": "already_a_member",
    });
    first.assert(200, status(true, wanted));

    let body = json!({ "userIds": [bilal], "emails": ["new@example.org"] });
    let again = there.post(&there.musa, "rooms/1/invite", body).await;
    again.assert(200, status(false, json!({ bilal: "already_invited", "new@example.org": "already_invited" })));
}

#[tokio::test]
async fn an_absent_list_is_an_empty_one_and_nothing_else_is() {
    let there = Circle::new().await;
    let invite = async |body: Value| there.post(&there.amina, "rooms/1/invite", body).await;
    invite(json!({ "emails": ["a@example.org"] })).await.assert(200, status(true, json!({ "a@example.org": true })));
    let missing = json!({ "userIds": "MISSING", "emails": "MISSING" });
    for body in [json!({}), json!({ "userIds": [] }), json!({ "userIds": [], "emails": [] })] {
        fault(&invite(body).await, 422, missing.clone());
    }
    fault(&invite(json!({ "userIds": null, "emails": [] })).await, 422, json!({ "userIds": "INVALID" }));
    fault(
        &invite(json!({ "userIds": "a", "emails": [1] })).await,
        422,
        json!({ "userIds": "INVALID", "emails": "INVALID" }),
    );
    let many: Vec<_> = (0..101).map(|n| format!("p{n}@example.org")).collect();
    fault(&invite(json!({ "emails": many })).await, 422, json!({ "userIds": "MAX_LENGTH", "emails": "MAX_LENGTH" }));
    let reply = invite(json!({ "emails": many[..100] })).await;
    assert_eq!(reply.json()["inviteStatus"].as_object().unwrap().len(), 100);
}

#[tokio::test]
async fn only_those_who_run_the_room_invite_and_nobody_else_learns_of_anything() {
    let there = Circle::new().await;
    let body = json!({ "userIds": ["nobody"], "emails": [] });
    for stranger in [&there.zayd, &there.bilal] {
        refuse(&there.post(stranger, "rooms/1/invite", body.clone()).await, 403);
    }
    for id in ["2", "abc", "0", "01", "-1", "1.0", "99999999999999999999999999999999999999999"] {
        refuse(&there.post(&there.amina, &format!("rooms/{id}/invite"), body.clone()).await, 404);
    }
    let archive = ArchiveGroup { by: there.amina.user.id, group: GroupRef::Id(there.group.group.id) };
    there.app.store().submit(archive).await.unwrap();
    refuse(&there.post(&there.amina, "rooms/1/invite", body).await, 403);
}

#[tokio::test]
async fn who_has_invited_as_many_as_one_may_in_a_day_is_told_when_to_go_on() {
    let quotas = Some(Quotas { pending_per_group: 3, made_per_day: 4 });
    let app = TestApp::with(Settings { quotas, ..Settings::default() }).await;
    let amina = app.person("amina").await;
    for slug in ["one", "two"] {
        app.group(slug, &amina).await;
    }
    let invite = async |room: u8, addresses: &[&str]| {
        let request = app.request("POST", &format!("/auth/v1/rooms/{room}/invite"));
        let body = json!({ "emails": addresses }).to_string();
        request.gateway(&app.jwt(&amina, "room.invite")).body(body).send().await
    };
    let first = invite(1, &["a@x.org", "b@x.org", "c@x.org", "d@x.org"]).await;
    let wanted = json!({ "a@x.org": true, "b@x.org": true, "c@x.org": true, "d@x.org": "too_many_invitations" });
    first.assert(200, status(true, wanted));
    let second = invite(2, &["e@x.org", "f@x.org"]).await;
    second.assert(200, status(true, json!({ "e@x.org": true, "f@x.org": "rate_limit_exceeded" })));
    let third = invite(2, &["f@x.org", "g@x.org"]).await;
    refuse(&third, 429);
    assert!(third.header("retry-after").parse::<u32>().is_ok_and(|secs| (1..=86_400).contains(&secs)));
}
