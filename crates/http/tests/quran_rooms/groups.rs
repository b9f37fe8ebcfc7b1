//! Making and changing groups.

use guestlist_core::command::ArchiveGroup;
use guestlist_core::group::GroupRef;
use serde_json::{Value, json};

use crate::support::{Circle, circle, fault, refuse, subject};

#[tokio::test]
async fn whoever_makes_a_group_owns_it() {
    let there = Circle::new().await;
    let body = json!({ "name": "  Al-Kahf  ", "url": "Al-Kahf-2", "hideFollowJoinButton": true, "id": 9 });
    let made = there.post(&there.bilal, "rooms/groups", body).await;
    let room = circle(
        &there,
        json!({
            "id": 2, "name": "Al-Kahf", "description": "", "url": "al-kahf-2", "ownerId": subject(&there.bilal),
            "membersCount": 1, "createdAt": "2026-01-01T00:00:02.000Z",
        }),
    );
    made.assert(201, json!({ "success": true, "data": room }));

    let body = json!({ "name": "n".repeat(50), "url": "u".repeat(50), "description": "ش".repeat(200), "public": true });
    let made = there.post(&there.bilal, "rooms/groups", body).await;
    assert_eq!((made.status, &made.json()["data"]["isPublic"]), (201, &json!(true)), "{}", made.text);
}

#[tokio::test]
async fn faulty_fields_of_a_new_group_are_a_bad_request_that_names_them() {
    let there = Circle::new().await;
    let long = "x".repeat(51);
    for (body, fields) in [
        (json!({}), json!({ "name": "MISSING", "url": "MISSING" })),
        (json!({ "name": " \t ", "url": "" }), json!({ "name": "MISSING", "url": "MIN_LENGTH" })),
        (json!({ "name": 1, "url": null }), json!({ "name": "INVALID", "url": "INVALID" })),
        (json!({ "name": long, "url": long }), json!({ "name": "MAX_LENGTH", "url": "MAX_LENGTH" })),
        (json!({ "name": "a\u{0}", "url": "-a" }), json!({ "name": "INVALID", "url": "INVALID" })),
        (json!({ "name": "a", "url": "a-" }), json!({ "url": "INVALID" })),
        (json!({ "name": "a", "url": "a.b" }), json!({ "url": "INVALID" })),
        (json!({ "name": "a", "url": "şura" }), json!({ "url": "INVALID" })),
        (json!({ "name": "a", "url": "CIRCLE" }), json!({ "url": "DUPLICATE" })),
        (
            json!({ "name": "a", "url": "a", "description": "d".repeat(201), "public": "yes" }),
            json!({ "description": "MAX_LENGTH", "public": "INVALID" }),
        ),
        (json!({ "name": "a", "url": "a", "public": null }), json!({ "public": "INVALID" })),
    ] {
        fault(&there.post(&there.bilal, "rooms/groups", body).await, 400, fields);
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_a_bad_request_and_one_that_is_no_object_is_not() {
    let there = Circle::new().await;
    for (method, path) in [
        ("POST", "rooms/groups"),
        ("PATCH", "rooms/groups"),
        ("POST", "rooms/1/invite"),
        ("POST", "rooms/admins-access"),
    ] {
        for body in ["", "{", "{\"a\":1,\"a\":2}", "nope"] {
            refuse(&there.ask(&there.amina, method, path, body).await, 400);
        }
        for body in ["[]", "null", "\"text\"", "1"] {
            fault(&there.ask(&there.amina, method, path, body).await, 422, json!({ "body": "INVALID" }));
        }
        let large = format!("{{\"name\":\"{}\"}}", "x".repeat(64 * 1024));
        let reply = there.ask(&there.amina, method, path, &large).await;
        let message = "The request body is too large";
        reply.assert(413, json!({ "message": message, "type": "payload_too_large", "success": false }));
    }
}

#[tokio::test]
async fn those_who_run_a_group_change_it() {
    let there = Circle::new().await;
    let change = async |caller, body: Value| there.ask(caller, "PATCH", "rooms/groups", &body.to_string()).await;
    let body = json!({ "id": 1, "name": "Halaqa", "country": "Malaysia", "public": true, "url": "Halaqa", "x": 1 });
    let fields = json!({ "name": "Halaqa", "country": "Malaysia", "isPublic": true, "url": "halaqa" });
    change(&there.amina, body).await.assert(200, json!({ "success": true, "room": circle(&there, fields) }));

    // What is left out, or null where that says so, stays as it is.
    let body = json!({ "id": 1.0, "public": null, "country": null, "description": "", "removeAvatar": true });
    let fields = json!({ "name": "Halaqa", "isPublic": true, "url": "halaqa", "description": "", "isOwner": false });
    change(&there.musa, body).await.assert(200, json!({ "success": true, "room": circle(&there, fields) }));

    refuse(&change(&there.zayd, json!({ "id": 1, "name": "Mine" })).await, 403);
    refuse(&change(&there.bilal, json!({ "id": 1, "name": "Mine" })).await, 403);
    refuse(&change(&there.amina, json!({ "id": 99, "name": "Nobody's" })).await, 404);
}

#[tokio::test]
async fn faulty_changes_name_their_fields() {
    let there = Circle::new().await;
    there.post(&there.bilal, "rooms/groups", json!({ "name": "Taken", "url": "taken" })).await;
    let long = "x".repeat(51);
    for (body, fields) in [
        (json!({}), json!({ "id": "MISSING" })),
        (json!({ "id": "1" }), json!({ "id": "INVALID" })),
        (json!({ "id": 0 }), json!({ "id": "INVALID" })),
        (json!({ "id": 1.5 }), json!({ "id": "INVALID" })),
        (json!({ "id": 1, "name": "", "url": null }), json!({ "name": "MISSING", "url": "INVALID" })),
        (json!({ "id": 1, "name": long, "url": long }), json!({ "name": "MAX_LENGTH", "url": "MAX_LENGTH" })),
        (json!({ "id": 1, "url": "taken" }), json!({ "url": "DUPLICATE" })),
        (json!({ "id": 1, "country": "" }), json!({ "country": "MIN_LENGTH" })),
        (json!({ "id": 1, "country": "x".repeat(61) }), json!({ "country": "MAX_LENGTH" })),
        (json!({ "id": 1, "avatar": "data:image/png;base64,AA==" }), json!({ "avatar": "INVALID" })),
        (json!({ "id": 1, "removeAvatar": 1 }), json!({ "removeAvatar": "INVALID" })),
    ] {
        fault(&there.ask(&there.amina, "PATCH", "rooms/groups", &body.to_string()).await, 422, fields);
    }
    // No probing for names in use by those who may not change anything.
    let reply = there.ask(&there.zayd, "PATCH", "rooms/groups", r#"{"id":1,"url":"taken"}"#).await;
    refuse(&reply, 403);
}

#[tokio::test]
async fn a_group_out_of_use_is_shown_as_such() {
    let there = Circle::new().await;
    let archive = ArchiveGroup { by: there.amina.user.id, group: GroupRef::Id(there.group.group.id) };
    there.app.store().submit(archive).await.unwrap();
    let shown = there.get(&there.amina, "rooms/1").await.json();
    assert_eq!((&shown["isActive"], shown.get("privateToken")), (&json!(false), None));
}
