//! Who is in a room, and who runs it.

use serde_json::{Value, json};

use crate::support::{Circle, fault, pictures, refuse, subject};

#[tokio::test]
async fn members_are_listed_by_rank_page_by_page() {
    let there = Circle::new().await;
    let member = |person, name: &str, is_owner: bool, is_admin: bool| {
        json!({
            "id": subject(person), "username": name, "firstName": name, "lastName": "the person", "verified": false,
            "avatarUrls": pictures(), "isAdmin": is_admin, "isOwner": is_owner, "isFollowed": false, "isActive": true,
            "followersCount": 0,
        })
    };
    let amina = member(&there.amina, "amina", true, true);
    let musa = member(&there.musa, "musa", false, true);
    let zayd = member(&there.zayd, "zayd", false, false);
    let page = |current: u64, limit: u64, pages: u64, data: Value| json!({ "total": 3, "currentPage": current, "limit": limit, "pages": pages, "data": data });
    let list = async |query: &str| there.get(&there.zayd, &format!("rooms/1/members{query}")).await;
    list("").await.assert(200, page(1, 10, 1, json!([amina, musa, zayd])));
    list("?limit=2").await.assert(200, page(1, 2, 2, json!([amina, musa])));
    list("?page=2&limit=2").await.assert(200, page(2, 2, 2, json!([zayd])));
    list("?page=3&limit=2").await.assert(200, page(3, 2, 2, json!([])));
    list("?limit=101").await.assert(200, page(1, 100, 1, json!([amina, musa, zayd])));
    let far = u64::MAX;
    list(&format!("?page={far}")).await.assert(200, page(far, 10, 1, json!([])));
    for odd in ["0", "-1", "1.0", "+1", "x", "", "99999999999999999999999"] {
        fault(&list(&format!("?page={odd}")).await, 422, json!({ "page": "INVALID" }));
        fault(&list(&format!("?page={odd}&limit={odd}")).await, 422, json!({ "page": "INVALID", "limit": "INVALID" }));
    }
}

#[tokio::test]
async fn the_members_of_a_private_room_are_for_its_members() {
    let there = Circle::new().await;
    there.invite_person(&there.bilal).await;
    for path in ["rooms/1/members", "rooms/99/members", "rooms/abc/members"] {
        refuse(&there.get(&there.bilal, path).await, 404);
        refuse(&there.get_as_application(path).await, 404);
    }
    there.app.public_group("open", &there.amina).await;
    for reply in [there.get(&there.bilal, "rooms/2/members").await, there.get_as_application("rooms/2/members").await] {
        assert_eq!((reply.status, &reply.json()["total"]), (200, &json!(1)));
    }
}

#[tokio::test]
async fn admins_remove_others_and_everybody_removes_themselves() {
    let there = Circle::new().await;
    let remove = async |by, whom: &str| there.ask(by, "DELETE", &format!("rooms/1/members/{whom}"), "").await;
    let done = json!({ "success": true });
    refuse(&remove(&there.zayd, subject(&there.musa)).await, 403);
    refuse(&remove(&there.bilal, subject(&there.zayd)).await, 403);
    refuse(&remove(&there.musa, subject(&there.amina)).await, 403);
    refuse(&remove(&there.amina, subject(&there.amina)).await, 403);
    remove(&there.musa, &subject(&there.zayd).to_uppercase()).await.assert(200, done.clone());
    for nobody in [subject(&there.zayd), subject(&there.bilal), "no-uuid", "1"] {
        refuse(&remove(&there.amina, nobody).await, 404);
    }
    there.invite_person(&there.bilal).await;
    remove(&there.musa, subject(&there.bilal)).await.assert(200, done.clone());
    refuse(&remove(&there.musa, subject(&there.bilal)).await, 404);
    remove(&there.musa, subject(&there.musa)).await.assert(200, done);
    assert_eq!(there.members().await, ["amina"]);
    let elsewhere = there.ask(&there.amina, "DELETE", "rooms/99/members/x", "").await;
    refuse(&elsewhere, 404);
}

#[tokio::test]
async fn those_who_run_a_room_say_who_else_does() {
    let there = Circle::new().await;
    let set = async |by, whom: &str, admin: bool| {
        let body = json!({ "roomId": 1, "userId": whom, "admin": admin });
        there.post(by, "rooms/admins-access", body).await
    };
    let done = json!({ "success": true });
    for admin in [true, true, false, false] {
        set(&there.musa, subject(&there.zayd), admin).await.assert(200, done.clone());
    }
    set(&there.amina, subject(&there.amina), true).await.assert(200, done.clone());
    refuse(&set(&there.musa, subject(&there.amina), false).await, 403);
    for by in [&there.zayd, &there.bilal] {
        refuse(&set(by, "nobody", true).await, 403);
    }
    for nobody in ["nobody", subject(&there.bilal)] {
        refuse(&set(&there.amina, nobody, true).await, 404);
    }
    set(&there.musa, subject(&there.musa), false).await.assert(200, done);
    refuse(&set(&there.musa, subject(&there.zayd), true).await, 403);
}

#[tokio::test]
async fn bad_fields_of_admins_access_are_named() {
    let there = Circle::new().await;
    for (body, fields) in [
        (json!({}), json!({ "roomId": "MISSING", "userId": "MISSING", "admin": "MISSING" })),
        (
            json!({ "roomId": "1", "userId": 2, "admin": "true" }),
            json!({ "roomId": "INVALID", "userId": "INVALID", "admin": "INVALID" }),
        ),
        (json!({ "roomId": 0, "userId": "", "admin": true }), json!({ "roomId": "INVALID", "userId": "INVALID" })),
    ] {
        fault(&there.post(&there.amina, "rooms/admins-access", body).await, 422, fields);
    }
    let huge = r#"{"roomId":1e400,"userId":"a","admin":true}"#;
    fault(&there.ask(&there.amina, "POST", "rooms/admins-access", huge).await, 422, json!({ "roomId": "INVALID" }));
    refuse(
        &there.post(&there.amina, "rooms/admins-access", json!({ "roomId": 9, "userId": "a", "admin": true })).await,
        404,
    );
}
