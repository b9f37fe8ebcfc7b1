//! Accounts: one's own, and all of them for administrators.

use serde_json::{Value, json};

use crate::support::{Circle, administrators_only, invalid_field, refusal, user, user_not_found};

/// The account as its holder and administrators see it.
fn account(person: &guestlist_testing::Person, is_admin: bool) -> Value {
    let mut body = user(person);
    let name = person.user.username.as_ref().expect("a username").to_string();
    let fields = body.as_object_mut().expect("an object");
    fields.insert("language".to_owned(), Value::Null);
    fields.insert("is_admin".to_owned(), is_admin.into());
    fields.insert("emails".to_owned(), json!([{ "email": format!("{name}@example.org"), "is_verified": true }]));
    fields.insert("disabled_at".to_owned(), Value::Null);
    fields.insert("created_at".to_owned(), "2026-01-01T00:00:00.000Z".into());
    fields.insert("updated_at".to_owned(), "2026-01-01T00:00:00.000Z".into());
    body
}

fn without_emails(mut body: Value) -> Value {
    body.as_object_mut().expect("an object").shift_remove("emails");
    body
}

#[tokio::test]
async fn everybody_sees_their_own_account_and_administrators_any() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    let own = account(&circle.bilal, false);
    for path in ["/guestlist/v1/me", "/guestlist/v1/users/2", "/guestlist/v1/users/me"] {
        circle.get(&circle.bilal, path).await.assert(200, own.clone());
    }
    let by_uid = format!("/guestlist/v1/users/{}", circle.bilal.uid());
    circle.get(&root, &by_uid).await.assert(200, own);
    circle.get(&root, "/guestlist/v1/me").await.assert(200, account(&root, true));
    for path in ["/guestlist/v1/users/2", "/guestlist/v1/users/99", "/guestlist/v1/users/0", "/guestlist/v1/users/%FF"]
    {
        circle.get(&circle.amina, path).await.assert(404, user_not_found());
    }
}

#[tokio::test]
async fn administrators_list_all_accounts_page_by_page() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    let page = circle.get(&root, "/guestlist/v1/users?limit=3").await.json();
    let shown = [&circle.amina, &circle.bilal, &circle.musa].map(|person| without_emails(account(person, false)));
    assert_eq!(page["data"], json!(shown));
    let next = format!("/guestlist/v1/users?limit=3&cursor={}", page["next_cursor"].as_str().expect("a next page"));
    let last = json!({ "data": [without_emails(account(&root, true))], "next_cursor": null });
    circle.get(&root, &next).await.assert(200, last);
    circle.get(&circle.amina, "/guestlist/v1/users").await.assert(403, administrators_only());
}

#[tokio::test]
async fn administrators_open_accounts_and_switch_them_off() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    let new = json!({ "username": "dawud", "name": "Dawud", "email": "dawud@example.com", "subject": "sub-1" });
    circle.post(&circle.amina, "/guestlist/v1/users", new.clone()).await.assert(403, administrators_only());
    let made = circle.post(&root, "/guestlist/v1/users", new.clone()).await;
    let mut wanted = json!({
        "id": 5,
        "uid": made.json()["uid"],
        "subject": "sub-1",
        "username": "dawud",
        "name": "Dawud",
        "language": null,
        "is_admin": false,
        "disabled_at": null,
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-01-01T00:00:00.000Z",
    });
    made.assert(201, wanted.clone());
    assert_eq!(made.header("location"), "/guestlist/v1/users/5");
    let shown = circle.get(&root, "/guestlist/v1/users/5").await;
    assert_eq!(shown.header("etag"), made.header("etag"));
    assert_eq!(shown.json()["emails"], json!([{ "email": "dawud@example.com", "is_verified": true }]));

    let taken = refusal(
        409,
        "subject_taken",
        "This subject is taken.",
        json!({ "rule": "Subjects are unique.", "remedy": { "who": "asker" } }),
    );
    circle.post(&root, "/guestlist/v1/users", new).await.assert(409, taken);

    circle.app.clock.advance_millis(1000);
    let off = circle.send(&root, "POST", "/guestlist/v1/users/5/disable").await;
    wanted["disabled_at"] = "2026-01-01T00:00:01.000Z".into();
    wanted["updated_at"] = "2026-01-01T00:00:01.000Z".into();
    off.assert(200, wanted);
    // Which group that is, is none of their business.
    let last = circle.send(&root, "POST", "/guestlist/v1/users/1/disable").await;
    let explanation = json!({
        "rule": "A living group keeps at least one owner.",
        "remedy": { "who": "roles", "roles": ["owner"] },
    });
    let detail = "A group needs an owner. Make somebody else an owner first.";
    last.assert(409, refusal(409, "last_owner", detail, explanation));
    circle.send(&circle.amina, "POST", "/guestlist/v1/users/2/disable").await.assert(403, administrators_only());
}

#[tokio::test]
async fn a_user_that_cannot_be_read_is_told_by_field() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    for (body, pointer, detail) in [
        (json!({ "username": "a b" }), "/username", "Write 1 to 64 letters, digits and . _ -."),
        (json!({ "email": null }), "/email", "Invalid type: null, expected a string."),
        (
            json!({ "role": "admin" }),
            "/role",
            "Unknown field `role`, expected one of `subject`, `username`, `name`, `email`, `language`, `is_admin`.",
        ),
        (json!({ "name": "a\u{0}b" }), "/name", "Write 1 to 120 characters on one line."),
    ] {
        circle.post(&root, "/guestlist/v1/users", body).await.assert(422, invalid_field(pointer, detail));
    }
}
