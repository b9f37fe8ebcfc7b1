//! Lists of rooms.

use guestlist_testing::Person;
use serde_json::{Value, json};

use crate::support::{Circle, circle, fault, pictures, subject};

/// bilal's groups "Tajwid", "tafsir" and "Hadith" (2 to 4), the last two public; in the first of them zayd is a member.
async fn library() -> Circle {
    let there = Circle::new().await;
    for (name, public) in [("Tajwid", false), ("tafsir", true), ("Hadith", true)] {
        let body = json!({ "name": name, "url": name, "public": public, "description": format!("WEEKLY Şura {name}") });
        assert_eq!(there.post(&there.bilal, "rooms/groups", body).await.status, 201);
        there.app.clock.advance_millis(1000);
    }
    let invited = there.post(&there.bilal, "rooms/2/invite", json!({ "userIds": [subject(&there.zayd)] })).await;
    assert_eq!(invited.status, 200);
    there.ask(&there.zayd, "POST", "rooms/2/join", "").await;
    there
}

/// The names on a page, and the numbers beside them.
async fn names(there: &Circle, who: &Person, path: &str) -> (Vec<String>, Value) {
    let reply = there.get(who, path).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    let mut page = reply.json();
    let data = page.as_object_mut().unwrap().remove("data").unwrap();
    (data.as_array().unwrap().iter().map(|room| room["name"].as_str().unwrap().to_owned()).collect(), page)
}

#[tokio::test]
async fn ones_own_rooms_are_listed_in_every_order_with_a_filter() {
    let there = library().await;
    let list = async |who, query: &str| names(&there, who, &format!("rooms/joined-rooms{query}")).await.0;
    assert_eq!(list(&there.bilal, "").await, ["Hadith", "tafsir", "Tajwid"]);
    assert_eq!(list(&there.bilal, "?sortBy=NAME_DESC").await, ["Tajwid", "tafsir", "Hadith"]);
    assert_eq!(list(&there.bilal, "?sortBy=LATEST_ACTIVITY").await, ["Tajwid", "Hadith", "tafsir"]);
    assert_eq!(list(&there.bilal, "?query=TA").await, ["tafsir", "Tajwid"]);
    assert_eq!(list(&there.bilal, "?query=weekly").await, [] as [&str; 0]);
    assert_eq!(list(&there.bilal, "?query=%00").await, [] as [&str; 0]);
    assert_eq!(list(&there.zayd, "").await, ["circle", "Tajwid"]);
    let managed = async |who| names(&there, who, "rooms/managed-rooms").await.0;
    assert_eq!(managed(&there.zayd).await, [] as [&str; 0]);
    assert_eq!(managed(&there.musa).await, ["circle"]);
    assert_eq!(managed(&there.bilal).await.len(), 3);
}

#[tokio::test]
async fn a_room_in_a_list_is_as_its_reader_sees_it() {
    let there = library().await;
    let page = there.get(&there.zayd, "rooms/joined-rooms?limit=1").await;
    let room = circle(&there, json!({ "isOwner": false, "isAdmin": false }));
    page.assert(200, json!({ "total": 2, "currentPage": 1, "limit": 1, "pages": 2, "data": [room] }));
    let mine = there.get(&there.zayd, "users/my-rooms?name=CIRC").await;
    let room = json!({
        "id": 1, "name": "circle", "group": "circle", "public": false, "roomType": "group", "verified": false,
        "subdomain": "", "description": "about circle", "membersCount": 3, "avatarUrl": pictures(),
    });
    mine.assert(200, json!({ "total": 1, "currentPage": 1, "limit": 10, "pages": 1, "data": [room] }));
}

#[tokio::test]
async fn everybody_finds_public_rooms_by_name_or_description() {
    let there = library().await;
    let find = async |query: &str| names(&there, &there.amina, &format!("rooms/search{query}")).await.0;
    assert_eq!(find("").await, ["Hadith", "tafsir"]);
    assert_eq!(find("?query=TAF").await, ["tafsir"]);
    assert_eq!(find("?query=weekly").await, ["Hadith", "tafsir"]);
    assert_eq!(find("?query=%C5%9Fura%20h").await, ["Hadith"]);
    assert_eq!(find("?roomType=GROUP").await, ["Hadith", "tafsir"]);
    assert_eq!(find("?roomType=page").await, [] as [&str; 0]);
    assert_eq!(find("?query=%25").await, [] as [&str; 0]);
    let found = there.get_as_application("rooms/search?limit=1").await.json();
    let room = &found["data"][0];
    assert_eq!((&room["isOwner"], &room["isAdmin"], room.get("isMember")), (&json!(false), &json!(false), None));
    assert_eq!(found["total"], 2);
}

#[tokio::test]
async fn pages_are_counted_and_their_limits_kept() {
    let there = library().await;
    let page = |total: u64, current: u64, limit: u64, pages: u64| json!({ "total": total, "currentPage": current, "limit": limit, "pages": pages });
    let read = async |path: &str| names(&there, &there.bilal, path).await;
    assert_eq!(read("rooms/joined-rooms").await.1, page(3, 1, 5, 1));
    assert_eq!(read("rooms/joined-rooms?limit=2&page=2").await, (vec!["Tajwid".to_owned()], page(3, 2, 2, 2)));
    assert_eq!(read("rooms/managed-rooms?query=zzz").await, (vec![], page(0, 1, 5, 0)));
    assert_eq!(read("rooms/search?limit=1000").await.1, page(2, 1, 100, 1));
    for path in ["rooms/joined-rooms", "rooms/managed-rooms"] {
        fault(&there.get(&there.bilal, &format!("{path}?limit=6")).await, 422, json!({ "limit": "INVALID" }));
        let odd = there.get(&there.bilal, &format!("{path}?sortBy=name_asc&page=0")).await;
        fault(&odd, 422, json!({ "sortBy": "INVALID", "page": "INVALID" }));
    }
    fault(&there.get(&there.bilal, "rooms/search?roomType=room").await, 422, json!({ "roomType": "INVALID" }));
    fault(&there.get(&there.bilal, "users/my-rooms?limit=0").await, 422, json!({ "limit": "INVALID" }));
}
