//! Inviting, and what those who run a group do with invitations afterwards.

use serde_json::{Value, json};

use crate::support::{
    Circle, MINE, OF_GROUP, by_asker, group_not_found, invalid_field, invitation_not_found, lacks, not_allowed, over,
    problem, refusal, user,
};

const HOUR_MILLIS: i64 = 3_600_000;

fn row(index: usize, result: &str, id: &Value) -> Value {
    json!({ "index": index, "result": result, "invitation_id": id })
}

#[tokio::test]
async fn each_of_many_gets_an_answer_and_a_wrong_one_spoils_nothing() {
    let circle = Circle::new().await;
    let known = circle.invite_bilal().await;
    let invitees = json!([
        { "email": "Nobody@example.com" },
        { "user_id": 2 },
        { "username": "musa" },
        { "email": "no address" },
        { "user_id": 99 },
        {},
        { "email": "a@example.com", "uid": "x" },
        { "user_id": 0 },
        { "uid": circle.amina.uid() },
        { "email": "NOBODY@example.com" },
    ]);
    let reply = circle.post(&circle.amina, OF_GROUP, json!({ "invitees": invitees })).await;
    let body = reply.json();
    let (batch, made) = (&body["batch_id"], &body["data"][0]["invitation_id"]);
    let unread = |index: usize, field: &str, detail: &str| {
        let pointer = format!("/invitees/{index}{field}");
        json!({
            "index": index,
            "result": "refused",
            "problem": { "code": "invalid_field", "detail": detail, "pointer": pointer },
        })
    };
    let one_of = "Name one of `email`, `user_id`, `uid`, `username` and `subject`.";
    let explanation = by_asker("Only people with an account can be named, except by an address.");
    let unknown = json!({ "code": "user_not_found", "detail": "There is no such user.", "explanation": explanation });
    let form = body["data"][3]["problem"]["detail"].as_str().expect("a sentence");
    reply.assert(
        200,
        json!({
            "group_id": 1,
            "batch_id": batch,
            "data": [
                row(0, "invited", made),
                row(1, "renewed", &json!(known)),
                { "index": 2, "result": "already_member" },
                unread(3, "/email", form),
                { "index": 4, "result": "refused", "problem": unknown },
                unread(5, "", one_of),
                unread(6, "", one_of),
                unread(7, "/user_id", "Write a number from 1 on."),
                { "index": 8, "result": "already_member" },
                row(9, "renewed", made),
            ],
        }),
    );
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 2);
    // Together they can be looked at, and undone.
    let path = format!("/guestlist/v1/groups/1/batches/{}", batch.as_str().expect("an id"));
    assert_eq!(circle.list(&circle.amina, &path).await.len(), 1);
    circle.delete(&circle.amina, &path).await.assert(200, json!({ "undone": 1 }));
}

#[tokio::test]
async fn who_may_not_invite_is_told_so() {
    let circle = Circle::new().await;
    let body = || json!({ "invitees": [{ "user_id": 2 }] });
    circle.post(&circle.musa, OF_GROUP, body()).await.assert(403, not_allowed());
    circle.post(&circle.bilal, OF_GROUP, body()).await.assert(404, group_not_found());
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    let with_role = json!({ "invitees": [{ "user_id": 2 }], "roles": ["moderator"] });
    circle.post(&layla, OF_GROUP, with_role).await.assert(403, lacks(Some(&["moderator"]), &["owner"]));
    assert_eq!(circle.post(&layla, OF_GROUP, body()).await.status, 200);
    circle.send(&circle.amina, "POST", "/guestlist/v1/groups/1/archive").await;
    let archived = circle.post(&circle.amina, OF_GROUP, body()).await;
    assert_eq!((archived.status, &archived.json()["code"]), (409, &json!("group_archived")));
}

#[tokio::test]
async fn an_invitation_has_roles_and_an_end_of_choice() {
    let circle = Circle::new().await;
    let ask =
        |expires_in: Value| json!({ "invitees": [{ "user_id": 2 }], "roles": ["leader"], "expires_in": expires_in });
    assert_eq!(circle.post(&circle.amina, OF_GROUP, ask(json!(60))).await.status, 200);
    let shown = circle.list(&circle.amina, OF_GROUP).await.remove(0);
    assert_eq!((&shown["roles"], &shown["expires_at"]), (&json!(["leader"]), &json!("2026-01-01T00:01:00.000Z")));
    let rule = "Invitations and links live no longer than the operator allows.";
    let explanation =
        json!({ "rule": rule, "fact": { "kind": "longest", "seconds": 31_622_400 }, "remedy": { "who": "asker" } });
    for too_long in [Value::Null, json!(31_622_401)] {
        let reply = circle.post(&circle.amina, OF_GROUP, ask(too_long)).await;
        reply.assert(422, refusal(422, "lifetime_too_long", rule, explanation.clone()));
    }
    let form = "Write a number of seconds from 1 to 4294967295, or null.";
    for odd in [json!(0), json!(-1), json!(4_294_967_296_i64)] {
        circle.post(&circle.amina, OF_GROUP, ask(odd)).await.assert(422, invalid_field("/expires_in", form));
    }
    let king = json!({ "invitees": [], "roles": ["king"] });
    let form = "Name roles out of owner, moderator, leader.";
    circle.post(&circle.amina, OF_GROUP, king).await.assert(422, invalid_field("/roles", form));
}

#[tokio::test]
async fn a_thousand_are_invited_at_once_and_no_more() {
    let circle = Circle::new().await;
    let many = |n: usize| {
        let invitees: Vec<_> =
            (0..n).map(|n| json!({ "email": format!("guest-number-{n}@a-long-domain.example.com") })).collect();
        json!({ "invitees": invitees })
    };
    let reply = circle.post(&circle.amina, OF_GROUP, many(1000)).await;
    let rows = reply.json()["data"].as_array().expect("rows").clone();
    assert_eq!(rows.iter().filter(|row| row["result"] == "invited").count(), 1000);
    let rule = "One command names at most 1000 people.";
    let wanted = refusal(422, "too_many_targets", "At most 1000 people can be named at once.", by_asker(rule));
    circle.post(&circle.amina, OF_GROUP, many(1001)).await.assert(422, wanted);
}

#[tokio::test]
async fn an_invitation_is_seen_by_the_person_and_by_those_who_invite() {
    let circle = Circle::new().await;
    let id = circle.invite(json!({ "email": "bilal@example.org" })).await;
    let path = format!("{MINE}/{id}");
    let wanted = json!({
        "id": id,
        "group_id": 1,
        "group": { "id": 1, "uid": circle.group.uid(), "slug": "circle", "name": "circle" },
        "inviter_id": 1,
        "inviter": user(&circle.amina),
        "user_id": null,
        "email": "bilal@example.org",
        "roles": [],
        "language": null,
        "note": null,
        "state": "pending",
        "created_at": "2026-01-01T00:00:00.000Z",
        "sent_at": "2026-01-01T00:00:00.000Z",
        "seen_at": null,
        "expires_at": "2026-01-08T00:00:00.000Z",
        "closed_at": null,
    });
    for person in [&circle.amina, &circle.bilal] {
        let reply = circle.get(person, &path).await;
        reply.assert(200, wanted.clone());
        assert_eq!(reply.header("etag").len(), 34);
    }
    let root = circle.app.admin("root").await;
    for person in [&circle.musa, &root] {
        circle.get(person, &path).await.assert(404, invitation_not_found());
    }
    // Its time is over at once, whenever that is recorded.
    circle.app.clock.advance_millis(7 * 86_400_000);
    let over = circle.get(&circle.amina, &path).await.json();
    assert_eq!((&over["state"], &over["closed_at"]), (&json!("expired"), &json!("2026-01-08T00:00:00.000Z")));
}

#[tokio::test]
async fn an_invitation_is_changed_sent_again_and_taken_back() {
    let circle = Circle::new().await;
    let id = circle.invite_bilal().await;
    let path = format!("{MINE}/{id}");
    let shown = |roles: Value, state: &str, sent: &str, expires: &str, closed: Value| {
        json!({
            "id": id,
            "group_id": 1,
            "inviter_id": 1,
            "user_id": 2,
            "email": null,
            "roles": roles,
            "language": null,
            "note": null,
            "state": state,
            "created_at": "2026-01-01T00:00:00.000Z",
            "sent_at": sent,
            "seen_at": null,
            "expires_at": expires,
            "closed_at": closed,
        })
    };
    for (person, status, wanted) in
        [(&circle.musa, 404, invitation_not_found()), (&circle.app.person("layla").await, 404, invitation_not_found())]
    {
        circle.patch(person, &path, json!({ "roles": [] })).await.assert(status, wanted.clone());
        circle.send(person, "POST", &format!("{path}/resend")).await.assert(status, wanted.clone());
        circle.send(person, "POST", &format!("{path}/revoke")).await.assert(status, wanted);
    }

    let changed = circle.patch(&circle.amina, &path, json!({ "roles": ["leader"], "expires_in": 3600 })).await;
    let (first, hour) = ("2026-01-01T00:00:00.000Z", "2026-01-01T01:00:00.000Z");
    changed.assert(200, shown(json!(["leader"]), "pending", first, hour, Value::Null));
    let soon = circle.send(&circle.amina, "POST", &format!("{path}/resend")).await;
    let rule = "An invitation is sent at most once an hour.";
    let explanation = json!({ "rule": rule, "fact": { "kind": "until", "at": hour }, "remedy": { "who": "time" } });
    soon.assert(429, refusal(429, "sent_recently", rule, explanation));
    assert_eq!(soon.header("retry-after"), "3600");

    circle.patch(&circle.amina, &path, json!({ "roles": [], "expires_in": 7200 })).await;
    circle.app.clock.advance_millis(HOUR_MILLIS);
    let again = circle.post(&circle.amina, &format!("{path}/resend"), json!({ "expires_in": 7200 })).await;
    again.assert(200, shown(json!([]), "pending", hour, "2026-01-01T03:00:00.000Z", Value::Null));
    assert_eq!(circle.get(&circle.amina, &path).await.header("etag"), again.header("etag"));

    let revoked = circle.send(&circle.amina, "POST", &format!("{path}/revoke")).await;
    revoked.assert(200, shown(json!([]), "revoked", hour, "2026-01-01T03:00:00.000Z", json!(hour)));
    circle.patch(&circle.amina, &path, json!({ "roles": [] })).await.assert(409, over("revoked", hour));
    let closed = circle.list(&circle.amina, &format!("{OF_GROUP}?state=revoked")).await;
    assert_eq!(closed.iter().map(|found| &found["id"]).collect::<Vec<_>>(), [&json!(id)]);
}

#[tokio::test]
async fn a_groups_invitations_are_listed_by_state() {
    let circle = Circle::new().await;
    let [declined, pending] = [circle.invite_bilal().await, circle.invite(json!({ "email": "a@example.com" })).await];
    circle.decline(&circle.bilal, &declined).await;
    let ids = async |query: &str| {
        let list = circle.list(&circle.amina, &format!("{OF_GROUP}{query}")).await;
        list.iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids("").await, ids("?state=pending").await), (vec![pending.clone()], vec![pending]));
    assert_eq!((ids("?state=declined").await, ids("?state=expired").await), (vec![declined], vec![]));
    for odd in ["open", "", "Pending"] {
        let mut wanted = problem(422, "invalid_parameter", "The parameter `state` cannot be read.");
        wanted["parameter"] = "state".into();
        circle.get(&circle.amina, &format!("{OF_GROUP}?state={odd}")).await.assert(422, wanted);
    }
}
